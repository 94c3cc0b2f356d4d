package pipeline_test

import (
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// event is a line of the starter book's own meter.
func event(i int, hours string) string {
	return fmt.Sprintf(`{"specversion":"1.0","id":"%d","source":"/m","type":"t","subject":"birch-prod","time":"2024-09-02T00:00:00Z",`+
		`"data":{"end":"2024-09-03T00:00:00Z","sku":"C1-VCPU","region":"fra1","machine":"m","vcpu_hours":%s}}`+"\n", i, hours)
}

func put(t *testing.T, s store.Store, key, body string) {
	t.Helper()
	if _, err := s.Create(t.Context(), key, strings.NewReader(body)); err != nil {
		t.Fatal(err)
	}
}

// found reports whether a run has a finding of a code.
func found(sum *run.Summary, code schemas.Code) bool {
	return slices.ContainsFunc(sum.Manifest.Codes, func(c run.CodeCount) bool { return c.Code == code })
}

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
		put(t, landing, fmt.Sprintf("own/compute/2024-09/%03d.jsonl", i), event(i, "1"))
	}
	opened, steps := 0, 0
	hear := func(e run.Event) {
		if e.Kind == run.RowsDone && e.Step == "shard" && e.Stage == "normalise" {
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

// TestManyUnits refuses a bill in which every row has a unit of its own: control totals would have a sum for each.
func TestManyUnits(t *testing.T) {
	const key, most = "peers/atlas/2024-09/v1/part-1.csv", 4096
	w := need(t, starter)
	text, err := os.ReadFile(path.Join(w.deliveries, key))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfterN(string(text), "\n", 3)
	for _, n := range []int{most, most + 1} {
		body := []byte(lines[0])
		for i := range n {
			body = append(body, strings.Replace(lines[1], ",GB-month,", fmt.Sprintf(",unit %d,", i), 1)...)
		}
		landing := new(store.Memory)
		put(t, landing, key, string(body))
		sum, _ := w.must(t, night{landing: landing})
		refused := found(sum, schemas.CodeHostileObject)
		rows := int64(n)
		if n > most {
			rows = 0
		}
		if got := sum.Manifest.Control.Delivered.Rows; refused != (n > most) || got != rows {
			t.Errorf("%d units: refused %v, %d rows delivered", n, refused, got)
		}
	}
}

// TestEnormousSum refuses an object whose rows are each within bounds and together are not; others go on.
func TestEnormousSum(t *testing.T) {
	w := need(t, starter)
	for _, n := range []int{100, 101} {
		var text strings.Builder
		for i := range n {
			text.WriteString(event(i, "999999999999999999"))
		}
		landing := new(store.Memory)
		put(t, landing, "own/compute/2024-09/a.jsonl", text.String())
		put(t, landing, "own/compute/2024-09/b.jsonl", event(n, "1"))
		sum, err := w.run(t.Context(), t, night{landing: landing, store: new(store.Memory), until: "normalise"})
		if err != nil {
			t.Fatal(err)
		}
		rows := int64(n + 1)
		if n > 100 {
			rows = 1
		}
		if got := sum.Manifest.Control.Delivered.Rows; got != rows || found(sum, schemas.CodeHostileObject) != (n > 100) {
			t.Errorf("%d rows: %d delivered, %+v", n, got, sum.Manifest.Codes)
		}
	}
}
