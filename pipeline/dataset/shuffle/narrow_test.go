package shuffle

import (
	"bytes"
	"fmt"
	"math"
	"testing"

	"daybook/fixtures/batches"
	"daybook/fixtures/effort"
	"daybook/pipeline/dataset"
	"daybook/schemas"
	"daybook/schemas/money"
)

var narrowTable = schemas.Table{Name: "narrow", Version: "1", Columns: []schemas.Column{
	{Name: "Text", Type: schemas.Text},
	{Name: "Time", Type: schemas.Time},
	{Name: "Row", Type: schemas.Integer},
	{Name: "Amount", Type: schemas.Decimal},
	{Name: "Label", Type: schemas.Label},
}}

// narrowBatch makes rows whose columns are narrow in one of many ways, or not at all.
func narrowBatch(t *testing.T, r *batches.Rand) *dataset.Batch {
	t.Helper()
	b := dataset.NewBatch(&narrowTable)
	least := []int64{0, -5, math.MinInt64, math.MaxInt64 - 70_000, 1_725_148_800_000_000}[r.IntN(5)]
	step := []int64{1, 1, 7, 3_600_000_000, 1 << 40}[r.IntN(5)]
	reach := []uint64{1, 256, 257, 1 << 16, 1<<16 + 1, 1 << 32, 1 << 33, math.MaxUint64}[r.IntN(8)]
	prefix := []string{"", "ab", "urn:meter:1|", "ü-ü-ü-", "{\"a\":\""}[r.IntN(5)]
	width, nulls, wide := r.IntN(20)-1, r.IntN(3) == 0, r.IntN(2) == 0
	for range 1 + r.IntN(700) {
		null := func() bool { return nulls && r.IntN(4) == 0 }
		n := width
		if width < 0 {
			n = r.IntN(12)
		}
		if !null() {
			b.AppendText(0, prefix+fmt.Sprintf("%020d", r.Uint64())[:n])
		}
		for c := 1; c <= 2; c++ {
			if !null() {
				n := least + int64(r.Uint64N(reach))*step // may wrap, which makes it as wide as can be
				if c == 1 {
					b.AppendTime(c, n)
				} else {
					b.AppendInt(c, n)
				}
			}
		}
		if !null() {
			d := money.Fixed{Hi: -1, Lo: 1<<63 | r.Uint64()}
			if r.IntN(2) == 0 {
				d = money.Fixed{Lo: r.Uint64() >> 1}
			}
			if wide && r.IntN(90) == 0 {
				d.Hi = int64(r.Uint64())
			}
			b.AppendDecimal(3, d)
		}
		if !null() {
			b.AppendText(4, "l"+fmt.Sprint(r.IntN(300)))
		}
		if err := b.EndRow(); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// TestNarrowBlocks: whatever a block leaves out of its columns, the same rows come back, all or some of them.
func TestNarrowBlocks(t *testing.T) {
	var buffer BlockBuffer
	for seed := range uint64(effort.Count(t, 60, 5000)) {
		r := batches.NewRand(seed)
		b := narrowBatch(t, r)
		file := writeNarrow(t, b)
		f, err := Open(bytes.NewReader(file), int64(len(file)), &narrowTable)
		if err != nil {
			t.Fatal(err)
		}
		got, twice, some := dataset.NewBatch(&narrowTable), dataset.NewBatch(&narrowTable), dataset.NewBatch(&narrowTable)
		var rows []int32
		for i := range b.Rows {
			if r.IntN(3) == 0 {
				rows = append(rows, int32(i))
			}
		}
		for _, block := range f.Blocks(0) {
			for _, err := range []error{
				f.Read(block, got, &buffer), f.Read(block, twice, &buffer), f.Read(block, twice, &buffer),
				f.read(block, some, &buffer, &part{rows: append([]int32{}, rows...)}),
			} {
				if err != nil {
					t.Fatalf("seed %d: %v", seed, err)
				}
			}
		}
		batches.Same(t, got, b, 0, b.Rows)
		if twice.Rows != 2*b.Rows {
			t.Fatalf("seed %d: %d rows, want %d", seed, twice.Rows, 2*b.Rows)
		}
		for c := range twice.Columns {
			v := &twice.Columns[c]
			for i := range twice.Rows {
				if have, want := batches.Cell(v, i), batches.Cell(&b.Columns[c], i%b.Rows); have != want {
					t.Fatalf("seed %d: row %d of column %d is %s, want %s", seed, i, c, have, want)
				}
				if v.IsNull(i) && !v.Absent && (len(v.Ints) > 0 && v.Ints[i] != 0 || len(v.Decs) > 0 && v.Decs[i] != money.Fixed{}) {
					t.Fatalf("seed %d: the null in row %d of column %d has a value", seed, i, c)
				}
			}
		}
		for i, row := range rows {
			for c := range some.Columns {
				if have, want := batches.Cell(&some.Columns[c], i), batches.Cell(&b.Columns[c], int(row)); have != want {
					t.Fatalf("seed %d: row %d of column %d is %s, want %s", seed, row, c, have, want)
				}
			}
		}
	}
}
