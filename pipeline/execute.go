package pipeline

import (
	"context"
	"errors"
	"fmt"

	"daybook/pipeline/run"
)

// Execute does the run: walks its plan with the given number of workers, checks the control totals, commits the manifest
// and points the period at it. It returns ErrUnbalanced (wrapped) if anything was lost or invented on the way, and then
// commits nothing.
//
// Where it refuses a version of a snapshot of which there is an older one, it prepares p anew and does that run.
func Execute(ctx context.Context, p *Prepared, workers int, until string) (*run.Summary, error) {
	for {
		before := p.ID
		sum, err := run.Execute(ctx, p.Run, workers, until, p.checkVersions)
		if !errors.Is(err, errOlderCounts) {
			return sum, err
		}
		if again := p.prepare(ctx); again != nil {
			return nil, errors.Join(err, again)
		}
		if p.ID == before {
			return nil, fmt.Errorf("%w, and what refused the newer one is gone; run again", err)
		}
	}
}
