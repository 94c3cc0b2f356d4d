package parquet

import (
	"hash/crc32"

	"github.com/golang/snappy"
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
	encodingDeltaByteArray  = 7
	encodingRLEDictionary   = 8
	codecUncompressed       = 0
	codecSnappy             = 1
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

// chunk writes the pages of column i, which e has encoded. All chunks of a column are compressed alike: the format would let
// each be as suits it, but readers, parquet-go among them, ask the first and believe it of all.
func (p *Writer) chunk(i int, e *columnEncoder) chunkInfo {
	p.sampled = nil // of another chunk
	if len(p.groups) == 0 {
		p.codecs[i] = p.codecFor(e)
	}
	c := chunkInfo{codec: p.codecs[i], encoding: e.encoding, values: int64(e.rows), nulls: e.nulls, bounds: e.bounds()}
	if e.encoding == encodingRLEDictionary {
		c.dictionaryAt = p.at
		p.page(&c, e.dictionary, func() {
			p.head.Object(7)
			p.head.I32(1, e.entries)
			p.head.I32(2, encodingPlain)
			p.head.End()
		}, pageDictionary)
	}
	c.at = p.at
	c.pages = make([]pageInfo, len(e.pages))
	row, from := int64(0), 0
	for i := range e.pages {
		page := &e.pages[i]
		at := p.at
		p.page(&c, e.raw[from:page.end], func() {
			p.head.Object(5)
			p.head.I32(1, page.rows)
			p.head.I32(2, e.encoding)
			p.head.I32(3, encodingRLE)
			p.head.I32(4, encodingRLE)
			p.head.End()
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
	if c.codec != codecUncompressed {
		body = p.pack(c.codec, raw)
	}
	p.head.Reset()
	p.head.Begin()
	p.head.I32(1, kind)
	p.head.I32(2, len(raw))
	p.head.I32(3, len(body))
	p.head.I32(4, int(int32(crc32.ChecksumIEEE(body))))
	fields()
	p.head.End()
	p.write(p.head.Out)
	p.write(body)
	c.rawBytes += int64(len(p.head.Out) + len(raw))
	c.bytes += int64(len(p.head.Out) + len(body))
}

// pack compresses a page, or returns what was made of it as a sample.
func (p *Writer) pack(codec int, raw []byte) []byte {
	if len(raw) > 0 && len(raw) == len(p.sampled) && &raw[0] == &p.sampled[0] {
		return p.tried[codec]
	}
	p.packed = p.compress(codec, raw, p.packed)
	return p.packed
}

// compress returns raw, compressed, in the memory of to.
func (p *Writer) compress(codec int, raw, to []byte) []byte {
	if codec == codecSnappy {
		return snappy.Encode(to[:cap(to)], raw)
	}
	return p.zstd.EncodeAll(raw, to[:0])
}

// codecFor decides by a sample whether compressing the first chunk of a column saves an eighth of it: packed indices
// without a pattern do not, and cost both writer and reader. Where Snappy makes of it no more than a quarter above what
// zstd does, it is taken: it costs a third, both ways.
func (p *Writer) codecFor(e *columnEncoder) int {
	total := len(e.dictionary) + len(e.raw)
	switch {
	case p.options.Plain, total < compressWorthwhileBytes && e.rows < p.options.RowGroupRows:
		return codecUncompressed
	case total < compressWorthwhileBytes: // there will be more row groups, and maybe more in them
		return codecZstd
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
	for _, codec := range [...]int{codecZstd, codecSnappy} {
		p.tried[codec] = p.compress(codec, sample, p.tried[codec])
	}
	p.sampled = sample
	best, light := len(p.tried[codecZstd]), len(p.tried[codecSnappy])
	switch {
	case best > len(sample)-len(sample)/8:
		return codecUncompressed
	case light <= best+best/4:
		return codecSnappy
	default:
		return codecZstd
	}
}
