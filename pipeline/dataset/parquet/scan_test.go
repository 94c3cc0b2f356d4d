package parquet

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"testing"

	"daybook/fixtures/batches"
	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/parquet/packed"
	"daybook/schemas"
	"daybook/schemas/money"

	"github.com/parquet-go/parquet-go"
)

// Columns that are read when they are asked for hold what they hold when they are read with the others, whichever batches
// they are asked for.
func TestLazyColumns(t *testing.T) {
	r := batches.NewRand(11)
	lazy := []int{0, 2, 5, 6, 9, 10}
	var buffers ScanBuffers
	for _, batchRows := range []int{0, 333, 1000, 5000} {
		b := batches.Random(t, r, 34_500, 4)
		file := writeParquet(t, &batches.Sample, WriterOptions{RowGroupRows: 33_000, RowGroupTextBytes: 300_000}, b)
		f, err := Open(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			t.Fatal(err)
		}
		s, err := f.Scan(&batches.Sample, ScanOptions{From: f.From(&batches.Sample), Lazy: lazy, BatchRows: batchRows, Buffers: &buffers})
		if err != nil {
			t.Fatal(err)
		}
		part, at := dataset.NewBatch(&batches.Sample), 0
		for {
			more, err := s.Next(part)
			if err != nil {
				t.Fatal(err)
			}
			if !more {
				break
			}
			want := dataset.NewBatch(&batches.Sample)
			want.AppendRange(b, at, at+part.Rows)
			for _, c := range lazy {
				if !part.Columns[c].Absent {
					t.Fatalf("column %d is there before it was asked for", c)
				}
				if r.IntN(3) > 0 {
					want.Columns[c] = dataset.Vector{Type: want.Columns[c].Type, Absent: true}
					continue
				}
				for range 2 {
					if err := s.Load(part, c); err != nil {
						t.Fatal(err)
					}
				}
			}
			batches.Same(t, part, want, 0, part.Rows)
			at += part.Rows
		}
		if at != b.Rows {
			t.Fatalf("%d rows were read of %d", at, b.Rows)
		}
	}
}

// countingReader counts the bytes read of a file, and breaks where it is told to.
type countingReader struct {
	file   []byte
	bytes  int
	broken bool
}

func (c *countingReader) ReadAt(p []byte, off int64) (int, error) {
	if c.broken {
		panic("broken")
	}
	c.bytes += len(p)
	return bytes.NewReader(c.file).ReadAt(p, off)
}

func nextOf(t *testing.T, f *Reader, options ScanOptions) *dataset.Batch {
	t.Helper()
	s, err := f.Scan(&batches.Sample, options)
	if err != nil {
		t.Fatal(err)
	}
	b := dataset.NewBatch(&batches.Sample)
	if _, err := s.Next(b); err != nil {
		t.Fatal(err)
	}
	return b
}

// Nothing is read of a column without values, nor of a lazy one that nobody asks for; but what another program's footer
// says of nulls is not believed.
func TestNothingIsReadOfNulls(t *testing.T) {
	b := batches.Random(t, batches.NewRand(12), 5000, 3)
	in := countingReader{file: writeParquet(t, &batches.Sample, WriterOptions{}, b)}
	f, err := Open(&in, int64(len(in.file)))
	if err != nil {
		t.Fatal(err)
	}
	in.bytes = 0
	const never, quantity, cost = 9, 6, 7
	if got := nextOf(t, f, ScanOptions{From: f.From(&batches.Sample, never, quantity), Lazy: []int{quantity}}); in.bytes > 0 || !got.Columns[never].Absent {
		t.Errorf("%d bytes were read of a column without values", in.bytes)
	}
	said := &f.meta.RowGroups[0].Columns[cost].MetaData.Statistics
	said.NullCount = int64(b.Rows)
	if got := nextOf(t, f, ScanOptions{From: f.From(&batches.Sample, cost)}); got.Columns[cost].Absent {
		t.Error("values are left out by a count of nulls alone, which one bit may change")
	}
	said.MinValue, said.MaxValue = nil, nil
	if got := nextOf(t, f, ScanOptions{From: f.From(&batches.Sample, cost)}); !got.Columns[cost].Absent {
		t.Error("our own footer is not believed")
	}
	f.meta.CreatedBy = "somebody else's"
	if got := nextOf(t, f, ScanOptions{From: f.From(&batches.Sample, cost)}); got.Columns[cost].CountNulls(0, b.Rows) != b.Columns[cost].CountNulls(0, b.Rows) {
		t.Error("values are left out because somebody's footer counts wrong")
	}
}

// A panic while a file is read is an error about the file.
func TestScanOutlivesPanics(t *testing.T) {
	in := countingReader{file: writeParquet(t, &batches.Sample, WriterOptions{}, batches.Random(t, batches.NewRand(13), 50, 3))}
	f, err := Open(&in, int64(len(in.file)))
	if err != nil {
		t.Fatal(err)
	}
	for _, lazy := range [][]int{nil, {1}} {
		s, err := f.Scan(&batches.Sample, ScanOptions{From: f.From(&batches.Sample, 1), Lazy: lazy})
		if err != nil {
			t.Fatal(err)
		}
		b := dataset.NewBatch(&batches.Sample)
		in.broken = true
		_, err = s.Next(b)
		if lazy != nil && err == nil {
			err = s.Load(b, 1)
		}
		in.broken = false
		if !errors.Is(err, dataset.ErrDamaged) {
			t.Errorf("lazy %v: the error is %v", lazy, err)
		}
	}
}

