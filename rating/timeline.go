package rating

import (
	"slices"
	"time"

	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// timeline cuts the life of a subscription between two instants into segments in which nothing about it changes.
// Segments adjoin; a subscription that has not begun or has ended has none.
func (p *Plan) timeline(sub *subscription, from, to time.Time) []segment {
	zone := sub.account.zone
	begin, end := sub.Start.Time(zone), p.lastEnd(sub)
	if end.IsZero() {
		end = to
	}
	state := segment{offering: p.offerings[sub.Offering], quantity: quantityOrOne(sub.Quantity), start: begin}
	cuts := p.cutsOf(sub)
	var out []segment
	phases := phasesOf(sub, begin)
	emit := func(until time.Time) {
		for _, ph := range phases {
			s := state
			s.start = later(later(state.start, ph.start), from)
			s.end = earlier(earlier(until, end), to)
			if !ph.end.IsZero() {
				s.end = earlier(s.end, ph.end)
			}
			s.phase = ph.phase
			if s.start.Before(s.end) && s.offering != nil {
				out = append(out, s)
			}
		}
		state.start = until
	}
	for _, cut := range cuts {
		emit(cut.at)
		if state.since = ""; cut.ID != "" {
			state.since = " since change " + cut.ID
		}
		switch cut.Kind {
		case schemas.ChangeQuantity:
			state.quantity = quantityOrOne(cut.Quantity)
		case schemas.ChangePlan:
			state.offering = p.offerings[cut.Offering]
			if cut.Quantity != nil {
				state.quantity = *cut.Quantity
			}
		case schemas.ChangePause:
			state.paused = true
		case schemas.ChangeResume:
			state.paused = false
		case schemas.ChangeCancel:
			return out
		}
	}
	emit(to)
	return out
}

// lastEnd is the first instant at which a subscription is over for all of its prices, or zero.
func (p *Plan) lastEnd(sub *subscription) time.Time {
	if sub.End.IsZero() {
		return time.Time{}
	}
	inclusive := func(x *price) bool { return x.policy.TerminationDay == schemas.TerminationInclusive }
	some := p.policy.TerminationDay == schemas.TerminationInclusive || slices.ContainsFunc(sub.prices, inclusive)
	if o := p.offerings[sub.Offering]; o != nil {
		some = some || slices.ContainsFunc(o.prices, inclusive)
	}
	for i := range sub.Changes {
		if o := p.offerings[sub.Changes[i].Offering]; o != nil {
			some = some || slices.ContainsFunc(o.prices, inclusive)
		}
	}
	if some {
		return sub.End.AddDays(1).Time(sub.account.zone)
	}
	return sub.End.Time(sub.account.zone)
}

// endOf is the first instant at which a subscription is over for a price, or zero.
func (p *Plan) endOf(sub *subscription, x *price) time.Time {
	end := sub.End
	if !end.IsZero() && x.policy.TerminationDay == schemas.TerminationInclusive {
		end = end.AddDays(1)
	}
	return end.Time(sub.account.zone)
}

func quantityOrOne(q *money.Decimal) money.Decimal {
	if q == nil {
		return money.One
	}
	return *q
}

// cut is a change with its instant.
type cut struct {
	*schemas.Change
	at time.Time
}

// cutsOf lists the changes that were known, in order of time; of one instant, in the order of the book.
func (p *Plan) cutsOf(sub *subscription) []cut {
	var out []cut
	for i := range sub.Changes {
		c := &sub.Changes[i]
		if !known(c.KnownSince, p.spec.AsOf) {
			continue
		}
		at := c.On.Time(sub.account.zone)
		if second, err := model.ClockSeconds(c.Time); err == nil {
			y, m, d := c.On.Date()
			at = time.Date(y, m, d, 0, 0, int(second), 0, sub.account.zone)
		}
		if c.Effect == schemas.EffectNextPeriod {
			at = p.nextStart(sub, at)
		}
		out = append(out, cut{c, at})
	}
	slices.SortStableFunc(out, func(a, b cut) int { return a.at.Compare(b.at) })
	return out
}

// nextStart is the first recurring month of a subscription that begins at or after an instant.
func (p *Plan) nextStart(sub *subscription, at time.Time) time.Time {
	anchor := sub.Anchor
	if anchor.IsZero() {
		anchor = p.day(p.start)
	}
	day := schemas.DateOf(at, sub.account.zone)
	n := monthsBetween(anchor, day)
	for n--; ; n++ {
		if start := anchor.AddMonths(n).Time(sub.account.zone); !start.Before(at) {
			return start
		}
	}
}

// monthsBetween is the difference of two days in calendar months, without regard to the day.
func monthsBetween(from, to schemas.Date) int {
	y1, m1, _ := from.Date()
	y2, m2, _ := to.Date()
	return (y2-y1)*12 + int(m2) - int(m1)
}

// phaseSpan is a phase with its stretch of time; a zero end is for good.
type phaseSpan struct {
	phase      *schemas.Phase
	start, end time.Time
}

// phasesOf lays the phases of a subscription one after the other. What follows the last has none.
func phasesOf(sub *subscription, begin time.Time) []phaseSpan {
	var out []phaseSpan
	day := sub.Start
	at := begin
	for i := range sub.Phases {
		ph := &sub.Phases[i]
		next := day.AddMonths(ph.Months).AddDays(ph.Days)
		if next == day {
			return append(out, phaseSpan{ph, at, time.Time{}})
		}
		out = append(out, phaseSpan{ph, at, next.Time(sub.account.zone)})
		day, at = next, next.Time(sub.account.zone)
	}
	return append(out, phaseSpan{nil, at, time.Time{}})
}
