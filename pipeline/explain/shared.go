package explain

import (
	"context"
	"fmt"
	"slices"

	"daybook/pipeline/book"
	"daybook/pipeline/compare"
	"daybook/pipeline/dataset"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/reconcile/shared"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/peeruse"
)

// explainShare explains a part of a shared cost.
func (l *Look) explainShare(ctx context.Context, e *Explanation, begins *schemas.Beginning, o Options) error {
	var x *peeruse.Share
	err := l.row(ctx, &peeruse.Shares, begins, func(c cells) error {
		x = &peeruse.Share{
			ID: c.text(peeruse.ShareShareId), Peer: schemas.PeerID(c.text(peeruse.SharePeerId)), Shared: c.text(peeruse.ShareSharedId), Customer: c.text(peeruse.ShareCustomerId),
			Standing: peeruse.ShareStanding(c.text(peeruse.ShareStandingColumn)), Key: schemas.ShareKey(c.text(peeruse.ShareKey)),
			Weight: c.decimal(peeruse.ShareWeight), Weights: c.decimal(peeruse.ShareWeights), Billed: c.decimal(peeruse.ShareBilledCost),
			Amount: c.decimal(peeruse.ShareAmount), Currency: money.Currency(c.text(peeruse.ShareCurrency)), Value: c.optional(peeruse.ShareValue),
		}
		e.Kind = "share"
		e.Title = fmt.Sprintf("Shared cost %s of %s, %s: %s", x.Shared, x.Peer, x.Standing, firstText(x.Customer, "nobody's part"))
		e.fact("peer", string(x.Peer), "", l.book.Where(book.KindPeer, string(x.Peer)))
		e.fact("customer", x.Customer, "", l.book.Where(book.KindCustomer, x.Customer))
		e.fact("key", string(x.Key), c.text(peeruse.ShareUnit), "")
		e.figure("amount", x.Amount, string(x.Currency))
		e.figure("billed", x.Billed, string(x.Currency))
		if x.Value != nil {
			e.figure("value", *x.Value, c.text(peeruse.ShareValueCurrency))
		}
		made, err := c.steps(peeruse.ShareSteps)
		if e.Steps = Steps(made); o.Check && err == nil {
			e.check("steps", checkReconciled(made), fmt.Sprintf("%d steps give what they say", len(made)))
		}
		return err
	})
	if err != nil || x == nil {
		return err
	}
	return l.behindShare(ctx, e, x, o)
}

// behindShare lists the rows of the bill that are divided, and divides them anew.
func (l *Look) behindShare(ctx context.Context, e *Explanation, x *peeruse.Share, o Options) error {
	sums := shared.NewSums(l.book.Peers, l.asOf())
	days := rows.DayFinder{Zone: l.book.Zone}
	u := &UsageBehind{Unit: string(x.Currency), How: schemas.AggregateSum}
	q := scanning{table: &schemas.Usage, columns: slices.Concat(compare.SharedColumns, lineColumns), column: schemas.UsePeerId, text: string(x.Peer)}
	var proved *proof
	if o.Check {
		proved, q.columns = newProof(), nil
	}
	err := l.linesBehind(ctx, e, u, q, o, proved, func(b *dataset.Batch, i int, c cells) (bool, error) {
		if c.text(schemas.UsePeerId) != string(x.Peer) {
			return false, nil
		}
		customer := ""
		if _, of, ok := l.book.Account(schemas.AccountID(c.text(schemas.UseAccountId))); ok {
			customer = of.ID
		}
		row := compare.SharedRow(l.book.OwnUse, customer, days.Find(b.Columns[schemas.UseChargePeriodStart].Ints[i]), b, i)
		if _, err := sums.Add(row); err != nil {
			return false, err
		}
		r := sums.Rule(row)
		return r != nil && r.ID == x.Shared && row.Currency == x.Currency, nil
	})
	if err != nil {
		return err
	}
	if o.Check {
		if err := l.sharedAgain(e, x, sums, u); err != nil {
			return err
		}
	}
	return l.checkSource(ctx, e, o, proved)
}

// sharedAgain divides anew, and holds the row against that.
func (l *Look) sharedAgain(e *Explanation, x *peeruse.Share, sums *shared.Sums, u *UsageBehind) error {
	var differs error
	if !u.Sum.Equal(x.Billed) {
		differs = fmt.Errorf("%d %s to %s, the row has %s", u.Rows, schemas.OneOrMany(u.Rows, "row comes", "rows come"), u.Sum, x.Billed)
	}
	e.check("usage", differs, fmt.Sprintf("%d %s up to what is divided", u.Rows, schemas.OneOrMany(u.Rows, "row of the bill adds", "rows of the bill add")))
	fx := compare.Exchange(run.WholeBook(l.book), l.Manifest.Spec.Period, l.through(), l.asOf())
	parts, _, err := sums.Divide(l.Manifest.Spec.Period, l.book.Provider.Currency, fx)
	if err != nil {
		return err
	}
	differs = fmt.Errorf("the run's usage and today's shared costs make no part %s", x.ID)
	for i := range parts {
		if w := &parts[i]; w.ID == x.ID {
			differs = nil
			if !w.Amount.Equal(x.Amount) || !w.Weight.Equal(x.Weight) || !w.Weights.Equal(x.Weights) || (w.Value == nil) != (x.Value == nil) || w.Value != nil && !w.Value.Equal(*x.Value) {
				differs = fmt.Errorf("divided again it is %s by %s of %s; the row has %s by %s of %s", w.Amount, w.Weight, w.Weights, x.Amount, x.Weight, x.Weights)
			}
		}
	}
	e.check("share", differs, "the run's usage, divided again, gives the same part")
	return nil
}
