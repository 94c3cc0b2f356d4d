package main

import (
	"os"
	"runtime/debug"
	"testing"

	"daybook/pipeline"
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
		event pipeline.Event
		want  int
	}{
		{pipeline.Event{Kind: pipeline.StepBegins, Stage: "normalise"}, collectUsually},
		{pipeline.Event{Kind: pipeline.StepBegins, Stage: "rate"}, collectSeldom},
		{pipeline.Event{Kind: pipeline.RowsDone, Stage: "normalise"}, collectSeldom},
		{pipeline.Event{Kind: pipeline.StepBegins, Stage: "normalise"}, collectUsually},
		{pipeline.Event{Kind: pipeline.StepBegins, Stage: "reconcile"}, collectSeldom},
		{pipeline.Event{Kind: pipeline.StepBegins, Stage: "emit"}, collectSeldom},
	} {
		collectFor(c.event)
		if got := percentNow(); got != c.want {
			t.Errorf("after %+v garbage is collected at %d %%, and not at %d", c.event, got, c.want)
		}
	}
	t.Setenv("GOGC", "50")
	debug.SetGCPercent(50)
	if collectFor(pipeline.Event{Kind: pipeline.StepBegins, Stage: "rate"}); percentNow() != 50 {
		t.Errorf("the environment says 50 %%, and garbage is collected at %d", percentNow())
	}
}
