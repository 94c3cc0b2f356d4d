package rows

import (
	"time"

	"daybook/schemas"
)

// TimeOf is an instant given in microseconds since 1970.
func TimeOf(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// DayFinder finds the civil day of an instant. Rows that follow each other mostly share it, or have one that came lately.
type DayFinder struct {
	Zone   *time.Location
	recent [64]recentDay
}

// recentDay is a day with its instants, from start until before end.
type recentDay struct {
	start, end int64
	day        schemas.Date
}

const dayMicros = 24 * 3600 * 1_000_000

// Find returns the civil day of an instant in microseconds.
func (d *DayFinder) Find(micros int64) schemas.Date {
	// A day is kept by that of its instants' in UTC that was asked for last.
	r := &d.recent[uint64(micros/dayMicros)%uint64(len(d.recent))]
	if micros < r.start || micros >= r.end {
		r.day = schemas.DateOf(TimeOf(micros), d.Zone)
		r.start, r.end = r.day.Time(d.Zone).UnixMicro(), r.day.AddDays(1).Time(d.Zone).UnixMicro()
	}
	return r.day
}

// NoCode stands for a null in a pair of codes.
const NoCode = 1<<32 - 1
