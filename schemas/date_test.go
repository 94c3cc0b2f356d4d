package schemas_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"daybook/schemas"
)

func day(t *testing.T, s string) schemas.Date {
	t.Helper()
	d, err := schemas.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDateText(t *testing.T) {
	for _, s := range []string{"0001-01-01", "1969-12-31", "1970-01-01", "2000-02-29", "2024-09-30", "9999-12-31"} {
		if got := day(t, s).String(); got != s {
			t.Errorf("%s is printed as %s", s, got)
		}
	}
	for _, s := range []string{"", "2024-9-30", "2023-02-29", "2024-13-01", "30.09.2024", "2024-09-30T00:00:00Z", "0000-01-01", "-001-01-01"} {
		if d, err := schemas.ParseDate(s); err == nil {
			t.Errorf("%q is read as %s, want an error", s, d)
		}
	}
	var back struct{ A, B schemas.Date }
	text := `{"A":"2024-02-29","B":""}`
	if err := json.Unmarshal([]byte(text), &back); err != nil {
		t.Fatal(err)
	}
	if out, err := json.Marshal(back); err != nil || string(out) != text {
		t.Errorf("JSON %s came back as %s (%v)", text, out, err)
	}
}

func TestDateArithmetic(t *testing.T) {
	for _, c := range []struct {
		from       string
		days       int
		months     int
		inDays     string
		inMonths   string
		wantPeriod schemas.Period
	}{
		{"2024-01-31", 1, 1, "2024-02-01", "2024-02-29", "2024-01"},
		{"2023-01-31", 59, 1, "2023-03-31", "2023-02-28", "2023-01"},
		{"2024-03-01", -1, -1, "2024-02-29", "2024-02-01", "2024-03"},
		{"2024-12-31", 366, 12, "2026-01-01", "2025-12-31", "2024-12"},
		{"2024-02-29", 0, -12, "2024-02-29", "2023-02-28", "2024-02"},
	} {
		d := day(t, c.from)
		if got := d.AddDays(c.days).String(); got != c.inDays {
			t.Errorf("%s and %d days is %s, want %s", c.from, c.days, got, c.inDays)
		}
		if got := d.AddMonths(c.months).String(); got != c.inMonths {
			t.Errorf("%s and %d months is %s, want %s", c.from, c.months, got, c.inMonths)
		}
		if got := d.AddDays(c.days).Sub(d); got != c.days {
			t.Errorf("%s: %d days later is %d days away", c.from, c.days, got)
		}
		if d.Period() != c.wantPeriod {
			t.Errorf("%s is in %s, want %s", c.from, d.Period(), c.wantPeriod)
		}
	}
	var none schemas.Date
	if !none.IsZero() || none.String() != "" || !none.AddDays(3).IsZero() || !none.AddMonths(3).IsZero() || none.Compare(day(t, "0001-01-01")) != -1 {
		t.Error("the zero date is not before all days, or moves")
	}
}

// Days whose midnight the clock skips (São Paulo, Beirut), repeats (Havana, Azores), or that a zone never had (Apia).
func TestDateTimeAtClockChanges(t *testing.T) {
	for _, c := range []struct{ zone, day, want string }{
		{"UTC", "2024-09-30", "2024-09-30T00:00:00Z"},
		{"Europe/Berlin", "2024-03-31", "2024-03-30T23:00:00Z"},
		{"America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z"},
		{"Asia/Beirut", "2021-03-28", "2021-03-27T22:00:00Z"},
		{"America/Havana", "2023-11-05", "2023-11-05T04:00:00Z"},
		{"Atlantic/Azores", "2023-10-29", "2023-10-29T00:00:00Z"},
		{"America/Toronto", "1919-03-31", "1919-03-31T04:30:00Z"},
		{"America/St_Johns", "2006-10-29", "2006-10-29T02:30:00Z"},
		{"Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z"},
		{"Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z"},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := day(t, c.day).Time(zone).UTC().Format(time.RFC3339); got != c.want {
			t.Errorf("%s in %s begins %s, want %s", c.day, c.zone, got, c.want)
		}
	}
}

// Every day of forty years begins exactly where the day before it ends: no instant is in two days or in none.
func TestDateTimeTilesTheLine(t *testing.T) {
	for _, name := range []string{"UTC", "Europe/Berlin", "America/Sao_Paulo", "Asia/Beirut", "America/Havana", "Atlantic/Azores", "Pacific/Apia", "Africa/Cairo", "Asia/Tehran"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for d, end := day(t, "1990-01-01"), day(t, "2030-01-01"); d.Before(end); d = d.AddDays(1) {
			start, next := d.Time(zone), d.AddDays(1).Time(zone)
			if next.Before(start) {
				t.Fatalf("%s in %s begins %s, after the next day %s", d, name, start, next)
			}
			if next.Equal(start) {
				continue
			}
			if on := schemas.DateOf(start, zone); on != d {
				t.Fatalf("%s in %s begins %s, which is on %s", d, name, start, on)
			}
			if before := schemas.DateOf(start.Add(-1), zone); !before.Before(d) {
				t.Fatalf("%s in %s begins %s, but the instant before is on %s", d, name, start, before)
			}
		}
	}
}

// TestDateReadsWhatTimeReads: the quick way to read and to write a day is that of package time, on days that are none, too.
func TestDateReadsWhatTimeReads(t *testing.T) {
	for _, year := range []string{"0000", "0001", "1900", "2000", "2023", "2024", "9999", "+024", "20x4"} {
		for month := range 14 {
			for day := range 33 {
				text := fmt.Sprintf("%s-%02d-%02d", year, month, day)
				want, err := time.Parse(time.DateOnly, text)
				got, failed := schemas.ParseDate(text)
				if none := err != nil || want.Year() < 1; none != (failed != nil) {
					t.Fatalf("%s: %v, and package time says %v", text, failed, err)
				} else if !none && (got != schemas.NewDate(want.Date()) || got.String() != text) {
					t.Fatalf("%s is read as %s", text, got)
				}
			}
		}
	}
}
