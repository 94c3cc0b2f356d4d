package rating

import (
	"fmt"

	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// bounds is a minimum and a maximum on a set of lines.
type bounds struct {
	what             string
	lines            []*line
	minimum, maximum *money.Decimal
	ratio            money.Ratio // of the period, for a part of it
	template         *line       // what an adjustment belongs to
}

// applyBounds applies the bounds of prices, offerings, subscriptions and the account, from the inside out, that look at amounts
// before or after discounts: each price's as its policy says, the others as the catalogue's does.
func (b *bill) applyBounds(basis schemas.MinimumBasis) {
	rest := b.policy.MinimumBasis == basis
	for _, i := range b.tally.context.bounded {
		sub := &b.tally.context.subs[i]
		for _, x := range b.boundedPrices(sub) {
			if x.policy.MinimumBasis != basis {
				continue
			}
			if bounds, sold := b.priceBounds(sub, x); sold {
				b.keepWithin(bounds)
			}
		}
		for _, seg := range sub.segments {
			if o := seg.offering; rest && (o.Minimum != nil || o.Maximum != nil) && firstOf(sub, seg) {
				b.keepWithin(b.offeringBounds(sub, o))
			}
		}
		if rest && (sub.Minimum != nil || sub.Maximum != nil) {
			x := bounds{what: "subscription " + string(sub.ID), minimum: sub.Minimum, maximum: sub.Maximum}
			x.ratio = b.covered(sub, nil, nil)
			x.lines = b.linesWhere(func(l *line) bool { return l.sub == sub })
			x.template = b.blank(sub)
			x.template.tax = b.taxOfMinimum(x.lines, sub)
			b.keepWithin(x)
		}
	}
	if rest && (b.account.Minimum != nil || b.account.Maximum != nil) {
		x := bounds{what: "account " + string(b.account.ID), minimum: b.account.Minimum, maximum: b.account.Maximum, ratio: whole}
		x.lines = b.lines
		x.template = b.blank(nil)
		x.template.tax = b.taxOfMinimum(x.lines, nil)
		b.keepWithin(x)
	}
}

// taxOfMinimum is the tax category of what is missing to a minimum of lines: that of the last of them; without any, that of what the
// subscription is to, or the account has bought.
func (b *bill) taxOfMinimum(lines []*line, sub *subscription) string {
	if n := len(lines); n > 0 {
		return lines[n-1].tax
	}
	return b.taxOfBought(func(s *subscription, _ *offering) bool { return sub == nil || s == sub })
}

// whole is the ratio of a whole period.
var whole = money.Ratio{Num: money.One, Den: money.One}

// firstOf reports whether a segment is the subscription's first of its offering.
func firstOf(sub *subscription, seg segment) bool {
	for _, s := range sub.segments {
		if s.offering == seg.offering {
			return s.start.Equal(seg.start)
		}
	}
	return false
}

// boundedPrices lists the prices of a subscription in the period that have a minimum or a maximum.
func (b *bill) boundedPrices(sub *subscription) []*price {
	var out []*price
	seen := map[*price]bool{}
	for _, seg := range sub.segments {
		prices := seg.offering.bounded
		if len(sub.prices) > 0 {
			prices = sub.pricesOf(seg.offering)
		}
		for _, x := range prices {
			if (x.Minimum != nil || x.Maximum != nil) && !seen[x] {
				seen[x] = true
				out = append(out, x)
			}
		}
	}
	return out
}

// priceBounds are those of a price; there are none where it is not in force in the period.
func (b *bill) priceBounds(sub *subscription, x *price) (bounds, bool) {
	out := bounds{what: "price " + string(x.ID), ratio: b.covered(sub, x.offering, x)}
	if out.ratio.Num.IsZero() {
		return out, false
	}
	out.lines = b.linesWhere(func(l *line) bool { return l.sub == sub && l.price == x })
	out.template = b.blank(sub)
	out.template.price, out.template.tax = x, x.offering.tax
	out.template.charge.Offering, out.template.charge.Price, out.template.charge.Version = x.offering.ID, x.ID, x.Version
	out.template.charge.Service, out.template.charge.ServiceCategory = x.offering.Service, x.offering.ServiceCategory
	factor, ok := b.rate(x.Currency, b.currency, out.template)
	if !ok {
		out.template.charge.Currency = x.Currency
		b.out.Findings = append(b.out.Findings, b.unconverted(out.template, schemas.CodeNoRate))
		return out, true
	}
	out.minimum, out.maximum = convertBound(x.Minimum, factor), convertBound(x.Maximum, factor)
	return out, true
}

func (b *bill) offeringBounds(sub *subscription, o *offering) bounds {
	out := bounds{what: "offering " + string(o.ID), minimum: o.Minimum, maximum: o.Maximum, ratio: b.covered(sub, o, nil)}
	out.lines = b.linesWhere(func(l *line) bool { return l.sub == sub && l.price != nil && l.price.offering == o })
	out.template = b.blank(sub)
	out.template.tax, out.template.charge.Offering = o.tax, o.ID
	out.template.charge.Service, out.template.charge.ServiceCategory = o.Service, o.ServiceCategory
	return out
}

// convertBound converts a bound into the account's currency.
func convertBound(v *money.Decimal, factor money.Ratio) *money.Decimal {
	if v == nil {
		return nil
	}
	out := model.ShareRound(*v, factor.Num, factor.Den)
	return &out
}

func (b *bill) linesWhere(keep func(*line) bool) []*line {
	var out []*line
	for _, l := range b.lines {
		if keep(l) {
			out = append(out, l)
		}
	}
	return out
}

// covered is the part of the period in which a subscription has an offering, and a price where one is given.
func (b *bill) covered(sub *subscription, o *offering, x *price) money.Ratio {
	var out money.Ratio
	how := schemas.ProrateDays
	if x != nil && x.Prorate != "" {
		how = x.Prorate
	}
	for _, seg := range sub.segments {
		if seg.paused || o != nil && seg.offering != o {
			continue
		}
		var few [2]stretchOfTime
		parts := append(few[:0], stretchOfTime{seg.start, seg.end})
		if x != nil {
			parts = b.plan.inForce(few[:0], sub, x, seg.phase, seg.start, seg.end)
		}
		for _, at := range parts {
			r := Part{From: at.start, To: at.end, Start: b.plan.start, End: b.plan.end, Zone: b.account.zone}.Ratio(how)
			if how == schemas.ProrateNone {
				return r
			}
			out.Num, out.Den = out.Num.Add(r.Num), r.Den
		}
	}
	if out.Den.IsZero() {
		return money.Ratio{Num: money.Zero, Den: money.One}
	}
	return out
}

// blank starts a line that no usage and no price makes.
func (b *bill) blank(sub *subscription) *line {
	l := b.tally.line()
	l.sub = sub
	l.t.Quiet, l.t.Room = b.plan.spec.Quiet, b.room
	l.charge = schemas.Charge{
		Account: b.account.ID, Start: b.plan.start.UTC(), End: b.plan.end.UTC(), Currency: b.currency,
		Category: schemas.CategoryAdjustment, Frequency: schemas.FrequencyRecurring, PricingKind: schemas.PricingOther,
	}
	if sub != nil {
		l.charge.Subscription, l.charge.Offering = sub.ID, sub.Offering
	}
	return l
}

// keepWithin takes what exceeds the maximum off the lines, the last first to lose, and adds a line for what is missing
// to the minimum. The lines add up to the maximum or to less, also where one gives back what was above it: a later slice of
// a price by volume, or a correction of usage.
func (b *bill) keepWithin(x bounds) {
	total, uncut := money.Zero, money.Zero
	for _, l := range x.lines {
		before := uncut
		uncut = uncut.Add(l.amount.V)
		if x.maximum != nil {
			l.cap(before, *x.maximum, x.ratio, x.what)
		}
		total = total.Add(l.amount.V)
	}
	if x.minimum == nil || x.ratio.Num.IsZero() {
		return
	}
	l := x.template
	least := l.t.Add(model.OpGiven, "the minimum of "+x.what, *x.minimum, model.Fact("minimum", *x.minimum))
	if !x.ratio.IsOne() {
		least = l.t.ProrateRound(x.ratio.String()+" of the period", model.In("minimum", least), model.Fact("from", money.Zero), model.Fact("to", x.ratio.Num), model.Fact("of", x.ratio.Den))
	}
	missing := l.t.Sub("what is missing to it", model.In("minimum", least), model.Fact("charged", total))
	if !missing.V.IsPositive() {
		return
	}
	l.amount = missing
	l.charge.List, l.charge.Model = missing.V, schemas.MadeMinimum
	l.charge.Description = fmt.Sprintf("Minimum spend of %s", x.what)
	b.add(l)
}

// cap cuts a line so that it and those before it, which come to before without a maximum, stay within the maximum.
func (l *line) cap(before, maximum money.Decimal, ratio money.Ratio, what string) {
	most := model.Given(maximum)
	if !ratio.IsOne() {
		most = model.Given(model.ShareRound(maximum, ratio.Num, ratio.Den))
	}
	above := before.GreaterThan(most.V)
	if !above && !before.Add(l.amount.V).GreaterThan(most.V) {
		return
	}
	if !ratio.IsOne() {
		most = l.t.ProrateRound(ratio.String()+" of the period", model.Fact("maximum", maximum), model.Fact("from", money.Zero), model.Fact("to", ratio.Num), model.Fact("of", ratio.Den))
	}
	if above {
		all := l.t.Sum("with the lines before, which reach the maximum of "+what, model.Fact("before", before), model.In("amount", l.amount))
		all = l.t.Least("no more than that", model.In("all", all), model.In("maximum", most))
		l.amount = l.t.Sub("less the maximum", model.In("all", all), model.In("maximum", most))
		return
	}
	room := l.t.Sub("what the maximum of "+what+" leaves", model.In("maximum", most), model.Fact("before", before))
	room = l.t.Most("but not below zero", model.In("room", room), model.Fact("least", money.Zero))
	l.amount = l.t.Least("no more than that", model.In("amount", l.amount), model.In("room", room))
}
