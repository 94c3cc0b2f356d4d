package pipeline

import (
	"context"
	"errors"
	"fmt"

	"daybook/pipeline/book"
	"daybook/pipeline/dataset"
	"daybook/pipeline/ingest"
	"daybook/pipeline/normalise"
	"daybook/pipeline/run"
	"daybook/schemas"
)

// newLook is how the deliveries of the run are looked for.
func (p *Prepared) newLook() *ingest.Pinning {
	zone := p.Book.Zone
	return &ingest.Pinning{
		Places: p.Places, Book: p.Book, AsOf: p.request.AsOf, Now: p.request.Now, Workers: p.request.Workers,
		Changed:  func(key string) bool { return p.changed[key] > 0 },
		Changing: func(key string) bool { return p.changed[key] > mostChanges },
		Survey: func(ctx context.Context, src *schemas.Source, o *run.Object) (map[schemas.Period]dataset.Totals, error) {
			return normalise.Survey(ctx, p.Landing, src, o, zone)
		},
	}
}

// arrived says what has come for periods that their runs do not have. What seems to have come may be a version of a snapshot
// that the run knows and refused; so where there is anything, the period is prepared as if to be run again.
func (p *Prepared) arrived(ctx context.Context, runs []*run.Manifest) (out []run.Arrived, err error) {
	for _, m := range runs {
		var pinned []run.Pinned
		for i := range p.Book.Sources {
			one, err := p.look.Source(ctx, &p.Book.Sources[i], m.Spec.Period)
			if err != nil {
				return nil, err
			}
			pinned = append(pinned, one)
		}
		found, err := p.look.Arrived(ctx, m, pinned)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			continue
		}
		again := &Prepared{Run: &run.Run{Book: p.Book, Places: p.Places}, request: Request{Period: m.Spec.Period, Shards: m.Spec.Shards, Workers: p.request.Workers, alone: true}}
		again.look = again.newLook()
		again.look.Reads = p.look.Reads
		if err := again.prepare(ctx); err != nil {
			return nil, fmt.Errorf("look what has come for %s: %w", m.Spec.Period, err)
		}
		if found, err = again.look.Arrived(ctx, m, again.Spec.Sources); err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// Arrived says what has come for any period that has a run to read, which that run does not have, oldest first: those runs are
// outdated. It writes nothing.
func Arrived(ctx context.Context, b *book.Book, places run.Places, workers int) ([]run.Arrived, error) {
	periods, err := run.Periods(ctx, places.Store)
	if err != nil {
		return nil, err
	}
	p := &Prepared{Run: &run.Run{Book: b, Places: places}, request: Request{Workers: workers}}
	p.older = map[string]bool{}
	p.look = p.newLook()
	p.look.Reads = true
	p.look.Older, p.look.Refused, p.look.Wanting = p.older, p.refusedOf, p.wantingOf
	var runs []*run.Manifest
	for i := range periods {
		m, err := run.ReadPointed(ctx, places.Store, periods[len(periods)-1-i])
		if _, damaged := errors.AsType[*run.DamagedError](err); damaged || errors.Is(err, run.ErrPointer) {
			continue // its own run says so, and mends it
		}
		if err != nil {
			return nil, err
		}
		if m.Spec.AsOf == nil {
			runs = append(runs, m)
		}
	}
	return p.arrived(ctx, runs)
}

// learn keeps what a wave found the objects of sources that add to what was there to hold of each month. It comes before the
// run is committed: of one that has been, nothing is done again.
func (p *Prepared) learn(ctx context.Context, w *run.Wave, results []*run.Result) error {
	if w.Width() != run.PerObject {
		return nil
	}
	type filing struct {
		source int
		month  schemas.Period
	}
	learned := map[filing][]ingest.Learned{}
	for j := range w.Tasks {
		t := &w.Tasks[j]
		src, ok := p.Book.Source(p.Spec.Sources[t.Source].Source)
		if !ok || src.Semantics != schemas.Append {
			continue
		}
		left, err := run.Left[normalise.Decoded](results[j])
		if err != nil {
			return err
		}
		objects := p.Objects(t)
		for i := range objects {
			at, held := filing{t.Source, p.Spec.Period}, ingest.Held("")
			if objects[i].Filed != "" {
				at.month = objects[i].Filed
			}
			if len(left.Held) > 0 { // or all were refused
				held = left.Held[i]
			}
			learned[at] = append(learned[at], ingest.Learned{Object: &objects[i], Held: held})
		}
	}
	for at := range learned {
		src, _ := p.Book.Source(p.Spec.Sources[at.source].Source)
		if err := ingest.Learn(ctx, p.Store, p.Book, src, at.month, learned[at]); err != nil {
			return err
		}
	}
	return nil
}
