package rating

import (
	"fmt"
	"slices"

	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// takeDiscount takes one discount off what is left of a base.
func takeDiscount(t *model.Trail, left model.Number, base money.Decimal, d *schemas.Discount, of schemas.PercentBase) model.Number {
	if !left.V.IsPositive() {
		return left
	}
	var off model.Number
	switch {
	case d.Percent != nil && of == schemas.BaseOriginal:
		off = t.Percent("discount "+discountName(d), model.Fact("base", base), model.Fact("percent", *d.Percent))
	case d.Percent != nil:
		off = t.Percent("discount "+discountName(d), model.In("left", left), model.Fact("percent", *d.Percent))
	default:
		off = model.Given(model.OrZero(d.Fixed))
	}
	if off.V.GreaterThan(left.V) {
		off = t.Least("no more than is left", model.In("discount", off), model.In("left", left))
	}
	return t.Sub("after discount "+discountName(d), model.In("left", left), model.In("discount", off))
}

func discountName(d *schemas.Discount) string {
	switch {
	case d.Name != "":
		return d.Name
	case d.ID != "":
		return d.ID
	case d.Percent != nil:
		return d.Percent.String() + "%"
	}
	return model.OrZero(d.Fixed).String()
}

// orderDiscounts puts discounts in the order of a policy; of one kind, in the order of the list.
func orderDiscounts(list []schemas.Discount, order schemas.DiscountOrder) []schemas.Discount {
	out := slices.Clone(list)
	if order == schemas.OrderAsListed {
		return out
	}
	rank := func(d schemas.Discount) int {
		if (d.Percent != nil) == (order == schemas.OrderFixedFirst) {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(out, func(a, b schemas.Discount) int { return rank(a) - rank(b) })
	return out
}

func checkDiscount(d *schemas.Discount) error {
	switch {
	case (d.Percent == nil) == (d.Fixed == nil):
		return fmt.Errorf("discount %s: give either percent or fixed", d.ID)
	case d.Percent != nil && (d.Percent.IsNegative() || d.Percent.GreaterThan(money.NewDecimal(100, 0))):
		return fmt.Errorf("discount %s: %s%% is not between 0 and 100", d.ID, d.Percent)
	case d.Fixed != nil && d.Fixed.IsNegative():
		return fmt.Errorf("discount %s: %s is negative", d.ID, d.Fixed)
	}
	return nil
}

// SpreadDiscount divides a discount over lines, in parts of the given decimal places that add up to it exactly. It takes
// no more than the lines that are above zero hold together; other lines have no part. In order means that each line
// gives all it has before the next gives anything; equal, that each gives the same as far as it can.
func SpreadDiscount(discount money.Decimal, lines []money.Decimal, how schemas.DiscountSpread, places int32) ([]money.Decimal, error) {
	weights := make([]money.Decimal, len(lines))
	total := money.Zero
	for i, l := range lines {
		weights[i] = model.AboveZero(l)
		total = total.Add(weights[i])
	}
	discount = model.Lower(model.AboveZero(discount), total)
	parts := make([]money.Decimal, len(lines))
	if discount.IsZero() {
		return parts, nil
	}
	switch how {
	case schemas.SpreadInOrder:
		for i := range weights {
			parts[i] = model.Lower(weights[i], discount)
			discount = discount.Sub(parts[i])
		}
		return parts, nil
	case schemas.SpreadEqual:
		return spreadEqual(discount, weights, places)
	case schemas.SpreadProportional:
	}
	parts, err := money.Allocate(discount, weights, places)
	if err != nil {
		return nil, fmt.Errorf("spread a discount over %d lines: %w", len(lines), err)
	}
	return parts, nil
}

// spreadEqual gives every line the same part; what a line cannot give, the others give in equal parts. So lines that lack
// room give all of it first, until the same part of what is left has room on all others.
func spreadEqual(discount money.Decimal, room []money.Decimal, places int32) ([]money.Decimal, error) {
	parts, weights := make([]money.Decimal, len(room)), make([]money.Decimal, len(room))
	for i := range room {
		if room[i].IsPositive() {
			weights[i] = money.One
		}
	}
	for {
		shares, err := money.Allocate(discount, weights, places)
		if err != nil {
			return nil, fmt.Errorf("spread a discount over %d lines: %w", len(room), err)
		}
		full := false
		for i := range shares {
			if !weights[i].IsZero() && shares[i].GreaterThan(room[i]) {
				parts[i], discount, weights[i], full = room[i], discount.Sub(room[i]), money.Zero, true
			}
		}
		if full {
			continue
		}
		for i := range shares {
			parts[i] = parts[i].Add(shares[i])
		}
		return parts, nil
	}
}

// level is a set of lines and the discounts on them: those of a price, an offering, a subscription or an account.
type level struct {
	lines     []*line
	discounts []schemas.Discount
	// inPrice is true where fixed discounts are in the price's currency and not the account's.
	inPrice bool
	// policy is that of the price for its own discounts, and else the catalogue's.
	policy *schemas.RatingPolicy
}

// discount applies the discounts from the inside out: of each price, its phase, its offering, its subscription, and of
// the account; within each, in the order of the policy.
func (b *bill) discount() error {
	b.applyBounds(schemas.MinimumBeforeDiscounts)
	for _, l := range b.levels() {
		for _, d := range orderDiscounts(l.discounts, l.policy.DiscountOrder) {
			if err := checkDiscount(&d); err != nil {
				return err
			}
			b.discountLevel(&l, &d)
		}
	}
	return nil
}

// bound applies those minima and maxima that look at amounts after discounts.
func (b *bill) bound() error {
	b.applyBounds(schemas.MinimumAfterDiscounts)
	return nil
}

// discountLevel takes one discount off the lines on which it is in force.
func (b *bill) discountLevel(l *level, d *schemas.Discount) {
	var lines []*line
	total := money.Zero
	for _, x := range l.lines {
		if d.Validity.Holds(b.plan.day(x.charge.Start), b.plan.spec.AsOf) && x.amount.V.IsPositive() {
			lines = append(lines, x)
			total = total.Add(x.amount.V)
		}
	}
	if d.Percent != nil {
		for _, x := range lines {
			x.amount = takeDiscount(&x.t, x.amount, x.charge.List, d, l.policy.PercentBase)
		}
		return
	}
	if len(lines) == 0 {
		return
	}
	fixed := *d.Fixed
	if l.inPrice && lines[0].fx != nil {
		fixed = model.ShareRound(fixed, lines[0].fx.Num, lines[0].fx.Den)
	}
	fixed = model.Lower(fixed, total)
	from := money.Zero
	for _, x := range lines {
		to := from.Add(x.amount.V)
		part := model.Given(fixed)
		if len(lines) > 1 {
			part = x.t.ProrateRound("its part of discount "+discountName(d)+" by amount", model.Fact("discount", fixed), model.Fact("from", from), model.Fact("to", to), model.Fact("of", total))
		}
		x.amount = x.t.Sub("after discount "+discountName(d), model.In("amount", x.amount), model.In("discount", part))
		from = to
	}
}

// levels groups the lines by what has discounts, from the inside out, in a fixed order.
func (b *bill) levels() []level {
	var out []level
	if b.tally.context.discounted {
		out = b.ownLevels()
	}
	if len(b.account.Discounts) == 0 {
		return out
	}
	all := level{discounts: b.account.Discounts, policy: b.policy}
	for _, l := range b.lines {
		if l.price != nil {
			all.lines = append(all.lines, l)
		}
	}
	return append(out, all)
}

// ownLevels are those of prices, phases, offerings and subscriptions.
func (b *bill) ownLevels() []level {
	var out []level
	out = append(out, b.group(func(l *line) any { return l.price }, func(l *line) []schemas.Discount { return l.price.Discounts }, true)...)
	out = append(out, b.group(func(l *line) any { return l.phase }, phaseDiscount, false)...)
	out = append(out, b.group(func(l *line) any { return l.price.offering }, func(l *line) []schemas.Discount { return l.price.offering.Discounts }, false)...)
	return append(out, b.group(func(*line) any { return nil }, func(l *line) []schemas.Discount { return l.sub.Discounts }, false)...)
}

// group makes a level of the lines of each subscription that share a key.
func (b *bill) group(key func(*line) any, discounts func(*line) []schemas.Discount, inPrice bool) []level {
	type id struct {
		sub *subscription
		key any
	}
	var at map[id]int
	var out []level
	for _, l := range b.lines {
		if l.price == nil || len(discounts(l)) == 0 {
			continue
		}
		k := id{l.sub, key(l)}
		i, ok := at[k]
		if !ok {
			if at == nil {
				at = map[id]int{}
			}
			i = len(out)
			at[k] = i
			x := level{discounts: discounts(l), inPrice: inPrice, policy: b.policy}
			if inPrice {
				x.policy = &l.price.policy
			}
			out = append(out, x)
		}
		out[i].lines = append(out[i].lines, l)
	}
	return out
}

// phaseDiscount is what a phase takes off everything.
func phaseDiscount(l *line) []schemas.Discount {
	switch {
	case l.phase == nil:
		return nil
	case l.phase.Free:
		all := money.NewDecimal(100, 0)
		return []schemas.Discount{{Name: "phase " + l.phase.Name, Percent: &all}}
	case l.phase.Discount != nil:
		return []schemas.Discount{{Name: "phase " + l.phase.Name, Percent: l.phase.Discount}}
	}
	return nil
}
