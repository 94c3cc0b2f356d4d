package run

import (
	"context"
	"errors"
	"fmt"

	"daybook/pipeline/store"
	"daybook/schemas"
)

// Replaced is a run of an earlier period that a run was computed from, in what accounts carried over and in what came late,
// and that is not the one to read any more.
type Replaced struct {
	Period schemas.Period `json:"period"`
	// Run was current when the later run began, Current is so now; either is empty if there was or is none.
	Run     schemas.RunID `json:"run"`
	Current schemas.RunID `json:"current"`
}

// String says what has changed.
func (x Replaced) String() string {
	switch {
	case x.Run == "":
		return fmt.Sprintf("without a run of %s, which now has %.8s", x.Period, x.Current)
	case x.Current == "":
		return fmt.Sprintf("from run %.8s of %s, which has none to read now", x.Run, x.Period)
	default:
		return fmt.Sprintf("from run %.8s of %s, which now has %.8s", x.Run, x.Period, x.Current)
	}
}

// Outdated returns the runs that m was computed from and that are not current any more, oldest first; current are the runs
// that are, by period. A run of m's period that begins now would be computed from others if and only if there are any.
func (m *Manifest) Outdated(current map[schemas.Period]schemas.RunID) (out []Replaced) {
	was := map[schemas.Period]schemas.RunID{}
	for _, e := range m.Spec.Earlier {
		was[e.Period] = e.Run
	}
	p := m.Spec.Period
	for range MostEarlier {
		p = p.Previous()
		if was[p] != current[p] {
			out = append([]Replaced{{p, was[p], current[p]}}, out...)
		}
	}
	return out
}

// Before are the periods whose runs m may have been computed from, the latest first.
func (m *Manifest) Before() (out []schemas.Period) {
	p := m.Spec.Period
	for range MostEarlier {
		p = p.Previous()
		out = append(out, p)
	}
	return out
}

// OutdatedBy returns the later periods whose current run was computed from a run of m's period that is not m, oldest first:
// they must be run again for what m carries over, and for what comes late for it. It is empty if m is not current itself.
func OutdatedBy(ctx context.Context, s store.Store, m *Manifest) (later []schemas.Period, err error) {
	p := m.Spec.Period
	if is, _, err := ReadCurrent(ctx, s, p); err != nil || is.Run != m.Run {
		return nil, err
	}
	for range MostEarlier {
		p = p.Next()
		x, err := ReadPointed(ctx, s, p)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return later, fmt.Errorf("look whether %s must be run again: %w", p, err)
		}
		was := schemas.RunID("")
		for _, e := range x.Spec.Earlier {
			if e.Period == m.Spec.Period {
				was = e.Run
			}
		}
		if was != m.Run {
			later = append(later, p)
		}
	}
	return later, nil
}
