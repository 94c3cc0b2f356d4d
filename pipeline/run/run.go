package run

import (
	"fmt"
	"time"

	"daybook/pipeline/book"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// Run is one bill run under way: what it is a function of, the places where it reads and writes, and what this process may
// spend on it. Nothing but the spec and the book makes a difference to what it writes.
type Run struct {
	// Stages are its table.
	Stages []Stage
	Spec   Spec
	ID     schemas.RunID
	Book   *book.Book
	Places
	// Budget is the memory one task may use for rows, in bytes; 0 means DefaultBudget.
	Budget int64
	// Progress hears what is being done; nil is allowed.
	Progress Progress

	memory *memory
}

// Places are where a run reads and writes.
type Places struct {
	// Landing is where deliveries appear, Store where results go, Scratch where shuffle files live until the run is done.
	Landing, Store, Scratch store.Store
	// SpillDir is where tasks put temporary files; empty is the system's directory for them.
	SpillDir string
}

// Fix makes r the run of a spec, and forgets what is known of another. A process that did not prepare a run opens it so, by
// its spec and a book whose parts have the digests that the spec names; with another book it is an error that names the parts,
// because what is done by that would lie under the keys of this one.
func (r *Run) Fix(s Spec) (err error) {
	for _, part := range s.Book {
		if have := r.Book.Digest(book.Part(part.Part)); have != part.Digest {
			return fmt.Errorf("the part %q of the book is not that of the run: its digest is %.12s…, and the spec names %.12s…", part.Part, have, part.Digest)
		}
	}
	r.Spec, r.memory = s, new(memory)
	r.ID, err = s.RunID()
	return err
}

// budget is the memory of one task, in bytes.
func (r *Run) budget() int64 {
	if r.Budget > 0 {
		return r.Budget
	}
	return DefaultBudget
}

// AsOfDay is the day as of which the book is read; the zero day is all there is.
func (s *Spec) AsOfDay(zone *time.Location) schemas.Date {
	if s.AsOf == nil {
		return schemas.Date{}
	}
	return schemas.DateOf(s.AsOf.Add(-1), zone)
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
