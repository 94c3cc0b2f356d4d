package pipeline_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"daybook/fixtures/effort"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
)

// counted counts what is written.
type counted struct {
	store.Store
	mu      sync.Mutex
	written []string
}

func (c *counted) note(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.written = append(c.written, key)
}

func (c *counted) Create(ctx context.Context, key string, body io.ReadSeeker) (store.Info, error) {
	c.note(key)
	return c.Store.Create(ctx, key, body)
}

func (c *counted) Swap(ctx context.Context, key string, body []byte, old store.Version) (store.Version, error) {
	c.note(key)
	return c.Store.Swap(ctx, key, body, old)
}

func TestSecondRunDoesNothing(t *testing.T) {
	w := need(t, starter)
	first, s := w.must(t, night{})
	if first.Reused || first.Raced || first.Did == 0 || first.Skipped != 0 {
		t.Errorf("the first run: reused %t, raced %t, %d done, %d skipped", first.Reused, first.Raced, first.Did, first.Skipped)
	}
	into, scratch := &counted{Store: s}, &counted{Store: new(store.Memory)}
	again, _ := w.must(t, night{store: into, scratch: scratch})
	if !again.Reused || again.Raced || again.Did != 0 || again.Skipped != first.Did {
		t.Errorf("the second run: reused %t, raced %t, %d done, %d skipped", again.Reused, again.Raced, again.Did, again.Skipped)
	}
	if len(into.written) > 0 || len(scratch.written) > 0 {
		t.Errorf("the second run wrote %q and %q", into.written, scratch.written)
	}
	if again.Manifest.Run != first.Manifest.Run {
		t.Errorf("the second run is %s, not %s", again.Manifest.Run, first.Manifest.Run)
	}
}

// TestLostManifestIsWrittenAgain removes the last that a run wrote, as if it had been killed just before.
func TestLostManifestIsWrittenAgain(t *testing.T) {
	w, dir := need(t, starter), t.TempDir()
	sum, s := w.must(t, night{store: openPlace(t, dir)})
	want, before := left(t, s), times(t, dir)
	manifest, pointer := "runs/2024-09/"+string(sum.Manifest.Run)+"/manifest.json", "periods/2024-09/current.json"
	for _, lost := range [][]string{{manifest}, {pointer}, {manifest, pointer}} {
		for _, key := range lost {
			if err := os.Remove(path.Join(dir, key)); err != nil {
				t.Fatal(err)
			}
			delete(before, key)
		}
		scratch := &counted{Store: new(store.Memory)}
		again, s := w.must(t, night{store: openPlace(t, dir), scratch: scratch})
		if again.Did != 0 || again.Raced || len(scratch.written) > 0 {
			t.Errorf("without %q: %d tasks done, raced %t, scratch written %q", lost, again.Did, again.Raced, scratch.written)
		}
		same(t, left(t, s), want)
		now := times(t, dir)
		for key, at := range before {
			if !now[key].Equal(at) {
				t.Errorf("without %q: %s was written again", lost, key)
			}
		}
		before = now
	}
}

