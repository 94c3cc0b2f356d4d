package rating_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"daybook/rating"
	"daybook/schemas"
	"daybook/schemas/money"
)

// chargesOf bills September of the account a by a price on the meter of the base.
func chargesOf(t *testing.T, m schemas.Meter, p schemas.Price, policy schemas.RatingPolicy, rows ...use) []schemas.Charge {
	t.Helper()
	c, a := base()
	m.ID, m.SKUs = "m", []schemas.SKU{"vm"}
	c.Meters[0], c.Policy, c.Offerings[0].Prices = m, policy, []schemas.Price{p}
	rates := schemas.NewRates([]schemas.Rate{{Day: day("2024-09-27"), Base: "EUR", Quote: "USD", Value: *dec("1.25")}}, "EUR")
	plan, err := rating.Compile(rating.Book{Catalogue: c, Zone: time.UTC, Rates: rates, Customers: []schemas.Customer{{ID: "c", Accounts: []schemas.Account{a}}}}, rating.Spec{Period: "2024-09"})
	if err != nil {
		t.Fatal(err)
	}
	return rate(t, plan, "a", rows, rating.Carried{}).Charges
}

// TestMetersOfMoney: a meter of any of a peer's costs measures money, in the currency in which the peer bills; a price in another has
// it converted.
func TestMetersOfMoney(t *testing.T) {
	for _, value := range []schemas.MeterValue{schemas.ValueEffective, schemas.ValueBilled, schemas.ValueContracted, schemas.ValueList} {
		row := use{sku: "vm", peer: "atlas", currency: "USD", at: "2024-09-02", quantity: "50", cost: "50"} // of whichever column
		c := chargesOf(t, schemas.Meter{Value: value}, perUnit("p", "m", "1"), schemas.RatingPolicy{}, row)
		if got := c[0].ConsumedUnit + " " + c[0].Amount.String(); got != "USD 40" {
			t.Errorf("a meter of %s: %s, want USD 40", value, got)
		}
	}
	if c := chargesOf(t, schemas.Meter{Unit: "GB"}, perUnit("p", "m", "1"), schemas.RatingPolicy{}, gb("2024-09-02", "50")); c[0].ConsumedUnit != "GB" || c[0].Amount.String() != "50" {
		t.Errorf("a meter of a quantity: %s %s, want GB 50", c[0].ConsumedUnit, c[0].Amount)
	}
}

// TestUnitPriceIsOfUnits: a charge states a unit price where its model has exactly one, and none elsewhere.
func TestUnitPriceIsOfUnits(t *testing.T) {
	for _, terms := range []schemas.Terms{
		{Model: schemas.ModelPerUnit, UnitPrice: dec("2")},
		{Model: schemas.ModelFlat, Amount: dec("2")},
		{Model: schemas.ModelGraduated, Tiers: []schemas.Tier{{UnitPrice: *dec("2")}}},
		{Model: schemas.ModelDimension, UnitPrice: dec("2"), Dimensions: []schemas.DimensionPrice{{When: []schemas.DimensionMatch{{Column: "RegionId", Value: "eu"}}, UnitPrice: *dec("3")}}},
	} {
		c := chargesOf(t, schemas.Meter{GroupBy: []string{"RegionId"}}, schemas.Price{ID: "p", Meter: "m", Currency: "EUR", Terms: terms}, schemas.RatingPolicy{}, gb("2024-09-02", "10"))
		if one := terms.Model == schemas.ModelPerUnit; (c[0].UnitPrice != nil) != one || one && c[0].UnitPrice.String() != "2" {
			t.Errorf("a price of model %s states the unit price %v", terms.Model, c[0].UnitPrice)
		}
	}
}

// TestStepsHangTogether: a model takes the quantity from the step that made it, so that a charge can be followed from its rows on.
func TestStepsHangTogether(t *testing.T) {
	p := perUnit("p", "m", "2")
	p.Convert = &schemas.UnitConversion{Divide: dec("4"), Round: "up"}
	for _, s := range chargesOf(t, schemas.Meter{}, p, schemas.RatingPolicy{}, gb("2024-09-02", "10"))[0].Steps {
		if s.Op == "mul" {
			if !strings.HasPrefix(s.In[0].Name, "quantity@") || s.In[0].Value != "3" {
				t.Errorf("the amount is of %s %s", s.In[0].Name, s.In[0].Value)
			}
			return
		}
	}
	t.Error("no step multiplies")
}

