package rating_test

import "daybook/schemas"

// creditScenarios are of grants that pay after tax. The usage p of meter m and a fee of 50 are taxed at 19%.
func creditScenarios() []scenario {
	rows := []use{gb("2024-09-02", "100")}
	afterTax := func(more ...func(*schemas.Catalogue, *schemas.Account)) func(*schemas.Catalogue, *schemas.Account) {
		return also(append([]func(*schemas.Catalogue, *schemas.Account){sell(perUnit("p", "m", "1"), flat("fee", "50")), func(c *schemas.Catalogue, _ *schemas.Account) {
			c.Taxes = []schemas.TaxRate{{ID: "vat", Name: "VAT", Percent: *dec("19")}}
			c.Policy.CreditTax = schemas.CreditAfterTax
		}}, more...)...)
	}
	grant := func(id, amount string, meters ...schemas.MeterID) func(*schemas.Catalogue, *schemas.Account) {
		return func(_ *schemas.Catalogue, a *schemas.Account) {
			a.Credits = append(a.Credits, schemas.Grant{ID: id, Amount: *dec(amount), Currency: "EUR", Meters: meters})
		}
	}
	coupon := func(c *schemas.Catalogue, a *schemas.Account) {
		c.Coupons = []schemas.Coupon{{ID: "c", Fixed: dec("30"), Currency: "EUR"}}
		a.Coupons = []schemas.Redemption{{Coupon: "c"}}
	}
	sold := []string{"Usage p 09-01 100", "Usage fee 09-01 50"}
	return []scenario{
		{
			name: "a grant of one meter pays the tax of it", book: afterTax(grant("g", "1000", "m")), rows: rows,
			want: append(sold[:2:2], "Tax tax 09-01 28.5", "Credit prepaid_credit 09-01 -100", "Credit prepaid_credit 09-01 -19"), left: "grant g=881 ",
		},
		{
			name: "and as far as it goes", book: afterTax(grant("g", "107", "m")), rows: rows,
			want: append(sold[:2:2], "Tax tax 09-01 28.5", "Credit prepaid_credit 09-01 -100", "Credit prepaid_credit 09-01 -7"), left: "grant g=0 ",
		},
		{
			name: "a grant of another meter pays nothing", book: afterTax(grant("g", "107", "n")), rows: rows,
			want: append(sold[:2:2], "Tax tax 09-01 28.5"), left: "grant g=107 ",
		},
		{
			name: "another grant pays what is left of the tax", book: afterTax(grant("g", "1000", "m"), grant("all", "100")), rows: rows,
			want: append(
				sold[:2:2], "Tax tax 09-01 28.5", "Credit prepaid_credit 09-01 -100", "Credit prepaid_credit 09-01 -19",
				"Credit prepaid_credit 09-01 -50", "Credit prepaid_credit 09-01 -9.5",
			), left: "grant g=881 grant all=40.5 ",
		},
		{
			name: "its part of the tax of a sum", book: afterTax(grant("g", "1000", "m"), func(c *schemas.Catalogue, _ *schemas.Account) {
				c.Policy.TaxRounding = schemas.TaxPerDocument
				c.Offerings[0].Prices = append(c.Offerings[0].Prices, flat("fee2", "0.13"))
				c.Offerings[0].Prices[1].Terms.Amount = dec("0.13")
			}), rows: []use{gb("2024-09-02", "0.13")},
			want: []string{
				"Usage p 09-01 0.13", "Usage fee 09-01 0.13", "Usage fee2 09-01 0.13", "Tax tax 09-01 0.07",
				"Credit prepaid_credit 09-01 -0.13", "Credit prepaid_credit 09-01 -0.03",
			}, left: "grant g=999.84 ",
		},
		{
			// The coupon takes 30 of the fee, and its tax of the fee's.
			name: "after a coupon", book: afterTax(grant("g", "1000", "m"), coupon), rows: rows,
			want: append(
				sold[:2:2], "Credit coupon 09-01 -30", "Tax tax 09-01 22.8", "Credit prepaid_credit 09-01 -100", "Credit prepaid_credit 09-01 -19",
			), left: "grant g=881 coupon c=30×1 ",
		},
		{
			name: "a grant of everything after a coupon", book: afterTax(grant("g", "1000"), coupon), rows: rows,
			want: append(
				sold[:2:2], "Credit coupon 09-01 -30", "Tax tax 09-01 22.8",
				"Credit prepaid_credit 09-01 -100", "Credit prepaid_credit 09-01 -20", "Credit prepaid_credit 09-01 -22.8",
			), left: "grant g=857.2 coupon c=30×1 ",
		},
		{
			name: "prices that contain the tax, and a grant of one meter", book: afterTax(grant("g", "1000", "m"), func(c *schemas.Catalogue, _ *schemas.Account) {
				c.Taxes[0].Included = true
				c.Offerings[0].Prices = c.Offerings[0].Prices[:1]
			}), rows: []use{gb("2024-09-02", "119")},
			want: []string{
				"Usage p 09-01 119", "Adjustment tax_included 09-01 -19", "Tax tax 09-01 19",
				"Credit prepaid_credit 09-01 -100", "Credit prepaid_credit 09-01 -19",
			}, left: "grant g=881 ",
		},
		{
			name: "what was given away is no payment", book: afterTax(grant("g", "20"), func(_ *schemas.Catalogue, a *schemas.Account) { a.Credits[0].Promotional = true }), rows: rows,
			want: append(sold[:2:2], "Tax tax 09-01 28.5", "Credit promotional_credit 09-01 -20"), left: "grant g=0 ",
		},
		{
			name: "two taxes", book: afterTax(grant("g", "110", "m"), func(c *schemas.Catalogue, _ *schemas.Account) {
				c.Taxes = append(c.Taxes, schemas.TaxRate{ID: "city", Name: "City", Percent: *dec("2")})
			}), rows: rows,
			want: append(
				sold[:2:2], "Tax tax 09-01 3", "Tax tax 09-01 28.5",
				"Credit prepaid_credit 09-01 -100", "Credit prepaid_credit 09-01 -2", "Credit prepaid_credit 09-01 -8",
			), left: "grant g=0 ",
		},
	}
}
