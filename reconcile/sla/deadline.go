package sla

import (
	"slices"
	"time"

	"daybook/schemas"
	"daybook/schemas/service"
)

// Moments are the events from which deadlines count; no time is one that is not known.
type Moments struct {
	Awareness time.Time
	Incident  time.Time
	// MonthEnd is the end of the month that is judged, and CycleEnd that of the billing cycle that the incident lies in.
	MonthEnd time.Time
	CycleEnd time.Time
}

func (m *Moments) from(f service.DeadlineFrom) time.Time {
	switch f {
	case service.FromAwareness:
		return m.Awareness
	case service.FromIncident:
		return m.Incident
	case service.FromMonthEnd:
		return m.MonthEnd
	case service.FromCycleEnd:
		return m.CycleEnd
	}
	return time.Time{}
}

// Deadline is the first moment that is too late; no time where the event is not known. Hours are elapsed time; days and
// months count on the calendar of the zone and end at the event's time of day; business days and cycles end with a day.
func Deadline(d *service.SLADeadline, m *Moments, zone *time.Location, holidays []schemas.Date) time.Time {
	event := m.from(d.From)
	if event.IsZero() {
		return event
	}
	count := int(d.Count)
	local := event.In(zone)
	day := schemas.DateOf(event, zone)
	switch d.Unit {
	case service.UnitHours:
		return event.Add(time.Duration(count) * time.Hour)
	case service.UnitDays:
		return onDay(day.AddDays(count), local)
	case service.UnitMonths:
		return onDay(day.AddMonths(count), local)
	case service.UnitBusinessDays:
		for left := count; left > 0; {
			day = day.AddDays(1)
			if w := day.Weekday(); w != time.Saturday && w != time.Sunday && !slices.Contains(holidays, day) {
				left--
			}
		}
		return day.AddDays(1).Time(zone)
	case service.UnitCycles:
		end := m.CycleEnd
		if d.From == service.FromMonthEnd {
			end = m.MonthEnd
		}
		if end.IsZero() {
			return end
		}
		return onDay(schemas.DateOf(end, zone).AddMonths(count), end.In(zone))
	}
	return time.Time{}
}

// onDay is the time of day of another moment, in its zone.
func onDay(day schemas.Date, clock time.Time) time.Time {
	y, m, d := day.Date()
	return time.Date(y, m, d, clock.Hour(), clock.Minute(), clock.Second(), clock.Nanosecond(), clock.Location())
}
