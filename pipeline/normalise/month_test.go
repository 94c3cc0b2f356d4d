package normalise

import (
	"testing"
	"time"
)

// TestRestOfMonth tells rows that are for the rest of a month, in the zone of whoever bills them, from those that end in it.
func TestRestOfMonth(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	m := MonthOf("2024-10", berlin)
	for _, x := range []struct {
		start, end string
		want       bool
	}{
		{"2024-09-30T22:00:00Z", "2024-10-31T23:00:00Z", true}, // a month in Berlin
		{"2024-10-01T00:00:00Z", "2024-11-01T00:00:00Z", true},
		{"2024-10-01T00:00:00Z", "2024-10-31T15:00:00Z", true}, // and in Tokyo
		{"2024-10-20T00:00:00Z", "2025-10-20T00:00:00Z", true},
		{"2024-10-01T00:00:00Z", "2024-10-08T00:00:00Z", false}, // a week
		{"2024-10-31T00:00:00Z", "2024-11-01T00:00:00Z", false}, // the last day
		{"2024-10-26T22:00:00Z", "2024-10-27T23:00:00Z", false}, // one of 25 hours
		{"2024-10-31T22:00:00Z", "2024-10-31T23:00:00Z", false},
	} {
		var at [2]int64
		for i, text := range [2]string{x.start, x.end} {
			moment, err := time.Parse(time.RFC3339, text)
			if err != nil {
				t.Fatal(err)
			}
			at[i] = moment.UnixMicro()
		}
		if got := m.restOf(at[0], at[1]); got != x.want {
			t.Errorf("%s to %s: %t", x.start, x.end, got)
		}
	}
}
