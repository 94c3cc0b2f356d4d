package compare

import (
	"slices"
	"testing"

	"daybook/schemas"
	"daybook/schemas/money"
)

// TestWorst lists the margins that are a loss and no others, the largest loss first, and of equal ones the first by name.
func TestWorst(t *testing.T) {
	row := func(id string, margin int64) schemas.MarginRow {
		const cost = 10
		return schemas.MarginRow{
			ID: id, Currency: "EUR", Revenue: money.NewDecimal(cost+margin, 0), Cost: money.NewDecimal(cost, 0), Margin: money.NewDecimal(margin, 0),
		}
	}
	var got []string
	for _, r := range worst([]schemas.MarginRow{row("d", -1), row("nothing", 0), row("c", -5), row("gain", 3), row("b", -5), row("a", -1)}) {
		got = append(got, r.ID)
	}
	if want := []string{"b", "c", "a", "d"}; !slices.Equal(got, want) {
		t.Errorf("the worst are %q, want %q", got, want)
	}
}
