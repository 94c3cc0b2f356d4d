package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"daybook/pipeline/store"
)

// walk does every task of the plan that is needed, wave by wave, with at most so many at a time, and returns the results
// wave by wave. The results do not depend on the number of workers or on the order in which tasks end. An error of after,
// which gets each wave with its results, ends the walk.
func walk(ctx context.Context, r *Run, plan []Wave, workers int, after func(*Wave, []*Result) error) (results [][]*Result, did int, err error) {
	results, err = known(ctx, r, plan)
	if err != nil {
		return nil, 0, err
	}
	for i := range plan {
		n, err := walkWave(ctx, r, &plan[i], results[i], workers)
		did += n
		if err == nil {
			err = after(&plan[i], results[i])
		}
		if err != nil {
			return nil, did, err
		}
		if spends(plan, i) {
			r.tell(Event{Kind: ScratchSpent, Stage: plan[i].Stage, Step: plan[i].Step})
		}
	}
	return results, did, nil
}

// spends reports whether wave i is the last to read temporary outputs, which only its stage reads.
func spends(plan []Wave, i int) bool {
	temporary := -1
	for j := range plan {
		if len(plan[j].Tasks) > 0 && plan[j].Tasks[0].Temporary {
			temporary = j
		}
	}
	ends := i+1 == len(plan) || plan[i+1].Stage != plan[i].Stage
	return ends && temporary >= 0 && plan[temporary].Stage == plan[i].Stage
}

// known returns the committed results, leaving nil what has to be done. A temporary result counts as known though its
// files are gone if every step of its stage that reads them is known as well.
func known(ctx context.Context, r *Run, plan []Wave) ([][]*Result, error) {
	results := make([][]*Result, len(plan))
	wanted := make([]bool, len(plan))
	for i := len(plan) - 1; i >= 0; i-- {
		results[i] = make([]*Result, len(plan[i].Tasks))
		missing := false
		for j := range plan[i].Tasks {
			res, err := committed(ctx, r, &plan[i].Tasks[j], wanted[i])
			if err != nil {
				return nil, err
			}
			results[i][j] = res
			missing = missing || res == nil
		}
		if missing {
			for _, earlier := range plan[i].Reads {
				wanted[earlier] = wanted[earlier] || plan[earlier].Stage == plan[i].Stage
			}
		}
	}
	return results, nil
}

func walkWave(ctx context.Context, r *Run, w *Wave, results []*Result, workers int) (did int, err error) {
	e := Event{Stage: w.Stage, Step: w.Step, Total: len(w.Tasks)}
	e.Kind = StepBegins
	r.tell(e)
	var mu sync.Mutex
	g, ctx := errgroup.WithContext(ctx)
	// One more task than may work at a time is under way: it begins when another waits for a disk.
	way, work := make(turns, workers+1), make(turns, workers)
	durable := r.Store
	r.Store = store.Yielding(durable, work.leave)
	defer func() { r.Store = durable }()
	order, err := largestFirst(ctx, r, w, results)
	if err != nil {
		return 0, err
	}
	for _, j := range order {
		if results[j] != nil {
			mu.Lock()
			e.Kind, e.Done = TaskReused, e.Done+1
			r.tell(e)
			mu.Unlock()
			continue
		}
		arrive, rest := way.take(), work.take() // here, so that they begin in order
		g.Go(func() error {
			defer arrive()
			defer rest()
			res, reused, err := Do(ctx, r, w.Tasks[j])
			if err != nil {
				return err
			}
			r.memory.results.put(w.Tasks[j].Key, res)
			mu.Lock()
			defer mu.Unlock()
			results[j] = res
			e.Kind, e.Done = TaskDone, e.Done+1
			if reused {
				e.Kind = TaskReused
			} else {
				did++
			}
			r.tell(e)
			return nil
		})
	}
	err = g.Wait()
	r.memory.endStep()
	e.Kind = StepEnds
	r.tell(e)
	return did, err
}

// turns bounds how many tasks work at a time.
type turns chan struct{}

// take waits for a turn, which done ends.
func (t turns) take() (done func()) {
	t <- struct{}{}
	return func() { <-t }
}

// leave ends a turn until back, which waits for another.
func (t turns) leave() (back func()) {
	<-t
	return func() { t <- struct{}{} }
}

// largestFirst returns the numbers of a wave's tasks in the order in which they begin. Accounts are of very unequal sizes,
// and so are shards: a large one that began last would be worked on alone, while other workers have nothing to do.
func largestFirst(ctx context.Context, r *Run, w *Wave, results []*Result) ([]int, error) {
	order := make([]int, len(w.Tasks))
	for j := range order {
		order[j] = j
	}
	if !slices.Contains(results, nil) {
		return order, nil
	}
	size := make([]int64, len(w.Tasks))
	switch {
	case w.step.Width == PerObject:
		for j := range w.Tasks {
			for _, o := range w.Tasks[j].pinned(&r.Spec) {
				size[j] += o.Size
			}
		}
	case w.step.Size != nil:
		plan, err := r.Layout()
		if err != nil {
			return nil, err
		}
		earlier, err := r.ResultsOf(ctx, findWave(plan, w.step.SizeBy).Tasks)
		if err != nil {
			return nil, err
		}
		for j := range w.Tasks {
			if size[j], err = w.step.Size(earlier, j); err != nil {
				return nil, fmt.Errorf("estimate the size of %s: %w", w.Tasks[j].Name(), err)
			}
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(size[b], size[a]) })
	return order, nil
}

// Summary is how a run ended.
type Summary struct {
	Manifest *Manifest
	// Reused says that the run had been committed before, so nothing was done.
	Reused bool
	// Raced says that another process committed this same run while this one worked on it.
	Raced bool
	// Instead is the run that the period's readers go on reading, where that is not this one.
	Instead *Current
	// Did counts the tasks that were done, Skipped those whose results were already there.
	Did, Skipped int
}

// Execute does the run as it was prepared, and commits its manifest; it does not yet point the period at it. What of a run that
// was committed is missing or damaged is made again. An error wrapping ErrUnbalanced says that something was lost or invented on
// the way, and then nothing is committed.
func Execute(ctx context.Context, r *Run, workers int, until string, after func(*Wave, []*Result) error) (*Summary, error) {
	plan, err := r.Layout()
	if err != nil {
		return nil, err
	}
	store.Sweep(r.Store)
	lost := false
	if until == "" {
		var done *Summary
		if done, lost, err = committedRun(ctx, r, plan, workers); err != nil {
			return nil, err
		}
		if done != nil {
			return done, KeepBook(ctx, r.Store, r.Book)
		}
	}
	if plan, err = cut(r.Stages, plan, until); err != nil {
		return nil, err
	}
	results, did, err := walk(ctx, r, plan, workers, after)
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
	if err := KeepBook(ctx, r.Store, r.Book); err != nil {
		return sum, err
	}
	sum.Raced, err = r.writeManifest(ctx, sum.Manifest)
	sum.Raced = sum.Raced && !lost
	return sum, err
}

// Committed returns how the run ended as it was prepared, if it has been committed and nothing of it is gone, and else nil. It
// writes nothing.
func Committed(ctx context.Context, r *Run, workers int) (*Summary, error) {
	plan, err := r.Layout()
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
		return nil, true, r.memory.spoil(err)
	}
	all, err := r.allThere(ctx, m.Outputs, workers, (*Output).There)
	if err != nil || !all {
		return nil, true, err
	}
	return &Summary{Manifest: m, Reused: true, Skipped: countTasks(plan)}, false, nil
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
