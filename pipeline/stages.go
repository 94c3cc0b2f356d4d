package pipeline

import (
	"context"

	"daybook/pipeline/book"
)

// Stage is a part of the flow that people know by name.
type Stage struct {
	Name  string
	Steps []Step
}

// Step is one wave of a stage: tasks that do not depend on each other.
type Step struct {
	Name string
	// Version changes when the algorithm does, so that results of an older one are not taken for this one's.
	Version string
	// Reads names the earlier steps whose results a task takes, as stage/step.
	Reads []string
	// Book lists the parts of the book that the step depends on.
	Book []book.Part
	// Width says how a spec divides into tasks.
	Width Width
	// Temporary outputs are read by later steps of the stage only, and live in the scratch store. What the tasks counted
	// stays, and any step may read that.
	Temporary bool
	// Named steps write under the run's own name, so that their results are no other run's.
	Named bool
	// Do does one task.
	Do func(ctx context.Context, r *Run, t Task) (*Result, error)
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

// Stages returns a bill run, in order. It is a function only because the steps refer back to it.
func Stages() []Stage {
	return []Stage{
		{"ingest", []Step{
			{Name: "delivery", Version: "5", Width: PerSource, Do: ingestSource},
		}},
		{"normalise", []Step{
			{
				Name: "object", Version: "10", Width: PerObject, Temporary: true, Do: normaliseObject,
				Book: []book.Part{book.PartSources, book.PartCustomers, book.PartPeers, book.PartProvider},
			},
			{Name: "shard", Version: "4", Width: PerShard, Do: normaliseShard, Reads: []string{"normalise/object"}},
		}},
		{"rate", []Step{
			{
				Name: "shard", Version: "8", Width: PerShard, Do: rateShard, Reads: []string{"normalise/shard"},
				Book: []book.Part{book.PartCatalogue, book.PartCustomers, book.PartFX, book.PartProvider},
			},
		}},
		{"reconcile", []Step{
			{
				Name: "shard", Version: "7", Width: PerShard, Do: reconcileShard, Reads: []string{"normalise/shard", "rate/shard"},
				Book: []book.Part{book.PartCatalogue, book.PartPeers, book.PartFX, book.PartPlan, book.PartProvider},
			},
			{
				Name: "total", Version: "6", Width: Once, Do: reconcileTotal, Reads: []string{"ingest/delivery", "normalise/object", "normalise/shard", "rate/shard", "reconcile/shard"},
				Book: []book.Part{book.PartPlan, book.PartPeers, book.PartFX, book.PartProvider},
			},
		}},
		{"emit", []Step{
			{
				Name: "invoices", Version: "5", Width: PerShard, Named: true, Do: emitInvoices, Reads: []string{"rate/shard", "reconcile/total"},
				Book: []book.Part{book.PartCustomers, book.PartProvider},
			},
			{
				Name: "reports", Version: "8", Width: Once, Named: true, Do: emitReports,
				Reads: []string{"ingest/delivery", "normalise/object", "normalise/shard", "rate/shard", "reconcile/shard", "reconcile/total", "emit/invoices"},
				Book:  []book.Part{book.PartProvider},
			},
		}},
	}
}
