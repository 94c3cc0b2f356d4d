package parquet

import (
	"encoding/binary"
	"errors"
)

// Types of a field in Thrift's compact protocol.
const (
	compactTrue   = 1
	compactFalse  = 2
	compactByte   = 3
	compactI16    = 4
	compactI32    = 5
	compactI64    = 6
	compactDouble = 7
	compactBinary = 8
	compactList   = 9
	compactSet    = 10
	compactMap    = 11
	compactStruct = 12
)

// compact appends Thrift's compact protocol, in which Parquet writes its headers and footer. Fields of a struct are
// written in the order of their ids.
type compact struct {
	out []byte
	// last holds the id last written of each open struct, the innermost at the end.
	last []int16
}

func (c *compact) begin() { c.last = append(c.last, 0) }

func (c *compact) end() {
	c.out = append(c.out, 0)
	c.last = c.last[:len(c.last)-1]
}

func (c *compact) field(id int16, kind byte) {
	last := &c.last[len(c.last)-1]
	c.out = append(c.out, byte(id-*last)<<4|kind)
	*last = id
}

func (c *compact) varint(v int64) { c.out = binary.AppendVarint(c.out, v) }

func (c *compact) i32(id int16, v int) {
	c.field(id, compactI32)
	c.varint(int64(v))
}

func (c *compact) i64(id int16, v int64) {
	c.field(id, compactI64)
	c.varint(v)
}

func (c *compact) i16(id int16, v int) {
	c.field(id, compactI16)
	c.varint(int64(v))
}

func (c *compact) boolean(id int16, v bool) {
	kind := byte(compactFalse)
	if v {
		kind = compactTrue
	}
	c.field(id, kind)
}

// value appends bytes or text as they stand in a list; text as a field.
func (c *compact) value(b []byte) {
	c.out = binary.AppendUvarint(c.out, uint64(len(b)))
	c.out = append(c.out, b...)
}

func (c *compact) text(id int16, b []byte) {
	c.field(id, compactBinary)
	c.value(b)
}

func (c *compact) list(id int16, kind byte, n int) {
	c.field(id, compactList)
	if n < 15 {
		c.out = append(c.out, byte(n)<<4|kind)
		return
	}
	c.out = append(c.out, 0xf0|kind)
	c.out = binary.AppendUvarint(c.out, uint64(n))
}

// object opens a struct that is a field; end closes it.
func (c *compact) object(id int16) {
	c.field(id, compactStruct)
	c.begin()
}

// union writes a union of empty structs: the field id alone says which it is.
func (c *compact) union(id, member int16) {
	c.object(id)
	c.object(member)
	c.end()
	c.end()
}

var errCompact = errors.New("its Thrift structure is damaged")

// compactLimits keeps a hostile footer from costing more memory than it has bytes: the decoder behind it makes room for
// as many elements as a list claims. A struct in any list of Parquet's takes 16 bytes and more in all but the smallest
// lists, so that is what is asked of the large ones.
const (
	compactDepth       = 16
	compactSmallList   = 4096
	compactStructBytes = 16
)

// checkCompact walks over one struct and returns what follows it. It fails when a length or count points past the end,
// or when structs nest too deep.
func checkCompact(b []byte) ([]byte, error) { return skipStruct(b, compactDepth) }

func skipStruct(b []byte, depth int) ([]byte, error) {
	if depth == 0 {
		return nil, errCompact
	}
	for {
		if len(b) == 0 {
			return nil, errCompact
		}
		head := b[0]
		b = b[1:]
		if head == 0 {
			return b, nil
		}
		if head>>4 == 0 { // the id follows in full
			var err error
			if b, err = skipVarint(b); err != nil {
				return nil, err
			}
		}
		kind := head & 15
		if kind == compactTrue || kind == compactFalse {
			continue // a field holds its boolean in its type
		}
		var err error
		if b, err = skipValue(b, kind, depth); err != nil {
			return nil, err
		}
	}
}

func skipValue(b []byte, kind byte, depth int) ([]byte, error) {
	switch kind {
	case compactTrue, compactFalse, compactByte:
		return skipBytes(b, 1)
	case compactI16, compactI32, compactI64:
		return skipVarint(b)
	case compactDouble:
		return skipBytes(b, 8)
	case compactBinary:
		n, k := binary.Uvarint(b)
		if k <= 0 {
			return nil, errCompact
		}
		return skipBytes(b[k:], n)
	case compactList, compactSet:
		return skipList(b, depth)
	case compactStruct:
		return skipStruct(b, depth-1)
	default: // Parquet has no maps
		return nil, errCompact
	}
}

func skipList(b []byte, depth int) ([]byte, error) {
	if len(b) == 0 || depth == 0 {
		return nil, errCompact
	}
	n, kind := uint64(b[0]>>4), b[0]&15
	b = b[1:]
	if n == 15 {
		var k int
		if n, k = binary.Uvarint(b); k <= 0 {
			return nil, errCompact
		}
		b = b[k:]
	}
	most := uint64(len(b))
	if kind == compactStruct || kind == compactList || kind == compactSet {
		most = compactSmallList + most/compactStructBytes
	}
	if n > most {
		return nil, errCompact
	}
	for range n {
		var err error
		if b, err = skipValue(b, kind, depth-1); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func skipVarint(b []byte) ([]byte, error) {
	_, k := binary.Uvarint(b)
	if k <= 0 {
		return nil, errCompact
	}
	return b[k:], nil
}

func skipBytes(b []byte, n uint64) ([]byte, error) {
	if n > uint64(len(b)) {
		return nil, errCompact
	}
	return b[n:], nil
}
