package pipeline_test

import (
	"fmt"
	"os"
	"path"
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

// parts is a landing place with a version of a peer's bill that comes in so many objects, of one row each.
func parts(t *testing.T, w *world, version string, n int, landing *store.Memory) *store.Memory {
	t.Helper()
	text, err := os.ReadFile(path.Join(w.deliveries, "peers/atlas/2024-09/v1/part-1.csv"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfterN(string(text), "\n", 3)
	for i := range n {
		put(t, landing, fmt.Sprintf("peers/atlas/2024-09/%s/%06d.csv", version, i), lines[0]+strings.Replace(lines[1], "bucket-birch", fmt.Sprintf("bucket-%d", i), 1))
	}
	return landing
}

// TestGroupedVersions has a version of a bill in many small objects: it is decoded in groups, and refused whole for the one object
// that is torn, so that the version before it counts.
func TestGroupedVersions(t *testing.T) {
	const n = 600
	w := need(t, starter)
	landing := parts(t, w, "v1", n, new(store.Memory))
	decoded := 0
	first := night{landing: landing, store: new(store.Memory), scratch: new(store.Memory), progress: func(e run.Event) {
		if e.Stage == "normalise" && e.Step == "object" && e.Kind == run.TaskDone {
			decoded++
		}
	}}
	sum, at := w.must(t, first)
	if got := sum.Manifest.Control.Usage.Rows; got != n || decoded > n/10 {
		t.Errorf("usage %d, and %d tasks decode %d objects", got, decoded, n)
	}
	whole := sum.Manifest.Control.Usage
	parts(t, w, "v2", n, landing)
	put(t, landing, "peers/atlas/2024-09/v2/000300-torn.csv", "no bill\nat all\n")
	sum, _ = w.must(t, night{landing: landing, store: at, scratch: first.scratch})
	if diff := whole.Diff(sum.Manifest.Control.Usage); diff != "" || !sum.Manifest.Provisional {
		t.Errorf("the version before does not count: %s (provisional %v)", diff, sum.Manifest.Provisional)
	}
}

// TestRepeatedInARefusedVersion refuses a version of which two objects have the same bytes, and one is torn: of those two only one is
// pinned, and the version is known again all the same.
func TestRepeatedInARefusedVersion(t *testing.T) {
	w := need(t, starter)
	landing := parts(t, w, "v1", 2, new(store.Memory))
	put(t, landing, "peers/atlas/2024-09/v2/1.csv", "no bill\nat all\n")
	for _, name := range []string{"2.csv", "3.csv"} {
		put(t, landing, "peers/atlas/2024-09/v2/"+name, "no bill\neither\n")
	}
	sum, _ := w.must(t, night{landing: landing})
	if got := sum.Manifest.Control.Usage.Rows; got != 2 || !sum.Manifest.Provisional {
		t.Errorf("usage %d, and found %+v (provisional %v)", got, sum.Manifest.Codes, sum.Manifest.Provisional)
	}
}

// TestMemoryOfObjects bounds what a run keeps in memory for each object of a source, at the end of every step: of one that adds to
// what was there, and of a version that replaces it.
func TestMemoryOfObjects(t *testing.T) {
	w := need(t, starter)
	for name, landing := range map[string]func(int) *store.Memory{
		"append":   func(n int) *store.Memory { return minutes(t, n) },
		"snapshot": func(n int) *store.Memory { return parts(t, w, "v1", n, new(store.Memory)) },
	} {
		t.Run(name, func(t *testing.T) { memoryOfObjects(t, w, landing) })
	}
}

func memoryOfObjects(t *testing.T, w *world, lay func(n int) *store.Memory) {
	t.Helper()
	const few, many, mostBytes = 500, 3_000, 1_000
	keeps := func(n int) (most int64) {
		landing := lay(n)
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
