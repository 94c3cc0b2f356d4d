//go:build unix

package dataset

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"syscall"
	"testing"

	"daybook/schemas"
	"daybook/schemas/money"
)

const benchRows = 400_000

// benchBatches is usage as the benchmark has it, twenty columns, in objects of a fifth of the rows.
func benchBatches(tb testing.TB) []*Batch {
	tb.Helper()
	r := rand.New(rand.NewPCG(7, 7))
	zipf := rand.NewZipf(r, 1.2, 8, 20_000)
	var all []*Batch
	for object := range 5 {
		dicts := NewBatch(&schemas.Usage)
		for from := 0; from < benchRows/5; from += 16_384 {
			b := NewBatch(&schemas.Usage)
			for c := range b.Columns {
				b.Columns[c].Dict = dicts.Columns[c].Dict
			}
			for i := from; i < min(from+16_384, benchRows/5); i++ {
				benchRow(b, r, int(zipf.Uint64()), object, i)
				if err := b.EndRow(); err != nil {
					tb.Fatal(err)
				}
			}
			all = append(all, b)
		}
	}
	return all
}

func benchRow(b *Batch, r *rand.Rand, account, object, i int) {
	sku := r.IntN(800)
	b.AppendText(schemas.UseBillingAccountId, fmt.Sprintf("ba-%06d", account))
	b.AppendText(schemas.UseSubAccountId, fmt.Sprintf("sub-%07d", account*3+r.IntN(3)))
	b.AppendText(schemas.UseProviderName, "daybook cloud")
	b.AppendText(schemas.UseServiceName, fmt.Sprintf("service %d", sku%40))
	b.AppendText(schemas.UseSkuId, fmt.Sprintf("SKU-%05d", sku))
	b.AppendText(schemas.UseSkuMeter, fmt.Sprintf("meter-%d", sku%60))
	b.AppendText(schemas.UseRegionId, fmt.Sprintf("eu-region-%d", r.IntN(12)))
	b.AppendText(schemas.UseAvailabilityZone, fmt.Sprintf("az-%d", r.IntN(36)))
	b.AppendText(schemas.UseResourceId, fmt.Sprintf("res-%08x", account*1000+r.IntN(50)))
	start := 1_760_000_000_000_000 + int64(r.IntN(720))*3_600_000_000
	b.AppendTime(schemas.UseChargePeriodStart, start)
	b.AppendTime(schemas.UseChargePeriodEnd, start+3_600_000_000)
	b.AppendDecimal(schemas.UseConsumedQuantity, money.Fixed{Lo: uint64(r.IntN(1_000_000)) * 1_000_000_000_000})
	b.AppendText(schemas.UseConsumedUnit, []string{"GB", "Hours", "Requests"}[sku%3])
	b.AppendText(schemas.UseChargeCategory, "Usage")
	b.AppendText(schemas.UsePricingCategory, "Standard")
	b.AppendText(schemas.UseTags, fmt.Sprintf(`{"env":"%s","team":"t%d"}`, []string{"prod", "dev", "test"}[r.IntN(3)], r.IntN(40)))
	b.AppendText(schemas.UseAccountId, fmt.Sprintf("ba-%06d", account))
	b.AppendText(schemas.UseSourceId, "meters")
	b.AppendText(schemas.UseObjectKey, fmt.Sprintf("meters/2025-10/part-%04d.csv.gz", object))
	b.AppendInt(schemas.UseObjectRow, int64(i+1))
	b.AppendText(schemas.UseRecordId, fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", r.Uint32(), r.IntN(1<<16), r.IntN(1<<16), r.IntN(1<<16), r.Uint64()>>16))
	b.AppendTime(schemas.UseRecordedTime, start+3_600_000_000+r.Int64N(600_000_000))
}

// cpu returns the processor time that this process took so far, in ns. Wall time says little on a busy machine.
func cpu(tb testing.TB) int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}

// perRow reports the processor time since start.
func perRow(b *testing.B, rows int, start int64) {
	b.ReportMetric(float64(cpu(b)-start)/float64(b.N)/float64(rows), "cpu-ns/row")
}

func benchShuffle(b testing.TB, batches []*Batch, shards int) []byte {
	var out bytes.Buffer
	out.Grow(200 << 20)
	shuffleTo(b, &out, batches, shards)
	return out.Bytes()
}

func shuffleTo(tb testing.TB, out io.Writer, batches []*Batch, shards int) {
	w, err := NewShuffleWriter(out, &schemas.Usage, shards, ShuffleOptions{})
	if err != nil {
		tb.Fatal(err)
	}
	shuffleAgain(tb, w, batches, shards)
}

