package pipeline_test

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"daybook/pipeline/run"
	"daybook/pipeline/store"
)

// TestSameInputsSameBytes holds runs that must not differ to the bytes of the plainest one: one worker, from a directory
// into memory.
func TestSameInputsSameBytes(t *testing.T) {
	for _, x := range []struct {
		name  string
		make  func() (*world, error)
		cases []sameCase
	}{
		{"worked example", worked, []sameCase{
			{"two workers with little memory, into a directory", func(t *testing.T, w *world) night {
				n := intoDirectory(t, w)
				n.workers, n.budget = 2, 64<<10
				return n
			}},
			{"into a bucket", func(t *testing.T, _ *world) night { return night{store: openBucket(t, "store")} }},
		}},
		{"many rows", many, []sameCase{
			{"again", func(*testing.T, *world) night { return night{workers: 1} }},
			{"two workers", func(*testing.T, *world) night { return night{workers: 2} }},
			{"little memory", func(*testing.T, *world) night { return night{budget: 64 << 10, workers: 2} }},
			{"delivered in another order", shuffled},
			{"delivered at other times", atOtherTimes},
			{"delivered into memory", func(t *testing.T, w *world) night {
				m := new(store.Memory)
				copyStore(t, w.landing(t), m, slices.Reverse)
				return night{landing: m}
			}},
			{"all in directories", intoDirectory},
			{"all in a bucket", func(t *testing.T, w *world) night {
				n := night{landing: openBucket(t, "landing"), store: openBucket(t, "store"), scratch: openBucket(t, "scratch"), workers: 2}
				copyStore(t, w.landing(t), n.landing, nil)
				return n
			}},
		}},
		{"starter", starter, []sameCase{
			{"delivered in another order", shuffled},
			{"delivered into a bucket", func(t *testing.T, w *world) night {
				n := night{landing: openBucket(t, "landing")}
				copyStore(t, w.landing(t), n.landing, nil)
				return n
			}},
		}},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			w := need(t, x.make)
			_, s := w.plain(t)
			want := left(t, s)
			for _, c := range x.cases {
				t.Run(c.name, func(t *testing.T) {
					_, s := w.must(t, c.night(t, w))
					same(t, left(t, s), want)
				})
			}
		})
	}
}

// TestMemoryLeavesNoTrace runs with two budgets of memory: neither a result nor a file between tasks shows which it was, so
// that tasks of one run may have as much as their machines have.
func TestMemoryLeavesNoTrace(t *testing.T) {
	t.Parallel()
	w := need(t, large)
	var results, between [2]map[string]string
	for i, budget := range []int64{0, 256 << 10} {
		s, scratch := new(store.Memory), new(store.Memory)
		w.must(t, night{store: s, scratch: scratch, until: "normalise", budget: budget})
		results[i], between[i] = left(t, s), left(t, scratch)
		if len(between[i]) == 0 {
			t.Fatal("there are no files between tasks")
		}
	}
	same(t, results[1], results[0])
	same(t, between[1], between[0])
}

type sameCase struct {
	name  string
	night func(*testing.T, *world) night
}

func intoDirectory(t *testing.T, _ *world) night {
	return night{store: openPlace(t, path.Join(t.TempDir(), "store")), scratch: openPlace(t, path.Join(t.TempDir(), "scratch"))}
}

// shuffled is a landing place whose files were written in another order.
func shuffled(t *testing.T, w *world) night {
	to := openPlace(t, t.TempDir())
	chance := rand.New(rand.NewPCG(1, 2))
	copyStore(t, w.landing(t), to, func(keys []string) {
		chance.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	})
	return night{landing: to}
}

// atOtherTimes is a landing place whose files have other times.
func atOtherTimes(t *testing.T, w *world) night {
	dir := t.TempDir()
	to := openPlace(t, dir)
	copyStore(t, w.landing(t), to, nil)
	at := time.Date(2031, 5, 1, 0, 0, 0, 0, time.UTC)
	for i, key := range slices.Sorted(maps.Keys(bodiesOf(t, to, ""))) {
		at = at.Add(-time.Duration(i) * time.Hour)
		if err := os.Chtimes(path.Join(dir, key), at, at); err != nil {
			t.Fatal(err)
		}
	}
	return night{landing: to}
}

// TestSameRowsForAnyShards divides the accounts in other ways, with so little memory too that every shard is sorted
// outside of it.
func TestSameRowsForAnyShards(t *testing.T) {
	for name, makeWorld := range map[string]func() (*world, error){"worked example": worked, "many rows": many, "starter": starter} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := need(t, makeWorld)
			sum, s := w.plain(t)
			want := rows(t, s, sum.Manifest)
			for _, n := range []night{{shards: 4}, {shards: 16, workers: 2, budget: 64 << 10}} {
				got, s := w.must(t, n)
				if have := rows(t, s, got.Manifest); !maps.Equal(have, want) {
					t.Errorf("%d shards: rows\n%v\none shard:\n%v", n.shards, have, want)
				}
				sameControl(t, got.Manifest, sum.Manifest)
			}
		})
	}
}

// sameControl compares what two runs say of where the rows went, and of the money.
func sameControl(t *testing.T, got, want *run.Manifest) {
	t.Helper()
	a, b := &got.Control, &want.Control
	for _, d := range []string{
		a.Delivered.Diff(b.Delivered), a.OutOfScope.Diff(b.OutOfScope), a.Rejected.Diff(b.Rejected), a.Duplicates.Diff(b.Duplicates),
		a.Usage.Diff(b.Usage), a.Read.Diff(b.Read),
	} {
		if d != "" {
			t.Error(d)
		}
	}
	if a.RatedRows != b.RatedRows || a.PartlyRows != b.PartlyRows || a.SuspendedRows != b.SuspendedRows || a.UnpricedRows != b.UnpricedRows {
		t.Errorf("rated, suspended, unpriced rows: %d, %d, %d, not %d, %d, %d",
			a.RatedRows, a.SuspendedRows, a.UnpricedRows, b.RatedRows, b.SuspendedRows, b.UnpricedRows)
	}
	if fmt.Sprint(got.Codes) != fmt.Sprint(want.Codes) {
		t.Errorf("findings by code: %v, not %v", got.Codes, want.Codes)
	}
	// The figures name the run's own report; nothing else in them may differ.
	strip := func(m *run.Manifest) []byte { return bytes.ReplaceAll(m.Summary, []byte(m.Run), nil) }
	if !bytes.Equal(strip(got), strip(want)) {
		t.Errorf("figures:\n%s\nnot\n%s", got.Summary, want.Summary)
	}
}

// TestLargestFirst watches one worker: shards come in the order of their sizes, so that of several workers none is left
// alone with a large one.
func TestLargestFirst(t *testing.T) {
	t.Parallel()
	w := need(t, many)
	watched := &counted{Store: new(store.Memory)}
	sum, _ := w.must(t, night{store: watched, shards: 7})
	for _, name := range []string{"usage", "charges"} {
		rows := map[string]int64{} // of usage, by part
		for _, o := range sum.Manifest.Outputs {
			if o.Dataset == "usage" {
				rows[path.Base(o.Key)] = o.Rows
			}
		}
		var sizes []int64
		for _, key := range watched.written {
			if strings.HasPrefix(key, "datasets/"+name+"/") {
				sizes = append(sizes, rows[path.Base(key)])
			}
		}
		if len(sizes) != 7 || sizes[0] == sizes[6] || !slices.IsSortedFunc(sizes, func(a, b int64) int { return cmp.Compare(b, a) }) {
			t.Errorf("%s was written in shards of %v rows", name, sizes)
		}
	}
}
