package rating

import (
	"fmt"
	"slices"

	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Family is the usage of an account and those below it under prices that are pooled: what Plan.AddPooled gathers, account by
// account, before any of them is rated.
type Family struct {
	parts map[string][]familyPart
}

// familyPart is what one stretch of an account brings into a pool.
type familyPart struct {
	account  schemas.AccountID
	start    int64
	since    int64 // when its version of the price begins
	quantity money.Decimal
}

// NewFamily returns a family without usage.
func NewFamily() *Family { return &Family{parts: map[string][]familyPart{}} }

// poolKey names what is priced as one: a price, whatever its versions, and a series of its meter.
func poolKey(x *price, s *series) string {
	return string(x.offering.ID) + "\x00" + string(x.ID) + "\x00" + s.key
}

// sinceWhen is the instant of the period from which a version of a price is in force.
func (p *Plan) sinceWhen(x *price) int64 {
	if x.Validity.From.IsZero() {
		return p.start.UnixMicro()
	}
	return later(p.start, x.Validity.From.Time(p.book.Zone)).UnixMicro()
}

// AddPooled adds the usage of the tally's account under pooled prices to a family. Accounts are to be added in order: among
// equal remainders the first has the odd cent.
func (p *Plan) AddPooled(f *Family, t *Tally) error {
	if t.account == nil {
		return nil
	}
	b := &bill{plan: p, tally: t, account: t.account, carried: &Carried{}}
	for i := range t.series {
		s := &t.series[i]
		if s.meter < 0 {
			continue
		}
		m := &p.meters[s.meter]
		stretches, err := b.stretches(s, m)
		if err != nil {
			return fmt.Errorf("pool the usage of account %s: %w", t.id, err)
		}
		for k := range stretches {
			st := &stretches[k]
			if !st.entry.price.Pooled || st.acc.rows == 0 {
				continue
			}
			x := metering{bill: b, series: s, meter: m, entry: st.entry}
			key := poolKey(st.entry.price, s)
			f.parts[key] = append(f.parts[key], familyPart{t.id, st.start, p.sinceWhen(st.entry.price), x.quantity(st.acc, st.start, st.end)})
		}
	}
	return nil
}

// Join makes the account at hand, until the next Begin, one of a family: its usage under pooled prices is priced with that of
// the others.
func (t *Tally) Join(f *Family) { t.family = f }

// pricePooled prices a stretch as the account's part of what its family's usage costs as one quantity: the family shares the
// tiers, the allowance and the free quantity of the price. A later version of the price costs what all usage up to its end
// costs at it, less what that before it costs. The amount is rounded as a line is, and divided by largest remainder in
// proportion to the quantities, of which those below zero count as zero. It reports false for an account alone.
func (x *metering) pricePooled(st *stretch) (bool, error) {
	f, e := x.bill.tally.family, x.entry
	if f == nil || !e.price.Pooled {
		return false, nil
	}
	since, before := x.bill.plan.sinceWhen(e.price), money.Zero
	var parts []familyPart
	counts := false
	for _, p := range f.parts[poolKey(e.price, x.series)] {
		switch {
		case p.since == since:
			parts = append(parts, p)
		case p.since < since && !e.price.startsAnew():
			before, counts = before.Add(p.quantity), true
		}
	}
	at := slices.IndexFunc(parts, func(p familyPart) bool { return p.account == x.bill.account.ID && p.start == st.start })
	if at < 0 {
		return false, fmt.Errorf("price %s is pooled, and the family does not have the usage from %d", e.price.ID, st.start)
	}
	t, c := &x.line.t, &x.line.charge
	c.Consumed = x.quantity(st.acc, st.start, st.end)
	t.Add(model.OpGiven, x.rowsNote(st.acc.rows), c.Consumed, model.Fact("quantity", c.Consumed))
	total := before
	weights := make([]money.Decimal, len(parts))
	for i := range parts {
		total = total.Add(parts[i].quantity)
		weights[i] = model.AboveZero(parts[i].quantity)
	}
	if sumOf(weights).IsZero() {
		weights[0] = money.One
	}
	rule, err := x.bill.lineRule(e.price, e.price.Currency)
	if err != nil {
		return true, err
	}
	amount, priced := x.pooledUpTo("metered of the account and its family", total, &rule)
	if counts {
		earlier, then := x.pooledUpTo("metered of them before this version of the price", before, &rule)
		amount, priced = t.Sub("the version costs the difference", model.In("total", amount), model.In("before", earlier)), priced.Sub(then)
	}
	c.Priced = partOf(priced, weights, at)
	return true, x.shareOf(amount, weights, at, &rule)
}

// pooledUpTo is what a quantity of the family costs at the price, rounded as a line is, and the quantity that was priced.
func (x *metering) pooledUpTo(note string, quantity money.Decimal, rule *schemas.RoundingRule) (amount model.Number, priced money.Decimal) {
	t, p := &x.line.t, x.entry.price
	q := t.Add(model.OpGiven, note, quantity, model.Fact("quantity", quantity))
	q = convertRound(t, q, p.Convert)
	if free := p.FreeQuantity; free != nil {
		q = allowFree(t, q, "the usage discount", model.Fact("free_quantity", *free))
	}
	if p.Allowance != nil {
		q = allowFree(t, q, "the allowance", model.Fact("allowance", p.Allowance.Quantity))
	}
	amount = x.priceFrom(q, &model.Usage{Quantity: q.V, Cost: q.V, Labels: x.series.group})
	return roundBy(t, model.In("exact", amount), rule), q.V
}

// partOf is the part with that place of a quantity at 18 places: the difference of rounded sums, so that all add up to it.
func partOf(q money.Decimal, weights []money.Decimal, at int) money.Decimal {
	of := sumOf(weights)
	upTo := func(n int) money.Decimal {
		return money.RoundTo(model.ShareRound(q, sumOf(weights[:n]), of), money.Scale, money.HalfEven)
	}
	return upTo(at + 1).Sub(upTo(at))
}

// shareOf makes the part with that place of a rounded amount the line's.
func (x *metering) shareOf(rounded model.Number, weights []money.Decimal, at int, rule *schemas.RoundingRule) error {
	places, _ := money.MinorUnits(x.entry.price.Currency)
	if rule.Places != nil {
		places = *rule.Places
	}
	places = max(places, -rounded.V.Exponent())
	shares, err := money.Allocate(rounded.V, weights, places)
	if err != nil {
		return err
	}
	x.line.amount = x.line.t.Add(model.OpShare, "the account's part of it, by quantity", shares[at],
		model.In("amount", rounded), model.Count("places", int64(places)), model.Count("part", int64(at+1)), model.Word("quantities", model.ListText(weights)))
	return nil
}
