package parquet

import (
	"encoding/binary"

	"daybook/schemas"
	"daybook/schemas/money"
)

// writeIndexes writes the page indexes: the bounds of every page (column index) and its place (offset index).
func (p *Writer) writeIndexes() {
	for g := range p.groups {
		for i := range p.groups[g].chunks {
			c := &p.groups[g].chunks[i]
			c.columnIndex = p.thrift(func(t *compact) { columnIndex(t, c.pages) })
		}
	}
	for g := range p.groups {
		for i := range p.groups[g].chunks {
			c := &p.groups[g].chunks[i]
			c.offsetIndex = p.thrift(func(t *compact) { offsetIndex(t, c.pages) })
		}
	}
}

// thrift writes one struct and returns where it lies.
func (p *Writer) thrift(fields func(t *compact)) section {
	p.head.out, p.head.last = p.head.out[:0], p.head.last[:0]
	p.head.begin()
	fields(&p.head)
	p.head.end()
	at := p.at
	p.write(p.head.out)
	return section{at, len(p.head.out)}
}

func columnIndex(t *compact, pages []pageInfo) {
	t.list(1, compactTrue, len(pages))
	for i := range pages {
		kind := byte(compactFalse)
		if pages[i].empty {
			kind = compactTrue
		}
		t.out = append(t.out, kind)
	}
	t.list(2, compactBinary, len(pages))
	for i := range pages {
		t.value(pages[i].bounds.least)
	}
	t.list(3, compactBinary, len(pages))
	for i := range pages {
		t.value(pages[i].bounds.most)
	}
	// A single page is in order whatever its type; of more, saying nothing about their order is always true.
	order := boundaryUnordered
	if len(pages) == 1 {
		order = boundaryAscending
	}
	t.i32(4, order)
	t.list(5, compactI64, len(pages))
	for i := range pages {
		t.varint(pages[i].nulls)
	}
}

func offsetIndex(t *compact, pages []pageInfo) {
	t.list(1, compactStruct, len(pages))
	for i := range pages {
		t.begin()
		t.i64(1, pages[i].at)
		t.i32(2, pages[i].length)
		t.i64(3, pages[i].firstRow)
		t.end()
	}
}

func (p *Writer) writeFooter() {
	at := p.thrift(func(t *compact) {
		t.i32(1, 2) // format version
		t.list(2, compactStruct, 1+len(p.table.Columns))
		t.begin()
		t.text(4, []byte("schema"))
		t.i32(5, len(p.table.Columns))
		t.end()
		for i := range p.table.Columns {
			schemaElement(t, &p.table.Columns[i])
		}
		t.i64(3, p.rows)
		t.list(4, compactStruct, len(p.groups))
		for i := range p.groups {
			p.rowGroup(t, i)
		}
		t.list(5, compactStruct, len(p.meta))
		for _, kv := range p.meta {
			t.begin()
			t.text(1, []byte(kv.Key))
			t.text(2, []byte(kv.Value))
			t.end()
		}
		t.text(6, []byte(createdBy))
		// Without these a reader must not trust the bounds: all are by the order that the column's type defines.
		t.list(7, compactStruct, len(p.table.Columns))
		for range p.table.Columns {
			t.begin()
			t.object(1)
			t.end()
			t.end()
		}
	})
	p.write(binary.LittleEndian.AppendUint32(nil, uint32(at.length)))
	p.write([]byte(magic))
}

// schemaElement writes a column's type, in the words of both the old (converted) and the new (logical) types.
func schemaElement(t *compact, c *schemas.Column) {
	const convertedUTF8, convertedDecimal, convertedMicros = 0, 5, 10
	const logicalString, logicalDecimal, logicalTimestamp = 1, 5, 8
	const microseconds = 2
	physical := physicalOf(c.Type)
	t.begin()
	t.i32(1, physical)
	if physical == physicalFixed {
		t.i32(2, fixedBytes)
	}
	repetition := repetitionOptional
	if c.Required {
		repetition = repetitionRequired
	}
	t.i32(3, repetition)
	t.text(4, []byte(c.Name))
	switch c.Type {
	case schemas.Label, schemas.Text:
		t.i32(6, convertedUTF8)
		t.union(10, logicalString)
	case schemas.Time:
		t.i32(6, convertedMicros)
		t.object(10)
		t.object(logicalTimestamp)
		t.boolean(1, true) // adjusted to UTC
		t.union(2, microseconds)
		t.end()
		t.end()
	case schemas.Decimal:
		t.i32(6, convertedDecimal)
		t.i32(7, money.Scale)
		t.i32(8, money.Precision)
		t.object(10)
		t.object(logicalDecimal)
		t.i32(1, money.Scale)
		t.i32(2, money.Precision)
		t.end()
		t.end()
	case schemas.Integer:
	}
	t.end()
}

