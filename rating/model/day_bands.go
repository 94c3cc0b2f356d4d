package model

import (
	"fmt"
	"slices"
	"time"

	"daybook/schemas"
	"daybook/schemas/money"
)

const daySeconds = 24 * 60 * 60

// dayNames are the days of the week as books write them, from Sunday as time.Weekday counts.
var dayNames = [...]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// timeOfDay prices sessions by the clock of their start's location: each stretch of a session at the rate of the first
// band that holds it. A clock change moves the bands with the clock, and the session lasts as long as it lasted.
func (m *Model) timeOfDay(t *Trail, u *Usage) Number {
	bands := make([]band, len(m.Terms.DayBands))
	for i, b := range m.Terms.DayBands {
		bands[i] = band{rate: b.Rate, per: b.RateSeconds, increment: b.IncrementSeconds}
	}
	clock := clockBands(m.Terms.DayBands)
	sessions := sessionsOf(u)
	for _, s := range sessions {
		divideByClock(bands, clock, s)
	}
	return m.priceBands(t, bands, len(sessions))
}

// clockBand is a band of the day in seconds since midnight; one that passes midnight has end < start.
type clockBand struct {
	start, end int64
	days       [7]bool
}

// clockBands reads the bands; they have been checked.
func clockBands(bands []schemas.DayBand) []clockBand {
	out := make([]clockBand, len(bands))
	for i, b := range bands {
		out[i].start, _ = ClockSeconds(b.Start)
		out[i].end, _ = ClockSeconds(b.End)
		for d := range out[i].days {
			out[i].days[d] = len(b.Days) == 0 || slices.Contains(b.Days, dayNames[d])
		}
	}
	return out
}

// holds reports whether the band holds a second of a day of the week. The part after midnight of a band that passes it
// belongs to the day on which the band began.
func (c *clockBand) holds(day time.Weekday, second int64) bool {
	if c.start < c.end {
		return c.days[day] && c.start <= second && second < c.end
	}
	return c.days[day] && second >= c.start || c.days[(day+6)%7] && second < c.end
}

// divideByClock adds each stretch of a session to the band that holds it.
func divideByClock(bands []band, clock []clockBand, s Session) {
	at, left, last := s.Start, s.Seconds, -1
	for left.IsPositive() {
		_, offset := at.Zone()
		local := at.Unix() + int64(offset)
		second := ((local % daySeconds) + daySeconds) % daySeconds
		day := at.Weekday()
		until := at.Truncate(time.Second).Add(time.Duration(nextEdge(clock, second)-second) * time.Second)
		if _, change := at.ZoneBounds(); !change.IsZero() && change.Before(until) {
			until = change
		}
		piece := Lower(left, Seconds(until.Sub(at)))
		i := slices.IndexFunc(clock, func(c clockBand) bool { return c.holds(day, second) })
		switch {
		case i < 0:
		case i == last:
			n := len(bands[i].pieces) - 1
			bands[i].pieces[n] = bands[i].pieces[n].Add(piece)
		default:
			bands[i].add(piece)
		}
		at, left, last = until, left.Sub(piece), i
	}
}

// nextEdge is the second of the day, or midnight after it, at which another band may begin.
func nextEdge(clock []clockBand, second int64) int64 {
	next := int64(daySeconds)
	for _, c := range clock {
		for _, edge := range [2]int64{c.start, c.end} {
			if edge > second && edge < next {
				next = edge
			}
		}
	}
	return next
}

// Seconds is a duration as an exact number of seconds.
func Seconds(d time.Duration) money.Decimal { return money.NewDecimal(d.Nanoseconds(), -9) }

// ClockSeconds reads HH:MM or HH:MM:SS as seconds since midnight; 24:00 is the end of the day.
func ClockSeconds(s string) (int64, error) {
	if s == "24:00" || s == "24:00:00" {
		return daySeconds, nil
	}
	for _, layout := range [2]string{"15:04", time.TimeOnly} {
		if t, err := time.Parse(layout, s); err == nil && len(s) == len(layout) {
			return int64(t.Hour()*3600 + t.Minute()*60 + t.Second()), nil
		}
	}
	return 0, fmt.Errorf("%q is not a time of day: write it as 18:00 or 18:00:00", s)
}

func checkDayBands(bands []schemas.DayBand) error {
	if len(bands) == 0 {
		return fmt.Errorf("it has no day_bands: add at least one")
	}
	for i, b := range bands {
		for _, s := range [2]string{b.Start, b.End} {
			if _, err := ClockSeconds(s); err != nil {
				return fmt.Errorf("band %d: %w", i+1, err)
			}
		}
		for _, day := range b.Days {
			if !slices.Contains(dayNames[:], day) {
				return fmt.Errorf("band %d has the day %q: choose from %v", i+1, day, dayNames)
			}
		}
		if err := above(fmt.Sprintf("rate_seconds of band %d", i+1), b.RateSeconds); err != nil {
			return err
		}
	}
	return checkCoverage(clockBands(bands))
}

// checkCoverage reports the first time of the week that no band prices.
func checkCoverage(clock []clockBand) error {
	for day := time.Sunday; day <= time.Saturday; day++ {
		for second := int64(0); second < daySeconds; second = nextEdge(clock, second) {
			if !slices.ContainsFunc(clock, func(c clockBand) bool { return c.holds(day, second) }) {
				return fmt.Errorf("no band holds %s at %02d:%02d: add one", dayNames[day], second/3600, second/60%60)
			}
		}
	}
	return nil
}
