package wire

import (
	"bytes"
	"math/bits"
	"slices"
	"unicode/utf8"
)

// Padding is how many bytes text is copied by, and how much room there must be behind it.
const Padding = 16

// WellEncoded reports whether text is UTF-8 without NUL.
func WellEncoded(text []byte) bool {
	return utf8.Valid(text) && bytes.IndexByte(text, 0) < 0
}

// AppendUnquoted appends to dst what the cell text[start:end], which is in quotes, holds. Dst has the capacity for the cell
// and Padding, and text has Slack. The quotes of a block of 64 bytes are found together, so that the places of one need
// not wait for those before it.
func AppendUnquoted(dst, text []byte, start, end uint32) []byte {
	to := len(dst)
	room := dst[:cap(dst)]
	from, last := int(start)+1, int(end)-1
	for i := from; i < last; {
		n := min(64, last-i)
		quotes := find((*[64]byte)(text[i:i+64]), '"') & (^uint64(0) >> (64 - n))
		next := i + n
		for ; quotes != 0; quotes &= quotes - 1 {
			at := i + bits.TrailingZeros64(quotes) + 1 // behind the first of a pair, which stays
			to = CopyWords(room, to, text, from, at)
			from = at + 1
			quotes &= quotes - 1
			next = max(next, from)
		}
		i = next
	}
	to = CopyWords(room, to, text, from, last)
	return dst[:to]
}

// CopyWords copies text[from:end] to room[to:] and returns the place behind it. Up to Padding bytes beyond are copied too.
func CopyWords(room []byte, to int, text []byte, from, end int) int {
	size := end - from
	*(*[Padding]byte)(room[to : to+Padding]) = *(*[Padding]byte)(text[from : from+Padding])
	for i := Padding; i < size; i += Padding {
		*(*[Padding]byte)(room[to+i : to+i+Padding]) = *(*[Padding]byte)(text[from+i : from+i+Padding])
	}
	return to + size
}

// AppendKeyPart appends a part of a key, with \\ before any | or \\ within it: parts are joined by |, and different keys stay different.
func AppendKeyPart(dst, text []byte) []byte {
	if bytes.IndexByte(text, '|') < 0 && bytes.IndexByte(text, '\\') < 0 {
		return append(dst, text...)
	}
	for _, c := range text {
		if c == '|' || c == '\\' {
			dst = append(dst, '\\')
		}
		dst = append(dst, c)
	}
	return dst
}

// Room returns dst with room for so many bytes more, and for twice what it holds where it has to be moved for them.
func Room(dst []byte, size int) []byte {
	if cap(dst)-len(dst) < size {
		return slices.Grow(dst, max(size, len(dst)))
	}
	return dst
}

// CloseObject makes a JSON object of the members behind from, each with a comma before it. Of none it makes nothing.
func CloseObject(dst []byte, from int) []byte {
	if len(dst) == from {
		return dst
	}
	dst[from] = '{'
	return append(dst, '}')
}
