package parquet

import (
	"encoding/binary"
	"math/bits"

	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/parquet/packed"
	"daybook/schemas/money"
)

// A column of numbers gets a dictionary while its distinct values stay few; the rows seen until they do not are lost
// work, so there are not many of them.
const (
	numberEntries  = 1 << 14
	numberFraction = 8 // at least so many rows per entry
)

func entryLimit(rows int) int { return min(rows/numberFraction, numberEntries) }

// integers encodes times and counts: by dictionary if few are distinct, else by the differences between neighbours.
func (e *columnEncoder) integers(v *dataset.Vector, from, to int) {
	if e.integerDictionary(v, from, to) {
		e.entries = len(e.ints.keys)
		for _, key := range e.ints.keys {
			e.dictionary = binary.LittleEndian.AppendUint64(e.dictionary, uint64(key))
		}
		e.indexPages(v, from, to, func(page *encodedPage, index []uint32) {
			page.leastInt, page.mostInt = e.ints.keys[index[0]], e.ints.keys[index[0]]
			for _, x := range index {
				key := e.ints.keys[x]
				page.leastInt, page.mostInt = min(page.leastInt, key), max(page.mostInt, key)
			}
		})
		return
	}
	e.encoding = encodingDeltaBinary
	for ; from < to; from += pageRows {
		end := min(from+pageRows, to)
		page := encodedPage{rows: end - from, nulls: e.nullsIn(v, from, end), kind: v.Type}
		e.level(v, from, end, page.nulls)
		ints := v.Ints[from:end]
		if page.nulls > 0 {
			e.ints.spare = e.ints.spare[:0]
			for i, n := range ints {
				if !v.IsNull(from + i) {
					e.ints.spare = append(e.ints.spare, n)
				}
			}
			ints = e.ints.spare
		}
		if len(ints) > 0 {
			page.leastInt, page.mostInt = ints[0], ints[0]
			for _, n := range ints {
				page.leastInt, page.mostInt = min(page.leastInt, n), max(page.mostInt, n)
			}
		}
		e.raw = packed.AppendDeltas(e.raw, ints)
		page.end = len(e.raw)
		e.pages = append(e.pages, page)
	}
}

// integerDictionary fills e.index unless there are too many distinct values.
func (e *columnEncoder) integerDictionary(v *dataset.Vector, from, to int) bool {
	limit := entryLimit(to - from)
	e.ints.reset(limit)
	e.index = e.index[:0]
	var last int64
	code, known := uint32(0), false
	for i := from; i < to; i++ {
		if e.nulls > 0 && v.IsNull(i) {
			continue
		}
		if n := v.Ints[i]; !known || n != last {
			if code = e.ints.code(n); len(e.ints.keys) > limit {
				return false
			}
			last, known = n, true
		}
		e.index = append(e.index, code)
	}
	return true
}

// decimals encodes amounts: by dictionary if few are distinct, else as they are.
func (e *columnEncoder) decimals(v *dataset.Vector, from, to int) {
	if e.decimalDictionary(v, from, to) {
		e.entries = len(e.decs.keys)
		for _, key := range e.decs.keys {
			e.dictionary = appendDecimal(e.dictionary, key)
		}
		e.indexPages(v, from, to, func(page *encodedPage, index []uint32) {
			page.leastDec, page.mostDec = e.decs.keys[index[0]], e.decs.keys[index[0]]
			for _, x := range index {
				page.bound(e.decs.keys[x])
			}
		})
		return
	}
	for ; from < to; from += pageRows {
		end := min(from+pageRows, to)
		page := encodedPage{rows: end - from, nulls: e.nullsIn(v, from, end), kind: v.Type}
		e.level(v, from, end, page.nulls)
		first := true
		for i := from; i < end; i++ {
			if page.nulls > 0 && v.IsNull(i) {
				continue
			}
			d := v.Decs[i]
			if first {
				page.leastDec, page.mostDec, first = d, d, false
			}
			page.bound(d)
			e.raw = appendDecimal(e.raw, d)
		}
		page.end = len(e.raw)
		e.pages = append(e.pages, page)
	}
}

func (p *encodedPage) bound(d money.Fixed) {
	if d.Hi < p.leastDec.Hi || d.Hi == p.leastDec.Hi && d.Lo < p.leastDec.Lo {
		p.leastDec = d
	} else if d.Hi > p.mostDec.Hi || d.Hi == p.mostDec.Hi && d.Lo > p.mostDec.Lo {
		p.mostDec = d
	}
}

func (e *columnEncoder) decimalDictionary(v *dataset.Vector, from, to int) bool {
	limit := entryLimit(to - from)
	e.decs.reset(limit)
	e.index = e.index[:0]
	var last money.Fixed
	code, known := uint32(0), false
	for i := from; i < to; i++ {
		if e.nulls > 0 && v.IsNull(i) {
			continue
		}
		if d := v.Decs[i]; !known || d != last {
			if code = e.decs.code(d); len(e.decs.keys) > limit {
				return false
			}
			last, known = d, true
		}
		e.index = append(e.index, code)
	}
	return true
}

func appendDecimal(out []byte, d money.Fixed) []byte {
	out = binary.BigEndian.AppendUint64(out, uint64(d.Hi))
	return binary.BigEndian.AppendUint64(out, d.Lo)
}

// intTable numbers distinct integers in order of first appearance.
type intTable struct {
	keys  []int64
	slots []uint32 // index in keys + 1; 0 is free
	spare []int64
}

func (t *intTable) reset(limit int) { t.keys, t.slots = t.keys[:0], freeSlots(t.slots, limit) }

// freeSlots returns an empty table with room for one key more than the limit.
func freeSlots(slots []uint32, limit int) []uint32 {
	size := 1 << bits.Len(uint(2*limit+2))
	if len(slots) != size {
		return make([]uint32, size)
	}
	clear(slots)
	return slots
}

func (t *intTable) code(n int64) uint32 {
	mask := uint64(len(t.slots) - 1)
	i := dataset.Fold(uint64(n)^dataset.MixA, dataset.MixB) & mask
	for ; t.slots[i] != 0; i = (i + 1) & mask {
		if x := t.slots[i] - 1; t.keys[x] == n {
			return x
		}
	}
	t.keys = append(t.keys, n)
	t.slots[i] = uint32(len(t.keys))
	return uint32(len(t.keys) - 1)
}

// decimalTable numbers distinct decimals in order of first appearance.
type decimalTable struct {
	keys  []money.Fixed
	slots []uint32
}

func (t *decimalTable) reset(limit int) { t.keys, t.slots = t.keys[:0], freeSlots(t.slots, limit) }

func (t *decimalTable) code(d money.Fixed) uint32 {
	mask := uint64(len(t.slots) - 1)
	i := dataset.Fold(d.Lo^dataset.MixA, uint64(d.Hi)^dataset.MixB) & mask
	for ; t.slots[i] != 0; i = (i + 1) & mask {
		if x := t.slots[i] - 1; t.keys[x] == d {
			return x
		}
	}
	t.keys = append(t.keys, d)
	t.slots[i] = uint32(len(t.keys))
	return uint32(len(t.keys) - 1)
}
