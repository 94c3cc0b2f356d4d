package normalise

import (
	"time"

	"daybook/schemas"
)

// dayCounter counts rows by the days of a period.
type dayCounter struct {
	// starts are the moments at which the days begin, in microseconds, and counts are of the days; those of a period with rows.
	starts []int64
	counts []int64
}

// newDayCounter is that of a period's days in a zone.
func newDayCounter(p schemas.Period, zone *time.Location) *dayCounter {
	first, last := p.Days()
	d := &dayCounter{}
	for day := first; !day.After(last); day = day.AddDays(1) {
		d.starts = append(d.starts, day.Time(zone).UnixMicro())
	}
	d.counts = make([]int64, len(d.starts))
	return d
}

const dayLength = int64(24 * time.Hour / time.Microsecond)

// add counts a row that begins at a moment; one outside of the period counts on the nearest day. Days are not all of one length, but
// never so far from it that the guess is off by more than one.
func (d *dayCounter) add(at int64) {
	i := min(max((at-d.starts[0])/dayLength, 0), int64(len(d.starts)-1))
	for i > 0 && at < d.starts[i] {
		i--
	}
	for i+1 < int64(len(d.starts)) && at >= d.starts[i+1] {
		i++
	}
	d.counts[i]++
}
