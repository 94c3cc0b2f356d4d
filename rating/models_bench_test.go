package rating_test

import (
	"fmt"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"daybook/rating"
	"daybook/schemas"
	"daybook/schemas/money"
)

// benchTerms are the models as they are in books, with tiers of a usual number.
func benchTerms() map[string]schemas.Terms {
	tiers := []schemas.Tier{
		{UpTo: dec("100"), UnitPrice: *dec("0.10")},
		{UpTo: dec("1000"), UnitPrice: *dec("0.08")},
		{UpTo: dec("10000"), UnitPrice: *dec("0.065")},
		{UnitPrice: *dec("0.05")},
	}
	free := int64(3)
	list := []schemas.Terms{
		{Model: schemas.ModelFlat, Amount: dec("49.90")},
		{Model: schemas.ModelPerUnit, UnitPrice: dec("0.0123")},
		{Model: schemas.ModelGraduated, Tiers: tiers},
		{Model: schemas.ModelVolume, Tiers: tiers},
		{Model: schemas.ModelStairstep, Tiers: []schemas.Tier{{UpTo: dec("100"), FlatFee: *dec("10")}, {UpTo: dec("1000"), FlatFee: *dec("80")}, {FlatFee: *dec("500")}}},
		{Model: schemas.ModelPackage, PackageSize: dec("1000"), PackagePrice: dec("15")},
		{Model: schemas.ModelBlockTiers, Blocks: []schemas.UnitBlocks{{Unit: "u", Tiers: []schemas.Block{{Size: *dec("100"), Price: *dec("1"), Max: dec("10")}, {Size: *dec("1000"), Price: *dec("1")}}}}},
		{Model: schemas.ModelCapacity, Capacities: []schemas.Capacity{{Limits: []schemas.UnitLimit{{Max: dec("1000")}}, Price: *dec("10")}, {Limits: []schemas.UnitLimit{{}}, Price: *dec("30")}}},
		{Model: schemas.ModelPercentage, Percent: dec("1.3"), FixedPerEvent: dec("0.05"), EventMinimum: dec("0.10"), FreeEvents: &free},
		{Model: schemas.ModelGraduatedPercentage, Tiers: []schemas.Tier{{UpTo: dec("1000"), Percent: *dec("5")}, {Percent: *dec("2")}}},
		{Model: schemas.ModelDynamic, Multiplier: dec("1.2")},
		{Model: schemas.ModelPassThrough},
		{Model: schemas.ModelCostPlus, MarkupPercent: dec("15")},
		{Model: schemas.ModelMarkdown, MarkdownPercent: dec("20")},
		{Model: schemas.ModelTieredMargin, MarginTiers: []schemas.MarginTier{{UpTo: dec("100"), Percent: *dec("20")}, {UpTo: dec("1000"), Percent: *dec("10")}, {Percent: *dec("5")}}},
		{Model: schemas.ModelDimension, UnitPrice: dec("0.5"), Dimensions: []schemas.DimensionPrice{{When: []schemas.DimensionMatch{{Column: "RegionId", Value: "eu"}}, UnitPrice: *dec("0.4"), FlatFee: *dec("1")}}},
		{Model: schemas.ModelRuleGroups, Groups: []schemas.RuleGroup{{Name: "volume", Rules: []schemas.Rule{
			{Kind: schemas.RuleFlat, Cost: *dec("1.337")}, {Kind: schemas.RuleRate, Cost: *dec("1.1")}, {Kind: schemas.RuleServiceThreshold, Level: dec("100"), Cost: *dec("-0.2")},
		}}}},
		{Model: schemas.ModelElapsedBands, ConnectFee: dec("0.01"), ElapsedBands: []schemas.ElapsedBand{
			{Rate: *dec("0.6"), RateSeconds: *dec("60"), IncrementSeconds: *dec("60")},
			{StartSeconds: *dec("600"), Rate: *dec("0.3"), RateSeconds: *dec("60"), IncrementSeconds: *dec("1")},
		}},
		{Model: schemas.ModelTimeOfDay, DayBands: []schemas.DayBand{
			{Start: "08:00", End: "20:00", Rate: *dec("0.6"), RateSeconds: *dec("60"), IncrementSeconds: *dec("60")},
			{Start: "20:00", End: "08:00", Rate: *dec("0.3"), RateSeconds: *dec("60")},
		}},
	}
	out := map[string]schemas.Terms{}
	for _, t := range list {
		out[string(t.Model)] = t
	}
	return out
}