// Indices are taken straight into columns as they would be by way of a list of them.
func TestIndexedMatchesHybrid(t *testing.T) {
	r := batches.NewRand(14)
	for range 3000 {
		width := r.IntN(14)
		values := make([]uint32, 1+r.IntN(200))
		for i := range values {
			if values[i] = uint32(r.IntN(1 << width)); i > 0 && r.IntN(3) > 0 {
				values[i] = values[i-1]
			}
		}
		levels := packed.AppendHybrid(nil, values, width)
		table := make([]money.Fixed, 1+r.IntN(1<<width))
		for i := range table {
			table[i] = money.FixedFromInt(int64(i) + 7)
		}
		got, err := appendIndexed([]money.Fixed{{Lo: 1}}, levels, width, len(values), table)
		if beyond := int(slices.Max(values)) >= len(table); beyond || err != nil {
			if !beyond || !errors.Is(err, errEntry) || len(got) != 1 {
				t.Fatalf("indices up to %d of %d entries: %v", slices.Max(values), len(table), err)
			}
			continue
		}
		for i, x := range values {
			if got[i+1] != table[x] {
				t.Fatalf("value %d of width %d is %s, want entry %d", i, width, got[i+1], x)
			}
		}
		if _, err := appendIndexed(nil, levels[:1], width, len(values), table); width > 0 && !errors.Is(err, packed.ErrHybrid) {
			t.Fatalf("cut short: %v", err)
		}
	}
}

