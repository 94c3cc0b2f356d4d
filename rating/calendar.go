package rating

import (
	"time"

	"daybook/schemas"
)

// Cycle is a recurrence on the calendar: periods of Count Units that begin at an anchor and go on in both directions.
// Every boundary is counted from the anchor, never from the boundary before, so that the 31st of a short month does not
// stay the 28th.
type Cycle struct {
	Unit schemas.Cycle
	// Count below 1 counts as 1.
	Count int
	// Anchor is a day on which a period begins.
	Anchor schemas.Date
	// AnchorDay, if above 0, is the day of the month that boundaries keep to where the month has it; else the anchor's.
	AnchorDay int
	Zone      *time.Location
}

// Start returns the first instant of the nth period; the anchor begins period 0.
func (c Cycle) Start(n int) time.Time { return c.Day(n).Time(c.Zone) }

// Day returns the day on which the nth period begins.
func (c Cycle) Day(n int) schemas.Date {
	n *= max(c.Count, 1)
	months := 1 // also of no unit, which is the billing period
	switch c.Unit {
	case schemas.CycleDay:
		return c.Anchor.AddDays(n)
	case schemas.CycleWeek:
		return c.Anchor.AddDays(7 * n)
	case schemas.CycleQuarter:
		months = 3
	case schemas.CycleHalf:
		months = 6
	case schemas.CycleYear:
		months = 12
	case schemas.CycleMonth, schemas.CyclePeriod:
	}
	return onDay(c.Anchor.AddMonths(months*n), c.dayOfMonth())
}

func (c Cycle) dayOfMonth() int {
	if c.AnchorDay > 0 {
		return c.AnchorDay
	}
	return c.Anchor.Day()
}

// onDay moves a date to a day of its month, or to the month's last where it is shorter.
func onDay(d schemas.Date, day int) schemas.Date {
	y, m, _ := d.Date()
	last := schemas.NewDate(y, m+1, 0)
	return schemas.NewDate(y, m, min(day, last.Day()))
}

// Index returns the number of the period that holds an instant.
func (c Cycle) Index(at time.Time) int {
	// A guess by mean lengths is off by no more than a few periods; walk from there.
	days := schemas.DateOf(at, c.Zone).Sub(c.Anchor)
	n := days * 100 / (c.meanDays100() * max(c.Count, 1))
	for at.Before(c.Start(n)) {
		n--
	}
	for !at.Before(c.Start(n + 1)) {
		n++
	}
	return n
}

// meanDays100 is the mean length of a unit in hundredths of days.
func (c Cycle) meanDays100() int {
	switch c.Unit {
	case schemas.CycleDay:
		return 100
	case schemas.CycleWeek:
		return 700
	case schemas.CycleQuarter:
		return 9131
	case schemas.CycleHalf:
		return 18262
	case schemas.CycleYear:
		return 36525
	case schemas.CycleMonth, schemas.CyclePeriod:
	}
	return 3044
}

// between lists the periods that touch a stretch of time.
func (c Cycle) between(start, end time.Time) []stretchOfTime {
	var out []stretchOfTime
	for n := c.Index(start); c.Start(n).Before(end); n++ {
		out = append(out, stretchOfTime{c.Start(n), c.Start(n + 1)})
	}
	return out
}

// alignedAnchor is the last day at or before start that falls on a day of the month.
func alignedAnchor(start schemas.Date, day int) schemas.Date {
	at := onDay(start, day)
	if at.After(start) {
		at = onDay(onDay(start, 1).AddDays(-1), day)
	}
	return at
}
