package model

import (
	"math/bits"
	"time"

	"daybook/schemas"
	"daybook/schemas/money"
)

// Point is one row that an aggregation has to keep: a level change, a sample or an event.
type Point struct {
	At, End int64
	Value   money.Fixed
	ID      string
}

// EventKernel is a price of events compiled for the hot path: it prices the rows of a meter one by one in 128-bit and
// whole numbers, without steps and without allocating, and gives what Price gives. Sessions have whole seconds there, as
// nearly all have; those that do not go the way of Price.
type EventKernel struct {
	model schemas.Model

	// Of percentage. A free amount or number of events that is not there is nil.
	factor, fixed money.Fixed
	least, most   *money.Wide
	freeEvents    *int64
	freeAmount    *money.Fixed

	// Of elapsed_bands and time_of_day.
	connect money.Decimal
	bands   []wholeBand
	week    [7][]daySpan // by day of the week, from Sunday
}

// wholeBand is a band whose start and increment are whole seconds.
type wholeBand struct {
	start, increment int64
	rate, per        money.Decimal
}

// daySpan is a stretch of a day that one band holds, up to a second of that day.
type daySpan struct {
	until int64
	band  int
}

// bandUse is the time that a band holds, each piece of it rounded up to the increment.
type bandUse struct {
	seconds int64
	used    bool
}

const (
	mostSeconds = 1 << 32 // of one session
	mostEvents  = 1 << 26 // of one charge, so that their sum stays within 63 bits
	mostBands   = 8
)

// CompileEvents returns the kernel of checked terms, or nil where there is none: for other models, numbers beyond 18
// places, and bands that do not begin and step at whole seconds.
func CompileEvents(terms *schemas.Terms) *EventKernel {
	k := &EventKernel{model: terms.Model, connect: OrZero(terms.ConnectFee)}
	ok := false
	switch terms.Model {
	case schemas.ModelPercentage:
		ok = k.compilePercentage(terms)
	case schemas.ModelElapsedBands:
		ok = len(terms.ElapsedBands) <= mostBands
		for _, b := range terms.ElapsedBands {
			ok = ok && k.addBand(b.StartSeconds, b.IncrementSeconds, b.Rate, b.RateSeconds)
		}
	case schemas.ModelTimeOfDay:
		ok = len(terms.DayBands) <= mostBands
		for _, b := range terms.DayBands {
			ok = ok && k.addBand(money.Zero, b.IncrementSeconds, b.Rate, b.RateSeconds)
		}
		k.compileWeek(clockBands(terms.DayBands))
	default:
	}
	if !ok {
		return nil
	}
	return k
}

func (k *EventKernel) compilePercentage(terms *schemas.Terms) bool {
	var ok [5]bool
	fixed := func(i int, v money.Decimal) money.Fixed {
		f, err := money.FixedFromDecimal(v)
		ok[i] = err == nil
		return f
	}
	wide := func(i int, v *money.Decimal) *money.Wide {
		if ok[i] = v == nil; v == nil {
			return nil
		}
		w := money.MulWide(fixed(i, *v), oneFixed)
		return &w
	}
	k.factor, k.fixed = fixed(0, terms.Percent.Shift(-2)), fixed(1, OrZero(terms.FixedPerEvent))
	k.least, k.most = wide(2, terms.EventMinimum), wide(3, terms.EventMaximum)
	k.freeEvents, ok[4] = terms.FreeEvents, true
	if terms.FreeAmount != nil {
		free := fixed(4, *terms.FreeAmount)
		k.freeAmount = &free
	}
	return ok == [5]bool{true, true, true, true, true}
}

func (k *EventKernel) addBand(start, increment, rate, per money.Decimal) bool {
	limit := money.NewDecimal(mostSeconds, 0)
	k.bands = append(k.bands, wholeBand{start: start.IntPart(), increment: increment.IntPart(), rate: rate, per: per})
	return start.IsInteger() && increment.IsInteger() && start.LessThan(limit) && increment.LessThan(limit)
}

// compileWeek lays the bands out over the days.
func (k *EventKernel) compileWeek(clock []clockBand) {
	for day := time.Sunday; day <= time.Saturday; day++ {
		for second := int64(0); second < daySeconds; {
			until := nextEdge(clock, second)
			for i := range clock {
				if clock[i].holds(day, second) {
					k.week[day] = append(k.week[day], daySpan{until, i})
					break
				}
			}
			second = until
		}
	}
}

