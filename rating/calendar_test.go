package rating

import (
	"testing"
	"time"

	"daybook/schemas"
)

// TestCyclesGoOn asserts of every unit, and of none, which is the billing period, that each cycle begins after the one before it, and that
// an instant is found in the one that holds it.
func TestCyclesGoOn(t *testing.T) {
	for _, unit := range append(schemas.CyclePeriod.Values(), "") {
		for _, count := range []int{0, 1, 7, 31} {
			c := Cycle{Unit: schemas.Cycle(unit), Count: count, Anchor: schemas.NewDate(2024, 1, 31), Zone: time.UTC}
			for n := -40; n < 40; n++ {
				if !c.Start(n).Before(c.Start(n + 1)) {
					t.Fatalf("%d %q: cycle %d begins on %s, and the next on %s", count, unit, n, c.Day(n), c.Day(n+1))
				}
				if got := c.Index(c.Start(n + 1).Add(-time.Nanosecond)); got != n {
					t.Errorf("%d %q: the end of cycle %d lies in %d", count, unit, n, got)
				}
			}
		}
	}
}
