package packed

import (
	"encoding/binary"
	"errors"
)

// ThriftTrue and the others are the types of a field in Thrift's compact protocol.
const (
	ThriftTrue   = 1
	ThriftFalse  = 2
	ThriftByte   = 3
	ThriftI16    = 4
	ThriftI32    = 5
	ThriftI64    = 6
	ThriftDouble = 7
	ThriftBinary = 8
	ThriftList   = 9
	ThriftSet    = 10
	ThriftMap    = 11
	ThriftStruct = 12
)

// Thrift appends Thrift's compact protocol, in which Parquet writes its headers and footer. Fields of a struct are
// Thrift in the order of their ids.
type Thrift struct {
	// Out is what was appended.
	Out []byte
	// last holds the id last written of each open struct, the innermost at the end.
	last []int16
}

// Reset empties c and keeps its memory.
func (c *Thrift) Reset() { c.Out, c.last = c.Out[:0], c.last[:0] }

// Begin opens a struct; End closes it.
func (c *Thrift) Begin() { c.last = append(c.last, 0) }

// End closes the innermost struct.
func (c *Thrift) End() {
	c.Out = append(c.Out, 0)
	c.last = c.last[:len(c.last)-1]
}

func (c *Thrift) field(id int16, kind byte) {
	last := &c.last[len(c.last)-1]
	c.Out = append(c.Out, byte(id-*last)<<4|kind)
	*last = id
}

// Varint appends a number as it stands in a list.
func (c *Thrift) Varint(v int64) { c.Out = binary.AppendVarint(c.Out, v) }

// I32 appends a field of 32 bits.
func (c *Thrift) I32(id int16, v int) {
	c.field(id, ThriftI32)
	c.Varint(int64(v))
}

// I64 appends a field of 64 bits.
func (c *Thrift) I64(id int16, v int64) {
	c.field(id, ThriftI64)
	c.Varint(v)
}

// I16 appends a field of 16 bits.
func (c *Thrift) I16(id int16, v int) {
	c.field(id, ThriftI16)
	c.Varint(int64(v))
}

// Boolean appends a field that is true or false.
func (c *Thrift) Boolean(id int16, v bool) {
	kind := byte(ThriftFalse)
	if v {
		kind = ThriftTrue
	}
	c.field(id, kind)
}

// Value appends bytes or text as they stand in a list; text as a field.
func (c *Thrift) Value(b []byte) {
	c.Out = binary.AppendUvarint(c.Out, uint64(len(b)))
	c.Out = append(c.Out, b...)
}

// Text appends a field of bytes.
func (c *Thrift) Text(id int16, b []byte) {
	c.field(id, ThriftBinary)
	c.Value(b)
}

// List opens a list of n elements of a kind; they follow one after another.
func (c *Thrift) List(id int16, kind byte, n int) {
	c.field(id, ThriftList)
	if n < 15 {
		c.Out = append(c.Out, byte(n)<<4|kind)
		return
	}
	c.Out = append(c.Out, 0xf0|kind)
	c.Out = binary.AppendUvarint(c.Out, uint64(n))
}

// Object opens a struct that is a field; end closes it.
func (c *Thrift) Object(id int16) {
	c.field(id, ThriftStruct)
	c.Begin()
}

// Union writes a union of empty structs: the field id alone says which it is.
func (c *Thrift) Union(id, member int16) {
	c.Object(id)
	c.Object(member)
	c.End()
	c.End()
}

var errThrift = errors.New("its Thrift structure is damaged")

// ErrThriftEnds is that of a structure that is not whole: more bytes may make it so.
var ErrThriftEnds = errors.New("its Thrift structure is damaged: it ends too soon")

// compactLimits keeps a hostile footer from costing more memory than it has bytes: the decoder behind it makes room for
// as many elements as a list claims. A struct in any list of Parquet's takes 16 bytes and more in all but the smallest
// lists, so that is what is asked of the large ones.
const (
	thriftDepth       = 16
	thriftSmallList   = 4096
	thriftStructBytes = 16
)

// CheckThrift walks over one struct and returns what follows it. It fails when structs nest too deep, and with ErrThriftEnds when a
// length or count points past the end.
func CheckThrift(b []byte) ([]byte, error) { return skipStruct(b, thriftDepth) }

func skipStruct(b []byte, depth int) ([]byte, error) {
	if depth == 0 {
		return nil, errThrift
	}
	for {
		if len(b) == 0 {
			return nil, ErrThriftEnds
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
		if kind == ThriftTrue || kind == ThriftFalse {
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
	case ThriftTrue, ThriftFalse, ThriftByte:
		return skipBytes(b, 1)
	case ThriftI16, ThriftI32, ThriftI64:
		return skipVarint(b)
	case ThriftDouble:
		return skipBytes(b, 8)
	case ThriftBinary:
		n, k := binary.Uvarint(b)
		if k <= 0 {
			return nil, broken(k)
		}
		return skipBytes(b[k:], n)
	case ThriftList, ThriftSet:
		return skipList(b, depth)
	case ThriftStruct:
		return skipStruct(b, depth-1)
	default: // Parquet has no maps
		return nil, errThrift
	}
}

func skipList(b []byte, depth int) ([]byte, error) {
	switch {
	case depth == 0:
		return nil, errThrift
	case len(b) == 0:
		return nil, ErrThriftEnds
	}
	n, kind := uint64(b[0]>>4), b[0]&15
	b = b[1:]
	if n == 15 {
		var k int
		if n, k = binary.Uvarint(b); k <= 0 {
			return nil, broken(k)
		}
		b = b[k:]
	}
	most := uint64(len(b))
	if kind == ThriftStruct || kind == ThriftList || kind == ThriftSet {
		most = thriftSmallList + most/thriftStructBytes
	}
	if n > most {
		return nil, ErrThriftEnds
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
		return nil, broken(k)
	}
	return b[k:], nil
}

// broken says what is wrong with a number of which Uvarint read k bytes: it ends too soon, or is too large.
func broken(k int) error {
	if k == 0 {
		return ErrThriftEnds
	}
	return errThrift
}

func skipBytes(b []byte, n uint64) ([]byte, error) {
	if n > uint64(len(b)) {
		return nil, ErrThriftEnds
	}
	return b[n:], nil
}
