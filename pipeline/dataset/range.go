package dataset

import (
	"encoding/binary"
	"math/bits"

	"daybook/schemas"
)

// Clear empties b and makes every column absent with a dictionary of its own, as NewBatch does; buffers of numbers stay.
func (b *Batch) Clear() {
	b.Reset()
	b.Room = 0
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
		b.Columns[i].AppendRange(&src.Columns[i], from, to, b.Rows)
	}
	b.Rows += to - from
}

// AppendRange appends rows [from, to) of src, a column of the same type, behind the given number of rows.
func (v *Vector) AppendRange(src *Vector, from, to, rows int) {
	if src.Absent || src.CountNulls(from, to) == to-from {
		if v.Absent {
			return
		}
		v.AppendNulls(to - from)
		return
	}
	v.Fill(rows)
	if src.CountNulls(from, to) > 0 {
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
		at := uint32(len(v.Bytes)) - src.TextStart(from)
		v.Bytes = append(v.Bytes, src.Bytes[src.TextStart(from):src.TextStart(to)]...)
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

// TextStart returns where the text of row i begins in Bytes.
func (v *Vector) TextStart(i int) uint32 {
	if i == 0 {
		return 0
	}
	return v.Ends[i-1]
}

// BytesAt is TextAt for a row that is not null.
func (v *Vector) BytesAt(i int) []byte {
	if v.Type == schemas.Label {
		return v.Dict.Value(v.Codes[i])
	}
	return v.Bytes[v.TextStart(i):v.Ends[i]]
}

// CountNulls returns how many of the rows [from, to) are null.
func (v *Vector) CountNulls(from, to int) int {
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

// Reserve makes room for so many rows of v in all, texts aside: columns that grow step by step leave several times their
// size behind.
func (v *Vector) Reserve(rows int) {
	switch v.Type {
	case schemas.Label:
		v.Codes = WithRoom(v.Codes, rows)
	case schemas.Text:
		v.Ends = WithRoom(v.Ends, rows)
	case schemas.Decimal:
		v.Decs = WithRoom(v.Decs, rows)
	case schemas.Time, schemas.Integer:
		v.Ints = WithRoom(v.Ints, rows)
	}
}

// ReserveText makes room for so many bytes and rows of text in all.
func (v *Vector) ReserveText(size, rows int) {
	v.Bytes, v.Ends = WithRoom(v.Bytes, size), WithRoom(v.Ends, rows)
}

// TextWidth returns how many bytes every text of v has, or 0 if they are not all alike or v holds none. Identifiers mostly
// are alike: where each one begins is then known without a look at those before, so that copies of rows that lie far
// apart need not wait for each other.
func (v *Vector) TextWidth() int {
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

// GrowText makes room for n texts more of a width, which are any yet, and returns where the first begins.
func (v *Vector) GrowText(n, width int) (at int) {
	at, first := len(v.Bytes), len(v.Ends)
	v.Bytes, v.Ends = Grow(v.Bytes, n*width), Grow(v.Ends, n)
	for i, end := first, at; i < len(v.Ends); i++ {
		end += width
		v.Ends[i] = uint32(end)
	}
	return at
}

// TextBytes returns how much text rows [from, to) hold, labels aside.
func (b *Batch) TextBytes(from, to int) int {
	size := 0
	for c := range b.Columns {
		if v := &b.Columns[c]; v.Type == schemas.Text && !v.Absent {
			size += int(v.TextStart(to) - v.TextStart(from))
		}
	}
	return size
}

// SharedBytes returns how many bytes a and b begin with alike.
func SharedBytes(a, b []byte) int {
	n := min(len(a), len(b))
	i := 0
	for ; i+8 <= n; i += 8 {
		if x := binary.LittleEndian.Uint64(a[i:]) ^ binary.LittleEndian.Uint64(b[i:]); x != 0 {
			return i + bits.TrailingZeros64(x)/8
		}
	}
	for i < n && a[i] == b[i] {
		i++
	}
	return i
}
