package ingest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"daybook/pipeline/source/delivery"
	"daybook/pipeline/store"
)

// most is how many objects a document of the tests holds.
const most = 100

// see pins so many objects, from the first.
func see(t *testing.T, s store.Store, first, n int) *sightings {
	t.Helper()
	x, err := readSightings(t.Context(), s, "2024-09", "meter")
	if err != nil {
		t.Fatal(err)
	}
	x.kept.most = most
	for i := first; i < first+n; i++ {
		key := fmt.Sprintf("own/2024-09/%06d.jsonl", i)
		x.arrived(store.Info{Key: key, Size: int64(i), Version: "v", Modified: time.Date(2024, 9, 2, 3, 4, i%60, 0, time.UTC)})
		x.pin(key, delivery.Digests{Digest: fmt.Sprint("digest of ", i)})
	}
	return x
}

// documents are the sizes of what is kept, by key.
func documents(t *testing.T, s store.Store) map[string]int64 {
	t.Helper()
	sizes := map[string]int64{}
	for info, err := range s.List(t.Context(), "arrivals/") {
		if err != nil {
			t.Fatal(err)
		}
		sizes[info.Key] = info.Size
	}
	return sizes
}

// TestSightingsAreDivided keeps the sightings of more and more objects: no document grows beyond its share, none is forgotten, and
// a process that ends between two documents loses nothing.
func TestSightingsAreDivided(t *testing.T) {
	s := new(store.Memory)
	var largest int64
	for n := range 12 {
		x := see(t, s, 90*n, 90)
		if n%3 == 2 { // the one document is the last to be written: here the process ends before
			before, _, err := store.ReadAll(t.Context(), s, "arrivals/2024-09/meter.json")
			if err != nil {
				t.Fatal(err)
			}
			if err := x.write(t.Context(), &failing{s, "arrivals/2024-09/meter.json"}); err != nil && !errors.Is(err, errEnded) {
				t.Fatal(err)
			}
			after, _, err := store.ReadAll(t.Context(), s, "arrivals/2024-09/meter.json")
			if err != nil || string(before) != string(after) {
				t.Fatalf("the one document was written: %v", err)
			}
			x = see(t, s, 90*n, 90)
		}
		if err := x.write(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		again := see(t, s, 0, 0)
		if len(again.objects) != 90*(n+1) {
			t.Fatalf("%d objects are kept of %d", len(again.objects), 90*(n+1))
		}
		for i := range 90 * (n + 1) {
			if got := again.objects[fmt.Sprintf("own/2024-09/%06d.jsonl", i)]; got.Digest != fmt.Sprint("digest of ", i) || got.Size != int64(i) {
				t.Fatalf("object %d is kept as %+v", i, got)
			}
		}
		if n == 0 {
			largest = documents(t, s)["arrivals/2024-09/meter.json"]
		}
		for key, size := range documents(t, s) {
			if size > 2*largest {
				t.Errorf("%d objects: %s has %d bytes, where %d objects take %d", 90*(n+1), key, size, most, largest)
			}
		}
	}
	x := see(t, s, 0, 0)
	if x.kept.parts < 12 {
		t.Errorf("%d objects lie in %d parts", len(x.objects), x.kept.parts)
	}
	if err := x.write(t.Context(), &failing{s, ""}); err != nil { // nothing is new
		t.Error(err)
	}
	x.changed = true
	if err := x.write(t.Context(), &failing{s, ""}); err != nil {
		t.Errorf("documents that did not change are written again: %v", err)
	}
	for key := range documents(t, s) {
		body, version, err := store.ReadAll(t.Context(), s, key)
		if err != nil {
			t.Fatal(err)
		}
		body[len(body)/2] ^= 1
		if _, err := s.Swap(t.Context(), key, body, version); err != nil {
			t.Fatal(err)
		}
		used := strings.HasSuffix(key, "meter.json") || strings.Contains(key, fmt.Sprintf("/meter/%d/", x.kept.parts))
		if _, err := readSightings(t.Context(), s, "2024-09", "meter"); used && (err == nil || !strings.Contains(err.Error(), key+" is damaged")) {
			t.Errorf("a bit of %s is another: %v", key, err)
		}
		body[len(body)/2] ^= 1
		_, version, _ = store.ReadAll(t.Context(), s, key)
		if _, err := s.Swap(t.Context(), key, body, version); err != nil {
			t.Fatal(err)
		}
	}
}

var errEnded = errors.New("the process ended")

// failing is a store whose writes of one key fail, or of any.
type failing struct {
	store.Store
	key string
}

func (f *failing) Swap(ctx context.Context, key string, body []byte, old store.Version) (store.Version, error) {
	if f.key == "" || key == f.key {
		return "", errEnded
	}
	return f.Store.Swap(ctx, key, body, old)
}
