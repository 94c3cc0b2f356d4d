package rating

import (
	"time"

	"daybook/schemas"
	"daybook/schemas/money"
)

// Next returns the first boundary after an instant that lies Count units on, keeping to the anchor's place in the unit
// and its clock: the anchor's time of day, its day of the week, its day of the month (the month's last where it is too
// short), or its day of the year. A week or month that begins off that place ends on it first; a quarter or half year
// that begins before the anchor ends at the anchor; a year always ends in the Count-th calendar year after. anchor and
// start are read in Zone; Anchor, AnchorDay and Clock of the cycle are not read.
func (c Cycle) Next(anchor, start time.Time) time.Time {
	anchor, start = anchor.In(c.Zone), start.In(c.Zone)
	n := max(c.Count, 1)
	day, on := schemas.DateOf(start, c.Zone), schemas.DateOf(anchor, c.Zone)
	switch c.Unit {
	case schemas.CycleDay:
		return atClock(day.AddDays(n), anchor)
	case schemas.CycleWeek:
		ahead := (int(anchor.Weekday()) - int(start.Weekday()) + 7) % 7
		if ahead > 0 {
			n--
		}
		return atClock(day.AddDays(ahead+7*n), anchor)
	case schemas.CycleYear:
		_, month, _ := on.Date()
		year, _, _ := day.Date()
		return atClock(onDay(schemas.NewDate(year+n, month, 1), on.Day()), anchor)
	case schemas.CycleQuarter, schemas.CycleHalf:
		if start.Before(anchor) {
			return anchor
		}
		n *= 3
		if c.Unit == schemas.CycleHalf {
			n *= 2
		}
	case schemas.CycleMonth, schemas.CyclePeriod:
		if own := onDay(day, on.Day()); own.After(day) {
			return atClock(own, anchor)
		}
	}
	return atClock(onDay(onDay(day, 1).AddMonths(n), on.Day()), anchor)
}

// atClock is a day at the time of day of another instant, in its zone.
func atClock(d schemas.Date, clock time.Time) time.Time {
	year, month, day := d.Date()
	hour, minute, second := clock.Clock()
	return time.Date(year, month, day, hour, minute, second, clock.Nanosecond(), clock.Location())
}

// WholePeriods counts the periods of the cycle that lie wholly between two days, the first beginning on from.
func (c Cycle) WholePeriods(from, to schemas.Date) int {
	c.Anchor = from
	n := 0
	for !c.Day(n + 1).After(to) {
		n++
	}
	return n
}

// Billed returns what in-advance billing has charged for a subscription by a target day, as one ratio for each period
// that has begun: 1/1 for a whole one, days over the days of the enclosing period for a stub. start is its first day,
// end the day on which it ends (no day: never). The first boundary is AnchorDay in the month of start, or, where that is
// past, one period later; the period that encloses the stub before it is the one that ends there.
func (c Cycle) Billed(start, end, target schemas.Date) []money.Ratio {
	if target.Before(start) {
		return nil
	}
	anchored := c
	anchored.Anchor = onDay(start, c.AnchorDay)
	if anchored.Anchor.Before(start) {
		anchored.Anchor = anchored.Day(1)
	}
	var out []money.Ratio
	plain := anchored
	plain.AnchorDay = 0 // one period by the calendar, from the boundary itself
	if begin := anchored.Anchor; begin.After(start) {
		until := begin
		if !end.IsZero() && end.Before(until) {
			until = end
		}
		out = append(out, days(until.Sub(start), begin.Sub(plain.Day(-1))))
	}
	for n := 0; ; n++ {
		from, to := anchored.Day(n), anchored.Day(n+1)
		if from.After(target) || !end.IsZero() && !from.Before(end) {
			return out
		}
		if end.IsZero() || !to.After(end) {
			out = append(out, money.Ratio{Num: money.One, Den: money.One})
			continue
		}
		stub := plain
		stub.Anchor = from
		out = append(out, days(end.Sub(from), stub.Day(1).Sub(from)))
	}
}

func days(n, of int) money.Ratio {
	return money.Ratio{Num: money.NewDecimal(int64(n), 0), Den: money.NewDecimal(int64(of), 0)}
}
