// Package pipeline is the front door of a bill run: usage comes in, is normalised, rated, reconciled, and leaves as invoices
// and reports.
//
// Start with stages.go, the table of stages: a row says what a step reads and holds its function, from the room of that
// stage below. Prepare fixes what a run is a function of, Execute does it, and schedule.go says which months are due. The
// engine is package run, which knows no stage; packages explain and quote only read.
//
// Nothing here reads a clock, prints, or decides by chance.
package pipeline
