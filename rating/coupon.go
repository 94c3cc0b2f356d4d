package rating

import (
	"cmp"
	"fmt"
	"slices"

	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// CouponAmount returns what a coupon takes off a base of which used was taken off before: its percentage of the base, or
// its fixed sum; no more than the base, than what its total leaves, or, of a fixed sum without a total, than what is
// unused of it.
func CouponAmount(c schemas.Coupon, base, used money.Decimal) (money.Decimal, error) {
	d := schemas.Discount{ID: c.ID, Percent: c.Percent, Fixed: c.Fixed}
	if err := checkDiscount(&d); err != nil {
		return money.Zero, fmt.Errorf("coupon: %w", err)
	}
	amount := model.OrZero(c.Fixed)
	if c.Percent != nil {
		amount = model.PercentOf(base, *c.Percent)
	}
	switch {
	case c.Total != nil:
		amount = model.Lower(amount, model.AboveZero(c.Total.Sub(used)))
	case c.Fixed != nil && c.Uses == 1:
		amount = model.Lower(amount, model.AboveZero(c.Fixed.Sub(used)))
	}
	return model.Lower(amount, model.AboveZero(base)), nil
}

// redeem adds a line for each coupon and tax category that it reduces. A fixed sum is spread over the lines as the coupon
// says, in whole minor units.
func (b *bill) redeem() error {
	if len(b.account.Coupons) == 0 {
		return nil
	}
	left := make([]money.Decimal, len(b.lines))
	for i, l := range b.lines {
		left[i] = l.charge.Amount
	}
	lines := slices.Clone(b.lines)
	for i := range b.account.Coupons {
		r := &b.account.Coupons[i]
		at := slices.IndexFunc(b.plan.book.Catalogue.Coupons, func(c schemas.Coupon) bool { return c.ID == r.Coupon })
		if at < 0 {
			return fmt.Errorf("redemption of coupon %s: the catalogue has no such coupon", r.Coupon)
		}
		if err := b.redeemOne(r, &b.plan.book.Catalogue.Coupons[at], lines, left); err != nil {
			return err
		}
	}
	return nil
}

func (b *bill) redeemOne(r *schemas.Redemption, c *schemas.Coupon, lines []*line, left []money.Decimal) error {
	used, periods := r.Used, r.UsedPeriods
	for _, x := range b.carried.Coupons {
		if x.Coupon == r.Coupon {
			used, periods = x.Used, x.Periods
		}
	}
	last := b.plan.day(b.plan.end).AddDays(-1)
	foreign := c.Fixed != nil && c.Currency != b.currency || c.Total != nil && c.Currency != "" && c.Currency != b.currency
	if !c.Validity.Holds(last, b.plan.spec.AsOf) || r.On.After(last) || c.Uses > 0 && periods >= c.Uses || foreign {
		return nil
	}
	room := make([]money.Decimal, len(lines))
	base := money.Zero
	for i, l := range lines {
		if left[i].IsPositive() && (len(c.Offerings) == 0 || slices.Contains(c.Offerings, soldAs(&l.charge))) {
			room[i] = left[i]
			base = base.Add(left[i])
		}
	}
	rule, err := b.rule(b.currency, schemas.RoundLine)
	if err != nil {
		return err
	}
	exact, err := CouponAmount(*c, base, used)
	if err != nil {
		return err
	}
	amount := model.Lower(rule.Apply(exact), base)
	parts, err := SpreadDiscount(amount, room, c.Spread, max(0, -amount.Exponent(), unitPlaces(rule)))
	if err != nil {
		return fmt.Errorf("coupon %s: %w", c.ID, err)
	}
	for i := range parts {
		left[i] = left[i].Sub(parts[i])
	}
	b.couponLines(c, lines, parts, leftOf(c, used))
	if amount.IsPositive() {
		b.out.Carried.setCoupon(CarriedCoupon{c.ID, used.Add(amount), periods + 1})
	}
	return nil
}

// unitOf is the smallest amount that a rule rounds to.
func unitOf(rule *schemas.RoundingRule) money.Decimal {
	if rule.Step != nil && !rule.Step.IsZero() {
		return rule.Step.Abs()
	}
	return money.NewDecimal(1, -unitPlaces(*rule))
}

func unitPlaces(rule schemas.RoundingRule) int32 {
	if rule.Places == nil {
		return 0
	}
	return *rule.Places
}

// leftOf is what a coupon of a bounded sum still holds; nil is without bound.
func leftOf(c *schemas.Coupon, used money.Decimal) *money.Decimal {
	most := c.Total
	if most == nil && c.Uses == 1 {
		most = c.Fixed
	}
	if most == nil {
		return nil
	}
	left := most.Sub(used)
	return &left
}

// reduced is what a coupon reduces: the lines of an offering, which it belongs to, under one tax category.
type reduced struct {
	tax      string
	offering schemas.OfferingID
}

// couponLines adds one line for each offering and tax category with what the coupon takes off their lines.
func (b *bill) couponLines(c *schemas.Coupon, lines []*line, parts []money.Decimal, left *money.Decimal) {
	of := func(l *line) reduced { return reduced{l.tax, l.charge.Offering} }
	var groups []reduced
	for i, l := range lines {
		if parts[i].IsPositive() && !slices.Contains(groups, of(l)) {
			groups = append(groups, of(l))
		}
	}
	slices.SortFunc(groups, func(x, y reduced) int { return cmp.Or(cmp.Compare(x.tax, y.tax), cmp.Compare(x.offering, y.offering)) })
	for _, group := range groups {
		l := b.blank(nil)
		var taken []model.Operand
		for i := range parts {
			if parts[i].IsPositive() && of(lines[i]) == group {
				taken = append(taken, model.Fact(fmt.Sprintf("line_%d", i+1), parts[i]))
			}
		}
		off := l.t.Sum("what coupon "+c.ID+" takes off the lines", taken...)
		if left != nil {
			rest := l.t.Sub("what is left of coupon "+c.ID, model.Fact("left", *left), model.In("coupon", off)).V
			left = &rest
		}
		l.amount = l.t.Neg("which reduces what is due", model.In("coupon", off))
		l.tax = group.tax
		l.charge.Category, l.charge.Frequency, l.charge.Model = schemas.CategoryCredit, schemas.FrequencyOneTime, "coupon"
		l.charge.Price, l.charge.Offering, l.charge.List = schemas.PriceID(c.ID), group.offering, l.amount.V
		l.charge.Description = cmp.Or(c.Name, "Coupon "+c.ID)
		if o := b.plan.offerings[group.offering]; o != nil {
			l.charge.Description += " on " + cmp.Or(o.Name, string(o.ID))
			l.charge.Service, l.charge.ServiceCategory = o.Service, o.ServiceCategory
		}
		l.fix(l.amount)
		b.add(l)
	}
}

// setCoupon keeps what a coupon took off for the next period.
func (c *Carried) setCoupon(x CarriedCoupon) {
	for i := range c.Coupons {
		if c.Coupons[i].Coupon == x.Coupon {
			c.Coupons[i] = x
			return
		}
	}
	c.Coupons = append(c.Coupons, x)
}

// cash adds a line that brings the document's total to what can be paid, where a rounding rule for documents has a step.
func (b *bill) cash() error {
	rule, err := b.rule(b.currency, schemas.RoundDocument)
	if err != nil || rule.Step == nil || rule.Level != schemas.RoundDocument || b.policy.RoundAt == schemas.RoundDocument {
		return err
	}
	l := b.blank(nil)
	parts := make([]model.Operand, len(b.lines))
	for i, x := range b.lines {
		parts[i] = model.Fact(fmt.Sprintf("line_%d", i+1), x.charge.Amount)
	}
	if len(parts) == 0 {
		return nil
	}
	total := l.t.Sum("the document's total", parts...)
	payable := roundBy(&l.t, model.In("total", total), &rule)
	l.amount = l.t.Sub("what makes it payable", model.In("payable", payable), model.In("total", total))
	if l.amount.V.IsZero() {
		return nil
	}
	l.tax = noTax
	l.charge.Model, l.charge.Description, l.charge.List = "cash_rounding", "Rounding", l.amount.V
	l.fix(l.amount)
	b.add(l)
	return nil
}
