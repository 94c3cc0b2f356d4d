package shuffle

import (
	"bytes"
	"cmp"
	"math"
	"math/bits"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/schemas"
)

// sorter orders rows by some columns, nulls first, texts of labels by their bytes. It packs what a row is ordered by
// into a few words and sorts those by radix, which reads no text and makes no decision that a processor could guess
// wrong.
type sorter struct {
	columns []int
	keys    []sortKey
	words   int

	one, two []keyedRow
	counts   [1 << radixBits]uint32
}

const radixBits = 11

// sortKey says how a column becomes part of the packed key: 0 for null, else 1 + rank of the label or 1 + (integer -
// least) / step.
type sortKey struct {
	column      int
	ranks       []uint32 // by code, from 1
	least       int64
	step        uint64
	word, shift int
	width       int
	// raw keys hold integers over more than half of their range as they are, and a flag key before them tells nulls.
	raw, flag bool
}

// intRange is what is known of the integers of a column: they are least + a multiple of step.
type intRange struct {
	least, most int64
	step        uint64
	any         bool
}

// include adds the values of v that are not null.
func (r *intRange) include(v *dataset.Vector) {
	if v.Absent {
		return
	}
	nulls := v.CountNulls(0, len(v.Ints)) > 0
	for i, n := range v.Ints {
		if nulls && v.IsNull(i) {
			continue
		}
		r.add(n)
	}
}

func (r *intRange) add(n int64) {
	if !r.any {
		*r = intRange{least: n, most: n, any: true}
		return
	}
	if r.step == 1 {
		r.least, r.most = min(r.least, n), max(r.most, n)
		return
	}
	// Differences wrap rightly as unsigned numbers.
	if n < r.least {
		r.step = gcd(r.step, uint64(r.least)-uint64(n))
		r.least = n
	} else {
		d := uint64(n) - uint64(r.least)
		if r.step == 0 || d%r.step != 0 {
			r.step = gcd(r.step, d)
		}
	}
	r.most = max(r.most, n)
}

