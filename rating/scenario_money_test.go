package rating_test

import (
	"daybook/rating"
	"daybook/schemas"
)

func moneyScenarios() []scenario {
	hundred := []use{gb("2024-09-02", "100")}
	one := perUnit("p", "m", "1")
	return []scenario{
		{
			name: "discounts from the inside out", book: func(c *schemas.Catalogue, a *schemas.Account) {
				p := one
				p.Discounts = []schemas.Discount{{ID: "f", Fixed: dec("10")}, {ID: "p", Percent: dec("10")}}
				c.Offerings[0].Prices = []schemas.Price{p}
				c.Offerings[0].Discounts = []schemas.Discount{{ID: "o", Percent: dec("50")}}
				a.Subscriptions[0].Discounts = []schemas.Discount{{ID: "s", Fixed: dec("5")}}
				a.Discounts = []schemas.Discount{{ID: "a", Percent: dec("10")}, {ID: "late", Percent: dec("90"), Validity: schemas.Validity{KnownSince: day("2024-12-01")}}}
			}, rows: hundred, want: []string{"Usage p 09-01 31.5"}, // ((100 - 10 - 10) / 2 - 5) × 0.9
		},
		{
			name: "a fixed discount over two lines adds up", book: func(c *schemas.Catalogue, _ *schemas.Account) {
				c.Offerings[0].Prices = []schemas.Price{one, flat("fee", "50")}
				c.Offerings[0].Discounts = []schemas.Discount{{ID: "o", Fixed: dec("10")}}
			}, rows: hundred, want: []string{"Usage p 09-01 93.33", "Usage fee 09-01 46.67"},
		},
		{
			name: "maximum over slices, minimum of what is left", book: func(c *schemas.Catalogue, _ *schemas.Account) {
				p := one
				p.Maximum = dec("60")
				c.Offerings[0].Prices = []schemas.Price{p}
				c.Offerings[0].Minimum = dec("75")
			}, rows: hundred, want: []string{"Usage p 09-01 60", "Adjustment minimum 09-01 15"},
		},
		{
			name: "the minimum of half a month is half", book: func(c *schemas.Catalogue, a *schemas.Account) {
				p := one
				p.Minimum = dec("60")
				c.Offerings[0].Prices = []schemas.Price{p}
				a.Subscriptions[0].Start = day("2024-09-16")
			}, want: []string{"Adjustment minimum 09-01 30"},
		},
		{
			name: "bounds of subscription and account", book: also(sell(one), func(_ *schemas.Catalogue, a *schemas.Account) {
				a.Subscriptions[0].Maximum, a.Minimum = dec("80"), dec("90")
			}), rows: hundred, want: []string{"Usage p 09-01 80", "Adjustment minimum 09-01 10"},
		},
		{
			name: "a percentage of what a meter adds up is of one event", book: sell(schemas.Price{
				ID: "p", Meter: "m", Currency: "EUR",
				Terms: schemas.Terms{Model: schemas.ModelPercentage, Percent: dec("10"), FixedPerEvent: dec("0.30")},
			}), rows: []use{gb("2024-09-02", "60"), gb("2024-09-03", "40")}, want: []string{"Usage p 09-01 10.3"},
		},
		{
			name: "what a meter adds up is one session", book: sell(schemas.Price{
				ID: "p", Meter: "m", Currency: "EUR",
				Terms: schemas.Terms{Model: schemas.ModelElapsedBands, ConnectFee: dec("0.30"), ElapsedBands: []schemas.ElapsedBand{
					{Rate: *dec("0.10"), RateSeconds: *dec("1"), IncrementSeconds: *dec("60")},
				}},
			}), rows: []use{gb("2024-09-02", "60"), gb("2024-09-03", "40")}, want: []string{"Usage p 09-01 12.3"},
		},
		{
			name: "true-up", book: also(sell(one), func(_ *schemas.Catalogue, a *schemas.Account) {
				a.Commitments = []schemas.Commitment{{ID: "c", Amount: *dec("150"), Currency: "EUR", TrueUp: true}}
			}), rows: hundred, want: []string{"Usage p 09-01 100", "Purchase true_up 09-01 50"},
		},
		{
			name: "overage", book: also(sell(one), func(_ *schemas.Catalogue, a *schemas.Account) {
				a.Commitments = []schemas.Commitment{{ID: "c", Amount: *dec("80"), Currency: "EUR", OverageFactor: dec("1.5")}}
			}), rows: hundred, want: []string{"Usage p 09-01 100", "Purchase overage 09-01 10"},
		},
		{
			// 30 days of 2 each are 60; the 2nd uses 100, the others nothing: 98 above at half more, 58 missing.
			name: "a commitment per day", book: also(sell(one), func(_ *schemas.Catalogue, a *schemas.Account) {
				a.Commitments = []schemas.Commitment{{ID: "c", Amount: *dec("2"), Currency: "EUR", OverageFactor: dec("1.5"), TrueUp: true, Window: schemas.WindowDay}}
			}), rows: hundred, want: []string{"Usage p 09-01 100", "Purchase overage 09-01 49", "Purchase true_up 09-01 58"},
		},
		{
			// 100 GB are 200 tokens; the grants hold 150, and each of the others is 0.10 dollars, 0.08 euros.
			name: "a price in credits", book: func(c *schemas.Catalogue, a *schemas.Account) {
				p := perUnit("p", "m", "2")
				p.CreditUnit, p.CreditPrice, p.Currency = "token", dec("0.1"), "USD"
				c.Offerings[0].Prices = []schemas.Price{p}
				a.Credits = []schemas.Grant{
					{ID: "t", Amount: *dec("100"), CreditUnit: "token", Priority: 2},
					{ID: "u", Amount: *dec("50"), CreditUnit: "token", Priority: 1},
					{ID: "v", Amount: *dec("50"), CreditUnit: "other"},
				}
			}, rows: hundred, want: []string{"Usage p 09-01 4"}, left: "grant t=0 grant u=0 ",
		},
		{
			name: "a price in dollars", book: func(c *schemas.Catalogue, _ *schemas.Account) {
				p := one
				p.Currency = "USD"
				c.Offerings[0].Prices = []schemas.Price{p}
			}, rows: hundred, want: []string{"Usage p 09-01 80"},
		},
		{
			name: "a price that nothing converts", book: func(c *schemas.Catalogue, _ *schemas.Account) {
				p := one
				p.Currency = "JPY"
				c.Offerings[0].Prices = []schemas.Price{p}
			}, rows: hundred, want: []string{}, codes: []schemas.Code{schemas.CodeNoRate},
		},
		{
			name: "a minimum that nothing converts", book: func(c *schemas.Catalogue, _ *schemas.Account) {
				p := one
				p.Currency, p.Minimum = "JPY", dec("1000")
				c.Offerings[0].Prices = []schemas.Price{p}
			}, want: []string{}, codes: []schemas.Code{schemas.CodeNoRate},
		},
		{
			name: "a peer's cost in dollars with a markup", book: func(c *schemas.Catalogue, _ *schemas.Account) {
				c.Meters[0] = schemas.Meter{ID: "m", Peer: "north", Value: schemas.ValueEffective}
				c.Offerings[0].Prices = []schemas.Price{{ID: "p", Meter: "m", Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelCostPlus, MarkupPercent: dec("10")}}}
			}, rows: []use{{sku: "x", peer: "north", currency: "USD", at: "2024-09-02", cost: "125"}}, want: []string{"Usage p 09-01 110 cost 100"},
		},
		{
			name: "units sold at our price with the peer's cost", book: func(c *schemas.Catalogue, _ *schemas.Account) {
				c.Meters[0] = schemas.Meter{ID: "m", Peer: "north"}
				c.Offerings[0].Prices = []schemas.Price{one}
			}, rows: []use{{sku: "x", peer: "north", currency: "EUR", at: "2024-09-02", quantity: "10", cost: "7.5"}}, want: []string{"Usage p 09-01 10 cost 7.5"},
		},
		{
			name: "tariff switch by the account's clock", book: func(c *schemas.Catalogue, a *schemas.Account) {
				a.TimeZone = "Europe/Berlin"
				c.Meters[0] = schemas.Meter{ID: "m", SKUs: []schemas.SKU{"vm"}, Aggregation: schemas.AggregateEvents}
				c.Offerings[0].Prices = []schemas.Price{{ID: "p", Meter: "m", Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelTimeOfDay, DayBands: []schemas.DayBand{
					{Start: "08:00", End: "18:00", Rate: *dec("1"), RateSeconds: *dec("60")}, {Start: "18:00", End: "08:00", Rate: *dec("0.5"), RateSeconds: *dec("60")},
				}}}}
			}, rows: []use{gb("2024-09-02T15:30", "3600")}, want: []string{"Usage p 09-01 45"}, // 17:30 there
		},
	}
}

