package pipeline_test

import (
	"fmt"
	"testing"

	"daybook/pipeline"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
)

// TestPointer has two runs of a period end in either order: whichever has pinned what is delivered now is read, and the other
// one says so.
func TestPointer(t *testing.T) {
	w := need(t, starter)
	landing, s := new(store.Memory), new(store.Memory)
	for i := range 5 {
		put(t, landing, fmt.Sprintf("own/compute/2024-09/%d.jsonl", i), event(i, "1"))
	}
	prepare := func() *pipeline.Prepared {
		t.Helper()
		r := &run.Run{Book: w.book, Places: run.Places{Landing: landing, Store: s, Scratch: new(store.Memory), SpillDir: t.TempDir()}}
		p, err := pipeline.Prepare(t.Context(), r, pipeline.Request{Period: period})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	// execute does a run, after which one run must be current, and another one told to be so or none.
	execute := func(what string, p *pipeline.Prepared, current, instead *pipeline.Prepared) {
		t.Helper()
		sum, err := pipeline.Execute(t.Context(), p, 1, "")
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case instead == nil && sum.Instead != nil:
			t.Errorf("%s: it says that %s is current", what, sum.Instead.Run)
		case instead != nil && (sum.Instead == nil || sum.Instead.Run != instead.ID):
			t.Errorf("%s: it says that %+v is current, want %s", what, sum.Instead, instead.ID)
		}
		c, _, err := run.ReadCurrent(t.Context(), s, period)
		if err != nil || c.Run != current.ID {
			t.Errorf("%s: %+v is current (%v), want %s", what, c, err, current.ID)
		}
	}
	older := prepare()
	put(t, landing, "own/compute/2024-09/5.jsonl", event(5, "1"))
	newer := prepare()
	execute("the newer one ends first", newer, newer, nil)
	execute("the older one ends late", older, newer, newer)
	execute("the older one is run again as it was prepared", older, newer, newer)

	older = prepare()
	put(t, landing, "own/compute/2024-09/6.jsonl", event(6, "1"))
	newest := prepare()
	execute("the older one ends first", older, older, nil)
	execute("the newest one ends after it", newest, newest, nil)
	execute("it is run again", prepare(), newest, nil)
}
