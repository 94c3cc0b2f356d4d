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

// Whatever the bytes, reading ends in rows or in an error about damage.
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
		if err != nil && !errors.Is(err, dataset.ErrDamaged) {
			t.Fatal(err)
		}
	})
}

// FuzzLevels reads what it wrote, and other bytes without harm.
func FuzzLevels(f *testing.F) {
	f.Add([]byte{1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 4}, 3)
	f.Fuzz(func(t *testing.T, data []byte, width int) {
		if width < 1 || width > 32 {
			return
		}
		values := make([]uint32, len(data))
		for i, c := range data {
			values[i] = uint32(c) * 0x01010101 & (1<<width - 1)
		}
		got := make([]uint32, len(values))
		if err := ReadHybrid(got, AppendHybrid(nil, values, width), width); err != nil {
			t.Fatal(err)
		}
		for i := range got {
			if got[i] != values[i] {
				t.Fatalf("value %d is %d, want %d", i, got[i], values[i])
			}
		}
		ints := make([]int64, len(data))
		for i, c := range data {
			ints[i] = int64(c) << (width * 2 % 64)
			if c&1 == 1 {
				ints[i] = -ints[i] << 3
			}
		}
		back, rest, err := ReadDeltas(nil, AppendDeltas(nil, ints), len(ints))
		if err != nil || len(rest) != 0 {
			t.Fatal(err, len(rest))
		}
		for i := range back {
			if back[i] != ints[i] {
				t.Fatalf("integer %d is %d, want %d", i, back[i], ints[i])
			}
		}
		_ = ReadHybrid(got, data, width) // any bytes may be handed in
		_, _, _ = ReadDeltas(nil, data, len(data))
	})
}
