package shuffle

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"slices"
	"unicode/utf8"

	"daybook/pipeline/dataset"
	"daybook/schemas"
	"daybook/schemas/money"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// leastPrefix is the shortest beginning that is worth leaving out.
const leastPrefix = 4

// integers returns a column of times or integers.
func (e *blockEncoder) integers(v *dataset.Vector, rows, nulls int, validity []byte) (arrow.Array, arrow.Metadata) {
	t := integerType(v.Type)
	least, step, most := steppingOf(v, rows, nulls)
	var out []byte
	switch last := (uint64(most) - uint64(least)) / step; {
	case last <= math.MaxUint8:
		out = e.slab.Allocate(rows)
		fillSteps(out, v.Ints, least, step)
	case last <= math.MaxUint16:
		out = e.slab.Allocate(2 * rows)
		fillSteps(arrow.Uint16Traits.CastFromBytes(out), v.Ints, least, step)
	case last <= math.MaxUint32:
		out = e.slab.Allocate(4 * rows)
		fillSteps(arrow.Uint32Traits.CastFromBytes(out), v.Ints, least, step)
	default:
		return fromBuffers(t, rows, nulls, nil, validity, arrow.Int64Traits.CastToBytes(v.Ints)), arrow.Metadata{}
	}
	meta, _ := json.Marshal(steps{least, step, t.String()}) // numbers and a plain text cannot fail
	return fromBuffers(&arrow.FixedSizeBinaryType{ByteWidth: len(out) / rows}, rows, nulls, nil, validity, out),
		extension(extensionSteps, string(meta))
}

// integerType is what Arrow calls times and integers.
func integerType(t schemas.ColumnType) arrow.DataType {
	if t == schemas.Time {
		return arrowTime
	}
	return arrow.PrimitiveTypes.Int64
}

// steppingOf returns the least and the greatest of the integers that are not null, of which there is one, and a step that
// leads from the least to each of them.
func steppingOf(v *dataset.Vector, rows, nulls int) (least int64, step uint64, most int64) {
	first := 0
	for nulls > 0 && v.IsNull(first) {
		first++
	}
	origin := v.Ints[first]
	least, most = origin, origin
	for i, n := range v.Ints[:rows] {
		if nulls > 0 && v.IsNull(i) {
			continue
		}
		least, most = min(least, n), max(most, n)
		if step == 1 || n == origin {
			continue
		}
		away := uint64(n) - uint64(origin)
		if n < origin {
			away = -away
		}
		for away != 0 { // Euclid
			step, away = away, step%away
		}
	}
	return least, max(step, 1), most
}

// fillSteps makes out the steps from least to each of ints; that of a null may be any.
func fillSteps[T uint8 | uint16 | uint32](out []T, ints []int64, least int64, step uint64) {
	if step == 1 {
		for i := range out {
			out[i] = T(ints[i] - least)
		}
		return
	}
	for i := range out {
		out[i] = T((uint64(ints[i]) - uint64(least)) / step)
	}
}

// appendSteps appends what the given steps lead to, or all if rows is nil.
func appendSteps[T uint8 | uint16 | uint32](out []int64, numbers []T, s steps, rows []int32) []int64 {
	at := len(out)
	if rows == nil {
		out = dataset.Grow(out, len(numbers))
		for i, n := range numbers {
			out[at+i] = s.Least + int64(uint64(n)*s.Step)
		}
		return out
	}
	out = dataset.Grow(out, len(rows))
	for i, row := range rows {
		out[at+i] = s.Least + int64(uint64(numbers[row])*s.Step)
	}
	return out
}

// decimals returns a column of decimals.
func (e *blockEncoder) decimals(v *dataset.Vector, rows, nulls int, validity []byte) (arrow.Array, arrow.Metadata) {
	out := e.slab.Allocate(8 * rows)
	for i, d := range v.Decs[:rows] {
		if d.Hi != int64(d.Lo)>>63 {
			return e.wideDecimals(v, rows, nulls, validity), arrow.Metadata{}
		}
		binary.LittleEndian.PutUint64(out[8*i:], d.Lo)
	}
	return fromBuffers(&arrow.FixedSizeBinaryType{ByteWidth: 8}, rows, nulls, nil, validity, out), extension(extensionShort, shortScale)
}

func (e *blockEncoder) wideDecimals(v *dataset.Vector, rows, nulls int, validity []byte) arrow.Array {
	out := e.slab.Allocate(16 * rows)
	for i, d := range v.Decs[:rows] {
		binary.LittleEndian.PutUint64(out[16*i:], d.Lo)
		binary.LittleEndian.PutUint64(out[16*i+8:], uint64(d.Hi))
	}
	return fromBuffers(arrowDecimal, rows, nulls, nil, validity, out)
}

// appendShort appends decimals of 64 bits.
func appendShort(out []money.Fixed, values []int64, rows []int32) []money.Fixed {
	at := len(out)
	if rows == nil {
		out = dataset.Grow(out, len(values))
		for i, n := range values {
			out[at+i] = money.Fixed{Hi: n >> 63, Lo: uint64(n)}
		}
		return out
	}
	out = dataset.Grow(out, len(rows))
	for i, row := range rows {
		out[at+i] = money.Fixed{Hi: values[row] >> 63, Lo: uint64(values[row])}
	}
	return out
}

