package pipeline_test

import (
	"bytes"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"daybook/fixtures/effort"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
)

// kind is what a key of the store is of, without what names one object of that kind.
func kind(key string) string {
	return regexp.MustCompile(`[0-9a-f]{16,}|[0-9]+`).ReplaceAllString(key, "*")
}

// TestFlippedBits flips a bit of one object of each kind that a run leaves: the next run makes the object anew, as it was, or
// names it. What was not noticed would be read for years.
func TestFlippedBits(t *testing.T) {
	w := need(t, starter)
	_, plain := w.plain(t)
	want := left(t, plain)
	bodies := bodiesOf(t, plain, "")
	current, _, err := run.ReadCurrent(t.Context(), plain, period)
	if err != nil {
		t.Fatal(err)
	}
	byKind := map[string]string{}
	for key := range bodies {
		byKind[kind(key)] = max(byKind[kind(key)], key)
	}
	r := rand.New(rand.NewPCG(7, 7))
	for range effort.Count(t, 1, 40) {
		for _, key := range byKind {
			s := new(store.Memory)
			for other, body := range bodies {
				// What a task left is looked at where a run goes on from it.
				if !strings.Contains(key, "/tasks/") || !strings.HasSuffix(other, "/manifest.json") {
					put(t, s, other, string(body))
				}
			}
			body, version, err := store.ReadAll(t.Context(), s, key)
			if err != nil {
				t.Fatal(err)
			}
			at := r.IntN(len(body))
			body[at] ^= 1 << r.IntN(8)
			if _, err := s.Swap(t.Context(), key, body, version); err != nil {
				t.Fatal(err)
			}
			_, err = w.run(t.Context(), t, night{store: s, shards: 1})
			if err != nil && strings.Contains(err.Error(), key) {
				continue
			}
			got := left(t, s)
			healed := err == nil && got[key] == want[key]
			switch {
			case strings.HasPrefix(key, "arrivals/"):
				healed = err == nil && bytes.Equal(bodiesOf(t, s, key)[key], bodies[key])
			case key == "provider.json":
				healed = err == nil // it says the same, without its seal
			case strings.HasSuffix(key, "/current.json"): // without its seal it is one of an earlier version of the program
				now, _, bad := run.ReadCurrent(t.Context(), s, period)
				healed = err == nil && bad == nil && now.Run == current.Run && now.Provisional == current.Provisional && now.Previous == current.Previous
			}
			if !healed {
				t.Errorf("bit of byte %d of %s: %v, and the object is not what it was: %.80q", at, key, err, body)
			}
		}
	}
	if len(byKind) < 15 {
		t.Errorf("only %d kinds of objects: %v", len(byKind), byKind)
	}
}
