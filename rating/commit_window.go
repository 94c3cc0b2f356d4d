package rating

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// windowSpend is what a line charges up to the end of one window, in order of time, before discounts.
type windowSpend struct {
	start      int64
	cumulative money.Decimal
}

// commitWindow is the window by which a meter's usage is told for the commitments of the account that count it by window, empty
// where there are none: the shortest of theirs, of which the longer ones are made, and no longer than a day, on which commitments
// begin and end.
func (p *Plan) commitWindow(a *account, m *meter) (shortest schemas.Window) {
	if !m.spentByWindow() {
		return ""
	}
	for i := range a.Commitments {
		c := &a.Commitments[i]
		if c.Window == "" || !p.applies(&c.Validity) || len(c.Meters) > 0 && len(c.Offerings) == 0 && !slices.Contains(c.Meters, m.ID) {
			continue
		}
		w := c.Window
		if windowLength(w) > windowLength(schemas.WindowDay) {
			w = schemas.WindowDay
		}
		if shortest == "" || windowLength(w) < windowLength(shortest) {
			shortest = w
		}
	}
	return shortest
}

// spentIn is the first microsecond of the window that usage of an instant is spent in. Windows of commitments are on the clock of
// the provider, by which periods begin, so that a period holds whole ones; what came late is spent in the first.
func (p *Plan) spentIn(at int64, w schemas.Window) int64 {
	return max(windowStart(at, w, p.book.Zone), p.start.UnixMicro())
}

// spentByWindow reports whether a meter's usage can be told by window: it adds rows up, and has no windows of its own.
func (m *meter) spentByWindow() bool {
	return m.Window == "" && m.additive() && m.Aggregation != schemas.AggregateTimeWeighted
}

// checkWindow reports a commitment per window that names a meter whose usage no window holds: it would be charged as
// missing in full. A window as long as the period is none.
func (p *Plan) checkWindow(c *schemas.Commitment) error {
	if c.Window == schemas.WindowPeriod {
		return fmt.Errorf("commitment %s counts each period on its own: leave the window out", c.ID)
	}
	for i := range p.meters {
		if m := &p.meters[i]; c.Window != "" && slices.Contains(c.Meters, m.ID) && !m.spentByWindow() {
			return fmt.Errorf("commitment %s counts each %s on its own, but meter %s measures a level or has windows: leave the window or the meter out", c.ID, c.Window, m.ID)
		}
	}
	return nil
}

// commitWindows lists the windows of all meters; nil where the account has no commitment per window.
func (p *Plan) commitWindows(a *account) map[*meter]schemas.Window {
	if !slices.ContainsFunc(a.Commitments, func(c schemas.Commitment) bool { return c.Window != "" }) {
		return nil
	}
	out := map[*meter]schemas.Window{}
	for i := range p.meters {
		if w := p.commitWindow(a, &p.meters[i]); w != "" {
			out[&p.meters[i]] = w
		}
	}
	return out
}

// applies reports whether an entry of the book was known and is in force on some day of the period.
func (p *Plan) applies(v *schemas.Validity) bool {
	return v.Known(p.spec.AsOf) && (v.To.IsZero() || p.day(p.start).Before(v.To)) && p.day(p.end).After(v.From)
}

// byWindow prices a stretch window by window, for a commitment that counts each on its own: what all usage up to the end
// of a window costs.
func (x *metering) byWindow(st *stretch, p *progress) {
	if x.bill.tally.context.commitWindow(x.meter) == "" {
		return
	}
	loud := x.line.t
	x.line.t = model.Trail{Quiet: true}
	defer func() { x.line.t = loud }()
	upTo, none := p.before, money.Zero
	if p.counts {
		none = x.upTo(&upTo, p.quantity, p.without(st), nil, "").V
	}
	own := accumulator{}
	for _, start := range slices.Sorted(maps.Keys(st.acc.windows)) {
		w := *st.acc.windows[start]
		w.windows = nil
		if own.take(x.meter.Aggregation, &w) != nil || upTo.take(x.meter.Aggregation, &w) != nil {
			return // the sum of the slice is larger still, and was refused
		}
		metered := p.quantity.Add(own.quantity(&x.meter.Meter, x.meter.Aggregation, span{}))
		cost := x.upTo(&upTo, metered, p.with(st), nil, "").V
		x.line.windows = append(x.line.windows, windowSpend{start, cost.Sub(none)})
	}
}

// spends adds up what the lines in a commitment's scope charge in each of its windows, in order, as far as it is in force then.
// Discounts count in proportion.
func (b *bill) spends(c *schemas.Commitment) []money.Decimal {
	part := b.validPart(&c.Validity)
	by := map[int64]money.Decimal{}
	for _, l := range b.lines {
		n := len(l.windows)
		if n == 0 || !scoped(c.Offerings, c.Meters, &l.charge) {
			continue
		}
		from, total := money.Zero, l.windows[n-1].cumulative
		if total.IsZero() {
			continue
		}
		for _, w := range l.windows {
			if at := time.UnixMicro(w.start); !at.Before(part.From) && at.Before(part.To) {
				in := b.plan.spentIn(w.start, c.Window)
				by[in] = by[in].Add(model.PartRound(l.amount.V, from, w.cumulative, total))
			}
			from = w.cumulative
		}
	}
	out := make([]money.Decimal, 0, len(by))
	for _, start := range slices.Sorted(maps.Keys(by)) {
		out = append(out, by[start])
	}
	return out
}

// commitWindows adds the lines of a commitment per window: the overage of the windows above it, and what the others lack.
func (b *bill) commitWindows(c *schemas.Commitment, sold []*line) {
	spends := b.spends(c)
	windows := windowCount(b.validPart(&c.Validity), c.Window)
	factor := money.One
	if c.OverageFactor != nil {
		factor = *c.OverageFactor
	}
	for _, kind := range [2]string{model.OpOverage, model.OpTrueUp} {
		l := b.committed(c)
		l.tax = b.taxLike(sold, c)
		l.charge.Category, l.charge.PricingKind, l.charge.Model = schemas.CategoryPurchase, schemas.PricingCommitted, kind
		if kind == model.OpOverage {
			l.charge.Description = fmt.Sprintf("Overage above commitment %s per %s", c.ID, c.Window)
			l.amount = l.t.Add(model.OpOverage, "the windows above the commitment, by what the factor adds", model.Overage(c.Amount, factor, spends),
				model.Fact("commitment", c.Amount), model.Fact("factor", factor), model.Word("spends", model.ListText(spends)))
		} else if c.TrueUp {
			l.charge.Description = fmt.Sprintf("True-up to commitment %s per %s", c.ID, c.Window)
			l.amount = l.t.Add(model.OpTrueUp, "what the windows lack to the commitment", model.TrueUp(c.Amount, windows, spends),
				model.Fact("commitment", c.Amount), model.Count("windows", windows), model.Word("spends", model.ListText(spends)))
		}
		if !l.amount.V.IsZero() {
			l.charge.List = l.amount.V
			b.add(l)
		}
	}
}

// windowCount is how many windows a stretch of time has.
func windowCount(p Part, w schemas.Window) int64 {
	switch w {
	case schemas.WindowDay:
		return int64(CivilDays(p.From, p.To, p.Zone))
	case schemas.WindowMonth, schemas.WindowPeriod:
		return int64(max(1, monthsBetween(schemas.DateOf(p.From, p.Zone), schemas.DateOf(p.To, p.Zone))))
	case schemas.WindowSecond, schemas.WindowMinute, schemas.WindowHour:
	}
	length := windowLength(w)
	return int64((p.To.Sub(p.From) + length - time.Nanosecond) / length)
}