// TestEveryModelHasABenchmark: a new model comes with its figures.
func TestEveryModelHasABenchmark(t *testing.T) {
	terms := benchTerms()
	for _, m := range schemas.Model("").Values() {
		if _, ok := terms[m]; !ok {
			t.Errorf("model %s has no benchmark: add its terms to benchTerms", m)
		}
	}
}

// modelsPerAccount is how many charges an account of the benchmarks has.
const modelsPerAccount = 8

// night rates account after account under prices of one model, rowsEach rows a charge, and keeps the memory of one for
// the next.
type night struct {
	plan     *rating.Plan
	tally    *rating.Tally
	labels   []string
	accounts []schemas.AccountID
	meters   []schemas.Meter
	row      rating.Row
	rowsEach int
	into     bool
	out      rating.Output
	n        int
	region   int // where labels have it
}

func newNight(tb testing.TB, model string, spec rating.Spec, rowsEach int) *night {
	tb.Helper()
	const prices, accounts = 64, 16
	o := schemas.Offering{ID: "o", Name: "Cloud", Service: "Cloud", Included: true}
	book := rating.Book{Zone: time.UTC, Customers: []schemas.Customer{{ID: "c"}}}
	for i := range prices {
		m := schemas.Meter{ID: schemas.MeterID(fmt.Sprintf("m%d", i)), Unit: "Hours"}
		m.SKUs = []schemas.SKU{schemas.SKU(m.ID)}
		switch schemas.Model(model) {
		case schemas.ModelPercentage, schemas.ModelElapsedBands, schemas.ModelTimeOfDay:
			m.Aggregation = schemas.AggregateEvents
		case schemas.ModelDimension:
			m.GroupBy = []string{"RegionId"}
		default:
		}
		book.Catalogue.Meters = append(book.Catalogue.Meters, m)
		o.Prices = append(o.Prices, schemas.Price{ID: schemas.PriceID(m.ID), Meter: m.ID, SKU: m.SKUs[0], Currency: "EUR", Terms: benchTerms()[model]})
	}
	book.Catalogue.Offerings = []schemas.Offering{o}
	for i := range accounts {
		book.Customers[0].Accounts = append(book.Customers[0].Accounts, schemas.Account{ID: schemas.AccountID(fmt.Sprintf("a%d", i)), Currency: "EUR"})
	}
	spec.Period = "2024-09"
	plan, err := rating.Compile(book, spec)
	if err != nil {
		tb.Fatal(err)
	}
	x := &night{plan: plan, tally: plan.NewTally(), labels: make([]string, len(plan.Columns())), meters: book.Catalogue.Meters, rowsEach: rowsEach, into: true}
	x.region = slices.Index(plan.Columns(), schemas.UseRegionId)
	for _, a := range book.Customers[0].Accounts {
		x.accounts = append(x.accounts, a.ID)
	}
	return x
}

