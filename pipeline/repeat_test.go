package pipeline_test

import (
	"errors"
	"path"
	"slices"
	"strings"
	"testing"

	"daybook/pipeline/again"
	"daybook/pipeline/book"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
)

// TestDoAgain does a committed run anew when there is no book any more but the one that the store keeps: in as many bytes, with
// nothing written to the store; and with code of another version, in the same rows.
func TestDoAgain(t *testing.T) {
	w := need(t, worked)
	kept := new(store.Memory)
	sum, err := w.run(t.Context(), t, night{store: kept, shards: 3, workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	before := left(t, kept)
	result, err := again.Do(t.Context(), &run.Run{Places: run.Places{Landing: w.landing(t), Store: kept, Scratch: new(store.Memory)}}, sum.Manifest, new(store.Memory), 2)
	if err != nil {
		t.Fatal(err)
	}
	if !result.SameBytes() || result.Same != len(sum.Manifest.Outputs) || result.After.Run != sum.Manifest.Run {
		t.Errorf("%d objects have their bytes, of %d; others %v", result.Same, len(sum.Manifest.Outputs), result.Different)
	}
	if after := left(t, kept); !slices.Equal(sortedPairs(after), sortedPairs(before)) {
		t.Error("the store was written to")
	}

	older := *sum.Manifest
	older.Spec.Code = slices.Clone(older.Spec.Code)
	older.Spec.Code[0].Digest = "0"
	if older.Run, err = older.Spec.RunID(); err != nil {
		t.Fatal(err)
	}
	result, err = again.Do(t.Context(), &run.Run{Places: run.Places{Landing: w.landing(t), Store: kept, Scratch: new(store.Memory)}}, &older, new(store.Memory), 2)
	if err != nil {
		t.Fatal(err)
	}
	if result.After.Run != sum.Manifest.Run || !result.SameBytes() {
		t.Errorf("by today's code it is run %s with %d other objects", result.After.Run, len(result.Different))
	}
}

// sortedPairs are the keys of a store with the digests of what lies there, in order.
func sortedPairs(objects map[string]string) (out []string) {
	for key, digest := range objects {
		out = append(out, key+" "+digest)
	}
	slices.Sort(out)
	return out
}

// TestDoAgainWithout lacks each of what a past run is done again from: every object that is gone or changed is named, and a part
// of the book that is gone or changed.
func TestDoAgainWithout(t *testing.T) {
	w := need(t, starter)
	sum, plain := w.plain(t)
	bodies := bodiesOf(t, w.landing(t), "")
	landing := new(store.Memory)
	var gone, changed string
	for _, src := range sum.Manifest.Spec.Sources {
		for _, o := range src.Objects {
			body := bodies[o.Key]
			switch {
			case gone == "":
				gone = o.Key
				continue
			case changed == "":
				changed = o.Key
				body = append(slices.Clone(body), '\n')
			}
			put(t, landing, o.Key, string(body))
		}
	}
	_, err := again.Do(t.Context(), &run.Run{Places: run.Places{Landing: landing, Store: plain, Scratch: new(store.Memory)}}, sum.Manifest, new(store.Memory), 1)
	missing, ok := errors.AsType[*again.GoneError](err)
	if !ok || len(missing.Objects) != 2 || missing.Objects[0] != gone+" is gone" || !strings.HasPrefix(missing.Objects[1], changed+" has changed") {
		t.Errorf("without %s and with another %s: %v", gone, changed, err)
	}

	kept := bodiesOf(t, plain, "")
	for key, body := range kept {
		if path.Dir(key) != "books/files" && !strings.HasPrefix(key, "books/"+string(book.PartFX)) {
			continue
		}
		for _, as := range []string{"gone", "changed"} {
			s := new(store.Memory)
			for other, body := range kept {
				if other != key {
					put(t, s, other, string(body))
				}
			}
			if as == "changed" {
				put(t, s, key, string(body[:len(body)-1])+"x")
			}
			_, err := run.OpenBook(t.Context(), s, &sum.Manifest.Spec)
			if err == nil || !strings.Contains(err.Error(), key) || errors.Is(err, run.ErrNoBook) != (as == "gone" && strings.HasSuffix(key, ".json")) {
				t.Errorf("%s is %s: %v", key, as, err)
			}
		}
	}
}
