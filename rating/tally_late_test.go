package rating_test

import (
	"slices"
	"testing"
	"time"

	"daybook/rating"
	"daybook/schemas"
)

// TestLateRowsOfOthers: rows of August that a run for September leaves to August to be rated again are neither charged there nor
// found, if the account is known; of one that is not, nobody else will find them.
func TestLateRowsOfOthers(t *testing.T) {
	c, a := base()
	c.Offerings[0].Prices = []schemas.Price{perUnit("p", "m", "1")}
	plan, err := rating.Compile(rating.Book{Catalogue: c, Zone: time.UTC, Customers: []schemas.Customer{{ID: "c", Accounts: []schemas.Account{a}}}}, rating.Spec{Period: "2024-09"})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		account schemas.AccountID
		want    []schemas.Code
	}{
		{"a", nil},
		{"stranger", []schemas.Code{schemas.CodeUnknownAccount}},
	} {
		tally := plan.NewTally()
		tally.Begin(x.account)
		labels := make([]string, len(plan.Columns()))
		for column, value := range map[int]string{schemas.UseSkuId: "vm", schemas.UseConsumedUnit: "GB", schemas.UseLatePeriod: "2024-08"} {
			labels[slices.Index(plan.Columns(), column)] = value
		}
		for _, h := range tally.Resolve(labels) {
			u := gb("2024-08-15", "3")
			if code := tally.Add(h, rowOf(t, u, tally.Reads(h))); code != "" {
				t.Fatal(code)
			}
		}
		out, err := plan.Rate(tally, rating.Carried{})
		if err != nil {
			t.Fatal(err)
		}
		var codes []schemas.Code
		for _, f := range out.Findings {
			if codes = append(codes, f.Code); f.Rows != 1 || f.Quantity.String() != "3" {
				t.Errorf("%s: a finding of %d rows, %s", x.account, f.Rows, f.Quantity)
			}
		}
		if !slices.Equal(codes, x.want) || len(out.Charges) > 0 {
			t.Errorf("%s: findings %q, charges %v; want %q and none", x.account, codes, out.Charges, x.want)
		}
	}
}

// TestSlicesOfHandles: who adds rows up is told where he must not add across: at each change of a price of any of the meters that
// take the rows, and at the beginning of the month where there is none, or no price.
func TestSlicesOfHandles(t *testing.T) {
	changing := func(id schemas.PriceID, meter schemas.MeterID, on string) []schemas.Price {
		before, after := perUnit(id, meter, "1"), perUnit(id, meter, "2")
		before.Validity.To, after.Validity.From = day(on), day(on)
		return []schemas.Price{before, after}
	}
	for _, x := range []struct {
		name   string
		prices []schemas.Price
		two    bool
		want   []string
	}{
		{"one price", []schemas.Price{perUnit("p", "m", "1")}, false, []string{"2024-09-01"}},
		{"a change", changing("p", "m", "2024-09-11"), false, []string{"2024-09-01", "2024-09-11"}},
		{"no price", nil, false, []string{"2024-09-01"}},
		{"two meters with a price each", []schemas.Price{perUnit("p", "m", "1"), perUnit("q", "n", "1")}, true, []string{"2024-09-01"}},
		{"two meters with changes", slices.Concat(changing("p", "m", "2024-09-11"), changing("q", "n", "2024-09-21")), true, []string{"2024-09-01", "2024-09-11", "2024-09-21"}},
		{"two meters, one with changes", slices.Concat(changing("p", "m", "2024-09-11"), []schemas.Price{perUnit("q", "n", "1")}), true, []string{"2024-09-01", "2024-09-11"}},
	} {
		c, a := base()
		if x.two {
			c.Meters = append(c.Meters, schemas.Meter{ID: "n", SKUs: []schemas.SKU{"vm"}, Unit: "GB"})
		}
		c.Offerings[0].Prices = x.prices
		plan, err := rating.Compile(rating.Book{Catalogue: c, Zone: time.UTC, Customers: []schemas.Customer{{ID: "c", Accounts: []schemas.Account{a}}}}, rating.Spec{Period: "2024-09"})
		if err != nil {
			t.Fatal(err)
		}
		tally := plan.NewTally()
		tally.Begin("a")
		labels := make([]string, len(plan.Columns()))
		labels[slices.Index(plan.Columns(), schemas.UseSkuId)], labels[slices.Index(plan.Columns(), schemas.UseConsumedUnit)] = "vm", "GB"
		for _, h := range tally.Resolve(labels) {
			starts := tally.Slices(h)
			var got []string
			for _, at := range starts {
				got = append(got, time.UnixMicro(at).UTC().Format(time.DateOnly))
			}
			if !slices.Equal(got, x.want) {
				t.Errorf("%s: %v, want %v", x.name, got, x.want)
			}
		}
	}
}

// TestTaxesInOrder: taxes come in the order of their categories, whatever the lines' is.
func TestTaxesInOrder(t *testing.T) {
	for _, order := range [][]string{{"one", "two", "three"}, {"three", "two", "one"}} {
		c, a := base()
		c.Offerings, a.Subscriptions = nil, nil
		for i, category := range order {
			id := schemas.OfferingID(rune('x' + i))
			c.Offerings = append(c.Offerings, schemas.Offering{ID: id, Name: string(id), TaxCategory: category, Prices: []schemas.Price{flat("fee", "10")}})
			a.Subscriptions = append(a.Subscriptions, schemas.Subscription{ID: schemas.SubscriptionID(id), Offering: id, Start: day("2024-01-01")})
			c.Taxes = append(c.Taxes, schemas.TaxRate{ID: category, Category: category, Percent: *dec("10")})
		}
		plan, err := rating.Compile(rating.Book{Catalogue: c, Zone: time.UTC, Customers: []schemas.Customer{{ID: "c", Accounts: []schemas.Account{a}}}}, rating.Spec{Period: "2024-09"})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, k := range rate(t, plan, "a", nil, rating.Carried{}).Charges {
			if k.Category == schemas.CategoryTax {
				got = append(got, string(k.Price))
			}
		}
		if want := []string{"one", "three", "two"}; !slices.Equal(got, want) {
			t.Errorf("lines of %v: taxes %v, want %v", order, got, want)
		}
	}
}