// account rates the next account and returns how many charges it has.
func (x *night) account(tb testing.TB) int {
	x.tally.Begin(x.accounts[x.n%len(x.accounts)])
	for s := range modelsPerAccount {
		m := &x.meters[(x.n*7+s*13)%len(x.meters)]
		x.labels[1], x.labels[3], x.labels[5], x.labels[7] = "peer", string(m.ID), "Hours", "EUR"
		if len(m.GroupBy) > 0 {
			x.labels[x.region] = "eu"
		}
		h := x.tally.Resolve(x.labels)[0]
		for i := range x.rowsEach {
			x.row.Start = time.Date(2024, 9, 1+i%30, 19, 50, 0, 0, time.UTC).UnixMicro()
			x.row.Quantity, x.row.Cost, x.row.HasCost = money.FixedFromInt(int64(x.n%50+i*17)), money.FixedFromInt(int64(i+1)), true
			if code := x.tally.Add(h, &x.row); code != "" {
				tb.Fatal(code)
			}
		}
	}
	x.n++
	var err error
	if x.into {
		err = x.plan.RateInto(x.tally, rating.Carried{}, &x.out)
	} else {
		x.out, err = x.plan.Rate(x.tally, rating.Carried{})
	}
	if err != nil || len(x.out.Charges) != modelsPerAccount {
		tb.Fatal(len(x.out.Charges), err)
	}
	return len(x.out.Charges)
}

// cpuTime is what the process has used so far, in user and system, which others on the machine disturb less than the clock.
func cpuTime(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkModel is the processor time of a row and of a charge under each model, from labels on, 20 rows a charge; with steps and,
// as the night has it where nothing is explained, without.
func BenchmarkModel(b *testing.B) {
	const rowsEach = 20
	for _, model := range schemas.Model("").Values() {
		for _, steps := range []string{"quiet", "steps"} {
			b.Run(model+"/"+steps, func(b *testing.B) {
				x, charges := newNight(b, model, rating.Spec{Quiet: steps == "quiet"}, rowsEach), 0
				for range 64 {
					x.account(b)
				}
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				start := cpuTime(b)
				for b.Loop() {
					charges += x.account(b)
				}
				ns := float64(cpuTime(b) - start)
				runtime.ReadMemStats(&after)
				allocations := float64(after.Mallocs - before.Mallocs)
				b.ReportMetric(ns/float64(charges*rowsEach), "ns/row")
				b.ReportMetric(ns/float64(charges), "ns/charge")
				b.ReportMetric(allocations/float64(charges*rowsEach), "allocs/row")
				b.ReportMetric(allocations/float64(charges), "allocs/charge")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// perAccount is how many allocations an account takes once its like has been seen.
func perAccount(t *testing.T, model string, spec rating.Spec, rowsEach int) float64 {
	t.Helper()
	x := newNight(t, model, spec, rowsEach)
	for range 64 { // every account and label has been seen
		x.account(t)
	}
	return testing.AllocsPerRun(200, func() { x.account(t) })
}

// TestRowsDoNotAllocate: an account of ten times the rows allocates what the other does, under every model.
func TestRowsDoNotAllocate(t *testing.T) {
	for _, model := range schemas.Model("").Values() {
		few, many := perAccount(t, model, rating.Spec{Quiet: true}, 20), perAccount(t, model, rating.Spec{Quiet: true}, 200)
		if many > few+0.5 {
			t.Errorf("%s: %v allocations an account of 160 rows, %v of 1600", model, few, many)
		}
	}
}

// TestChargesAllocateLittle: in the memory of the account before, a charge takes no allocation of its own. With steps,
// texts come in blocks; lists of events and a note or two of rare models are texts of their own. The bounds leave room for
// what pools forget under the race detector.
func TestChargesAllocateLittle(t *testing.T) {
	lists := []string{"percentage", "elapsed_bands", "time_of_day"}
	for _, model := range schemas.Model("").Values() {
		if n := perAccount(t, model, rating.Spec{Quiet: true}, 20) / modelsPerAccount; n > 0.2 {
			t.Errorf("%s: a quiet charge takes %v allocations, at most 0.2", model, n)
		}
		most := 0.7
		if slices.Contains(lists, model) {
			most = 24
		}
		if n := perAccount(t, model, rating.Spec{}, 20) / modelsPerAccount; n > most {
			t.Errorf("%s: a charge with steps takes %v allocations, at most %v", model, n, most)
		}
	}
}
