// Package run is the engine of a bill run. It knows no stage: a stage is a row of a table that is handed to it, data holding
// a function.
//
// Start with step.go, what a row of the table says. plan.go turns the table and a run's Spec (spec.go) into waves of
// independent tasks with keys, do.go does one task, inputs.go is all that a task gets, and local.go walks the plan on this
// machine. What a run leaves behind is in manifest.go, how readers find it in current.go, and what must balance in control.go.
//
// It reads no clock, prints nothing, decides nothing by chance, and rates nothing.
package run