// texts returns a column of texts.
func (e *blockEncoder) texts(v *dataset.Vector, rows, nulls int, validity []byte) (arrow.Array, arrow.Metadata) {
	width := 0
	if nulls == 0 {
		width = v.TextWidth()
	}
	prefix := prefixOf(v, rows, nulls)
	if width > 0 {
		prefix = prefix[:min(len(prefix), width-1)] // there is no array of texts of no length
	}
	if prefix = wholeRunes(prefix); len(prefix) < leastPrefix {
		prefix = nil
	}
	body := v.Bytes
	if len(prefix) > 0 {
		body = e.slab.Allocate(len(v.Bytes) - len(prefix)*(rows-nulls))
		at, start := 0, 0
		for i, end := range v.Ends {
			if nulls == 0 || !v.IsNull(i) {
				at += copy(body[at:], v.Bytes[start+len(prefix):end])
			}
			start = int(end)
		}
	}
	var meta arrow.Metadata
	if len(prefix) > 0 {
		meta = extension(extensionTail, string(prefix))
	}
	if width > 0 {
		t := &arrow.FixedSizeBinaryType{ByteWidth: width - len(prefix)}
		return fromBuffers(t, rows, nulls, nil, validity, body), meta
	}
	ends := e.slab.Allocate(4 * (rows + 1))
	binary.LittleEndian.PutUint32(ends, 0)
	less := uint32(0)
	for i, end := range v.Ends {
		if nulls == 0 || !v.IsNull(i) {
			less += uint32(len(prefix))
		}
		binary.LittleEndian.PutUint32(ends[4*(i+1):], end-less)
	}
	return fromBuffers(arrow.BinaryTypes.Binary, rows, nulls, nil, validity, ends, body), meta
}

// prefixOf returns what all texts that are not null begin with.
func prefixOf(v *dataset.Vector, rows, nulls int) []byte {
	var prefix []byte
	first := true
	for i := range rows {
		if nulls > 0 && v.IsNull(i) {
			continue
		}
		if first {
			prefix, first = v.BytesAt(i), false
		}
		if prefix = prefix[:dataset.SharedBytes(prefix, v.BytesAt(i))]; len(prefix) < leastPrefix {
			return nil
		}
	}
	return prefix
}

// wholeRunes takes off what follows the last whole character, and all if there is what is no text: metadata are text.
func wholeRunes(prefix []byte) []byte {
	for n := len(prefix); n > max(0, len(prefix)-utf8.UTFMax); n-- {
		if utf8.Valid(prefix[:n]) {
			return prefix[:n]
		}
	}
	return nil
}

// appendFixed appends the given texts of one length, or all if rows is nil.
func appendFixed(v *dataset.Vector, a *array.FixedSizeBinary, prefix string, at, room int, rows []int32) error {
	body, width, err := fixedBytes(a)
	if err != nil {
		return err
	}
	n, whole := a.Len(), len(prefix)+width
	if rows != nil {
		n = len(rows)
	}
	if len(prefix)*n > shuffleBlockBytes || uint64(len(v.Bytes)+n*whole) > math.MaxUint32 {
		return errBlock
	}
	reserveMore(v, n*whole, n, at, room)
	to := v.GrowText(n, whole)
	for i := range n {
		row := i
		if rows != nil {
			row = int(rows[i])
		}
		out := v.Bytes[to : to+whole]
		copy(out, prefix)
		copy(out[len(prefix):], body[row*width:(row+1)*width])
		to += whole
	}
	return nil
}

// appendTexts appends the given texts, or all if rows is nil.
func appendTexts(v *dataset.Vector, a *array.Binary, prefix string, at, room int, rows []int32) error {
	n := a.Len()
	if rows != nil {
		n = len(rows)
	}
	size := len(prefix)*n + len(a.ValueBytes())
	if rows != nil {
		size = len(prefix)*n + len(a.ValueBytes())/a.Len()*n
	}
	if len(prefix)*n > shuffleBlockBytes || uint64(len(v.Bytes)+len(prefix)*n+len(a.ValueBytes())) > math.MaxUint32 {
		return errBlock
	}
	reserveMore(v, size, n, at, room)
	if rows == nil && prefix == "" {
		base := uint32(len(v.Bytes))
		v.Bytes = append(v.Bytes, a.ValueBytes()...)
		first := len(v.Ends)
		v.Ends = dataset.Grow(v.Ends, n)
		last := int32(0)
		for i, end := range a.ValueOffsets()[1:] {
			if end < last {
				return errBlock
			}
			v.Ends[first+i] = base + uint32(end)
			last = end
		}
		if int(last) != len(a.ValueBytes()) { // the first does not begin at zero
			return errBlock
		}
		return nil
	}
	v.Ends = slices.Grow(v.Ends, n)
	for i := range n {
		row := i
		if rows != nil {
			row = int(rows[i])
		}
		if a.IsValid(row) {
			v.Bytes = append(append(v.Bytes, prefix...), a.Value(row)...)
		}
		v.Ends = append(v.Ends, uint32(len(v.Bytes)))
	}
	return nil
}

// mostGuessed bounds the room that is made for texts to come beyond twice what there is.
const mostGuessed = 64 << 20

// reserveMore makes room for n texts of so many bytes, and in the same measure for those to come up to room rows, and a
// little more. The first may be long and all others short, so there is a bound to that.
func reserveMore(v *dataset.Vector, size, n, at, room int) {
	if need := len(v.Bytes) + size; need > cap(v.Bytes) {
		v.ReserveText(min(need*max(room, at+n)/(at+n)*17/16, max(2*need, mostGuessed)), 0)
	}
}
