package dataset

import "daybook/schemas"

// Drop takes rows out of b, given in ascending order.
func (b *Batch) Drop(drop []int) {
	if len(drop) == 0 {
		return
	}
	for i := range b.Columns {
		if v := &b.Columns[i]; !v.Absent {
			v.drop(b.Rows, drop)
		}
	}
	b.Rows -= len(drop)
}

// drop takes rows out of v, of which there are so many.
func (v *Vector) drop(rows int, drop []int) {
	if len(v.Nulls) > 0 {
		for len(v.Nulls) < (rows+63)/64 {
			v.Nulls = append(v.Nulls, 0)
		}
	}
	if v.Type == schemas.Text {
		v.dropTexts(rows, drop)
	}
	to, next := drop[0], 0
	for i := to; i < rows; i++ {
		if next < len(drop) && drop[next] == i {
			next++
			continue
		}
		null := v.IsNull(i)
		switch v.Type {
		case schemas.Label:
			v.Codes[to] = v.Codes[i]
		case schemas.Decimal:
			v.Decs[to] = v.Decs[i]
		case schemas.Time, schemas.Integer:
			v.Ints[to] = v.Ints[i]
		case schemas.Text: // done above
		}
		if len(v.Nulls) > 0 {
			v.Nulls[to>>6] &^= 1 << (uint(to) & 63)
			if null {
				v.SetNull(to)
			}
		}
		to++
	}
	v.Truncate(to)
}

// dropTexts moves the bytes and ends of a text column; the nulls are left.
func (v *Vector) dropTexts(rows int, drop []int) {
	to, next := drop[0], 0
	var from uint32
	if to > 0 {
		from = v.Ends[to-1]
	}
	at := from
	for i := to; i < rows; i++ {
		end := v.Ends[i]
		if next < len(drop) && drop[next] == i {
			next++
		} else {
			at += uint32(copy(v.Bytes[at:], v.Bytes[from:end]))
			v.Ends[to] = at
			to++
		}
		from = end
	}
	v.Bytes = v.Bytes[:at]
}
