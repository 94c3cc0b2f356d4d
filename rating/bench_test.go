package rating_test

import (
	"fmt"
	"testing"
	"time"

	"daybook/rating"
	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// BenchmarkPrice is the time to price one quantity, with its steps.
func BenchmarkPrice(b *testing.B) {
	for name, terms := range benchTerms() {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			u, policy := model.Usage{Quantity: *dec("1234.5678"), Cost: *dec("1234.5678")}, model.Resolve()
			m := model.Model{Terms: &terms, Policy: &policy}
			for b.Loop() {
				var t model.Trail
				m.Price(&t, &u)
			}
		})
	}
}

// BenchmarkKernel is the time of an exact price on the hot path; it allocates nothing.
func BenchmarkKernel(b *testing.B) {
	for name, terms := range benchTerms() {
		kernel, ok := model.CompileKernel(&terms, schemas.RatingPolicy{})
		if !ok {
			continue
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			q := money.FixedFromInt(12345)
			for b.Loop() {
				if _, err := kernel.Amount(q, q, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkRow is the time to add one row to a tally, by aggregation: what the hot path pays. Allocations per row of the
// ones that add up are 0.
func BenchmarkRow(b *testing.B) {
	for _, how := range []schemas.Aggregation{schemas.AggregateSum, schemas.AggregateCount, schemas.AggregateMax, schemas.AggregateLatest, schemas.AggregateUnique, schemas.AggregatePercentile} {
		b.Run(string(how), func(b *testing.B) {
			tally, handle := benchTally(b, how)
			row := rating.Row{Start: time.Date(2024, 9, 3, 0, 0, 0, 0, time.UTC).UnixMicro(), Quantity: money.FixedFromInt(3), ID: []byte("vm-0001")}
			b.ReportAllocs()
			for b.Loop() {
				if code := tally.Add(handle, &row); code != "" {
					b.Fatal(code)
				}
			}
		})
	}
}

func benchTally(b *testing.B, how schemas.Aggregation) (*rating.Tally, rating.Handle) {
	b.Helper()
	m := schemas.Meter{ID: "m", SKUs: []schemas.SKU{"vm"}, Aggregation: how, UniqueBy: "ResourceId", Percentile: *dec("95")}
	plan := compile(b, schemas.Catalogue{Meters: []schemas.Meter{m}, Offerings: []schemas.Offering{{ID: "o", Prices: []schemas.Price{
		{ID: "p", Meter: "m", Currency: "EUR", Terms: benchTerms()["graduated"]},
	}}}}, schemas.Account{ID: "a", Currency: "EUR", Subscriptions: []schemas.Subscription{{ID: "s", Offering: "o", Start: day("2024-01-01")}}})
	tally := plan.NewTally()
	tally.Begin("a")
	labels := make([]string, len(plan.Columns()))
	labels[3] = "vm"
	return tally, tally.Resolve(labels)[0]
}

// BenchmarkNight rates accounts of 100 rows over prices of mixed models, from handles on: ns/op is per account.
func BenchmarkNight(b *testing.B) {
	for _, quiet := range []bool{true, false} {
		b.Run(fmt.Sprintf("quiet=%t", quiet), func(b *testing.B) { benchNight(b, quiet) })
	}
}

func benchNight(b *testing.B, quiet bool) {
	const prices, accounts, rows, skus = 2000, 100, 100, 10
	models := []string{"per_unit", "graduated", "volume", "package", "block_tiers"}
	c := schemas.Catalogue{}
	o := schemas.Offering{ID: "o", Name: "Cloud"}
	for i := range prices {
		id := schemas.MeterID(fmt.Sprintf("m%d", i))
		c.Meters = append(c.Meters, schemas.Meter{ID: id, SKUs: []schemas.SKU{schemas.SKU(id)}})
		o.Prices = append(o.Prices, schemas.Price{ID: schemas.PriceID(id), Meter: id, Currency: "EUR", Terms: benchTerms()[models[i%len(models)]]})
	}
	c.Offerings = []schemas.Offering{o}
	book := rating.Book{Catalogue: c, Zone: time.UTC, Customers: []schemas.Customer{{ID: "c"}}}
	for i := range accounts {
		book.Customers[0].Accounts = append(book.Customers[0].Accounts, schemas.Account{
			ID: schemas.AccountID(fmt.Sprintf("a%d", i)), Currency: "EUR",
			Subscriptions: []schemas.Subscription{{ID: "s", Offering: "o", Start: day("2024-01-01")}},
		})
	}
	plan, err := rating.Compile(book, rating.Spec{Period: "2024-09", Quiet: quiet})
	if err != nil {
		b.Fatal(err)
	}
	tally := plan.NewTally()
	labels := make([]string, len(plan.Columns()))
	row := rating.Row{Start: time.Date(2024, 9, 3, 0, 0, 0, 0, time.UTC).UnixMicro()}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		tally.Begin(book.Customers[0].Accounts[n%accounts].ID)
		for s := range skus {
			labels[3] = string(c.Meters[(n*7+s*13)%prices].ID)
			h := tally.Resolve(labels)[0]
			for i := range rows / skus {
				row.Quantity = money.FixedFromInt(int64(n%50 + i))
				tally.Add(h, &row)
			}
		}
		if _, err := plan.Rate(tally, rating.Carried{}); err != nil {
			b.Fatal(err)
		}
		n++
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n*rows), "ns/row")
}
