package dataset

import "math/bits"

// RunEnd returns the end of the run of rows of a label column from row i on that hold the same text, or are all null. It
// looks at rows below to only, which is above i.
func (v *Vector) RunEnd(i, to int) int {
	if v.Absent {
		return to
	}
	if len(v.Nulls) > 0 {
		null := v.IsNull(i)
		to = v.nullsEnd(i, to, null)
		if null {
			return to
		}
	}
	const block = 16 // codes compared at once: what is equal to itself moved by one is all the same
	codes := v.Codes[i:to]
	n := 1
	for n+block <= len(codes) && *(*[block]uint32)(codes[n:]) == *(*[block]uint32)(codes[n-1:]) {
		n += block
	}
	for n < len(codes) && codes[n] == codes[0] {
		n++
	}
	return i + n
}

// nullsEnd returns the end of the run of rows from i on that are null, or are not.
func (v *Vector) nullsEnd(i, to int, null bool) int {
	for at := i; at < to; at = at&^63 + 64 {
		var word uint64
		if at>>6 < len(v.Nulls) {
			word = v.Nulls[at>>6]
		}
		if null {
			word = ^word
		}
		if word >>= at & 63; word != 0 {
			return min(to, at+bits.TrailingZeros64(word))
		}
	}
	return to
}
