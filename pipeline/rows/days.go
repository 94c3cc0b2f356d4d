package rows

import (
	"time"

	"daybook/schemas"
)

// TimeOf is an instant given in microseconds since 1970.
func TimeOf(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// DayFinder finds the civil day of an instant; rows that follow each other mostly share it.
type DayFinder struct {
	Zone       *time.Location
	start, end int64
	day        schemas.Date
}

// Find returns the civil day of an instant in microseconds.
func (d *DayFinder) Find(micros int64) schemas.Date {
	if micros < d.start || micros >= d.end {
		d.day = schemas.DateOf(TimeOf(micros), d.Zone)
		d.start, d.end = d.day.Time(d.Zone).UnixMicro(), d.day.AddDays(1).Time(d.Zone).UnixMicro()
	}
	return d.day
}

// NoCode stands for a null in a pair of codes.
const NoCode = 1<<32 - 1
