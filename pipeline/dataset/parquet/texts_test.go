package parquet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"

	"daybook/fixtures/batches"
	"daybook/pipeline/dataset"
	"daybook/schemas"

	"github.com/parquet-go/parquet-go"
)

// TestAlikeTexts: identifiers that begin alike are written as what is their own, and others as they are; we and another
// reader find the same texts.
func TestAlikeTexts(t *testing.T) {
	table := schemas.Table{Name: "texts", Version: "1", Columns: []schemas.Column{
		{Name: "Prefixed", Type: schemas.Text, Required: true},
		{Name: "Nulls", Type: schemas.Text},
		{Name: "Random", Type: schemas.Text},
		{Name: "Nested", Type: schemas.Text},
		{Name: "LabelAlike", Type: schemas.Label},
	}}
	r := batches.NewRand(23)
	b := dataset.NewBatch(&table)
	const rows = 34_500 // more than a page in one row group, and a second group
	nested := ""
	for i := range rows {
		digits := fmt.Sprintf("%016x%016x", r.Uint64(), r.Uint64())
		b.AppendText(0, "urn:meter:1|"+digits)
		if i%3 > 0 {
			b.AppendText(1, "urn:meter:1|"+digits[:r.IntN(33)])
		}
		b.AppendText(2, digits)
		if nested += digits[:1]; len(nested) > 300 {
			nested = ""
		}
		b.AppendText(3, nested)
		b.AppendText(4, "urn:meter:1|"+digits)
		if err := b.EndRow(); err != nil {
			t.Fatal(err)
		}
	}
	for _, options := range []WriterOptions{{}, {RowGroupRows: 33_000}, {Plain: true}} {
		file := writeParquet(t, &table, options, b)
		batches.Same(t, readParquet(t, &table, file, 0), b, 0, rows)
		f, err := parquet.OpenFile(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			t.Fatal(err)
		}
		for c, want := range []int{encodingDeltaByteArray, encodingDeltaByteArray, encodingPlain, encodingDeltaByteArray, encodingDeltaByteArray} {
			encodings := f.Metadata().RowGroups[0].Columns[c].MetaData.Encoding
			if got := int(encodings[len(encodings)-1]); got != want && (want != encodingPlain || got != encodingRLE) {
				t.Errorf("%s has encodings %v", table.Columns[c].Name, encodings)
			}
		}
		sameElsewhere(t, f, b)
	}
}

// sameElsewhere compares the texts that another reader finds in f with those of b.
func sameElsewhere(t *testing.T, f *parquet.File, b *dataset.Batch) {
	t.Helper()
	row := 0
	for _, group := range f.RowGroups() {
		reader := group.Rows()
		buffer := make([]parquet.Row, 1000)
		for more := true; more; {
			n, err := reader.ReadRows(buffer)
			if err != nil && !errors.Is(err, io.EOF) {
				t.Fatal(err)
			}
			more = err == nil
			for _, values := range buffer[:n] {
				for c, v := range values {
					if want := b.Columns[c].TextAt(row); v.IsNull() != b.Columns[c].IsNull(row) || string(v.ByteArray()) != string(want) {
						t.Fatalf("row %d of column %d is %v, want %q", row, c, v, want)
					}
				}
				row++
			}
		}
		if err := reader.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if row != b.Rows {
		t.Errorf("another reader finds %d rows of %d", row, b.Rows)
	}
}

func TestSharedBytes(t *testing.T) {
	r := batches.NewRand(5)
	for range 20_000 {
		a, b := make([]byte, r.IntN(40)), make([]byte, r.IntN(40))
		for i := range a {
			a[i] = byte(r.IntN(2))
		}
		same := r.IntN(40)
		for i := range b {
			if b[i] = byte(r.IntN(2)); i < same && i < len(a) {
				b[i] = a[i]
			}
		}
		want := 0
		for want < len(a) && want < len(b) && a[want] == b[want] {
			want++
		}
		if got := dataset.SharedBytes(a, b); got != want {
			t.Fatalf("%v and %v share %d bytes, want %d", a, b, got, want)
		}
	}
}
