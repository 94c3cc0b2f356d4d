package explain

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/pipeline/rate"
	"daybook/rating"
	"daybook/schemas"
	"daybook/schemas/money"
)

// takeAgain takes what came late for an account once more, as the run did.
func (l *Look) takeAgain(ctx context.Context, id schemas.AccountID, set *rate.Setting, tally *rating.Tally) (*rate.Taken, error) {
	s := rate.NewLatecomers(ctx, set, l.Manifest.FilesOf(&schemas.Usage))
	defer s.Close()
	return s.Take(id, tally)
}

// inPeriod is what rating made of an earlier period with what came late, and the charge there that a correction brings the
// account to; nil if there is none.
func (x *ratedAgain) inPeriod(c *schemas.Charge) (*ratedAgain, *schemas.Charge) {
	for i := range x.late.Again {
		p := &x.late.Again[i]
		if p.Run.Period != c.Corrects {
			continue
		}
		then := &ratedAgain{tally: p.Run.After, columns: p.Run.Plan.Columns(), charges: p.Charges, handles: map[string][]rating.Handle{}, late: x.late}
		then.texts = make([]string, len(then.columns))
		n := slices.IndexFunc(p.Charges, func(y schemas.Charge) bool {
			return y.Subscription == c.Subscription && y.Price == c.Price && y.Meter == c.Meter && y.Category == c.Category &&
				y.Group == c.Group && y.Description == c.Description && y.Start.Equal(c.Start) && y.End.Equal(c.End)
		})
		if n < 0 {
			return then, nil
		}
		return then, &p.Charges[n]
	}
	return nil, nil
}

// lateUsageOf lists the rows that came late and made a correction.
func (l *Look) lateUsageOf(ctx context.Context, e *Explanation, c *schemas.Charge, again *ratedAgain, o Options) error {
	meter, ok := l.book.Meter(c.Meter)
	then, charge := again.inPeriod(c)
	if !ok || charge == nil {
		e.Warnings = append(e.Warnings, fmt.Sprintf("by today's book %s has no charge in the place of the one that this corrects, so its rows cannot be told apart", c.Corrects))
		return nil
	}
	set, err := l.set(ctx)
	if err != nil {
		return err
	}
	g := gatherer{
		again: then, charge: c, twin: charge.ID, most: o.Rows, series: -1, meter: meter,
		before: map[int]UsageSum{}, unique: map[string]bool{},
	}
	columns := slices.Concat(rate.LateColumns(set.Book, set.Plan), lineColumns)
	if o.Check {
		g.proof, columns = newProof(), nil // all
	}
	err = l.account(ctx, c.Account, columns, func(b *dataset.Batch, from, to int) error {
		late := &b.Columns[schemas.UseLatePeriod]
		for i := from; i < to; i++ {
			if schemas.Period(late.TextAt(i)) != c.Corrects {
				continue
			}
			if err := g.rows(b, i, i+1); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	u := &g.out
	u.Unit, u.How = cmp.Or(meter.Unit, c.ConsumedUnit), cmp.Or(meter.Aggregation, schemas.AggregateSum)
	if u.How == schemas.AggregateSum && meter.Window == "" {
		u.Quantity = g.quantity()
	}
	for _, o := range l.outputs(&schemas.Usage, c.Account) {
		u.Objects = append(u.Objects, o.Key)
	}
	u.end()
	e.Usage = u
	if o.Check {
		e.check("usage", u.agreeLate(c), fmt.Sprintf("%d %s up to what is corrected", u.Rows, schemas.OneOrMany(u.Rows, "row that came late adds", "rows that came late add")))
	}
	return l.checkSource(ctx, e, o, g.proof)
}

// agreeLate holds the rows against a correction: their number, and what they come to where the meter adds up.
func (u *UsageBehind) agreeLate(c *schemas.Charge) error {
	if u.Rows != c.UsageRows {
		return fmt.Errorf("%d %s found, and the correction is made of %d", u.Rows, schemas.OneOrMany(u.Rows, "row that came late is", "rows that came late are"), c.UsageRows)
	}
	if u.Quantity != nil && !money.RoundTo(*u.Quantity, money.Scale, money.HalfEven).Equal(c.Consumed) {
		return fmt.Errorf("the rows that came late come to %s, and the correction has metered %s", u.Quantity, c.Consumed)
	}
	return nil
}
