package parquet

import (
	"bytes"
	"fmt"
	"testing"

	"daybook/fixtures/batches"
	"daybook/pipeline/dataset"
	"daybook/schemas/money"
)

// labelled is a batch of Sample whose SKUs have so many bytes each, and every third of them comes again.
func labelled(t *testing.T, rows, size int) *dataset.Batch {
	t.Helper()
	b := dataset.NewBatch(&batches.Sample)
	for i := range rows {
		b.AppendText(1, fmt.Sprintf("%0*d", size, i-i%3))
		b.AppendText(3, "")
		b.AppendTime(4, int64(i))
		b.AppendDecimal(6, money.FixedFromInt(int64(i)))
		b.AppendInt(8, int64(i))
		if err := b.EndRow(); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// TestRowGroupsEndByLabels writes labels of more bytes than a row group may have: the groups are the same however the rows came
// in batches, with dictionaries of their own or of all rows, and none has many more.
func TestRowGroupsEndByLabels(t *testing.T) {
	const rows, size, most = 3000, 500, 100_000
	options := WriterOptions{RowGroupRows: 1000, RowGroupLabelBytes: most}
	whole := labelled(t, rows, size)
	want := writeParquet(t, &batches.Sample, options, whole)
	batches.Same(t, readParquet(t, &batches.Sample, want, 0), whole, 0, rows)
	for _, n := range []int{1, 7, 350, 1000, 2999} {
		for _, own := range []bool{true, false} {
			var parts []*dataset.Batch
			for from := 0; from < rows; from += n {
				part := dataset.NewBatch(&batches.Sample)
				for c := range part.Columns {
					if !own {
						part.Columns[c].Dict = whole.Columns[c].Dict
					}
				}
				part.AppendRange(whole, from, min(from+n, rows))
				parts = append(parts, part)
			}
			if got := writeParquet(t, &batches.Sample, options, parts...); !bytes.Equal(got, want) {
				t.Errorf("batches of %d rows, own dictionaries %t: other bytes", n, own)
			}
		}
	}
	f, err := Open(bytes.NewReader(want), int64(len(want)))
	if err != nil {
		t.Fatal(err)
	}
	for g := range f.meta.RowGroups {
		if n := f.meta.RowGroups[g].NumRows; n > 3*most/size+3 {
			t.Errorf("row group %d has %d rows, whose labels are more than %d bytes", g, n, most)
		}
	}
}

// TestDictionariesBeginAnew reads row groups of many bytes of labels: what a reader holds of them is of one group.
func TestDictionariesBeginAnew(t *testing.T) {
	const size = 3000
	whole := labelled(t, 3*(2*mostLabelBytes/size), size)
	file := writeParquet(t, &batches.Sample, WriterOptions{RowGroupLabelBytes: mostLabelBytes + 1}, whole)
	f, err := Open(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.Scan(&batches.Sample, ScanOptions{From: f.From(&batches.Sample)})
	if err != nil {
		t.Fatal(err)
	}
	rows, held := 0, 0
	for b := dataset.NewBatch(&batches.Sample); ; {
		more, err := s.Next(b)
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			break
		}
		held = max(held, b.LabelBytes())
		for i := range b.Rows {
			if want := whole.Columns[1].TextAt(rows + i); string(b.Columns[1].TextAt(i)) != string(want) {
				t.Fatalf("row %d is %.20s…, want %.20s…", rows+i, b.Columns[1].TextAt(i), want)
			}
		}
		rows += b.Rows
	}
	if rows != whole.Rows || held > mostLabelBytes+2*size {
		t.Errorf("%d rows of %d, and %d bytes of labels held at once, where a row group has %d", rows, whole.Rows, held, mostLabelBytes)
	}
}
