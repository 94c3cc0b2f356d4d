package correct_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"daybook/fixtures/effort"
	"daybook/rating/correct"
	"daybook/schemas"
	"daybook/schemas/money"
)

// TestSplit cuts charges of a few names into random parts, stage by stage. Whatever they are, causes add up to the difference of each
// line, lines to all charges where none is left out, and the corrections that turn what was charged into the last stage each lie in
// one line, to whose difference they add up.
func TestSplit(t *testing.T) {
	for seed := range effort.Count(t, 300, 3000) {
		r := rand.New(rand.NewPCG(7, uint64(seed)))
		draw := func(corrects bool) (out []schemas.Charge) {
			for range r.IntN(7) {
				from := 1 + r.IntN(25)
				c := schemas.Charge{
					Category: schemas.CategoryUsage, Price: schemas.PriceID([]string{"p", "q"}[r.IntN(2)]), Currency: "EUR",
					Start: time.Date(2024, 4, from, 0, 0, 0, 0, time.UTC), End: time.Date(2024, 4, from+1+r.IntN(5), 0, 0, 0, 0, time.UTC),
					Amount: money.NewDecimal(r.Int64N(2000)-500, -2),
				}
				c.Exact = c.Amount
				if corrects && r.IntN(3) == 0 {
					c.Class, c.Corrects = schemas.ClassCorrection, "2024-04"
				}
				out = append(out, c)
			}
			return out
		}
		charged := draw(true)
		stages := make([][]schemas.Charge, 1+r.IntN(5))
		for i := range stages {
			if stages[i] = draw(false); i > 0 && r.IntN(3) == 0 {
				stages[i] = stages[i-1]
			}
		}
		lines := correct.Split(charged, stages)
		left := correct.Difference("2024-04", "2024-05", charged, stages[len(stages)-1])
		rest := map[schemas.PriceID]money.Decimal{}
		for i := range lines {
			l, sum := &lines[i], money.Zero
			for _, d := range l.Causes() {
				sum = sum.Add(d)
			}
			if !sum.Equal(l.Difference()) {
				t.Errorf("seed %d: causes of line %d come to %s, and its difference is %s", seed, i, sum, l.Difference())
			}
			rest[l.Charge.Price] = rest[l.Charge.Price].Add(l.Difference())
		}
		for k := range left {
			rest[left[k].Price] = rest[left[k].Price].Sub(left[k].Amount)
			if !slices.ContainsFunc(lines, func(l correct.Line) bool { return correct.SameLine(&l.Charge, &left[k]) }) && !left[k].Amount.IsZero() {
				t.Errorf("seed %d: correction %d lies in no line", seed, k)
			}
		}
		for price, amount := range rest {
			if !amount.IsZero() {
				t.Errorf("seed %d: the differences of lines of %s are %s more than all corrections", seed, price, amount)
			}
		}
	}
}

// TestSplitTells the causes of a line that one stage cuts in two, and leaves out one that nothing changes.
func TestSplitTells(t *testing.T) {
	on := func(d int) time.Time { return time.Date(2024, 4, d, 0, 0, 0, 0, time.UTC) }
	charge := func(price string, from, to int, cents int64) schemas.Charge {
		return schemas.Charge{Category: schemas.CategoryUsage, Price: schemas.PriceID(price), Start: on(from), End: on(to), Amount: money.NewDecimal(cents, -2)}
	}
	earlier := charge("p", 1, 30, -100)
	earlier.Class, earlier.Corrects = schemas.ClassCorrection, "2024-04"
	type charges = []schemas.Charge
	same := charge("same", 1, 30, 50)
	lines := correct.Split(charges{charge("p", 1, 30, 1000), same, earlier}, []charges{
		{charge("p", 1, 30, 900), same}, {charge("p", 1, 11, 400), charge("p", 11, 30, 700), same}, {charge("p", 1, 11, 300), charge("p", 11, 30, 700), same},
	})
	if len(lines) != 1 {
		t.Fatalf("%d lines", len(lines))
	}
	l, text := &lines[0], ""
	for _, d := range append([]money.Decimal{l.Issued, l.Corrected, l.RightNow(), l.Difference()}, l.Causes()...) {
		text += d.String() + " "
	}
	if want := "10 -1 10 1 0 2 -1 "; text != want || l.Charge.Price != "p" || !l.Charge.Start.Equal(on(1)) || !l.Charge.End.Equal(on(30)) {
		t.Errorf("got %q of %+v, want %q", text, l.Charge, want)
	}
}
