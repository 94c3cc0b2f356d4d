package correct_test

import (
	"testing"
	"time"

	"daybook/rating/correct"
	"daybook/schemas"
	"daybook/schemas/money"
)

// TestDifferenceOfParts: what lies within a charge that was issued is of its line, and so is what holds it; what is only as near
// is not. After the corrections there is nothing left to correct, however the time was cut.
func TestDifferenceOfParts(t *testing.T) {
	on := func(d int) time.Time { return time.Date(2024, 4, d, 0, 0, 0, 0, time.UTC) }
	charge := func(from, to int, price, amount string) schemas.Charge {
		d, err := money.ParseDecimal(amount)
		if err != nil {
			t.Fatal(err)
		}
		return schemas.Charge{Category: schemas.CategoryUsage, Price: schemas.PriceID(price), Start: on(from), End: on(to), Amount: d, Exact: d}
	}
	type charges = []schemas.Charge
	for name, c := range map[string]struct{ issued, again, want charges }{
		"ends earlier":       {charges{charge(1, 30, "p", "30")}, charges{charge(1, 11, "p", "10")}, charges{charge(1, 30, "p", "-20")}},
		"begins earlier":     {charges{charge(11, 30, "p", "20")}, charges{charge(1, 30, "p", "30")}, charges{charge(1, 30, "p", "10")}},
		"is cut":             {charges{charge(1, 30, "p", "30")}, charges{charge(1, 11, "p", "10"), charge(11, 30, "p", "40")}, charges{charge(1, 30, "p", "20")}},
		"becomes another":    {charges{charge(1, 30, "p", "30")}, charges{charge(1, 11, "p", "10"), charge(11, 30, "q", "40")}, charges{charge(1, 30, "p", "-20"), charge(11, 30, "q", "40")}},
		"is cut to the same": {charges{charge(1, 30, "p", "30")}, charges{charge(1, 11, "p", "10"), charge(11, 30, "p", "20")}, nil},
		"is cut elsewhere": {
			charges{charge(1, 16, "p", "15"), charge(16, 30, "p", "28")},
			charges{charge(1, 11, "p", "10"), charge(11, 30, "p", "38")},
			charges{charge(1, 16, "p", "-5"), charge(11, 30, "p", "10")},
		},
		"lies elsewhere": {charges{charge(1, 16, "p", "15")}, charges{charge(16, 30, "p", "14")}, charges{charge(1, 16, "p", "-15"), charge(16, 30, "p", "14")}},
	} {
		t.Run(name, func(t *testing.T) {
			got := correct.Difference("2024-04", "2024-05", c.issued, c.again)
			if len(got) != len(c.want) {
				t.Fatalf("got %d corrections, want %d: %+v", len(got), len(c.want), got)
			}
			for i := range got {
				g, w := &got[i], &c.want[i]
				if g.Price != w.Price || !g.Start.Equal(w.Start) || !g.End.Equal(w.End) || !g.Amount.Equal(w.Amount) || g.Corrects != "2024-04" {
					t.Errorf("correction %d is %s of %s from %s to %s of %s, want %+v", i, g.Amount, g.Price, g.Start, g.End, g.Corrects, w)
				}
			}
			if more := correct.Difference("2024-04", "2024-05", append(c.issued, got...), c.again); len(more) > 0 {
				t.Errorf("with the corrections issued, there are more: %+v", more)
			}
		})
	}
}
