package pipeline_test

import (
	"context"
	"io"
	"iter"
	"sync/atomic"
	"testing"

	"daybook/pipeline/run"
	"daybook/pipeline/store"
)

// spendable is a scratch store that counts who comes once it is spent.
type spendable struct {
	store.Store
	spent atomic.Bool
	late  atomic.Int64
}

func (s *spendable) come() {
	if s.spent.Load() {
		s.late.Add(1)
	}
}

func (s *spendable) Get(ctx context.Context, key string, off, n int64) (*store.Object, error) {
	s.come()
	return s.Store.Get(ctx, key, off, n)
}

func (s *spendable) Create(ctx context.Context, key string, body io.ReadSeeker) (store.Info, error) {
	s.come()
	return s.Store.Create(ctx, key, body)
}

func (s *spendable) List(ctx context.Context, prefix string) iter.Seq2[store.Info, error] {
	s.come()
	return s.Store.List(ctx, prefix)
}

// TestScratchSpent listens for the word that the scratch store is not needed any more: it comes once, after the stage that
// uses it, and from there on nobody does.
func TestScratchSpent(t *testing.T) {
	w := need(t, starter)
	_, want := w.must(t, night{shards: 2})
	for until, times := range map[string]int{"ingest": 0, "normalise": 1, "rate": 1, "": 1} {
		s, kept := &spendable{Store: new(store.Memory)}, new(store.Memory)
		told, stage := 0, ""
		listen := func(e run.Event) {
			switch e.Kind {
			case run.StepBegins:
				stage = e.Stage
			case run.ScratchSpent:
				told++
				s.spent.Store(true)
				if stage != "normalise" {
					t.Errorf("until %q: the scratch store is spent with %s", until, stage)
				}
			default:
			}
		}
		w.must(t, night{store: kept, scratch: s, shards: 2, workers: 2, until: until, progress: listen})
		if told != times {
			t.Errorf("until %q: the scratch store is spent %d times, want %d", until, told, times)
		}
		// What is left to do does without the scratch store, too.
		s.Store = new(store.Memory)
		w.must(t, night{store: kept, scratch: s, shards: 2})
		if s.late.Load() != 0 {
			t.Errorf("until %q: it was used %d times after that", until, s.late.Load())
		}
		same(t, left(t, kept), left(t, want))
	}
}
