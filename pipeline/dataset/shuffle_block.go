package dataset

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"daybook/schemas"
	"daybook/schemas/money"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
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
func (e *blockEncoder) encode(out io.Writer, b *Batch) (size int64, crc uint32, err error) {
	var fields []arrow.Field
	var columns []arrow.Array
	for c := range b.Columns {
		v := &b.Columns[c]
		nulls := v.countNulls(0, b.Rows)
		if nulls == b.Rows {
			continue
		}
		a := e.column(v, b.Rows, nulls)
		defer a.Release()
		fields = append(fields, arrow.Field{Name: b.Table.Columns[c].Name, Type: a.DataType(), Nullable: nulls > 0})
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

// column returns v as an Arrow array, sharing what memory it can.
func (e *blockEncoder) column(v *Vector, rows, nulls int) arrow.Array {
	validity := v.validity(rows, nulls)
	switch v.Type {
	case schemas.Label:
		return e.labels(v, rows, nulls, validity)
	case schemas.Text:
		ends := arrow.Uint32Traits.CastToBytes(append(make([]uint32, 1, rows+1), v.Ends...))
		return fromBuffers(arrow.BinaryTypes.Binary, rows, nulls, nil, validity, ends, v.Bytes)
	case schemas.Decimal:
		decs := make([]decimal128.Num, rows)
		for i, d := range v.Decs {
			decs[i] = decimal128.New(d.Hi, d.Lo)
		}
		return fromBuffers(arrowDecimal, rows, nulls, nil, validity, arrow.Decimal128Traits.CastToBytes(decs))
	case schemas.Time:
		return fromBuffers(arrowTime, rows, nulls, nil, validity, arrow.Int64Traits.CastToBytes(v.Ints))
	default:
		return fromBuffers(arrow.PrimitiveTypes.Int64, rows, nulls, nil, validity, arrow.Int64Traits.CastToBytes(v.Ints))
	}
}

// validity returns Arrow's bitmap, which has the bits of rows that are not null; nil if none is.
func (v *Vector) validity(rows, nulls int) []byte {
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
func (e *blockEncoder) labels(v *Vector, rows, nulls int, validity []byte) arrow.Array {
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
	dictionary := fromBuffers(arrow.BinaryTypes.Binary, len(e.order), 0, nil, nil, arrow.Uint32Traits.CastToBytes(ends), texts)
	defer dictionary.Release()
	index, indices := narrow(v.Codes, len(e.order))
	return fromBuffers(&arrow.DictionaryType{IndexType: index, ValueType: arrow.BinaryTypes.Binary}, rows, nulls,
		dictionary.Data().(*array.Data), validity, indices)
}

// narrow returns indices below n in one, two or four bytes each.
func narrow(indices []uint32, n int) (arrow.DataType, []byte) {
	switch {
	case n <= 1<<8:
		out := make([]uint8, len(indices))
		for i, x := range indices {
			out[i] = uint8(x)
		}
		return arrow.PrimitiveTypes.Uint8, out
	case n <= 1<<16:
		out := make([]uint16, len(indices))
		for i, x := range indices {
			out[i] = uint16(x)
		}
		return arrow.PrimitiveTypes.Uint16, arrow.Uint16Traits.CastToBytes(out)
	default:
		return arrow.PrimitiveTypes.Uint32, arrow.Uint32Traits.CastToBytes(indices)
	}
}

var errBlock = errors.New("its columns do not fit the table")

// BlockBuffer is memory for reading blocks, one after the other. Its zero value is ready; it is not for concurrent use.
type BlockBuffer struct {
	stream []byte
	slab   slab
	codes  []uint32
}

// slab hands out memory that is all taken back at once. Arrow copies each column out of the stream, and then we out of
// Arrow: memory made anew for that would cost more than the copies.
type slab struct {
	memory []byte
	used   int
	// left is how much more may be asked for: a damaged stream claims anything.
	left int
}

const (
	slabAlign = 64
	slabSpare = 1 << 14 // for what rounding up takes
)

// Allocate implements Arrow's allocator. What it returns is not zero. It panics, as Arrow expects and recovers from, when
// more is asked for than a stream can need.
func (s *slab) Allocate(size int) []byte {
	if s.left -= size; s.left < 0 {
		panic(errBlock)
	}
	if s.used+size > len(s.memory) {
		// What was handed out before stays with its users.
		s.memory = make([]byte, max(2*len(s.memory), size, chunkWindow))
		s.used = 0
	}
	b := s.memory[s.used : s.used+size : s.used+size]
	s.used = min((s.used+size+slabAlign-1)/slabAlign*slabAlign, len(s.memory))
	return b
}

// Reallocate implements Arrow's allocator.
func (s *slab) Reallocate(size int, b []byte) []byte {
	if size <= cap(b) {
		return b[:size]
	}
	bigger := s.Allocate(size)
	copy(bigger, b)
	return bigger
}

// Free implements Arrow's allocator.
func (s *slab) Free([]byte) {}

// decode appends the rows of m.stream to b, codes translated to b's dictionaries.
func (m *BlockBuffer) decode(rows int, b *Batch) error {
	// Each byte is needed once as part of a message and once as part of a column, rounded up.
	m.slab.used, m.slab.left = 0, 4*len(m.stream)+chunkWindow
	if need := 2*len(m.stream) + slabSpare; len(m.slab.memory) < need {
		m.slab.memory = make([]byte, need)
	}
	r, err := ipc.NewReader(bytes.NewReader(m.stream), ipc.WithAllocator(&m.slab))
	if err != nil {
		return fmt.Errorf("decode block: %w", err)
	}
	defer r.Release()
	if !r.Next() {
		return fmt.Errorf("decode block: it holds no rows: %w", errors.Join(r.Err(), errBlock))
	}
	record := r.Record()
	if record.NumRows() != int64(rows) {
		return fmt.Errorf("decode block: it holds %d rows, not %d: %w", record.NumRows(), rows, errBlock)
	}
	next := 0
	for c := range b.Columns {
		v := &b.Columns[c]
		if next == int(record.NumCols()) || record.ColumnName(next) != b.Table.Columns[c].Name {
			if !v.Absent {
				v.appendNulls(rows)
			}
			continue
		}
		v.fill(b.Rows)
		v.reserve(b.room)
		if err := m.appendColumn(v, record.Column(next), b.Rows, b.room); err != nil {
			return fmt.Errorf("decode column %s: %w", b.Table.Columns[c].Name, err)
		}
		next++
	}
	if next != int(record.NumCols()) {
		return fmt.Errorf("decode block: %w", errBlock)
	}
	b.Rows += rows
	return nil
}

// appendColumn appends the values of a to v, at row at; room is how many rows are expected in all.
func (m *BlockBuffer) appendColumn(v *Vector, a arrow.Array, at, room int) error {
	if a.NullN() > 0 {
		for i := range a.Len() {
			if a.IsNull(i) {
				v.SetNull(at + i)
			}
		}
	}
	switch a := a.(type) {
	case *array.Dictionary:
		if v.Type == schemas.Label {
			return m.appendDictionary(v, a)
		}
	case *array.Binary:
		if v.Type == schemas.Text {
			base := uint32(len(v.Bytes))
			if need := len(v.Bytes) + len(a.ValueBytes()); need > cap(v.Bytes) {
				// As much for the rows to come as for those so far, and a little more.
				v.reserveText(need*max(room, at+a.Len())/(at+a.Len())*17/16, 0)
			}
			v.Bytes = append(v.Bytes, a.ValueBytes()...)
			first := len(v.Ends)
			v.Ends = grow(v.Ends, a.Len())
			for i, end := range a.ValueOffsets()[1:] {
				v.Ends[first+i] = base + uint32(end)
			}
			return nil
		}
	case *array.Decimal128:
		if v.Type == schemas.Decimal {
			first := len(v.Decs)
			v.Decs = grow(v.Decs, a.Len())
			for i, d := range a.Values() {
				v.Decs[first+i] = money.Fixed{Hi: d.HighBits(), Lo: d.LowBits()}
			}
			return nil
		}
	case *array.Timestamp:
		if v.Type == schemas.Time {
			first := len(v.Ints)
			v.Ints = grow(v.Ints, a.Len())
			for i, t := range a.TimestampValues() {
				v.Ints[first+i] = int64(t)
			}
			return nil
		}
	case *array.Int64:
		if v.Type == schemas.Integer {
			v.Ints = append(v.Ints, a.Int64Values()...)
			return nil
		}
	}
	return fmt.Errorf("it is %v: %w", a.DataType(), errBlock)
}

func (m *BlockBuffer) appendDictionary(v *Vector, a *array.Dictionary) error {
	texts, ok := a.Dictionary().(*array.Binary)
	if !ok {
		return errBlock
	}
	m.codes = grow(m.codes[:0], texts.Len())
	codes := m.codes
	for i := range codes {
		codes[i] = v.Dict.Code(texts.Value(i))
	}
	at := len(v.Codes)
	v.Codes = grow(v.Codes, a.Len())
	out := v.Codes[at:]
	switch indices := a.Indices().(type) {
	case *array.Uint8:
		for i, x := range indices.Uint8Values() {
			out[i] = codes[x]
		}
	case *array.Uint16:
		for i, x := range indices.Uint16Values() {
			out[i] = codes[x]
		}
	case *array.Uint32:
		for i, x := range indices.Uint32Values() {
			out[i] = codes[x]
		}
	default:
		return errBlock
	}
	return nil
}
