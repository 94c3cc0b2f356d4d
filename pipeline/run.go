package pipeline

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"daybook/pipeline/book"
	"daybook/pipeline/store"
	"daybook/rating"
	"daybook/schemas"
)

// Run is one bill run under way: its spec and the places it reads and writes.
type Run struct {
	Spec Spec
	ID   schemas.RunID
	Book *book.Book
	// Landing is where deliveries appear, Store where results go, Scratch where shuffle files live until the run is done.
	Landing, Store, Scratch store.Store
	// SpillDir is where tasks put temporary files; empty is the system's directory for them.
	SpillDir string
	// Budget is the memory one task may use for rows, in bytes; 0 means DefaultBudget.
	Budget int64
	// Progress hears what is being done; nil is allowed.
	Progress Progress

	cache    resultCache
	indexes  shuffleIndexes
	planOnce sync.Once
	plan     []Wave
	planErr  error
	rateOnce sync.Once
	ratePlan *rating.Plan
	rateErr  error
	// comparison is what compared returns.
	comparedOnce sync.Once
	comparison   *compared
	comparedErr  error
	// accountNames and byShard are what ratedAccounts returns.
	accountsOnce sync.Once
	accountNames map[schemas.AccountID]string
	byShard      [][]schemas.AccountID

	carried map[schemas.AccountID]rating.Carried
	// earlier are the runs of earlier periods that were looked at, and earlierPlans the catalogue compiled for those.
	earlierLock  sync.Mutex
	earlier      map[schemas.Period]*Manifest
	earlierPlans map[schemas.Period]*rating.Plan
	// buffers are those of the step that is under way.
	buffers buffers
	// request is what Prepare was asked for. refused are the versions of snapshots that it does not pin, by name, and older
	// names those pinned deliveries that have an older version behind them.
	request Request
	refused map[string]refusedVersion
	older   map[string]bool
	// versions are those of the pinned objects in the landing place, where this process pinned them.
	versions map[string]store.Version
}

// bounds are the first instant of the period and the first after it, in the provider's zone.
func (r *Run) bounds() (start, end time.Time) { return r.Spec.Period.Bounds(r.Book.Zone) }

// budget is the memory of one task, in bytes.
func (r *Run) budget() int64 {
	if r.Budget > 0 {
		return r.Budget
	}
	return DefaultBudget
}

// asOf is the day as of which the book is read; the zero day is all there is.
func (r *Run) asOf() schemas.Date {
	if r.Spec.AsOf == nil {
		return schemas.Date{}
	}
	return schemas.DateOf(r.Spec.AsOf.Add(-1), r.Book.Zone)
}

// ratingPlan is the catalogue compiled for the period, once for all tasks of this process. It wants every object to have
// been normalised, because exchange rates depend on how far the period has come.
func (r *Run) ratingPlan(ctx context.Context) (*rating.Plan, error) {
	r.rateOnce.Do(func() {
		var through schemas.Date
		if through, _, r.rateErr = r.progressOfPeriod(ctx); r.rateErr != nil {
			return
		}
		r.ratePlan, r.rateErr = rating.Compile(rating.Book{
			Catalogue: r.Book.CatalogueAsOf(r.asOf()), Customers: r.Book.Customers, Zone: r.Book.Zone,
			Rates: r.Book.Rates, Exchange: r.Book.Provider.Exchange,
		}, rating.Spec{Period: r.Spec.Period, AsOf: r.asOf(), Through: through})
	})
	return r.ratePlan, r.rateErr
}

// ratedAccounts are the names that charges show, by account, and the accounts to be rated by shard, in order: put together
// once for all tasks of this process.
func (r *Run) ratedAccounts(plan *rating.Plan) (names map[schemas.AccountID]string, byShard [][]schemas.AccountID) {
	r.accountsOnce.Do(func() {
		r.accountNames = map[schemas.AccountID]string{}
		for account, customer := range r.Book.Accounts {
			r.accountNames[account.ID] = cmp.Or(account.Name, customer.Name)
		}
		r.byShard = make([][]schemas.AccountID, r.Spec.Shards)
		home := r.Spec.home()
		for _, id := range plan.Accounts() {
			shard := home(id)
			r.byShard[shard] = append(r.byShard[shard], id)
		}
	})
	return r.accountNames, r.byShard
}

// partial encodes what a later step needs of a task.
func partial(v any) (json.RawMessage, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode partial sums: %w", err)
	}
	return b, nil
}

// DefaultBudget keeps two workers well below one GiB.
const DefaultBudget = 128 << 20

// Progress hears of events, from many goroutines at once.
type Progress func(Event)

// Event says how far a run is.
type Event struct {
	Kind        EventKind
	Stage, Step string
	// Done of Total tasks of the step are finished.
	Done, Total int
	// Rows is how many more rows have been handled since the last event of this task.
	Rows int64
}

// EventKind is what happened.
type EventKind uint8

// The kinds of event.
const (
	StepBegins EventKind = iota + 1
	TaskDone
	TaskReused
	RowsDone
	StepEnds
	// ScratchSpent says that no task of the run reads the scratch store any more, nor writes it.
	ScratchSpent
)

func (r *Run) tell(e Event) {
	if r.Progress != nil {
		r.Progress(e)
	}
}

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
// Where it refuses a version of a snapshot of which there is an older one, it prepares r anew and does that run.
func Execute(ctx context.Context, r *Run, workers int, until string) (*Summary, error) {
	for {
		before := r.ID
		sum, err := execute(ctx, r, workers, until)
		if !errors.Is(err, errOlderCounts) {
			return sum, err
		}
		if again := Prepare(ctx, r, r.request); again != nil {
			return nil, errors.Join(err, again)
		}
		if r.ID == before {
			return nil, fmt.Errorf("%w, and what refused the newer one is gone; run again", err)
		}
	}
}

// execute does the run as it was prepared.
func execute(ctx context.Context, r *Run, workers int, until string) (*Summary, error) {
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
	if plan, err = cut(plan, until); err != nil {
		return nil, err
	}
	results, did, err := walk(ctx, r, plan, workers)
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
func cut(plan []Wave, until string) ([]Wave, error) {
	if until == "" {
		return plan, nil
	}
	for i, w := range slices.Backward(plan) {
		if w.Stage == until {
			return plan[:i+1], nil
		}
	}
	return nil, fmt.Errorf("no stage %q; the stages are ingest, normalise, rate, reconcile and emit", until)
}

func countTasks(plan []Wave) int {
	n := 0
	for i := range plan {
		n += len(plan[i].Tasks)
	}
	return n
}
