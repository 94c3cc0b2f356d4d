package shuffle

import (
	"daybook/pipeline/dataset"
	"daybook/schemas"
)

// gatherFrom makes b the given rows of src, sharing its dictionaries.
func gatherFrom(b *dataset.Batch, src *dataset.Batch, rows []keyedRow) {
	b.Reset()
	for c := range b.Columns {
		v, from := &b.Columns[c], &src.Columns[c]
		v.Absent, v.Dict = from.Absent, from.Dict
		if v.Absent {
			continue
		}
		if len(from.Nulls) > 0 {
			for i, r := range rows {
				if from.IsNull(int(r.row)) {
					v.SetNull(i)
				}
			}
		}
		gatherKeyed(v, from, rows)
	}
	b.Rows = len(rows)
}

func gatherKeyed(v *dataset.Vector, src *dataset.Vector, rows []keyedRow) {
	switch v.Type {
	case schemas.Label:
		v.Codes = dataset.Grow(v.Codes[:0], len(rows))
		for i, r := range rows {
			v.Codes[i] = src.Codes[r.row]
		}
	case schemas.Text:
		width := src.TextWidth()
		v.ReserveText(len(src.Bytes)/len(src.Ends)*len(rows)*9/8+textStep, len(rows))
		var some [atOnce]uint32
		for ; len(rows) > 0; rows = rows[min(len(rows), atOnce):] {
			n := min(len(rows), atOnce)
			for i, r := range rows[:n] {
				some[i] = r.row
			}
			gatherTexts(v, src, some[:n], width)
		}
	case schemas.Decimal:
		v.Decs = dataset.Grow(v.Decs[:0], len(rows))
		for i, r := range rows {
			v.Decs[i] = src.Decs[r.row]
		}
	case schemas.Time, schemas.Integer:
		v.Ints = dataset.Grow(v.Ints[:0], len(rows))
		for i, r := range rows {
			v.Ints[i] = src.Ints[r.row]
		}
	}
}

// gatherRows appends the given rows of src, nulls aside. width is that of src's texts, 0 if they are not all alike.
func gatherRows(v *dataset.Vector, src *dataset.Vector, rows []int32, width int) {
	switch v.Type {
	case schemas.Label:
		at := len(v.Codes)
		v.Codes = dataset.Grow(v.Codes, len(rows))
		out := v.Codes[at:]
		for i, row := range rows {
			out[i] = src.Codes[row]
		}
	case schemas.Text:
		var some [atOnce]uint32
		for ; len(rows) > 0; rows = rows[min(len(rows), atOnce):] {
			n := min(len(rows), atOnce)
			for i, row := range rows[:n] {
				some[i] = uint32(row)
			}
			gatherTexts(v, src, some[:n], width)
		}
	case schemas.Decimal:
		at := len(v.Decs)
		v.Decs = dataset.Grow(v.Decs, len(rows))
		out := v.Decs[at:]
		for i, row := range rows {
			out[i] = src.Decs[row]
		}
	case schemas.Time, schemas.Integer:
		at := len(v.Ints)
		v.Ints = dataset.Grow(v.Ints, len(rows))
		out := v.Ints[at:]
		for i, row := range rows {
			out[i] = src.Ints[row]
		}
	}
}

// atOnce is for how many rows memory is waited for together, and textStep how many bytes of a text are copied at a time.
const atOnce, textStep = 64, 32

// gatherTexts appends the texts of some rows of src, atOnce at most. They lie far apart, so that most of the work is waiting for
// memory: first where each begins and ends is looked up, then the first step of each is copied whatever its size, one after the
// other so that what is too much is overwritten, then the rest of those that are longer. Nothing in between depends on what is
// waited for, so that the processor waits for many at the same time.
func gatherTexts(v, src *dataset.Vector, rows []uint32, width int) {
	if width >= textStep && width <= 2*textStep {
		gatherAlike(v, src, rows, width)
		return
	}
	var from, size [atOnce]uint32
	total := 0
	for i, r := range rows {
		start := src.TextStart(int(r))
		from[i%atOnce], size[i%atOnce] = start, src.Ends[r]-start
		total += int(src.Ends[r] - start)
	}
	begin, all := len(v.Bytes), src.Bytes
	v.Bytes = dataset.Grow(v.Bytes, total+textStep)
	at := begin
	for i := range rows {
		start, n := int(from[i%atOnce]), int(size[i%atOnce])
		if start+textStep <= len(all) {
			copyStep(v.Bytes[at:at+textStep], all[start:start+textStep])
		} else {
			copy(v.Bytes[at:], all[start:start+min(n, textStep)])
		}
		at += n
		v.Ends = append(v.Ends, uint32(at))
	}
	at = begin
	for i := range rows {
		start, n := int(from[i%atOnce]), int(size[i%atOnce])
		switch {
		case n > 2*textStep:
			copy(v.Bytes[at+textStep:], all[start+textStep:start+n])
		case n > textStep:
			copyStep(v.Bytes[at+n-textStep:at+n], all[start+n-textStep:start+n])
		}
		at += n
	}
	v.Bytes = v.Bytes[:at]
}

// gatherAlike is gatherTexts where every text has width bytes, no less than one step and no more than two.
func gatherAlike(v, src *dataset.Vector, rows []uint32, width int) {
	at := v.GrowText(len(rows), width)
	for _, r := range rows {
		to, from := v.Bytes[at:at+width], src.Bytes[int(r)*width:int(r)*width+width]
		copyStep(to[:textStep], from[:textStep])
		copyStep(to[width-textStep:], from[width-textStep:])
		at += width
	}
}

// copyStep copies textStep bytes by two moves: of more at once, the compiler makes a call.
func copyStep(to, from []byte) {
	*(*[16]byte)(to) = *(*[16]byte)(from)
	*(*[16]byte)(to[16:]) = *(*[16]byte)(from[16:])
}