// TestRoundingFallsBack: where the rules of a price do not cover a currency, those of the catalogue do, before the minor unit.
func TestRoundingFallsBack(t *testing.T) {
	places := func(n int32) *int32 { return &n }
	p := perUnit("p", "m", "1")
	p.Policy.Rounding = schemas.Rounding{{Currency: "USD", Places: places(0), Mode: money.Up}}
	policy := schemas.RatingPolicy{Rounding: schemas.Rounding{{Places: places(1), Mode: money.Up}}}
	if got := chargesOf(t, schemas.Meter{}, p, policy, gb("2024-09-02", "1.21"))[0].Amount.String(); got != "1.3" {
		t.Errorf("1.21 is rounded to %s by the catalogue's rule, want 1.3", got)
	}
}

// TestPlanForAnotherMonth: a plan turned to another month bills that month, as one made for it does.
func TestPlanForAnotherMonth(t *testing.T) {
	c, a := base()
	c.Offerings[0].Prices = []schemas.Price{flat("fee", "31"), perUnit("p", "m", "1")}
	c.Offerings = append(c.Offerings, schemas.Offering{ID: "all", Name: "All", Included: true, Prices: []schemas.Price{flat("small", "1")}})
	a.Subscriptions[0].End = day("2024-10-11")
	book := rating.Book{Catalogue: c, Zone: time.UTC, Customers: []schemas.Customer{{ID: "c", Accounts: []schemas.Account{a}}}}
	lines := func(plan *rating.Plan) (out []string) {
		for _, k := range rate(t, plan, "a", []use{gb("2024-10-02", "3")}, rating.Carried{}).Charges {
			out = append(out, string(k.Price)+" "+k.Start.Format(time.DateOnly)+" "+k.End.Format(time.DateOnly)+" "+k.Amount.String()+" "+string(k.ID))
		}
		return out
	}
	june, err := rating.Compile(book, rating.Spec{Period: "2024-06"})
	if err != nil {
		t.Fatal(err)
	}
	october, err := rating.Compile(book, rating.Spec{Period: "2024-10"})
	if err != nil {
		t.Fatal(err)
	}
	got, want := lines(june.In("2024-10", schemas.Date{})), lines(october)
	if !slices.Equal(got, want) || len(want) != 3 || !strings.HasPrefix(want[1], "fee 2024-10-01 2024-10-11 10") {
		t.Errorf("turned to October: %q, made for it: %q", got, want)
	}
}

// TestJointPricesApart: two subscriptions to one price over several meters are charged for it each; one in a currency without a rate
// of exchange charges nothing, and its rows wait.
func TestJointPricesApart(t *testing.T) {
	c, a := base()
	price := schemas.Price{ID: "cap", Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelCapacity, Capacities: []schemas.Capacity{{Limits: []schemas.UnitLimit{{Unit: "m", Max: dec("5")}}, Price: *dec("1")}, {Limits: []schemas.UnitLimit{{Unit: "m"}}, Price: *dec("9")}}}}
	a.Subscriptions = append(a.Subscriptions, schemas.Subscription{ID: "t", Offering: "o", Start: day("2024-02-01")})
	for currency, want := range map[money.Currency]string{"EUR": "s 9;t 1;", "JPY": ""} {
		price.Currency = currency
		c.Offerings[0].Prices = []schemas.Price{price}
		plan, err := rating.Compile(rating.Book{Catalogue: c, Zone: time.UTC, Customers: []schemas.Customer{{ID: "c", Accounts: []schemas.Account{a}}}}, rating.Spec{Period: "2024-09"})
		if err != nil {
			t.Fatal(err)
		}
		out := rate(t, plan, "a", []use{gb("2024-09-02", "7")}, rating.Carried{})
		got := ""
		for _, k := range out.Charges {
			got += string(k.Subscription) + " " + k.Amount.String() + ";"
		}
		waits := len(out.Findings) == 1 && out.Findings[0].Code == schemas.CodeNoRate && out.Findings[0].Rows == 1
		if got != want || waits != (want == "") {
			t.Errorf("in %s: %q, findings %v; want %q", currency, got, out.Findings, want)
		}
	}
}
