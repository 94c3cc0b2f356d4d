package delivery

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"daybook/fixtures/effort"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/feed"
)

func discovered(t *testing.T, pattern string, keys []string, src schemas.Source, q Query) Discovery {
	t.Helper()
	s := new(store.Memory)
	for i, key := range keys {
		if _, err := s.Create(t.Context(), "own/"+key, strings.NewReader(fmt.Sprint("body ", i))); err != nil {
			t.Fatal(err)
		}
	}
	src.ID, src.Prefix, src.Pattern, src.Format, src.Semantics = "m", "own", pattern, schemas.CloudEvents10, schemas.Append
	q.Period = "2024-09"
	got, err := Discover(t.Context(), s, &src, q)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestGaps looks at sequences by hand.
func TestGaps(t *testing.T) {
	for _, x := range []struct{ name, numbers, want string }{
		{"nothing came", "", "0 "},
		{"of a month, in no order", "3 1 2", "0 "},
		{"of a month, with gaps", "1 4 5 9", "5 2-3"},
		{"what goes on from the month before", "117 118 120", "1 119"},
		{"days that go on", "01:7 02:8 02:9 03:10", "0 "},
		{"days that go on, with a gap between them and a day without", "01:7 02:8 04:10 04:11", "1 9"},
		{"days that begin anew", "01:1 01:2 02:1 03:1 03:2", "0 "},
		{"days that begin anew at 0", "01:0 01:1 02:0", "0 "},
		{"days that begin anew, the first of one missing", "01:1 02:2 03:1", "1 1"},
		{"days that begin anew, several of the first missing", "01:3 02:1 02:4", "4 1-2"},
		{"leading zeros, and two of one number", "0001 1 0003", "1 2"},
	} {
		pattern, keys := "{period}/*{sequence}.jsonl", []string{}
		for i, n := range strings.Fields(x.numbers) {
			if day, number, is := strings.Cut(n, ":"); is {
				pattern, keys = "{day}/{sequence}.jsonl", append(keys, "2024-09-"+day+"/"+number+".jsonl")
			} else {
				keys = append(keys, fmt.Sprintf("2024-09/%c%s.jsonl", 'a'+i, n))
			}
		}
		if pattern != "{day}/{sequence}.jsonl" { // what stands before the number must not end in a digit
			pattern = "{period}/*-{sequence}.jsonl"
			for i := range keys {
				keys[i] = strings.Replace(keys[i], "2024-09/"+string(rune('a'+i)), "2024-09/"+string(rune('a'+i))+"-", 1)
			}
		}
		got := discovered(t, pattern, keys, schemas.Source{}, Query{})
		m := got.Expected[0]
		if s := fmt.Sprintf("%d %s", m.Gaps, m.FirstGap); s != x.want {
			t.Errorf("%s: %q, not %q", x.name, s, x.want)
		}
		if gap := m.Gaps > 0; gap != got.Incomplete || gap != (m.State == feed.Gap) || gap != (len(got.Findings) > 0) {
			t.Errorf("%s: incomplete %v, %s, %v", x.name, got.Incomplete, m.State, got.Findings)
		}
	}
}

// TestEveryGapIsFound takes objects away from between those of random sequences, and wants as many missing numbers as were taken, each on the
// day of the next that came.
func TestEveryGapIsFound(t *testing.T) {
	for seed := range effort.Count(t, 200, 5_000) {
		r := rand.New(rand.NewPCG(uint64(seed), 8))
		n, taken := 1+r.IntN(500), int64(0)
		var keys []string
		for day := 1; day <= 30; day++ {
			for range 1 + r.IntN(4) {
				n++
				if inner := day > 1 && day < 30; inner && r.IntN(5) == 0 {
					taken++
					continue
				}
				keys = append(keys, fmt.Sprintf("2024-09-%02d/%04d.jsonl", day, n))
			}
		}
		got := discovered(t, "{day}/{sequence}.jsonl", keys, schemas.Source{}, Query{})
		byDay := int64(0)
		for _, x := range got.Expected[1:] {
			byDay += x.Gaps
		}
		if got.Expected[0].Gaps != taken || byDay != taken {
			t.Errorf("seed %d: %d of %d, %d by day", seed, got.Expected[0].Gaps, taken, byDay)
		}
	}
}

// TestStatesOfDays looks at a month that goes on: its days are complete, short, missing, due and open, and the month is as the worst.
func TestStatesOfDays(t *testing.T) {
	now := time.Date(2024, 9, 5, 6, 0, 0, 0, time.UTC)
	src := schemas.Source{Expect: schemas.Expect{Every: schemas.EveryDay, DueHours: 12, Objects: 2}}
	keys := []string{"2024-09-01/a.jsonl", "2024-09-01/b.jsonl", "2024-09-02/a.jsonl", "2024-09-04/a.jsonl"}
	got := discovered(t, "{day}/*.jsonl", keys, src, Query{Now: now, Arrived: func(store.Info) time.Time { return time.Date(2024, 9, 2, 13, 0, 0, 0, time.UTC) }})
	var states []string
	for _, x := range got.Expected[:7] {
		states = append(states, fmt.Sprintf("%s %d/%d/%d", x.State, x.Came, x.Want, x.Late))
	}
	want := "missing 4/60/2; complete 2/2/2; short 1/2/0; missing 0/2/0; due 1/2/0; open 0/2/0; open 0/2/0"
	if s := strings.Join(states, "; "); s != want {
		t.Errorf("%s\nnot\n%s", s, want)
	}
}
