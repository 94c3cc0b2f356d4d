package rating

import (
	"time"

	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// stateKey names what a price keeps count of within a period.
type stateKey struct {
	sub   *subscription
	price *price
	group string
}

// priceState is what a price used up so far in the period.
type priceState struct {
	before map[string]money.Decimal // what each group took of the allowance
}

// allow takes the free quantity and the allowance off a converted quantity, which counts from the start of the period
// unless the policy starts every slice anew. final marks the quantity of the line itself, not of the slices before it.
func (b *bill) allow(x *metering, q model.Number, final bool) model.Number {
	t, p := &x.line.t, x.entry.price
	if p.FreeQuantity != nil {
		q = allowFree(t, q, "the usage discount", model.Fact("free_quantity", *p.FreeQuantity))
	}
	if p.Allowance == nil {
		return q
	}
	s := b.stateOf(x)
	total := b.allowanceOf(x)
	other := money.Zero
	for group, used := range s.before {
		if group != x.series.key {
			other = other.Add(used)
		}
	}
	left := total
	if !other.IsZero() {
		left = t.Sub("what other groups left of it", model.In("allowance", total), model.Fact("used", other))
	}
	if final {
		s.before[x.series.key] = model.Higher(model.Lower(q.V, left.V), money.Zero)
	}
	return allowFree(t, q, "the allowance", model.In("allowance", left))
}

// stateOf finds the state of the allowance that a series draws on.
func (b *bill) stateOf(x *metering) *priceState {
	key := stateKey{sub: x.entry.sub, price: x.entry.price}
	if !x.entry.price.Allowance.Shared {
		key.group = x.series.key
	}
	s := b.states[key]
	if s == nil {
		s = &priceState{before: map[string]money.Decimal{}}
		if b.states == nil {
			b.states = map[stateKey]*priceState{}
		}
		b.states[key] = s
	}
	return s
}

// allowanceOf is the allowance of the period: per unit of the subscription, and for a part of the period prorated, where
// the price says so; and what earlier periods left of it.
func (b *bill) allowanceOf(x *metering) model.Number {
	t := &x.line.t
	total := b.ownAllowance(t, x.entry)
	if rolled := b.carried.rolled(x.entry, x.series); !rolled.IsZero() {
		total = t.Sum("with what earlier periods left", model.In("allowance", total), model.Fact("carried", rolled))
	}
	return total
}

// ownAllowance is what the period itself grants.
func (b *bill) ownAllowance(t *model.Trail, e *entry) model.Number {
	a := e.price.Allowance
	total := model.Given(a.Quantity)
	if a.PerUnit {
		total = t.Mul("the allowance for each unit", model.Fact("allowance", a.Quantity), model.Fact("units", e.quantity))
	}
	if a.Prorate {
		part := Part{
			From: time.UnixMicro(e.start), To: time.UnixMicro(e.end), Start: b.plan.start, End: b.plan.end,
			Zone: b.account.zone,
		}
		total = prorate(t, total, e.price.Prorate, part)
	}
	return total
}

// rolled is what earlier periods left of an allowance.
func (c *Carried) rolled(e *entry, s *series) money.Decimal {
	total := money.Zero
	for _, x := range c.Allowances {
		if x.Subscription == e.sub.ID && x.Price == e.price.ID && (e.price.Allowance.Shared || x.Group == s.key) {
			total = total.Add(x.Quantity)
		}
	}
	return total
}

// Rollover returns what is carried into the next period of an allowance: total is the period's own, carried what earlier
// periods left of it, oldest first, and used what the period took. The oldest is used first; a part whose periods are
// over lapses; the limit bounds the sum, the oldest giving way.
func Rollover(a schemas.Allowance, total money.Decimal, carried []CarriedAllowance, used money.Decimal) []CarriedAllowance {
	parts := append(append([]CarriedAllowance{}, carried...), CarriedAllowance{Quantity: total, Periods: a.Rollover + 1})
	var left []CarriedAllowance
	for _, part := range parts {
		take := model.Lower(part.Quantity, used)
		used = used.Sub(take)
		part.Quantity, part.Periods = part.Quantity.Sub(take), part.Periods-1
		if part.Quantity.IsPositive() && part.Periods > 0 {
			left = append(left, part)
		}
	}
	if a.RolloverLimit == nil {
		return left
	}
	room := *a.RolloverLimit
	for i := len(left) - 1; i >= 0; i-- {
		left[i].Quantity = model.Lower(left[i].Quantity, room)
		room = room.Sub(left[i].Quantity)
		if !left[i].Quantity.IsPositive() {
			return left[i+1:]
		}
	}
	return left
}
