package parquet

import (
	"encoding/binary"

	"daybook/pipeline/dataset/parquet/packed"
	"daybook/schemas"
	"daybook/schemas/money"
)

// writeIndexes writes the page indexes: the bounds of every page (column index) and its place (offset index).
func (p *Writer) writeIndexes() {
	for g := range p.groups {
		for i := range p.groups[g].chunks {
			c := &p.groups[g].chunks[i]
			c.columnIndex = p.thrift(func(t *packed.Thrift) { columnIndex(t, c.pages) })
		}
	}
	for g := range p.groups {
		for i := range p.groups[g].chunks {
			c := &p.groups[g].chunks[i]
			c.offsetIndex = p.thrift(func(t *packed.Thrift) { offsetIndex(t, c.pages) })
		}
	}
}

// thrift writes one struct and returns where it lies.
func (p *Writer) thrift(fields func(t *packed.Thrift)) section {
	p.head.Reset()
	p.head.Begin()
	fields(&p.head)
	p.head.End()
	at := p.at
	p.write(p.head.Out)
	return section{at, len(p.head.Out)}
}

func columnIndex(t *packed.Thrift, pages []pageInfo) {
	t.List(1, packed.ThriftTrue, len(pages))
	for i := range pages {
		kind := byte(packed.ThriftFalse)
		if pages[i].empty {
			kind = packed.ThriftTrue
		}
		t.Out = append(t.Out, kind)
	}
	t.List(2, packed.ThriftBinary, len(pages))
	for i := range pages {
		t.Value(pages[i].bounds.least)
	}
	t.List(3, packed.ThriftBinary, len(pages))
	for i := range pages {
		t.Value(pages[i].bounds.most)
	}
	// A single page is in order whatever its type; of more, saying nothing about their order is always true.
	order := boundaryUnordered
	if len(pages) == 1 {
		order = boundaryAscending
	}
	t.I32(4, order)
	t.List(5, packed.ThriftI64, len(pages))
	for i := range pages {
		t.Varint(pages[i].nulls)
	}
}

func offsetIndex(t *packed.Thrift, pages []pageInfo) {
	t.List(1, packed.ThriftStruct, len(pages))
	for i := range pages {
		t.Begin()
		t.I64(1, pages[i].at)
		t.I32(2, pages[i].length)
		t.I64(3, pages[i].firstRow)
		t.End()
	}
}

func (p *Writer) writeFooter() {
	at := p.thrift(func(t *packed.Thrift) {
		t.I32(1, 2) // format version
		t.List(2, packed.ThriftStruct, 1+len(p.table.Columns))
		t.Begin()
		t.Text(4, []byte("schema"))
		t.I32(5, len(p.table.Columns))
		t.End()
		for i := range p.table.Columns {
			schemaElement(t, &p.table.Columns[i])
		}
		t.I64(3, p.rows)
		t.List(4, packed.ThriftStruct, len(p.groups))
		for i := range p.groups {
			p.rowGroup(t, i)
		}
		t.List(5, packed.ThriftStruct, len(p.meta))
		for _, kv := range p.meta {
			t.Begin()
			t.Text(1, []byte(kv.Key))
			t.Text(2, []byte(kv.Value))
			t.End()
		}
		t.Text(6, []byte(createdBy))
		// Without these a reader must not trust the bounds: all are by the order that the column's type defines.
		t.List(7, packed.ThriftStruct, len(p.table.Columns))
		for range p.table.Columns {
			t.Begin()
			t.Object(1)
			t.End()
			t.End()
		}
	})
	p.write(binary.LittleEndian.AppendUint32(nil, uint32(at.length)))
	p.write([]byte(magic))
}

