package delivery

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"daybook/schemas"
)

// TestWantingVersions tells what of each version cannot be used, for those of which it is known, and asks which counts.
func TestWantingVersions(t *testing.T) {
	snapshot := schemas.Source{ID: "p", Semantics: schemas.Snapshot, Prefix: "peer", Pattern: "{period}/{version}/*.csv"}
	place, arrived := landing(t, "peer/2024-09/v1/a.csv 1 0: 1\n peer/2024-09/v2/a.csv 2 0: 2\n peer/2024-09/v3/a.csv 3 0: 3")
	for _, c := range []struct {
		wanting    string // versions, separated by blanks
		want       string
		others     bool
		incomplete bool
	}{
		{"", "v3", true, false},
		{"v3", "v2", true, true},
		{"v3 v2", "v1", true, true},
		{"v3 v2 v1", "v3", false, false},
		{"v2", "v3", true, false},
	} {
		got, err := Discover(t.Context(), place, &snapshot, Query{
			Period: "2024-09", Arrived: arrived, Wanting: func(d *Delivery) string {
				if len(d.Objects) != 1 || d.Objects[0].Digest == "" {
					t.Errorf("asked of %+v, which is not pinned", d)
				}
				if slices.Contains(strings.Fields(c.wanting), d.Version) {
					return "3 of its rows are rejected"
				}
				return ""
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range got.Deliveries {
			if !d.Superseded && (d.Version != c.want || d.Others != c.others) || d.Superseded && d.Version == c.want {
				t.Errorf("%q is wanting, and %+v counts, want %s, and others might: %v", c.wanting, d, c.want, c.others)
			}
		}
		if got.Incomplete != c.incomplete || len(got.Deliveries) != 3 {
			t.Errorf("%q is wanting: incomplete %v, %s", c.wanting, got.Incomplete, listing(got))
		}
		blocking := slices.IndexFunc(got.Findings, func(f schemas.Finding) bool { return f.Severity == schemas.Blocking })
		if blocking >= 0 != c.incomplete || c.incomplete && !strings.Contains(got.Findings[blocking].Message, fmt.Sprintf("until then version %q counts", c.want)) {
			t.Errorf("%q is wanting, and the findings do not say so: %s", c.wanting, listing(got))
		}
	}
}

// TestClaims leaves the objects of other sources alone.
func TestClaims(t *testing.T) {
	bill := schemas.Source{ID: "b", Semantics: schemas.Append, Prefix: "both", Pattern: "{period}/*.csv"}
	other := schemas.Source{ID: "m", Semantics: schemas.Append, Prefix: "both", Pattern: "{period}/*.jsonl", Manifest: "done.json"}
	claims, err := Claims(&other, "2024-09")
	if err != nil {
		t.Fatal(err)
	}
	place, arrived := landing(t, "both/2024-09/a.csv 1 0: 1\n both/2024-09/a.jsonl 1 0: 2\n both/2024-09/done.json 1 0: 3\n both/2024-09/a.txt 1 0: 4")
	got, err := Discover(t.Context(), place, &bill, Query{Period: "2024-09", Arrived: arrived, Claimed: claims})
	if err != nil || len(got.Findings) != 1 || got.Findings[0].Object != "both/2024-09/a.txt" {
		t.Errorf("%s, %v; want a finding about a.txt and no other", listing(got), err)
	}
}

// TestSettling has what arrived a moment ago wait, by the as-of or by the run's beginning, where the source says how long.
func TestSettling(t *testing.T) {
	src := schemas.Source{ID: "m", Semantics: schemas.Append, Prefix: "meter", Pattern: "{period}/*"}
	place, arrived := landing(t, "meter/2024-09/a 1 0: 1\n meter/2024-09/b 1 11: 2\n meter/2024-09/c 1 13: 3")
	for _, c := range []struct {
		settle int
		q      Query
		want   string // what counts, and what waits
	}{
		{90, Query{}, "a b c / "},
		{90, Query{Now: at(1, 12)}, "a / b c"},
		{0, Query{Now: at(1, 12)}, "a b c / "}, // clocks differ
		{90, Query{AsOf: at(1, 12), Now: at(9, 0)}, "a / b"},
		{0, Query{AsOf: at(1, 12)}, "a b / "},
	} {
		src.SettleMinutes = c.settle
		c.q.Period, c.q.Arrived = "2024-09", arrived
		got, err := Discover(t.Context(), place, &src, c.q)
		if err != nil {
			t.Fatal(err)
		}
		var counts, waits []string
		for _, d := range got.Deliveries {
			counts = append(counts, strings.TrimPrefix(d.ID, "meter/2024-09/"))
		}
		for _, f := range got.Findings {
			waits = append(waits, strings.TrimPrefix(f.Object, "meter/2024-09/"))
		}
		if have := strings.Join(counts, " ") + " / " + strings.Join(waits, " "); have != c.want {
			t.Errorf("%d minutes, %+v: %s, want %s", c.settle, c.q, have, c.want)
		}
	}
}
