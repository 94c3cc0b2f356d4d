package rating_test

import (
	"testing"

	"daybook/rating"
	"daybook/schemas"
	"daybook/schemas/money"
)

// edgeScenarios stand exactly where a rule ends: on the last day, at the very amount, with one of two that are alike.
func edgeScenarios() []scenario {
	one := sell(perUnit("p", "m", "1"))
	rows := []use{gb("2024-09-02", "100")}
	commit := func(amount string) func(*schemas.Catalogue, *schemas.Account) {
		return func(_ *schemas.Catalogue, a *schemas.Account) {
			a.Commitments = []schemas.Commitment{{ID: "c", Amount: *dec(amount), Currency: "EUR", TrueUp: true, OverageFactor: dec("2")}}
		}
	}
	coupon := func(on string) func(*schemas.Catalogue, *schemas.Account) {
		return func(c *schemas.Catalogue, a *schemas.Account) {
			c.Coupons = []schemas.Coupon{{ID: "c", Fixed: dec("10"), Currency: "EUR"}}
			a.Coupons = []schemas.Redemption{{Coupon: "c", On: day(on)}}
		}
	}
	expires := func(on string) func(*schemas.Catalogue, *schemas.Account) {
		return func(_ *schemas.Catalogue, a *schemas.Account) {
			a.Credits = []schemas.Grant{{ID: "g", Amount: *dec("10"), Currency: "EUR", Expires: day(on)}}
		}
	}
	taxes := func(first, second schemas.Validity) func(*schemas.Catalogue, *schemas.Account) {
		return func(c *schemas.Catalogue, _ *schemas.Account) {
			c.Taxes = []schemas.TaxRate{{ID: "old", Percent: *dec("10"), Validity: first}, {ID: "new", Percent: *dec("20"), Validity: second}}
		}
	}
	return []scenario{
		{name: "exactly at a commitment", book: also(one, commit("100")), rows: rows, want: []string{"Usage p 09-01 100"}},
		{
			name: "what is missing to a commitment is taxed as what counted", book: also(one, commit("130"), func(c *schemas.Catalogue, _ *schemas.Account) {
				c.Offerings[0].TaxCategory = "reduced"
				c.Taxes = []schemas.TaxRate{{ID: "std", Percent: *dec("20")}, {ID: "red", Category: "reduced", Percent: *dec("10")}}
			}), rows: rows, want: []string{"Usage p 09-01 100", "Purchase true_up 09-01 30", "Tax tax 09-01 13"},
		},
		{
			name: "what is of the standard category, by name or by none, is taxed as one sum", book: func(c *schemas.Catalogue, _ *schemas.Account) {
				c.Offerings[0].Prices = []schemas.Price{flat("fee", "1.03")}
				c.Offerings = append(c.Offerings, schemas.Offering{ID: "x", Name: "X", TaxCategory: "standard", Included: true, Prices: []schemas.Price{flat("more", "1.03")}})
				c.Taxes = []schemas.TaxRate{{ID: "vat", Category: "standard", Percent: *dec("19")}}
				c.Policy.TaxRounding = schemas.TaxPerDocument
			}, want: []string{"Usage fee 09-01 1.03", "Usage more 09-01 1.03", "Tax tax 09-01 0.39"},
		},
		{name: "redeemed on the last day", book: also(one, coupon("2024-09-30")), rows: rows, want: []string{"Usage p 09-01 100", "Credit coupon 09-01 -10"}, left: "coupon c=10×1 "},
		{name: "redeemed on the day after", book: also(one, coupon("2024-10-01")), rows: rows, want: []string{"Usage p 09-01 100"}},
		{name: "credit that expires on the last day", book: also(one, expires("2024-09-30")), rows: rows, want: []string{"Usage p 09-01 100"}},
		{name: "credit that expires on the day after", book: also(one, expires("2024-10-01")), rows: rows, want: []string{"Usage p 09-01 100", "Credit prepaid_credit 09-01 -10"}, left: "grant g=0 "},
		{
			name: "a tax that ends with the month", book: also(one, taxes(schemas.Validity{To: day("2024-10-01")}, schemas.Validity{From: day("2024-10-01")})), rows: rows,
			want: []string{"Usage p 09-01 100", "Tax tax 09-01 10"},
		},
		{
			name: "a tax that begins on the last day", book: also(one, taxes(schemas.Validity{To: day("2024-09-30")}, schemas.Validity{From: day("2024-09-30")})), rows: rows,
			want: []string{"Usage p 09-01 100", "Tax tax 09-01 20"},
		},
		{
			name: "two subscriptions of one offering have a minimum each", book: func(c *schemas.Catalogue, a *schemas.Account) {
				p := flat("fee", "5")
				p.Minimum = dec("20")
				c.Offerings[0].Prices = []schemas.Price{p}
				a.Subscriptions = append(a.Subscriptions, schemas.Subscription{ID: "t", Offering: "o", Start: day("2024-01-01")})
			}, want: []string{"Usage fee 09-01 5", "Usage fee 09-01 5", "Adjustment minimum 09-01 15", "Adjustment minimum 09-01 15"},
		},
		{
			name: "a change at the very start of a month counts in it", book: also(sell(perUnit("seat", "", "10")), subscribe(func(s *schemas.Subscription) {
				s.Changes = []schemas.Change{{On: day("2024-09-01"), Kind: schemas.ChangeQuantity, Quantity: dec("5"), Effect: schemas.EffectNextPeriod}}
			})), want: []string{"Usage seat 09-01 50"},
		},
		{
			name: "a quarter in arrears that ends with the month", book: also(sell(recurring(flat("quarter", "90"), schemas.CycleQuarter, "")), subscribe(func(s *schemas.Subscription) { s.Start = day("2024-07-01") })),
			want: []string{"Usage quarter 07-01 90"},
		},
		{
			name: "a quarter in arrears that ended with the month before", book: also(sell(recurring(flat("quarter", "90"), schemas.CycleQuarter, "")), subscribe(func(s *schemas.Subscription) { s.Start = day("2024-06-01") })),
			want: []string{},
		},
		{
			// 100 USD are 80 EUR; the discount of the account is in its own currency, that of the price in the price's.
			name: "a fixed discount of the account", book: also(sell(perUnit("p", "m", "1")), func(c *schemas.Catalogue, a *schemas.Account) {
				c.Offerings[0].Prices[0].Currency = "USD"
				a.Discounts = []schemas.Discount{{ID: "d", Fixed: dec("10")}}
			}), rows: rows, want: []string{"Usage p 09-01 70"},
		},
		{
			name: "a fixed discount of a price", book: also(sell(perUnit("p", "m", "1")), func(c *schemas.Catalogue, _ *schemas.Account) {
				c.Offerings[0].Prices[0].Currency = "USD"
				c.Offerings[0].Prices[0].Discounts = []schemas.Discount{{ID: "d", Fixed: dec("10")}}
			}), rows: rows, want: []string{"Usage p 09-01 72"},
		},
		{
			// The peer's 12.50 USD are 10 EUR and cost 11.50; the 8 units are units, and cost 4.
			name: "a cost in another currency, and a fee by quantity", book: func(c *schemas.Catalogue, _ *schemas.Account) {
				c.Offerings[0].Prices = []schemas.Price{{ID: "p", Meter: "m", Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelCostPlus, MarkupPercent: dec("15"), UnitPrice: dec("0.5")}}}
			}, rows: []use{{sku: "vm", unit: "GB", peer: "north", currency: "USD", at: "2024-09-02", quantity: "8", cost: "12.5"}},
			want: []string{"Usage p 09-01 15.5 cost 10"},
		},
		{
			// A level of 30 from before, for the 15 days of 30 that the subscription has.
			name: "a level carried in before the subscription", book: also(one, func(c *schemas.Catalogue, _ *schemas.Account) {
				c.Meters[0] = schemas.Meter{ID: "m", SKUs: []schemas.SKU{"vm"}, Aggregation: schemas.AggregateTimeWeighted, PerTime: schemas.WindowPeriod, CarryIn: true}
			}, subscribe(func(s *schemas.Subscription) { s.Start = day("2024-09-16") })),
			carried: rating.Carried{Levels: []rating.CarriedLevel{{Series: "m\x00\x00", Level: money.FixedFromInt(30)}}},
			want:    []string{"Usage p 09-16 15"}, left: "level =30 ",
		},
		{
			name: "a change of level before the month holds from its start", book: also(one, func(c *schemas.Catalogue, _ *schemas.Account) {
				c.Meters[0] = schemas.Meter{ID: "m", SKUs: []schemas.SKU{"vm"}, Aggregation: schemas.AggregateTimeWeighted, PerTime: schemas.WindowPeriod, Late: schemas.LateNext}
			}), rows: []use{gb("2024-08-22", "10"), gb("2024-09-16", "10")}, want: []string{"Usage p 09-01 15"},
		},
		{
			name: "of two at one time the later row is the latest", book: also(one, func(c *schemas.Catalogue, _ *schemas.Account) {
				c.Meters[0].Aggregation = schemas.AggregateLatest
			}), rows: []use{gb("2024-09-02", "7"), gb("2024-09-02", "3")}, want: []string{"Usage p 09-01 3"},
		},
		{
			name: "one row leaves its level", book: also(one, func(c *schemas.Catalogue, _ *schemas.Account) {
				c.Meters[0].Aggregation, c.Meters[0].CarryIn = schemas.AggregateLatest, true
			}), rows: []use{gb("2024-09-02", "7")}, want: []string{"Usage p 09-01 7"}, left: "level =7 ",
		},
		{
			name: "a meter of our own takes no peer's rows", book: also(one, func(c *schemas.Catalogue, _ *schemas.Account) { c.Meters[0].Own = true }),
			rows: []use{gb("2024-09-02", "7"), {sku: "vm", unit: "GB", peer: "north", at: "2024-09-02", quantity: "5"}},
			want: []string{"Usage p 09-01 7"}, codes: []schemas.Code{schemas.CodeUnknownSKU},
		},
		{
			// Each of the two is 0.335 and rounded by itself.
			name: "groups are rounded apart", book: func(c *schemas.Catalogue, _ *schemas.Account) {
				c.Meters[0].GroupBy = []string{"RegionId"}
				c.Offerings[0].Prices = []schemas.Price{perUnit("p", "m", "0.335")}
			}, rows: []use{{sku: "vm", unit: "GB", region: "eu", at: "2024-09-02", quantity: "1"}, {sku: "vm", unit: "GB", region: "us", at: "2024-09-02", quantity: "1"}},
			want: []string{"Usage p 09-01 0.34 RegionId=eu", "Usage p 09-01 0.34 RegionId=us"},
		},
		{
			name: "blocks of meters without usage", book: func(c *schemas.Catalogue, _ *schemas.Account) {
				c.Meters = append(c.Meters, schemas.Meter{ID: "n", SKUs: []schemas.SKU{"net"}})
				block := []schemas.Block{{Size: *dec("10"), Price: *dec("3")}}
				c.Offerings[0].Prices = []schemas.Price{{ID: "p", Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelBlockTiers, Blocks: []schemas.UnitBlocks{{Unit: "m", Tiers: block}, {Unit: "n", Tiers: block}}}}}
			}, want: []string{},
		},
		{
			name: "credits are listed at their price", book: func(c *schemas.Catalogue, a *schemas.Account) {
				p := perUnit("p", "m", "2")
				p.CreditUnit, p.CreditPrice = "tokens", dec("0.5")
				c.Offerings[0].Prices = []schemas.Price{p}
				a.Credits = []schemas.Grant{{ID: "g", Amount: *dec("150"), CreditUnit: "tokens"}}
			}, rows: rows, want: []string{"Usage p 09-01 25"}, left: "grant g=0 ",
		},
		{
			name: "an override replaces the price of its name", book: also(one, subscribe(func(s *schemas.Subscription) {
				p := flat("fee", "7")
				s.Overrides = []schemas.Price{p}
			}), func(c *schemas.Catalogue, _ *schemas.Account) {
				c.Offerings[0].Prices = append(c.Offerings[0].Prices, flat("fee", "9"), flat("other", "4"))
			}), rows: rows, want: []string{"Usage p 09-01 100", "Usage fee 09-01 7", "Usage other 09-01 4"},
		},
	}
}

