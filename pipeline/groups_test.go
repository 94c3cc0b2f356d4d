package pipeline_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"daybook/pipeline"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// minutes is a landing place to which a collector has written so many objects, of one event each.
func minutes(t *testing.T, n int) *store.Memory {
	t.Helper()
	landing := new(store.Memory)
	for i := range n {
		put(t, landing, fmt.Sprintf("own/compute/2024-09/%06d.jsonl", i), event(i, "1"))
	}
	return landing
}

// TestGroupedObjects has objects of every kind among many small ones: one that is refused when its rows have been read, one that
// repeats a record, one that has a row that is wrong, one of another month. Each counts as it would by itself. What came while
// the month goes on is all that another run has to decode.
func TestGroupedObjects(t *testing.T) {
	const n = 600
	w := need(t, starter)
	landing := minutes(t, n)
	put(t, landing, "own/compute/2024-09/000100-torn.jsonl", strings.Repeat(event(n, "999999999999999999"), 101))
	put(t, landing, "own/compute/2024-09/000200-again.jsonl", event(7, "1")+event(n+1, "1"))
	put(t, landing, "own/compute/2024-09/000300-wrong.jsonl", event(n+2, `"many"`)+event(n+3, "1"))
	put(t, landing, "own/compute/2024-09/000400-august.jsonl", strings.ReplaceAll(event(n+4, "1"), "2024-09-0", "2024-08-0"))
	decoded := 0
	first := night{landing: landing, store: new(store.Memory), scratch: new(store.Memory), progress: func(e run.Event) {
		if e.Stage == "normalise" && e.Step == "object" && e.Kind == run.TaskDone {
			decoded++
		}
	}}
	sum, at := w.must(t, first)
	c := &sum.Manifest.Control
	if c.Usage.Rows != n+2 || c.Duplicates.Rows != 1 || c.Rejected.Rows != 1 || c.OutOfScope.Rows != 1 {
		t.Errorf("usage %d, duplicates %d, rejected %d, out of scope %d", c.Usage.Rows, c.Duplicates.Rows, c.Rejected.Rows, c.OutOfScope.Rows)
	}
	if !found(sum, schemas.CodeHostileObject) || !sum.Manifest.Provisional {
		t.Errorf("nothing says that an object was refused: %+v", sum.Manifest.Codes)
	}
	if decoded > n/10 {
		t.Errorf("%d tasks decode %d objects", decoded, n)
	}
	decoded = 0
	put(t, landing, "own/compute/2024-09/000500-late.jsonl", event(n+5, "1"))
	sum, _ = w.must(t, night{landing: landing, store: at, scratch: first.scratch, progress: first.progress})
	if got := sum.Manifest.Control.Usage.Rows; got != n+3 || decoded > 2 {
		t.Errorf("another object came: usage %d, and %d tasks decoded", got, decoded)
	}
}

// TestMemoryOfObjects bounds what a run keeps in memory for each object of a source, at the end of every step.
func TestMemoryOfObjects(t *testing.T) {
	const few, many, mostBytes = 500, 3_000, 1_000
	w := need(t, starter)
	keeps := func(n int) (most int64) {
		landing := minutes(t, n)
		look := func(run.Event) {}
		r := &run.Run{Book: w.book, Progress: func(e run.Event) { look(e) }}
		scratch := openPlace(t, t.TempDir())
		r.Places = run.Places{Landing: landing, Store: openPlace(t, t.TempDir()), Scratch: scratch, SpillDir: t.TempDir()}
		before := inUse()
		look = func(e run.Event) {
			if e.Kind == run.StepEnds {
				most = max(most, inUse()-before)
			}
		}
		p, err := pipeline.Prepare(t.Context(), r, pipeline.Request{Period: period})
		if err != nil {
			t.Fatal(err)
		}
		most = inUse() - before
		sum, err := pipeline.Execute(t.Context(), p, 1, "")
		if err != nil || sum.Manifest.Control.Usage.Rows != int64(n) {
			t.Fatal(err, sum)
		}
		runtime.KeepAlive(landing)
		return most
	}
	keeps(1) // what is made once
	small, large := keeps(few), keeps(many)
	if each := (large - small) / (many - few); each > mostBytes {
		t.Errorf("an object takes %d bytes, want at most %d: %d objects %d bytes, %d objects %d", each, mostBytes, few, small, many, large)
	}
}

// inUse is how many bytes are in use.
func inUse() int64 {
	runtime.GC()
	runtime.GC() // what pools hold goes with the second
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
