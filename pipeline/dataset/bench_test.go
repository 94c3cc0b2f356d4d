//go:build unix

package dataset_test

import (
	"testing"

	"daybook/fixtures/batches"
	"daybook/pipeline/dataset"
)

func BenchmarkTally(b *testing.B) {
	batch := batches.Usage(b)[0]
	b.ReportAllocs()
	start := batches.CPU(b)
	for b.Loop() {
		var y dataset.Tally
		if err := y.AddBatch(batch, dataset.UsageMeasures()); err != nil {
			b.Fatal(err)
		}
	}
	batches.PerRow(b, batch.Rows, start)
}

func BenchmarkDigest(b *testing.B) {
	batch := batches.Usage(b)[0]
	b.ReportAllocs()
	start := batches.CPU(b)
	for b.Loop() {
		var d dataset.Digest
		d.AddBatch(batch)
	}
	batches.PerRow(b, batch.Rows, start)
}
