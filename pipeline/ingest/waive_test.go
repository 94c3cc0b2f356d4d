package ingest

import (
	"strings"
	"testing"

	"daybook/schemas"
)

// TestWaive waives findings by name, in whatever order they are found: a period is complete where every gap is waived, and stays
// provisional for one that is not.
func TestWaive(t *testing.T) {
	waivers := []schemas.Waiver{
		{Name: "Ada", Reason: "no use", Period: "2024-09", Code: schemas.CodeMissingDelivery, Source: "a"},
		{Name: "Bo", Reason: "known", Period: "2024-09", Code: schemas.CodeManifestMismatch},
	}
	gap := schemas.Finding{Code: schemas.CodeMissingDelivery, Severity: schemas.Blocking, Source: "a"}
	torn := schemas.Finding{Code: schemas.CodeManifestMismatch, Severity: schemas.Blocking, Source: "a"}
	bomb := schemas.Finding{Code: schemas.CodeHostileObject, Severity: schemas.Blocking, Source: "a"}
	note := schemas.Finding{Code: schemas.CodeStrayObject, Severity: schemas.Warning, Source: "a"}
	other := gap
	other.Source = "b"
	for _, c := range []struct {
		found      []schemas.Finding
		period     schemas.Period
		incomplete bool
		notes      int
	}{
		{nil, "2024-09", true, 0},
		{[]schemas.Finding{gap}, "2024-09", false, 1},
		{[]schemas.Finding{gap}, "2024-10", true, 0},
		{[]schemas.Finding{other}, "2024-09", true, 0},
		{[]schemas.Finding{gap, torn}, "2024-09", false, 2},
		{[]schemas.Finding{gap, bomb}, "2024-09", true, 1},
		{[]schemas.Finding{bomb, gap}, "2024-09", true, 1},
		{[]schemas.Finding{note, gap}, "2024-09", false, 1},
		{[]schemas.Finding{gap, note}, "2024-09", false, 1},
		{[]schemas.Finding{note}, "2024-09", true, 0},
	} {
		incomplete := true
		notes := 0
		found := waive(waivers, c.period, append([]schemas.Finding(nil), c.found...), &incomplete)
		for i := range found {
			if waived := strings.Contains(found[i].Message, "(waived by "); waived != (found[i].Severity == schemas.Note) {
				t.Errorf("%+v", found[i])
			} else if waived {
				notes++
			}
		}
		if incomplete != c.incomplete || notes != c.notes || len(found) != len(c.found) {
			t.Errorf("%+v in %s: incomplete %v, %d waived, want %v, %d", c.found, c.period, incomplete, notes, c.incomplete, c.notes)
		}
	}
}
