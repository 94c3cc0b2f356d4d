package packed

import (
	"encoding/binary"
	"errors"
	"math/bits"
)

// Parquet keeps definition levels and dictionary indices in a hybrid of runs and bit-packed groups of eight.

// AppendHybrid appends values of the given bit width, which is at most 32. Eight equal values or more make a run.
func AppendHybrid(out []byte, values []uint32, width int) []byte {
	i, packed := 0, 0 // values[packed:i] are waiting to be bit-packed; always whole groups of eight
	for i+8 <= len(values) {
		v := values[i : i+8 : i+8]
		first := v[0]
		if (first^v[1])|(first^v[2])|(first^v[3])|(first^v[4])|(first^v[5])|(first^v[6])|(first^v[7]) != 0 {
			i += 8
			continue
		}
		out = AppendPacked(out, values[packed:i], width)
		from := i
		i += 8
		for i < len(values) && values[i] == first {
			i++
		}
		out = AppendRun(out, first, i-from, width)
		packed = i
	}
	return AppendPacked(out, values[packed:], width)
}

// AppendRun appends n times v.
func AppendRun(out []byte, v uint32, n, width int) []byte {
	out = binary.AppendUvarint(out, uint64(n)<<1)
	for range (width + 7) / 8 {
		out = append(out, byte(v))
		v >>= 8
	}
	return out
}

// AppendPacked appends values bit by bit, the lowest first; a last group of less than eight is filled with noughts,
// which may stand at the end of a page only.
func AppendPacked(out []byte, values []uint32, width int) []byte {
	if len(values) == 0 {
		return out
	}
	groups := (len(values) + 7) / 8
	out = binary.AppendUvarint(out, uint64(groups)<<1|1)
	at, size := len(out), groups*width
	out = append(out, make([]byte, size+8)...) // the compiler makes this without a second buffer
	dst := out[at:]
	var word uint64
	var filled uint
	for _, v := range values {
		word |= uint64(v) << filled
		if filled += uint(width); filled >= 32 {
			binary.LittleEndian.PutUint32(dst, uint32(word))
			dst = dst[4:]
			word >>= 32
			filled -= 32
		}
	}
	binary.LittleEndian.PutUint64(dst, word)
	return out[:at+size]
}

// ErrHybrid says that runs or bit-packed groups are not as they must be.
var ErrHybrid = errors.New("its run lengths or bit-packed values are damaged")

// ReadHybrid fills all of dst from b, which holds at least that many values of the given bit width.
func ReadHybrid(dst []uint32, b []byte, width int) error {
	if width > 32 {
		return ErrHybrid
	}
	for len(dst) > 0 {
		head, k := binary.Uvarint(b)
		if k <= 0 {
			return ErrHybrid
		}
		b = b[k:]
		if head&1 == 0 {
			size := (width + 7) / 8
			if len(b) < size {
				return ErrHybrid
			}
			var v uint32
			for i := range size {
				v |= uint32(b[i]) << (8 * i)
			}
			b = b[size:]
			run := dst[:min(head>>1, uint64(len(dst)))]
			for i := range run {
				run[i] = v
			}
			dst = dst[len(run):]
			continue
		}
		groups := head >> 1
		count := len(dst)
		if groups < uint64(len(dst)+7)/8 {
			count = int(groups) * 8
		}
		// Some writers leave off the bytes that only fill up the last group.
		if need := (count*width + 7) / 8; len(b) < need {
			return ErrHybrid
		}
		unpack(dst[:count], b, uint(width))
		dst = dst[count:]
		b = b[min(uint64(len(b)), groups*uint64(width)):]
	}
	return nil
}

// OneRun reports whether b begins with a run of at least n values, and of which.
func OneRun(b []byte, n, width int) (bool, uint32, error) {
	head, k := binary.Uvarint(b)
	if n == 0 || k <= 0 || head&1 == 1 || head>>1 < uint64(n) {
		return false, 0, nil
	}
	var v [1]uint32
	err := ReadHybrid(v[:], b, width)
	return true, v[0], err
}

// unpack reads len(dst) values of width bits, the lowest first; b holds all their bits.
func unpack(dst []uint32, b []byte, width uint) {
	if width == 0 {
		clear(dst)
		return
	}
	mask := uint64(1)<<width - 1
	at, i := uint(0), 0
	for ; i < len(dst) && int(at>>3)+8 <= len(b); i++ {
		dst[i] = uint32(binary.LittleEndian.Uint64(b[at>>3:]) >> (at & 7) & mask)
		at += width
	}
	for ; i < len(dst); i++ {
		var word uint64
		for k, c := range b[at>>3 : min(uint(len(b)), at>>3+8)] {
			word |= uint64(c) << (8 * k)
		}
		dst[i] = uint32(word >> (at & 7) & mask)
		at += width
	}
}

// BitWidth returns the bits that indices below n take, at least one: some readers stumble over none.
func BitWidth(n int) int { return max(1, bits.Len(uint(max(n, 1)-1))) }

// HighestFirst reads n values of width bits that lie one behind another, of each the highest bit first and from the highest
// bit of each byte on, as levels did in old files. b holds all their bits.
func HighestFirst(b []byte, n, width int) []uint32 {
	values := make([]uint32, n)
	for at := range n * width {
		bit := b[at>>3] >> (7 - at&7) & 1
		values[at/width] = values[at/width]<<1 | uint32(bit)
	}
	return values
}
