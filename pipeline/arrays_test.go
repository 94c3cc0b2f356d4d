package pipeline_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"daybook/pipeline/dataset"
	"daybook/pipeline/explain"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// TestArrayOfEvents bills one month from lines and from an array of the same events: all charges are the same, rows are the
// numbers of elements, and explain finds an element again.
func TestArrayOfEvents(t *testing.T) {
	const n = 20
	w := need(t, starter)
	var lines []string
	for i := range n {
		lines = append(lines, strings.TrimSpace(event(i, fmt.Sprint(i+1))))
	}
	var charges []string
	for _, text := range []string{strings.Join(lines, "\n"), "[\n" + strings.Join(lines, ",\n\n") + "\n]\n"} {
		landing := new(store.Memory)
		put(t, landing, "own/compute/2024-09/all.jsonl", text)
		sum, left := w.must(t, night{landing: landing})
		if got := sum.Manifest.Control.Usage.Rows; got != n {
			t.Fatalf("%d rows of usage, want %d: %+v", got, n, sum.Manifest.Codes)
		}
		charges = append(charges, rows(t, left, sum.Manifest)[schemas.Charges.Name])
		l, err := explain.OpenLook(t.Context(), w.book, left, landing, period, "")
		if err != nil {
			t.Fatal(err)
		}
		explained := false
		for _, o := range sum.Manifest.Outputs {
			if o.Dataset != schemas.Charges.Name {
				continue
			}
			eachBatch(t, left, o.Key, &schemas.Charges, func(b *dataset.Batch) {
				for i := range b.Rows {
					s := explainJSON(t, l, string(b.Columns[schemas.ChargeChargeId].TextAt(i)), explain.Options{Rows: 1, Check: true})
					if s.Usage == nil {
						continue
					}
					if len(s.Usage.Listed) != 1 || s.Usage.Listed[0].Row != n {
						t.Errorf("the largest row is listed as %+v", s.Usage.Listed)
					}
					for _, c := range s.Checks {
						explained = explained || c.What == "source records" && c.OK
						if !c.OK {
							t.Errorf("%s: %s", c.What, c.Detail)
						}
					}
				}
			})
		}
		if !explained {
			t.Error("no source record was decoded again")
		}
	}
	if slices.Max(charges) != slices.Min(charges) {
		t.Errorf("the charges differ: %q", charges)
	}
}
