package explain

import (
	"context"
	"slices"

	"daybook/pipeline/book"
	"daybook/pipeline/dataset"
	"daybook/pipeline/rate"
	"daybook/schemas"
)

// Take is what a charge takes of a row of usage.
type Take struct {
	Charge schemas.ChargeID
	Meter  schemas.MeterID
	// Says is what the row says, in Unit, of what the meter reads, and Metered the same in the meter's unit.
	Says, Unit, Metered string
	// Distinct is what is counted of the row where the meter counts what differs.
	Distinct string
}

// Takes calls with each row of usage that the run has of an account for its own month, and what the charges that a book makes of them
// take of it: nothing of a row that is void. It returns the charges, without corrections.
func (l *Look) Takes(ctx context.Context, b *book.Book, id schemas.AccountID, each func(x *dataset.Batch, i int, takes []Take) error) ([]schemas.Charge, error) {
	by := *l
	by.book, by.setting = b, nil
	again, err := by.rateAgain(ctx, id)
	if err != nil {
		return nil, err
	}
	g := gatherer{again: again, in: &by}
	err = by.account(ctx, id, nil, func(x *dataset.Batch, from, to int) error {
		for i := from; i < to; i++ {
			if !x.Columns[schemas.UseLatePeriod].IsNull(i) {
				continue
			}
			takes, err := g.takes(x, i)
			if err == nil {
				err = each(x, i, takes)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return slices.DeleteFunc(again.charges, func(c schemas.Charge) bool { return c.Corrects != "" }), err
}

// takes is what charges take of row i.
func (g *gatherer) takes(b *dataset.Batch, i int) (out []Take, err error) {
	if at := rate.DecidedAt(g.again.decided, b, i); at != nil && at.Void() {
		return nil, nil
	}
	for _, h := range g.again.handlesOf(b, i) {
		held := g.again.tally.Held(h, b.Columns[schemas.UseChargePeriodStart].Ints[i])
		meter, ok := g.in.book.Meter(held.Meter)
		if held.Charge == "" || !ok {
			continue
		}
		g.meter = meter
		line := usageLine(cells{b, i})
		if err := g.fill(&line, cells{b, i}, h); err != nil {
			return nil, err
		}
		t := Take{Charge: held.Charge, Meter: held.Meter, Says: line.Quantity, Unit: line.Unit, Metered: line.Metered}
		if id := g.again.tally.Reads(h).ID; id >= 0 {
			t.Distinct = string(b.Columns[id].TextAt(i))
		}
		out = append(out, t)
	}
	return out, nil
}
