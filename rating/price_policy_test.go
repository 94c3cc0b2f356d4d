package rating_test

import (
	"testing"
	"time"

	"daybook/rating"
	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// TestPolicyOfAPrice: what a price's own policy says holds for it, and for no other price beside it, which the catalogue's policy
// is for.
func TestPolicyOfAPrice(t *testing.T) {
	places := int32(0)
	discounted := func(amount string, discounts ...schemas.Discount) schemas.Price {
		p := flat("", amount)
		p.Discounts = discounts
		return p
	}
	percent := func(of string) schemas.Discount { return schemas.Discount{Percent: dec(of)} }
	least := discounted("10", percent("50"))
	least.Minimum = dec("20")
	for _, x := range []struct {
		name        string
		price       schemas.Price
		policy      schemas.RatingPolicy
		own, common string // what it costs by its own policy, and by that of the catalogue
	}{
		{"rounding", flat("", "1.205"), schemas.RatingPolicy{Rounding: schemas.Rounding{{Places: &places, Mode: money.Up}}}, "2", "1.21"},
		{"rounding to a step", flat("", "1.205"), schemas.RatingPolicy{Rounding: schemas.Rounding{{Level: schemas.RoundLine, Step: dec("0.05"), Mode: money.Down}}}, "1.2", "1.21"},
		{"rounding of another currency", flat("", "1.205"), schemas.RatingPolicy{Rounding: schemas.Rounding{{Currency: "USD", Places: &places, Mode: money.Up}}}, "1.21", "1.21"},
		{"discount_order", discounted("100", schemas.Discount{Fixed: dec("5")}, percent("10")), schemas.RatingPolicy{DiscountOrder: schemas.OrderFixedFirst}, "85.5", "85"},
		{"percent_base", discounted("100", percent("10"), percent("10")), schemas.RatingPolicy{PercentBase: schemas.BaseOriginal}, "80", "81"},
		{"minimum_basis", least, schemas.RatingPolicy{MinimumBasis: schemas.MinimumBeforeDiscounts}, "10", "20"},
	} {
		t.Run(x.name, func(t *testing.T) {
			own, common := x.price, x.price
			own.ID, own.Policy, common.ID = "own", x.policy, "common"
			c, a := base()
			c.Offerings[0].Prices = []schemas.Price{common, own}
			book := rating.Book{Catalogue: c, Zone: time.UTC, Customers: []schemas.Customer{{ID: "c", Accounts: []schemas.Account{a}}}}
			for _, prices := range [][]schemas.Price{{common, own}, {own, common}} { // whichever comes first
				c.Offerings[0].Prices = prices
				plan, err := rating.Compile(book, rating.Spec{Period: "2024-09"})
				if err != nil {
					t.Fatal(err)
				}
				sums := map[schemas.PriceID]money.Decimal{}
				for _, k := range rate(t, plan, "a", nil, rating.Carried{}).Charges {
					if err := model.Check(&k); err != nil {
						t.Error(err)
					}
					sums[k.Price] = sums[k.Price].Add(k.Amount)
				}
				if sums["own"].String() != x.own || sums["common"].String() != x.common {
					t.Errorf("%s and %s, want %s and %s", sums["own"], sums["common"], x.own, x.common)
				}
			}
		})
	}
}

// TestRoundingOfASlicedPrice: slices of a price are rounded cumulatively by its own rule, so that a month cut in parts costs what it
// costs whole.
func TestRoundingOfASlicedPrice(t *testing.T) {
	places := int32(0)
	c, a := base()
	p := perUnit("p", "m", "1")
	p.Policy.Rounding = schemas.Rounding{{Places: &places, Mode: money.HalfUp}}
	c.Offerings[0].Prices = []schemas.Price{p}
	a.Subscriptions[0].Phases = []schemas.Phase{{Name: "first", Months: 8, Days: 14}, {Name: "second"}}
	plan, err := rating.Compile(rating.Book{Catalogue: c, Zone: time.UTC, Customers: []schemas.Customer{{ID: "c", Accounts: []schemas.Account{a}}}}, rating.Spec{Period: "2024-09"})
	if err != nil {
		t.Fatal(err)
	}
	out := rate(t, plan, "a", []use{gb("2024-09-02", "1.4"), gb("2024-09-20", "1.4")}, rating.Carried{})
	if len(out.Charges) != 2 || out.Charges[0].Amount.String() != "1" || out.Charges[1].Amount.String() != "2" {
		t.Errorf("%+v, want lines of 1 and of 2", out.Charges)
	}
}

// TestAddedLinesAreTaxed: what is missing to a minimum or to what was promised is taxed as what was sold is, also where nothing was
// used.
func TestAddedLinesAreTaxed(t *testing.T) {
	for _, rows := range [][]use{nil, {gb("2024-09-02", "10")}} {
		for name, set := range map[string]func(*schemas.Catalogue, *schemas.Account){
			"the minimum of the subscription": func(_ *schemas.Catalogue, a *schemas.Account) { a.Subscriptions[0].Minimum = dec("100") },
			"the minimum of the account":      func(_ *schemas.Catalogue, a *schemas.Account) { a.Minimum = dec("100") },
			"the minimum of the offering":     func(c *schemas.Catalogue, _ *schemas.Account) { c.Offerings[0].Minimum = dec("100") },
			"the minimum of the price":        func(c *schemas.Catalogue, _ *schemas.Account) { c.Offerings[0].Prices[0].Minimum = dec("100") },
			"a commitment":                    promise(schemas.Commitment{Amount: *dec("100")}),
			"a commitment of one offering":    promise(schemas.Commitment{Amount: *dec("100"), Offerings: []schemas.OfferingID{"o"}}),
			"a commitment of a quarter":       promise(schemas.Commitment{Amount: *dec("100"), Every: schemas.Recurrence{Unit: schemas.CycleQuarter}, Validity: schemas.Validity{From: day("2024-07-01")}}),
			"a commitment for each month":     promise(schemas.Commitment{Amount: *dec("100"), Window: schemas.WindowMonth}),
			"a commitment of what is not bought": func(c *schemas.Catalogue, a *schemas.Account) {
				c.Offerings = append(c.Offerings, schemas.Offering{ID: "more", Name: "More", TaxCategory: "none"})
				promise(schemas.Commitment{Amount: *dec("100"), Offerings: []schemas.OfferingID{"more"}})(c, a)
				c.Offerings[0].Prices = []schemas.Price{perUnit("p", "m", "0")}
			},
			"a commitment beside an untaxed one": func(c *schemas.Catalogue, a *schemas.Account) {
				c.Offerings = append(c.Offerings, schemas.Offering{ID: "free", Name: "Free", TaxCategory: "none"})
				a.Subscriptions = append([]schemas.Subscription{{ID: "r", Offering: "free", Start: day("2023-01-01")}}, a.Subscriptions...)
				promise(schemas.Commitment{Amount: *dec("100"), Offerings: []schemas.OfferingID{"o"}})(c, a)
			},
		} {
			c, a := base()
			c.Offerings[0].Prices, c.Offerings[0].TaxCategory = []schemas.Price{perUnit("p", "m", "1")}, "special"
			c.Taxes = []schemas.TaxRate{{ID: "vat", Category: "special", Percent: *dec("20")}, {ID: "other", Percent: *dec("0.5")}}
			set(&c, &a)
			plan, err := rating.Compile(rating.Book{Catalogue: c, Zone: time.UTC, Customers: []schemas.Customer{{ID: "c", Accounts: []schemas.Account{a}}}}, rating.Spec{Period: "2024-09"})
			if err != nil {
				t.Fatal(err)
			}
			taxes := ""
			for _, k := range rate(t, plan, "a", rows, rating.Carried{}).Charges {
				if k.Category == schemas.CategoryTax {
					taxes += string(k.Price) + " " + k.Amount.String() + ";"
				}
			}
			if taxes != "vat 20;" {
				t.Errorf("%s, %d rows: taxes %q, want 20 of vat", name, len(rows), taxes)
			}
		}
	}
}

// promise gives an account a commitment that is trued up.
func promise(k schemas.Commitment) func(*schemas.Catalogue, *schemas.Account) {
	k.ID, k.Currency, k.TrueUp = "k", "EUR", true
	return func(_ *schemas.Catalogue, a *schemas.Account) { a.Commitments = []schemas.Commitment{k} }
}

// TestCouponOfAnotherCurrency: a total in another currency than the account's is no total of its bills, so the coupon takes nothing;
// without a currency it is in that of the account.
func TestCouponOfAnotherCurrency(t *testing.T) {
	for currency, want := range map[money.Currency]string{"EUR": "80", "": "80", "USD": "100"} {
		c, a := base()
		c.Offerings[0].Prices = []schemas.Price{flat("p", "100")}
		c.Coupons = []schemas.Coupon{{ID: "half", Percent: dec("50"), Total: dec("20"), Currency: currency}}
		a.Coupons = []schemas.Redemption{{Coupon: "half"}}
		plan, err := rating.Compile(rating.Book{Catalogue: c, Zone: time.UTC, Customers: []schemas.Customer{{ID: "c", Accounts: []schemas.Account{a}}}}, rating.Spec{Period: "2024-09"})
		if err != nil {
			t.Fatal(err)
		}
		sum := money.Zero
		for _, k := range rate(t, plan, "a", nil, rating.Carried{}).Charges {
			sum = sum.Add(k.Amount)
		}
		if sum.String() != want {
			t.Errorf("a total in %q leaves %s, want %s", currency, sum, want)
		}
	}
}
