package main

import (
	"os"
	"runtime"
	"runtime/debug"

	"daybook/pipeline/run"
)

// How much of what is live may be added to it before garbage is collected, in per cent.
const (
	collectUsually = 100
	collectSeldom  = 400
)

// limitMemory has garbage collected in time for the process to stay within about three times what tasks may use for rows,
// unless the environment says what it may take.
func limitMemory(rows int64) {
	if _, said := os.LookupEnv("GOMEMLIMIT"); !said {
		debug.SetMemoryLimit(3*rows + 64<<20)
	}
}

// collect has garbage collected as often as given, unless the environment says how often.
func collect(percent int) {
	if _, said := os.LookupEnv("GOGC"); !said {
		debug.SetGCPercent(percent)
	}
}

// collectFor has garbage collected at the end of a step, and then as suits the one that begins. Steps that hold many rows
// would grow by many. All others hold a batch of rows and the charges of one account beside the book, so little is live,
// and to go through the book for every few megabytes would be a fifteenth of their cost.
func collectFor(e run.Event) {
	switch {
	case e.Kind == run.StepEnds: // its buffers are garbage now, and the next step's may lie where they did
		runtime.GC()
	case e.Kind != run.StepBegins:
	case e.Stage == "normalise":
		collect(collectUsually)
	default:
		collect(collectSeldom)
	}
}
