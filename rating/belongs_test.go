package rating_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"daybook/rating"
	"daybook/rating/model"
	"daybook/schemas"
)

// TestLinesBelongToOfferings: a coupon's lines belong to the offerings that it takes from, and what a commitment adds to the
// one that it is on; credits and coupons say what is left of them.
func TestLinesBelongToOfferings(t *testing.T) {
	offering := func(id string) schemas.Offering {
		return schemas.Offering{ID: schemas.OfferingID(id), Name: strings.ToUpper(id), Service: id, Included: true, Prices: []schemas.Price{
			{ID: schemas.PriceID(id), Meter: schemas.MeterID(id), Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelPerUnit, UnitPrice: dec("1")}},
		}}
	}
	c := schemas.Catalogue{
		Meters:    []schemas.Meter{{ID: "disk", SKUs: []schemas.SKU{"disk"}}, {ID: "vm", SKUs: []schemas.SKU{"vm"}}},
		Offerings: []schemas.Offering{offering("disk"), offering("vm")},
		Coupons:   []schemas.Coupon{{ID: "ten", Percent: dec("10"), Total: dec("20")}},
	}
	for _, x := range []struct {
		name       string
		commitment schemas.Commitment
		want       string
	}{
		{"one offering", schemas.Commitment{Offerings: []schemas.OfferingID{"vm"}}, "coupon vm -10, true_up vm 40"},
		{"the meter of one", schemas.Commitment{Meters: []schemas.MeterID{"vm"}}, "coupon vm -10, true_up vm 40"},
		{"an offering and the meter of another", schemas.Commitment{Offerings: []schemas.OfferingID{"disk"}, Meters: []schemas.MeterID{"vm"}}, "coupon vm -6, true_up  10"},
		{"everything", schemas.Commitment{}, "coupon vm -6, true_up  10"},
		{"each month of one", schemas.Commitment{Offerings: []schemas.OfferingID{"vm"}, Window: schemas.WindowMonth}, "coupon vm -10, true_up vm 40"},
	} {
		x.commitment.ID, x.commitment.Amount, x.commitment.Currency, x.commitment.TrueUp = "c", *dec("100"), "EUR", true
		a := schemas.Account{
			ID: "a", Currency: "EUR", Commitments: []schemas.Commitment{x.commitment},
			Coupons: []schemas.Redemption{{Coupon: "ten"}}, Credits: []schemas.Grant{{ID: "g", Amount: *dec("50"), Currency: "EUR"}},
		}
		out := rate(t, compile(t, c, a), "a", []use{{sku: "disk", at: "2024-09-02", quantity: "30"}, {sku: "vm", at: "2024-09-03", quantity: "60"}}, rating.Carried{})
		var got, left []string
		for i := range out.Charges {
			c := &out.Charges[i]
			if err := model.Check(c); err != nil {
				t.Error(err)
			}
			got = append(got, fmt.Sprintf("%s %s %s", c.Model, c.Offering, c.Amount))
			for _, s := range c.Steps {
				if name, ok := strings.CutPrefix(s.Note, "what is left of "); ok {
					left = append(left, name+" "+s.Out)
				}
			}
		}
		for _, want := range append(strings.Split(x.want, ", "), "coupon disk -3") {
			if !slices.Contains(got, want) {
				t.Errorf("%s: no %s in %q", x.name, want, got)
			}
		}
		if len(left) < 3 || left[len(left)-1] != "credit g 0" || !slices.ContainsFunc(left, func(s string) bool { return strings.HasPrefix(s, "coupon ten ") }) {
			t.Errorf("%s: left %q", x.name, left)
		}
	}
}
