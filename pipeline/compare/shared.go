package compare

import (
	"context"

	"daybook/pipeline/dataset"
	"daybook/pipeline/normalise"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/reconcile"
	"daybook/reconcile/shared"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/peeruse"
)

// SharedColumns are the columns of usage by which costs are shared.
var SharedColumns = []int{
	schemas.UseAccountId, schemas.UsePeerId, schemas.UseServiceName, schemas.UseBillingAccountId, schemas.UseSubAccountId, schemas.UseBillingCurrency,
	schemas.UseChargeCategory, schemas.UseChargePeriodStart, schemas.UsePricingQuantity, schemas.UsePricingUnit, schemas.UseBilledCost,
}

// SharedRow is what row i of a peer's bill is for shared costs.
func SharedRow(own func(peer schemas.PeerID, billing, sub string) bool, customer string, day schemas.Date, b *dataset.Batch, i int) *shared.Row {
	text := func(col int) string { return b.Columns[col].StringAt(i) }
	number := func(col int) (f money.Fixed) {
		if v := &b.Columns[col]; !v.IsNull(i) {
			f = v.Decs[i]
		}
		return f
	}
	x := &shared.Row{
		Peer: schemas.PeerID(text(schemas.UsePeerId)), Customer: customer, BillingAccount: text(schemas.UseBillingAccountId), Account: text(schemas.UseSubAccountId),
		Service: text(schemas.UseServiceName), Category: schemas.ChargeCategory(text(schemas.UseChargeCategory)), Day: day, Unit: text(schemas.UsePricingUnit),
		Quantity: number(schemas.UsePricingQuantity), Billed: number(schemas.UseBilledCost), Currency: money.Currency(text(schemas.UseBillingCurrency)),
	}
	x.Own = b.Columns[schemas.UseAccountId].IsNull(i) && own(x.Peer, x.BillingAccount, x.Account)
	return x
}

// share adds row i to the shared cost that it is of, or to the keys that others are divided by.
func (u *UseSums) share(r *PeerRow, b *dataset.Batch, i int) error {
	if !u.shared.Of(r.peer) {
		return nil
	}
	taken, err := u.shared.Add(SharedRow(u.book.OwnUse, r.customer, r.day, b, i))
	if err != nil || !taken {
		return err
	}
	u.divided.Rows++
	return u.divided.AddCost(r.currency, r.billed)
}

// Shared divides what peers bill for our own use among customers, by the keys of the book.
func Shared(ctx context.Context, in *run.Inputs) (*run.Result, error) {
	res := &run.Result{}
	sums := shared.NewSums(in.Book().Peers(), in.AsOf())
	if !sums.Any() {
		return res, nil
	}
	reach, err := normalise.ReachOf(ctx, in)
	if err != nil {
		return nil, err
	}
	shards, err := leftOfUse(ctx, in)
	if err != nil {
		return nil, err
	}
	for _, left := range shards {
		if err := sums.Merge(&left.Shared); err != nil {
			return nil, err
		}
	}
	parts, findings, err := sums.Divide(in.Period(), in.Book().Provider().Currency, Exchange(in.Book(), in.Period(), reach.Through, in.AsOf()))
	if err != nil {
		return nil, err
	}
	c := &res.Control
	out, err := in.WriteRead(ctx, &peeruse.Shares, func(write func(*dataset.Batch) error) error {
		return rows.AppendShares(parts, write)
	}, func(b *dataset.Batch) error { return countShares(&c.Shares, &c.BorneBy, b) })
	if err != nil {
		return nil, err
	}
	res.Outputs = append(res.Outputs, out)
	found := in.NewFindings()
	defer found.Close()
	for _, f := range findings {
		found.Add(f)
	}
	return res, found.Write(ctx, in, res)
}

// countShares counts what lies in a file of peeruse.Shares: all of it, and what customers bear of it in the provider's currency.
func countShares(all, borne *dataset.Totals, b *dataset.Batch) error {
	for i := range b.Rows {
		all.Rows += b.Columns[peeruse.ShareRows].Ints[i]
		if err := all.AddCost(b.Columns[peeruse.ShareCurrency].StringAt(i), b.Columns[peeruse.ShareAmount].Decs[i]); err != nil {
			return err
		}
		value := &b.Columns[peeruse.ShareValue]
		if b.Columns[peeruse.ShareCustomerId].IsNull(i) || value.IsNull(i) {
			continue
		}
		if err := borne.AddCost(b.Columns[peeruse.ShareValueCurrency].StringAt(i), value.Decs[i]); err != nil {
			return err
		}
	}
	return nil
}

// addShares adds what customers bear of shared costs to what they earn us.
func addShares(ctx context.Context, in *run.Inputs, to *reconcile.Earnings) error {
	results, err := in.Results(ctx, "reconcile/shared")
	if err != nil {
		return err
	}
	names := map[string]string{}
	for i := range in.Book().Customers() {
		c := &in.Book().Customers()[i]
		names[c.ID] = c.Name
	}
	return run.EachOutput(results, peeruse.Shares.Name, func(o run.Output) error {
		return rows.ScanTable(ctx, in.Store(), o.Key, &peeruse.Shares, []int{peeruse.ShareCustomerId, peeruse.ShareValue}, func(b *dataset.Batch) error {
			for i := range b.Rows {
				customer, value := b.Columns[peeruse.ShareCustomerId].StringAt(i), &b.Columns[peeruse.ShareValue]
				if customer == "" || value.IsNull(i) {
					continue
				}
				if err := to.AddShared(customer, names[customer], value.Decs[i]); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// countBearing counts what customers bear of shared costs in a file of schemas.Customers.
func countBearing(t *dataset.Totals, b *dataset.Batch) error {
	for i := range b.Rows {
		if v := &b.Columns[schemas.EarningShared]; !v.IsNull(i) {
			if err := t.AddCost(b.Columns[schemas.EarningCurrency].StringAt(i), v.Decs[i]); err != nil {
				return err
			}
		}
	}
	return nil
}
