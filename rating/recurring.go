package rating

import (
	"fmt"
	"time"

	"daybook/rating/model"
	"daybook/schemas"
)

// recurring makes a line for every stretch of a recurring or one-time price that falls due in the period: in advance
// when its recurring period begins, in arrears when that ends, once when the subscription begins.
func (b *bill) recurring() error {
	for _, i := range b.tally.context.periodic {
		sub := &b.tally.context.subs[i]
		for _, x := range b.recurringPrices(sub) {
			for _, due := range b.due(sub, x) {
				if err := b.recurringLines(sub, x, due); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// recurringPrices lists the prices without a meter of all offerings that a subscription ever has in its life.
func (b *bill) recurringPrices(sub *subscription) []*price {
	var out []*price
	seen := map[*price]bool{}
	add := func(o *offering) {
		if o == nil {
			return
		}
		prices := o.periodic
		if len(sub.prices) > 0 {
			prices = sub.pricesOf(o)
		}
		for _, x := range prices {
			if len(x.meters) == 0 && !seen[x] {
				seen[x] = true
				out = append(out, x)
			}
		}
	}
	add(b.plan.offerings[sub.Offering])
	for j := range sub.Changes {
		if sub.Changes[j].Kind == schemas.ChangePlan && known(sub.Changes[j].KnownSince, b.plan.spec.AsOf) {
			add(b.plan.offerings[sub.Changes[j].Offering])
		}
	}
	return out
}

// stretchOfTime is a recurring period, start included, end not.
type stretchOfTime struct{ start, end time.Time }

// due lists the recurring periods of a price that fall due in the billing period.
func (b *bill) due(sub *subscription, x *price) []stretchOfTime {
	p := b.plan
	if x.Timing == schemas.TimingOnce {
		at := sub.Start.Time(b.account.zone)
		if at.Before(p.start) || !at.Before(p.end) {
			return nil
		}
		return []stretchOfTime{{at, p.end}}
	}
	if x.Every.Unit == "" || x.Every.Unit == schemas.CyclePeriod {
		return []stretchOfTime{{p.start, p.end}}
	}
	cycle := b.cycleOf(sub, x)
	begin := sub.Start.Time(b.account.zone)
	var out []stretchOfTime
	for _, r := range cycle.between(p.start, p.end) {
		at := later(r.start, begin) // a stub is due when the subscription begins, though its period began before
		if x.Timing != schemas.TimingAdvance {
			at = r.end.Add(-1)
		}
		if !at.Before(p.start) && at.Before(p.end) {
			out = append(out, r)
		}
	}
	return out
}

// cycleOf lays out the recurring periods of a price for a subscription.
func (b *bill) cycleOf(sub *subscription, x *price) Cycle {
	anchor := sub.Anchor
	switch {
	case !anchor.IsZero():
	case sub.AnchorDay > 0:
		anchor = alignedAnchor(sub.Start, sub.AnchorDay)
	case sub.Start.IsZero():
		anchor = schemas.NewDate(2000, 1, 1)
	default:
		anchor = sub.Start
	}
	c := Cycle{Unit: x.Every.Unit, Count: x.Every.Count, Anchor: anchor, Zone: b.account.zone}
	if sub.AnchorDay > 0 {
		c.AnchorDay = sub.AnchorDay
	}
	return c
}

// partsOf are the stretches of a recurring period that a price is charged for, in order.
func (b *bill) partsOf(sub *subscription, x *price, due stretchOfTime) []segment {
	segments := b.plan.timeline(sub, due.start, due.end)
	var out []segment
	for _, seg := range segments {
		if seg.paused || seg.offering != x.offering {
			continue
		}
		var few [2]stretchOfTime
		for _, at := range b.plan.inForce(few[:0], sub, x, seg.phase, seg.start, seg.end) {
			if x.Timing == schemas.TimingOnce && !at.start.Equal(due.start) {
				continue // what is charged once is charged at the price of the day on which the subscription begins
			}
			seg.start, seg.end = at.start, at.end
			out = append(out, seg)
		}
	}
	return out
}

// recurringLines makes the lines of one recurring period: one for each stretch in which quantity, plan, phase and price
// stay the same.
func (b *bill) recurringLines(sub *subscription, x *price, due stretchOfTime) error {
	fees := tierFees{model: model.Model{Terms: &x.Terms, Policy: &x.policy}}
	for _, seg := range b.partsOf(sub, x, due) {
		l := b.newLine(sub, x, seg.phase, seg.start, seg.end)
		// FOCUS calls a Purchase what covers charges to come and costs nothing of itself. A fee for having the service is
		// the use of it.
		l.charge.Category, l.charge.Frequency = schemas.CategoryUsage, schemas.FrequencyRecurring
		if x.Timing == schemas.TimingOnce {
			l.charge.Frequency = schemas.FrequencyOneTime
		}
		l.charge.Consumed, l.charge.Priced, l.charge.HasQuantity = seg.quantity, seg.quantity, true
		l.charge.ConsumedUnit, l.charge.PricingUnit = "Units", "Units"
		l.charge.UnitPrice = unitPrice(&x.Terms)
		quantity := l.t.Add(model.OpGiven, l.t.Label("the quantity subscribed", seg.since), seg.quantity, model.Fact("quantity", seg.quantity))
		l.amount = fees.price(&l.t, x, quantity, Part{From: seg.start, To: seg.end, Start: due.start, End: due.end, Zone: b.account.zone})
		l.charge.List = l.amount.V
		if code := b.toAccount(l); code != "" {
			b.out.Findings = append(b.out.Findings, b.unconverted(l, code))
			continue
		}
		if code := tooLarge(&l.charge, l.amount.V); code != "" {
			b.out.Findings = append(b.out.Findings, b.unbilled(l, code))
			continue
		}
		b.add(l)
	}
	return nil
}

// unbilled is the finding of a recurring charge that cannot be made.
func (b *bill) unbilled(l *line, code schemas.Code) schemas.Finding {
	info, _ := code.Info()
	return schemas.Finding{
		Code: code, Severity: info.Severity, Account: b.account.ID, Value: string(l.charge.Price),
		Message: fmt.Sprintf("account %s, price %s: %s; %s", b.account.ID, l.charge.Price, info.Meaning, info.Fix),
	}
}

// unconverted is the finding of a recurring charge that cannot be put into the account's currency.
func (b *bill) unconverted(l *line, code schemas.Code) schemas.Finding {
	f := schemas.Finding{Code: code, Severity: schemas.Suspended, Account: b.account.ID, Value: string(l.charge.Price)}
	f.Message = fmt.Sprintf("account %s, price %s: %s into %s cannot be converted; add the rate to fx.csv", b.account.ID,
		l.charge.Price, l.charge.Currency, b.currency)
	return f
}
