package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"daybook/pipeline/book"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// Inputs is all that a task gets: results of earlier steps, parts of the book and facts of the spec, as far as the step's
// row of the table declares them, and the places where it reads and writes. Whatever else it asks for, it is refused: its
// result is not taken, and the error names what was asked for and the row that lacks it.
type Inputs struct {
	Task
	run  *Run
	step *Step
	// asked records what was asked for, for those who take what this one made.
	asked *asked
	// shared inputs are those of no one task, but of all tasks of the run that take what is made of them.
	shared bool
}

// ErrUndeclared says that a task asked for something that its row of the table does not declare.
var ErrUndeclared = errors.New("the table of stages does not declare it")

// need is one thing that can be asked for.
type need struct {
	step string
	part book.Part
	fact Given
	name bool
}

func (n need) String() string {
	switch {
	case n.step != "":
		return "the results of " + n.step
	case n.part != "":
		return fmt.Sprintf("the part %q of the book", n.part)
	case n.name:
		return "the name of the run"
	default:
		return fmt.Sprintf("the spec's %s", n.fact)
	}
}

// asked is what a task asked for, the first of it that it may not have, and what it took that was made for all tasks. A task
// may ask from several goroutines.
type asked struct {
	mu      sync.Mutex
	needs   []need
	refused error
	taken   []*made
}

// all lists what was asked for, directly or by what was taken.
func (a *asked) all() []need {
	a.mu.Lock()
	needs, taken := slices.Clone(a.needs), slices.Clone(a.taken)
	a.mu.Unlock()
	for _, x := range taken {
		needs = append(needs, x.asked.all()...)
	}
	return needs
}

func (a *asked) take(x *made) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !slices.Contains(a.taken, x) {
		a.taken = append(a.taken, x)
	}
}

func (a *asked) add(n need, refused error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !slices.Contains(a.needs, n) {
		a.needs = append(a.needs, n)
	}
	if a.refused == nil {
		a.refused = refused
	}
}

// declares reports whether a step's row has a need.
func (s *Step) declares(n need) bool {
	switch {
	case n.step != "":
		return slices.Contains(s.Reads, n.step)
	case n.part != "":
		return slices.Contains(s.Book, n.part)
	case n.name:
		return s.Named
	default:
		return slices.Contains(s.Spec, n.fact)
	}
}

// ask notes a need; the error says that the step's row does not declare it.
func (in *Inputs) ask(n need) error {
	err := in.allowed(n)
	in.asked.add(n, err)
	return err
}

func (in *Inputs) allowed(n need) error {
	if in.step.declares(n) {
		return nil
	}
	return fmt.Errorf("%s/%s asks for %s: %w", in.Stage, in.Step, n, ErrUndeclared)
}

// undeclared is an error if anything was asked for that the step's row does not declare.
func (in *Inputs) undeclared() error {
	in.asked.mu.Lock()
	refused := in.asked.refused
	in.asked.mu.Unlock()
	if refused != nil {
		return refused
	}
	for _, n := range in.asked.all() {
		if err := in.allowed(n); err != nil {
			return err
		}
	}
	return nil
}

// inputs are those of a task.
func (r *Run) inputs(t Task) (*Inputs, error) {
	step, err := findStep(r.Stages, t.Stage, t.Step)
	if err != nil {
		return nil, err
	}
	return &Inputs{Task: t, run: r, step: step, asked: new(asked)}, nil
}

// Results returns what an earlier step left, stage/step: that of the task's own shard where both are sharded, else all, in
// the order of their parts.
func (in *Inputs) Results(ctx context.Context, name string) ([]*Result, error) {
	if err := in.ask(need{step: name}); err != nil {
		return nil, err
	}
	plan, err := in.run.Layout()
	if err != nil {
		return nil, err
	}
	w := findWave(plan, name)
	if w == nil {
		return nil, fmt.Errorf("%s is not in the plan", name)
	}
	tasks := w.Tasks
	if in.step.Width == PerShard && w.step.Width == PerShard {
		if in.shared {
			return nil, fmt.Errorf("%s/%s makes for all shards what depends on the results of one, of %s", in.Stage, in.Step, name)
		}
		tasks = tasks[in.Part : in.Part+1]
	}
	return in.run.ResultsOf(ctx, tasks)
}

// Reads names the earlier steps whose results the task may ask for.
func (in *Inputs) Reads() []string { return in.step.Reads }

// Book returns the book, of which the parts can be had that the step's row declares.
func (in *Inputs) Book() Book { return Book{in.run.Book, in} }

