package rating

import (
	"slices"
	"time"

	"daybook/schemas"
)

// pricesOf lists the prices under which a subscription buys an offering, the overrides that were agreed for it first. When each
// is in force, Plan.inForce says.
func (s *subscription) pricesOf(o *offering) []*price {
	if len(s.prices) == 0 {
		return o.prices
	}
	return slices.Concat(s.prices, o.prices)
}

// replaces reports whether an override stands, while it is in force, in the place of a price of its offering: it has the same
// identifier, or takes all of the same meter.
func (x *price) replaces(other *price) bool {
	return x.offering == other.offering && (x.ID == other.ID || other.meter >= 0 && x.meter == other.meter && len(x.Filters) == 0)
}

// appendEntries appends the parts of a segment in which a price is in force.
func (p *Plan) appendEntries(to []entry, sub *subscription, seg *segment, x *price) []entry {
	if len(x.meters) == 0 || x.offering != seg.offering {
		return to
	}
	var few [2]stretchOfTime
	for _, at := range p.inForce(few[:0], sub, x, seg.phase, seg.start, seg.end) {
		e := entry{sub: sub, price: x, quantity: seg.quantity, phase: seg.phase, start: at.start.UnixMicro(), end: at.end.UnixMicro()}
		e.filtered = len(x.Filters) > 0
		to = append(to, e)
	}
	return to
}

// inForce appends the stretches, within one of a subscription in a phase, in which a price is in force: the days that it says, the
// last as its policy does, without those on which an override is in force in its place.
func (p *Plan) inForce(to []stretchOfTime, sub *subscription, x *price, phase *schemas.Phase, start, end time.Time) []stretchOfTime {
	if !inPhase(x, phase) {
		return to
	}
	if over := p.endOf(sub, x); !over.IsZero() {
		end = earlier(end, over)
	}
	if start, end = p.within(x, start, end); !start.Before(end) {
		return to
	}
	first := len(to)
	to = append(to, stretchOfTime{start, end})
	if slices.Contains(sub.prices, x) {
		return to
	}
	for _, y := range sub.prices {
		if y.replaces(x) && inPhase(y, phase) {
			from, until := p.within(y, start, end)
			to = without(to, first, from, until)
		}
	}
	return to
}

// within cuts a stretch to the days on which a price is in force.
func (p *Plan) within(x *price, start, end time.Time) (time.Time, time.Time) {
	if from := x.Validity.From; !from.IsZero() {
		start = later(start, from.Time(p.book.Zone))
	}
	if to := x.Validity.To; !to.IsZero() {
		end = earlier(end, to.Time(p.book.Zone))
	}
	return start, end
}

// without takes what lies between two instants out of the stretches of a list from one on, which are in order.
func without(list []stretchOfTime, first int, from, until time.Time) []stretchOfTime {
	if !from.Before(until) {
		return list
	}
	for i := first; i < len(list); i++ {
		whole := list[i]
		before, after := stretchOfTime{whole.start, earlier(whole.end, from)}, stretchOfTime{later(whole.start, until), whole.end}
		switch left, right := before.start.Before(before.end), after.start.Before(after.end); {
		case left && right:
			list[i] = before
			list = slices.Insert(list, i+1, after)
			i++
		case left:
			list[i] = before
		case right:
			list[i] = after
		default:
			list = slices.Delete(list, i, i+1)
			i--
		}
	}
	return list
}
