package chain

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"daybook/reconcile/sheet"
	"daybook/schemas"
	"daybook/schemas/intercloud"
	"daybook/schemas/money"
)

// lineKey is what an account is charged for an offering.
type lineKey struct {
	account  schemas.AccountID
	offering schemas.OfferingID
	currency money.Currency
}

func (k lineKey) compare(o lineKey) int {
	return cmp.Or(cmp.Compare(k.account, o.account), cmp.Compare(k.offering, o.offering), cmp.Compare(k.currency, o.currency))
}

// line is one retail line of an aggregation. Its last leg is what no leg of the book has.
type line struct {
	agreement *intercloud.Agreement
	revenue   money.Decimal
	// passed are credits that are of no leg.
	passed  money.Decimal
	charges int64
	legs    []legSum
}

type legSum struct{ cost, received, passed money.Decimal }

// gather adds a charge to its retail line.
func (b *Builder) gather(a *intercloud.Agreement, c *schemas.Charge) {
	k := lineKey{c.Account, c.Offering, c.Currency}
	l := b.lines[k]
	if l == nil {
		l = &line{agreement: a, legs: make([]legSum, len(a.Legs)+1)}
		b.lines[k] = l
	}
	at := slices.IndexFunc(a.Legs, func(leg intercloud.Leg) bool { return c.Meter != "" && slices.Contains(leg.Meters, c.Meter) })
	if at < 0 {
		at = len(a.Legs)
	}
	leg := &l.legs[at]
	l.charges++
	if isCredit(a, c) {
		leg.received = leg.received.Sub(c.PeerCost)
		if at < len(a.Legs) {
			leg.passed = leg.passed.Sub(c.Amount)
		} else {
			l.passed = l.passed.Sub(c.Amount)
		}
		return
	}
	l.revenue, leg.cost = l.revenue.Add(c.Amount), leg.cost.Add(c.PeerCost)
}

// Legs returns the chains of aggregations, in order, and what is found of them.
func (b *Builder) Legs() ([]intercloud.Chain, []schemas.Finding, error) {
	var out []intercloud.Chain
	var found []schemas.Finding
	for _, k := range slices.SortedFunc(maps.Keys(b.lines), lineKey.compare) {
		l := b.lines[k]
		chains, err := b.divide(k, l)
		if err != nil {
			return nil, nil, fmt.Errorf("divide what %s is charged for %s among its legs: %w", k.account, k.offering, err)
		}
		whole := money.Zero
		for i := range chains {
			whole = whole.Add(chains[i].Margin)
		}
		for i := range chains {
			if chains[i].Margin.IsNegative() && !whole.IsNegative() {
				found = append(found, lossFinding(&chains[i]))
			}
		}
		out = append(out, chains...)
	}
	return out, found, nil
}

// divide divides a line among its legs by the key of its agreement, to the minor unit of the currency.
func (b *Builder) divide(k lineKey, l *line) ([]intercloud.Chain, error) {
	a := l.agreement
	weights := l.weights()
	revenue, err := allocate(l.revenue, weights, k.currency)
	if err != nil {
		return nil, err
	}
	passed, err := allocate(l.passed, weights, k.currency)
	if err != nil {
		return nil, err
	}
	sum := money.Zero
	for _, w := range weights {
		sum = sum.Add(w)
	}
	var out []intercloud.Chain
	for i := range l.legs {
		x := b.begin(a, k.account, k.offering, k.currency)
		if i < len(a.Legs) {
			x.Leg, x.Peer = a.Legs[i].ID, a.Legs[i].Peer
			x.Revenue, x.Passed = revenue[i], l.legs[i].passed.Add(passed[i])
		} else if l.legs[i].cost.IsZero() && l.legs[i].received.IsZero() {
			continue
		}
		x.ID = schemas.JoinID(string(b.period), string(a.ID), string(k.account), string(k.offering), string(k.currency), "", x.Leg)
		x.Cost, x.Received = l.legs[i].cost, l.legs[i].received
		x.Provisional = b.provisional(x.Peer) || a.Key == intercloud.ByCost && slices.ContainsFunc(a.Legs, func(leg intercloud.Leg) bool { return b.provisional(leg.Peer) })
		s := &sheet.Sheet{}
		s.Given(fmt.Sprintf("what is charged by %d %s", l.charges, schemas.OneOrMany(l.charges, "charge", "charges")), "charged", l.revenue)
		if i < len(a.Legs) {
			s.ShareRounded("the leg's share by "+string(cmp.Or(a.Key, intercloud.ByWeight)), sheet.Named("charged", l.revenue), sheet.Named("weight", weights[i]), sheet.Named("of", sum), money.Scale)
			s.Given("its part, so that all parts add up to what is charged", "revenue", x.Revenue)
		}
		finish(&x, s)
		if s.Err != nil {
			return nil, s.Err
		}
		out = append(out, x)
	}
	out[0].Charges = l.charges
	return out, nil
}

// weights are those of the legs by the key.
func (l *line) weights() []money.Decimal {
	a := l.agreement
	out := make([]money.Decimal, len(a.Legs))
	some := false
	for i := range a.Legs {
		switch a.Key {
		case intercloud.ByCost:
			if cost := l.legs[i].cost; cost.IsPositive() {
				out[i] = cost
			}
		case intercloud.ByEven:
			out[i] = money.One
		default:
			if w := a.Legs[i].Weight; w != nil {
				out[i] = *w
			}
		}
		some = some || out[i].IsPositive()
	}
	if !some {
		for i := range out {
			out[i] = money.One
		}
	}
	return out
}

// allocate divides an amount to the minor unit of its currency; one that is not rounded to it, to the places that a dataset holds.
func allocate(amount money.Decimal, weights []money.Decimal, c money.Currency) ([]money.Decimal, error) {
	places, ok := money.MinorUnits(c)
	if !ok || !money.RoundTo(amount, places, money.Down).Equal(amount) {
		places = money.Scale
	}
	return money.Allocate(amount, weights, places)
}