// Period is the run's.
func (in *Inputs) Period() schemas.Period { return in.run.Spec.Period }

// Shards is how many ways the accounts are divided.
func (in *Inputs) Shards() int { return in.run.Spec.Shards }

// Pinned is what the source of the task had delivered, for tasks of a source or of an object.
func (in *Inputs) Pinned() (*Pinned, error) {
	if in.step.Width != PerSource && in.step.Width != PerObject {
		return nil, fmt.Errorf("%s/%s asks for what its source delivered, and is a task of none: %w", in.Stage, in.Step, ErrUndeclared)
	}
	return &in.run.Spec.Sources[in.Source], nil
}

// RunID is the run's name, for steps that write under it.
func (in *Inputs) RunID() schemas.RunID {
	_ = in.ask(need{name: true})
	return in.run.ID
}

// AsOf is the day as of which the book is read; the zero day is all there is.
func (in *Inputs) AsOf() schemas.Date {
	_ = in.ask(need{fact: AsOf}) // it is kept, and refuses the result
	return in.run.Spec.AsOfDay(in.run.Book.Zone)
}

// Open reports whether the period was not over when the run was prepared.
func (in *Inputs) Open() bool {
	_ = in.ask(need{fact: Open})
	return in.run.Spec.Open
}

// Carried are the parts in which the period before left what accounts take over.
func (in *Inputs) Carried() []PartDigest {
	_ = in.ask(need{fact: CarriedOver})
	return in.run.Spec.Carried
}

// Earlier are the runs of the periods before, oldest first.
func (in *Inputs) Earlier() []Earlier {
	_ = in.ask(need{fact: EarlierRuns})
	return in.run.Spec.Earlier
}

// Arrived is what has come for earlier periods that their runs do not have.
func (in *Inputs) Arrived() []Arrived {
	_ = in.ask(need{fact: Arrivals})
	return in.run.Spec.Arrived
}

// Restated are the bills of closed months that take the place of those that earlier runs had.
func (in *Inputs) Restated() []Restated {
	_ = in.ask(need{fact: RestatedBills})
	return in.run.Spec.Restated()
}

// Code names the version of every step.
func (in *Inputs) Code() []PartDigest {
	_ = in.ask(need{fact: CodeVersions})
	return in.run.Spec.Code
}

// Version is that of the task's own step.
func (in *Inputs) Version() string { return in.run.Spec.version(in.Stage, in.step) }

// RanEarlier reports whether an earlier period had a run when this one began.
func (in *Inputs) RanEarlier(p schemas.Period) bool {
	_ = in.ask(need{fact: EarlierPeriods})
	return in.run.Spec.ran(p)
}

// Home finds the shard of an account: that of the account at the top of its family.
func (in *Inputs) Home() func(schemas.AccountID) uint16 {
	_ = in.ask(need{fact: Families})
	return in.run.Spec.Home()
}

// Roots are the accounts at the top of families by the accounts of these, themselves included.
func (in *Inputs) Roots() map[schemas.AccountID]schemas.AccountID {
	_ = in.ask(need{fact: Families})
	return in.run.Spec.Roots()
}

// Landing is where deliveries appear, and Store where results go.
func (in *Inputs) Landing() store.Store { return in.run.Landing }

// Store is where results go.
func (in *Inputs) Store() store.Store { return in.run.Store }

// Budget is the memory that the task may use for rows, in bytes. No byte that it writes depends on it.
func (in *Inputs) Budget() int64 { return in.run.budget() }

// SpillDir is where the task puts temporary files.
func (in *Inputs) SpillDir() string { return in.run.SpillDir }

// CreateScratch writes an object of that name for later steps of the stage.
func (in *Inputs) CreateScratch(ctx context.Context, name string, write func(io.Writer) error) error {
	_, err := store.CreateFrom(ctx, in.run.Scratch, name, write)
	return err
}

// OpenScratch opens what CreateScratch wrote.
func (in *Inputs) OpenScratch(ctx context.Context, name string) (at store.ReaderAtCloser, size int64, err error) {
	return store.OpenReaderAt(ctx, in.run.Scratch, name)
}

// Handled tells the run's progress that the task is done with so many more rows.
func (in *Inputs) Handled(rows int64) {
	in.run.tell(Event{Kind: RowsDone, Stage: in.Stage, Step: in.Step, Rows: rows})
}

// Bounds are the first instant of the period and the first after it, in the provider's zone.
func (in *Inputs) Bounds() (start, end time.Time) { return in.Period().Bounds(in.Book().Zone()) }
