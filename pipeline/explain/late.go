package explain

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/pipeline/explain/causes"
	"daybook/pipeline/rate"
	"daybook/rating"
	"daybook/rating/correct"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Corrected is what a correction is the difference of: what its line was charged, and what it is rated as now.
type Corrected struct {
	Issued []CorrectedCharge `json:"issued"`
	Again  []CorrectedCharge `json:"again"`
	// Causes are what the difference is due to.
	Causes []causes.Cause `json:"causes,omitempty"`
}

// CorrectedCharge is a charge of the line that a correction is of. Those that were issued can be explained by their
// identifiers; those that are rated again are in no run, so their arithmetic stands here.
type CorrectedCharge struct {
	ID       schemas.ChargeID `json:"id,omitempty"`
	From     string           `json:"from"`
	Until    string           `json:"until"`
	Amount   money.Decimal    `json:"amount"`
	Currency money.Currency   `json:"currency"`
	Steps    []ExplainedStep  `json:"steps,omitempty"`
}

// takeAgain takes what came late for an account once more, as the run did.
func (l *Look) takeAgain(ctx context.Context, id schemas.AccountID, set *rate.Setting, tally *rating.Tally, again rate.Again) (*rate.Taken, error) {
	s := rate.NewLatecomers(ctx, set, l.Manifest.FilesOf)
	defer s.Close()
	return s.Take(id, tally, again)
}

// correctionOf shows what a correction is the difference of, and the usage behind it.
func (l *Look) correctionOf(ctx context.Context, e *Explanation, c *schemas.Charge, again *ratedAgain, o Options) error {
	why, err := causes.Of(ctx, l.store, l.Manifest, c)
	if err != nil {
		return err
	}
	e.Corrected = &Corrected{Causes: why}
	at := -1
	for i := range again.late.Again {
		if again.late.Again[i].Run.Period == c.Corrects {
			at = i
		}
	}
	if at < 0 {
		e.Warnings = append(e.Warnings, fmt.Sprintf("by today's book nothing of %s is rated again for the account", c.Corrects))
		return nil
	}
	p := &again.late.Again[at]
	line := func(x *schemas.Charge) CorrectedCharge {
		in := func(micros int64) string { return timeText(micros) }
		return CorrectedCharge{From: in(x.Start.UnixMicro()), Until: in(x.End.UnixMicro()), Amount: x.Amount, Currency: x.Currency}
	}
	for i := range p.Issued {
		if x := &p.Issued[i]; correct.SameLine(c, x) {
			y := line(x)
			y.ID = x.ID
			e.Corrected.Issued = append(e.Corrected.Issued, y)
		}
	}
	then := &ratedAgain{tally: p.Run.After, columns: p.Run.Plan.Columns(), handles: map[string][]rating.Handle{}, late: again.late, decided: p.Run.Plan.Decided(c.Account)}
	then.texts = make([]string, len(then.columns))
	rows := int64(0)
	for i := range p.Charges {
		if x := &p.Charges[i]; correct.SameLine(c, x) {
			y := line(x)
			y.Steps = Steps(x.Steps)
			e.Corrected.Again = append(e.Corrected.Again, y)
			then.charges, rows = append(then.charges, *x), rows+x.UsageRows
		}
	}
	if rows == 0 && c.UsageRows == 0 {
		return nil
	}
	return l.usageAgain(ctx, e, c, then, rows, o)
}

// usageAgain lists the usage behind a correction: the rows that came late, if they are all that is new, or else all that its
// line is made of now.
func (l *Look) usageAgain(ctx context.Context, e *Explanation, c *schemas.Charge, then *ratedAgain, rows int64, o Options) error {
	meter, ok := l.book.Meter(c.Meter)
	if !ok {
		e.Warnings = append(e.Warnings, fmt.Sprintf("the book no longer has the meter %s, so its rows cannot be told apart", c.Meter))
		return nil
	}
	g := gatherer{again: then, charge: c, most: o.Rows, series: -1, meter: meter, before: map[int]UsageSum{}, unique: map[string]bool{}}
	for i := range then.charges {
		g.twins = append(g.twins, then.charges[i].ID)
	}
	all := then.late.Why.Changes(c.Corrects) || then.late.Why.Anew != "" && then.late.Why.Anew <= c.Corrects
	if err := l.rowsAgain(ctx, e, &g, all, o.Check); err != nil {
		return err
	}
	u := &g.out
	u.Unit, u.How = cmp.Or(meter.Unit, c.ConsumedUnit), cmp.Or(meter.Aggregation, schemas.AggregateSum)
	if u.How == schemas.AggregateSum && meter.Window == "" {
		u.Quantity = g.quantity()
	}
	u.end()
	e.Usage = u
	if o.Check && all {
		e.check("usage", u.agreeRows(rows, "what is rated again"), fmt.Sprintf("%d %s up to what is rated again", u.Rows, schemas.OneOrMany(u.Rows, "row adds", "rows add")))
	} else if o.Check {
		e.check("usage", u.agreeLate(c), fmt.Sprintf("%d %s up to what is corrected", u.Rows, schemas.OneOrMany(u.Rows, "row that came late adds", "rows that came late add")))
	}
	return l.checkSource(ctx, e, o, nil) // of each run's rows it has been
}

