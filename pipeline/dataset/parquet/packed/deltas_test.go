package packed

import (
	"encoding/binary"
	"math/big"
	"slices"
	"testing"

	"daybook/fixtures/batches"
)

// TestDeltasOfAnyWidth reads deltas as any writer may write them: blocks and miniblocks of every size, deltas of every width
// up to 64, miniblocks that are not needed with widths of noughts or of nonsense, and a last one that is cut off where its
// values end. What they add up to, modulo 2^64, comes from numbers of any size.
func TestDeltasOfAnyWidth(t *testing.T) {
	for seed := range uint64(3000) {
		r := batches.NewRand(seed)
		n := 1 + r.IntN(700)
		want, encoded, cut := randomDeltas(r, n)
		tail := []byte{0xaa, 0x55, 0xff}[:r.IntN(4)]
		if cut {
			tail = nil
		}
		got, rest, err := ReadDeltas(nil, append(slices.Clone(encoded), tail...), n)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("seed %d:\n%v, want\n%v", seed, got, want)
		}
		if !slices.Equal(rest, tail) {
			t.Fatalf("seed %d: % x is left, want % x", seed, rest, tail)
		}
	}
}

// randomDeltas makes n numbers and encodes them, a bit at a time; cut says that the bytes end with the last of them.
func randomDeltas(r *batches.Rand, n int) (values []int64, out []byte, cut bool) {
	minis := []int{1, 2, 3, 4, 8}[r.IntN(5)]
	size := 32 * (1 + r.IntN(4))
	for _, x := range []int{size * minis, minis, n} {
		out = binary.AppendUvarint(out, uint64(x))
	}
	value := int64(r.Uint64())
	out = binary.AppendVarint(out, value)
	values = append(values, value)
	for len(values) < n {
		least := int64(r.Uint64()) >> r.IntN(64)
		out = binary.AppendVarint(out, least)
		head := len(out)
		out = append(out, make([]byte, minis)...)
		for m := range minis {
			width := r.IntN(65)
			if len(values) == n {
				out[head+m] = byte([]int{0, 255}[r.IntN(2)]) // of no values
				continue
			}
			out[head+m] = byte(width)
			bits, before := new(big.Int), len(values)
			for i := range size {
				delta := uint64(0)
				if width > 0 {
					delta = r.Uint64() >> (64 - width)
				}
				bits.Or(bits, new(big.Int).Lsh(new(big.Int).SetUint64(delta), uint(i*width)))
				if len(values) < n {
					value += least + int64(delta)
					values = append(values, value)
				}
			}
			packed := bits.FillBytes(make([]byte, size*width/8))
			slices.Reverse(packed)
			if cut = len(values) == n && r.IntN(4) == 0; cut {
				packed = packed[:((n-before)*width+7)/8]
			}
			out = append(out, packed...)
			if cut {
				clear(out[head+m+1 : head+minis])
				break
			}
		}
	}
	return values, out, cut
}
