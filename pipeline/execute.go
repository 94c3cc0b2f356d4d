package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"daybook/pipeline/store"
)

// Summary is how a run ended.
type Summary struct {
	Manifest *Manifest
	// Reused says that the run had been committed before, so nothing was done.
	Reused bool
	// Raced says that another process committed this same run while this one worked on it.
	Raced bool
	// Did counts the tasks that were done, Skipped those whose results were already there.
	Did, Skipped int
}

// Execute does the run: walks its plan with the given number of workers, checks the control totals, commits the manifest
// and points the period at it. It returns ErrUnbalanced (wrapped) if anything was lost or invented on the way, and then
// commits nothing.
//
// Where it refuses a version of a snapshot of which there is an older one, it prepares p anew and does that run.
func Execute(ctx context.Context, p *Prepared, workers int, until string) (*Summary, error) {
	for {
		before := p.ID
		sum, err := execute(ctx, p, workers, until)
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

// execute does the run as it was prepared.
func execute(ctx context.Context, p *Prepared, workers int, until string) (*Summary, error) {
	r := p.Run
	plan, err := r.layout()
	if err != nil {
		return nil, err
	}
	store.Sweep(r.Store)
	lost := false
	if until == "" {
		var done *Summary
		if done, lost, err = committedRun(ctx, r, plan, workers); done != nil || err != nil {
			return done, err
		}
	}
	if plan, err = cut(r.Stages, plan, until); err != nil {
		return nil, err
	}
	results, did, err := walk(ctx, r, plan, workers, p.checkVersions)
	if err != nil {
		return nil, err
	}
	sum := &Summary{Did: did, Skipped: countTasks(plan) - did}
	if sum.Manifest, err = newManifest(r, plan, results); err != nil {
		return nil, err
	}
	if err := sum.Manifest.balance(plan); err != nil {
		return sum, err
	}
	if until != "" {
		return sum, nil
	}
	if sum.Raced, err = writeManifest(ctx, r.Store, sum.Manifest); err != nil {
		return sum, err
	}
	sum.Raced = sum.Raced && !lost
	return sum, point(ctx, r.Store, sum.Manifest)
}

// Committed returns how the run ended as it was prepared, if it has been committed and nothing of it is gone, and else nil. It
// writes nothing but the period's pointer, and that only where it points at another run: so a run of which there is nothing
// to do can be told where nothing may be written.
func Committed(ctx context.Context, r *Run, workers int) (*Summary, error) {
	plan, err := r.layout()
	if err != nil {
		return nil, err
	}
	done, _, err := committedRun(ctx, r, plan, workers)
	return done, err
}

// committedRun returns what Committed does, and whether the run was committed and something of it is gone.
func committedRun(ctx context.Context, r *Run, plan []Wave, workers int) (done *Summary, lost bool, err error) {
	m, err := ReadManifest(ctx, r.Store, r.Spec.Period, r.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	all, err := allThere(ctx, r.Store, m.Outputs, workers, (*Output).there)
	if err != nil || !all {
		return nil, true, err
	}
	return &Summary{Manifest: m, Reused: true, Skipped: countTasks(plan)}, false, point(ctx, r.Store, m)
}

// cut ends the plan after the named stage; empty means the whole of it.
func cut(stages []Stage, plan []Wave, until string) ([]Wave, error) {
	if until == "" {
		return plan, nil
	}
	for i, w := range slices.Backward(plan) {
		if w.Stage == until {
			return plan[:i+1], nil
		}
	}
	return nil, fmt.Errorf("no stage %q; the stages are %s", until, StageNames(stages))
}

func countTasks(plan []Wave) int {
	n := 0
	for i := range plan {
		n += len(plan[i].Tasks)
	}
	return n
}

// StageNames lists stages in a sentence.
func StageNames(stages []Stage) string {
	var names []string
	for _, s := range stages {
		names = append(names, s.Name)
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}
