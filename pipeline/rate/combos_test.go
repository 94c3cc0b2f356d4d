package rate

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"daybook/pipeline/dataset"
	"daybook/rating"
	"daybook/schemas"
	"daybook/schemas/money"
)

// comboPlan has a meter of every way to take rows: sums that need no times and sums that do, rows one by one, groups, peers.
func comboPlan(t testing.TB) *rating.Plan {
	t.Helper()
	one := money.One
	meters := []schemas.Meter{
		{ID: "sum", SKUs: []schemas.SKU{"s0", "s1"}},
		{ID: "late", SKUs: []schemas.SKU{"s2"}, Late: schemas.LateDrop},
		{ID: "sliced", SKUs: []schemas.SKU{"s3"}},
		{ID: "grouped", SKUs: []schemas.SKU{"s4"}, GroupBy: []string{"RegionId"}},
		{ID: "highest", SKUs: []schemas.SKU{"s5"}, Aggregation: schemas.AggregateMax},
		{ID: "rows", SKUs: []schemas.SKU{"s6"}, Value: schemas.ValueRows},
		{ID: "seconds", SKUs: []schemas.SKU{"s0"}, Value: schemas.ValueSeconds},
		{ID: "converted", SKUs: []schemas.SKU{"s7"}, Unit: "GB"},
		// These share rows with others: of another slicing, dropping late rows, taking rows one by one, in one unit only.
		{ID: "beside", SKUs: []schemas.SKU{"s3"}, Late: schemas.LateDrop},
		{ID: "most", SKUs: []schemas.SKU{"s6"}, Aggregation: schemas.AggregateMax},
		{ID: "hours", SKUs: []schemas.SKU{"s1"}, Unit: "Hours"},
	}
	var prices []schemas.Price
	for _, m := range meters {
		p := schemas.Price{ID: schemas.PriceID(m.ID), Meter: m.ID, Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelPerUnit, UnitPrice: &one}}
		if m.ID == "sliced" {
			p.Validity.To = schemas.NewDate(2024, time.September, 11)
			next := p
			next.ID, next.Validity = "sliced-2", schemas.Validity{From: schemas.NewDate(2024, time.September, 11)}
			prices = append(prices, next)
		}
		if m.ID == "beside" {
			p.Validity.From = schemas.NewDate(2024, time.September, 20)
		}
		prices = append(prices, p)
	}
	accounts := []schemas.Account{{ID: "a", Currency: "EUR"}, {ID: "b", Currency: "EUR"}, {ID: "c", Currency: "EUR"}}
	plan, err := rating.Compile(rating.Book{
		Catalogue: schemas.Catalogue{
			Meters: meters, Units: []schemas.UnitFactor{{From: "MB", To: "GB", Factor: money.NewDecimal(1, -3)}},
			Offerings: []schemas.Offering{{ID: "o", Included: true, Prices: prices}},
		},
		Customers: []schemas.Customer{{ID: "c", Accounts: accounts}}, Zone: time.UTC,
	}, rating.Spec{Period: "2024-09"})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// comboRows fills a batch with usage in the order of SKUs.
