package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"daybook/pipeline/store"
	"daybook/schemas"
)

// mostEarlier is how many months back usage may come late. Runs that are further back are not looked at.
const mostEarlier = 12

// Earlier names the run that a period had when this run began: what came late for that period is held against it.
type Earlier struct {
	Period schemas.Period `json:"period"`
	Run    schemas.RunID  `json:"run"`
}

// pinEarlier fixes the runs of the periods before, and says of each pinned object how far earlier runs have taken it.
func pinEarlier(ctx context.Context, st store.Store, s *Spec) error {
	taken := map[Object]schemas.Period{}
	p := s.Period
	var found []*Manifest
	for range mostEarlier {
		p = p.Previous()
		current, _, err := ReadCurrent(ctx, st, p)
		if errors.Is(err, store.ErrNotFound) || errors.Is(err, errPointer) {
			continue // what comes late for it is a finding; a damaged pointer is in no other period's way
		}
		if err != nil {
			return err
		}
		m, err := readEarlier(ctx, st, Earlier{p, current.Run})
		if err != nil {
			return err
		}
		s.Earlier = append(s.Earlier, Earlier{p, current.Run})
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
	return nil
}

// identity is what makes an object of a source the same in two runs.
func identity(source schemas.SourceID, o *Object) Object {
	return Object{Delivery: string(source), Key: o.Key, Digest: o.Digest}
}

// readEarlier returns the manifest of an earlier run.
func readEarlier(ctx context.Context, s store.Store, e Earlier) (*Manifest, error) {
	m, err := ReadManifest(ctx, s, e.Period, e.Run)
	if err != nil {
		return nil, fmt.Errorf("read the run of %s, to which usage may have come late: %w", e.Period, err)
	}
	return m, nil
}

// ran reports whether a period had a run when this one began.
func (s *Spec) ran(p schemas.Period) bool { return ranAmong(s.Earlier, p) }

func ranAmong(runs []Earlier, p schemas.Period) bool {
	return slices.ContainsFunc(runs, func(e Earlier) bool { return e.Period == p })
}

// earlierPeriods lists the periods that had a run when this one began: what an object's rows are told late by. Which runs
// they are is no matter to it, so that one made anew does not make every object be decoded again.
func (s *Spec) earlierPeriods() (out []schemas.Period) {
	for _, e := range s.Earlier {
		out = append(out, e.Period)
	}
	return out
}
