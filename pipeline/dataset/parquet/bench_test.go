//go:build unix

package parquet

import (
	"bytes"
	"io"
	"testing"

	"daybook/fixtures/batches"
	"daybook/pipeline/dataset"
	"daybook/schemas"
)

func BenchmarkParquetWrite(b *testing.B) {
	sorted := batches.SortedUsage(b)
	for _, plain := range []bool{false, true} {
		b.Run(map[bool]string{false: "zstd", true: "plain"}[plain], func(b *testing.B) {
			b.ReportAllocs()
			start := batches.CPU(b)
			size := int64(0)
			for b.Loop() {
				w, err := NewWriter(io.Discard, &schemas.Usage, nil, WriterOptions{Plain: plain})
				if err != nil {
					b.Fatal(err)
				}
				for _, batch := range sorted {
					if err := w.Append(batch); err != nil {
						b.Fatal(err)
					}
				}
				stats, err := w.Close()
				if err != nil {
					b.Fatal(err)
				}
				size = stats.Bytes
			}
			batches.PerRow(b, batches.UsageRows, start)
			b.ReportMetric(float64(size)/batches.UsageRows, "B/row")
		})
	}
}

func BenchmarkParquetRead(b *testing.B) {
	var out bytes.Buffer
	w, err := NewWriter(&out, &schemas.Usage, nil, WriterOptions{})
	if err != nil {
		b.Fatal(err)
	}
	for _, batch := range batches.SortedUsage(b) {
		if err := w.Append(batch); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := w.Close(); err != nil {
		b.Fatal(err)
	}
	f, err := Open(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		columns []int
	}{
		{"five columns", []int{schemas.UseAccountId, schemas.UseSkuId, schemas.UseSkuMeter, schemas.UseConsumedUnit, schemas.UseConsumedQuantity}},
		{"all", nil},
	} {
		b.Run(c.name, func(b *testing.B) {
			batch := dataset.NewBatch(&schemas.Usage)
			b.ReportAllocs()
			start := batches.CPU(b)
			for b.Loop() {
				s, err := f.Scan(&schemas.Usage, ScanOptions{From: f.From(&schemas.Usage, c.columns...)})
				if err != nil {
					b.Fatal(err)
				}
				for more := true; more; {
					if more, err = s.Next(batch); err != nil {
						b.Fatal(err)
					}
				}
			}
			batches.PerRow(b, batches.UsageRows, start)
		})
	}
}
