package source

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"daybook/pipeline/source/wire"

	"github.com/klauspost/compress/gzip"

	"daybook/fixtures/bulk"
	"daybook/pipeline/dataset"
	"daybook/schemas"
)

const benchRows = 200_000

// bulkSource describes what package bulk writes.
func bulkSource(format schemas.Format) *schemas.Source {
	s := &schemas.Source{
		ID: "bulk", Format: format, Semantics: schemas.Append,
		Tolerate: schemas.Tolerate{AbsentColumns: []string{"*"}},
	}
	if format != schemas.CloudEvents10 {
		s.Key = []string{"x_RecordId"}
		s.Columns = map[string]string{"x_RecordedTime": "x_RecordedTime"}
		return s
	}
	s.Columns = map[string]string{"x_RecordedTime": "time"}
	for _, name := range bulk.Header {
		if schemas.Usage.Index(name) < schemas.UseAccountId {
			s.Columns[name] = "data." + name
		}
	}
	s.Ignore = []string{"type", "subject"}
	return s
}

// bulkText returns the text of one part.
func bulkText(b testing.TB, format, name string, packed bool) []byte {
	b.Helper()
	dir := b.TempDir()
	spec := bulk.Spec{Rows: benchRows, PartRows: benchRows, Accounts: 5000, SKUs: 300, Seed: 1}
	if _, err := bulk.Write(dir, format, spec, 2, nil); err != nil {
		b.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		b.Fatal(err)
	}
	if packed {
		z, err := gzip.NewReader(bytes.NewReader(text))
		if err != nil {
			b.Fatal(err)
		}
		if text, err = io.ReadAll(z); err != nil {
			b.Fatal(err)
		}
	}
	return text
}

func benchDecode(b *testing.B, src *schemas.Source, text []byte) {
	b.Helper()
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	b.ResetTimer()
	before := cpuTime(b)
	for b.Loop() {
		rows := 0
		stats, err := Decode(context.Background(), src, Input{Key: "bulk", At: bytes.NewReader(text), Size: int64(len(text))}, Sink{
			Rows:    func(batch *dataset.Batch) error { rows += batch.Rows; return nil },
			Finding: func(f schemas.Finding) error { b.Fatalf("%+v", f); return nil },
		})
		if err != nil || rows != benchRows || stats.Kept != benchRows {
			b.Fatal(stats, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRows, "ns/row")
	b.ReportMetric(float64((cpuTime(b)-before).Nanoseconds())/float64(b.N)/benchRows, "cpu-ns/row")
}

// cpuTime returns the processor time of the process so far, which a busy machine blurs less than the clock.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkCSV(b *testing.B) {
	benchDecode(b, bulkSource(schemas.FOCUS12), bulkText(b, "csv.gz", "part-00000.csv.gz", true))
}

func BenchmarkGzipCSV(b *testing.B) {
	benchDecode(b, bulkSource(schemas.FOCUS12), bulkText(b, "csv.gz", "part-00000.csv.gz", false))
}

func BenchmarkEvents(b *testing.B) {
	benchDecode(b, bulkSource(schemas.CloudEvents10), bulkText(b, "jsonl", "part-00000.jsonl", false))
}

// BenchmarkIndex finds the fields of CSV, and no more.
func BenchmarkIndex(b *testing.B) {
	text := bulkText(b, "csv.gz", "part-00000.csv.gz", true)
	w := wire.Window{Buf: append(text, make([]byte, wire.Slack)...), End: len(text)}
	x := &wire.Index{Fields: len(bulk.Header), RowBytes: 1 << 20}
	b.SetBytes(int64(len(text)))
	before := cpuTime(b)
	for b.Loop() {
		x.Last, w.Start = 0, 0
		for w.Start < len(text) {
			w.End = min(w.Start+256<<10, len(text))
			x.Reset()
			x.Take(&w)
		}
		if x.Last != benchRows+1 {
			b.Fatal(x.Last)
		}
	}
	b.ReportMetric(float64((cpuTime(b)-before).Nanoseconds())/float64(b.N)/benchRows, "cpu-ns/row")
}

func BenchmarkParquet(b *testing.B) {
	benchDecode(b, bulkSource(schemas.FOCUS12), bulkText(b, "parquet", "part-00000.parquet", false))
}

// BenchmarkEventArray decodes the lines of BenchmarkEvents as one array.
func BenchmarkEventArray(b *testing.B) {
	lines := bytes.TrimSpace(bulkText(b, "jsonl", "part-00000.jsonl", false))
	text := slices.Concat([]byte("["), bytes.ReplaceAll(lines, []byte("\n"), []byte(",\n")), []byte("]\n"))
	benchDecode(b, bulkSource(schemas.CloudEvents10), text)
}

// BenchmarkMappedCSV decodes the text of BenchmarkCSV by a mapping that says of each column that it has its own name.
func BenchmarkMappedCSV(b *testing.B) {
	benchDecode(b, mappedBulk(), bulkText(b, "csv.gz", "part-00000.csv.gz", true))
}