func shuffleAgain(tb testing.TB, w *ShuffleWriter, batches []*Batch, shards int) {
	var route []uint16
	var byCode []uint16
	for _, batch := range batches {
		v := &batch.Columns[schemas.UseAccountId]
		for c := len(byCode); c < v.Dict.Len(); c++ {
			byCode = append(byCode, ShardOf(v.Dict.Value(uint32(c)), shards))
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
	batches := benchBatches(b)[:5]
	rows := 0
	for _, batch := range batches {
		rows += batch.Rows
	}
	w, err := NewShuffleWriter(io.Discard, &schemas.Usage, 20, ShuffleOptions{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	start := cpu(b)
	for b.Loop() {
		if err := w.Reset(io.Discard); err != nil {
			b.Fatal(err)
		}
		shuffleAgain(b, w, batches, 20)
	}
	perRow(b, rows, start)
}

func BenchmarkShuffleRead(b *testing.B) {
	file := benchShuffle(b, benchBatches(b)[:5], 1)
	s, err := OpenShuffle(bytes.NewReader(file), int64(len(file)), &schemas.Usage)
	if err != nil {
		b.Fatal(err)
	}
	into := NewBatch(&schemas.Usage)
	var buffer BlockBuffer
	b.ReportAllocs()
	start := cpu(b)
	for b.Loop() {
		into.Reset()
		for _, block := range s.Blocks(0) {
			if err := s.Read(block, into, &buffer); err != nil {
				b.Fatal(err)
			}
		}
	}
	perRow(b, into.Rows, start)
	b.ReportMetric(float64(len(file))/float64(into.Rows), "B/row")
}

func benchFiles(b testing.TB) []*ShuffleFile {
	batches := benchBatches(b)
	var files []*ShuffleFile
	for n := len(batches) / 5; len(batches) > 0; batches = batches[n:] {
		file := benchShuffle(b, batches[:n], 1)
		s, err := OpenShuffle(bytes.NewReader(file), int64(len(file)), &schemas.Usage)
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
			start := cpu(b)
			for b.Loop() {
				_, err := r.Reduce(context.Background(), UsageReduction(), files, 0, ReduceOptions{
					BudgetBytes: c.budget, Spill: func() (SpillFile, error) { return &memorySpill{}, nil },
				}, func(*Batch) error { return nil }, nil)
				if err != nil {
					b.Fatal(err)
				}
			}
			perRow(b, benchRows, start)
		})
	}
}

// sortedBatches is what a reduction hands out.
func sortedBatches(b testing.TB) []*Batch {
	var sorted []*Batch
	var r Reducer
	_, err := r.Reduce(context.Background(), UsageReduction(), benchFiles(b), 0, ReduceOptions{BudgetBytes: 1 << 30}, func(batch *Batch) error {
		c := NewBatch(&schemas.Usage)
		for i := range c.Columns {
			c.Columns[i].Dict = batch.Columns[i].Dict
		}
		c.AppendRange(batch, 0, batch.Rows)
		sorted = append(sorted, c)
		return nil
	}, nil)
	if err != nil {
		b.Fatal(err)
	}
	return sorted
}

func BenchmarkParquetWrite(b *testing.B) {
	sorted := sortedBatches(b)
	for _, plain := range []bool{false, true} {
		b.Run(map[bool]string{false: "zstd", true: "plain"}[plain], func(b *testing.B) {
			b.ReportAllocs()
			start := cpu(b)
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
			perRow(b, benchRows, start)
			b.ReportMetric(float64(size)/benchRows, "B/row")
		})
	}
}

func BenchmarkParquetRead(b *testing.B) {
	var out bytes.Buffer
	w, err := NewWriter(&out, &schemas.Usage, nil, WriterOptions{})
	if err != nil {
		b.Fatal(err)
	}
	for _, batch := range sortedBatches(b) {
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
			batch := NewBatch(&schemas.Usage)
			b.ReportAllocs()
			start := cpu(b)
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
			perRow(b, benchRows, start)
		})
	}
}

func BenchmarkTally(b *testing.B) {
	batch := benchBatches(b)[0]
	b.ReportAllocs()
	start := cpu(b)
	for b.Loop() {
		var y Tally
		if err := y.AddBatch(batch, UsageMeasures()); err != nil {
			b.Fatal(err)
		}
	}
	perRow(b, batch.Rows, start)
}

func BenchmarkDigest(b *testing.B) {
	batch := benchBatches(b)[0]
	b.ReportAllocs()
	start := cpu(b)
	for b.Loop() {
		var d Digest
		d.AddBatch(batch)
	}
	perRow(b, batch.Rows, start)
}
