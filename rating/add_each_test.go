package rating_test

import (
	"math"
	"reflect"
	"testing"
	"time"

	"daybook/fixtures/effort"
	"daybook/rating"
	"daybook/schemas"
	"daybook/schemas/money"
)

// TestEachIsAdd: rows added many at once are charged as rows added one by one, whatever the meter makes of them; and one
// that would leave 38 digits is refused alike, without those before it.
func TestEachIsAdd(t *testing.T) {
	refused, charges := 0, 0
	tries := effort.Count(t, 400, 2000)
	for seed := range uint64(tries) {
		r := random(seed)
		plan := eventPlan(t, pick(r, schemas.Aggregation("").Values()...), pick(r, schemas.Window(""), schemas.WindowDay), pick(r, "", "2024-09-11"))
		var starts, ends []int64
		var quantities []money.Fixed
		for at := time.Date(2024, 8, 31, 0, 0, 0, 0, time.UTC); len(starts) < 30; at = at.Add(time.Duration(r.Int64N(48)) * time.Hour) {
			q := fixedOf(t, decimal(r, 3, 4))
			if r.IntN(60) == 0 {
				q = money.Fixed{Hi: math.MaxInt64 / 2, Lo: 7}
			}
			starts, ends, quantities = append(starts, at.UnixMicro()), append(ends, at.Add(time.Hour).UnixMicro()), append(quantities, q)
		}
		labels := make([]string, len(plan.Columns()))
		labels[5] = "u"
		one, many := plan.NewTally(), plan.NewTally()
		one.Begin("a")
		many.Begin("a")
		h, k := one.Resolve(labels)[0], many.Resolve(labels)[0]
		var codes [2][]schemas.Code
		for i := range starts {
			codes[0] = append(codes[0], one.Add(h, &rating.Row{Start: starts[i], End: ends[i], Quantity: quantities[i]}))
		}
		for i := 0; i < len(starts); {
			end := min(len(starts), i+1+r.IntN(8))
			n, code := many.AddEach(k, starts[i:end], ends[i:end], quantities[i:end])
			for range n {
				codes[1] = append(codes[1], "")
			}
			if i += n; code != "" {
				codes[1] = append(codes[1], code)
				i, refused = i+1, refused+1
			}
		}
		for i := range codes[0] {
			if codes[0][i] != codes[1][i] {
				t.Fatalf("seed %d: row %d is %q by Add, %q by AddEach", seed, i, codes[0][i], codes[1][i])
			}
		}
		want, err := plan.Rate(one, rating.Carried{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := plan.Rate(many, rating.Carried{})
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got.Charges, want.Charges) || !reflect.DeepEqual(got.Findings, want.Findings) || got.Rows != want.Rows {
			t.Fatalf("seed %d: %d rows make\n%+v\n%+v\nwant %d rows,\n%+v\n%+v", seed, got.Rows, got.Charges, got.Findings, want.Rows, want.Charges, want.Findings)
		}
		charges += len(got.Charges)
	}
	if refused < tries/20 || charges < tries*3/4 {
		t.Errorf("only %d rows were refused, and %d charges made", refused, charges)
	}
}

// eventPlan prices a meter of random ways to add up by events, until a day if there is one, and after it, too.
func eventPlan(t *testing.T, how string, window schemas.Window, change string) *rating.Plan {
	t.Helper()
	m := schemas.Meter{ID: "m", Unit: "u", Aggregation: schemas.Aggregation(how), Percentile: *dec("95"), UniqueBy: "ResourceId"}
	if window != "" {
		m.Window, m.WindowAggregation, m.Aggregation = window, schemas.AggregateMax, schemas.AggregateSum
	}
	p := schemas.Price{ID: "p1", Meter: "m", Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelPercentage, Percent: dec("2.5"), FixedPerEvent: dec("0.05")}}
	prices := []schemas.Price{p}
	if change != "" {
		prices[0].Validity.To, p.ID, p.Validity.From = day(change), "p2", day(change)
		prices = append(prices, p)
	}
	plan, err := rating.Compile(rating.Book{
		Zone: time.UTC, Customers: []schemas.Customer{{ID: "c", Accounts: []schemas.Account{{ID: "a", Currency: "EUR"}}}},
		Catalogue: schemas.Catalogue{Meters: []schemas.Meter{m}, Offerings: []schemas.Offering{{ID: "o", Name: "O", Included: true, Prices: prices}}},
	}, rating.Spec{Period: "2024-09"})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}
