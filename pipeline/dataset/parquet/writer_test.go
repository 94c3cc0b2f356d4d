package parquet

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"testing"

	"daybook/fixtures/batches"
	"daybook/fixtures/effort"
	"daybook/pipeline/dataset"
	"daybook/schemas"
	"daybook/schemas/money"

	"github.com/parquet-go/parquet-go"
)

func writeParquet(t testing.TB, table *schemas.Table, options WriterOptions, batches ...*dataset.Batch) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := NewWriter(&out, table, []KeyValue{{"run", "r1"}, {"a", "b"}}, options)
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for _, b := range batches {
		rows += b.Rows
		if err := w.Append(b); err != nil {
			t.Fatal(err)
		}
	}
	stats, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	if stats.Rows != int64(rows) || stats.Bytes != int64(out.Len()) {
		t.Fatalf("stats are %+v for %d rows in %d bytes", stats, rows, out.Len())
	}
	return out.Bytes()
}

func readParquet(t testing.TB, table *schemas.Table, file []byte, batchRows int) *dataset.Batch {
	t.Helper()
	f, err := Open(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.Scan(table, ScanOptions{From: f.From(table), BatchRows: batchRows})
	if err != nil {
		t.Fatal(err)
	}
	all, b := dataset.NewBatch(table), dataset.NewBatch(table)
	for {
		more, err := s.Next(b)
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			return all
		}
		all.AppendRange(b, 0, b.Rows)
	}
}

func TestParquetRoundTrip(t *testing.T) {
	for _, rows := range []int{0, 1, 7, 8, 9, 1000, 34_500} {
		for _, nulls := range []int{0, 2, 20} {
			t.Run(fmt.Sprintf("%d rows, nulls %d", rows, nulls), func(t *testing.T) {
				b := batches.Random(t, batches.NewRand(uint64(rows)), rows, nulls)
				for _, group := range []int{0, 333, 33_000} {
					if rows == 34_500 && group == 333 && nulls != 2 {
						continue // a thousand rows in such groups are of every density of nulls
					}
					file := writeParquet(t, &batches.Sample, WriterOptions{RowGroupRows: group}, b)
					for _, batch := range []int{0, 1000} {
						batches.Same(t, readParquet(t, &batches.Sample, file, batch), b, 0, rows)
					}
				}
			})
		}
	}
}

// How the rows came in batches leaves no trace in the file.
func TestParquetBatchesDoNotShow(t *testing.T) {
	b := batches.Random(t, batches.NewRand(1), 8_000, 5)
	for _, options := range []WriterOptions{{RowGroupRows: 3000}, {RowGroupRows: 3000, RowGroupTextBytes: 100_000}, {RowGroupTextBytes: 2000}} {
		batchesDoNotShow(t, b, options)
	}
}

func batchesDoNotShow(t *testing.T, b *dataset.Batch, options WriterOptions) {
	t.Helper()
	whole := writeParquet(t, &batches.Sample, options, b)
	batches.Same(t, readParquet(t, &batches.Sample, whole, 0), b, 0, b.Rows)
	var parts []*dataset.Batch
	for from := 0; from < b.Rows; {
		to := min(from+1+from%777, b.Rows)
		part := dataset.NewBatch(&batches.Sample)
		part.AppendRange(b, from, to)
		parts = append(parts, part)
		from = to
	}
	if got := writeParquet(t, &batches.Sample, options, parts...); !bytes.Equal(got, whole) {
		t.Fatalf("the file from %d batches differs from the file from one", len(parts))
	}
}

// What a writer left in its buffers, closed or given up half-way, leaves no trace in the file of the next.
func TestParquetBuffersDoNotShow(t *testing.T) {
	var buffers WriterBuffers
	for n, rows := range []int{5000, 20, 0, 9000, 300} {
		b := batches.Random(t, batches.NewRand(uint64(n)), rows, 3)
		for _, plain := range []bool{false, true} {
			fresh := writeParquet(t, &batches.Sample, WriterOptions{RowGroupRows: 2000, Plain: plain}, b)
			if got := writeParquet(t, &batches.Sample, WriterOptions{RowGroupRows: 2000, Plain: plain, Buffers: &buffers}, b); !bytes.Equal(got, fresh) {
				t.Fatalf("file %d differs from that of a writer with buffers of its own", n)
			}
		}
		broken, err := NewWriter(io.Discard, &batches.Sample, nil, WriterOptions{Buffers: &buffers})
		if err != nil {
			t.Fatal(err)
		}
		if err := broken.Append(b); err != nil {
			t.Fatal(err)
		}
	}
}

