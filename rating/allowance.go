package rating

import (
	"slices"
	"time"

	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// stateKey names what a price keeps count of within a period, whatever its versions.
type stateKey struct {
	sub   *subscription
	price schemas.PriceID
	group string
}

// priceState is what each group used of the allowance of a price in the period: up to the end of each of its stretches.
type priceState struct {
	used map[string][]usedUpTo
}

// usedUpTo is what was used of an allowance up to the end of the stretch that starts at an instant.
type usedUpTo struct {
	start    int64
	quantity money.Decimal
}

// at is what a group had used of the allowance up to the stretch at an instant; where every slice starts anew, in that alone.
func (s *priceState) at(group string, start int64, anew bool) money.Decimal {
	list := s.used[group]
	for _, x := range slices.Backward(list) {
		if x.start == start || x.start < start && !anew {
			return x.quantity
		}
	}
	return money.Zero
}

// startsAnew reports whether every slice of a price starts from nothing.
func (x *price) startsAnew() bool { return x.policy.PriceChange != schemas.ChangeContinue }

// begun reports whether a stretch before an instant used the allowance.
func (s *priceState) begun(at int64) bool {
	for _, list := range s.used {
		if list[0].start < at {
			return true
		}
	}
	return false
}

// granted is a stretch of a series in which an allowance is granted: for a number of units, and for a part of the period.
type granted struct {
	start, end int64
	units      money.Decimal
}

// soFar is how far into the period a quantity reaches: the stretches before one, and that, unless it is left out. Of other groups
// counts what they used up to the stretch at an instant.
type soFar struct {
	before []granted
	last   *stretch
	at     int64
}

// stretches are those in which the quantity was used.
func (f *soFar) stretches() []granted {
	if f.last == nil {
		return f.before
	}
	return grant(f.before, f.last)
}

// grant adds the stretch to those before it, joining it with the last where nothing but the price is another.
func grant(before []granted, st *stretch) []granted {
	if n := len(before); n > 0 && before[n-1].end == st.start && before[n-1].units.Equal(st.entry.quantity) {
		joined := append([]granted{}, before...)
		joined[n-1].end = st.end
		return joined
	}
	return append(slices.Clip(before), granted{st.start, st.end, st.entry.quantity})
}

// allow takes the free quantity and the allowance off a converted quantity. Both count from the start of the period, unless the
// policy starts every slice anew. final marks the quantity of the line
// itself, not of the slices before it.
func (b *bill) allow(x *metering, q model.Number, so soFar, final bool) model.Number {
	t, p := &x.line.t, x.entry.price
	if p.FreeQuantity != nil {
		q = allowFree(t, q, "the usage discount", model.Fact("free_quantity", *p.FreeQuantity))
	}
	if p.Allowance == nil {
		return q
	}
	s := b.stateOf(x)
	total := b.ownAllowance(t, x.entry, so.stretches())
	if rolled := b.carried.rolled(x.entry, x.series); !rolled.IsZero() && (!p.startsAnew() || !s.begun(so.at)) {
		total = t.Sum("with what earlier periods left", model.In("allowance", total), model.Fact("carried", rolled))
	}
	other := money.Zero
	for group := range s.used {
		if group != x.series.key {
			other = other.Add(s.at(group, so.at, p.startsAnew()))
		}
	}
	left := total
	if !other.IsZero() {
		left = t.Sub("what other groups left of it", model.In("allowance", total), model.Fact("used", other))
	}
	if final {
		used := model.AboveZero(model.Lower(q.V, left.V))
		s.used[x.series.key] = append(s.used[x.series.key], usedUpTo{so.at, used})
	}
	return allowFree(t, q, "the allowance", model.In("allowance", left))
}

// stateOf finds the state of the allowance that a series draws on.
func (b *bill) stateOf(x *metering) *priceState {
	key := stateKey{sub: x.entry.sub, price: x.entry.price.ID}
	if !x.entry.price.Allowance.Shared {
		key.group = x.series.key
	}
	s := b.states[key]
	if s == nil {
		s = &priceState{used: map[string][]usedUpTo{}}
		if b.states == nil {
			b.states = map[stateKey]*priceState{}
		}
		b.states[key] = s
	}
	return s
}

// ownAllowance is what a price grants for stretches of the period: per unit of the subscription, where it says so, and
// prorated by their time, where it says so; else once for the period, for the most units of it, or once for each stretch, where
// slices start anew. A level is measured for a
// stretch, and what it costs is prorated: its allowance is not prorated once more.
func (b *bill) ownAllowance(t *model.Trail, e *entry, stretches []granted) model.Number {
	a := e.price.Allowance
	if prorates := a.Prorate && b.plan.meters[e.price.meter].additive(); !prorates && !e.price.startsAnew() {
		most := stretches[0].units
		for _, g := range stretches[1:] {
			most = model.Higher(most, g.units)
		}
		return perUnitOf(t, a, most)
	}
	parts := make([]model.Operand, len(stretches))
	for i, g := range stretches {
		part := perUnitOf(t, a, g.units)
		if a.Prorate && b.plan.meters[e.price.meter].additive() {
			part = prorate(t, part, e.price.Prorate, Part{
				From: time.UnixMicro(g.start), To: time.UnixMicro(g.end), Start: b.plan.start, End: b.plan.end, Zone: b.account.zone,
			})
		}
		parts[i] = model.In("part", part)
	}
	return t.Sum("the allowance of all slices so far", parts...)
}

// perUnitOf is an allowance for a number of units, where it is for each.
func perUnitOf(t *model.Trail, a *schemas.Allowance, units money.Decimal) model.Number {
	if !a.PerUnit {
		return model.Given(a.Quantity)
	}
	return t.Mul("the allowance for each unit", model.Fact("allowance", a.Quantity), model.Fact("units", units))
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
