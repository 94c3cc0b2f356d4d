package rating

import (
	"cmp"
	"slices"
	"time"

	"daybook/schemas"
	"daybook/schemas/money"
)

// context is what the book says of one account in the period: its subscriptions cut into segments, and for each meter
// the prices that apply, cut into slices.
type context struct {
	zone *time.Location
	subs []subscription
	// windows are those by which commitments count the usage of meters, by meter; nil for an account without any.
	windows map[*schemas.Meter]schemas.Window
	meters  []meterSlices // sorted by meter
}

// subscription is a subscription with the segments of its life.
type subscription struct {
	*schemas.Subscription
	account  *account
	segments []segment
	prices   []*price // overrides, compiled
}

// segment is a stretch of a subscription in which nothing about it changes.
type segment struct {
	start, end time.Time
	offering   *offering
	quantity   money.Decimal
	phase      *schemas.Phase
	paused     bool
}

// meterSlices are the stretches of the period that one meter's usage is divided into.
type meterSlices struct {
	meter   int
	starts  []int64 // microseconds; the first is before all usage
	entries []entry
}

// entry is one price that may take the usage of a meter for a while.
type entry struct {
	sub        *subscription
	price      *price
	quantity   money.Decimal
	phase      *schemas.Phase
	start, end int64
}

// sliceCount is how many slices the meter's usage has; at least one.
func (c *context) sliceCount(meter int) int {
	if s := c.slicesOf(meter); s != nil {
		return len(s.starts)
	}
	return 1
}

func (c *context) slicesOf(meter int) *meterSlices {
	if i, ok := slices.BinarySearchFunc(c.meters, meter, func(s meterSlices, m int) int { return s.meter - m }); ok {
		return &c.meters[i]
	}
	return nil
}

// commitWindow is the window by which a commitment counts a meter's usage, or empty.
func (c *context) commitWindow(m *meter) schemas.Window {
	if c.windows == nil {
		return ""
	}
	return c.windows[m.Meter]
}

// sliceAt is the slice that holds an instant.
func (c *context) sliceAt(meter int, at int64) int {
	if meter < 0 || len(c.meters) == 0 {
		return 0
	}
	s := c.slicesOf(meter)
	if s == nil || len(s.starts) == 1 {
		return 0
	}
	i, found := slices.BinarySearch(s.starts, at)
	if !found {
		i--
	}
	return max(i, 0)
}

// contextOf gathers what the book says of an account.
func (p *Plan) contextOf(a *account) context {
	c := context{zone: a.zone, windows: p.commitWindows(a)}
	for i := range a.Subscriptions {
		s := &a.Subscriptions[i]
		if !known(s.KnownSince, p.spec.AsOf) {
			continue
		}
		sub := subscription{Subscription: s, account: a, prices: a.overrides[i]}
		sub.segments = p.timeline(&sub, p.start, p.end)
		c.subs = append(c.subs, sub)
	}
	for _, o := range p.included {
		s := &schemas.Subscription{Offering: o.ID}
		sub := subscription{Subscription: s, account: a}
		sub.segments = []segment{{start: p.start, end: p.end, offering: o, quantity: money.One}}
		c.subs = append(c.subs, sub)
	}
	// Of two subscriptions that could take the same usage the one that began first does.
	slices.SortStableFunc(c.subs, func(a, b subscription) int {
		return cmp.Or(boolCompare(a.ID == "", b.ID == ""), a.Start.Compare(b.Start), cmp.Compare(a.ID, b.ID))
	})
	p.sliceMeters(&c)
	return c
}

func boolCompare(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// sliceMeters collects the prices of every meter and where they begin and end.
func (p *Plan) sliceMeters(c *context) {
	by := map[int][]entry{}
	for i := range c.subs {
		sub := &c.subs[i]
		for _, seg := range sub.segments {
			if seg.paused {
				continue
			}
			for _, x := range sub.pricesOf(seg.offering) {
				if e, ok := p.entryOf(sub, seg, x); ok {
					for _, m := range x.meters {
						by[m] = append(by[m], e)
					}
				}
			}
		}
	}
	for m, entries := range by {
		s := meterSlices{meter: m, entries: entries, starts: []int64{p.start.UnixMicro()}}
		for _, e := range entries {
			for _, at := range [2]int64{e.start, e.end} {
				if at > p.start.UnixMicro() && at < p.end.UnixMicro() {
					s.starts = append(s.starts, at)
				}
			}
		}
		slices.Sort(s.starts)
		s.starts = slices.Compact(s.starts)
		c.meters = append(c.meters, s)
	}
	slices.SortFunc(c.meters, func(a, b meterSlices) int { return a.meter - b.meter })
}

// pricesOf lists the prices under which a subscription buys an offering: an override replaces the price of the same
// identifier, or the same meter.
func (s *subscription) pricesOf(o *offering) []*price {
	if len(s.prices) == 0 {
		return o.prices
	}
	out := slices.Clone(s.prices)
	for _, x := range o.prices {
		replaced := slices.ContainsFunc(s.prices, func(y *price) bool {
			return y.ID == x.ID || x.meter >= 0 && y.meter == x.meter && len(y.Filters) == 0
		})
		if !replaced {
			out = append(out, x)
		}
	}
	return out
}

// entryOf is the part of a segment in which a price is in force.
func (p *Plan) entryOf(sub *subscription, seg segment, x *price) (entry, bool) {
	if len(x.meters) == 0 || !inPhase(x, seg.phase) {
		return entry{}, false
	}
	start, end := p.inForce(x, seg.start, seg.end)
	e := entry{sub: sub, price: x, quantity: seg.quantity, phase: seg.phase, start: start.UnixMicro(), end: end.UnixMicro()}
	return e, e.start < e.end
}

// inForce cuts a stretch to the days on which a price is in force.
func (p *Plan) inForce(x *price, start, end time.Time) (time.Time, time.Time) {
	if from := x.Validity.From; !from.IsZero() {
		start = later(start, from.Time(p.book.Zone))
	}
	if to := x.Validity.To; !to.IsZero() {
		end = earlier(end, to.Time(p.book.Zone))
	}
	return start, end
}

func inPhase(x *price, phase *schemas.Phase) bool {
	return x.Phase == "" || phase != nil && phase.Name == x.Phase
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// known reports whether what was decided on a day was known on asOf; no asOf is now.
func known(since, asOf schemas.Date) bool { return schemas.Validity{KnownSince: since}.Known(asOf) }
