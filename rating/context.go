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
	windows map[*meter]schemas.Window
	plan    *Plan
	// own is how many of subs come before those to included offerings; all, where the two are mixed.
	own int
	// meters are filled for those that were asked for, which have the stamp of the account: a catalogue has thousands, and an
	// account uses a few. made are all slices that were ever made, of which so many are used.
	meters []stampedSlices
	stamp  int
	made   []*meterSlices
	used   int
	// common is true of an account that has nothing but the included offerings: what is said here of it holds for the next
	// such account, too.
	common bool
	// periodic and bounded are those of subs that may have recurring prices, and a minimum or maximum; discounted says that any
	// may have discounts.
	periodic, bounded []int
	discounted        bool
	// sweep is what swept returned, once it was asked.
	sweep   []int
	isSwept bool
}

type stampedSlices struct {
	stamp  int
	slices *meterSlices // nil where the account has no price for the meter
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
	// since names in words the change from which on it is so; empty where there was none or it has no name.
	since string
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
	filtered   bool // the price has filters
}

// slicesOf returns the stretches of one meter, or nil where the account has no price for it.
func (c *context) slicesOf(meter int) *meterSlices {
	if meter < 0 || len(c.subs) == 0 {
		return nil
	}
	if c.meters == nil {
		c.meters = make([]stampedSlices, len(c.plan.meters))
	}
	x := &c.meters[meter]
	if x.stamp != c.stamp {
		*x = stampedSlices{c.stamp, c.sliceMeter(meter)}
	}
	return x.slices
}

// commitWindow is the window by which a commitment counts a meter's usage, or empty.
func (c *context) commitWindow(m *meter) schemas.Window {
	if c.windows == nil {
		return ""
	}
	return c.windows[m]
}

// begin gathers what the book says of an account, nil for one that it does not know, in the memory of the account before.
func (c *context) begin(p *Plan, a *account) {
	if c.common && a != nil && len(a.Subscriptions) == 0 {
		c.zone, c.windows = a.zone, p.commitWindows(a)
		for i := range c.subs {
			c.subs[i].account = a
		}
		return
	}
	*c = context{
		subs: c.subs[:0], meters: c.meters, stamp: c.stamp + 1, made: c.made, sweep: c.sweep[:0],
		periodic: c.periodic[:0], bounded: c.bounded[:0],
	}
	if a != nil {
		c.fill(p, a)
		c.common = len(a.Subscriptions) == 0
	}
}

// fill gathers it anew.
func (c *context) fill(p *Plan, a *account) {
	c.zone, c.windows, c.plan = a.zone, p.commitWindows(a), p
	mixed := false
	for i := range a.Subscriptions {
		s := &a.Subscriptions[i]
		if !known(s.KnownSince, p.spec.AsOf) {
			continue
		}
		sub := subscription{Subscription: s, account: a, prices: a.overrides[i]}
		sub.segments = p.timeline(&sub, p.start, p.end)
		c.subs = append(c.subs, sub)
		mixed = mixed || s.ID == ""
	}
	c.own = len(c.subs)
	defer c.mark()
	for i := range p.included {
		in := &p.included[i]
		c.subs = append(c.subs, subscription{Subscription: &in.subscription, account: a, segments: in.segments[:]})
	}
	if c.own == 0 {
		return
	}
	if mixed {
		c.own = len(c.subs)
	}
	// Of two subscriptions that could take the same usage the one that began first does.
	slices.SortStableFunc(c.subs, func(a, b subscription) int {
		return cmp.Or(boolCompare(a.ID == "", b.ID == ""), a.Start.Compare(b.Start), cmp.Compare(a.ID, b.ID))
	})
}

// mark notes what the subscriptions have besides prices of usage: most have nothing, and every account asks.
func (c *context) mark() {
	c.discounted = c.plan.discounted
	for i := range c.subs {
		sub := &c.subs[i]
		c.discounted = c.discounted || len(sub.Discounts)+len(sub.Phases)+len(sub.prices) > 0
		if o := c.plan.offerings[sub.Offering]; o == nil || len(o.periodic)+len(sub.prices)+len(sub.Changes) > 0 {
			c.periodic = append(c.periodic, i)
		}
		if sub.Minimum != nil || sub.Maximum != nil || len(sub.prices) > 0 || slices.ContainsFunc(sub.segments, segment.isBounded) {
			c.bounded = append(c.bounded, i)
		}
	}
}

// isBounded reports whether the offering or a price of it has a minimum or a maximum.
func (s segment) isBounded() bool {
	return s.offering.Minimum != nil || s.offering.Maximum != nil || len(s.offering.bounded) > 0
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

// sliceMeter collects the prices of a meter and where they begin and end.
func (c *context) sliceMeter(meter int) *meterSlices {
	p := c.plan
	if c.used == len(c.made) {
		c.made = append(c.made, &meterSlices{})
	}
	s := c.made[c.used]
	s.meter, s.starts, s.entries = meter, append(s.starts[:0], p.start.UnixMicro()), s.entries[:0]
	for i := range c.subs[:c.own] {
		c.enter(s, &c.subs[i])
	}
	if c.own < len(c.subs) {
		for _, i := range p.includedFor[meter] {
			c.enter(s, &c.subs[c.own+i])
		}
	}
	if len(s.entries) == 0 {
		return nil
	}
	c.used++
	for _, e := range s.entries {
		for _, at := range [2]int64{e.start, e.end} {
			if at > p.start.UnixMicro() && at < p.end.UnixMicro() {
				s.starts = append(s.starts, at)
			}
		}
	}
	slices.Sort(s.starts)
	s.starts = slices.Compact(s.starts)
	return s
}

// enter adds the prices of a subscription to the slices of a meter.
func (c *context) enter(s *meterSlices, sub *subscription) {
	for i := range sub.segments {
		seg := &sub.segments[i]
		if seg.paused {
			continue
		}
		for _, x := range sub.prices { // they go before those that they do not replace
			if slices.Contains(x.meters, s.meter) {
				s.entries = c.plan.appendEntries(s.entries, sub, seg, x)
			}
		}
		for _, x := range seg.offering.metered[s.meter] {
			s.entries = c.plan.appendEntries(s.entries, sub, seg, x)
		}
	}
}

// swept lists, in order, the meters with prices that have something to do without usage, too: joint prices, and
// allowances that roll over.
func (c *context) swept() []int {
	if c.isSwept {
		return c.sweep
	}
	out := c.sweep[:0]
	for i := range c.subs {
		sub := &c.subs[i]
		for _, seg := range sub.segments {
			out = append(out, seg.offering.swept...)
		}
		out = append(out, sweep(sub.prices)...)
	}
	slices.Sort(out)
	c.sweep, c.isSwept = slices.Compact(out), true
	return c.sweep
}

// sweep lists the meters of prices for context.swept.
func sweep(prices []*price) (meters []int) {
	for _, x := range prices {
		if x.joint || x.Allowance != nil && x.Allowance.Rollover != 0 {
			meters = append(meters, x.meters...)
		}
	}
	return meters
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
