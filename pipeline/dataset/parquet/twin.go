package parquet

import (
	"slices"

	"daybook/pipeline/dataset"
	"daybook/schemas"
)

// Charges state the same amounts in many columns: list and contracted, billed and effective, in the currencies of pricing
// and billing. A column of decimals that repeats another of the row group is written as that one was, not encoded again.

// writtenChunk is a chunk of decimals and its bytes, headers included: copied[from:to].
type writtenChunk struct {
	column   int
	info     chunkInfo
	at       int64 // in the file
	from, to int
}

// mostCopied bounds the bytes that are kept for repetition.
const mostCopied = 8 << 20

// twin finds an earlier column with the same rows [from, to) as column i.
func (p *Writer) twin(b *dataset.Batch, i, from, to int) *writtenChunk {
	v := &b.Columns[i]
	if v.Type != schemas.Decimal || v.Absent {
		return nil
	}
	for k := range p.written {
		w := &p.written[k]
		if p.table.Columns[w.column].Required == p.table.Columns[i].Required && (len(p.groups) == 0 || p.codecs[i] == w.info.codec) &&
			sameDecimals(v, &b.Columns[w.column], from, to) {
			p.codecs[i] = w.info.codec
			return w
		}
	}
	return nil
}

func sameDecimals(v *dataset.Vector, w *dataset.Vector, from, to int) bool {
	if !slices.Equal(v.Decs[from:to], w.Decs[from:to]) {
		return false
	}
	if len(v.Nulls) == 0 && len(w.Nulls) == 0 {
		return true
	}
	for i := from; i < to; i++ {
		if v.IsNull(i) != w.IsNull(i) {
			return false
		}
	}
	return true
}

// chunkOnce writes the pages of column i that have been encoded, and keeps them if the column may be repeated.
func (p *Writer) chunkOnce(b *dataset.Batch, i int) chunkInfo {
	v := &b.Columns[i]
	p.copying = v.Type == schemas.Decimal && !v.Absent && len(p.copied)+len(p.column.raw)+len(p.column.dictionary) <= mostCopied
	w := writtenChunk{column: i, at: p.at, from: len(p.copied)}
	w.info = p.chunk(i, &p.column)
	if p.copying {
		w.to = len(p.copied)
		p.written = append(p.written, w)
	}
	p.copying = false
	return w.info
}

// repeat writes a chunk again.
func (p *Writer) repeat(w *writtenChunk) chunkInfo {
	c, moved := w.info, p.at-w.at
	if c.dictionaryAt > 0 {
		c.dictionaryAt += moved
	}
	c.at += moved
	c.pages = slices.Clone(c.pages)
	for i := range c.pages {
		c.pages[i].at += moved
	}
	p.write(p.copied[w.from:w.to])
	return c
}