// An independent reader sees the same values, checksums included.
func TestParquetIndependentReader(t *testing.T) {
	const rows = 34_500 // more than a page in one row group, and a second group
	b := batches.Random(t, batches.NewRand(2), rows, 7)
	file := writeParquet(t, &batches.Sample, WriterOptions{RowGroupRows: 33_000, Sorted: []int{0, 1}}, b)
	f, err := parquet.OpenFile(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	if f.NumRows() != rows || len(f.RowGroups()) != 2 {
		t.Fatalf("it has %d rows in %d row groups", f.NumRows(), len(f.RowGroups()))
	}
	for key, want := range map[string]string{"run": "r1", "a": "b", "daybook.table": "sample", "daybook.version": "3"} {
		if got, _ := f.Lookup(key); got != want {
			t.Errorf("metadata %s is %q, want %q", key, got, want)
		}
	}
	row := 0
	for _, group := range f.RowGroups() {
		reader := group.Rows()
		buffer := make([]parquet.Row, 1000)
		for {
			n, err := reader.ReadRows(buffer)
			for _, r := range buffer[:n] {
				for c := range r {
					if got, want := foreignCell(b, c, r[c]), batches.Cell(&b.Columns[c], row); got != want {
						t.Fatalf("row %d of %s is %q, want %q", row, batches.Sample.Columns[c].Name, got, want)
					}
				}
				row++
			}
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		reader.Close()
	}
	if row != rows {
		t.Fatalf("read %d rows, want %d", row, rows)
	}
}

func foreignCell(b *dataset.Batch, c int, v parquet.Value) string {
	if v.IsNull() {
		return "null"
	}
	switch b.Columns[c].Type {
	case schemas.Label, schemas.Text:
		return "=" + string(v.ByteArray())
	case schemas.Decimal:
		d, err := money.FixedFromBigEndian([16]byte(v.ByteArray()))
		if err != nil {
			return err.Error()
		}
		return d.String()
	default:
		return fmt.Sprint(v.Int64())
	}
}

// Bounds of decimals are by their value, not their bytes: a reader that skips by them must find every credit.
func TestParquetBoundsOfNegativeDecimals(t *testing.T) {
	table := schemas.Table{Name: "bounds", Columns: []schemas.Column{{Name: "Cost", Type: schemas.Decimal}}}
	for _, c := range []struct {
		name        string
		rows        []string
		least, most string
	}{
		{"mixed sign", []string{"5", "-3.25", "0", "12.5"}, "-3.25", "12.5"},
		{"negative only", []string{"-5", "-3.25", "-0.000000000000000001"}, "-5", "-0.000000000000000001"},
		{"positive only", []string{"18446744073709", "3", "7"}, "3", "18446744073709"},
		{"beyond 64 bits", []string{"-99999999999999999999", "99999999999999999999", "-1"}, "-99999999999999999999", "99999999999999999999"},
		{"with null", []string{"", "-1", "1", ""}, "-1", "1"},
	} {
		for _, repeat := range []int{1, 3000} { // plain, and by dictionary
			t.Run(fmt.Sprintf("%s × %d", c.name, repeat), func(t *testing.T) {
				b := dataset.NewBatch(&table)
				nulls := int64(0)
				for range repeat {
					for _, text := range c.rows {
						if d, err := money.ParseFixed([]byte(text)); err == nil {
							b.AppendDecimal(0, d)
						} else {
							nulls++
						}
						if err := b.EndRow(); err != nil {
							t.Fatal(err)
						}
					}
				}
				file := writeParquet(t, &table, WriterOptions{}, b)
				f, err := parquet.OpenFile(bytes.NewReader(file), int64(len(file)))
				if err != nil {
					t.Fatal(err)
				}
				stats := f.Metadata().RowGroups[0].Columns[0].MetaData.Statistics
				if got := fixed(stats.MinValue); got != c.least {
					t.Errorf("the footer's least value is %s, want %s", got, c.least)
				}
				if got := fixed(stats.MaxValue); got != c.most {
					t.Errorf("the footer's greatest value is %s, want %s", got, c.most)
				}
				if stats.NullCount != nulls {
					t.Errorf("the footer counts %d nulls, want %d", stats.NullCount, nulls)
				}
				if len(f.Metadata().ColumnOrders) != 1 {
					t.Error("the footer does not say by which order the bounds are")
				}
				index := f.ColumnIndexes()[0]
				if got := fixed(index.MinValues[0]) + " " + fixed(index.MaxValues[0]); got != c.least+" "+c.most {
					t.Errorf("the first page's bounds are %s", got)
				}
			})
		}
	}
}

func fixed(b []byte) string {
	if len(b) != 16 {
		return fmt.Sprintf("%d bytes", len(b))
	}
	return money.Fixed{Hi: int64(binary.BigEndian.Uint64(b)), Lo: binary.BigEndian.Uint64(b[8:])}.String()
}

// Another reader that seeks by the page index lands on the right rows.
func TestParquetPageIndex(t *testing.T) {
	b := batches.Random(t, batches.NewRand(3), 90_000, 9)
	file := writeParquet(t, &batches.Sample, WriterOptions{}, b)
	f, err := parquet.OpenFile(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	rows := f.RowGroups()[0].Rows()
	defer rows.Close()
	buffer := make([]parquet.Row, 1)
	for _, row := range []int{89_999, 40_000, 32_768, 32_767, 65_535, 0, 1} {
		if err := rows.SeekToRow(int64(row)); err != nil {
			t.Fatal(err)
		}
		if _, err := rows.ReadRows(buffer); err != nil && !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
		for c, v := range buffer[0] {
			if got, want := foreignCell(b, c, v), batches.Cell(&b.Columns[c], row); got != want {
				t.Fatalf("row %d of %s is %q, want %q", row, batches.Sample.Columns[c].Name, got, want)
			}
		}
	}
	for c, index := range f.ColumnIndexes() {
		offsets := f.OffsetIndexes()[c].PageLocations
		if len(index.MinValues) != len(offsets) || len(offsets) == 0 {
			t.Fatalf("column %d has bounds of %d pages and places of %d", c, len(index.MinValues), len(offsets))
		}
		for p, place := range offsets {
			end := int64(b.Rows)
			if p+1 < len(offsets) {
				end = offsets[p+1].FirstRowIndex
			}
			checkPageBounds(t, b, c, int(place.FirstRowIndex), int(end), index.MinValues[p], index.MaxValues[p], index.NullPages[p], index.NullCounts[p])
		}
	}
}

func checkPageBounds(t *testing.T, b *dataset.Batch, c, from, to int, least, most []byte, empty bool, nulls int64) {
	t.Helper()
	v := &b.Columns[c]
	name := fmt.Sprintf("rows %d to %d of %s", from, to, b.Table.Columns[c].Name)
	if want := v.CountNulls(from, to); nulls != int64(want) || empty != (want == to-from) {
		t.Fatalf("%s: %d nulls, all null %v; want %d", name, nulls, empty, want)
	}
	for i := from; i < to; i++ {
		if v.IsNull(i) {
			continue
		}
		inside := false
		switch v.Type {
		case schemas.Label, schemas.Text:
			inside = bytes.Compare(least, v.TextAt(i)) <= 0 && bytes.Compare(v.TextAt(i), most) <= 0
		case schemas.Decimal:
			low, lowErr := money.FixedFromBigEndian([16]byte(least))
			high, highErr := money.FixedFromBigEndian([16]byte(most))
			inside = lowErr == nil && highErr == nil && low.Cmp(v.Decs[i]) <= 0 && v.Decs[i].Cmp(high) <= 0
		default:
			inside = int64(binary.LittleEndian.Uint64(least)) <= v.Ints[i] && v.Ints[i] <= int64(binary.LittleEndian.Uint64(most))
		}
		if !inside {
			t.Fatalf("%s: row %d, %s, is outside the page's bounds", name, i, batches.Cell(v, i))
		}
	}
}

// A file with a flipped bit reads as the same rows or not at all: names, types and places are all said twice, and pages
// have checksums.
func TestParquetFlippedBits(t *testing.T) {
	b := batches.Random(t, batches.NewRand(11), 60, 4)
	var want dataset.Digest
	want.AddBatch(b)
	file := writeParquet(t, &batches.Sample, WriterOptions{RowGroupRows: 40}, b)
	read := func(file []byte) (*dataset.Batch, error) {
		f, err := Open(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			return nil, err
		}
		s, err := f.Scan(&batches.Sample, ScanOptions{From: f.From(&batches.Sample)})
		if err != nil {
			return nil, err
		}
		all, part := dataset.NewBatch(&batches.Sample), dataset.NewBatch(&batches.Sample)
		for {
			more, err := s.Next(part)
			if err != nil || !more {
				return all, err
			}
			all.AppendRange(part, 0, part.Rows)
		}
	}
	tries := effort.Count(t, len(file)/20, len(file))
	for i := range tries {
		at := i * len(file) / tries
		damaged := bytes.Clone(file)
		damaged[at] ^= 1 << (at % 7)
		all, err := read(damaged)
		if err != nil {
			continue
		}
		var got dataset.Digest
		if got.AddBatch(all); got.String() != want.String() {
			t.Errorf("with bit %d of byte %d of %d flipped it reads as other rows", at%7, at, len(file))
		}
	}
}
