package rating_test

import (
	"fmt"
	"testing"
	"time"

	"daybook/rating"
	"daybook/schemas"
	"daybook/schemas/money"
)

// chargesPerAccount is how many charges an account of the benchmarks and of TestChargeAllocations has.
const chargesPerAccount = 8

// chargeNight rates accounts of chargesPerAccount charges of one model, with their steps, and returns what rates the next
// account.
func chargeNight(tb testing.TB, model string) func() int {
	tb.Helper()
	const prices, accounts = 64, 16
	o := schemas.Offering{ID: "o", Name: "Cloud", Service: "Cloud", Included: true}
	book := rating.Book{Zone: time.UTC, Customers: []schemas.Customer{{ID: "c"}}}
	for i := range prices {
		id := schemas.MeterID(fmt.Sprintf("m%d", i))
		book.Catalogue.Meters = append(book.Catalogue.Meters, schemas.Meter{ID: id, SKUs: []schemas.SKU{schemas.SKU(id)}, Unit: "Hours"})
		o.Prices = append(o.Prices, schemas.Price{ID: schemas.PriceID(id), Meter: id, SKU: schemas.SKU(id), Currency: "EUR", Terms: benchTerms()[model]})
	}
	book.Catalogue.Offerings = []schemas.Offering{o}
	for i := range accounts {
		book.Customers[0].Accounts = append(book.Customers[0].Accounts, schemas.Account{ID: schemas.AccountID(fmt.Sprintf("a%d", i)), Currency: "EUR"})
	}
	plan, err := rating.Compile(book, rating.Spec{Period: "2024-09"})
	if err != nil {
		tb.Fatal(err)
	}
	tally := plan.NewTally()
	labels := make([]string, len(plan.Columns()))
	row := rating.Row{Start: time.Date(2024, 9, 3, 0, 0, 0, 0, time.UTC).UnixMicro()}
	n := 0
	return func() int {
		tally.Begin(book.Customers[0].Accounts[n%accounts].ID)
		for s := range chargesPerAccount {
			labels[3], labels[5] = string(book.Catalogue.Meters[(n*7+s*13)%prices].ID), "Hours"
			var q [16]byte
			copy(q[:], []byte{0, 0, 0, 0, 0, 0, 0, byte(n % 40), 1, 2, 3, 4, 5, 6, 7, byte(s)})
			if row.Quantity, err = money.FixedFromBigEndian(q); err != nil {
				tb.Fatal(err)
			}
			tally.AddTotal(tally.Resolve(labels)[0], 20, &row)
		}
		out, err := plan.Rate(tally, rating.Carried{})
		if err != nil || len(out.Charges) != chargesPerAccount {
			tb.Fatal(len(out.Charges), err)
		}
		n++
		return len(out.Charges)
	}
}

// chargeModels are the models whose charges a night has by the million.
var chargeModels = []string{"per_unit", "graduated", "volume", "package"}

// BenchmarkCharge is the time of one charge with its steps, from the handles of its account on.
func BenchmarkCharge(b *testing.B) {
	for _, model := range chargeModels {
		b.Run(model, func(b *testing.B) {
			next, charges := chargeNight(b, model), 0
			b.ReportAllocs()
			for b.Loop() {
				charges += next()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(charges), "ns/charge")
		})
	}
}

// mostAllocations bounds what a charge with its steps allocates, its part in what an account costs included. One is its
// identifier; steps, operands and texts come in blocks. The race detector adds to them now and then.
var mostAllocations = map[string]float64{"per_unit": 4, "graduated": 4, "volume": 4, "package": 4}

func TestChargeAllocations(t *testing.T) {
	for _, model := range chargeModels {
		next := chargeNight(t, model)
		for range 64 { // every account and label has been seen
			next()
		}
		if n := testing.AllocsPerRun(200, func() { next() }) / chargesPerAccount; n > mostAllocations[model] {
			t.Errorf("%s: a charge takes %v allocations, at most %v", model, n, mostAllocations[model])
		}
	}
}
