package reconcile

import (
	"daybook/reconcile/sheet"
	"daybook/schemas"
	"daybook/schemas/money"
)

// mixTotal is the volume of the lines among which customers may shift.
type mixTotal struct {
	lines int
	// planned and expected are the volume of the month and to date; actual is what was sold.
	planned, expected, actual money.Decimal
	// revenue and cost are planned for the month.
	revenue, cost money.Decimal
	accrual       schemas.Accrual
	through       schemas.Date
	accruals      int // ways in which its lines come to what is due to date
}

// money is what a measure of the whole mix is planned to come to.
func (m *mixTotal) money(of schemas.Measure) money.Decimal {
	switch {
	case m == nil:
		return money.Zero
	case of == schemas.Cost:
		return m.cost
	}
	return m.revenue
}

// mixTotals sums the volume of each mix. Lines that one side lacks are whole causes of their own, and lines whose money
// cannot be split into units and price take no part.
func mixTotals(cells []*cell) map[string]*mixTotal {
	out := map[string]*mixTotal{}
	for _, x := range cells {
		if !x.splits() {
			continue
		}
		m := out[x.mix]
		if m == nil {
			m = &mixTotal{accrual: x.accrual, through: x.through, accruals: 1}
			out[x.mix] = m
		}
		if x.accrual != m.accrual || x.through != m.through {
			m.accruals++
		}
		m.lines++
		m.planned = m.planned.Add(x.units.plan)
		m.expected = m.expected.Add(x.units.expected)
		m.actual = m.actual.Add(x.units.actual())
		m.revenue, m.cost = m.revenue.Add(x.revenue.plan), m.cost.Add(x.cost.plan)
	}
	return out
}

// splits reports whether both sides count units, so that there are a planned and an actual price.
func (x *cell) splits() bool {
	return x.line != nil && len(x.lines) > 0 && !x.units.plan.IsZero() && !x.units.actual().IsZero()
}

// atPlannedMix restates a line's amount at the actual volume of its whole mix: amount × actual volume ÷ planned volume.
// The bool is false where the mix has nothing to shift among, or no expected volume to divide by.
//
// Where all lines accrue alike, volume and amount are both taken for the month: the elapsed part cancels out, and nothing
// is rounded twice.
func (m *mixTotal) atPlannedMix(s *sheet.Sheet, month, toDate sheet.Amount, places int32) (money.Decimal, bool) {
	if m == nil || m.lines < 2 {
		return money.Zero, false
	}
	base, whole := month, m.planned
	if m.accruals > 1 {
		base, whole = toDate, m.expected
	}
	if whole.IsZero() {
		return money.Zero, false
	}
	return s.ShareRounded("at the actual volume of the mix and the planned mix",
		base, sheet.Named("actual volume of the mix", m.actual), sheet.Named("planned volume of the mix", whole), places), true
}

// atAveragePrice moves between volume and mix what a line has more or less than at the planned mix, at the average planned price
// of the mix: so that mix is that volume at what the line's own price is above or below the average.
func (m *mixTotal) atAveragePrice(x *cell, c *schemas.Causes, s *sheet.Sheet, planned money.Decimal, places int32) {
	if m == nil || m.lines < 2 || !x.splits() {
		return
	}
	line, whole := x.units.plan, m.planned
	if m.accruals > 1 {
		line, whole = x.units.expected, m.expected
	}
	if whole.IsZero() {
		return
	}
	shifted := s.Subtract("volume shifted, times the planned volume of the mix",
		sheet.Named("as sold", s.Multiply("actual volume × planned volume of the mix", sheet.Named("actual volume", x.units.actual()), sheet.Named("planned volume of the mix", whole))),
		sheet.Named("at the planned mix", s.Multiply("planned volume × actual volume of the mix", sheet.Named("planned volume", line), sheet.Named("actual volume of the mix", m.actual))))
	per := s.Multiply("planned volume of the mix, of the month × to date", sheet.Named("of the month", m.planned), sheet.Named("to date", whole))
	moved := s.ShareRounded("volume shifted, at the average planned price of the mix",
		sheet.Named("plan of the mix", planned), sheet.Named("volume shifted", shifted), sheet.Named("per", per), places)
	c.Mix, c.Volume = c.Mix.Sub(moved), c.Volume.Add(moved)
}

// moneyCauses restates expected into actual step by step, and names each difference:
//
//	expected → at actual volume, planned mix    volume
//	         → at actual volume and mix         mix
//	         → actual at the plan's rates       price
//	         → actual                           FX
func (x *cell) moneyCauses(v *side, s *sheet.Sheet, expected money.Decimal, m *mixTotal, places int32) schemas.Causes {
	var c schemas.Causes
	if len(x.lines) > 0 {
		c.FX = v.actual().Sub(v.constant)
	}
	rest := v.constant.Sub(expected)
	switch {
	case x.line == nil:
		c.Unplanned = rest
	case len(x.lines) == 0:
		c.Missing = rest
	case !x.splits():
		c.Unsplit = rest
	default:
		flexed := s.ShareRounded("planned amount at the actual volume",
			sheet.Named("plan", v.plan), sheet.Named("actual volume", x.units.actual()), sheet.Named("planned volume", x.units.plan), places)
		mixed, ok := m.atPlannedMix(s, sheet.Named("plan", v.plan), sheet.Named("expected", expected), places)
		if !ok {
			mixed = flexed
		}
		c.Volume = mixed.Sub(expected)
		c.Mix = flexed.Sub(mixed)
		c.Price = v.constant.Sub(flexed)
	}
	return c
}

// unitCauses names what moved the volume: more or less in all, or a shift among lines.
func (x *cell) unitCauses(s *sheet.Sheet, m *mixTotal) schemas.Causes {
	var c schemas.Causes
	u := &x.units
	rest := u.actual().Sub(u.expected)
	switch {
	case len(x.lines) == 0:
		c.Missing = rest
	case !x.splits():
		c.Unsplit = rest
	default:
		mixed, ok := m.atPlannedMix(s, sheet.Named("plan", u.plan), sheet.Named("expected", u.expected), unitPlaces)
		if !ok {
			mixed = u.actual()
		}
		c.Volume = mixed.Sub(u.expected)
		c.Mix = u.actual().Sub(mixed)
	}
	return c
}
