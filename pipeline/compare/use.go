package compare

import (
	"context"

	"daybook/pipeline/dataset"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/reconcile/bills"
	"daybook/schemas"
	"daybook/schemas/money"
)

// UseColumns are the columns of usage by which peers' bills are compared.
var UseColumns = []int{
	schemas.UsePeerId, schemas.UseServiceName, schemas.UseSkuId, schemas.UseRegionId, schemas.UseChargeCategory,
	schemas.UseConsumedUnit, schemas.UsePricingUnit, schemas.UseBillingCurrency, schemas.UseChargePeriodStart,
	schemas.UseConsumedQuantity, schemas.UsePricingQuantity, schemas.UseListCost, schemas.UseBilledCost,
}

// addUse sums the shard's usage that a peer bills or a contract counts, and counts what peers bill. Without peers nothing is read.
func addUse(ctx context.Context, in *run.Inputs, res *run.Result, use *bills.Use) error {
	if len(in.Book().Peers()) == 0 {
		return nil
	}
	normalised, err := in.Results(ctx, "normalise/shard")
	if err != nil {
		return err
	}
	days := rows.DayFinder{Zone: in.Book().Zone()}
	var read dataset.Tally
	billed := &res.Control.Billed
	err = run.EachOutput(normalised, schemas.Usage.Name, func(o run.Output) error {
		return rows.ScanTable(ctx, in.Store(), o.Key, &schemas.Usage, UseColumns, func(b *dataset.Batch) error {
			if err := read.AddBatch(b, dataset.UsageMeasures()); err != nil {
				return err
			}
			return eachUse(b, &days, func(row *bills.UseRow) error {
				if row.Peer != "" {
					billed.Rows += row.Rows
					if err := billed.AddCost(string(row.Currency), row.Billed); err != nil {
						return err
					}
				}
				return use.Add(row)
			})
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

// useCodes tells rows of a batch apart by their dictionary codes and day.
type useCodes struct {
	codes [8]uint32
	day   schemas.Date
}

// AddUseBatch adds the rows of a batch.
func AddUseBatch(b *dataset.Batch, days *rows.DayFinder, use *bills.Use) error {
	return eachUse(b, days, use.Add)
}

// eachUse adds rows up by their codes first, and hands out a sum for each combination.
func eachUse(b *dataset.Batch, days *rows.DayFinder, each func(*bills.UseRow) error) error {
	sums := map[useCodes]*bills.UseRow{}
	var order []*bills.UseRow
	for i := range b.Rows {
		k := codesAt(b, i, days.Find(b.Columns[schemas.UseChargePeriodStart].Ints[i]))
		row := sums[k]
		if row == nil {
			row = UseRow(b, i, k.day)
			sums[k] = row
			order = append(order, row)
		}
		if err := addNumbers(b, i, row); err != nil {
			return err
		}
	}
	for _, row := range order {
		if err := each(row); err != nil {
			return err
		}
	}
	return nil
}

// codesAt are the codes of row i.
func codesAt(b *dataset.Batch, i int, day schemas.Date) useCodes {
	k := useCodes{day: day}
	for n, col := range UseColumns[:len(k.codes)] {
		if v := &b.Columns[col]; v.IsNull(i) {
			k.codes[n] = rows.NoCode
		} else {
			k.codes[n] = v.Codes[i]
		}
	}
	return k
}

// UseRow is what row i says of use on a day, without its numbers.
func UseRow(b *dataset.Batch, i int, day schemas.Date) *bills.UseRow {
	text := func(col int) string { return string(b.Columns[col].TextAt(i)) }
	return &bills.UseRow{
		Peer: schemas.PeerID(text(schemas.UsePeerId)), Service: text(schemas.UseServiceName), SKU: schemas.SKU(text(schemas.UseSkuId)),
		Region: text(schemas.UseRegionId), Category: schemas.ChargeCategory(text(schemas.UseChargeCategory)), Day: day,
		ConsumedUnit: text(schemas.UseConsumedUnit), PricingUnit: text(schemas.UsePricingUnit),
		Currency: money.Currency(text(schemas.UseBillingCurrency)),
	}
}

func addNumbers(b *dataset.Batch, i int, row *bills.UseRow) error {
	row.Rows++
	for _, x := range [...]struct {
		sum *money.Fixed
		col int
	}{
		{&row.Consumed, schemas.UseConsumedQuantity},
		{&row.Priced, schemas.UsePricingQuantity},
		{&row.List, schemas.UseListCost},
		{&row.Billed, schemas.UseBilledCost},
	} {
		v := &b.Columns[x.col]
		if v.Absent || v.IsNull(i) {
			continue
		}
		sum, err := x.sum.Add(v.Decs[i])
		if err != nil {
			return err
		}
		*x.sum = sum
	}
	return nil
}
