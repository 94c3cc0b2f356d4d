package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
)

const (
	raceWriters = 8
	raceRounds  = 50
)

// race lets all writers act at once and returns what each got.
func race(act func(writer int) error) [raceWriters]error {
	var got [raceWriters]error
	var group sync.WaitGroup
	start := make(chan struct{})
	for writer := range raceWriters {
		group.Go(func() {
			<-start
			got[writer] = act(writer)
		})
	}
	close(start)
	group.Wait()
	return got
}

// wantOneWinner returns who got no error; all others must have got one wrapping lost.
func wantOneWinner(t *testing.T, got [raceWriters]error, lost error) int {
	t.Helper()
	winner := -1
	for writer, err := range got {
		switch {
		case err == nil && winner >= 0:
			t.Fatalf("writers %d and %d both won", winner, writer)
		case err == nil:
			winner = writer
		case !errors.Is(err, lost):
			t.Fatalf("writer %d: %v", writer, err)
		}
	}
	if winner < 0 {
		t.Fatalf("nobody won: %v", got)
	}
	return winner
}

func testCreateRace(t *testing.T, s Store) {
	for round := range raceRounds {
		key := fmt.Sprintf("race/%02d", round)
		body := func(writer int) string { return fmt.Sprintf("round %d, by writer %d", round, writer) }
		winner := wantOneWinner(t, race(func(writer int) error {
			_, err := s.Create(t.Context(), key, strings.NewReader(body(writer)))
			return err
		}), ErrExists)
		wantBody(t, s, key, body(winner))
	}
}

func testCreateSameRace(t *testing.T, s Store) {
	for round := range 10 {
		key := fmt.Sprintf("race/%02d", round)
		for writer, err := range race(func(int) error {
			_, err := s.Create(t.Context(), key, strings.NewReader(key))
			return err
		}) {
			if err != nil {
				t.Fatalf("writer %d: %v", writer, err)
			}
		}
		wantBody(t, s, key, key)
	}
}

// testSwapRace has rounds of differing bodies and rounds of equal ones: those too have one winner, for each may be taking
// the same number.
func testSwapRace(t *testing.T, s Store) {
	for _, c := range []struct {
		key  string
		body func(round, writer int) string
	}{
		{"race/different", func(round, writer int) string { return fmt.Sprintf("round %d, by writer %d", round, writer) }},
		{"race/equal", func(round, _ int) string { return fmt.Sprintf("round %d", round) }},
	} {
		var now Version
		for round := range raceRounds {
			var versions [raceWriters]Version
			winner := wantOneWinner(t, race(func(writer int) (err error) {
				versions[writer], err = s.Swap(t.Context(), c.key, []byte(c.body(round, writer)), now)
				return err
			}), ErrStale)
			now = wantBody(t, s, c.key, c.body(round, winner))
			if now != versions[winner] {
				t.Fatalf("round %d: version %q, the winner got %q", round, now, versions[winner])
			}
		}
	}
}

// increment adds one to the number at key.
func increment(ctx context.Context, s Store, key string) error {
	for {
		body, v, err := ReadAll(ctx, s, key)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		n := 0
		if err == nil {
			if _, err := fmt.Sscanf(string(body), "%d", &n); err != nil {
				return err
			}
		}
		if _, err = s.Swap(ctx, key, fmt.Appendf(nil, "%d", n+1), v); !errors.Is(err, ErrStale) {
			return err
		}
	}
}

func testCount(t *testing.T, s Store) {
	const each = 10
	for writer, err := range race(func(int) error {
		for range each {
			if err := increment(t.Context(), s, "count"); err != nil {
				return err
			}
		}
		return nil
	}) {
		if err != nil {
			t.Errorf("writer %d: %v", writer, err)
		}
	}
	wantBody(t, s, "count", fmt.Sprint(raceWriters*each))
}
