package bills_test

import (
	"testing"

	"daybook/reconcile/sheet"
	"daybook/schemas"
	"daybook/schemas/money"
)

const month = schemas.Period("2022-09") // thirty days, beginning on a Thursday

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// checkSteps asserts that every step computes to what it says.
func checkSteps(t *testing.T, id string, steps []schemas.Step) {
	t.Helper()
	for i, s := range steps {
		got, err := sheet.Recompute(s)
		if err != nil || got.String() != s.Out {
			t.Errorf("%s: step %d (%s) recomputes to %s, %v; it says %s", id, i, s.Note, got, err, s.Out)
		}
	}
}

func ratio(den string) money.Ratio {
	return money.Ratio{Num: money.MustDecimal("1"), Den: money.MustDecimal(den)}
}
