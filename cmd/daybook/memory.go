package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"

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

// muchGarbage is how much of it is worth going through the book for.
const muchGarbage = 16 << 20

// collectFor has garbage collected at the end of a step that leaves much of it, and then as suits the one that begins. Steps that
// hold many rows would grow by many. All others hold a batch of rows and the charges of one account beside the book, so little is live,
// and to go through the book for every few megabytes would be a fifteenth of their cost.
func collectFor(e run.Event) {
	switch {
	case e.Kind == run.StepEnds: // its buffers are garbage now, and the next step's may lie where they did
		if grown() > muchGarbage {
			runtime.GC()
		}
	case e.Kind != run.StepBegins:
	case e.Stage == "normalise":
		collect(collectUsually)
	default:
		collect(collectSeldom)
	}
}

// grown is how many bytes there are more than were live when garbage was collected last: no less than there is garbage.
func grown() int64 {
	m := [2]metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/gc/heap/live:bytes"}}
	metrics.Read(m[:])
	return int64(m[0].Value.Uint64()) - int64(m[1].Value.Uint64())
}
