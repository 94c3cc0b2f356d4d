package use

import (
	"context"
	"encoding/json"
	"fmt"

	"daybook/pipeline/book"
	"daybook/pipeline/compare"
	"daybook/pipeline/dataset"
	"daybook/pipeline/rows"
	"daybook/reconcile/shared"
	"daybook/schemas"
	"daybook/schemas/peeruse"
)

// findShare finds a part of a shared cost.
func findShare(ctx context.Context, r *Run, begins *schemas.Beginning) (x *Subject, err error) {
	var of peeruse.Share
	var steps []schemas.Step
	err = r.each(ctx, &peeruse.Shares, func(c cells) error {
		id := c.text(peeruse.ShareShareId)
		if begins.Offer(id); id != begins.Text {
			return nil
		}
		of = peeruse.Share{
			ID: id, Peer: schemas.PeerID(c.text(peeruse.SharePeerId)), Shared: c.text(peeruse.ShareSharedId), Customer: c.text(peeruse.ShareCustomerId),
			Standing: peeruse.ShareStanding(c.text(peeruse.ShareStandingColumn)), Key: schemas.ShareKey(c.text(peeruse.ShareKey)),
			Weight: c.decimal(peeruse.ShareWeight), Weights: c.decimal(peeruse.ShareWeights), Billed: c.decimal(peeruse.ShareBilledCost),
			Amount: c.decimal(peeruse.ShareAmount), Currency: c.currency(peeruse.ShareCurrency), Value: c.optional(peeruse.ShareValue),
		}
		x = &Subject{
			Kind: "share", Title: fmt.Sprintf("Shared cost %s of %s, %s: %s", of.Shared, of.Peer, of.Standing, orText(of.Customer, "nobody's part")), Unit: string(of.Currency),
		}
		x.peer(r, of.Peer)
		x.fact("customer", of.Customer, "", r.Book.Where(book.KindCustomer, of.Customer))
		x.fact("key", string(of.Key), c.text(peeruse.ShareUnit), "")
		x.figure("amount", &of.Amount, string(of.Currency))
		x.figure("billed", &of.Billed, string(of.Currency))
		x.figure("value", of.Value, c.text(peeruse.ShareValueCurrency))
		return json.Unmarshal([]byte(c.text(peeruse.ShareSteps)), &steps)
	})
	if x == nil || err != nil {
		return nil, err
	}
	sums, days := shared.NewSums(r.Book.Peers, r.asOf()), rows.DayFinder{Zone: r.Book.Zone}
	x.Columns = compare.SharedColumns
	x.Takes = func(b *dataset.Batch, i int) (bool, error) {
		c := cells{b, i}
		if c.text(schemas.UsePeerId) != string(of.Peer) {
			return false, nil
		}
		customer := ""
		if _, whose, ok := r.Book.Account(schemas.AccountID(c.text(schemas.UseAccountId))); ok {
			customer = whose.ID
		}
		row := compare.SharedRow(r.Book.OwnUse, customer, days.Find(b.Columns[schemas.UseChargePeriodStart].Ints[i]), b, i)
		if _, err := sums.Add(row); err != nil {
			return false, err
		}
		rule := sums.Rule(row)
		return rule != nil && rule.ID == of.Shared && row.Currency == of.Currency, nil
	}
	x.Told = func(t *Taken) ([]schemas.Step, []Verdict, error) {
		again, err := r.sharedAgain(&of, sums)
		return steps, []Verdict{t.of(t.Rows, of.Billed, of.Currency), again}, err
	}
	return x, nil
}

// sharedAgain divides anew, and holds the row against that.
func (r *Run) sharedAgain(x *peeruse.Share, sums *shared.Sums) (Verdict, error) {
	v := Verdict{What: "share", Detail: "the run's usage, divided again, gives the same part", Err: errNoRow}
	fx := compare.Exchange(r.whole(), r.period(), r.reach().Through, r.asOf())
	parts, _, err := sums.Divide(r.period(), r.Book.Provider.Currency, fx)
	for i := range parts {
		if w := &parts[i]; w.ID == x.ID {
			v.Err = nil
			if !w.Amount.Equal(x.Amount) || !w.Weight.Equal(x.Weight) || !w.Weights.Equal(x.Weights) || (w.Value == nil) != (x.Value == nil) || w.Value != nil && !w.Value.Equal(*x.Value) {
				v.Err = fmt.Errorf("divided again it is %s by %s of %s; the row has %s by %s of %s", w.Amount, w.Weight, w.Weights, x.Amount, x.Weight, x.Weights)
			}
		}
	}
	return v, err
}
