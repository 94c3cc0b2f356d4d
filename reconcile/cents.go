package reconcile

import (
	"slices"

	"daybook/reconcile/sheet"
	"daybook/schemas/money"
)

// settleCents has the rounded costs of all cells add up to the rounded sum of what they come to exactly, so that the total of the
// report is that of customers and of datasets: what is left in all goes, a cent at a time, to the cells of which rounding left
// most. Revenue needs none of it, as charges are worth whole cents.
func (c *Comparison) settleCents(cells []*cell) error {
	places, err := c.places()
	if err != nil {
		return err
	}
	var left money.Decimal
	for _, x := range cells {
		left = left.Add(x.cost.left)
	}
	cent := money.NewDecimal(1, -places)
	if left.IsNegative() {
		cent = cent.Neg()
	}
	for left = money.RoundTo(left, places, money.HalfEven); !left.IsZero(); left = left.Sub(cent) {
		slices.MaxFunc(cells, func(a, b *cell) int { return a.cost.left.Mul(cent).Cmp(b.cost.left.Mul(cent)) }).cost.takeCent(cent)
	}
	return nil
}

// takeCent adds a cent, or takes one off.
func (s *side) takeCent(cent money.Decimal) {
	part, what := &s.used, "usage-based"
	if part.IsZero() {
		part, what = &s.fixed, "for days and one-time"
	}
	*part = s.steps.Add("with its part of what rounding left of all offerings, "+what, sheet.Named("charges", *part), sheet.Named("of all", cent))
	s.constant, s.left, s.unshown = s.constant.Add(cent), s.left.Sub(cent), s.unshown.Sub(cent)
}
