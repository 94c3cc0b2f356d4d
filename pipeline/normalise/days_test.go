package normalise

import (
	"math/rand/v2"
	"testing"
	"time"

	"daybook/schemas"
)

// TestDaysAreCounted counts random moments by day in zones whose days have 23 to 25 hours, as the calendar has them.
func TestDaysAreCounted(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, name := range []string{"UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range []schemas.Period{"2024-02", "2024-03", "2024-10", "2024-11", "2011-12"} {
			d, want := newDayCounter(p, zone), map[schemas.Date]int64{}
			start, end := p.Bounds(zone)
			first, last := p.Days()
			at := []time.Time{start, end.Add(-time.Microsecond), start.Add(-time.Hour), end}
			for range 3000 {
				at = append(at, start.Add(time.Duration(r.Int64N(int64(end.Sub(start))))))
			}
			for _, x := range at {
				day := schemas.DateOf(x, zone)
				if day.Before(first) {
					day = first
				}
				if day.After(last) {
					day = last
				}
				want[day]++
				d.add(x.UnixMicro())
			}
			for i, n := range d.counts {
				if day := first.AddDays(i); n != want[day] {
					t.Errorf("%s: %d on %s, not %d", name, n, day, want[day])
				}
			}
		}
	}
}