func comboRows(t testing.TB, r *rand.Rand, b *dataset.Batch, rows int) {
	t.Helper()
	period := time.Date(2024, 9, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	pick := func(col, null int, of ...string) {
		if r.IntN(null) > 0 {
			b.AppendText(col, of[r.IntN(len(of))])
		}
	}
	skus := make([]int, rows)
	for i := range skus {
		skus[i] = r.IntN(9)
	}
	slices.Sort(skus)
	for _, sku := range skus {
		b.AppendText(schemas.UseSkuId, fmt.Sprintf("s%d", sku))
		pick(schemas.UseSourceId, 1<<30, "meters")
		pick(schemas.UsePeerId, 4, "", "peer")
		pick(schemas.UseRegionId, 5, "eu", "us")
		pick(schemas.UseSkuMeter, 50, "m")
		pick(schemas.UseConsumedUnit, 50, "GB", "GB", "GB", "GB", "MB")
		pick(schemas.UseBillingCurrency, 50, "EUR")
		start := period + r.Int64N(33*24)*3_600_000_000 - 72*3_600_000_000
		b.AppendTime(schemas.UseChargePeriodStart, start)
		b.AppendTime(schemas.UseChargePeriodEnd, start+r.Int64N(7200)*1_000_000)
		if r.IntN(20) > 0 {
			b.AppendDecimal(schemas.UseConsumedQuantity, money.FixedFromInt(r.Int64N(1000)-100))
		}
		if r.IntN(3) > 0 {
			b.AppendDecimal(schemas.UseEffectiveCost, money.FixedFromInt(r.Int64N(50)))
		}
		b.AppendText(schemas.UseAccountId, "a")
		b.AppendText(schemas.UseChargeCategory, "Usage")
		for col, c := range schemas.Usage.Columns {
			if c.Required && b.Columns[col].Len() == b.Rows {
				fillRequired(b, col, c.Type)
			}
		}
		if err := b.EndRow(); err != nil {
			t.Fatal(err)
		}
	}
}

func fillRequired(b *dataset.Batch, col int, of schemas.ColumnType) {
	switch of {
	case schemas.Label, schemas.Text:
		b.AppendText(col, "x")
	case schemas.Decimal:
		b.AppendDecimal(col, money.Fixed{})
	case schemas.Time:
		b.AppendTime(col, 0)
	case schemas.Integer:
		b.AppendInt(col, 0)
	}
}

// rowByRow adds rows as the tally's own example does.
func rowByRow(t testing.TB, tally *rating.Tally, plan *rating.Plan, b *dataset.Batch) (left []schemas.Finding) {
	t.Helper()
	texts := make([]string, len(plan.Columns()))
	for i := range b.Rows {
		for k, col := range plan.Columns() {
			texts[k] = string(b.Columns[col].TextAt(i))
		}
		for _, h := range tally.Resolve(texts) {
			x := tally.Reads(h)
			row := rating.Row{
				Start: b.Columns[schemas.UseChargePeriodStart].Ints[i], End: b.Columns[schemas.UseChargePeriodEnd].Ints[i],
				Quantity: money.FixedFromInt(1),
			}
			switch x.Value {
			case rating.ReadsRow:
			case rating.ReadsSeconds:
				row.Quantity = money.FixedFromInt((row.End - row.Start) / 1_000_000)
			default:
				row.Quantity = b.Columns[x.Value].Decs[i]
			}
			if x.Cost >= 0 {
				row.Cost, row.HasCost = b.Columns[x.Cost].Decs[i], !b.Columns[x.Cost].IsNull(i)
			}
			if code := tally.Add(h, &row); code != "" && !tally.Shared(h) {
				left = append(left, schemas.Finding{Code: code, Rows: 1, Quantity: row.Quantity, Cost: row.Cost})
			}
		}
	}
	return left
}

// outcome is what an account comes to, in a form that does not tell how rows were grouped.
func outcome(t testing.TB, plan *rating.Plan, tally *rating.Tally, left []schemas.Finding) []string {
	t.Helper()
	out, err := plan.Rate(tally, rating.Carried{})
	if err != nil {
		t.Fatal(err)
	}
	lines := []string{fmt.Sprintf("%d rows, %d partly rated", out.Rows, out.Partly)}
	for i := range out.Charges {
		lines = append(lines, fmt.Sprintf("%+v", out.Charges[i]))
	}
	sums := map[string]schemas.Finding{}
	for _, f := range append(left, out.Findings...) {
		key := string(f.Code)
		if f.Code != schemas.CodeOtherPeriod { // of which the message is made where the rows are added
			message, _, _ := strings.Cut(f.Message, "; of its rows,") // how many they are depends on the grouping; the sum is partly's
			key += " " + message
		}
		sum := sums[key]
		sum.Rows += f.Rows
		var ok, fits bool
		sum.Quantity, ok = money.AddOK(sum.Quantity, f.Quantity)
		if sum.Cost, fits = money.AddOK(sum.Cost, f.Cost); !ok || !fits {
			t.Fatal("findings overflow")
		}
		sums[key] = sum
	}
	for key, f := range sums {
		lines = append(lines, fmt.Sprintf("%s: %d rows, %s, %s", key, f.Rows, f.Quantity, f.Cost))
	}
	slices.SortFunc(lines, cmp.Compare[string])
	return lines
}

// Rows added up in runs, over batches with the same dictionaries and with others, come to what they come to one by one.
func TestCombosAddUpWhatRowsDo(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	plan := comboPlan(t)
	tally, other := plan.NewTally(), plan.NewTally()
	var c Combos
	c.Init(tally, plan)
	b := dataset.NewBatch(&schemas.Usage)
	var late, loads int
	var partly bool
	for round := range 120 {
		account := []schemas.AccountID{"a", "b", "c", "nobody"}[r.IntN(4)]
		c.BeginAccount(account)
		other.Begin(account)
		var left []schemas.Finding
		for range 1 + r.IntN(3) {
			if r.IntN(3) == 0 {
				b = dataset.NewBatch(&schemas.Usage)
			} else {
				b.Reset()
			}
			comboRows(t, r, b, 1+r.IntN(200))
			whole := *b
			starts, ends := whole.Columns[schemas.UseChargePeriodStart], whole.Columns[schemas.UseChargePeriodEnd]
			left = append(left, rowByRow(t, other, plan, b)...)
			b.Columns[schemas.UseChargePeriodStart].Ints, b.Columns[schemas.UseChargePeriodEnd].Ints = nil, nil
			c.load = func(...int) error {
				loads++
				b.Columns[schemas.UseChargePeriodStart], b.Columns[schemas.UseChargePeriodEnd] = starts, ends
				return nil
			}
			c.Begin(b)
			middle := r.IntN(b.Rows + 1)
			for _, part := range [2][2]int{{0, middle}, {middle, b.Rows}} {
				if err := c.Add(part[0], part[1]); err != nil {
					t.Fatal(err)
				}
			}
			b.Columns[schemas.UseChargePeriodStart], b.Columns[schemas.UseChargePeriodEnd] = starts, ends
		}
		late += len(left)
		got, want := outcome(t, plan, tally, c.Flush()), outcome(t, plan, other, left)
		partly = partly || !slices.ContainsFunc(got, func(line string) bool { return strings.HasSuffix(line, " 0 partly rated") })
		if !slices.Equal(got, want) {
			t.Fatalf("round %d, account %s:\n got %s\nwant %s", round, account, got, want)
		}
	}
	if late == 0 || loads == 0 || !partly {
		t.Errorf("%d late rows, %d loads and partly rated ones %v are too few to tell", late, loads, partly)
	}
}
