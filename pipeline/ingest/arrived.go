package ingest

import (
	"context"

	"daybook/pipeline/dataset"
	"daybook/pipeline/run"
	"daybook/schemas"
)

// Arrived says what has come for a period that a run of it does not have, source by source in the order of the book, where
// pinned is what that run would be made of now. What is gone from the landing place is told only beside what has come: files
// that are cleared away some day make no month outdated.
func (x *Pinning) Arrived(ctx context.Context, m *run.Manifest, pinned []run.Pinned) (out []run.Arrived, err error) {
	had := map[schemas.SourceID]map[string]string{}
	for i := range m.Spec.Sources {
		p := &m.Spec.Sources[i]
		had[p.Source] = map[string]string{}
		for j := range p.Objects {
			had[p.Source][p.Objects[j].Key] = p.Objects[j].Digest
		}
	}
	for i := range pinned {
		src, ok := x.Book.Source(pinned[i].Source)
		if !ok {
			continue
		}
		a := run.Arrived{Period: m.Spec.Period, Run: m.Run, Source: src.ID}
		left := len(had[src.ID])
		for j := range pinned[i].Objects {
			o := &pinned[i].Objects[j]
			if o.Restates != "" {
				continue
			}
			digest, known := had[src.ID][o.Key]
			if known {
				left--
			}
			if digest == o.Digest {
				continue
			}
			holds, err := x.held(ctx, src, o, m.Spec.Period)
			if err != nil {
				return nil, err
			}
			if holds.Rows == 0 && !known {
				continue // nothing of it is of the period, or nothing can be read
			}
			if err := a.Holds.Merge(holds); err != nil {
				return nil, err
			}
			if a.Objects++; known {
				a.Replaced++
			}
			if a.Example == "" {
				a.Example = o.Key
			}
		}
		if a.Objects == 0 {
			continue
		}
		if src.Semantics == schemas.Append {
			a.Gone = left
		}
		out = append(out, a)
	}
	return out, nil
}

// held is what an object holds of a period; all of a snapshot's is of the period that it is filed under.
func (x *Pinning) held(ctx context.Context, src *schemas.Source, o *run.Object, p schemas.Period) (dataset.Totals, error) {
	under := p
	if o.Filed != "" {
		under = o.Filed
	}
	l, err := x.look(ctx, src, under)
	if err != nil {
		return dataset.Totals{}, err
	}
	all, err := x.contents(ctx, src, l, o)
	if err != nil || src.Semantics == schemas.Append {
		return all[p], err
	}
	var sum dataset.Totals
	for _, part := range all {
		if err := sum.Merge(part); err != nil {
			return dataset.Totals{}, err
		}
	}
	return sum, x.keep(ctx, l.seen)
}