// schemaElement writes a column's type, in the words of both the old (converted) and the new (logical) types.
func schemaElement(t *packed.Thrift, c *schemas.Column) {
	const convertedUTF8, convertedDecimal, convertedMicros = 0, 5, 10
	const logicalString, logicalDecimal, logicalTimestamp = 1, 5, 8
	const microseconds = 2
	physical := physicalOf(c.Type)
	t.Begin()
	t.I32(1, physical)
	if physical == physicalFixed {
		t.I32(2, fixedBytes)
	}
	repetition := repetitionOptional
	if c.Required {
		repetition = repetitionRequired
	}
	t.I32(3, repetition)
	t.Text(4, []byte(c.Name))
	switch c.Type {
	case schemas.Label, schemas.Text:
		t.I32(6, convertedUTF8)
		t.Union(10, logicalString)
	case schemas.Time:
		t.I32(6, convertedMicros)
		t.Object(10)
		t.Object(logicalTimestamp)
		t.Boolean(1, true) // adjusted to UTC
		t.Union(2, microseconds)
		t.End()
		t.End()
	case schemas.Decimal:
		t.I32(6, convertedDecimal)
		t.I32(7, money.Scale)
		t.I32(8, money.Precision)
		t.Object(10)
		t.Object(logicalDecimal)
		t.I32(1, money.Scale)
		t.I32(2, money.Precision)
		t.End()
		t.End()
	case schemas.Integer:
	}
	t.End()
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

func (p *Writer) rowGroup(t *packed.Thrift, ordinal int) {
	g := &p.groups[ordinal]
	t.Begin()
	t.List(1, packed.ThriftStruct, len(g.chunks))
	var rawBytes, bytes int64
	for i := range g.chunks {
		c := &g.chunks[i]
		rawBytes += c.rawBytes
		bytes += c.bytes
		t.Begin()
		t.I64(2, 0) // file offset: deprecated, 0 is what the format asks for
		p.columnMetaData(t, i, c)
		t.I64(4, c.offsetIndex.at)
		t.I32(5, c.offsetIndex.length)
		t.I64(6, c.columnIndex.at)
		t.I32(7, c.columnIndex.length)
		t.End()
	}
	t.I64(2, rawBytes)
	t.I64(3, int64(g.rows))
	if len(p.options.Sorted) > 0 {
		t.List(4, packed.ThriftStruct, len(p.options.Sorted))
		for _, col := range p.options.Sorted {
			t.Begin()
			t.I32(1, col)
			t.Boolean(2, false) // descending
			t.Boolean(3, true)  // nulls first
			t.End()
		}
	}
	t.I64(5, g.at)
	t.I64(6, bytes)
	t.I16(7, min(ordinal, 1<<15-1))
	t.End()
}

func (p *Writer) columnMetaData(t *packed.Thrift, i int, c *chunkInfo) {
	t.Object(3)
	t.I32(1, physicalOf(p.table.Columns[i].Type))
	encodings := []int{encodingPlain, encodingRLE}
	if c.encoding != encodingPlain {
		encodings = append(encodings, c.encoding)
	}
	t.List(2, packed.ThriftI32, len(encodings))
	for _, e := range encodings {
		t.Varint(int64(e))
	}
	t.List(3, packed.ThriftBinary, 1)
	t.Value([]byte(p.table.Columns[i].Name))
	t.I32(4, c.codec)
	t.I64(5, c.values)
	t.I64(6, c.rawBytes)
	t.I64(7, c.bytes)
	t.I64(9, c.at)
	if c.dictionaryAt > 0 {
		t.I64(11, c.dictionaryAt)
	}
	t.Object(12)
	t.I64(3, c.nulls)
	if c.bounds.most != nil {
		t.Text(5, c.bounds.most)
	}
	if c.bounds.least != nil {
		t.Text(6, c.bounds.least)
	}
	if c.bounds.most != nil {
		t.Boolean(7, c.bounds.mostExact)
	}
	if c.bounds.least != nil {
		t.Boolean(8, c.bounds.leastExact)
	}
	t.End()
	pages := 1
	if c.dictionaryAt > 0 {
		pages = 2
	}
	t.List(13, packed.ThriftStruct, pages)
	if c.dictionaryAt > 0 {
		encodingStats(t, pageDictionary, encodingPlain, 1)
	}
	encodingStats(t, pageData, c.encoding, len(c.pages))
	t.End()
}

func encodingStats(t *packed.Thrift, page, encoding, count int) {
	t.Begin()
	t.I32(1, page)
	t.I32(2, encoding)
	t.I32(3, count)
	t.End()
}
