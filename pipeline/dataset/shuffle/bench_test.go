//go:build unix

package shuffle

import (
	"bytes"
	"context"
	"io"
	"testing"

	"daybook/fixtures/batches"
	"daybook/pipeline/dataset"
	"daybook/schemas"
)

func benchShuffle(b testing.TB, parts []*dataset.Batch, shards int) []byte {
	var out bytes.Buffer
	out.Grow(200 << 20)
	shuffleTo(b, &out, parts, shards)
	return out.Bytes()
}

func shuffleTo(tb testing.TB, out io.Writer, parts []*dataset.Batch, shards int) {
	w, err := NewWriter(out, &schemas.Usage, shards)
	if err != nil {
		tb.Fatal(err)
	}
	shuffleAgain(tb, w, parts, shards)
}

func shuffleAgain(tb testing.TB, w *Writer, parts []*dataset.Batch, shards int) {
	var route []uint16
	var byCode []uint16
	for _, batch := range parts {
		v := &batch.Columns[schemas.UseAccountId]
		for c := len(byCode); c < v.Dict.Len(); c++ {
			byCode = append(byCode, dataset.ShardOf(v.Dict.Value(uint32(c)), shards))
		}
		route = route[:0]
		for _, c := range v.Codes {
			route = append(route, byCode[c])
		}
		if err := w.Add(batch, route); err != nil {
			tb.Fatal(err)
		}
	}
	if _, err := w.Close(); err != nil {
		tb.Fatal(err)
	}
}

func BenchmarkShuffleWrite(b *testing.B) {
	parts := batches.Usage(b)[:5]
	rows := 0
	for _, batch := range parts {
		rows += batch.Rows
	}
	w, err := NewWriter(io.Discard, &schemas.Usage, 20)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	start := batches.CPU(b)
	for b.Loop() {
		if err := w.Reset(io.Discard); err != nil {
			b.Fatal(err)
		}
		shuffleAgain(b, w, parts, 20)
	}
	batches.PerRow(b, rows, start)
}

func BenchmarkShuffleRead(b *testing.B) {
	file := benchShuffle(b, batches.Usage(b)[:5], 1)
	s, err := Open(bytes.NewReader(file), int64(len(file)), &schemas.Usage)
	if err != nil {
		b.Fatal(err)
	}
	into := dataset.NewBatch(&schemas.Usage)
	var buffer BlockBuffer
	b.ReportAllocs()
	start := batches.CPU(b)
	for b.Loop() {
		into.Reset()
		for _, block := range s.Blocks(0) {
			if err := s.Read(block, into, &buffer); err != nil {
				b.Fatal(err)
			}
		}
	}
	batches.PerRow(b, into.Rows, start)
	b.ReportMetric(float64(len(file))/float64(into.Rows), "B/row")
}

func benchFiles(b testing.TB) []*File {
	parts := batches.Usage(b)
	var files []*File
	for n := len(parts) / 5; len(parts) > 0; parts = parts[n:] {
		file := benchShuffle(b, parts[:n], 1)
		s, err := Open(bytes.NewReader(file), int64(len(file)), &schemas.Usage)
		if err != nil {
			b.Fatal(err)
		}
		files = append(files, s)
	}
	return files
}

func BenchmarkReduce(b *testing.B) {
	files := benchFiles(b)
	for _, c := range []struct {
		name   string
		budget int64
	}{{"memory", 1 << 30}, {"external", 32 << 20}} {
		b.Run(c.name, func(b *testing.B) {
			var r Reducer
			b.ReportAllocs()
			start := batches.CPU(b)
			for b.Loop() {
				_, err := r.Reduce(context.Background(), UsageReduction(), files, 0, ReduceOptions{
					BudgetBytes: c.budget, Spill: func() (SpillFile, error) { return &memorySpill{}, nil },
				}, func(*dataset.Batch) error { return nil }, nil)
				if err != nil {
					b.Fatal(err)
				}
			}
			batches.PerRow(b, batches.UsageRows, start)
		})
	}
}
