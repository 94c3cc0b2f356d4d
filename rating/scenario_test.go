package rating_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"daybook/rating"
	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// scenario is one account's month: what is in the book, what is used, and the lines that come out: category, price or
// model, first day, amount.
type scenario struct {
	name    string
	book    func(c *schemas.Catalogue, a *schemas.Account)
	rows    []use
	carried rating.Carried
	want    []string
	left    string // what is carried on
	codes   []schemas.Code
}

func TestScenarios(t *testing.T) {
	for _, s := range scenarios() {
		t.Run(s.name, func(t *testing.T) {
			c, a := base()
			s.book(&c, &a)
			rates := schemas.NewRates([]schemas.Rate{{Day: day("2024-09-27"), Base: "EUR", Quote: "USD", Value: *dec("1.25")}}, "EUR")
			book := rating.Book{Catalogue: c, Zone: time.UTC, Rates: rates, Customers: []schemas.Customer{{ID: "c", Accounts: []schemas.Account{a}}}}
			plan, err := rating.Compile(book, rating.Spec{Period: "2024-09", AsOf: day("2024-10-01")})
			if err != nil {
				t.Fatal(err)
			}
			out := rate(t, plan, "a", s.rows, s.carried)
			got := []string{}
			for i := range out.Charges {
				x := &out.Charges[i]
				if err := model.Check(x); err != nil {
					t.Errorf("%v\n%+v", err, x.Steps)
				}
				what := x.Model
				if x.Category == "Usage" {
					what = string(x.Price)
				}
				line := fmt.Sprintf("%s %s %s %s", x.Category, what, x.Start.Format("01-02"), x.Amount)
				if x.Group != "" {
					line += " " + x.Group
				}
				if x.HasCost {
					line += " cost " + x.PeerCost.String()
				}
				got = append(got, line)
			}
			if !slices.Equal(got, s.want) {
				t.Errorf("charges\n got %q\nwant %q", got, s.want)
			}
			var codes []schemas.Code
			for _, f := range out.Findings {
				codes = append(codes, f.Code)
			}
			if !slices.Equal(codes, s.codes) {
				t.Errorf("findings %v, want %v", out.Findings, s.codes)
			}
			if left := carriedText(out.Carried); left != s.left {
				t.Errorf("carried on %q, want %q", left, s.left)
			}
		})
	}
}

func carriedText(c rating.Carried) string {
	var out string
	for _, l := range c.Levels {
		out += fmt.Sprintf("level %s=%s ", l.ID, l.Level)
	}
	for _, a := range c.Allowances {
		out += fmt.Sprintf("allowance %s×%d ", a.Quantity, a.Periods)
	}
	for _, g := range c.Grants {
		out += fmt.Sprintf("grant %s=%s ", g.Grant, g.Balance)
	}
	for _, x := range c.Coupons {
		out += fmt.Sprintf("coupon %s=%s×%d ", x.Coupon, x.Used, x.Periods)
	}
	for _, x := range c.Commitments {
		out += strings.TrimSpace(fmt.Sprintf("commitment %s since %s=%s %s", x.Commitment, x.Since, x.Spent, x.Tax)) + " "
	}
	return out
}

// base is a catalogue with one meter and one offering without prices, and an account that has it all month.
func base() (schemas.Catalogue, schemas.Account) {
	return schemas.Catalogue{
		Meters:    []schemas.Meter{{ID: "m", SKUs: []schemas.SKU{"vm"}, Unit: "GB"}},
		Units:     []schemas.UnitFactor{{From: "MB", To: "GB", Factor: *dec("0.001")}},
		Offerings: []schemas.Offering{{ID: "o", Name: "O"}},
	}, schemas.Account{ID: "a", Currency: "EUR", Subscriptions: []schemas.Subscription{{ID: "s", Offering: "o", Start: day("2024-01-01")}}}
}

// perUnit is a price per unit of a meter.
func perUnit(id schemas.PriceID, meter schemas.MeterID, price string) schemas.Price {
	return schemas.Price{ID: id, Meter: meter, Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelPerUnit, UnitPrice: dec(price)}}
}

func flat(id schemas.PriceID, amount string) schemas.Price {
	return schemas.Price{ID: id, Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelFlat, Amount: dec(amount)}}
}

func gb(at, quantity string) use { return use{sku: "vm", unit: "GB", at: at, quantity: quantity} }

// sell puts prices into the offering.
func sell(prices ...schemas.Price) func(*schemas.Catalogue, *schemas.Account) {
	return func(c *schemas.Catalogue, _ *schemas.Account) { c.Offerings[0].Prices = prices }
}

// also does more to a book.
func also(fs ...func(*schemas.Catalogue, *schemas.Account)) func(*schemas.Catalogue, *schemas.Account) {
	return func(c *schemas.Catalogue, a *schemas.Account) {
		for _, f := range fs {
			f(c, a)
		}
	}
}

