package delivery

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"daybook/pipeline/store"
	"daybook/schemas"
)

// TestFindingsAreBounded delivers objects of one content, markers and misnamed ones, of each kind more than are listed: the
// findings are as many for ten times as many objects, and say how many they stand for.
func TestFindingsAreBounded(t *testing.T) {
	src := &schemas.Source{ID: "m", Prefix: "own", Pattern: "{period}/*.jsonl", Format: schemas.CloudEvents10, Semantics: schemas.Append}
	var before int
	for _, n := range []int{3 * mostAlike, 30 * mostAlike} {
		s := new(store.Memory)
		for i := range n {
			for name, body := range map[string]string{"e%d.jsonl": "same", "odd-%d.txt": "x", "_marker%d": "x"} {
				if _, err := s.Create(t.Context(), "own/2024-09/"+fmt.Sprintf(name, i), strings.NewReader(body)); err != nil {
					t.Fatal(err)
				}
			}
		}
		got, err := Discover(t.Context(), s, src, Query{Period: "2024-09"})
		if err != nil {
			t.Fatal(err)
		}
		for code, want := range map[schemas.Code]int{schemas.CodeRepeatedObject: n - 1 - mostAlike, schemas.CodeStrayObject: n - mostAlike} {
			message := fmt.Sprintf("%d more findings like these", want)
			if !slices.ContainsFunc(got.Findings, func(f schemas.Finding) bool { return f.Code == code && strings.Contains(f.Message, message) }) {
				t.Errorf("%d objects: no finding of %s says %q", n, code, message)
			}
		}
		if before > 0 && len(got.Findings) != before {
			t.Errorf("%d findings of %d objects, and %d of fewer", len(got.Findings), n, before)
		}
		before = len(got.Findings)
	}
}
