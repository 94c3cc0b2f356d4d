package shuffle

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"daybook/fixtures/batches"
	"daybook/fixtures/effort"
	"daybook/pipeline/dataset"
)

// writeShuffle writes a shuffle file, holding no more than so many bytes of rows; 0 is as many as usual.
func writeShuffle(t testing.TB, shards, held int, parts ...*dataset.Batch) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := NewWriter(&out, parts[0].Table, shards)
	if err != nil {
		t.Fatal(err)
	}
	if held > 0 {
		w.bounds = bounds{block: held, all: held}
	}
	rows := int64(0)
	for _, b := range parts {
		shard := make([]uint16, b.Rows)
		for i := range shard {
			shard[i] = dataset.ShardOf(b.Columns[0].TextAt(i), shards)
		}
		if err := w.Add(b, shard); err != nil {
			t.Fatal(err)
		}
		rows += int64(b.Rows)
	}
	stats, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	if stats.Rows != rows || stats.Bytes != int64(out.Len()) {
		t.Fatalf("stats are %+v for %d rows in %d bytes", stats, rows, out.Len())
	}
	return out.Bytes()
}

func TestShuffle(t *testing.T) {
	for _, c := range []struct{ shards, budget int }{{1, 0}, {4, 0}, {4, 10_000}, {16, 100_000}, {300, 1}} {
		t.Run(fmt.Sprintf("%d shards, %d bytes", c.shards, c.budget), func(t *testing.T) {
			// Rows of two batches share dictionaries, those of the third do not.
			whole := batches.Random(t, batches.NewRand(3), 4000, 4)
			var parts []*dataset.Batch
			for from := 0; from < 4000; from += 2000 {
				b := dataset.NewBatch(&batches.Sample)
				for i := range b.Columns {
					b.Columns[i].Dict = whole.Columns[i].Dict
				}
				b.AppendRange(whole, from, from+2000)
				parts = append(parts, b)
			}
			parts = append(parts, batches.Random(t, batches.NewRand(4), 500, 0))
			file := writeShuffle(t, c.shards, c.budget, parts...)
			if again := writeShuffle(t, c.shards, c.budget, parts...); !bytes.Equal(file, again) {
				t.Fatal("the same rows gave another file")
			}
			s, err := Open(bytes.NewReader(file), int64(len(file)), &batches.Sample)
			if err != nil {
				t.Fatal(err)
			}
			want := make([]*dataset.Batch, c.shards)
			for k := range want {
				want[k] = dataset.NewBatch(&batches.Sample)
			}
			for _, b := range parts {
				for i := range b.Rows {
					want[dataset.ShardOf(b.Columns[0].TextAt(i), c.shards)].AppendRange(b, i, i+1)
				}
			}
			var buffer BlockBuffer
			for k := range want {
				got := dataset.NewBatch(&batches.Sample)
				for _, block := range s.Blocks(k) {
					if err := s.Read(block, got, &buffer); err != nil {
						t.Fatal(err)
					}
				}
				batches.Same(t, got, want[k], 0, want[k].Rows)
			}
		})
	}
}

// The shard of an account is part of the format.
func TestShardOf(t *testing.T) {
	for _, c := range []struct {
		account string
		shards  int
		want    uint16
	}{
		{"", 16, 6}, {"acme", 16, 14}, {"acme", 1, 0}, {"0001", 64, 28}, {"a-rather-long-account-identifier", 4096, 754},
	} {
		if got := dataset.ShardOf([]byte(c.account), c.shards); got != c.want {
			t.Errorf("%q of %d shards is in shard %d, want %d", c.account, c.shards, got, c.want)
		}
	}
}

func TestShuffleDamage(t *testing.T) {
	b := batches.Random(t, batches.NewRand(5), 200, 3)
	file := writeShuffle(t, 3, 0, b)
	read := func(file []byte) error {
		s, err := Open(bytes.NewReader(file), int64(len(file)), &batches.Sample)
		if err != nil {
			return err
		}
		for k := range s.Shards() {
			for _, block := range s.Blocks(k) {
				if err := s.Read(block, dataset.NewBatch(&batches.Sample), &BlockBuffer{}); err != nil {
					return err
				}
			}
		}
		return nil
	}
	if err := read(file); err != nil {
		t.Fatal(err)
	}
	tries := effort.Count(t, len(file)/35, len(file)/7)
	for i := range tries {
		at := len(shuffleMagic) + i*(len(file)-len(shuffleMagic))/tries
		damaged := bytes.Clone(file)
		damaged[at] ^= 0x10
		if err := read(damaged); !errors.Is(err, dataset.ErrDamaged) {
			t.Fatalf("with byte %d changed the error is %v", at, err)
		}
	}
	for i := range tries {
		size := i * len(file) / tries
		if err := read(file[:size]); !errors.Is(err, dataset.ErrDamaged) {
			t.Fatalf("cut to %d bytes the error is %v", size, err)
		}
	}
}

// TestBlocksAreBounded: a shard's rows become a block when they are many, whatever the others have, and the largest do when
// all together are.
func TestBlocksAreBounded(t *testing.T) {
	const rows, batchRows = 20_000, 500
	whole := batches.Random(t, batches.NewRand(9), rows, 0)
	var parts []*dataset.Batch
	largest := 0
	for from := 0; from < rows; from += batchRows {
		b := dataset.NewBatch(&batches.Sample)
		for c := range b.Columns {
			b.Columns[c].Dict = whole.Columns[c].Dict
		}
		b.AppendRange(whole, from, from+batchRows)
		parts = append(parts, b)
		size := 0
		for c := range b.Columns {
			size += memoryOf(&b.Columns[c])
		}
		largest = max(largest, size)
	}
	for _, c := range []struct {
		shards int
		bounds bounds
	}{{1, bounds{100_000, 1 << 30}}, {4, bounds{100_000, 1 << 30}}, {16, bounds{1 << 30, 400_000}}} {
		var out bytes.Buffer
		w, err := NewWriter(&out, &batches.Sample, c.shards)
		if err != nil {
			t.Fatal(err)
		}
		w.bounds = c.bounds
		for _, b := range parts {
			shard := make([]uint16, b.Rows)
			for i := range shard {
				shard[i] = dataset.ShardOf(b.Columns[0].TextAt(i), c.shards)
			}
			if err := w.Add(b, shard); err != nil {
				t.Fatal(err)
			}
			if w.held > c.bounds.all {
				t.Fatalf("%d shards: %d bytes are held, at most %d", c.shards, w.held, c.bounds.all)
			}
			for k, size := range w.sizes {
				if size > c.bounds.block {
					t.Fatalf("%d shards: %d bytes are held of shard %d, at most %d", c.shards, size, k, c.bounds.block)
				}
			}
		}
		stats, err := w.Close()
		if err != nil {
			t.Fatal(err)
		}
		if stats.Blocks < 10 {
			t.Errorf("%d shards: only %d blocks", c.shards, stats.Blocks)
		}
		for _, block := range w.index.Blocks {
			if most := c.bounds.block + largest; block.Memory > int64(most) {
				t.Errorf("%d shards: a block takes %d bytes, at most %d", c.shards, block.Memory, most)
			}
		}
	}
}
