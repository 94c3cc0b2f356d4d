package schemas

import (
	"cmp"
	"fmt"
	"time"
)

// Date is a civil day of the proleptic Gregorian calendar, without a zone, written YYYY-MM-DD. The zero Date means no
// day, prints as the empty text and sorts before all days. Dates are comparable by ==.
type Date struct {
	// n counts days, with 1 for 0001-01-01.
	n int32
}

const secondsPerDay = 24 * 60 * 60

// dayZero is the day before 0001-01-01, in seconds since 1970.
var dayZero = time.Date(1, 1, 0, 0, 0, 0, 0, time.UTC).Unix()

// NewDate returns a day; months and days outside their ranges are carried over as time.Date does, so that day 0 is the
// last of the month before. A day before year 1 yields the zero Date.
func NewDate(year int, month time.Month, day int) Date {
	n := (time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() - dayZero) / secondsPerDay
	return Date{n: int32(max(n, 0))}
}

// ParseDate reads YYYY-MM-DD; anything else is an error that says so.
func ParseDate(s string) (Date, error) {
	if len(s) == len(time.DateOnly) && s[4] == '-' && s[7] == '-' { // every charge has a day or two, and time.Parse takes its time
		year, month, day := wholeOf(s[:4]), wholeOf(s[5:7]), wholeOf(s[8:])
		if d := NewDate(year, time.Month(month), day); year > 0 && month > 0 && day > 0 && day <= 31 {
			if y, m, n := d.Date(); y == year && int(m) == month && n == day {
				return d, nil
			}
		}
	}
	return Date{}, fmt.Errorf("%q is not a day; write it as YYYY-MM-DD, for example 2024-09-30", s)
}

// wholeOf reads digits, and is below 0 where there is anything else.
func wholeOf(s string) (n int) {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return -1
		}
		n = 10*n + int(s[i]-'0')
	}
	return n
}

// DateOf returns the day that holds t in zone.
func DateOf(t time.Time, zone *time.Location) Date { return NewDate(t.In(zone).Date()) }

// IsZero reports whether d is no day.
func (d Date) IsZero() bool { return d.n == 0 }

// Compare returns -1, 0 or +1 as d is before, on or after e.
func (d Date) Compare(e Date) int { return cmp.Compare(d.n, e.n) }

// Before reports whether d is an earlier day than e.
func (d Date) Before(e Date) bool { return d.n < e.n }

// After reports whether d is a later day than e.
func (d Date) After(e Date) bool { return d.n > e.n }

// AddDays returns the day that many days later, or earlier if negative. The zero Date stays zero.
func (d Date) AddDays(days int) Date {
	if d.IsZero() {
		return d
	}
	return Date{n: int32(max(int64(d.n)+int64(days), 0))}
}

// AddMonths returns the same day of the month that many months later; where that month is too short, its last day
// (2024-01-31 and one month is 2024-02-29). The zero Date stays zero.
func (d Date) AddMonths(months int) Date {
	if d.IsZero() {
		return d
	}
	year, month, day := d.Date()
	last := NewDate(year, month+time.Month(months)+1, 0)
	return NewDate(year, month+time.Month(months), min(day, last.Day()))
}

// Sub returns the number of days from e to d.
func (d Date) Sub(e Date) int { return int(d.n) - int(e.n) }

// Date returns the parts of d; the zero Date yields year 0.
func (d Date) Date() (year int, month time.Month, day int) {
	return time.Unix(dayZero+int64(d.n)*secondsPerDay, 0).UTC().Date()
}

// Day returns the day of the month, from 1.
func (d Date) Day() int {
	_, _, day := d.Date()
	return day
}

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday {
	return time.Unix(dayZero+int64(d.n)*secondsPerDay, 0).UTC().Weekday()
}

// Period returns the month that holds d.
func (d Date) Period() Period {
	year, month, _ := d.Date()
	return Period(fmt.Sprintf("%04d-%02d", year, month))
}

// Time returns the first instant of d in zone. That is midnight, but for days whose midnight a clock change skips (the
// first instant after the gap) or repeats (the first of the two). A day that a zone skipped whole begins where the next
// one does. The zero Date yields the zero time.
func (d Date) Time(zone *time.Location) time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	year, month, day := d.Date()
	t := time.Date(year, month, day, 0, 0, 0, 0, zone)
	begin, end := t.ZoneBounds()
	if DateOf(t, zone).Before(d) && !end.IsZero() {
		return end
	}
	if begin.IsZero() {
		return t
	}
	// Before the last clock change the same midnight may have been on the clock already, or the clock may have skipped it.
	_, now := t.Zone()
	_, before := begin.Add(-1).Zone()
	earlier := t.Add(time.Duration(now-before) * time.Second)
	switch {
	case earlier.Before(begin) && earlier.Before(t):
		return earlier
	case begin.Before(t) && !DateOf(begin, zone).Before(d):
		return begin
	}
	return t
}

// String returns YYYY-MM-DD, or the empty text for the zero Date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	year, month, day := d.Date()
	if year > 9999 {
		return fmt.Sprintf("%04d-%02d-%02d", year, month, day)
	}
	text := [...]byte{
		byte('0' + year/1000), byte('0' + year/100%10), byte('0' + year/10%10), byte('0' + year%10), '-',
		byte('0' + month/10), byte('0' + month%10), '-', byte('0' + day/10), byte('0' + day%10),
	}
	return string(text[:])
}

// MarshalText writes what String returns.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads YYYY-MM-DD; the empty text is the zero Date.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}
