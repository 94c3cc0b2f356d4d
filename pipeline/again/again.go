// Package again does a past run anew, and says in what it comes out otherwise. It writes nothing to the store.
//
// Start reading at [Do]; [Judge] looks closer where bytes differ.
package again

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"daybook/pipeline"
	"daybook/pipeline/run"
	"daybook/pipeline/source/delivery"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// Result is how a past run came out when it was done anew.
type Result struct {
	// Before is the run as it was committed, and After as it came out now: another run if the code is of another version.
	Before, After *run.Manifest
	// Store shows both, as long as the place that the run was done in is there.
	Store store.Store
	// Different are the objects of which the bytes are not those that were written, by key; Same is how many are.
	Different []string
	Same      int
}

// SameBytes reports whether every object came out as it was written.
func (a *Result) SameBytes() bool { return len(a.Different) == 0 }

// GoneError lists the objects of the landing place that a past run cannot be done again without, and why.
type GoneError struct {
	Period schemas.Period `json:"period"`
	Run    schemas.RunID  `json:"run"`
	// Objects are named each with what is wrong with it.
	Objects []string `json:"objects"`
}

// Error says how many there are, and names the first.
func (e *GoneError) Error() string {
	n := len(e.Objects)
	return fmt.Sprintf("run %.8s of %s cannot be done again: %d %s that it pinned %s gone or changed, first %s",
		e.Run, e.Period, n, schemas.OneOrMany(n, "object", "objects"), schemas.OneOrMany(n, "is", "are"), e.Objects[0])
}

// Do does a committed run anew: from the book that the store keeps of it, the objects that it pinned, and today's code, in
// aside, which begins empty. The store is not written to. An error is a *GoneError where objects are gone or changed, and wraps
// [run.ErrNoBook] where the store does not keep the book. r has its places and what it may spend; its book and spec are replaced.
func Do(ctx context.Context, r *run.Run, m *run.Manifest, aside store.Store, workers int) (*Result, error) {
	var err error
	if r.Book, err = run.OpenBook(ctx, r.Store, &m.Spec); err != nil {
		return nil, err
	}
	if err := allPinned(ctx, r.Landing, m, workers); err != nil {
		return nil, err
	}
	kept := r.Store
	r.Store = &store.Over{Base: kept, Top: aside, Hidden: func(key string) bool { return isOf(m.Spec.Period, key) }}
	spec := m.Spec
	r.Stages = pipeline.Stages()
	spec.Code = run.CodeOf(r.Stages)
	if err := r.Fix(spec); err != nil {
		return nil, err
	}
	sum, err := run.Execute(ctx, r, workers, "", func(*run.Wave, []*run.Result) error { return nil })
	if err != nil {
		return nil, err
	}
	again := &Result{Before: m, After: sum.Manifest, Store: &store.Over{Base: kept, Top: aside}}
	again.compare()
	return again, nil
}

// compare holds what the two runs wrote against each other: by dataset and place in it, for where the code is of another version
// the keys are others.
func (a *Result) compare() {
	before, after := byPlace(a.Before), byPlace(a.After)
	for place, o := range before {
		if now, ok := after[place]; ok && now.Digest == o.Digest {
			a.Same++
		} else {
			a.Different = append(a.Different, o.Key)
		}
	}
	for place, o := range after {
		if _, ok := before[place]; !ok {
			a.Different = append(a.Different, o.Key)
		}
	}
	slices.Sort(a.Different)
}

// byPlace are the outputs of a run by dataset and number.
func byPlace(m *run.Manifest) map[string]*run.Output {
	out, n := map[string]*run.Output{}, map[string]int{}
	for i := range m.Outputs {
		o := &m.Outputs[i]
		out[fmt.Sprintf("%s %d", o.Dataset, n[o.Dataset])] = o
		n[o.Dataset]++
	}
	return out
}

// isOf reports whether an object of the store is of a period: what its runs have left, and are not to find.
func isOf(p schemas.Period, key string) bool {
	return slices.ContainsFunc(strings.Split(key, "/"), func(folder string) bool {
		return folder == string(p) || folder == "billing_period="+string(p)
	})
}

// allPinned makes sure that every object that a run pinned is in the landing place as it was.
func allPinned(ctx context.Context, landing store.Store, m *run.Manifest, workers int) error {
	var objects []*run.Object
	for i := range m.Spec.Sources {
		for j := range m.Spec.Sources[i].Objects {
			objects = append(objects, &m.Spec.Sources[i].Objects[j])
		}
	}
	wrong := make([]string, len(objects))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(max(1, workers))
	for i, o := range objects {
		g.Go(func() (err error) {
			wrong[i], err = unlikePinned(ctx, landing, o)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if wrong = slices.DeleteFunc(wrong, func(s string) bool { return s == "" }); len(wrong) > 0 {
		return &GoneError{m.Spec.Period, m.Run, wrong}
	}
	return nil
}

// unlikePinned says in what an object of the landing place is not as it was pinned; empty is in nothing.
func unlikePinned(ctx context.Context, landing store.Store, o *run.Object) (string, error) {
	body, err := landing.Get(ctx, o.Key, 0, -1)
	if errors.Is(err, store.ErrNotFound) {
		return o.Key + " is gone", nil
	}
	if err != nil {
		return "", err
	}
	sum := delivery.NewDigest()
	if _, err := io.Copy(sum, body); err != nil {
		return "", errors.Join(fmt.Errorf("read %s: %w", o.Key, err), body.Close())
	}
	if have := hex.EncodeToString(sum.Sum(nil)); have != o.Digest {
		return fmt.Sprintf("%s has changed: its digest was %.12s… and is %.12s…", o.Key, o.Digest, have), body.Close()
	}
	return "", body.Close()
}
