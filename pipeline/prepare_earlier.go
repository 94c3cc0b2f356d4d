package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// earlier are the runs that stand of the periods before that of a run, oldest first.
type earlier struct {
	runs []*run.Manifest
	// closed are the periods of those of which documents were issued.
	closed map[schemas.Period]bool
	// taken is the latest period whose run had an object.
	taken map[run.Object]schemas.Period
}

// readEarlier reads the runs that stand of the periods before p.
func readEarlier(ctx context.Context, standing *Standing, p schemas.Period) (*earlier, error) {
	last := p.Previous()
	out := &earlier{closed: map[schemas.Period]bool{}, taken: map[run.Object]schemas.Period{}}
	for range run.MostEarlier {
		p = p.Previous()
		id, closed, err := standing.Of(ctx, p)
		if errors.Is(err, run.ErrPointer) && p == last {
			return nil, fmt.Errorf("read the run of %s, from which balances are carried: %w", p, err)
		}
		if errors.Is(err, store.ErrNotFound) || errors.Is(err, run.ErrPointer) {
			continue // what comes late for it is a finding; a damaged pointer is in no other period's way
		}
		if err != nil {
			return nil, err
		}
		m, err := run.ReadEarlier(ctx, standing.s, run.Earlier{Period: p, Run: id})
		if err != nil {
			return nil, err
		}
		out.runs, out.closed[p] = append(out.runs, m), closed
	}
	slices.Reverse(out.runs)
	for _, m := range out.runs {
		for i := range m.Spec.Sources {
			for j := range m.Spec.Sources[i].Objects {
				out.taken[identity(m.Spec.Sources[i].Source, &m.Spec.Sources[i].Objects[j])] = m.Spec.Period
			}
		}
	}
	return out, nil
}

// before is the run of the period right before p; nil where it has none.
func (e *earlier) before(p schemas.Period) *run.Manifest {
	if n := len(e.runs); n > 0 && e.runs[n-1].Spec.Period == p.Previous() {
		return e.runs[n-1]
	}
	return nil
}

// pin fixes the runs of the periods before in a spec, and says of each pinned object how far they have taken it.
func (e *earlier) pin(s *run.Spec) {
	for _, m := range e.runs {
		s.Earlier = append(s.Earlier, run.Earlier{Period: m.Spec.Period, Run: m.Run})
	}
	for i := range s.Sources {
		for j := range s.Sources[i].Objects {
			o := &s.Sources[i].Objects[j]
			o.Taken = e.taken[identity(s.Sources[i].Source, o)]
		}
	}
}

// late tells the closed months of which an object of a source may bring news, oldest first: those of which neither the run that was
// issued nor a later one had it.
func (e *earlier) late(source schemas.SourceID, o *run.Object) (months []schemas.Period) {
	for _, m := range e.runs {
		if p := m.Spec.Period; e.closed[p] && e.taken[identity(source, o)] < p {
			months = append(months, p)
		}
	}
	return months
}

// identity is what makes an object of a source the same in two runs.
func identity(source schemas.SourceID, o *run.Object) run.Object {
	return run.Object{Delivery: string(source), Key: o.Key, Digest: o.Digest}
}
