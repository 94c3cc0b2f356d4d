package settle

import (
	"context"

	"daybook/pipeline/dataset"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/reconcile/goods"
	"daybook/schemas"
	"daybook/schemas/intercloud"
	"daybook/schemas/money"
)

// UseColumns are the columns of usage that say what peers bill, and which goods rows are of.
var UseColumns = []int{
	schemas.UseAccountId, schemas.UsePeerId, schemas.UseServiceName, schemas.UseSkuId, schemas.UseRegionId, schemas.UseChargeCategory, schemas.UseConsumedUnit,
	schemas.UsePricingUnit, schemas.UseBillingCurrency, schemas.UseChargePeriodStart, schemas.UseConsumedQuantity, schemas.UsePricingQuantity, schemas.UseBilledCost,
}

// readUse adds up what peers bill, and the use of goods.
func (x *shard) readUse(ctx context.Context) error {
	if len(x.parties.peers) == 0 && !x.index.Any() {
		return nil
	}
	normalised, err := x.in.Results(ctx, "normalise/shard")
	if err != nil {
		return err
	}
	var read dataset.Tally
	err = run.EachOutput(normalised, schemas.Usage.Name, func(o run.Output) error {
		return rows.ScanTable(ctx, x.in.Store(), o.Key, &schemas.Usage, UseColumns, func(b *dataset.Batch) error {
			if err := read.AddBatch(b, dataset.UsageMeasures()); err != nil {
				return err
			}
			return x.Use(b)
		})
	})
	if err != nil {
		return err
	}
	have, err := read.Totals()
	if err != nil {
		return err
	}
	return run.ReadWhole(schemas.Usage.Name, &have, normalised, run.UsageTotals)
}

// Use takes a batch of usage.
func (g *Gathering) Use(b *dataset.Batch) error {
	for i := range b.Rows {
		if err := g.use(b, i); err != nil {
			return err
		}
	}
	return nil
}

// use takes a row.
func (g *Gathering) use(b *dataset.Batch, i int) error {
	text := func(col int) string { return b.Columns[col].StringAt(i) }
	number := func(col int) (n money.Fixed) {
		if v := &b.Columns[col]; !v.Absent && !v.IsNull(i) {
			n = v.Decs[i]
		}
		return n
	}
	r := goods.Row{
		Peer: schemas.PeerID(text(schemas.UsePeerId)), Billed: number(schemas.UseBilledCost), Currency: money.Currency(text(schemas.UseBillingCurrency)),
	}
	if r.Peer != "" {
		if err := g.bill(&r); err != nil {
			return err
		}
	}
	if !g.index.Any() {
		return nil
	}
	r.Service, r.SKU, r.Region = text(schemas.UseServiceName), schemas.SKU(text(schemas.UseSkuId)), text(schemas.UseRegionId)
	r.Category, r.Account = schemas.ChargeCategory(text(schemas.UseChargeCategory)), schemas.AccountID(text(schemas.UseAccountId))
	r.Day = g.days.Find(b.Columns[schemas.UseChargePeriodStart].Ints[i])
	r.ConsumedUnit, r.PricingUnit = text(schemas.UseConsumedUnit), text(schemas.UsePricingUnit)
	r.Consumed, r.Priced = number(schemas.UseConsumedQuantity), number(schemas.UsePricingQuantity)
	return g.goods.Add(g.index, &r)
}

// bill adds a row of a peer's bill to what we owe.
func (g *Gathering) bill(r *goods.Row) error {
	k := owedFor{Peer: r.Peer, Basis: intercloud.BilledByPeer, Currency: r.Currency}
	if err := g.billed.add(k, r.Billed, 1); err != nil {
		return err
	}
	a := g.parties.peers[r.Peer]
	if a == nil {
		return nil
	}
	k.Agreement = a.ID
	g.control.Owed.Rows++
	if err := g.control.Owed.AddCost(string(r.Currency), r.Billed); err != nil {
		return err
	}
	return g.owed.add(k, r.Billed, 1)
}
