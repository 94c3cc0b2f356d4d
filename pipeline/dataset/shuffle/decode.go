package shuffle

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"daybook/pipeline/dataset"
	"daybook/schemas"
	"daybook/schemas/money"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

var errBlock = errors.New("its columns do not fit the table")

// BlockBuffer is memory for reading blocks, one after the other. Its zero value is ready; it is not for concurrent use.
type BlockBuffer struct {
	stream []byte
	slab   slab
	codes  []uint32
}

// part is what is wanted of a block; the nil part is the whole of it.
type part struct {
	// columns are those wanted; nil means all. The others are left as they are.
	columns []bool
	// rows are those wanted, in ascending order; nil means all.
	rows []int32
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
	slabLeast = 1 << 18
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
		s.memory = make([]byte, max(2*len(s.memory), size, slabLeast))
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

// messages hands out the messages of a stream in memory without copying them.
type messages struct{ rest []byte }

const continues = 0xffffffff // begins every message

// Message implements Arrow's reader of messages.
func (m *messages) Message() (*ipc.Message, error) {
	head, err := m.take(8)
	if err != nil || binary.LittleEndian.Uint32(head) != continues {
		return nil, errBlock
	}
	size := int64(binary.LittleEndian.Uint32(head[4:]))
	if size == 0 {
		return nil, io.EOF
	}
	meta, err := m.take(size)
	if err != nil {
		return nil, err
	}
	header := memory.NewBufferBytes(meta)
	body, err := m.take(ipc.NewMessage(header, memory.NewBufferBytes(nil)).BodyLen())
	if err != nil {
		return nil, err
	}
	return ipc.NewMessage(header, memory.NewBufferBytes(body)), nil
}

func (m *messages) take(n int64) ([]byte, error) {
	if n < 0 || n > int64(len(m.rest)) {
		return nil, errBlock
	}
	b := m.rest[:n:n]
	m.rest = m.rest[n:]
	return b, nil
}

// Retain implements Arrow's reader of messages.
func (m *messages) Retain() {}

// Release implements Arrow's reader of messages.
func (m *messages) Release() {}

// decode appends the wanted rows of m.stream to b, codes translated to b's dictionaries.
func (m *BlockBuffer) decode(rows int, b *dataset.Batch, want *part) error {
	// Each byte is needed once as part of a column, rounded up.
	m.slab.used, m.slab.left = 0, 3*len(m.stream)+slabLeast
	if need := len(m.stream) + slabSpare; len(m.slab.memory) < need {
		m.slab.memory = make([]byte, need+need/4)
	}
	r, err := ipc.NewReaderFromMessageReader(&messages{m.stream}, ipc.WithAllocator(&m.slab))
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
	if want == nil {
		want = &part{}
	}
	if want.rows != nil {
		rows = len(want.rows)
	}
	next := 0
	for c := range b.Columns {
		v := &b.Columns[c]
		here := next < int(record.NumCols()) && record.ColumnName(next) == b.Table.Columns[c].Name
		switch {
		case want.columns != nil && !want.columns[c]:
		case !here && !v.Absent:
			v.AppendNulls(rows)
		case here:
			v.Fill(b.Rows)
			v.Reserve(b.Room)
			if err := m.appendColumn(v, record.Column(next), record.Schema().Field(next).Metadata, b.Rows, b.Room, want.rows); err != nil {
				return fmt.Errorf("decode column %s: %w", b.Table.Columns[c].Name, err)
			}
		}
		if here {
			next++
		}
	}
	if next != int(record.NumCols()) {
		return fmt.Errorf("decode block: %w", errBlock)
	}
	b.Rows += rows
	return nil
}

// appendColumn appends the values of a to v, at row at: those of the given rows, or all if that is nil. meta is what the
// column's field says, and room how many rows are expected in all.
func (m *BlockBuffer) appendColumn(v *dataset.Vector, a arrow.Array, meta arrow.Metadata, at, room int, rows []int32) error {
	appendValidity(v, a, at, rows)
	name, left := extensionOf(meta)
	switch {
	case v.Type == schemas.Label && name == "":
		if a, ok := a.(*array.Dictionary); ok {
			return m.appendDictionary(v, a, rows)
		}
	case v.Type == schemas.Text && (name == "" || name == extensionTail):
		switch a := a.(type) {
		case *array.Binary:
			return appendTexts(v, a, left, at, room, rows)
		case *array.FixedSizeBinary:
			return appendFixed(v, a, left, at, room, rows)
		}
	case v.Type == schemas.Decimal:
		return appendDecimals(v, a, name, rows)
	case v.Type == schemas.Time || v.Type == schemas.Integer:
		if err := appendIntegers(v, a, name, left, rows); err != nil {
			return err
		}
		if a.NullN() > 0 {
			clearNulls(v, at)
		}
		return nil
	}
	return fmt.Errorf("it is %v %s: %w", a.DataType(), name, errBlock)
}

// appendDecimals appends decimals of 128 bits, or of 64.
func appendDecimals(v *dataset.Vector, a arrow.Array, name string, rows []int32) error {
	switch a := a.(type) {
	case *array.Decimal128:
		if name == "" && arrow.TypeEqual(a.DataType(), arrowDecimal) {
			v.Decs = appendWide(v.Decs, a.Values(), rows)
			return nil
		}
	case *array.FixedSizeBinary:
		body, width, err := fixedBytes(a)
		if err == nil && name == extensionShort && width == 8 {
			v.Decs = appendShort(v.Decs, arrow.Int64Traits.CastFromBytes(body), rows)
			return nil
		}
	}
	return fmt.Errorf("it is %v %s: %w", a.DataType(), name, errBlock)
}

// appendIntegers appends times or integers; those of nulls may be any.
func appendIntegers(v *dataset.Vector, a arrow.Array, name, left string, rows []int32) error {
	switch a := a.(type) {
	case *array.Timestamp:
		if name == "" && v.Type == schemas.Time {
			v.Ints = appendInts(v.Ints, arrow.Int64Traits.CastFromBytes(arrow.TimestampTraits.CastToBytes(a.TimestampValues())), rows)
			return nil
		}
	case *array.Int64:
		if name == "" && v.Type == schemas.Integer {
			v.Ints = appendInts(v.Ints, a.Int64Values(), rows)
			return nil
		}
	case *array.FixedSizeBinary:
		if name == extensionSteps {
			return appendAllSteps(v, a, left, rows)
		}
	}
	return fmt.Errorf("it is %v %s: %w", a.DataType(), name, errBlock)
}

func appendAllSteps(v *dataset.Vector, a *array.FixedSizeBinary, metadata string, rows []int32) error {
	s, err := stepsOf(metadata)
	if err != nil {
		return err
	}
	body, width, err := fixedBytes(a)
	switch {
	case err != nil:
		return err
	case s.Of != integerType(v.Type).String():
		return fmt.Errorf("it holds steps of %s: %w", s.Of, errBlock)
	case width == 1:
		v.Ints = appendSteps(v.Ints, body, s, rows)
	case width == 2:
		v.Ints = appendSteps(v.Ints, arrow.Uint16Traits.CastFromBytes(body), s, rows)
	case width == 4:
		v.Ints = appendSteps(v.Ints, arrow.Uint32Traits.CastFromBytes(body), s, rows)
	default:
		return fmt.Errorf("it holds steps of %d bytes: %w", width, errBlock)
	}
	return nil
}

// clearNulls makes the integers of nulls from row at on zero.
func clearNulls(v *dataset.Vector, at int) {
	for i := at; i < len(v.Ints); i++ {
		if v.IsNull(i) {
			v.Ints[i] = 0
		}
	}
}

func appendValidity(v *dataset.Vector, a arrow.Array, at int, rows []int32) {
	switch {
	case a.NullN() == 0:
	case rows == nil:
		for i := range a.Len() {
			if a.IsNull(i) {
				v.SetNull(at + i)
			}
		}
	default:
		for i, row := range rows {
			if a.IsNull(int(row)) {
				v.SetNull(at + i)
			}
		}
	}
}

// appendInts appends the given values, or all if rows is nil.
func appendInts(out, values []int64, rows []int32) []int64 {
	if rows == nil {
		return append(out, values...)
	}
	at := len(out)
	out = dataset.Grow(out, len(rows))
	for i, row := range rows {
		out[at+i] = values[row]
	}
	return out
}

func appendWide(out []money.Fixed, values []decimal128.Num, rows []int32) []money.Fixed {
	at := len(out)
	if rows == nil {
		out = dataset.Grow(out, len(values))
		for i, d := range values {
			out[at+i] = money.Fixed{Hi: d.HighBits(), Lo: d.LowBits()}
		}
		return out
	}
	out = dataset.Grow(out, len(rows))
	for i, row := range rows {
		out[at+i] = money.Fixed{Hi: values[row].HighBits(), Lo: values[row].LowBits()}
	}
	return out
}

// appendCodes appends what codes says of the given indices, or of all if rows is nil.
func appendCodes[I uint8 | uint16 | uint32](out []uint32, indices []I, codes []uint32, rows []int32) []uint32 {
	at := len(out)
	if rows == nil {
		out = dataset.Grow(out, len(indices))
		for i, x := range indices {
			out[at+i] = codes[x]
		}
		return out
	}
	out = dataset.Grow(out, len(rows))
	for i, row := range rows {
		out[at+i] = codes[indices[row]]
	}
	return out
}

func (m *BlockBuffer) appendDictionary(v *dataset.Vector, a *array.Dictionary, rows []int32) error {
	texts, ok := a.Dictionary().(*array.Binary)
	if !ok {
		return errBlock
	}
	m.codes = dataset.Grow(m.codes[:0], texts.Len())
	codes := m.codes
	for i := range codes {
		codes[i] = v.Dict.Code(texts.Value(i))
	}
	switch indices := a.Indices().(type) {
	case *array.Uint8:
		v.Codes = appendCodes(v.Codes, indices.Uint8Values(), codes, rows)
	case *array.Uint16:
		v.Codes = appendCodes(v.Codes, indices.Uint16Values(), codes, rows)
	case *array.Uint32:
		v.Codes = appendCodes(v.Codes, indices.Uint32Values(), codes, rows)
	default:
		return errBlock
	}
	return nil
}
