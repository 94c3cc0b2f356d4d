package parquet

import (
	"bytes"
	"encoding/binary"
	"errors"

	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/parquet/packed"
	"daybook/schemas"
	"daybook/schemas/money"
)

// columnEncoder turns rows of one column into the pages of one chunk, headers and compression left out. Its buffers are
// used again for the next chunk, whatever the column.
type columnEncoder struct {
	required bool

	rows       int
	nulls      int64
	encoding   int
	dictionary []byte
	entries    int
	raw        []byte // page bodies, one after the other
	pages      []encodedPage

	// index is the dictionary index of each row that is not null, in the whole chunk.
	index []uint32
	// local is the chunk's index + 1 of a code of the batch's dictionary; order lists those codes by index.
	local, order []uint32
	// seen is the number, from 1, of the last page that used a dictionary entry.
	seen   []uint32
	levels []uint32
	ints   intTable
	decs   decimalTable
	words  *dataset.Dictionary
	// shared and apart are, of the texts of a page that begin alike, how much each begins as the one before it, and the rest.
	shared, apart []int64
}

// encodedPage is a page in columnEncoder.raw that ends at end. Only the bounds of the column's type are set.
type encodedPage struct {
	end, rows, nulls int
	leastText        []byte // valid as long as the batch and the encoder's dictionary
	mostText         []byte
	leastInt         int64
	mostInt          int64
	leastDec         money.Fixed
	mostDec          money.Fixed
	kind             schemas.ColumnType
}

var errRequired = errors.New("a row is null, but the column is required")

// encode encodes rows [from, to) of v.
func (e *columnEncoder) encode(v *dataset.Vector, required bool, from, to int) error {
	e.required = required
	e.rows, e.nulls, e.encoding, e.entries = to-from, 0, encodingPlain, 0
	e.dictionary, e.raw, e.pages = e.dictionary[:0], e.raw[:0], e.pages[:0]
	e.nulls = int64(v.CountNulls(from, to))
	if e.nulls > 0 && e.required {
		return errRequired
	}
	if e.nulls == int64(e.rows) {
		e.level(v, from, to, e.rows)
		e.pages = append(e.pages, encodedPage{end: len(e.raw), rows: e.rows, nulls: e.rows, kind: v.Type})
		return nil
	}
	switch v.Type {
	case schemas.Label:
		e.labels(v, from, to)
	case schemas.Text:
		if e.wordDictionary(v, from, to) {
			e.textIndex(v, from, to, e.words)
		} else {
			e.texts(v, from, to)
		}
	case schemas.Decimal:
		e.decimals(v, from, to)
	case schemas.Time, schemas.Integer:
		e.integers(v, from, to)
	}
	return nil
}

// level appends the definition levels of rows [from, to), of which so many are null.
func (e *columnEncoder) level(v *dataset.Vector, from, to, nulls int) {
	if e.required {
		return
	}
	at := len(e.raw)
	e.raw = append(e.raw, 0, 0, 0, 0)
	switch nulls {
	case 0:
		e.raw = packed.AppendRun(e.raw, 1, to-from, 1)
	case to - from:
		e.raw = packed.AppendRun(e.raw, 0, to-from, 1)
	default:
		e.levels = e.levels[:0]
		for i := from; i < to; i++ {
			level := uint32(1)
			if v.IsNull(i) {
				level = 0
			}
			e.levels = append(e.levels, level)
		}
		e.raw = packed.AppendHybrid(e.raw, e.levels, 1)
	}
	binary.LittleEndian.PutUint32(e.raw[at:], uint32(len(e.raw)-at-4))
}

