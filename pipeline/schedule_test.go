package pipeline

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"daybook/schemas"
)

// Each case: the instant, the periods that are committed, and the periods that are due.
func TestDueHealsMissedNights(t *testing.T) {
	p := &schemas.Provider{ID: "p", Zone: "Europe/Berlin", FirstPeriod: "2024-07", Schedule: schemas.Schedule{CloseAfterDays: 5}}
	cases := []struct{ name, now, committed, due string }{
		{"middle of a month", "2024-09-15T02:30:00Z", "2024-07 2024-08", "2024-09"},
		{"a month that is still open runs beside the new one", "2024-09-03T02:30:00Z", "2024-07 2024-08", "2024-08 2024-09"},
		{"the month begins in the provider's zone", "2024-08-31T22:30:00Z", "2024-07 2024-08", "2024-08 2024-09"},
		{"and not before", "2024-08-31T21:30:00Z", "2024-07", "2024-08"},
		{"the last open night", "2024-09-05T21:59:59Z", "2024-07 2024-08", "2024-08 2024-09"},
		{"closed", "2024-09-05T22:00:00Z", "2024-07 2024-08", "2024-09"},
		{"nights that were missed are made up for", "2024-11-20T02:30:00Z", "2024-07", "2024-08 2024-09 2024-10 2024-11"},
		{"a clock change moves nothing", "2024-10-27T01:30:00Z", "2024-07 2024-08 2024-09", "2024-10"},
		{"nothing before the first period", "2024-06-30T10:00:00Z", "", ""},
	}
	for _, c := range cases {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		done := strings.Fields(c.committed)
		due, err := Due(p, now, func(p schemas.Period) (bool, error) { return slices.Contains(done, string(p)), nil })
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for d, err := range due {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, string(d))
		}
		if strings.Join(got, " ") != c.due {
			t.Errorf("%s: at %s due %v, want %s", c.name, c.now, got, c.due)
		}
	}
}

func TestDueReportsAStoreThatCannotBeRead(t *testing.T) {
	p := &schemas.Provider{ID: "p", Zone: "UTC", FirstPeriod: "2024-01"}
	broken := errors.New("no route")
	due, err := Due(p, time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC), func(schemas.Period) (bool, error) { return false, broken })
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range due {
		if !errors.Is(err, broken) {
			t.Errorf("got %v, want the store's error", err)
		}
		break
	}
}

func TestParseScheduleSuggestsTheForm(t *testing.T) {
	_, err := ParseSchedule("at night")
	if err == nil || !strings.Contains(err.Error(), "30 2 * * *") {
		t.Errorf("got %v, want a suggestion", err)
	}
}

func TestWakeEndsWithItsContextAndSurvivesPanics(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	panics := make(chan error, 10)
	ticks := make(chan bool, 10)
	done := make(chan error)
	go func() {
		done <- Wake(ctx, "@every 1s", func(context.Context) { ticks <- true; panic("broken") }, func(err error) { panics <- err })
	}()
	for range 2 {
		<-ticks
		if err := <-panics; !strings.Contains(err.Error(), "broken") {
			t.Errorf("got %v, want the panic's text", err)
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
