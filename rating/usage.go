package rating

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// usage makes a line for each series and each stretch of time under one price, and findings of what has none.
func (b *bill) usage() error {
	order := b.tally.order[:0]
	for i := range b.tally.series {
		order = append(order, i)
	}
	b.tally.order = order
	slices.SortFunc(order, func(i, j int) int {
		x, y := &b.tally.series[i], &b.tally.series[j]
		if x.meter != y.meter {
			return x.meter - y.meter
		}
		return cmp.Compare(x.key, y.key)
	})
	b.findJoints()
	for _, i := range order {
		s := &b.tally.series[i]
		if s.meter < 0 {
			continue
		}
		err := b.rateSeries(s)
		if errors.Is(err, money.ErrOverflow) { // what is priced stays; what is not waits, and nothing else with it
			s.code, err = schemas.CodeTooLarge, nil
		}
		if err != nil {
			return err
		}
	}
	b.rateJoints()
	return b.suspend()
}

// stretch is a run of slices under one price: first and last of them, last excluded, with their rows, which may be those of
// the one slice itself.
type stretch struct {
	entry       *entry
	start, end  int64
	first, last int
	acc         *accumulator
}

// rateSeries prices one series, stretch by stretch.
func (b *bill) rateSeries(s *series) error {
	m := &b.plan.meters[s.meter]
	stretches, err := b.stretches(s, m)
	if err != nil {
		return err
	}
	var p progress
	var last *subscription
	seen := 0 // slices that the history has
	for i := range stretches {
		st := &stretches[i]
		for ; m.holdsOn() && seen < st.first; seen++ { // what changed a level while nothing was sold
			if err := p.history.take(m.Aggregation, &s.slices[seen]); err != nil {
				return err
			}
		}
		if st.entry.price.joint {
			if err := b.joinStretch(s, st); err != nil {
				return err
			}
			continue
		}
		seen = st.last
		if st.entry.sub != last || st.entry.price.startsAnew() {
			p.before, p.quantity, p.counts, p.granted = accumulator{}, money.Zero, false, nil
		}
		last = st.entry.sub
		more := i+1 < len(stretches)
		if m.measures(st, &p) {
			if err := b.rateStretch(s, m, st, &p, more); err != nil {
				return err
			}
		}
		if !more {
			break
		}
		p.granted = grant(p.granted, st)
		if err := p.history.take(m.Aggregation, st.acc); err != nil {
			return err
		}
	}
	return nil
}

// measures reports whether there is anything to price in a stretch: rows, a level that holds on, or an allowance that is another.
func (m *meter) measures(st *stretch, p *progress) bool {
	return st.acc.rows > 0 || m.CarryIn || m.Aggregation == schemas.AggregateTimeWeighted || m.holdsOn() && p.history.rows > 0 ||
		p.counts && m.additive() && st.entry.price.allowanceMoves()
}

// allowanceMoves reports whether what is left of the price's allowance for earlier usage of the period may be another in a
// later stretch, though nothing is used in it.
func (x *price) allowanceMoves() bool {
	return x.Allowance != nil && (x.Allowance.Prorate || x.Allowance.PerUnit || x.Allowance.Shared)
}

// rateStretch makes the line of one stretch, or notes on the series why there is none. more says that another stretch comes.
func (b *bill) rateStretch(s *series, m *meter, st *stretch, p *progress, more bool) error {
	l, code, err := b.usageLine(s, m, st, p)
	if err != nil {
		return err
	}
	if code != "" {
		s.code = code
		return nil
	}
	if st.acc.rows == 0 && l.amount.V.IsZero() && st.entry.price.allowanceMoves() && !m.CarryIn && m.Aggregation != schemas.AggregateTimeWeighted {
		return nil // the allowance is what it was
	}
	b.add(l)
	for k := st.first; k < st.last; k++ {
		s.priced[k] = l
	}
	if !more {
		return nil
	}
	p.counts = true
	return p.before.take(m.Aggregation, st.acc)
}

// stretches joins the slices of a series that one price takes, leaving out those that none takes. They are valid until the
// next series.
func (b *bill) stretches(s *series, m *meter) ([]stretch, error) {
	plan := b.tally.context.slicesOf(s.meter)
	if plan == nil {
		return nil, nil
	}
	out := b.tally.stretches[:0]
	for i := range s.slices {
		start, end := plan.starts[i], b.plan.end.UnixMicro()
		if i+1 < len(plan.starts) {
			end = plan.starts[i+1]
		}
		e := plan.find(start, s.group)
		if e == nil {
			continue
		}
		if n := len(out); n > 0 && out[n-1].end == start && out[n-1].entry.same(e) {
			out[n-1].end, out[n-1].last = end, i+1
			both := *out[n-1].acc
			if err := both.take(m.Aggregation, &s.slices[i]); err != nil {
				return nil, err
			}
			out[n-1].acc = &both
			continue
		}
		out = append(out, stretch{entry: e, start: start, end: end, first: i, last: i + 1, acc: &s.slices[i]})
	}
	b.tally.stretches = out
	return out, nil
}

// find returns the first entry that is in force at an instant and takes the group.
func (s *meterSlices) find(at int64, group []schemas.DimensionMatch) *entry {
	for i := range s.entries {
		e := &s.entries[i]
		if e.start <= at && at < e.end && e.takes(group) {
			return e
		}
	}
	return nil
}

func (e *entry) takes(group []schemas.DimensionMatch) bool {
	if !e.filtered {
		return true
	}
	for i := range e.price.Filters {
		if !e.price.Filters[i].Holds(model.LabelOf(group, e.price.Filters[i].Column)) {
			return false
		}
	}
	return true
}