// labels encodes by the batch's dictionary, of which the chunk keeps the entries it uses in order of first appearance:
// in sorted rows that is nearly sorted, too, and it depends on nothing but the rows.
func (e *columnEncoder) labels(v *dataset.Vector, from, to int) {
	if need := v.Dict.Len(); len(e.local) < need {
		e.local = make([]uint32, need+need/4)
	}
	e.index, e.order = e.index[:0], e.order[:0]
	local := e.local
	if e.nulls == 0 {
		e.index = dataset.Grow(e.index, to-from)
		for i, c := range v.Codes[from:to] {
			x := local[c]
			if x == 0 {
				e.order = append(e.order, c)
				x = uint32(len(e.order))
				local[c] = x
			}
			e.index[i] = x - 1
		}
	} else {
		for i := from; i < to; i++ {
			if v.IsNull(i) {
				continue
			}
			c := v.Codes[i]
			if local[c] == 0 {
				e.order = append(e.order, c)
				local[c] = uint32(len(e.order))
			}
			e.index = append(e.index, local[c]-1)
		}
	}
	for _, c := range e.order {
		local[c] = 0
	}
	if plain := len(e.order) > 64 && len(e.order)*2 > len(e.index); plain {
		e.texts(v, from, to)
		return
	}
	e.textIndex(v, from, to, v.Dict)
}

// textIndex writes the dictionary and pages of e.index, whose entries are e.order in dict.
func (e *columnEncoder) textIndex(v *dataset.Vector, from, to int, dict *dataset.Dictionary) {
	for _, c := range e.order {
		e.dictionary = appendText(e.dictionary, dict.Value(c))
	}
	e.entries = len(e.order)
	e.seen = dataset.Grow(e.seen[:0], e.entries)
	clear(e.seen)
	e.indexPages(v, from, to, func(page *encodedPage, index []uint32) {
		e.labelBounds(dict, page, index)
	})
}

// Text that turns out to repeat itself gets a dictionary, too. Whether it does shows in the first rows.
const (
	wordTrial = 4096 // rows
	wordBytes = 1 << 20
)

// wordDictionary fills e.index and e.order if the texts are few.
func (e *columnEncoder) wordDictionary(v *dataset.Vector, from, to int) bool {
	if e.words == nil {
		e.words = dataset.NewDictionary()
	}
	e.words.Reset()
	limit := max(entryLimit(to-from), 1)
	e.index, e.order = e.index[:0], e.order[:0]
	for i := from; i < to; i++ {
		if e.nulls > 0 && v.IsNull(i) {
			continue
		}
		text := v.BytesAt(i)
		if n := len(e.index); n > 0 && bytes.Equal(text, e.words.Value(e.index[n-1])) {
			e.index = append(e.index, e.index[n-1])
			continue
		}
		e.index = append(e.index, e.words.Code(text))
		entries := e.words.Len()
		if entries > limit || e.words.Size() > wordBytes || entries > wordTrial/2 && entries > len(e.index)/2 {
			return false
		}
	}
	for c := range e.words.Len() {
		e.order = append(e.order, uint32(c))
	}
	return true
}

// labelBounds compares the entries that a page uses, each once.
func (e *columnEncoder) labelBounds(dict *dataset.Dictionary, page *encodedPage, index []uint32) {
	stamp := uint32(len(e.pages) + 1)
	for _, x := range index {
		e.seen[x] = stamp
	}
	for x, s := range e.seen {
		if s != stamp {
			continue
		}
		text := dict.Value(e.order[x])
		if page.leastText == nil {
			page.leastText, page.mostText = text, text
		} else if bytes.Compare(text, page.leastText) < 0 {
			page.leastText = text
		} else if bytes.Compare(text, page.mostText) > 0 {
			page.mostText = text
		}
	}
}

