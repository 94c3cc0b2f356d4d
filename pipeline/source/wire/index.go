package wire

import (
	"bytes"
	"fmt"
	"math/bits"

	"daybook/schemas"
)

// Index says where the fields of CSV rows lie in a window. Rows that have as many fields as the header are indexed; the
// others are listed as defects, so that each row is one or the other.
type Index struct {
	Fields   int
	RowBytes int
	// Pos holds Fields+1 places per row: that of the byte before the first field, then that of the byte behind each. The
	// first may be one below 0, as uint32 arithmetic has it.
	Pos []uint32
	// n is how many of Pos are in use by whole rows; Rows is how many those are.
	n, Rows int
	// Numbers holds the row number of each row, from 1; Last is that of the last row seen, well-formed or not.
	Numbers []int64
	Last    int64
	// Bad lists rows that cannot be indexed.
	Bad []BadRow
	// marks are those of the next blocks.
	marks [64]fieldMarks
	// Plain says that the text indexed is ASCII.
	Plain bool
	// Torn says that the text ends within quotes and without a line end; Skip, that the rest of a line is to be passed
	// over.
	Torn, Skip bool
}

// BadRow is a row that has no fields to speak of: from start to end in the window.
type BadRow struct {
	Number     int64
	Code       schemas.Code
	What       string
	Start, End int
	// Column is the source's name for the column concerned, if one is.
	Column string
}

// Reset forgets what was indexed.
func (x *Index) Reset() {
	x.n, x.Rows, x.Numbers, x.Bad, x.Plain, x.Skip = 0, 0, x.Numbers[:0], x.Bad[:0], true, false
}

// parities returns for each bit the parity of the bits up to and including it.
func parities(q uint64) uint64 {
	q ^= q << 1
	q ^= q << 2
	q ^= q << 4
	q ^= q << 8
	q ^= q << 16
	return q ^ q<<32
}

// Take indexes the rows in w and takes them out of it: quickly as long as nothing is unusual, row by row where something is.
// What it leaves is the beginning of a row whose end is not in sight.
func (x *Index) Take(w *Window) {
	for w.Start < w.End {
		doubt := x.scan(w)
		if w.Start == w.End {
			return
		}
		// What is left is the beginning of a row whose end is not in sight, or a row that is in doubt.
		final := w.EOF || w.End-w.Start > x.RowBytes
		if !doubt && !final || !x.careful(w, final) {
			return
		}
	}
}

// scan indexes the rows of w, a block of 64 bytes at a time, and takes them out of it. It stops at the first row that is
// not whole, and reports false, or whose quotes are not where they should be or that is too long, and reports true: that row is for careful.
func (x *Index) scan(w *Window) (doubt bool) {
	var (
		b      = w.Buf
		row    = w.Start     // where the current row begins
		k      = x.n + 1     // the next free place in pos
		quoted uint64        // all ones inside quotes
		before uint64    = 1 // 1 if the byte before the block ends a field or is a quote
		closed uint64        // 1 if the byte before the block closes a quote
	)
	x.room(k)
	x.Pos[k-1] = uint32(row - 1)
	marked := x.marks[:0]
	for i := w.Start; i < w.End; i += 64 {
		if len(marked) == 0 {
			marked = x.marks[:min(len(x.marks), (w.End-i+63)/64)]
			if markFields(marked, b[i:i+64*len(marked)]) != 0 {
				x.Plain = false
			}
		}
		delims, feeds, quotes := marked[0].delims, marked[0].feeds, marked[0].quotes
		marked = marked[1:]
		if rest := w.End - i; rest < 64 {
			within := uint64(1)<<rest - 1
			delims, feeds, quotes = delims&within, feeds&within, quotes&within
		}
		wrong := uint64(0)
		if quotes|quoted|closed != 0 {
			inside := parities(quotes) ^ quoted
			delims, feeds = delims&^inside, feeds&^inside
			closing := quotes &^ inside
			wrong = quotes & inside &^ ((delims|quotes)<<1 | before) // opens amid a field
			wrong |= amiss(b[i:w.End], (closing<<1|closed)&^(delims|quotes))
			quoted, closed = uint64(int64(inside)>>63), closing>>63
		}
		before = (delims | quotes) >> 63
		if wrong != 0 { // what follows is not to be believed
			below := wrong&-wrong - 1
			delims, feeds = delims&below, feeds&below
		}
		x.room(k)
		for feeds != 0 {
			feed := bits.TrailingZeros64(feeds)
			feeds &= feeds - 1
			if i+feed-row > x.RowBytes {
				w.Start = row
				return true
			}
			k = x.put(k, i, delims&(1<<feed-1))
			delims = delims >> feed >> 1 << feed << 1
			k = x.endRow(b, row, i+feed, k)
			row = i + feed + 1
		}
		if wrong != 0 {
			w.Start = row
			return true
		}
		k = x.put(k, i, delims)
	}
	w.Start = row
	return false
}

