package schemas

import (
	"fmt"
	"time"
)

// Period is a billing period of one calendar month, written YYYY-MM.
type Period string

// ParsePeriod reads YYYY-MM; anything else is an error that says so.
func ParsePeriod(s string) (Period, error) {
	if _, err := time.Parse("2006-01", s); err != nil || len(s) != 7 {
		return "", fmt.Errorf("period %q is not a month; write it as YYYY-MM, for example 2024-09", s)
	}
	return Period(s), nil
}

// Bounds returns the first instant of the period in zone and the first instant after it. The receiver must have come
// from ParsePeriod; a period that did not yields two zero times.
func (p Period) Bounds(zone *time.Location) (start, end time.Time) {
	t, err := time.ParseInLocation("2006-01", string(p), zone)
	if err != nil {
		return time.Time{}, time.Time{}
	}
	return t, t.AddDate(0, 1, 0)
}

// Days returns the first and the last day of the period.
func (p Period) Days() (first, last Date) {
	start, end := p.Bounds(time.UTC)
	return DateOf(start, time.UTC), DateOf(end, time.UTC).AddDays(-1)
}

// Name returns the month as people say it, such as August 2024; a period that ParsePeriod would refuse is its own text.
func (p Period) Name() string {
	start, _ := p.Bounds(time.UTC)
	if start.IsZero() {
		return string(p)
	}
	return start.Format("January 2006")
}

// Next returns the month after p.
func (p Period) Next() Period { return p.shift(1) }

// Previous returns the month before p.
func (p Period) Previous() Period { return p.shift(-1) }

func (p Period) shift(months int) Period {
	start, _ := p.Bounds(time.UTC)
	return Period(start.AddDate(0, months, 0).Format("2006-01"))
}

// PeriodOf returns the period that holds t in zone.
func PeriodOf(t time.Time, zone *time.Location) Period {
	return Period(t.In(zone).Format("2006-01"))
}