// Price is the exact price of events in order of time. It reports false for what only Price can price.
func (k *EventKernel) Price(events []Point, zone *time.Location) (money.Decimal, bool) {
	if len(events) > mostEvents {
		return money.Zero, false
	}
	if k.model == schemas.ModelPercentage {
		return k.percentage(events)
	}
	var room [mostBands]bandUse
	use := room[:len(k.bands)]
	clock := zoneClock{zone: zone}
	for i := range events {
		seconds, ok := wholeSeconds(events[i].Value)
		if !ok {
			return money.Zero, false
		}
		if k.model == schemas.ModelElapsedBands {
			k.elapse(use, seconds)
		} else if !k.divide(use, &clock, events[i].At, seconds) {
			return money.Zero, false
		}
	}
	total := k.connect.Mul(money.NewDecimal(int64(len(events)), 0))
	for i := range use {
		if use[i].used {
			total = total.Add(ShareRound(k.bands[i].rate, money.NewDecimal(use[i].seconds, 0), k.bands[i].per))
		}
	}
	return total, true
}

// percentage prices each event that is not free.
func (k *EventKernel) percentage(events []Point) (money.Decimal, bool) {
	var total money.Wide
	var sum money.Fixed
	fee := money.MulWide(k.fixed, oneFixed)
	for i := range events {
		charged := events[i].Value
		if k.freeEvents != nil || k.freeAmount != nil {
			var ok bool
			if sum, ok = money.AddOK(sum, charged); !ok {
				return money.Zero, false
			}
			switch {
			case k.freeEvents != nil && int64(i) >= *k.freeEvents:
			case k.freeAmount == nil || sum.Cmp(*k.freeAmount) <= 0:
				continue
			default:
				if above, ok := money.AddOK(sum, k.freeAmount.Neg()); ok && above.Cmp(charged) < 0 {
					charged = above
				}
			}
		}
		cost, err := money.MulWide(charged, k.factor).Add(fee)
		if k.least != nil && cost.Cmp(*k.least) < 0 {
			cost = *k.least
		}
		if k.most != nil && cost.Cmp(*k.most) > 0 {
			cost = *k.most
		}
		var over error
		if total, over = total.Add(cost); err != nil || over != nil {
			return money.Zero, false
		}
	}
	return DecimalOf(total), true
}

// elapse divides a session among bands by the seconds since it began, as model.elapse does.
func (k *EventKernel) elapse(use []bandUse, seconds int64) {
	paid := int64(0)
	for i := range k.bands {
		from, to := max(k.bands[i].start, paid), seconds
		if i < len(k.bands)-1 {
			to = min(to, k.bands[i+1].start)
		}
		if to <= from {
			continue
		}
		up := k.bands[i].up(to - from)
		use[i].seconds, use[i].used, paid = use[i].seconds+up, true, from+up
	}
}

// up charges a started increment in full.
func (b *wholeBand) up(seconds int64) int64 {
	if b.increment <= 1 {
		return seconds
	}
	return (seconds + b.increment - 1) / b.increment * b.increment
}

// divide adds each stretch of a session to the band that holds it, as divideByClock does.
func (k *EventKernel) divide(use []bandUse, clock *zoneClock, micros, left int64) bool {
	at := micros / 1_000_000
	if at < 2*daySeconds || micros%1_000_000 != 0 { // so that no local time is negative
		return false
	}
	last, piece := -1, int64(0)
	end := func() {
		if last >= 0 {
			use[last].seconds, use[last].used = use[last].seconds+k.bands[last].up(piece), true
		}
	}
	for left > 0 {
		offset, change := clock.at(at)
		local := at + offset
		span := spanAt(k.week[(local/daySeconds+4)%7], local%daySeconds)
		n := min(left, span.until-local%daySeconds, change-at)
		if span.band != last {
			end()
			last, piece = span.band, 0
		}
		piece, at, left = piece+n, at+n, left-n
	}
	end()
	return true
}

func spanAt(day []daySpan, second int64) daySpan {
	for _, s := range day {
		if second < s.until {
			return s
		}
	}
	return day[len(day)-1]
}

// zoneClock remembers how far a zone is from UTC, and from when until when.
type zoneClock struct {
	zone             *time.Location
	offset, from, to int64
}

// at returns the offset in seconds at a Unix time, and when it changes next.
func (c *zoneClock) at(unix int64) (offset, change int64) {
	const never = 1 << 62
	if unix >= c.from && unix < c.to {
		return c.offset, c.to
	}
	t := time.Unix(unix, 0).In(c.zone)
	_, seconds := t.Zone()
	start, end := t.ZoneBounds()
	c.offset, c.from, c.to = int64(seconds), -never, never
	if !start.IsZero() {
		c.from = start.Unix()
	}
	if !end.IsZero() {
		c.to = end.Unix()
	}
	return c.offset, c.to
}

// wholeSeconds is a quantity that is a whole number of seconds within bounds.
func wholeSeconds(f money.Fixed) (int64, bool) {
	const one = 1_000_000_000_000_000_000
	if f.Hi < 0 || f.Hi >= one {
		return 0, false
	}
	n, rest := bits.Div64(uint64(f.Hi), f.Lo, one)
	return int64(n), rest == 0 && n < mostSeconds
}
