package parquet

import (
	"math/bits"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/parquet/packed"
	"daybook/schemas"
	"daybook/schemas/money"
)

// setNullsBy marks those of the n rows from at on that have no value as null, and returns how many have one.
func setNullsBy(v *dataset.Vector, at, n int, p *packed.Presence) (count int) {
	for i := 0; i < n; {
		shift := (at + i) & 63
		k := min(64-shift, n-i)
		nulls := ^p.Next(i, k) & packed.Ones(k)
		if nulls != 0 {
			v.SetNull(at + i + bits.Len64(nulls) - 1)
			v.Nulls[(at+i)>>6] |= nulls << shift
		}
		count += k - bits.OnesCount64(nulls)
		i += k
	}
	return count
}

// spreadValues moves the count values that were appended at row at to the rows that have one among the n rows there, and fills
// the others.
func spreadValues(v *dataset.Vector, at, n, count int, p *packed.Presence) {
	switch v.Type {
	case schemas.Label:
		v.Codes = dataset.Grow(v.Codes, n-count)
		spread(v.Codes[at:], n, count, p)
	case schemas.Text:
		v.Ends = dataset.Grow(v.Ends, n-count)
		from := at + count - 1
		for i := n - 1; i >= 0; i-- {
			// A null ends where the text before it does.
			switch {
			case from >= at:
				v.Ends[at+i] = v.Ends[from]
			default:
				v.Ends[at+i] = v.TextStart(at)
			}
			if p.Has(i) {
				from--
			}
		}
	case schemas.Decimal:
		v.Decs = dataset.Grow(v.Decs, n-count)
		spread(v.Decs[at:], n, count, p)
	case schemas.Time, schemas.Integer:
		v.Ints = dataset.Grow(v.Ints, n-count)
		spread(v.Ints[at:], n, count, p)
	}
}

// spread moves the first count of s, from the last on, run by run.
func spread[T uint32 | int64 | money.Fixed](s []T, n, count int, p *packed.Presence) {
	for n > 0 {
		k := min(64, n)
		word := p.Next(n-k, k) << (64 - k)
		for left := k; left > 0; {
			run := min(left, bits.LeadingZeros64(word))
			clear(s[n-run : n])
			n, left, word = n-run, left-run, word<<run
			run = min(left, bits.LeadingZeros64(^word))
			copy(s[n-run:n], s[count-run:count])
			n, left, count, word = n-run, left-run, count-run, word<<run
		}
	}
}

// report turns values that could not be converted into nulls and faults.
func (c *columnScanner) report(from *converted, at, n int, row int64, s *Scanner, v *dataset.Vector) {
	value := c.used
	for i := range n {
		if c.mixed && !c.present.Has(i) {
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
