package dataset

import (
	"math/bits"

	"daybook/schemas"
)

// Clear empties b and makes every column absent with a dictionary of its own, as NewBatch does; buffers of numbers stay.
func (b *Batch) Clear() {
	b.Reset()
	b.room = 0
	for i := range b.Columns {
		v := &b.Columns[i]
		v.Absent = true
		if v.Type == schemas.Label {
			v.Dict = NewDictionary()
		}
	}
}

// AppendRange appends rows [from, to) of src, a batch of the same table. Codes are translated unless both batches share
// the dictionary.
func (b *Batch) AppendRange(src *Batch, from, to int) {
	for i := range b.Columns {
		b.Columns[i].appendRange(&src.Columns[i], from, to, b.Rows)
	}
	b.Rows += to - from
}

func (v *Vector) appendRange(src *Vector, from, to, rows int) {
	if src.Absent || src.countNulls(from, to) == to-from {
		if v.Absent {
			return
		}
		v.appendNulls(to - from)
		return
	}
	v.fill(rows)
	if src.countNulls(from, to) > 0 {
		for i := from; i < to; i++ {
			if src.IsNull(i) {
				v.SetNull(rows + i - from)
			}
		}
	}
	switch v.Type {
	case schemas.Label:
		v.appendCodes(src, from, to)
	case schemas.Text:
		at := uint32(len(v.Bytes)) - src.start(from)
		v.Bytes = append(v.Bytes, src.Bytes[src.start(from):src.start(to)]...)
		for _, end := range src.Ends[from:to] {
			v.Ends = append(v.Ends, end+at)
		}
	case schemas.Decimal:
		v.Decs = append(v.Decs, src.Decs[from:to]...)
	case schemas.Time, schemas.Integer:
		v.Ints = append(v.Ints, src.Ints[from:to]...)
	}
}

func (v *Vector) appendCodes(src *Vector, from, to int) {
	if v.Dict == src.Dict {
		v.Codes = append(v.Codes, src.Codes[from:to]...)
		return
	}
	// Most neighbours are equal in sorted rows, and the dictionary finds the others fast enough.
	last, code := ^uint32(0), uint32(0)
	for i := from; i < to; i++ {
		if src.IsNull(i) {
			v.Codes = append(v.Codes, 0)
			continue
		}
		if c := src.Codes[i]; c != last {
			last, code = c, v.Dict.Code(src.Dict.Value(c))
		}
		v.Codes = append(v.Codes, code)
	}
}

// start returns where the text of row i begins in Bytes.
func (v *Vector) start(i int) uint32 {
	if i == 0 {
		return 0
	}
	return v.Ends[i-1]
}

// textAt is TextAt for a row that is not null.
func (v *Vector) textAt(i int) []byte {
	if v.Type == schemas.Label {
		return v.Dict.Value(v.Codes[i])
	}
	return v.Bytes[v.start(i):v.Ends[i]]
}

// countNulls returns how many of the rows [from, to) are null.
func (v *Vector) countNulls(from, to int) int {
	if v.Absent {
		return to - from
	}
	to = min(to, 64*len(v.Nulls))
	if from >= to {
		return 0
	}
	first, last := from>>6, (to-1)>>6
	head, tail := ^uint64(0)<<(uint(from)&63), ^uint64(0)>>(63-uint(to-1)&63)
	if first == last {
		return bits.OnesCount64(v.Nulls[first] & head & tail)
	}
	n := bits.OnesCount64(v.Nulls[first]&head) + bits.OnesCount64(v.Nulls[last]&tail)
	for _, word := range v.Nulls[first+1 : last] {
		n += bits.OnesCount64(word)
	}
	return n
}

// reserve makes room for so many rows of v in all, texts aside: columns that grow step by step leave several times their
// size behind.
func (v *Vector) reserve(rows int) {
	switch v.Type {
	case schemas.Label:
		v.Codes = withRoom(v.Codes, rows)
	case schemas.Text:
		v.Ends = withRoom(v.Ends, rows)
	case schemas.Decimal:
		v.Decs = withRoom(v.Decs, rows)
	case schemas.Time, schemas.Integer:
		v.Ints = withRoom(v.Ints, rows)
	}
}

// reserveText makes room for so many bytes and rows of text in all.
func (v *Vector) reserveText(size, rows int) {
	v.Bytes, v.Ends = withRoom(v.Bytes, size), withRoom(v.Ends, rows)
}

// textWidth returns how many bytes every text of v has, or 0 if they are not all alike or v holds none. Identifiers mostly
// are alike: where each one begins is then known without a look at those before, so that copies of rows that lie far
// apart need not wait for each other.
func (v *Vector) textWidth() int {
	if len(v.Ends) == 0 || v.Ends[0] == 0 || uint64(v.Ends[0])*uint64(len(v.Ends)) != uint64(len(v.Bytes)) {
		return 0
	}
	width, end := v.Ends[0], uint32(0)
	for _, e := range v.Ends {
		if end += width; e != end {
			return 0
		}
	}
	return int(width)
}

// growText makes room for n texts more of a width, which are any yet, and returns where the first begins.
func (v *Vector) growText(n, width int) (at int) {
	at, first := len(v.Bytes), len(v.Ends)
	v.Bytes, v.Ends = grow(v.Bytes, n*width), grow(v.Ends, n)
	for i, end := first, at; i < len(v.Ends); i++ {
		end += width
		v.Ends[i] = uint32(end)
	}
	return at
}

// withRoom returns s with room for n elements in all.
func withRoom[T any](s []T, n int) []T {
	if n <= cap(s) {
		return s
	}
	bigger := make([]T, len(s), n)
	copy(bigger, s)
	return bigger
}