// indexPages writes e.index as data pages; bound is called with each page and its indices.
func (e *columnEncoder) indexPages(v *dataset.Vector, from, to int, bound func(page *encodedPage, index []uint32)) {
	e.encoding = encodingRLEDictionary
	width := packed.BitWidth(e.entries)
	at := 0
	for ; from < to; from += pageRows {
		end := min(from+pageRows, to)
		page := encodedPage{rows: end - from, nulls: e.nullsIn(v, from, end), kind: v.Type}
		index := e.index[at : at+page.rows-page.nulls]
		at += len(index)
		e.level(v, from, end, page.nulls)
		e.raw = append(e.raw, byte(width))
		e.raw = packed.AppendHybrid(e.raw, index, width)
		page.end = len(e.raw)
		if len(index) > 0 {
			bound(&page, index)
		}
		e.pages = append(e.pages, page)
	}
}

func (e *columnEncoder) nullsIn(v *dataset.Vector, from, to int) int {
	if e.nulls == 0 {
		return 0
	}
	return v.CountNulls(from, to)
}

// boundBytes is the longest text that is kept whole as a bound.
const boundBytes = 64

// pageBounds returns the bounds of a page for the column index, which must have both unless all is null.
func (e *columnEncoder) pageBounds(p *encodedPage) bounds {
	if p.nulls == p.rows {
		return bounds{}
	}
	switch p.kind {
	case schemas.Label, schemas.Text:
		b := textBounds(p.leastText, p.mostText)
		if b.most == nil {
			b.most = bytes.Clone(p.mostText)
		}
		return b
	case schemas.Decimal:
		least, most := p.leastDec.BigEndian(), p.mostDec.BigEndian()
		return bounds{least[:], most[:], true, true}
	case schemas.Time, schemas.Integer:
	}
	return bounds{
		binary.LittleEndian.AppendUint64(nil, uint64(p.leastInt)),
		binary.LittleEndian.AppendUint64(nil, uint64(p.mostInt)), true, true,
	}
}

// textBounds cuts long texts. A cut least is still a lower bound; a cut most has its last ASCII character raised by one,
// which leaves it valid UTF-8, and is left out if it has none.
func textBounds(least, most []byte) bounds {
	b := bounds{append([]byte{}, least...), append([]byte{}, most...), true, true}
	if len(least) > boundBytes {
		b.least, b.leastExact = wholeRunes(b.least[:boundBytes]), false
	}
	if len(most) > boundBytes {
		b.most, b.mostExact = b.most[:boundBytes], false
		for n := len(b.most); ; n-- {
			if n == 0 {
				b.most = nil
				break
			}
			if c := b.most[n-1]; c < 0x7f {
				b.most = b.most[:n]
				b.most[n-1]++
				break
			}
		}
	}
	return b
}

// wholeRunes drops a character that was cut in two.
func wholeRunes(b []byte) []byte {
	for n := len(b) - 1; n >= max(0, len(b)-4); n-- {
		if c := b[n]; c < 0x80 {
			return b[:n+1]
		} else if c >= 0xc0 {
			return b[:n]
		}
	}
	return b
}

// bounds returns those of the chunk.
func (e *columnEncoder) bounds() bounds {
	var all encodedPage
	first := true
	for i := range e.pages {
		p := &e.pages[i]
		if p.nulls == p.rows {
			continue
		}
		if first {
			all = *p
			first = false
			continue
		}
		all.leastInt, all.mostInt = min(all.leastInt, p.leastInt), max(all.mostInt, p.mostInt)
		if p.leastDec.Cmp(all.leastDec) < 0 {
			all.leastDec = p.leastDec
		}
		if p.mostDec.Cmp(all.mostDec) > 0 {
			all.mostDec = p.mostDec
		}
		if bytes.Compare(p.leastText, all.leastText) < 0 {
			all.leastText = p.leastText
		}
		if bytes.Compare(p.mostText, all.mostText) > 0 {
			all.mostText = p.mostText
		}
	}
	switch {
	case first:
		return bounds{}
	case all.kind == schemas.Label || all.kind == schemas.Text:
		return textBounds(all.leastText, all.mostText)
	}
	all.nulls, all.rows = 0, 1
	return e.pageBounds(&all)
}
