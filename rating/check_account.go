package rating

import (
	"fmt"
	"slices"

	"daybook/rating/model"
	"daybook/schemas"
)

// checkAccount reports what would keep an account from being rated: a currency that nothing rounds, a change or a coupon
// that means nothing, a commitment in another currency, a discount of no kind. The book's own check finds all of them;
// this one keeps a plan from breaking on the night.
func (p *Plan) checkAccount(a *account) error {
	if !p.sound[a.Currency] {
		last := p.day(p.end).AddDays(-1)
		for _, level := range [3]schemas.RoundingLevel{schemas.RoundLine, schemas.RoundTax, schemas.RoundDocument} {
			if _, ok := p.policy.Rounding.For(a.Currency, level, last, p.spec.AsOf); !ok {
				return fmt.Errorf("currency %q has no minor unit: add a rounding rule with places", a.Currency)
			}
		}
		p.sound[a.Currency] = true
	}
	for i := range a.Coupons {
		if !slices.ContainsFunc(p.book.Catalogue.Coupons, func(c schemas.Coupon) bool { return c.ID == a.Coupons[i].Coupon }) {
			return fmt.Errorf("it redeems coupon %s, which is not in the catalogue", a.Coupons[i].Coupon)
		}
	}
	for i := range a.Commitments {
		if c := &a.Commitments[i]; c.Currency != a.Currency {
			return fmt.Errorf("commitment %s is in %s but the account in %s: state it in the account's currency", c.ID, c.Currency, a.Currency)
		}
		if err := p.checkWindow(&a.Commitments[i]); err != nil {
			return err
		}
		if err := checkCycle(&a.Commitments[i]); err != nil {
			return err
		}
	}
	for i := range a.Subscriptions {
		if err := p.checkChanges(&a.Subscriptions[i]); err != nil {
			return fmt.Errorf("subscription %s: %w", a.Subscriptions[i].ID, err)
		}
	}
	return checkDiscounts(a.Discounts)
}

// checkChanges reports a change of a subscription that could not be applied, or a discount of no kind.
func (p *Plan) checkChanges(s *schemas.Subscription) error {
	for i := range s.Changes {
		c := &s.Changes[i]
		if _, err := model.ClockSeconds(c.Time); c.Time != "" && err != nil {
			return fmt.Errorf("change on %s: %w", c.On, err)
		}
		if !slices.Contains(c.Kind.Values(), string(c.Kind)) {
			return fmt.Errorf("change on %s has the kind %q: choose one of %v", c.On, c.Kind, c.Kind.Values())
		}
		if c.Kind == schemas.ChangePlan && p.offerings[c.Offering] == nil {
			return fmt.Errorf("change on %s is to offering %s, which is not in the catalogue", c.On, c.Offering)
		}
	}
	return checkDiscounts(s.Discounts)
}

func checkDiscounts(list []schemas.Discount) error {
	for i := range list {
		if err := checkDiscount(&list[i]); err != nil {
			return err
		}
	}
	return nil
}