func gcd(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// prepare fixes the keys for rows whose labels are all in the dictionaries of b and whose integers lie in the ranges,
// one for each column of columns that holds integers.
func (s *sorter) prepare(b *dataset.Batch, columns []int, ranges []intRange) {
	s.columns = columns
	s.keys = s.keys[:0]
	word, free := 0, 64
	place := func(k sortKey) {
		if k.width > free {
			word, free = word+1, 64
		}
		k.word, k.shift = word, 64-free
		free -= k.width
		s.keys = append(s.keys, k)
	}
	// The last column is packed first, into the lowest bits.
	for i, c := range slices.Backward(columns) {
		k := sortKey{column: c}
		var values uint64 // how many there are besides null
		if v := &b.Columns[c]; v.Type == schemas.Label {
			k.ranks = ranksOf(v.Dict)
			values = uint64(len(k.ranks))
		} else if r := ranges[i]; r.any {
			k.least, k.step = r.least, max(r.step, 1)
			values = (uint64(r.most)-uint64(r.least))/k.step + 1
		}
		if k.width = bits.Len64(values); values == 0 && k.step > 0 || k.width == 64 {
			k.width, k.raw = 64, true
			place(k)
			k = sortKey{column: c, width: 1, flag: true}
		}
		place(k)
	}
	s.words = word + 1
}

// ranksOf returns the place of each code in the order of texts, from 1.
func ranksOf(d *dataset.Dictionary) []uint32 {
	codes := make([]uint32, d.Len())
	for i := range codes {
		codes[i] = uint32(i)
	}
	slices.SortFunc(codes, func(a, b uint32) int { return bytes.Compare(d.Value(a), d.Value(b)) })
	ranks := make([]uint32, len(codes))
	for i, c := range codes {
		ranks[c] = uint32(i + 1)
	}
	return ranks
}

// value returns the key's part of row i.
func (k *sortKey) value(v *dataset.Vector, i int) uint64 {
	switch {
	case v.IsNull(i):
		return 0
	case k.flag:
		return 1
	case k.ranks != nil:
		return uint64(k.ranks[v.Codes[i]])
	case k.raw:
		return uint64(v.Ints[i]) - uint64(k.least)
	default:
		return (uint64(v.Ints[i])-uint64(k.least))/k.step + 1
	}
}

// keyedRow is a row and one word of its key.
type keyedRow struct {
	key uint64
	row uint32
}

// sort returns the given rows of b in order. Rows that are equal keep their order. The result is valid until the next
// call.
func (s *sorter) sort(b *dataset.Batch, rows []uint32) []keyedRow {
	s.one, s.two = dataset.Grow(s.one[:0], len(rows)), dataset.Grow(s.two[:0], len(rows))
	for i, row := range rows {
		s.one[i].row = row
	}
	for word := range s.words {
		width := 0
		for i := range s.one {
			s.one[i].key = 0
		}
		for i := range s.keys {
			if k := &s.keys[i]; k.word == word {
				s.pack(k, &b.Columns[k.column])
				width = max(width, k.shift+k.width)
			}
		}
		for shift := 0; shift < width; shift += radixBits {
			s.pass(shift)
		}
	}
	return s.one
}

// pack adds a column's part to the keys.
func (s *sorter) pack(k *sortKey, v *dataset.Vector) {
	if v.Absent || k.width == 0 {
		return
	}
	shift := uint(k.shift)
	nulls := len(v.Nulls) > 0
	switch {
	case nulls || k.raw || k.flag:
		for i := range s.one {
			s.one[i].key |= k.value(v, int(s.one[i].row)) << shift
		}
	case k.ranks != nil:
		for i := range s.one {
			s.one[i].key |= uint64(k.ranks[v.Codes[s.one[i].row]]) << shift
		}
	case k.step == 1:
		for i := range s.one {
			s.one[i].key |= (uint64(v.Ints[s.one[i].row]) - uint64(k.least) + 1) << shift
		}
	default:
		last, packed := int64(math.MinInt64), k.word64(math.MinInt64)
		for i := range s.one {
			if n := v.Ints[s.one[i].row]; n != last {
				last, packed = n, k.word64(n)
			}
			s.one[i].key |= packed << shift
		}
	}
}

// word64 is value for an integer that is not null.
func (k *sortKey) word64(n int64) uint64 { return (uint64(n)-uint64(k.least))/k.step + 1 }

// pass sorts by one digit, stably.
func (s *sorter) pass(shift int) {
	clear(s.counts[:])
	const mask = 1<<radixBits - 1
	for i := range s.one {
		s.counts[s.one[i].key>>shift&mask]++
	}
	if len(s.one) > 0 && s.counts[s.one[0].key>>shift&mask] == uint32(len(s.one)) {
		return
	}
	sum := uint32(0)
	for i, n := range s.counts {
		s.counts[i] = sum
		sum += n
	}
	for _, r := range s.one {
		digit := r.key >> shift & mask
		s.two[s.counts[digit]] = r
		s.counts[digit]++
	}
	s.one, s.two = s.two, s.one
}

// key fills words with the packed key of row i, the most significant word first.
func (s *sorter) key(b *dataset.Batch, i int, words []uint64) {
	clear(words)
	for n := range s.keys {
		k := &s.keys[n]
		words[s.words-1-k.word] |= k.value(&b.Columns[k.column], i) << uint(k.shift)
	}
}

// inOrder reports whether the rows of b are in ascending order by the columns, nulls first. Labels are compared by text.
func inOrder(b *dataset.Batch, columns []int) bool {
	for i := 1; i < b.Rows; i++ {
		if compareRows(b, i-1, i, columns) > 0 {
			return false
		}
	}
	return true
}

func compareRows(b *dataset.Batch, i, j int, columns []int) int {
	for _, c := range columns {
		if d := compareValues(&b.Columns[c], i, j); d != 0 {
			return d
		}
	}
	return 0
}

// compareApart orders row i of a and row k of b by columns, labels and integers, nulls first: as compareRows does in one batch.
func compareApart(a *dataset.Batch, i int, b *dataset.Batch, k int, columns []int) int {
	for _, c := range columns {
		v, w := &a.Columns[c], &b.Columns[c]
		d := 0
		switch x, y := v.IsNull(i), w.IsNull(k); {
		case x && y:
		case x:
			d = -1
		case y:
			d = 1
		case v.Type == schemas.Label:
			d = bytes.Compare(v.BytesAt(i), w.BytesAt(k))
		default:
			d = cmp.Compare(v.Ints[i], w.Ints[k])
		}
		if d != 0 {
			return d
		}
	}
	return 0
}

// compareValues orders rows i and j, nulls first.
func compareValues(v *dataset.Vector, i, j int) int {
	a, b := v.IsNull(i), v.IsNull(j)
	switch {
	case a && b:
		return 0
	case a:
		return -1
	case b:
		return 1
	}
	switch v.Type {
	case schemas.Label:
		if v.Codes[i] == v.Codes[j] {
			return 0
		}
		return bytes.Compare(v.BytesAt(i), v.BytesAt(j))
	case schemas.Text:
		return bytes.Compare(v.BytesAt(i), v.BytesAt(j))
	case schemas.Decimal:
		return v.Decs[i].Cmp(v.Decs[j])
	default:
		switch {
		case v.Ints[i] < v.Ints[j]:
			return -1
		case v.Ints[i] > v.Ints[j]:
			return 1
		}
		return 0
	}
}