// times are the times of all files below a directory, by key.
func times(t *testing.T, dir string) map[string]time.Time {
	t.Helper()
	at := map[string]time.Time{}
	err := filepath.WalkDir(dir, func(name string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.Contains(name, "/.") {
			return err
		}
		info, err := e.Info()
		if err == nil {
			at[strings.TrimPrefix(name, dir+"/")] = info.ModTime()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// TestScratchMayBeLost loses the files between tasks at each step, as when another machine goes on.
func TestScratchMayBeLost(t *testing.T) {
	w := need(t, many)
	_, want := w.plain(t)
	for _, until := range []string{"ingest", "normalise", "rate", "reconcile", "emit"} {
		s := new(store.Memory)
		w.must(t, night{store: s, until: until})
		// With another budget the lost files come out otherwise, and must not be in the way of what is committed.
		w.must(t, night{store: s, budget: 1 << 20, progress: func(e run.Event) {
			if e.Kind == run.TaskDone && e.Stage == "normalise" && until != "ingest" {
				t.Errorf("after %s a task of normalise/%s was done again", until, e.Step)
			}
		}})
		t.Run("after "+until, func(t *testing.T) { same(t, left(t, s), left(t, want)) })
	}
}

// TestStoppedHalfway stops a run at each of its events, and lets it go on.
func TestStoppedHalfway(t *testing.T) {
	w := need(t, starter)
	_, s := w.plain(t)
	want := left(t, s)
	s, scratch := new(store.Memory), new(store.Memory)
	stops := 0
	for {
		ctx, stop := context.WithCancel(t.Context())
		sum, err := w.run(ctx, t, night{store: s, scratch: scratch, workers: 2, progress: func(e run.Event) {
			if e.Kind == run.TaskDone {
				stop()
			}
		}})
		stop()
		if err == nil {
			if sum.Did != 0 && stops == 0 {
				t.Error("the run was never stopped")
			}
			break
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if _, _, err := run.ReadCurrent(t.Context(), s, period); !errors.Is(err, store.ErrNotFound) {
			t.Fatalf("a run that was stopped is current: %v", err)
		}
		if stops++; stops > 50 {
			t.Fatal("the run does not get on")
		}
	}
	same(t, left(t, s), want)
	if stops < 5 {
		t.Errorf("the run was stopped %d times only", stops)
	}
}

// TestCancelEndsSoon cancels amid the rows and looks that nobody is left at work.
func TestCancelEndsSoon(t *testing.T) {
	w := need(t, many)
	before := runtime.NumGoroutine()
	for _, stage := range []string{"normalise", "rate"} {
		ctx, stop := context.WithCancel(t.Context())
		var at time.Time
		var once sync.Once
		_, err := w.run(ctx, t, night{store: new(store.Memory), workers: 2, shards: 4, budget: 64 << 10, progress: func(e run.Event) {
			if e.Kind == run.RowsDone && e.Stage == stage {
				once.Do(func() { at = time.Now(); stop() })
			}
		}})
		stop()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: the run ended with %v", stage, err)
		}
		if took := time.Since(at); took > 5*time.Second {
			t.Errorf("%s: the run went on for %s", stage, took)
		}
	}
	for wait := time.Millisecond; runtime.NumGoroutine() > before; wait *= 2 {
		if wait > 2*time.Second {
			t.Fatalf("%d goroutines are left of %d", runtime.NumGoroutine(), before)
		}
		time.Sleep(wait)
	}
}

// TestTwoAtOnce starts the same run twice, and runs that differ, over one store.
func TestTwoAtOnce(t *testing.T) {
	w := need(t, starter)
	plain, s := w.plain(t)
	want, digests := left(t, s), rows(t, s, plain.Manifest)
	for round := range effort.Count(t, 3, 200) {
		s := new(store.Memory)
		sums := atOnce(t, w, night{store: s, workers: 2}, night{store: s, workers: 1})
		committed := 0
		for _, sum := range sums {
			if !sum.Raced && !sum.Reused {
				committed++
			}
		}
		if committed != 1 {
			t.Errorf("round %d: %d runs say that they committed", round, committed)
		}
		same(t, left(t, s), want)
	}
	// Of runs that differ, each is whole under its own name, with the same rows, and one is current.
	s = new(store.Memory)
	for _, sum := range atOnce(t, w, night{store: s, shards: 1}, night{store: s, shards: 4}, night{store: s, shards: 16}) {
		if sum.Raced || sum.Reused {
			t.Errorf("run %s with %d shards: raced %t, reused %t", sum.Manifest.Run, sum.Manifest.Spec.Shards, sum.Raced, sum.Reused)
		}
		if got := rows(t, s, sum.Manifest); !maps.Equal(got, digests) {
			t.Errorf("%d shards: rows %v, not %v", sum.Manifest.Spec.Shards, got, digests)
		}
	}
	current, _, err := run.ReadCurrent(t.Context(), s, period)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := run.ReadManifest(t.Context(), s, period, current.Run); err != nil {
		t.Error(err)
	}
}

func atOnce(t *testing.T, w *world, nights ...night) []*run.Summary {
	t.Helper()
	sums, errs := make([]*run.Summary, len(nights)), make([]error, len(nights))
	var all sync.WaitGroup
	for i := range nights {
		all.Go(func() { sums[i], errs[i] = w.run(t.Context(), t, nights[i]) })
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	return sums
}

// TestMoreArrives adds deliveries and a source to a period that was run, before and after those that were there: the next
// run leaves what a run over all of it leaves, though the files between the tasks of the first are gone.
func TestMoreArrives(t *testing.T) {
	w := need(t, many)
	whole, want := w.must(t, night{shards: 3})
	all := bodiesOf(t, w.landing(t), "")
	for _, last := range slices.Sorted(maps.Keys(all)) {
		t.Run(path.Base(last)+" arrives last", func(t *testing.T) {
			landing, s := new(store.Memory), new(store.Memory)
			for key, body := range all {
				if key == last {
					continue
				}
				if _, err := landing.Create(t.Context(), key, bytes.NewReader(body)); err != nil {
					t.Fatal(err)
				}
			}
			first, _ := w.must(t, night{landing: landing, store: s, shards: 3})
			if _, err := landing.Create(t.Context(), last, bytes.NewReader(all[last])); err != nil {
				t.Fatal(err)
			}
			second, _ := w.must(t, night{landing: landing, store: s, shards: 3})
			if second.Manifest.Run == first.Manifest.Run || second.Manifest.Run != whole.Manifest.Run {
				t.Errorf("the runs are %s and %s, and %s over all", first.Manifest.Run, second.Manifest.Run, whole.Manifest.Run)
			}
			left := left(t, s)
			for _, o := range whole.Manifest.Outputs {
				body, _, err := store.ReadAll(t.Context(), want, o.Key)
				sum := sha256.Sum256(body)
				if err != nil || left[o.Key] != hex.EncodeToString(sum[:]) {
					t.Errorf("%s is not what a run over all leaves: %v", o.Key, err)
				}
			}
			current, _, err := run.ReadCurrent(t.Context(), s, period)
			if err != nil || current.Run != second.Manifest.Run || current.Previous != first.Manifest.Run {
				t.Errorf("current is %+v, %v", current, err)
			}
		})
	}
}
