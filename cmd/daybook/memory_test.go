package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"testing"

	"daybook/pipeline/run"
)

// percentNow is how often garbage is collected, which can only be seen by changing it.
func percentNow() int {
	percent := debug.SetGCPercent(collectUsually)
	debug.SetGCPercent(percent)
	return percent
}

func TestCollectFor(t *testing.T) {
	t.Setenv("GOGC", "") // so that it is as it was afterwards
	if err := os.Unsetenv("GOGC"); err != nil {
		t.Fatal(err)
	}
	before := percentNow()
	t.Cleanup(func() { debug.SetGCPercent(before) })
	for _, c := range []struct {
		event run.Event
		want  int
	}{
		{run.Event{Kind: run.StepBegins, Stage: "normalise"}, collectUsually},
		{run.Event{Kind: run.StepBegins, Stage: "rate"}, collectSeldom},
		{run.Event{Kind: run.RowsDone, Stage: "normalise"}, collectSeldom},
		{run.Event{Kind: run.StepBegins, Stage: "normalise"}, collectUsually},
		{run.Event{Kind: run.StepBegins, Stage: "reconcile"}, collectSeldom},
		{run.Event{Kind: run.StepBegins, Stage: "emit"}, collectSeldom},
	} {
		collectFor(c.event)
		if got := percentNow(); got != c.want {
			t.Errorf("after %+v garbage is collected at %d %%, and not at %d", c.event, got, c.want)
		}
	}
	t.Setenv("GOGC", "50")
	debug.SetGCPercent(50)
	if collectFor(run.Event{Kind: run.StepBegins, Stage: "rate"}); percentNow() != 50 {
		t.Errorf("the environment says 50 %%, and garbage is collected at %d", percentNow())
	}
}

// TestCollectAtEnds holds that a step's end collects what it left if that is much, and nothing else.
func TestCollectAtEnds(t *testing.T) {
	before := debug.SetGCPercent(-1)
	t.Cleanup(func() { debug.SetGCPercent(before) })
	collections := func(garbage int) uint32 {
		runtime.GC()
		runtime.KeepAlive(make([]byte, garbage))
		var from, to runtime.MemStats
		runtime.ReadMemStats(&from)
		collectFor(run.Event{Kind: run.StepEnds})
		runtime.ReadMemStats(&to)
		return to.NumGC - from.NumGC
	}
	if n := collections(2 * muchGarbage); n != 1 {
		t.Errorf("garbage was collected %d times when there was much", n)
	}
	if n := collections(muchGarbage / 2); n != 0 {
		t.Errorf("garbage was collected %d times when there was little", n)
	}
}
