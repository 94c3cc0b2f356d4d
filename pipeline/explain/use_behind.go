package explain

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/pipeline/explain/use"
	"daybook/schemas"
	"daybook/schemas/money"
)

// explainUse explains a figure about peers' use: who uses what, a budget, a day that is unlike others, a goal, access, or a shared cost.
func (l *Look) explainUse(ctx context.Context, e *Explanation, begins *schemas.Beginning, o Options) error {
	x, err := use.Find(ctx, &use.Run{Manifest: l.Manifest, Book: l.book, Store: l.store}, begins)
	if err != nil || x == nil {
		return err
	}
	e.Kind, e.Title = x.Kind, x.Title
	for _, f := range x.Facts {
		e.fact(f.Name, f.Value, f.Text, f.Where)
	}
	for _, f := range x.Figures {
		e.figure(f.Name, f.Value, f.Unit)
	}
	u := &UsageBehind{Unit: x.Unit, How: schemas.AggregateSum}
	q := scanning{table: &schemas.Usage, columns: slices.Concat(x.Columns, lineColumns, matchColumns), column: -1}
	if x.Peer != "" {
		q.column, q.text = schemas.UsePeerId, string(x.Peer)
	}
	var proved *proof
	if o.Check {
		proved, q.columns = newProof(), nil // all
	}
	taken := &use.Taken{Sums: map[money.Currency]money.Decimal{}}
	err = l.linesBehind(ctx, e, u, q, o, proved, func(b *dataset.Batch, i int, c cells) (bool, error) {
		is, err := x.Takes(b, i)
		if is {
			currency := money.Currency(c.text(schemas.UseBillingCurrency))
			taken.Rows++
			taken.Sums[currency] = taken.Sums[currency].Add(c.decimal(schemas.UseBilledCost))
		}
		return is, err
	})
	if err != nil {
		return err
	}
	sumsBehind(u, taken)
	steps, verdicts, err := x.Told(taken)
	if err != nil {
		return err
	}
	e.Steps = Steps(steps)
	e.Evidence = evidenceBehind(x.Evidence, o.Rows)
	if o.Check {
		e.check("steps", checkReconciled(steps), fmt.Sprintf("%d steps give what they say", len(steps)))
		for _, v := range verdicts {
			e.check(v.What, v.Err, v.Detail)
		}
	}
	return l.checkSource(ctx, e, o, proved)
}

// matchColumns are those that matchLine shows.
var matchColumns = []int{schemas.UsePeerId, schemas.UseBilledCost, schemas.UsePricingQuantity, schemas.UsePricingUnit, schemas.UseConsumedQuantity, schemas.UseConsumedUnit}

// sumsBehind states what rows in several currencies come to, which do not add up.
func sumsBehind(u *UsageBehind, t *use.Taken) {
	for c, sum := range t.Sums {
		if len(t.Sums) == 1 {
			u.Unit = string(c)
			return
		}
		u.Costs = append(u.Costs, CurrencySum{c, sum})
	}
	slices.SortFunc(u.Costs, func(a, b CurrencySum) int { return cmp.Compare(a.Currency, b.Currency) })
	if len(u.Costs) > 0 {
		u.Unit, u.Sum = "", money.Zero
	}
}

// evidenceBehind lists what was delivered beside usage; nil where there is nothing.
func evidenceBehind(all []use.Evidence, most int) *EvidenceBehind {
	if len(all) == 0 {
		return nil
	}
	out := &EvidenceBehind{Rows: int64(len(all))}
	for i := range all {
		if most >= 0 && i >= most {
			break
		}
		x := &all[i]
		line := EvidenceLine{Source: x.Source, Object: x.Object, Row: x.Row, Kind: x.Kind, ID: x.ID, Start: timeText(x.Start.UnixMicro()), Says: x.Says}
		if !x.End.IsZero() {
			line.End = timeText(x.End.UnixMicro())
		}
		out.Listed = append(out.Listed, line)
	}
	out.More = out.Rows - int64(len(out.Listed))
	return out
}