// rowsAgain takes the rows of the corrected period that came late for it in this run, and those of the runs before it if all
// are wanted. Where they are to be proven, those of each run are by what it pinned.
func (l *Look) rowsAgain(ctx context.Context, e *Explanation, g *gatherer, all, check bool) error {
	set, err := l.set(ctx)
	if err != nil {
		return err
	}
	columns := slices.Concat(rate.LateColumns(set.Book, set.Plan), rate.OriginColumns(set.Book), lineColumns)
	if check {
		columns = nil // all
	}
	type rows = func(b *dataset.Batch, from, to int) error
	read := func(in *Look, kept func(read func(rows) error, each rows) error, claimed func(each rows) error) error {
		if g.in, g.proof = in, nil; check {
			g.proof = newProof()
		}
		for _, o := range in.outputs(&schemas.Usage, g.charge.Account) {
			g.out.Objects = append(g.out.Objects, o.Key)
		}
		each := rowsOf(g, in.Manifest.Spec.Period)
		own := func(each rows) error { return in.account(ctx, g.charge.Account, columns, each) }
		if err := kept(own, set.Counting(ctx, in.Manifest, each)); err != nil {
			return err
		}
		err := set.RowsAnew(ctx, in.Manifest, g.charge.Account, columns, func(of schemas.Period) rows { return rowsOf(g, of) })
		if err != nil {
			return err
		}
		if err := claimed(each); err != nil || !check {
			return err
		}
		return in.prove(ctx, e, g.proof)
	}
	for i := range g.again.late.Again {
		run := g.again.late.Again[i].Run
		if !all || run.Period < g.charge.Corrects {
			continue
		}
		in := &Look{Manifest: run.Manifest, book: l.book, store: l.store, landing: l.landing}
		why := &g.again.late.Why
		err := read(in, func(read func(rows) error, each rows) error {
			return run.Kept(set, g.charge.Account, why, read, each, nil)
		}, func(each rows) error {
			return run.Claimed(ctx, set, g.charge.Account, why, columns, each)
		})
		if err != nil {
			return err
		}
	}
	return read(l, func(read func(rows) error, each rows) error { return read(each) }, func(rows) error { return nil })
}

// rowsOf takes the rows of the corrected period out of those of a run of one.
func rowsOf(g *gatherer, of schemas.Period) func(b *dataset.Batch, from, to int) error {
	corrects := g.charge.Corrects
	return func(b *dataset.Batch, from, to int) error {
		late := &b.Columns[schemas.UseLatePeriod]
		for i := from; i < to; i++ {
			if p := schemas.Period(late.TextAt(i)); p != corrects && (p != "" || of != corrects) {
				continue
			}
			if err := g.rows(b, i, i+1); err != nil {
				return err
			}
		}
		return nil
	}
}

// agreeLate holds the rows against a correction: their number, and what they come to where the meter adds up.
func (u *UsageBehind) agreeLate(c *schemas.Charge) error {
	if err := u.agreeRows(c.UsageRows, "the correction"); err != nil {
		return err
	}
	if u.Quantity != nil && !money.RoundTo(*u.Quantity, money.Scale, money.HalfEven).Equal(c.Consumed) {
		return fmt.Errorf("the rows that came late come to %s, and the correction has metered %s", u.Quantity, c.Consumed)
	}
	return nil
}

// agreeRows holds the number of rows against that of which something is made.
func (u *UsageBehind) agreeRows(rows int64, what string) error {
	if u.Rows != rows {
		return fmt.Errorf("%d %s found, and %s is made of %d", u.Rows, schemas.OneOrMany(u.Rows, "row is", "rows are"), what, rows)
	}
	return nil
}
