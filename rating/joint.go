package rating

import (
	"fmt"
	"slices"
	"time"

	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// joint is what one price that measures several meters collects: a capacity over storage and bandwidth, blocks of two
// units. It prices its whole stretch at once; a price change begins another.
type joint struct {
	entry entry
	uses  []jointUse // by position in the price's meters
	rows  int64
	costs []jointCost
	line  *line
	held  []heldSlice
}

// heldSlice is a slice of a series whose rows the joint line holds.
type heldSlice struct {
	series *series
	slice  int
}

// jointUse is what a joint price takes of one meter: what its rows add up to, or the levels of each of its series.
type jointUse struct {
	acc    accumulator
	levels []jointLevel
}

// jointLevel is the level of one series, with all that changed it up to the end of the last stretch that was taken.
type jointLevel struct {
	series *series
	acc    accumulator
}

type jointCost struct {
	currency money.Currency
	amount   money.Decimal
}

// findJoints lists the joint prices of the account's period in a fixed order. A capacity is due without usage, too.
func (b *bill) findJoints() {
	for _, m := range b.tally.context.swept() {
		s := b.tally.context.slicesOf(m)
		for j := 0; s != nil && j < len(s.entries); j++ {
			e := &s.entries[j]
			if e.price.joint && b.jointOf(e) == nil {
				l := b.newLine(e.sub, e.price, e.phase, time.UnixMicro(e.start), time.UnixMicro(e.end))
				b.joints = append(b.joints, &joint{entry: *e, uses: make([]jointUse, len(e.price.meters)), line: l})
			}
		}
	}
}

func (b *bill) jointOf(e *entry) *joint {
	for _, j := range b.joints {
		if j.entry.sub == e.sub && j.entry.price == e.price && j.entry.phase == e.phase && j.entry.start <= e.end && e.start <= j.entry.end {
			j.entry.start, j.entry.end = min(j.entry.start, e.start), max(j.entry.end, e.end)
			return j
		}
	}
	return nil
}

// joinStretch hands a stretch of one meter to its joint price.
func (b *bill) joinStretch(s *series, st *stretch) error {
	j := b.jointOf(st.entry)
	if j == nil {
		return nil
	}
	m := &b.plan.meters[s.meter]
	for k, at := range j.entry.price.meters {
		if at == s.meter {
			if err := j.uses[k].take(m, s, st); err != nil {
				return err
			}
		}
	}
	j.rows += st.acc.rows
	if st.acc.hasCost {
		j.costs = append(j.costs, jointCost{s.currency, st.acc.cost.Decimal()})
	}
	for k := st.first; k < st.last; k++ {
		s.priced[k] = j.line
		j.held = append(j.held, heldSlice{s, k})
	}
	return nil
}

// take adds a stretch of a series. What went on before the stretch counts for the level at which that begins, also where nothing
// was sold then.
func (u *jointUse) take(m *meter, s *series, st *stretch) error {
	if !m.holdsOn() {
		return u.acc.merge(m.Aggregation, st.acc)
	}
	var all accumulator
	for k := range s.slices[:st.last] {
		if err := all.take(m.Aggregation, &s.slices[k]); err != nil {
			return err
		}
	}
	if i := slices.IndexFunc(u.levels, func(l jointLevel) bool { return l.series == s }); i >= 0 {
		u.levels[i].acc = all
		return nil
	}
	u.levels = append(u.levels, jointLevel{s, all})
	return nil
}

// rateJoints makes a line of each joint price.
func (b *bill) rateJoints() {
	for _, j := range b.joints {
		x, l := j.entry.price, j.line
		l.charge.Start, l.charge.End = time.UnixMicro(j.entry.start).UTC(), time.UnixMicro(j.entry.end).UTC()
		l.charge.Category, l.charge.Frequency, l.charge.UsageRows = schemas.CategoryUsage, schemas.FrequencyUsageBased, j.rows
		u := b.jointUsage(j)
		by := model.Model{Terms: &x.Terms, Policy: &x.policy}
		l.amount = by.Price(&l.t, &u)
		if x.Terms.Model == schemas.ModelCapacity {
			part := Part{From: l.charge.Start, To: l.charge.End, Start: b.plan.start, End: b.plan.end, Zone: b.account.zone}
			l.amount = prorate(&l.t, l.amount, x.Prorate, part)
		} else if j.rows == 0 {
			continue
		}
		l.charge.List = l.amount.V
		if code := b.jointCosts(l, j); code != "" {
			for _, h := range j.held {
				h.series.priced[h.slice], h.series.code = nil, code
			}
			continue
		}
		b.add(l)
	}
}

// jointUsage aggregates each meter of a joint price.
func (b *bill) jointUsage(j *joint) model.Usage {
	var u model.Usage
	t := &j.line.t
	for k, at := range j.entry.price.meters {
		m := &b.plan.meters[at]
		s := span{start: j.entry.start, end: j.entry.end, whole: b.plan.end.UnixMicro() - b.plan.start.UnixMicro()}
		use := &j.uses[k]
		q, rows := use.acc.aggregate(&m.Meter, s), use.acc.rows
		for i := range use.levels {
			l := &use.levels[i]
			s.carried = b.levelsOf(l.series, m)
			q, rows = q.Add(l.acc.aggregate(&m.Meter, s)), rows+l.acc.rows
		}
		t.Add(model.OpGiven, fmt.Sprintf("metered %s from %d rows", m.ID, rows), q, model.Fact("quantity", q))
		u.Units = append(u.Units, model.UnitQuantity{Unit: string(m.ID), Quantity: q})
	}
	return u
}

// jointCosts puts a joint line and the peers' cost of its rows into the account's currency. A code says why there is no line.
func (b *bill) jointCosts(l *line, j *joint) schemas.Code {
	if code := b.toAccount(l); code != "" {
		return code
	}
	for _, c := range j.costs {
		cost, code := b.convertAmount(c.amount, c.currency, l)
		if code != "" {
			return code
		}
		l.charge.PeerCost, l.charge.HasCost = l.charge.PeerCost.Add(cost), true
	}
	return tooLarge(&l.charge, l.amount.V)
}
