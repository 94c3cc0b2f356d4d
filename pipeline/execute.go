package pipeline

import (
	"context"
	"errors"
	"fmt"

	"daybook/pipeline/run"
)

// Execute does the run: walks its plan with the given number of workers, checks the control totals, commits the manifest
// and points the period at it. It returns ErrUnbalanced (wrapped) if anything was lost or invented on the way, and then
// commits nothing. Where another run became current since p was prepared, of newer deliveries, that one stays so, and the
// summary says which.
//
// Where it refuses a version of a snapshot of which there is an older one, finds that two sources bill the same, or finds an object other than it was pinned, it
// prepares p anew and does that run.
func Execute(ctx context.Context, p *Prepared, workers int, until string) (*run.Summary, error) {
	for {
		p.look = nil // of very many objects it is larger than all that the run needs of them
		before := p.ID
		sum, err := run.Execute(ctx, p.Run, workers, until, func(w *run.Wave, results []*run.Result) error {
			if err := p.checkVersions(w, results); err != nil {
				return err
			}
			if err := p.checkTwice(w, results); err != nil {
				return err
			}
			return p.learn(ctx, w, results)
		})
		if err == nil && until == "" {
			return sum, p.point(ctx, sum)
		}
		changed, torn := errors.AsType[*run.ChangedError](err)
		if !torn && !errors.Is(err, errOlderCounts) && !errors.Is(err, errTwoExports) {
			return sum, err
		}
		if torn && !p.tryAgain(changed.Key) {
			return sum, err
		}
		if again := p.prepare(ctx); again != nil {
			return nil, errors.Join(err, again)
		}
		if p.ID == before && !torn {
			return nil, fmt.Errorf("%w, and what refused the newer one is gone; run again", err)
		}
	}
}

// mostChanges is how often a run is prepared anew because an object was another than it had pinned. Then its delivery counts
// as unsettled; putAside is how often that may be in vain.
const mostChanges, putAside = 2, 3

// tryAgain notes that an object was not as it was pinned, and reports whether the run may be prepared anew.
func (p *Prepared) tryAgain(key string) bool {
	if p.changed == nil {
		p.changed = map[string]int{}
	}
	p.changed[key]++
	p.look = nil // what was found is not so any more
	return p.changed[key] <= putAside
}

// Committed returns how the run ended as it was prepared, if it has been committed and nothing of it is gone, and else nil. It
// writes nothing but the period's pointer, and that only where it points at another run: so a run of which there is nothing
// to do can be told where nothing may be written.
func Committed(ctx context.Context, p *Prepared, workers int) (*run.Summary, error) {
	sum, err := run.Committed(ctx, p.Run, workers)
	if sum == nil || err != nil {
		return sum, err
	}
	return sum, p.point(ctx, sum)
}

// point points the period at the run. Where its pointer has moved since the run was prepared, the run still counts if what is
// delivered now makes the same run: then the other one is the older.
func (p *Prepared) point(ctx context.Context, sum *run.Summary) (err error) {
	const tries = 3
	for range tries {
		if sum.Instead, err = run.Point(ctx, p.Store, sum.Manifest, p.current); err != nil || sum.Instead == nil || p.Spec.AsOf != nil {
			return err
		}
		now, err := Prepare(ctx, &run.Run{Book: p.Book, Places: p.Places}, p.request)
		if err != nil {
			return fmt.Errorf("look whether run %s is still that of what is delivered: %w", p.ID, err)
		}
		if now.ID != p.ID {
			return nil
		}
		p.current = now.current
	}
	return nil
}
