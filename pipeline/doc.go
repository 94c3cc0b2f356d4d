// Package pipeline is the flow of a bill run: usage comes in, is normalised, rated, reconciled, and leaves as invoices
// and reports.
//
// Start with stages.go, the table of stages. A stage is data holding a function: plan.go turns the table and a run's Spec
// into waves of independent tasks, do.go does one task, and local.go walks the plan on this machine. What a run is a
// function of is in spec.go, what it leaves behind in manifest.go, and how readers find it in current.go.
//
// The algorithms are in rating and reconcile; the files here named after stages are thin adapters that read and write.
// Nothing here reads a clock, prints, or decides by chance.
package pipeline
