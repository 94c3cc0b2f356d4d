package diff

import (
	"math/rand/v2"
	"runtime"
	"testing"

	"daybook/pipeline/run"
	"daybook/pipeline/store"
)

// TestMemoryStaysFlat: three times the charges take no more memory, once they fill what is held while they are sorted.
func TestMemoryStaysFlat(t *testing.T) {
	const few, many, most = 24_000, 72_000, 4 << 20
	if small, large := liveAt(t, few), liveAt(t, many); large > small+most {
		t.Errorf("%d charges take %d KiB and %d take %d KiB", few, small>>10, many, large>>10)
	} else {
		t.Logf("%d KiB and %d KiB", small>>10, large>>10)
	}
}

// liveAt is the most that is live, in bytes, while two runs of so many charges are compared.
func liveAt(t *testing.T, charges int) (most uint64) {
	s, err := store.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	a, b := func() (a, b *run.Manifest) {
		r := rand.New(rand.NewPCG(7, 9))
		before := make([]Charge, charges)
		for i := range before {
			before[i] = randomCharge(r)
		}
		const groups = 1_000
		return night{charges: before, shards: 3, groups: groups}.commit(t, s), night{charges: tonight(r, before), shards: 2, groups: groups}.commit(t, s)
	}()
	var now runtime.MemStats
	live := func() uint64 {
		runtime.GC()
		runtime.ReadMemStats(&now)
		return now.HeapAlloc
	}
	base, heard := live(), 0
	_, err = Runs(t.Context(), s, a, b, Options{Lines: 10, Budget: 1 << 20, SpillDir: t.TempDir(), Each: func(*Difference) error {
		if heard++; heard%(charges/16) == 0 {
			most = max(most, live()-base)
		}
		return nil
	}})
	if err != nil || most == 0 {
		t.Fatalf("%d bytes, %v", most, err)
	}
	return most
}
