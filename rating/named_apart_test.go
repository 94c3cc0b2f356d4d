package rating_test

import (
	"slices"
	"testing"
	"time"

	"daybook/fixtures/effort"
	"daybook/rating"
	"daybook/rating/correct"
	"daybook/schemas"
)

// sameNames lists charges of which two have one identifier.
func sameNames(charges []schemas.Charge) (out []schemas.Charge) {
	seen := map[schemas.ChargeID]int{}
	for i := range charges {
		if k, again := seen[charges[i].ID]; again {
			out = append(out, charges[k], charges[i])
		}
		seen[charges[i].ID] = i
	}
	return out
}

// TestRandomChargesAreNamedApart: no two charges of random accounts have one identifier, be they of one month or of two, be they
// charged or corrected, twice by the same. What is rated again has the identifiers that it had, whatever was rated between.
func TestRandomChargesAreNamedApart(t *testing.T) {
	corrections := 0
	for seed := range uint64(effort.Count(t, 60, 400)) {
		r := random(seed)
		book := randomBook(r)
		if seed%2 == 0 { // slices that cost the same, each paid for by the grant
			book.Customers[0].Accounts[0].Subscriptions[0].Start = day("2024-08-01")
			book.Customers[0].Accounts[0].Subscriptions[0].Changes = []schemas.Change{{On: day("2024-09-16"), Kind: schemas.ChangeQuantity, Quantity: dec("3")}}
		}
		var all []schemas.Charge
		for _, period := range []schemas.Period{"2024-09", "2024-10"} {
			plan, err := rating.Compile(book, rating.Spec{Period: period})
			if err != nil {
				t.Fatal(err)
			}
			rows := randomUsage(r)
			issued := rate(t, plan, "a", rows, rating.Carried{}).Charges
			again := rate(t, plan, "a", append(slices.Clone(rows), use{sku: "m1", region: "eu", at: "2024-09-30T12:00", quantity: "12.5"}), rating.Carried{}).Charges
			same := rate(t, plan, "a", rows, rating.Carried{}).Charges
			for i := range issued {
				if issued[i].ID != same[i].ID {
					t.Fatalf("seed %d: charge %+v was %s before", seed, same[i], issued[i].ID)
				}
			}
			all = append(all, issued...)
			for _, in := range []schemas.Period{"2024-11", "2024-12"} {
				notes := correct.Difference(period, in, issued, again)
				corrections += len(notes)
				all = append(all, notes...)
			}
		}
		if same := sameNames(all); same != nil {
			t.Fatalf("seed %d: two charges of one identifier:\n%+v\n%+v", seed, same[0], same[1])
		}
	}
	if corrections < 200 {
		t.Errorf("only %d corrections: little was tested", corrections)
	}
}

// TestEqualChargesAreNamedApart makes charges that say the same for different things.
func TestEqualChargesAreNamedApart(t *testing.T) {
	half := func(p schemas.Price, first bool) schemas.Price {
		if p.Validity.From, p.Validity.To = day("2024-09-16"), (schemas.Date{}); first {
			p.Validity.From, p.Validity.To = schemas.Date{}, day("2024-09-16")
		}
		return p
	}
	for _, x := range []struct {
		name  string
		model string // of the charges that say the same
		book  func(c *schemas.Catalogue, a *schemas.Account)
	}{
		{"what a grant pays of two halves of a month", schemas.PrepaidCredit, func(c *schemas.Catalogue, a *schemas.Account) {
			c.Offerings[0].Prices = []schemas.Price{flat("fee", "10")}
			a.Subscriptions[0].Changes = []schemas.Change{{On: day("2024-09-16"), Kind: schemas.ChangeQuantity, Quantity: dec("2")}}
			a.Credits = []schemas.Grant{{ID: "g", Amount: *dec("100"), Currency: "EUR"}}
		}},
		{"minima of two versions of a price", schemas.MadeMinimum, func(c *schemas.Catalogue, _ *schemas.Account) {
			p := perUnit("p", "m", "1")
			p.Minimum, p.Version = dec("10"), "1"
			q := p
			q.Version = "2"
			c.Offerings[0].Prices = []schemas.Price{half(p, true), half(q, false)}
		}},
		{"taxes of one name in two categories", "tax_included", func(c *schemas.Catalogue, a *schemas.Account) {
			c.Offerings[0].Prices, c.Offerings[0].TaxCategory = []schemas.Price{flat("fee", "10")}, "one"
			c.Offerings = append(c.Offerings, schemas.Offering{ID: "other", Name: "Other", TaxCategory: "two", Prices: []schemas.Price{flat("fee", "10")}})
			a.Subscriptions = append(a.Subscriptions, schemas.Subscription{ID: "t", Offering: "other", Start: day("2024-01-01")})
			c.Taxes = []schemas.TaxRate{
				{ID: "v1", Name: "VAT", Category: "one", Percent: *dec("20"), Included: true}, {ID: "v2", Name: "VAT", Category: "two", Percent: *dec("20"), Included: true},
			}
		}},
	} {
		t.Run(x.name, func(t *testing.T) {
			c, a := base()
			x.book(&c, &a)
			book := rating.Book{Catalogue: c, Zone: time.UTC, Customers: []schemas.Customer{{ID: "c", Accounts: []schemas.Account{a}}}}
			plan, err := rating.Compile(book, rating.Spec{Period: "2024-09"})
			if err != nil {
				t.Fatal(err)
			}
			charges := rate(t, plan, "a", nil, rating.Carried{}).Charges
			alike := slices.DeleteFunc(slices.Clone(charges), func(c schemas.Charge) bool { return c.Model != x.model })
			if len(alike) != 2 || !alike[0].Amount.Equal(alike[1].Amount) || alike[0].Description != alike[1].Description {
				t.Fatalf("not two charges of one amount: %+v", alike)
			}
			if same := sameNames(charges); same != nil {
				t.Errorf("two charges of one identifier:\n%+v\n%+v", same[0], same[1])
			}
		})
	}
}