func scenarios() []scenario {
	return slices.Concat(meterScenarios(), timeScenarios(), moneyScenarios(), cycleScenarios(), documentScenarios(), creditScenarios(), edgeScenarios(), allowanceScenarios())
}

func meterScenarios() []scenario {
	meter := func(m schemas.Meter) func(*schemas.Catalogue, *schemas.Account) {
		return func(c *schemas.Catalogue, _ *schemas.Account) {
			m.ID, m.SKUs = "m", []schemas.SKU{"vm"}
			c.Meters[0] = m
		}
	}
	one := sell(perUnit("p", "m", "1"))
	rows := []use{gb("2024-09-02T10:00", "5"), gb("2024-09-02T10:30", "3"), gb("2024-09-05T00:00", "9"), gb("2024-09-06T00:00", "1")}
	return []scenario{
		{name: "sum", book: one, rows: rows, want: []string{"Usage p 09-01 18"}},
		{name: "unit converted", book: one, rows: []use{{sku: "vm", unit: "MB", at: "2024-09-02", quantity: "1500"}, gb("2024-09-03", "1")}, want: []string{"Usage p 09-01 2.5"}},
		{name: "unit unknown", book: one, rows: []use{{sku: "vm", unit: "TB", at: "2024-09-02", quantity: "1"}}, want: []string{}, codes: []schemas.Code{schemas.CodeUnitMismatch}},
		{name: "count", book: also(one, meter(schemas.Meter{Aggregation: schemas.AggregateCount})), rows: rows, want: []string{"Usage p 09-01 4"}},
		{name: "max", book: also(one, meter(schemas.Meter{Aggregation: schemas.AggregateMax})), rows: rows, want: []string{"Usage p 09-01 9"}},
		{name: "min", book: also(one, meter(schemas.Meter{Aggregation: schemas.AggregateMin})), rows: rows, want: []string{"Usage p 09-01 1"}},
		{name: "average", book: also(one, meter(schemas.Meter{Aggregation: schemas.AggregateAverage})), rows: rows, want: []string{"Usage p 09-01 4.5"}},
		{name: "latest", book: also(one, meter(schemas.Meter{Aggregation: schemas.AggregateLatest, CarryIn: true})), rows: rows, want: []string{"Usage p 09-01 1"}, left: "level =1 "},
		{name: "median", book: also(one, meter(schemas.Meter{Aggregation: schemas.AggregatePercentile, Percentile: *dec("50")})), rows: rows, want: []string{"Usage p 09-01 3"}},
		{name: "max of hourly sums", book: also(one, meter(schemas.Meter{Aggregation: schemas.AggregateMax, Window: schemas.WindowHour, WindowAggregation: schemas.AggregateSum})), rows: rows, want: []string{"Usage p 09-01 9"}},
		{name: "sum of daily maxima", book: also(one, meter(schemas.Meter{Window: schemas.WindowDay, WindowAggregation: schemas.AggregateMax})), rows: rows, want: []string{"Usage p 09-01 15"}},
		{name: "95th percentile of hourly sums", book: also(one, meter(schemas.Meter{Aggregation: schemas.AggregatePercentile, Percentile: *dec("95"), Window: schemas.WindowHour, WindowAggregation: schemas.AggregateSum})), rows: rows, want: []string{"Usage p 09-01 9"}},
		{
			// 100 GB from before, +50 on the 11th: 100 × 10 days + 150 × 20 days = 4000 GB-days of 30.
			name: "mean level carried in", book: also(one, meter(schemas.Meter{Aggregation: schemas.AggregateTimeWeighted, PerTime: schemas.WindowPeriod, CarryIn: true})),
			rows: []use{gb("2024-09-11", "50")}, carried: rating.Carried{Levels: []rating.CarriedLevel{{Series: "m\x00\x00", Level: money.FixedFromInt(100)}}},
			want: []string{"Usage p 09-01 133.33"}, left: "level =150 ",
		},
		{
			name: "a level that does not change is charged", book: also(one, meter(schemas.Meter{Aggregation: schemas.AggregateTimeWeighted, PerTime: schemas.WindowHour, CarryIn: true})),
			carried: rating.Carried{Levels: []rating.CarriedLevel{{Series: "m\x00\x00", Level: money.FixedFromInt(2)}}},
			want:    []string{"Usage p 09-01 1440"}, left: "level =2 ",
		},
		{
			// Each disk has its own level: a 10 GB all month but grows to 20 on the 16th, b 5 GB from the 16th on.
			name: "levels set by resource", book: also(one, meter(schemas.Meter{Aggregation: schemas.AggregateTimeWeighted, PerTime: schemas.WindowDay, Levels: schemas.LevelSet, UniqueBy: "ResourceId", CarryIn: true})),
			rows: []use{
				{sku: "vm", at: "2024-09-01", quantity: "10", id: "a"},
				{sku: "vm", at: "2024-09-16", quantity: "20", id: "a"},
				{sku: "vm", at: "2024-09-16", quantity: "5", id: "b"},
			},
			want: []string{"Usage p 09-01 525"}, left: "level a=20 level b=5 ",
		},
		{
			// The price doubles on the 16th; the level stays, so the second half must be charged without a row in it.
			name: "level over a price change", book: also(meter(schemas.Meter{Aggregation: schemas.AggregateTimeWeighted, PerTime: schemas.WindowDay}), func(c *schemas.Catalogue, _ *schemas.Account) {
				p, q := perUnit("p", "m", "1"), perUnit("q", "m", "2")
				p.Validity.To, q.Validity.From = day("2024-09-16"), day("2024-09-16")
				c.Offerings[0].Prices = []schemas.Price{p, q}
			}),
			rows: []use{gb("2024-09-11", "3")}, want: []string{"Usage p 09-01 15", "Usage q 09-16 90"},
		},
		{
			name: "groups with prices of their own", book: func(c *schemas.Catalogue, _ *schemas.Account) {
				c.Meters[0].GroupBy = []string{"RegionId"}
				eu, rest := perUnit("eu", "m", "1"), perUnit("rest", "m", "3")
				eu.Filters = []schemas.Filter{{Column: "RegionId", Values: []string{"eu"}}}
				c.Offerings[0].Prices = []schemas.Price{eu, rest}
			},
			rows: []use{{sku: "vm", unit: "GB", region: "eu", at: "2024-09-02", quantity: "2"}, {sku: "vm", unit: "GB", region: "us", at: "2024-09-02", quantity: "2"}},
			want: []string{"Usage eu 09-01 2 RegionId=eu", "Usage rest 09-01 6 RegionId=us"},
		},
		{
			name: "shared allowance over groups", book: func(c *schemas.Catalogue, _ *schemas.Account) {
				c.Meters[0].GroupBy = []string{"RegionId"}
				p := perUnit("p", "m", "1")
				p.Allowance = &schemas.Allowance{Quantity: *dec("10"), Shared: true, Rollover: 1}
				c.Offerings[0].Prices = []schemas.Price{p}
			},
			rows:    []use{{sku: "vm", unit: "GB", region: "eu", at: "2024-09-02", quantity: "7"}, {sku: "vm", unit: "GB", region: "us", at: "2024-09-02", quantity: "7"}},
			carried: rating.Carried{Allowances: []rating.CarriedAllowance{{Subscription: "s", Price: "p", Quantity: *dec("1"), Periods: 1}}},
			want:    []string{"Usage p 09-01 0 RegionId=eu", "Usage p 09-01 3 RegionId=us"},
		},
		{
			name: "unused allowance rolls over", book: func(c *schemas.Catalogue, _ *schemas.Account) {
				p := perUnit("p", "m", "1")
				p.Allowance = &schemas.Allowance{Quantity: *dec("10"), Rollover: 2}
				c.Offerings[0].Prices = []schemas.Price{p}
			},
			rows: []use{gb("2024-09-02", "4")}, carried: rating.Carried{Allowances: []rating.CarriedAllowance{{Subscription: "s", Price: "p", Group: "m\x00\x00", Quantity: *dec("6"), Periods: 2}}},
			want: []string{"Usage p 09-01 0"}, left: "allowance 2×1 allowance 10×2 ",
		},
		{
			name: "a capacity over two meters", book: func(c *schemas.Catalogue, _ *schemas.Account) {
				c.Meters = append(c.Meters, schemas.Meter{ID: "n", SKUs: []schemas.SKU{"net"}})
				limit := func(m, n, price string) schemas.Capacity {
					return schemas.Capacity{Limits: []schemas.UnitLimit{{Unit: "m", Max: dec(m)}, {Unit: "n", Max: dec(n)}}, Price: *dec(price)}
				}
				c.Offerings[0].Prices = []schemas.Price{{ID: "cap", Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelCapacity, Capacities: []schemas.Capacity{limit("10", "10", "5"), limit("100", "100", "40")}}}}
			},
			rows: []use{gb("2024-09-02", "4"), {sku: "net", at: "2024-09-02", quantity: "11"}},
			want: []string{"Usage cap 09-01 40"},
		},
		{
			name: "nothing is sold", book: sell(), rows: rows[:1], want: []string{}, codes: []schemas.Code{schemas.CodeNoSubscription},
		},
		{
			name: "no price on the day", book: func(c *schemas.Catalogue, _ *schemas.Account) {
				p := perUnit("p", "m", "1")
				p.Validity.From = day("2024-09-03")
				c.Offerings[0].Prices = []schemas.Price{p}
			}, rows: rows, want: []string{"Usage p 09-03 10"}, codes: []schemas.Code{schemas.CodeNoPrice},
		},
		{
			name: "a price that was decided later is not seen", book: func(c *schemas.Catalogue, _ *schemas.Account) {
				p, q := perUnit("p", "m", "1"), perUnit("q", "m", "7")
				q.Validity.KnownSince = day("2024-10-02")
				c.Offerings[0].Prices = []schemas.Price{q, p}
			}, rows: rows, want: []string{"Usage p 09-01 18"},
		},
	}
}
