package pipeline_test

import (
	"bytes"
	"fmt"
	"os"
	"testing"

	"daybook/pipeline"
	"daybook/pipeline/store"
)

// TestManyObjects runs a month that comes in hundreds of objects: a shard reads all of them, and must not hold as many
// files open, because a process may have few.
func TestManyObjects(t *testing.T) {
	const folder, objects, most = "/proc/self/fd", 300, 150
	if _, err := os.ReadDir(folder); err != nil {
		t.Skipf("the system does not tell which files are open: %v", err)
	}
	w := need(t, starter)
	landing := new(store.Memory)
	for i := range objects {
		line := fmt.Sprintf(`{"specversion":"1.0","id":"%d","source":"/m","type":"t","subject":"birch-prod","time":"2024-09-02T00:00:00Z",`+
			`"data":{"end":"2024-09-03T00:00:00Z","sku":"C1-VCPU","region":"fra1","machine":"m","vcpu_hours":1}}`, i)
		key := fmt.Sprintf("own/compute/2024-09/%03d.jsonl", i)
		if _, err := landing.Create(t.Context(), key, bytes.NewReader([]byte(line))); err != nil {
			t.Fatal(err)
		}
	}
	opened, steps := 0, 0
	hear := func(e pipeline.Event) {
		if e.Kind == pipeline.RowsDone && e.Step == "shard" && e.Stage == "normalise" {
			names, err := os.ReadDir(folder)
			if err != nil {
				t.Error(err)
			}
			opened, steps = max(opened, len(names)), steps+1
		}
	}
	sum, _ := w.must(t, night{landing: landing, scratch: openPlace(t, t.TempDir()), progress: hear})
	if got := sum.Manifest.Control.Usage.Rows; got != objects {
		t.Errorf("%d rows of usage, want %d", got, objects)
	}
	if steps == 0 || opened > most {
		t.Errorf("%d files were open together, want at most %d (looked %d times)", opened, most, steps)
	}
}
