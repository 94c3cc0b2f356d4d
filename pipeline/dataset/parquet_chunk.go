package dataset

import (
	"hash/crc32"
)

// Numbers of the Parquet format.
const (
	physicalInt64     = 2
	physicalByteArray = 6
	physicalFixed     = 7

	pageData       = 0
	pageDictionary = 2

	encodingPlain           = 0
	encodingRLE             = 3
	encodingDeltaBinary     = 5
	encodingRLEDictionary   = 8
	codecUncompressed       = 0
	codecZstd               = 6
	repetitionRequired      = 0
	repetitionOptional      = 1
	boundaryUnordered       = 0
	boundaryAscending       = 1
	compressWorthwhileBytes = 128
)

// chunkInfo is what the footer and the page indexes say about a column of a row group.
type chunkInfo struct {
	codec, encoding          int
	values, nulls            int64
	rawBytes, bytes          int64 // headers included
	dictionaryAt, at         int64 // dictionaryAt is 0 if there is none
	bounds                   bounds
	pages                    []pageInfo
	columnIndex, offsetIndex section
}

// section is a place in the file.
type section struct {
	at     int64
	length int
}

// pageInfo is what the page indexes say about a page.
type pageInfo struct {
	section
	firstRow, nulls int64
	empty           bool // every row is null
	bounds          bounds
}

// bounds are the least and the greatest value of a page or chunk in the bytes of Parquet's plain encoding; both are nil
// when every row is null.
type bounds struct {
	least, most           []byte
	leastExact, mostExact bool
}

// chunk writes the pages that e has encoded.
func (p *Writer) chunk(e *columnEncoder) chunkInfo {
	c := chunkInfo{codec: p.codecFor(e), encoding: e.encoding, values: int64(e.rows), nulls: e.nulls, bounds: e.bounds()}
	if e.encoding == encodingRLEDictionary {
		c.dictionaryAt = p.at
		p.page(&c, e.dictionary, func() {
			p.head.object(7)
			p.head.i32(1, e.entries)
			p.head.i32(2, encodingPlain)
			p.head.end()
		}, pageDictionary)
	}
	c.at = p.at
	c.pages = make([]pageInfo, len(e.pages))
	row, from := int64(0), 0
	for i := range e.pages {
		page := &e.pages[i]
		at := p.at
		p.page(&c, e.raw[from:page.end], func() {
			p.head.object(5)
			p.head.i32(1, page.rows)
			p.head.i32(2, e.encoding)
			p.head.i32(3, encodingRLE)
			p.head.i32(4, encodingRLE)
			p.head.end()
		}, pageData)
		c.pages[i] = pageInfo{
			section: section{at, int(p.at - at)}, firstRow: row, nulls: int64(page.nulls),
			empty: page.nulls == page.rows, bounds: e.pageBounds(page),
		}
		row += int64(page.rows)
		from = page.end
	}
	return c
}

// page writes one page; fields writes the part of its header that depends on its type.
func (p *Writer) page(c *chunkInfo, raw []byte, fields func(), kind int) {
	body := raw
	if c.codec == codecZstd {
		if len(raw) != len(p.sampled) || len(raw) > 0 && &raw[0] != &p.sampled[0] {
			p.packed = p.zstd.EncodeAll(raw, p.packed[:0])
		}
		p.sampled, body = nil, p.packed
	}
	p.head.out, p.head.last = p.head.out[:0], p.head.last[:0]
	p.head.begin()
	p.head.i32(1, kind)
	p.head.i32(2, len(raw))
	p.head.i32(3, len(body))
	p.head.i32(4, int(int32(crc32.ChecksumIEEE(body))))
	fields()
	p.head.end()
	p.write(p.head.out)
	p.write(body)
	c.rawBytes += int64(len(p.head.out) + len(raw))
	c.bytes += int64(len(p.head.out) + len(body))
}

// codecFor decides by a sample whether compressing a chunk saves an eighth of it: text of random digits and packed
// indices without a pattern do not, and cost both writer and reader.
func (p *Writer) codecFor(e *columnEncoder) int {
	total := len(e.dictionary) + len(e.raw)
	if p.options.Plain || total < compressWorthwhileBytes {
		return codecUncompressed
	}
	sample := e.raw
	if len(e.dictionary) > len(sample) {
		sample = e.dictionary
	}
	const most = 1 << 16
	if len(sample) > most {
		middle := (len(sample) - most) / 2
		sample = sample[middle : middle+most]
	}
	p.packed, p.sampled = p.zstd.EncodeAll(sample, p.packed[:0]), sample
	if len(p.packed) > len(sample)-len(sample)/8 {
		return codecUncompressed
	}
	return codecZstd
}
