package packed

import (
	"encoding/binary"
	"errors"
	"math/bits"

	"daybook/pipeline/dataset"
)

// DELTA_BINARY_PACKED writes blocks of differences, each block less its least difference and each quarter of a block
// with as many bits as it needs.
const (
	deltaBlock = 128
	deltaMinis = 4
	deltaMini  = deltaBlock / deltaMinis
)

// AppendDeltas appends integers as one run, which is what a page or a part of one holds.
func AppendDeltas(out []byte, ints []int64) []byte {
	out = binary.AppendUvarint(out, deltaBlock)
	out = binary.AppendUvarint(out, deltaMinis)
	out = binary.AppendUvarint(out, uint64(len(ints)))
	if len(ints) == 0 {
		return binary.AppendVarint(out, 0)
	}
	last := ints[0]
	out = binary.AppendVarint(out, last)
	var deltas [deltaBlock]int64
	for ints = ints[1:]; len(ints) > 0; {
		n := min(deltaBlock, len(ints))
		least := ints[0] - last
		for i, v := range ints[:n] {
			deltas[i] = v - last // wraps, and so does the reader
			least = min(least, deltas[i])
			last = v
		}
		ints = ints[n:]
		for i := range deltas {
			if i < n {
				deltas[i] -= least
			} else {
				deltas[i] = 0
			}
		}
		out = appendDeltaBlock(out, &deltas, least, n)
	}
	return out
}

var errDeltas = errors.New("its differences between values are damaged")

// appendDeltaBlock writes the quarters that hold any of the n values.
func appendDeltaBlock(out []byte, deltas *[deltaBlock]int64, least int64, n int) []byte {
	out = binary.AppendVarint(out, least)
	at := len(out)
	out = append(out, make([]byte, deltaMinis)...)
	for m := 0; m*deltaMini < n; m++ {
		mini := deltas[m*deltaMini : (m+1)*deltaMini]
		all := uint64(0)
		for _, d := range mini {
			all |= uint64(d)
		}
		width := uint(bits.Len64(all))
		out[at+m] = byte(width)
		var word uint64
		filled := uint(0)
		for _, d := range mini {
			word |= uint64(d) << filled
			if filled += width; filled >= 64 {
				out = binary.LittleEndian.AppendUint64(out, word)
				filled -= 64
				word = uint64(d) >> (width - filled) // what did not fit; nothing if filled is 0
			}
		}
		for ; filled > 0; filled -= min(filled, 8) {
			out = append(out, byte(word))
			word >>= 8
		}
	}
	return out
}

// ReadDeltas appends the n values of a DELTA_BINARY_PACKED run and returns the bytes behind it.
func ReadDeltas(ints []int64, data []byte, n int) ([]int64, []byte, error) {
	var head [3]uint64
	for i := range head {
		x, k := binary.Uvarint(data)
		if k <= 0 {
			return ints, nil, errDeltas
		}
		head[i], data = x, data[k:]
	}
	block, minis, count := head[0], head[1], head[2]
	value, k := binary.Varint(data)
	if k <= 0 || count != uint64(n) || minis == 0 || minis > 1024 || block > 1<<20 || block%minis != 0 || block/minis%32 != 0 || block == 0 {
		return ints, nil, errDeltas
	}
	data = data[k:]
	if n == 0 {
		return ints, data, nil
	}
	ints = append(ints, value)
	size := int(block / minis)
	for left := n - 1; left > 0; {
		least, k := binary.Varint(data)
		if k <= 0 || len(data) < k+int(minis) {
			return ints, nil, errDeltas
		}
		widths := data[k : k+int(minis)]
		data = data[k+int(minis):]
		for m := 0; m < int(minis) && left > 0; m++ {
			width := int(widths[m])
			take := min(size, left)
			if width > 64 || len(data) < (take*width+7)/8 {
				return ints, nil, errDeltas
			}
			at := len(ints)
			ints = dataset.Grow(ints, take)
			value = addDeltas(ints[at:], data, value, least, width)
			data = data[min(len(data), size*width/8):]
			left -= take
		}
	}
	return ints, data, nil
}

// addDeltas fills out with sums: each value is the one before it and least and the next width bits of data, of which there
// are enough. It returns the last.
func addDeltas(out []int64, data []byte, value, least int64, width int) int64 {
	const wide = 56 // so many bits are in one word wherever they begin in its first byte
	i, at := 0, 0
	if width <= wide {
		mask := uint64(1)<<width - 1
		for ; i < len(out) && at>>3+8 <= len(data); i++ {
			value += least + int64(binary.LittleEndian.Uint64(data[at>>3:])>>(at&7)&mask)
			out[i] = value
			at += width
		}
	}
	for ; i < len(out); i++ {
		value += least + int64(bitsAt(data, at, width))
		out[i] = value
		at += width
	}
	return value
}

// bitsAt returns the width bits of b from bit at; they are all there.
func bitsAt(b []byte, at, width int) uint64 {
	if width == 0 {
		return 0
	}
	first, shift := at>>3, uint(at&7)
	var low, high uint64
	if first+9 <= len(b) {
		low, high = binary.LittleEndian.Uint64(b[first:]), uint64(b[first+8])
	} else {
		for i, c := range b[first:] {
			if i < 8 {
				low |= uint64(c) << (8 * i)
			} else {
				high = uint64(c)
			}
		}
	}
	v := low>>shift | high<<(64-shift)
	return v & (^uint64(0) >> (64 - uint(width)))
}
