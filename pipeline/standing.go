package pipeline

import (
	"context"
	"errors"

	"daybook/pipeline/register"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// Standing tells the runs that later months are held against: of a month that is closed the one of which its documents were issued,
// whatever has been run of it since, and of any other its current one.
type Standing struct {
	s store.Store
	// Register is what was issued.
	Register register.Register
}

// ReadStanding reads what was issued by an entity.
func ReadStanding(ctx context.Context, s store.Store, entity string) (*Standing, error) {
	all, err := register.Read(ctx, s, entity)
	return &Standing{s, all}, err
}

// Closed reports whether documents of a month were issued.
func (x *Standing) Closed(p schemas.Period) bool {
	_, closed := x.Register.Issued(p)
	return closed
}

// Of is the run of a month, and whether it is closed. The errors are those of run.ReadCurrent.
func (x *Standing) Of(ctx context.Context, p schemas.Period) (id schemas.RunID, closed bool, err error) {
	if id, closed := x.Register.Issued(p); closed {
		return id, true, nil
	}
	c, _, err := run.ReadCurrent(ctx, x.s, p)
	if err != nil {
		return "", false, err
	}
	return c.Run, false, nil
}

// Outdated are the runs that m was computed from and that do not stand any more, oldest first.
func (x *Standing) Outdated(ctx context.Context, m *run.Manifest) ([]run.Replaced, error) {
	current := map[schemas.Period]schemas.RunID{}
	for _, p := range m.Before() {
		switch id, _, err := x.Of(ctx, p); {
		case err == nil:
			current[p] = id
		case !errors.Is(err, store.ErrNotFound) && !errors.Is(err, run.ErrPointer):
			return nil, err
		}
	}
	return m.Outdated(current), nil
}
