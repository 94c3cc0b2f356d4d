package run

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"daybook/pipeline/book"
	"daybook/pipeline/dataset"
)

// Stage is a part of the flow that people know by name.
type Stage struct {
	Name  string
	Steps []Step
}

// Step is one wave of a stage: tasks that do not depend on each other. It is data: a task gets what its row declares and
// nothing else, and its key digests just that.
type Step struct {
	Name string
	// Version changes when the algorithm does, so that results of an older one are not taken for this one's. Of rating, what stands before
	// a point changes when the same usage and facts come to other charges: months that are closed are then rated again.
	Version string
	// Reads names the earlier steps whose results a task takes, as stage/step.
	Reads []string
	// Book lists the parts of the book that the step depends on.
	Book []book.Part
	// Spec lists what else of the run's spec it depends on, beside the period, the shards and, of a task of a source or an
	// object, what was pinned of that.
	Spec []Given
	// Width says how a spec divides into tasks.
	Width Width
	// Temporary outputs are read by later steps of the stage only, and live in the scratch store. What the tasks counted
	// stays, and any step may read that.
	Temporary bool
	// Named steps write under the run's own name, so that their results are no other run's.
	Named bool
	// Opens says that what the step leaves as its partial is the run in figures, with which the manifest opens.
	Opens bool
	// Balances are what must hold of the control totals once the step is done.
	Balances []Balance
	// Size estimates how much the task of a shard has to do by what an earlier step left, SizeBy, so that the largest begin
	// first. Nil is no matter; of objects the spec has the size.
	SizeBy string
	Size   func(earlier []*Result, shard int) (int64, error)
	// Do does one task.
	Do func(ctx context.Context, in *Inputs) (*Result, error)
}

// Width is how a step divides into tasks.
type Width uint8

// The widths.
const (
	PerSource Width = iota + 1
	PerObject
	PerShard
	Once
)

// Given is something that a run's spec says, and that not every task depends on.
type Given string

// The facts.
const (
	// AsOf is when what counts was known.
	AsOf Given = "as-of"
	// Open is whether the period goes on.
	Open Given = "whether the period goes on"
	// CarriedIn is what accounts take over from the period before.
	CarriedOver Given = "what was carried over"
	// EarlierRuns are the runs of the periods before, EarlierPeriods only which of these have one.
	EarlierRuns    Given = "earlier runs"
	EarlierPeriods Given = "periods that were run earlier"
	// Arrivals are what has come for periods whose runs do not have it.
	Arrivals Given = "arrivals for earlier periods"
	// Families are the accounts that lie in the shard of another.
	Families Given = "families"
	// RestatedBills are the bills of closed months that take the place of those that earlier runs had.
	RestatedBills Given = "restated bills"
	// CodeVersions are the versions of all steps.
	CodeVersions Given = "versions of the code"
)

// of returns what a spec says.
func (f Given) of(s *Spec) any {
	switch f {
	case AsOf:
		return s.AsOf
	case Open:
		return s.Open
	case CarriedOver:
		return s.Carried
	case EarlierRuns:
		return s.Earlier
	case EarlierPeriods:
		return s.earlierPeriods()
	case Arrivals:
		return s.Arrived
	case Families:
		return s.Families
	case RestatedBills:
		return s.Restated()
	case CodeVersions:
		return s.Code
	}
	return nil
}

// Balance is a control: the parts must come to the whole in rows, in quantity of every unit and in cost of every currency; or
// what Differs says must be nothing, where it is there.
type Balance struct {
	What    string
	Whole   Side
	Parts   []Side
	Differs func(*Control) string
}

// Side is one side of a balance: control totals that were counted from what was read or written there.
type Side func(*Control) dataset.Totals

// check returns ErrUnbalanced, wrapped, if the parts do not come to the whole.
func (b *Balance) check(c *Control) error {
	if b.Differs != nil {
		if diff := b.Differs(c); diff != "" {
			return fmt.Errorf("%w: %s: %s", ErrUnbalanced, b.What, diff)
		}
		return nil
	}
	var sum dataset.Totals
	for _, part := range b.Parts {
		if err := sum.Merge(part(c)); err != nil {
			return fmt.Errorf("add up control totals: %w", err)
		}
	}
	whole := b.Whole(c)
	if diff := whole.Diff(sum); diff != "" {
		return fmt.Errorf("%w: %s: %s", ErrUnbalanced, b.What, diff)
	}
	return nil
}

// findStep finds a row of a table.
func findStep(stages []Stage, stage, name string) (*Step, error) {
	for _, s := range stages {
		if s.Name != stage {
			continue
		}
		if i := slices.IndexFunc(s.Steps, func(x Step) bool { return x.Name == name }); i >= 0 {
			return &s.Steps[i], nil
		}
	}
	return nil, fmt.Errorf("no step %s/%s in the table of stages", stage, name)
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
