package pipeline_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"daybook/pipeline"
	"daybook/pipeline/book"
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

// listed is a landing place of so many objects that manifests list, so many each: those of a bill, in one version.
func listed(t *testing.T, w *world, n, each int) *store.Memory {
	t.Helper()
	landing := new(store.Memory)
	bodies := bodiesOf(t, parts(t, w, "v1", n, new(store.Memory)), "")
	keys := slices.Sorted(maps.Keys(bodies))
	for k := 0; len(keys) > 0; k++ {
		some := keys[:min(each, len(keys))]
		keys = keys[len(some):]
		var entries []string
		folder := fmt.Sprintf("peers/atlas/2024-09/%05d/", k)
		for _, key := range some {
			name := path.Base(key)
			put(t, landing, folder+name, string(bodies[key]))
			entries = append(entries, fmt.Sprintf(`{"key":"%s","size":%d,"sha256":"%x","rows":1}`, name, len(bodies[key]), sha256.Sum256(bodies[key])))
		}
		put(t, landing, folder+"manifest.json", `{"billing_period":"2024-09","complete":true,"objects":[`+strings.Join(entries, ",")+"]}")
	}
	return landing
}

// byManifest is the starter whose peer delivers manifests, of versions of which the newest counts, or of folders that add up.
func byManifest(semantics schemas.Semantics, pattern string) func(dir string) error {
	return func(dir string) error {
		if err := book.Init(dir); err != nil {
			return err
		}
		name := path.Join(dir, "sources.yaml")
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		at := bytes.Index(text, []byte("    semantics: snapshot"))
		text = append(text[:at:at], fmt.Sprintf("    semantics: %s\n    prefix: peers/atlas\n    pattern: %q\n    manifest: manifest.json\n", semantics, pattern)...)
		return os.WriteFile(name, text, 0o600)
	}
}

// TestMemoryOfObjects bounds what a run keeps in memory for each object of a source, at the end of every step: of one that adds to
// what was there, of a version that replaces it, and of those that manifests list, in one long list and in many short ones.
func TestMemoryOfObjects(t *testing.T) {
	versions := sync.OnceValues(func() (*world, error) {
		return newWorld("versions", "landing", byManifest(schemas.Snapshot, "{period}/{version}/*.csv"))
	})
	folders := sync.OnceValues(func() (*world, error) {
		return newWorld("folders", "landing", byManifest(schemas.Append, "{period}/*/*.csv"))
	})
	for name, c := range map[string]struct {
		world   func() (*world, error)
		landing func(w *world, n int) *store.Memory
		// many is the larger number, and most how many bytes an object may take.
		many, most int64
	}{
		"append":   {starter, func(_ *world, n int) *store.Memory { return minutes(t, n) }, 3_000, 1_000},
		"snapshot": {starter, func(w *world, n int) *store.Memory { return parts(t, w, "v1", n, new(store.Memory)) }, 3_000, 1_000},
		"manifest": {versions, func(w *world, n int) *store.Memory { return listed(t, w, n, n) }, 2_000, 1_000},
		// What a manifest lists is taken or refused as one, and so by a task of its own, of which each object has a fifth here.
		"manifests": {folders, func(w *world, n int) *store.Memory { return listed(t, w, n, 5) }, 2_000, 1_800},
	} {
		t.Run(name, func(t *testing.T) {
			w := need(t, c.world)
			memoryOfObjects(t, w, func(n int) *store.Memory { return c.landing(w, n) }, c.many, c.most)
		})
	}
}

func memoryOfObjects(t *testing.T, w *world, lay func(n int) *store.Memory, many, most int64) {
	t.Helper()
	const few = 500
	keeps := func(n int64) (most int64) {
		landing := lay(int(n))
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
		if err != nil || sum.Manifest.Control.Usage.Rows != n {
			t.Fatal(err, sum)
		}
		runtime.KeepAlive(landing)
		return most
	}
	keeps(1) // what is made once
	small, large := keeps(few), keeps(many)
	if each := (large - small) / (many - few); each > most {
		t.Errorf("an object takes %d bytes, want at most %d: %d objects %d bytes, %d objects %d", each, most, few, small, many, large)
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
