package dataset

import (
	"math/bits"
	"slices"

	"daybook/schemas"
	"daybook/schemas/money"
)

// setNullsBy marks those of the rows from at on whose level is another than that of a value as null, and returns how many
// are not: a word of the bitmap at a time, without a branch for each row.
func (v *Vector) setNullsBy(at int, levels []uint32, present uint32) (count int) {
	for i := 0; i < len(levels); {
		shift := (at + i) & 63
		n := min(64-shift, len(levels)-i)
		var nulls uint64
		for k, l := range levels[i : i+n] {
			var null uint64
			if l != present {
				null = 1
			}
			nulls |= null << k
		}
		if nulls != 0 {
			v.SetNull(at + i + bits.Len64(nulls) - 1)
			v.Nulls[(at+i)>>6] |= nulls << shift
		}
		count += n - bits.OnesCount64(nulls)
		i += n
	}
	return count
}

// spread moves the count values that were appended at row at to the rows that are not null among the n rows there, and
// fills the others; levels tell them apart.
func (v *Vector) spread(at, n, count int, levels []uint32, present uint32) {
	from := at + count - 1
	switch v.Type {
	case schemas.Label:
		v.Codes = grow(v.Codes, n-count)
		spread(v.Codes, at, n, from, levels, present)
	case schemas.Text:
		v.Ends = grow(v.Ends, n-count)
		for i := n - 1; i >= 0; i-- {
			// A null ends where the text before it does.
			switch {
			case from >= at:
				v.Ends[at+i] = v.Ends[from]
			default:
				v.Ends[at+i] = v.start(at)
			}
			if levels[i] == present {
				from--
			}
		}
	case schemas.Decimal:
		v.Decs = grow(v.Decs, n-count)
		spread(v.Decs, at, n, from, levels, present)
	case schemas.Time, schemas.Integer:
		v.Ints = grow(v.Ints, n-count)
		spread(v.Ints, at, n, from, levels, present)
	}
}

func spread[T uint32 | int64 | money.Fixed](s []T, at, n, from int, levels []uint32, present uint32) {
	var null T
	for i := n - 1; i >= 0; i-- {
		if levels[i] == present {
			s[at+i] = s[from]
			from--
		} else {
			s[at+i] = null
		}
	}
}

// report turns values that could not be converted into nulls and faults.
func (c *columnScanner) report(from *converted, at, n int, row int64, s *Scanner, v *Vector) {
	value := c.used
	for i := range n {
		if len(c.levels) > 0 && c.levels[i] != uint32(c.leaf.maxLevel) {
			continue
		}
		entry := value
		if c.indexed {
			entry = int(c.index[value])
		}
		value++
		k, found := slices.BinarySearchFunc(from.bad, entry, func(b badValue, at int) int { return b.at - at })
		if !found {
			continue
		}
		bad := &from.bad[k]
		v.SetNull(at + i)
		s.faults = append(s.faults, Fault{Row: row + int64(i) + 1, Column: c.to, Text: bad.text, Err: bad.err})
	}
}
