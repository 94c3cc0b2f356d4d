package rate

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"daybook/pipeline/dataset"
	"daybook/pipeline/rows"
	"daybook/schemas"
	"daybook/schemas/money"
)

// BenchmarkCombos is the time to add up sorted usage that no meter asks the time of: ns/op is per row.
func BenchmarkCombos(b *testing.B) {
	const rows = 32_000
	plan := comboPlan(b)
	batch := dataset.NewBatch(&schemas.Usage)
	comboRows(b, rand.New(rand.NewPCG(9, 9)), batch, rows)
	for i := range batch.Columns[schemas.UseSkuId].Codes {
		batch.Columns[schemas.UseSkuId].Codes[i] = batch.Columns[schemas.UseSkuId].Dict.CodeOf("s1")
	}
	for _, col := range []int{schemas.UseConsumedUnit, schemas.UsePeerId, schemas.UseBillingCurrency} {
		batch.Columns[col].Absent = true
	}
	var c Combos
	c.Init(plan.NewTally(), plan)
	b.ReportAllocs()
	for b.Loop() {
		c.BeginAccount("a")
		c.Begin(batch)
		if err := c.Add(0, rows); err != nil {
			b.Fatal(err)
		}
		c.Flush()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
}

// BenchmarkCharges is the time to lay out charges of many prices as rows, their steps among them.
func BenchmarkCharges(b *testing.B) {
	const charges = 1000
	steps := []schemas.Step{
		{Op: "given", In: []schemas.Operand{{Name: "quantity", Value: "1715.5"}}, Out: "1715.5", Note: "metered from 16 rows"},
		{Op: "tier", In: []schemas.Operand{{Name: "quantity@1", Value: "1715.5"}, {Name: "from", Value: "0"}, {Name: "to"}, {Name: "unit_price", Value: "0.02"}, {Name: "flat_fee", Value: "0"}}, Out: "34.31", Note: "tier 1 prices 1715.5"},
		{Op: "round", In: []schemas.Operand{{Name: "exact@2", Value: "34.31"}, {Name: "places", Value: "2"}, {Name: "mode", Value: "half_up"}}, Out: "34.31", Note: "rounded by rule iso4217"},
		{Op: "sub", In: []schemas.Operand{{Name: "exact@2", Value: "34.31"}, {Name: "amount@3", Value: "34.31"}}, Out: "0", Note: "what rounding left"},
	}
	list := make([]schemas.Charge, charges)
	for i := range list {
		sku := fmt.Sprintf("SKU-%05d", i)
		amount, quantity := money.NewDecimal(int64(3431+i), -2), money.NewDecimal(17155, -1)
		list[i] = schemas.Charge{
			ID: schemas.ChargeID(fmt.Sprintf("%032x", i)), Account: schemas.AccountID(fmt.Sprintf("ac-%06d", i/8)), Offering: "o", Price: schemas.PriceID(sku),
			Meter: schemas.MeterID(sku), Model: "graduated", Category: "Usage", Frequency: "Usage-Based", Description: sku, Start: time.Unix(0, 0), End: time.Unix(1, 0),
			Service: "Compute", ServiceCategory: "Compute", SKU: schemas.SKU(sku), PricingKind: "Standard", HasQuantity: true, Consumed: quantity, ConsumedUnit: "GB",
			Priced: quantity, PricingUnit: "GB", List: amount, Exact: amount, Amount: amount, Currency: "EUR", UsageRows: 16, Steps: steps,
			Value: schemas.Valued{Currency: "EUR", Known: true, Rate: money.One, Day: schemas.NewDate(2024, 9, 30), Amount: amount},
		}
	}
	w := rows.NewChargeWriter(&schemas.Provider{Name: "cloud", LegalName: "Cloud GmbH"})
	b.ReportAllocs()
	for b.Loop() {
		w.Trim()
		for i := range list {
			if err := w.Append(&list[i]); err != nil {
				b.Fatal(err)
			}
			if err := w.Batch.EndRow(); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/charges, "ns/charge")
}