func documentScenarios() []scenario {
	one := perUnit("p", "m", "1")
	rows := []use{gb("2024-09-02", "100")}
	vat := schemas.TaxRate{ID: "vat", Name: "VAT", Percent: *dec("19")}
	return []scenario{
		{
			name: "coupon, credit and tax", book: also(sell(one), func(c *schemas.Catalogue, a *schemas.Account) {
				c.Taxes = []schemas.TaxRate{vat}
				c.Coupons = []schemas.Coupon{{ID: "c", Fixed: dec("10"), Currency: "EUR", Uses: 3}}
				a.Coupons = []schemas.Redemption{{Coupon: "c", On: day("2024-08-01"), UsedPeriods: 2}}
				a.Credits = []schemas.Grant{{ID: "g", Amount: *dec("30"), Currency: "EUR"}}
			}), rows: rows,
			want: []string{"Usage p 09-01 100", "Credit coupon 09-01 -10", "Credit prepaid_credit 09-01 -30", "Tax tax 09-01 11.4"},
			left: "grant g=0 coupon c=10×3 ",
		},
		{
			name: "a coupon that is used up", book: also(sell(one), func(c *schemas.Catalogue, a *schemas.Account) {
				c.Coupons = []schemas.Coupon{{ID: "c", Fixed: dec("10"), Currency: "EUR", Uses: 3}}
				a.Coupons = []schemas.Redemption{{Coupon: "c", UsedPeriods: 3}}
			}), rows: rows, want: []string{"Usage p 09-01 100"},
		},
		{
			name: "credit pays after tax", book: also(sell(one), func(c *schemas.Catalogue, a *schemas.Account) {
				c.Taxes = []schemas.TaxRate{vat}
				c.Policy.CreditTax = schemas.CreditAfterTax
				a.Credits = []schemas.Grant{
					{ID: "old", Amount: *dec("1000"), Currency: "EUR", Expires: day("2024-09-15")},
					{ID: "g", Amount: *dec("1000"), Currency: "EUR"},
					{ID: "usd", Amount: *dec("1000"), Currency: "USD"},
				}
			}), rows: rows,
			want: []string{"Usage p 09-01 100", "Tax tax 09-01 19", "Credit prepaid_credit 09-01 -100", "Credit prepaid_credit 09-01 -19"},
			left: "grant g=881 ",
		},
		{
			name: "prices that contain the tax", book: also(sell(one), func(c *schemas.Catalogue, _ *schemas.Account) {
				vat.Included = true
				c.Taxes = []schemas.TaxRate{vat}
			}), rows: []use{gb("2024-09-02", "119")}, want: []string{"Usage p 09-01 119", "Adjustment tax_included 09-01 -19", "Tax tax 09-01 19"},
		},
		{
			name: "rates by country and category", book: func(c *schemas.Catalogue, a *schemas.Account) {
				c.Offerings = []schemas.Offering{{ID: "o", Name: "O", Prices: []schemas.Price{one}}, {ID: "book", Name: "Book", TaxCategory: "reduced", Included: true, Prices: []schemas.Price{flat("fee", "100")}}}
				c.Taxes = []schemas.TaxRate{
					{ID: "any", Name: "VAT", Percent: *dec("25")},
					{ID: "de", Name: "VAT", Country: "DE", Percent: *dec("19")},
					{ID: "de-red", Name: "VAT", Country: "DE", Category: "reduced", Percent: *dec("7")},
					{ID: "fr", Name: "VAT", Country: "FR", Percent: *dec("20")},
				}
				a.Country = "DE"
			}, rows: rows, want: []string{"Usage p 09-01 100", "Usage fee 09-01 100", "Tax tax 09-01 19", "Tax tax 09-01 7"},
		},
		{
			name: "exempt", book: also(sell(one), func(c *schemas.Catalogue, a *schemas.Account) {
				c.Taxes, a.TaxExempt = []schemas.TaxRate{vat}, true
			}), rows: rows, want: []string{"Usage p 09-01 100"},
		},
		{
			name: "cash", book: also(sell(one), func(c *schemas.Catalogue, _ *schemas.Account) {
				c.Policy.Rounding = schemas.Rounding{{Version: "1", Level: schemas.RoundDocument, Step: dec("0.05")}}
			}), rows: []use{gb("2024-09-02", "10.03")}, want: []string{"Usage p 09-01 10.03", "Adjustment cash_rounding 09-01 0.02"},
		},
		{
			name: "the document is rounded, not its lines", book: also(sell(perUnit("p", "m", "0.5"), flat("fee", "0.335"), flat("fee2", "0.335")), func(c *schemas.Catalogue, _ *schemas.Account) {
				c.Policy.RoundAt = schemas.RoundDocument
			}), rows: []use{gb("2024-09-02", "0.67")}, want: []string{"Usage p 09-01 0.34", "Usage fee 09-01 0.34", "Usage fee2 09-01 0.33"},
		},
		{
			name: "a bundle is divided", book: func(c *schemas.Catalogue, _ *schemas.Account) {
				c.Offerings = []schemas.Offering{
					{ID: "o", Name: "O", Prices: []schemas.Price{flat("fee", "100")}, Parts: []schemas.BundlePart{{Offering: "x", SSP: *dec("70")}, {Offering: "y", SSP: *dec("50")}}},
					{ID: "x", Name: "X"},
					{ID: "y", Name: "Y", TaxCategory: "reduced"},
				}
				c.Taxes = []schemas.TaxRate{{ID: "std", Name: "VAT", Percent: *dec("19")}, {ID: "red", Name: "VAT", Category: "reduced", Percent: *dec("7")}}
			}, want: []string{"Usage fee 09-01 58.33", "Usage fee 09-01 41.67", "Tax tax 09-01 11.08", "Tax tax 09-01 2.92"},
		},
		{
			name: "a grant that pays for one meter", book: also(sell(one, flat("fee", "50")), func(_ *schemas.Catalogue, a *schemas.Account) {
				a.Credits = []schemas.Grant{{ID: "g", Amount: *dec("1000"), Currency: "EUR", Meters: []schemas.MeterID{"m"}}}
			}), rows: rows, carried: rating.Carried{Grants: []rating.CarriedGrant{{Grant: "g", Balance: *dec("70")}}},
			want: []string{"Usage p 09-01 100", "Usage fee 09-01 50", "Credit prepaid_credit 09-01 -70"}, left: "grant g=0 ",
		},
	}
}
