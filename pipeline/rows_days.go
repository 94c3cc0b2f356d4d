package pipeline

import (
	"time"

	"daybook/schemas"
)

// timeOf is an instant given in microseconds since 1970.
func timeOf(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// dayFinder finds the civil day of an instant; rows that follow each other mostly share it.
type dayFinder struct {
	zone       *time.Location
	start, end int64
	day        schemas.Date
}

func (d *dayFinder) find(micros int64) schemas.Date {
	if micros < d.start || micros >= d.end {
		d.day = schemas.DateOf(timeOf(micros), d.zone)
		d.start, d.end = d.day.Time(d.zone).UnixMicro(), d.day.AddDays(1).Time(d.zone).UnixMicro()
	}
	return d.day
}

// noCode stands for a null in a pair of codes.
const noCode = 1<<32 - 1