// same reports whether two entries price alike, so that their slices are one line.
func (e *entry) same(f *entry) bool {
	return e.sub == f.sub && e.price == f.price && e.phase == f.phase &&
		(e.price.Allowance == nil || !e.price.Allowance.PerUnit || e.quantity.Equal(f.quantity))
}

// subscribed reports whether the account had, at an instant, an offering with any price for the meter.
func (b *bill) subscribed(meter int, at int64) bool {
	for i := range b.tally.context.subs {
		for _, seg := range b.tally.context.subs[i].segments {
			if seg.paused || seg.start.UnixMicro() > at || seg.end.UnixMicro() <= at {
				continue
			}
			if slices.ContainsFunc(seg.offering.prices, func(x *price) bool { return slices.Contains(x.meters, meter) }) {
				return true
			}
		}
	}
	return false
}

// usageLine prices one stretch. A code says why there is no line.
func (b *bill) usageLine(s *series, m *meter, st *stretch, p *progress) (*line, schemas.Code, error) {
	e := st.entry
	l := b.newLine(e.sub, e.price, e.phase, time.UnixMicro(st.start), time.UnixMicro(st.end))
	by := model.Model{Terms: &e.price.Terms, Policy: &e.price.policy, Texts: e.price.tiers}
	if e.price.tabled && !by.Prices(s.group) {
		return nil, schemas.CodeNoPrice, nil
	}
	if s.uncosted = uncosted(m, &e.price.Terms, st.acc); s.uncosted {
		return nil, schemas.CodeNoPrice, nil
	}
	x := metering{bill: b, series: s, meter: m, entry: e, line: l, model: &by}
	if code := x.convertCosts(); code != "" {
		return nil, code, nil
	}
	l.charge.Category, l.charge.Frequency = schemas.CategoryUsage, schemas.FrequencyUsageBased
	l.charge.Meter, l.charge.UsageRows = m.ID, st.acc.rows
	b.describe(l, s)
	if err := x.price(st, p); err != nil {
		return nil, "", err
	}
	l.charge.List = l.amount.V
	if code := b.toAccount(l); code != "" {
		return nil, code, nil
	}
	if st.acc.hasCost {
		cost, code := b.convertAmount(st.acc.cost.Decimal(), s.currency, l)
		if code != "" {
			return nil, code, nil
		}
		l.charge.PeerCost, l.charge.HasCost = cost, true
	}
	return l, tooLarge(&l.charge, l.amount.V), nil
}

// uncosted reports whether a price that asks what a peer charges has nothing to go by: no row has a cost, as those of our own
// meters have none, and no unit price stands beside it. What it would charge is no price, but nought.
func uncosted(m *meter, t *schemas.Terms, a *accumulator) bool {
	return costModel(t.Model) && t.UnitPrice == nil && !m.isCost() && a.rows > 0 && !a.hasCost
}

// mostDigits of a charge's money stand before the point, and most of a quantity. A slip in a price or quantity may come to
// more than a dataset holds, twenty, or let the sums of all accounts do so: then that charge waits, and nobody else's. The
// bound on money leaves room for such sums, and for hundred thousandfold what the largest bills are in the smallest currency.
const (
	mostMoneyDigits    = 15
	mostQuantityDigits = 20
)

// tooLarge returns a code if the amount of a charge, or what stands beside it, is beyond what is billed.
func tooLarge(c *schemas.Charge, amount money.Decimal) schemas.Code {
	fits := amount.Below(mostMoneyDigits) && c.List.Below(mostMoneyDigits) && c.PeerCost.Below(mostMoneyDigits) &&
		c.Consumed.Below(mostQuantityDigits) && c.Priced.Below(mostQuantityDigits) &&
		(c.UnitPrice == nil || c.UnitPrice.Below(mostQuantityDigits))
	if !fits {
		return schemas.CodeTooLarge
	}
	return ""
}

// newLine starts a charge of a price.
func (b *bill) newLine(sub *subscription, x *price, phase *schemas.Phase, start, end time.Time) *line {
	l := b.tally.line()
	l.price, l.sub, l.phase, l.tax = x, sub, phase, x.offering.tax
	l.t.Quiet, l.t.Room = b.plan.spec.Quiet, b.room
	l.charge = x.common.charge()
	c := &l.charge
	c.Account, c.Subscription, c.Start, c.End = b.account.ID, sub.ID, start.UTC(), end.UTC()
	return l
}

// pricingKind is the FOCUS PricingCategory of a model.
func pricingKind(m schemas.Model) schemas.PricingCategory {
	if m == schemas.ModelDynamic || costModel(m) {
		return schemas.PricingDynamic
	}
	return schemas.PricingStandard
}

// describe puts on a charge what all rows behind it have in common.
func (b *bill) describe(l *line, s *series) {
	c := &l.charge
	fill(&c.Service, s.labels[labelService])
	fill(&c.ServiceCategory, s.labels[labelCategory])
	fill(&c.SKU, schemas.SKU(s.labels[labelSKU]))
	fill(&c.SkuMeter, s.labels[labelSKUMeter])
	if s.meter >= 0 {
		fill(&c.SkuMeter, b.plan.meters[s.meter].Name)
	}
	fill(&c.Region, s.labels[labelRegion])
	fill(&c.Peer, schemas.PeerID(s.labels[labelPeer]))
	if len(s.group) == 0 {
		return
	}
	var buf [128]byte
	c.Group = b.room.Text(appendGroup(buf[:0], s.group))
}

// appendGroup appends the text by which charges name a meter's group.
func appendGroup(text []byte, group []schemas.DimensionMatch) []byte {
	for i, g := range group {
		if i > 0 {
			text = append(text, ", "...)
		}
		text = append(append(append(text, g.Column...), '='), g.Value...)
	}
	return text
}

func fill[T ~string](into *T, v T) {
	if *into == "" {
		*into = v
	}
}