// amiss returns which of some bytes behind closing quotes are not of a line's end. The byte behind the text is not known
// yet, and so is not amiss.
func amiss(b []byte, behind uint64) (wrong uint64) {
	for ; behind != 0; behind &= behind - 1 {
		at := bits.TrailingZeros64(behind)
		if at >= len(b) || b[at] == '\r' && (at+1 >= len(b) || b[at+1] == '\n') {
			continue
		}
		wrong |= behind & -behind
	}
	return wrong
}

// room makes sure that a block's worth of places can be put at k of Pos.
func (x *Index) room(k int) {
	if len(x.Pos) < k+2*64 {
		pos := make([]uint32, 2*len(x.Pos)+BlockBytes/8)
		copy(pos, x.Pos)
		x.Pos = pos
	}
}

// put stores the places of the bits of delims, counted from i, four at a time: a branch on how many there are would be
// mistaken too often. What is stored beyond them is overwritten later.
func (x *Index) put(k, i int, delims uint64) int {
	end := k + bits.OnesCount64(delims)
	for ; k < end; k += 4 {
		p := x.Pos[k : k+4]
		second := delims & (delims - 1)
		third := second & (second - 1)
		fourth := third & (third - 1)
		p[0], p[1] = uint32(i+bits.TrailingZeros64(delims)), uint32(i+bits.TrailingZeros64(second))
		p[2], p[3] = uint32(i+bits.TrailingZeros64(third)), uint32(i+bits.TrailingZeros64(fourth))
		delims = fourth & (fourth - 1)
	}
	return end
}

// endRow closes the row whose line feed is at end and returns where the next one's places begin.
func (x *Index) endRow(b []byte, start, end, k int) int {
	next := end
	if end > start && b[end-1] == '\r' {
		end--
	}
	fields := k - x.n
	switch {
	case end == start: // an empty line is no row
	case fields != x.Fields:
		x.Last++
		x.Bad = append(x.Bad, BadRow{
			Number: x.Last, Code: schemas.CodeRaggedRow, Start: start, End: end,
			What: fmt.Sprintf("it has %d fields, and the header %d", fields, x.Fields),
		})
	default:
		x.Pos[k] = uint32(end)
		x.n = k + 1
		x.Rows++
		x.Last++
		x.Numbers = append(x.Numbers, x.Last)
	}
	x.Pos[x.n] = uint32(next)
	return x.n + 1
}

// careful takes one row out of w by the letter of RFC 4180: quotes stand around whole fields, and are doubled within. A
// row that breaks this, or is too long, ends with its first line, lest it swallow the lines behind it. It reports false,
// and takes nothing, if the row goes on beyond the window and final is false.
func (x *Index) careful(w *Window, final bool) bool {
	b, row := w.Buf[:w.End], w.Start
	k := x.n + 1
	x.room(k)
	x.Pos[k-1] = uint32(row - 1)
	x.Plain = false
	for i := row; ; {
		end, whole, ok := field(b, i)
		switch {
		case !whole && !final:
			return false
		case end-row > x.RowBytes || !whole && !w.EOF:
			x.firstLine(w, schemas.CodeLongRow, "it is longer than the limit")
			return true
		case !whole:
			x.Torn = x.Torn || w.Cut
			x.firstLine(w, schemas.CodeBadQuote, "a quote is never closed")
			return true
		case !ok:
			x.firstLine(w, schemas.CodeBadQuote, "a quote stands inside an unquoted field, or text behind a closing one")
			return true
		}
		if b[end] == '\r' { // closing quote, carriage return, line feed
			end++
		}
		if b[end] == '\n' {
			x.endRow(b, row, end, k)
			w.Start = end + 1
			return true
		}
		x.room(k)
		x.Pos[k] = uint32(end)
		k++
		i = end + 1
	}
}

// firstLine takes out the first line of w as a row that is wrong. Without a line feed in sight all of the window goes, and
// the rest of the line is to be skipped.
func (x *Index) firstLine(w *Window, code schemas.Code, what string) {
	end := bytes.IndexByte(w.Text(), '\n')
	if x.Skip = end < 0; x.Skip {
		end = len(w.Text()) - 1
	}
	x.Last++
	x.Bad = append(x.Bad, BadRow{Number: x.Last, Code: code, What: what, Start: w.Start, End: w.Start + end})
	w.Start += end + 1
}

// field returns where the field that starts at i ends. whole is false if b ends first, ok if its quotes are right.
func field(b []byte, i int) (end int, whole, ok bool) {
	if i >= len(b) {
		return i, false, true
	}
	if b[i] != '"' {
		for ; i < len(b); i++ {
			switch b[i] {
			case ',', '\n':
				return i, true, true
			case '"':
				return i, true, false
			}
		}
		return i, false, true
	}
	for i++; ; i += 2 {
		j := bytes.IndexByte(b[i:], '"')
		if j < 0 || i+j+1 >= len(b) {
			return len(b), false, true
		}
		i += j
		switch c := b[i+1]; {
		case c == '"':
		case c == ',', c == '\n', c == '\r' && i+2 < len(b) && b[i+2] == '\n':
			return i + 1, true, true
		case c == '\r' && i+2 >= len(b):
			return len(b), false, true
		default:
			return i, true, false
		}
	}
}
