package pipeline

import (
	"context"
	"errors"
	"slices"

	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// pinEarlier fixes the runs of the periods before, which come back oldest first, and says of each pinned object how far earlier
// runs have taken it.
func pinEarlier(ctx context.Context, st store.Store, s *run.Spec) (found []*run.Manifest, err error) {
	taken := map[run.Object]schemas.Period{}
	p := s.Period
	for range run.MostEarlier {
		p = p.Previous()
		current, _, err := run.ReadCurrent(ctx, st, p)
		if errors.Is(err, store.ErrNotFound) || errors.Is(err, run.ErrPointer) {
			continue // what comes late for it is a finding; a damaged pointer is in no other period's way
		}
		if err != nil {
			return nil, err
		}
		m, err := run.ReadEarlier(ctx, st, run.Earlier{Period: p, Run: current.Run})
		if err != nil {
			return nil, err
		}
		s.Earlier = append(s.Earlier, run.Earlier{Period: p, Run: current.Run})
		found = append(found, m)
	}
	slices.Reverse(s.Earlier)
	for _, m := range slices.Backward(found) {
		for i := range m.Spec.Sources {
			for _, o := range m.Spec.Sources[i].Objects {
				taken[identity(m.Spec.Sources[i].Source, &o)] = m.Spec.Period
			}
		}
	}
	for i := range s.Sources {
		for j := range s.Sources[i].Objects {
			o := &s.Sources[i].Objects[j]
			o.Taken = taken[identity(s.Sources[i].Source, o)]
		}
	}
	slices.Reverse(found)
	return found, nil
}

// identity is what makes an object of a source the same in two runs.
func identity(source schemas.SourceID, o *run.Object) run.Object {
	return run.Object{Delivery: string(source), Key: o.Key, Digest: o.Digest}
}
