package parquet

import (
	"bytes"
	"errors"
	"testing"

	"daybook/fixtures/batches"
	"daybook/pipeline/dataset"

	"github.com/parquet-go/parquet-go"
)

// fuzzFiles are small files of ours and of another writer.
func fuzzFiles(t testing.TB) [][]byte {
	b := batches.Random(t, batches.NewRand(11), 20, 4)
	var out bytes.Buffer
	w := parquet.NewGenericWriter[foreignRow](&out, parquet.Compression(&parquet.Snappy))
	rows := make([]foreignRow, 5)
	rows[2].Tags = map[string]string{"a": "b", "c": "d"}
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return [][]byte{
		writeParquet(t, &batches.Sample, WriterOptions{RowGroupRows: 15}, b),
		writeParquet(t, &batches.Sample, WriterOptions{Plain: true}, b),
		out.Bytes(),
	}
}

// Whatever the bytes, reading ends in rows or in an error about damage, or about what is not read here, such as a codec of tomorrow.
func FuzzParquet(f *testing.F) {
	for _, file := range fuzzFiles(f) {
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := Open(bytes.NewReader(file), int64(len(file)))
		if err == nil {
			if r.Rows() > 1<<16 { // nulls in runs cost a file nothing, but this test time
				return
			}
			_, _, err = readNatural(r)
		}
		if err != nil && !errors.Is(err, dataset.ErrDamaged) && !errors.Is(err, ErrUnsupported) {
			t.Fatal(err)
		}
	})
}
