package rating_test

import (
	"fmt"
	"slices"

	"daybook/rating/correct"
	"daybook/schemas"
	"daybook/schemas/money"
)

// usageDiscountOracle bills the second slice of a month at one a unit.
func usageDiscountOracle(c *oracle) (result, error) {
	x := newTrial()
	x.slices(schemas.Price{Currency: "EUR", FreeQuantity: c.Params.FreeQuantity, Terms: schemas.Terms{Model: schemas.ModelPerUnit, UnitPrice: &money.One}},
		[]money.Decimal{c.Usage.Before, c.Usage.Quantity})
	out, err := x.rate()
	return amount(sumWhere(out.Charges, ofPrice("p2"))), err
}

// incrementOracle bills a month in two slices; where the case says what was billed before, the first must be that.
func incrementOracle(c *oracle) (result, error) {
	p, err := c.Params.Charge.price(c.Params.Charge.Model)
	if err != nil {
		return result{}, err
	}
	p.Minimum, p.Maximum = c.Params.MinSpend, c.Params.MaxSpend
	x := newTrial()
	x.slices(*p, stepsOf([]money.Decimal{c.Usage.Before, c.Usage.After}))
	out, err := x.rate()
	if err != nil {
		return result{}, err
	}
	cost := sliceCharges(out.Charges, 2)
	if before := c.Params.BilledBefore; before != nil && !before.Equal(cost[0]) {
		return result{}, fmt.Errorf("the first slice costs %s, not %s", cost[0], before)
	}
	return amount(cost[1]), nil
}

// rerateOracle bills a month again and again as more of its usage becomes known, and books what differs from what was issued.
func rerateOracle(c *oracle) (result, error) {
	var runs [][]money.Decimal
	for _, q := range c.Usage.Cumulative {
		runs = append(runs, []money.Decimal{q})
	}
	booked, err := rerun(c, runs)
	if err != nil || len(booked) == 0 {
		return result{amount: "0"}, err
	}
	return result{booked[len(booked)-1].String(), map[string]any{"deltas": texts(booked)}}, nil
}

// lateOracle is the same for a month in slices, of which later runs know more.
func lateOracle(c *oracle) (result, error) {
	booked, err := rerun(c, c.Usage.ByRun)
	if err != nil {
		return result{}, err
	}
	return result{booked[len(booked)-1].String(), map[string]any{"run_totals": texts(booked)}}, nil
}

// rerun bills a month for each run, as known then: the cumulative quantities at the end of its slices. What a minimum adds
// stands on a line of its own, which is issued with the last run only.
func rerun(c *oracle, runs [][]money.Decimal) ([]money.Decimal, error) {
	p, err := c.Params.Charge.price(c.Params.Charge.Model)
	if err != nil {
		return nil, err
	}
	var issued []schemas.Charge
	var booked []money.Decimal
	for i, known := range runs {
		x := newTrial()
		r, err := rule(c.Params.Charge.Round)
		if err != nil {
			return nil, err
		}
		x.roundBy(r)
		x.slices(*p, stepsOf(append(slices.Clone(known), repeat(known, len(runs[len(runs)-1])-len(known))...)))
		x.used = x.used[:len(known)]
		out, err := x.rate()
		if err != nil {
			return nil, err
		}
		rated := out.Charges
		if i < len(runs)-1 {
			rated = slices.DeleteFunc(rated, func(c schemas.Charge) bool { return isMinimum(&c) })
		}
		more := correct.Difference("2024-09", "2024-10", issued, rated)
		issued = append(issued, more...)
		booked = append(booked, sumWhere(more, func(*schemas.Charge) bool { return true }))
	}
	return booked, nil
}

// repeat is the last of a list, n times.
func repeat(of []money.Decimal, n int) []money.Decimal {
	return slices.Repeat([]money.Decimal{of[len(of)-1]}, n)
}

// boundOracle bounds what an offering costs in a month: what was billed before is a fee of it, and so is the amount.
func boundOracle(c *oracle) (result, error) {
	x := newTrial()
	x.offering().Minimum, x.offering().Maximum = c.Params.Min, c.Params.Max
	before := zero(c.Params.BilledBefore)
	x.fee("before", before)
	x.fee("now", c.Usage.Amount)
	if c.Params.DiscountPct != nil {
		x.offering().Prices[1].Discounts = []schemas.Discount{{Percent: c.Params.DiscountPct}}
	}
	v, err := x.bill()
	return amount(v.Sub(before)), err
}
