package pipeline_test

import (
	"fmt"
	"os"
	"path"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"daybook/fixtures/effort"
	"daybook/pipeline/book"
	"daybook/pipeline/store"
)

// dimension is something that may be any number of in what is delivered.
type dimension struct {
	name string
	// few and all are the smaller of the two sizes at which it is tried, by effort; the larger is four times that.
	few, all int
	// each is how many bytes of the live heap one more may take, and most what all of them may, where that is bounded: 0 is not.
	each, most int64
	// deliver puts so many into a landing place that has the starter's deliveries.
	deliver func(t *testing.T, landing store.Store, n int)
	// groupBy has the starter's meter group by a column.
	groupBy string
}

const own, bill = "own/compute/2024-09/more.jsonl", "peers/atlas/2024-09/v1/part-2.csv"

// events puts events into one object; edit changes a line.
func events(t *testing.T, landing store.Store, n int, edit func(i int, line string) string) {
	t.Helper()
	var text strings.Builder
	for i := range n {
		text.WriteString(edit(i, event(i, "1")))
	}
	put(t, landing, own, text.String())
}

// bills puts rows of a peer's bill into one object; edit changes a row, which is that of an object of the starter's.
func bills(t *testing.T, landing store.Store, n int, edit func(i int, header, row []string) []string) {
	t.Helper()
	body, _, err := store.ReadAll(t.Context(), landing, "peers/atlas/2024-09/v1/part-1.csv")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitN(string(body), "\n", 3)
	header := strings.Split(lines[0], ",")
	var text strings.Builder
	text.WriteString(lines[0] + "\n")
	for i := range n {
		text.WriteString(strings.Join(edit(i, header, strings.Split(lines[1], ",")), ",") + "\n")
	}
	put(t, landing, bill, text.String())
}

// with puts a value into a row.
func with(header, row []string, column, value string) []string {
	for i := range header {
		if header[i] == column {
			row[i] = value
		}
	}
	return row
}

var dimensions = []dimension{
	{name: "rows", few: 20_000, all: 1_000_000, each: 1_200, most: 128 << 20, deliver: func(t *testing.T, landing store.Store, n int) {
		events(t, landing, n, func(_ int, line string) string { return line })
	}},
	{name: "SKUs that no meter takes", few: 10_000, all: 250_000, each: 1_200, most: 128 << 20, deliver: func(t *testing.T, landing store.Store, n int) {
		events(t, landing, n, func(i int, line string) string {
			return strings.Replace(line, "C1-VCPU", fmt.Sprintf("unknown-%08d", i), 1)
		})
	}},
	{name: "accounts that nobody knows", few: 10_000, all: 100_000, each: 2_200, most: 160 << 20, deliver: func(t *testing.T, landing store.Store, n int) {
		events(t, landing, n, func(i int, line string) string {
			return strings.Replace(line, "birch-prod", fmt.Sprintf("nobody-%08d", i), 1)
		})
	}},
	{name: "SKUs that no contract covers", few: 10_000, all: 75_000, each: 1_200, most: 128 << 20, deliver: func(t *testing.T, landing store.Store, n int) {
		bills(t, landing, n, func(i int, header, row []string) []string {
			return with(header, with(header, row, "ServiceName", "Unknown"), "SkuId", fmt.Sprintf("sku-%08d", i))
		})
	}},
	{name: "names of 4096 bytes", few: 500, all: 10_000, each: 96 << 10, most: 256 << 20, deliver: func(t *testing.T, landing store.Store, n int) {
		bills(t, landing, n, func(i int, header, row []string) []string {
			for _, column := range []string{"SkuId", "RegionId", "ServiceName", "ChargeDescription"} {
				row = with(header, row, column, fmt.Sprintf("%08d-%s", i, strings.Repeat("k", 4000)))
			}
			return row
		})
	}},
	{name: "findings", few: 20_000, all: 200_000, each: 1_000, most: 96 << 20, deliver: func(t *testing.T, landing store.Store, n int) {
		bills(t, landing, n, func(i int, header, row []string) []string {
			return with(header, row, "BilledCost", fmt.Sprintf("bad-%d", i))
		})
	}},
	{name: "objects", few: 100, all: 5_000, each: 2 << 10, deliver: func(t *testing.T, landing store.Store, n int) {
		for i := range n {
			put(t, landing, fmt.Sprintf("own/compute/2024-09/%06d.jsonl", i), event(i, "1"))
		}
	}},
	{name: "groups of a meter", few: 2_000, all: 75_000, each: 10 << 10, deliver: func(t *testing.T, landing store.Store, n int) {
		events(t, landing, n, func(i int, line string) string {
			return strings.Replace(line, "fra1", fmt.Sprintf("region-%08d", i), 1)
		})
	}, groupBy: "RegionId"},
}

// TestMemoryIsBounded runs a month at two sizes of each dimension: the live heap grows by no more than its bound with the larger.
func TestMemoryIsBounded(t *testing.T) {
	for i := range dimensions {
		d := &dimensions[i]
		t.Run(d.name, func(t *testing.T) {
			n := effort.Count(t, d.few, d.all)
			const noise = 6 << 20 // batches and buffers are of powers of two
			bound := d.each * int64(3*n)
			if d.most > 0 {
				bound = min(bound, d.most)
			}
			small, large := d.live(t, n, 0), d.live(t, 4*n, 0)
			for try := range 3 { // which buffers are live when the collector marks is chance; what grows is there every time
				if large-small <= noise+bound {
					break
				}
				large = min(large, d.live(t, 4*n, 1+try))
			}
			grown := (large - small) / int64(3*n)
			t.Logf("%d bytes of %d, %d of %d: %d for each more", small, n, large, 4*n, grown)
			if large-small > noise+bound {
				t.Errorf("%d bytes are live with %d and %d with %d: %d for each more, at most %d and %d in all", small, n, large, 4*n, grown, d.each, bound)
			}
		})
	}
}

// live is the largest live heap of a run, in a world of its own for each try.
func (d *dimension) live(t *testing.T, n, try int) int64 {
	t.Helper()
	dir := t.TempDir()
	w, err := newWorld(fmt.Sprintf("bounds/%s/%d/%d", strings.ReplaceAll(d.name, " ", "-"), n, try), "landing", func(at string) error {
		if err := book.Init(at); err != nil || d.groupBy == "" {
			return err
		}
		file := path.Join(at, "catalogue/compute.yaml")
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		const skus = "    skus: [C1-VCPU]\n"
		return os.WriteFile(file, []byte(strings.Replace(string(text), skus, skus+"    group_by: ["+d.groupBy+"]\n", 1)), 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
	landing := openPlace(t, path.Join(dir, "landing"))
	copyStore(t, w.landing(t), landing, nil)
	d.deliver(t, landing, n)
	defer debug.SetGCPercent(debug.SetGCPercent(25))
	for range 2 { // what pools keep outlives the first
		runtime.GC()
	}
	var most atomic.Int64
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		for {
			metrics.Read(sample)
			most.Store(max(most.Load(), int64(sample[0].Value.Uint64())))
			select {
			case <-stop:
				return
			case <-time.After(time.Millisecond):
			}
		}
	}()
	sum, _ := w.must(t, night{landing: landing, store: openPlace(t, path.Join(dir, "store")), scratch: openPlace(t, path.Join(dir, "scratch")), budget: 16 << 20})
	close(stop)
	<-stopped
	if got := sum.Manifest.Control.Delivered.Rows; got < int64(n) {
		t.Fatalf("%d rows are delivered of %d", got, n)
	}
	return most.Load()
}