// A number beyond 38 digits in a page of ours is a fault of its row, and no other row suffers.
func TestDirectDecimalsKeepFaults(t *testing.T) {
	b := dataset.NewBatch(&batches.Sample)
	for i := range 100 {
		b.AppendText(1, "s")
		b.AppendText(3, "n")
		b.AppendTime(4, 0)
		b.AppendDecimal(6, money.Fixed{Hi: int64(i) << 40, Lo: uint64(i)}) // so many that they have no dictionary
		b.AppendInt(8, 1)
		if err := b.EndRow(); err != nil {
			t.Fatal(err)
		}
	}
	b.Columns[6].Decs[5] = money.Fixed{Hi: 1<<63 - 1}
	file := writeParquet(t, &batches.Sample, WriterOptions{}, b)
	f, err := Open(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.Scan(&batches.Sample, ScanOptions{From: f.From(&batches.Sample, 6)})
	if err != nil {
		t.Fatal(err)
	}
	got := dataset.NewBatch(&batches.Sample)
	if _, err := s.Next(got); err != nil {
		t.Fatal(err)
	}
	faults := s.Faults()
	if len(faults) != 1 || faults[0].Row != 6 || !got.Columns[6].IsNull(5) || got.Columns[6].Decs[99] != b.Columns[6].Decs[99] {
		t.Errorf("the faults are %+v", faults)
	}
}

func TestAppendNulls(t *testing.T) {
	r := batches.NewRand(15)
	for range 300 {
		one, other := dataset.NewBatch(&batches.Sample), dataset.NewBatch(&batches.Sample)
		rows := 0
		for range 5 {
			n, null := r.IntN(150), r.IntN(2) == 0
			for c := range one.Columns {
				a, b := &one.Columns[c], &other.Columns[c]
				a.Absent, b.Absent = false, false
				if null {
					a.AppendNulls(n)
				}
				for i := range n {
					switch {
					case null:
						b.AppendNull()
					case a.Type == schemas.Decimal:
						a.Decs, b.Decs = append(a.Decs, money.FixedFromInt(int64(i))), append(b.Decs, money.FixedFromInt(int64(i)))
					case a.Type == schemas.Label:
						a.Codes, b.Codes = append(a.Codes, a.Dict.Code([]byte("x"))), append(b.Codes, b.Dict.Code([]byte("x")))
					case a.Type == schemas.Text:
						a.Ends, b.Ends = append(a.Ends, uint32(len(a.Bytes))), append(b.Ends, uint32(len(b.Bytes)))
					default:
						a.Ints, b.Ints = append(a.Ints, int64(i)), append(b.Ints, int64(i))
					}
				}
			}
			rows += n
		}
		one.Rows, other.Rows = rows, rows
		batches.Same(t, one, other, 0, rows)
	}
}

// Rows that are said to be the last ones make the file that they make otherwise, whether they fill a row group or not.
func TestAppendLast(t *testing.T) {
	b := batches.Random(t, batches.NewRand(16), 2000, 4)
	for _, options := range []WriterOptions{{}, {RowGroupRows: 700}, {RowGroupRows: 2000}, {RowGroupTextBytes: 20_000}} {
		for _, first := range []int{0, 3, 700} {
			var out bytes.Buffer
			w, err := NewWriter(&out, &batches.Sample, []KeyValue{{"run", "r1"}, {"a", "b"}}, options)
			if err != nil {
				t.Fatal(err)
			}
			head, tail := dataset.NewBatch(&batches.Sample), dataset.NewBatch(&batches.Sample)
			head.AppendRange(b, 0, first)
			tail.AppendRange(b, first, b.Rows)
			if err := errors.Join(w.Append(head), w.AppendLast(tail)); err != nil {
				t.Fatal(err)
			}
			if _, err := w.Close(); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(out.Bytes(), writeParquet(t, &batches.Sample, options, b)) {
				t.Errorf("options %+v, %d rows before: the files differ", options, first)
			}
		}
	}
}

// A code stands for its text, and is refused where there are no codes.
func TestAppendCode(t *testing.T) {
	b := dataset.NewBatch(&batches.Sample)
	code := b.Columns[1].Dict.CodeOf("sku")
	b.AppendCode(1, code)
	b.AppendText(3, "")
	b.AppendTime(4, 0)
	b.AppendDecimal(6, money.Fixed{})
	b.AppendInt(8, 1)
	if err := b.EndRow(); err != nil || string(b.Columns[1].TextAt(0)) != "sku" {
		t.Errorf("the text is %q, %v", b.Columns[1].TextAt(0), err)
	}
	if b.AppendCode(2, code); b.EndRow() == nil {
		t.Error("a column of text took a code")
	}
}

// Columns that repeat each other come back, each from its own place, and so do those that only nearly do.
func TestRepeatedColumns(t *testing.T) {
	table := schemas.Table{Name: "repeated", Version: "1", Columns: []schemas.Column{
		{Name: "A", Type: schemas.Decimal},
		{Name: "Between", Type: schemas.Label},
		{Name: "SameAsA", Type: schemas.Decimal},
		{Name: "OtherNulls", Type: schemas.Decimal},
		{Name: "C", Type: schemas.Decimal, Required: true},
		{Name: "SameAsC", Type: schemas.Decimal, Required: true},
		{Name: "OptionalC", Type: schemas.Decimal},
		{Name: "OtherLast", Type: schemas.Decimal, Required: true},
		{Name: "Few", Type: schemas.Decimal},
		{Name: "SameFew", Type: schemas.Decimal},
	}}
	r := batches.NewRand(17)
	b := dataset.NewBatch(&table)
	const rows = 34_500 // more than a page in one row group, and a second group
	for i := range rows {
		a, c, few := money.Fixed{Lo: r.Uint64()}, money.Fixed{Hi: int64(i), Lo: r.Uint64()}, money.FixedFromInt(int64(i/100%5))
		if i%7 > 0 {
			b.AppendDecimal(0, a)
			b.AppendDecimal(2, a)
		}
		if i%7 > 0 && i != rows-1 {
			b.AppendDecimal(3, a)
		} else if i == rows-1 {
			b.AppendDecimal(3, money.Fixed{})
		}
		b.AppendText(1, "between")
		b.AppendDecimal(4, c)
		b.AppendDecimal(5, c)
		b.AppendDecimal(6, c)
		if i == rows-1 {
			c.Lo++
		}
		b.AppendDecimal(7, c)
		b.AppendDecimal(8, few)
		b.AppendDecimal(9, few)
		if err := b.EndRow(); err != nil {
			t.Fatal(err)
		}
	}
	var buffers WriterBuffers
	for _, options := range []WriterOptions{{Buffers: &buffers}, {RowGroupRows: 33_000, Buffers: &buffers}, {Plain: true, Buffers: &buffers}} {
		file := writeParquet(t, &table, options, b)
		batches.Same(t, readParquet(t, &table, file, 0), b, 0, rows)
		f, err := parquet.OpenFile(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			t.Fatal(err)
		}
		if len(f.ColumnIndexes()) != len(f.RowGroups())*len(table.Columns) {
			t.Fatalf("%d column indexes", len(f.ColumnIndexes()))
		}
		for g, group := range f.RowGroups() {
			for c, chunk := range group.ColumnChunks() {
				at := g * max(options.RowGroupRows, 0)
				pages := chunk.Pages()
				for {
					page, err := pages.ReadPage()
					if errors.Is(err, io.EOF) {
						break
					}
					if err != nil {
						t.Fatal(err)
					}
					values := make([]parquet.Value, page.NumValues())
					if n, err := page.Values().ReadValues(values); n != len(values) || err != nil && !errors.Is(err, io.EOF) {
						t.Fatalf("%d of %d values: %v", n, len(values), err)
					}
					for i, v := range values {
						want := &b.Columns[c]
						if v.IsNull() != want.IsNull(at+i) || table.Columns[c].Type == schemas.Decimal && !v.IsNull() && string(v.ByteArray()) != string(appendDecimal(nil, want.Decs[at+i])) {
							t.Fatalf("row %d of %s is %v", at+i, table.Columns[c].Name, v)
						}
					}
					at += len(values)
				}
				pages.Close()
			}
		}
	}
}
