package source

import (
	"context"
	"io"
	"runtime"
	"testing"

	"github.com/klauspost/compress/gzip"

	"daybook/fixtures/effort"
	"daybook/fixtures/sized"
	"daybook/pipeline/dataset"
	"daybook/schemas"
)

// TestMemoryIsFlat decodes compressed exports as they come: what is held of one of four times the rows, once the batches are as
// large as they get, is no more.
func TestMemoryIsFlat(t *testing.T) {
	names, rows := []string{"openstack-samples.csv"}, int64(effort.Count(t, 36_000, 200_000)) // a batch has 16,384
	if rows > 100_000 {
		names = sized.Names()
	}
	for _, name := range names {
		small, large := heldOf(t, name, rows), heldOf(t, name, 4*rows)
		if large > small+small/8 {
			t.Errorf("%s: %d KiB are held of %d rows, and %d KiB of four times as many", name, small>>10, rows, large>>10)
		}
	}
}

// heldOf returns the most memory that is held when a batch is handed over.
func heldOf(t *testing.T, name string, rows int64) (most uint64) {
	t.Helper()
	out, in := io.Pipe()
	go func() {
		z := gzip.NewWriter(in)
		err := sized.Write(z, name, rows)
		if closing := z.Close(); err == nil {
			err = closing
		}
		in.CloseWithError(err)
	}()
	src := sized.Source(name)
	var m runtime.MemStats
	stats, err := Decode(context.Background(), src, Input{Key: name, Body: out}, Sink{
		Rows: func(*dataset.Batch) error {
			runtime.GC()
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
			return nil
		},
		Finding: func(schemas.Finding) error { return nil },
	})
	if err != nil || stats.Kept != rows {
		t.Fatal(stats, err)
	}
	return most
}
