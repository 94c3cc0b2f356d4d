package ingest

import (
	"strings"
	"testing"
	"time"

	"daybook/pipeline/source/delivery"
	"daybook/pipeline/store"
)

// sighted keeps two objects in a store, and returns it with the text of what is kept.
func sighted(t *testing.T) (*store.Memory, []byte) {
	t.Helper()
	s := new(store.Memory)
	x, err := readSightings(t.Context(), s, "2024-09", "meter")
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"a", "b"} {
		x.arrived(store.Info{Key: key, Size: 7, Version: "v", Identity: "1", Modified: time.Date(2024, 9, 2, 3, 4, 5, 0, time.UTC)})
		x.pin(key, delivery.Digests{Digest: strings.Repeat("0123456789abcdef", 4)})
	}
	if err := x.write(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	body, _, err := store.ReadAll(t.Context(), s, "arrivals/2024-09/meter.json")
	if err != nil {
		t.Fatal(err)
	}
	return s, body
}

// TestArrivalsAreSealed changes each byte of what is kept: none goes unnoticed.
func TestArrivalsAreSealed(t *testing.T) {
	_, body := sighted(t)
	for i := range body {
		for _, flip := range []byte{1, 0x10, 0x20} {
			changed := append([]byte(nil), body...)
			changed[i] ^= flip
			s := new(store.Memory)
			if _, err := s.Swap(t.Context(), "arrivals/2024-09/meter.json", changed, ""); err != nil {
				t.Fatal(err)
			}
			x, err := readSightings(t.Context(), s, "2024-09", "meter")
			if err == nil && strings.TrimSpace(string(changed)) != strings.TrimSpace(string(body)) && len(x.objects) > 0 {
				t.Errorf("byte %d may be %q without a word:\n%s", i, changed[i], changed)
			}
			if err != nil && !strings.Contains(err.Error(), "arrivals/2024-09/meter.json is damaged") {
				t.Errorf("byte %d: %v", i, err)
			}
		}
	}
}

// TestArrivalsOfBefore reads what an earlier version of the program kept, without a seal, and seals it with the next that is
// pinned.
func TestArrivalsOfBefore(t *testing.T) {
	s := new(store.Memory)
	const old = `{"a": {"size": 7, "version": "v", "modified": "2024-09-02T03:04:05Z", "arrived": "2024-09-01T00:00:00Z", "digest": "d"}}`
	if _, err := s.Swap(t.Context(), "arrivals/2024-09/meter.json", []byte(old), ""); err != nil {
		t.Fatal(err)
	}
	x, err := readSightings(t.Context(), s, "2024-09", "meter")
	if err != nil {
		t.Fatal(err)
	}
	a := store.Info{Key: "a", Size: 7, Version: "v", Modified: time.Date(2024, 9, 2, 3, 4, 5, 0, time.UTC)}
	if at := x.arrived(a); at.Day() != 1 || x.digest(a).Digest != "d" {
		t.Errorf("a arrived %s with %+v", at, x.digest(a))
	}
	a.Identity = "2"
	if got := x.digest(a); got.Digest != "" || x.arrived(a).Day() != 1 {
		t.Errorf("another file of the same time and size is taken for read: %+v", got)
	}
	x.pin("a", delivery.Digests{Digest: "d"})
	if err := x.write(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	again, err := readSightings(t.Context(), s, "2024-09", "meter")
	if err != nil || again.objects["a"].Arrived.Day() != 1 || again.objects["a"].Identity != "2" {
		t.Errorf("%+v, %v", again, err)
	}
}