// TestCreditsAreListedAtTheirPrice: the list amount of a price in credits is money, too.
func TestCreditsAreListedAtTheirPrice(t *testing.T) {
	x := newTrial()
	x.sell(schemas.Price{ID: "p", Meter: "m", Currency: "EUR", CreditUnit: "tokens", CreditPrice: dec("0.5"), Terms: schemas.Terms{Model: schemas.ModelPerUnit, UnitPrice: dec("2")}})
	x.account.Credits = []schemas.Grant{{ID: "g", Amount: *dec("150"), CreditUnit: "tokens"}}
	x.use("m", *dec("100"))
	out, err := x.rate()
	if err != nil {
		t.Fatal(err)
	}
	if got := out.Charges[0]; got.List.String() != "100" || got.Amount.String() != "25" {
		t.Errorf("200 tokens at 0.5, of which 150 are paid: list %s, amount %s", got.List, got.Amount)
	}
}

// TestLateOfTwoMeters: rows of an earlier period that one meter takes when they come, and another in their own period, are
// answered for by the period in which they came.
func TestLateOfTwoMeters(t *testing.T) {
	x := newTrial()
	x.measure(schemas.Meter{ID: "m", Late: schemas.LateNext})
	x.sell(schemas.Price{ID: "p", Meter: "m", Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelPerUnit, UnitPrice: dec("1")}})
	x.catalogue.Meters = append(x.catalogue.Meters, schemas.Meter{ID: "again", SKUs: []schemas.SKU{"m"}})
	plan, err := rating.Compile(rating.Book{Catalogue: x.catalogue, Zone: x.zone, Customers: []schemas.Customer{{ID: "c", Accounts: []schemas.Account{x.account}}}}, rating.Spec{Period: x.period})
	if err != nil {
		t.Fatal(err)
	}
	tally := plan.NewTally()
	tally.Begin("a")
	labels := make([]string, len(plan.Columns()))
	for i, c := range plan.Columns() {
		switch c {
		case schemas.UseSkuId:
			labels[i] = "m"
		case schemas.UseLatePeriod:
			labels[i] = "2024-08"
		}
	}
	for _, h := range tally.Resolve(labels) {
		if code := tally.Add(h, &rating.Row{Start: day("2024-08-20").Time(x.zone).UnixMicro(), Quantity: money.FixedFromInt(3)}); code != "" {
			t.Fatal(code)
		}
	}
	out, err := plan.Rate(tally, rating.Carried{})
	if err != nil {
		t.Fatal(err)
	}
	if got := amountsOf(out.Charges); got != "3" || len(out.Findings) > 0 || out.Rows != 1 {
		t.Errorf("charges %s, findings %v of %d rows", got, out.Findings, out.Rows)
	}
}
