package shuffle

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math"

	"daybook/pipeline/dataset"
	"daybook/schemas"
	"daybook/schemas/money"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

func appendTail(out, index []byte) []byte {
	out = binary.LittleEndian.AppendUint32(out, uint32(len(index)))
	out = binary.LittleEndian.AppendUint32(out, crc32.Checksum(index, castagnoli))
	return append(out, shuffleMagic...)
}

// blockEncoder turns batches into Arrow IPC streams. Its buffers serve one block after the other.
type blockEncoder struct {
	sink         blockSink
	local, order []uint32
	slab         slab
	// labelBytes is how much text the labels of the block have.
	labelBytes int64
}

// blockSink counts and sums up what goes to a file.
type blockSink struct {
	out   io.Writer
	bytes int64
	crc   uint32
}

func (s *blockSink) Write(b []byte) (int, error) {
	n, err := s.out.Write(b)
	s.bytes += int64(n)
	s.crc = crc32.Update(s.crc, castagnoli, b[:n])
	return n, err
}

// The Arrow types of a block's columns; labels are dictionaries of text besides.
var (
	arrowTime    = &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}
	arrowDecimal = &arrow.Decimal128Type{Precision: money.Precision, Scale: money.Scale}
)

// encode writes b's rows to out as an IPC stream, and returns how many bytes that was and their checksum. It uses up
// b's codes.
func (e *blockEncoder) encode(out io.Writer, b *dataset.Batch) (size int64, crc uint32, err error) {
	e.slab.used, e.slab.left, e.labelBytes = 0, math.MaxInt, 0
	var fields []arrow.Field
	var columns []arrow.Array
	for c := range b.Columns {
		v := &b.Columns[c]
		nulls := v.CountNulls(0, b.Rows)
		if nulls == b.Rows {
			continue
		}
		a, meta := e.column(v, b.Rows, nulls)
		defer a.Release()
		fields = append(fields, arrow.Field{Name: b.Table.Columns[c].Name, Type: a.DataType(), Nullable: nulls > 0, Metadata: meta})
		columns = append(columns, a)
	}
	schema := arrow.NewSchema(fields, nil)
	record := array.NewRecord(schema, columns, int64(b.Rows))
	defer record.Release()
	e.sink = blockSink{out: out}
	w := ipc.NewWriter(&e.sink, ipc.WithSchema(schema))
	if err := w.Write(record); err != nil {
		return 0, 0, fmt.Errorf("encode block: %w", err)
	}
	if err := w.Close(); err != nil {
		return 0, 0, fmt.Errorf("encode block: %w", err)
	}
	return e.sink.bytes, e.sink.crc, nil
}

// column returns v as an Arrow array, sharing what memory it can, and the extension type that its field names, if any.
func (e *blockEncoder) column(v *dataset.Vector, rows, nulls int) (arrow.Array, arrow.Metadata) {
	validity := validityOf(v, rows, nulls)
	switch v.Type {
	case schemas.Label:
		return e.labels(v, rows, nulls, validity), arrow.Metadata{}
	case schemas.Text:
		return e.texts(v, rows, nulls, validity)
	case schemas.Decimal:
		return e.decimals(v, rows, nulls, validity)
	case schemas.Time, schemas.Integer:
	}
	return e.integers(v, rows, nulls, validity)
}

// validityOf returns Arrow's bitmap, which has the bits of rows that are not null; nil if none is.
func validityOf(v *dataset.Vector, rows, nulls int) []byte {
	if nulls == 0 {
		return nil
	}
	out := make([]byte, 0, (rows+63)/64*8)
	for w := range (rows + 63) / 64 {
		word := ^uint64(0)
		if w < len(v.Nulls) {
			word = ^v.Nulls[w]
		}
		out = binary.LittleEndian.AppendUint64(out, word)
	}
	return out
}

func fromBuffers(t arrow.DataType, rows, nulls int, dictionary *array.Data, buffers ...[]byte) arrow.Array {
	all := make([]*memory.Buffer, len(buffers))
	for i, b := range buffers {
		if b != nil {
			all[i] = memory.NewBufferBytes(b)
		}
	}
	if len(buffers) > 1 && all[1] == nil {
		all[1] = memory.NewBufferBytes(nil)
	}
	data := array.NewDataWithDictionary(t, rows, all, nulls, 0, dictionary)
	defer data.Release()
	return array.MakeFromData(data)
}

// labels numbers the entries that the block uses, in order of first appearance, with indices as narrow as they may be.
func (e *blockEncoder) labels(v *dataset.Vector, rows, nulls int, validity []byte) arrow.Array {
	if need := v.Dict.Len(); len(e.local) < need {
		e.local = make([]uint32, need+need/4)
	}
	e.order = e.order[:0]
	for i, c := range v.Codes {
		if nulls > 0 && v.IsNull(i) {
			v.Codes[i] = 0
			continue
		}
		x := e.local[c]
		if x == 0 {
			e.order = append(e.order, c)
			x = uint32(len(e.order))
			e.local[c] = x
		}
		v.Codes[i] = x - 1
	}
	ends := make([]uint32, 1, len(e.order)+1)
	var texts []byte
	for _, c := range e.order {
		e.local[c] = 0
		texts = append(texts, v.Dict.Value(c)...)
		ends = append(ends, uint32(len(texts)))
	}
	e.labelBytes += int64(len(texts))
	dictionary := fromBuffers(arrow.BinaryTypes.Binary, len(e.order), 0, nil, nil, arrow.Uint32Traits.CastToBytes(ends), texts)
	defer dictionary.Release()
	index, indices := e.narrow(v.Codes, len(e.order))
	return fromBuffers(&arrow.DictionaryType{IndexType: index, ValueType: arrow.BinaryTypes.Binary}, rows, nulls,
		dictionary.Data().(*array.Data), validity, indices)
}

// narrow returns indices below n in one, two or four bytes each.
func (e *blockEncoder) narrow(indices []uint32, n int) (arrow.DataType, []byte) {
	switch {
	case n <= 1<<8:
		out := e.slab.Allocate(len(indices))
		for i, x := range indices {
			out[i] = uint8(x)
		}
		return arrow.PrimitiveTypes.Uint8, out
	case n <= 1<<16:
		bytes := e.slab.Allocate(2 * len(indices))
		out := arrow.Uint16Traits.CastFromBytes(bytes)
		for i, x := range indices {
			out[i] = uint16(x)
		}
		return arrow.PrimitiveTypes.Uint16, bytes
	default:
		return arrow.PrimitiveTypes.Uint32, arrow.Uint32Traits.CastToBytes(indices)
	}
}
