package run_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// TestNamed finds runs by their identifiers and by beginnings of them, and nothing else that lies beside them.
func TestNamed(t *testing.T) {
	s := new(store.Memory)
	for _, key := range []string{
		"runs/2024-09/0123456789abcdef/manifest.json", "runs/2024-09/0123ffffffffffff/manifest.json", "runs/2024-09/abcdef0123456789/manifest.json",
		"runs/2024-09/tasks/rate-shard/0123.json", "runs/2024-08/0999999999999999/manifest.json", "runs/2024-09/0123/other.json",
	} {
		if _, err := s.Create(t.Context(), key, strings.NewReader(key)); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ text, want string }{
		{"a", "abcdef0123456789"},
		{"01234", "0123456789abcdef"},
		{"0123456789abcdef", "0123456789abcdef"},
		{"0123", "several: 0123456789abcdef 0123ffffffffffff"},
		{"09", "none"},
		{"", "none"},
		{"../0123", "none"},
		{"A", "none"},
	} {
		id, err := run.Named(t.Context(), s, "2024-09", c.text)
		got := string(id)
		if several, ok := errors.AsType[*schemas.AmbiguousError](err); ok {
			var ids []string
			for _, line := range several.Candidates {
				ids = append(ids, strings.Fields(line)[0])
			}
			slices.Sort(ids)
			got = "several: " + strings.Join(ids, " ")
		} else if errors.Is(err, store.ErrNotFound) {
			got = "none"
		} else if err != nil {
			t.Fatal(err)
		}
		if got != c.want {
			t.Errorf("%q names %s, want %s", c.text, got, c.want)
		}
	}
	runs, err := run.Runs(t.Context(), s, "2024-09", "")
	if err != nil || len(runs) != 3 {
		t.Errorf("%d runs, %v", len(runs), err)
	}
	if found, err := run.Runs(t.Context(), s, "2024-09", "../0123"); err != nil || len(found) > 0 {
		t.Errorf("%v, %v begin as no run does", found, err)
	}
}

// TestBefore: the run before the current one is the one that it replaced, or else the one committed last before it.
func TestBefore(t *testing.T) {
	s := new(store.Memory)
	for _, id := range []string{"1111111111111111", "2222222222222222", "3333333333333333"} {
		if _, err := s.Create(t.Context(), "runs/2024-09/"+id+"/manifest.json", strings.NewReader(id)); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ current, previous, want schemas.RunID }{
		{"3333333333333333", "1111111111111111", "1111111111111111"},
		{"3333333333333333", "4444444444444444", "2222222222222222"},
		{"3333333333333333", "", "2222222222222222"},
		{"1111111111111111", "", ""},
	} {
		got, err := run.Before(t.Context(), s, &run.Current{Period: "2024-09", Run: c.current, Previous: c.previous})
		if got != c.want || (err != nil) != (c.want == "") || err != nil && !errors.Is(err, store.ErrNotFound) {
			t.Errorf("before %s, which replaced %q, was %q (%v), want %q", c.current, c.previous, got, err, c.want)
		}
	}
}
