package pipeline

import (
	"context"
	"slices"

	"daybook/pipeline/run"
	"daybook/pipeline/source/delivery"
	"daybook/schemas"
)

// restate adds to a spec the bills of closed months that were delivered anew since runs that stand had them. One that turns out to be
// unusable is left out again, and what was taken before counts.
func (p *Prepared) restate(ctx context.Context, before *earlier, s *run.Spec) error {
	for i := range s.Sources {
		src, ok := p.Book.Source(s.Sources[i].Source)
		if !ok || src.Semantics != schemas.Snapshot || src.Format.IsEvidence() || delivery.Undated(src) {
			continue
		}
		for _, m := range before.runs {
			month := m.Spec.Period
			if !before.closed[month] {
				continue
			}
			if len(p.refused) > 0 { // since it was looked at
				p.look.Forget(month)
			}
			now, err := p.look.Source(ctx, src, month)
			if err != nil {
				return err
			}
			if !isNews(before.billed(src.ID, month), now.Objects) {
				continue
			}
			for _, o := range now.Objects {
				o.Filed, o.Restates = month, month
				s.Sources[i].Objects = append(s.Sources[i].Objects, o)
				p.older[run.DeliveryName(src.ID, o.Delivery)] = true
			}
		}
	}
	return nil
}

// billed are the objects of a source's bills of a month that were taken last: by the month's own run, or a later one that had it anew.
func (e *earlier) billed(source schemas.SourceID, month schemas.Period) []run.Object {
	for _, m := range slices.Backward(e.runs) {
		of := month
		if m.Spec.Period == month {
			of = ""
		}
		var taken []run.Object
		for i := range m.Spec.Sources {
			if m.Spec.Sources[i].Source != source {
				continue
			}
			for _, o := range m.Spec.Sources[i].Objects {
				if o.Restates == of {
					taken = append(taken, o)
				}
			}
		}
		if len(taken) > 0 || of == "" {
			return taken
		}
	}
	return nil
}

// restatedSince reports whether a later run has the bills of a source and month anew.
func (e *earlier) restatedSince(source schemas.SourceID, month schemas.Period) bool {
	return slices.ContainsFunc(e.runs, func(m *run.Manifest) bool {
		return slices.ContainsFunc(m.Spec.Restated(), func(r run.Restated) bool { return r.Source == source && r.Period == month })
	})
}

// isNews reports whether there are other objects than were taken. Deliveries that are gone are none: files are cleared away some day, and
// what is there then says less than what was taken.
func isNews(taken, now []run.Object) bool {
	deliveries := func(objects []run.Object) int {
		all := map[string]bool{}
		for i := range objects {
			all[objects[i].Delivery] = true
		}
		return len(all)
	}
	news := slices.ContainsFunc(now, func(o run.Object) bool {
		return !slices.ContainsFunc(taken, func(x run.Object) bool { return x.Digest == o.Digest })
	})
	return news && deliveries(now) >= deliveries(taken)
}