// physicalOf returns Parquet's physical type of a column.
func physicalOf(c schemas.ColumnType) int {
	switch c {
	case schemas.Label, schemas.Text:
		return physicalByteArray
	case schemas.Decimal:
		return physicalFixed
	case schemas.Time, schemas.Integer:
		return physicalInt64
	default:
		return physicalInt64
	}
}

// fixedBytes is the length of a decimal.
const fixedBytes = 16

func (p *Writer) rowGroup(t *compact, ordinal int) {
	g := &p.groups[ordinal]
	t.begin()
	t.list(1, compactStruct, len(g.chunks))
	var rawBytes, bytes int64
	for i := range g.chunks {
		c := &g.chunks[i]
		rawBytes += c.rawBytes
		bytes += c.bytes
		t.begin()
		t.i64(2, 0) // file offset: deprecated, 0 is what the format asks for
		p.columnMetaData(t, i, c)
		t.i64(4, c.offsetIndex.at)
		t.i32(5, c.offsetIndex.length)
		t.i64(6, c.columnIndex.at)
		t.i32(7, c.columnIndex.length)
		t.end()
	}
	t.i64(2, rawBytes)
	t.i64(3, int64(g.rows))
	if len(p.options.Sorted) > 0 {
		t.list(4, compactStruct, len(p.options.Sorted))
		for _, col := range p.options.Sorted {
			t.begin()
			t.i32(1, col)
			t.boolean(2, false) // descending
			t.boolean(3, true)  // nulls first
			t.end()
		}
	}
	t.i64(5, g.at)
	t.i64(6, bytes)
	t.i16(7, min(ordinal, 1<<15-1))
	t.end()
}

func (p *Writer) columnMetaData(t *compact, i int, c *chunkInfo) {
	t.object(3)
	t.i32(1, physicalOf(p.table.Columns[i].Type))
	encodings := []int{encodingPlain, encodingRLE}
	if c.encoding != encodingPlain {
		encodings = append(encodings, c.encoding)
	}
	t.list(2, compactI32, len(encodings))
	for _, e := range encodings {
		t.varint(int64(e))
	}
	t.list(3, compactBinary, 1)
	t.value([]byte(p.table.Columns[i].Name))
	t.i32(4, c.codec)
	t.i64(5, c.values)
	t.i64(6, c.rawBytes)
	t.i64(7, c.bytes)
	t.i64(9, c.at)
	if c.dictionaryAt > 0 {
		t.i64(11, c.dictionaryAt)
	}
	t.object(12)
	t.i64(3, c.nulls)
	if c.bounds.most != nil {
		t.text(5, c.bounds.most)
	}
	if c.bounds.least != nil {
		t.text(6, c.bounds.least)
	}
	if c.bounds.most != nil {
		t.boolean(7, c.bounds.mostExact)
	}
	if c.bounds.least != nil {
		t.boolean(8, c.bounds.leastExact)
	}
	t.end()
	pages := 1
	if c.dictionaryAt > 0 {
		pages = 2
	}
	t.list(13, compactStruct, pages)
	if c.dictionaryAt > 0 {
		encodingStats(t, pageDictionary, encodingPlain, 1)
	}
	encodingStats(t, pageData, c.encoding, len(c.pages))
	t.end()
}

func encodingStats(t *compact, page, encoding, count int) {
	t.begin()
	t.i32(1, page)
	t.i32(2, encoding)
	t.i32(3, count)
	t.end()
}
