package ledger_test

import (
	"math/rand/v2"
	"testing"

	"daybook/reconcile/ledger"
	"daybook/schemas"
	"daybook/schemas/money"
)

// However often it turns out to be wrong, what was issued and its corrections are what was right as known then, on every day.
func TestIssuedAndCorrectionsAreRight(t *testing.T) {
	d := rand.New(rand.NewPCG(1, 2))
	of, first := schemas.NewDate(2026, 5, 1), schemas.NewDate(2026, 6, 1)
	other := ledger.Entry{Document: "other", For: of.AddDays(1), Known: first, Amount: money.One}
	entries := []ledger.Entry{other}
	right := make([]money.Decimal, 40)
	for i := range right {
		right[i] = money.NewDecimal(d.Int64N(200_000)-50_000, -2)
		if i > 0 && d.IntN(3) == 0 {
			right[i] = right[i-1]
		}
		c := ledger.Correct(ledger.Standing(entries, of, schemas.Date{}), right[i])
		if (c.Document == ledger.NoDocument) != c.Amount.IsZero() || c.Amount.IsNegative() {
			t.Fatalf("%+v", c)
		}
		if c.Document != ledger.NoDocument {
			entries = append(entries, ledger.Entry{For: of, Known: first.AddDays(i), Amount: c.Adjustment})
		}
	}
	for i, want := range right {
		if got := ledger.Standing(entries, of, first.AddDays(i)); !got.Equal(want) {
			t.Fatalf("as known on day %d it is %s, want %s", i, got, want)
		}
	}
	if got := ledger.Standing(entries, schemas.Date{}, schemas.Date{}); !got.Equal(right[len(right)-1].Add(other.Amount)) {
		t.Errorf("all days come to %s", got)
	}
}
