package parquet

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/parquet/packed"

	"github.com/parquet-go/parquet-go/format"
)

// plainDictionary is what old files call both the plain encoding of a dictionary and the indices into it.
const plainDictionary format.Encoding = 2

// values are the values of a page or dictionary as Parquet's physical types have them.
type values struct {
	// ints holds INT32, INT64 and BOOLEAN as they are, FLOAT and DOUBLE as their bits.
	ints []int64
	// data holds the others: value i is data[ends[i-1]:ends[i]], or if ends is empty, the i-th size bytes.
	data []byte
	ends []uint32
	size int

	prefixes, lengths []int64
}

func (v *values) bytesAt(i int) []byte {
	if v.size > 0 {
		return v.data[i*v.size : (i+1)*v.size]
	}
	var from uint32
	if i > 0 {
		from = v.ends[i-1]
	}
	return v.data[from:v.ends[i]]
}

var errValues = errors.New("a page has more or fewer bytes than its values take")

// decode reads n values of l; data is not kept.
func (v *values) decode(l *leaf, encoding format.Encoding, data []byte, n int) error {
	v.ints, v.data, v.ends, v.size = v.ints[:0], v.data[:0], v.ends[:0], 0
	switch encoding {
	case format.Plain, plainDictionary:
		return v.plain(l, data, n)
	case format.DeltaBinaryPacked:
		if l.physical != format.Int32 && l.physical != format.Int64 {
			break
		}
		var err error
		v.ints, _, err = packed.ReadDeltas(v.ints, data, n)
		if l.physical == format.Int32 {
			for i, x := range v.ints {
				v.ints[i] = int64(int32(x))
			}
		}
		return err
	case format.DeltaLengthByteArray, format.DeltaByteArray:
		return v.deltaTexts(l, data, n, encoding == format.DeltaByteArray)
	case format.RLE:
		if l.physical == format.Boolean {
			return v.booleans(data, n)
		}
	case format.ByteStreamSplit:
		return v.streams(l, data, n)
	}
	return fmt.Errorf("encoding %v of %v %w", encoding, l.physical, ErrUnsupported)
}

func (v *values) plain(l *leaf, data []byte, n int) error {
	switch l.physical {
	case format.Boolean:
		if len(data) < (n+7)/8 {
			return errValues
		}
		for i := range n {
			v.ints = append(v.ints, int64(data[i/8]>>(i%8)&1))
		}
	case format.Int32, format.Float:
		if len(data) < 4*n {
			return errValues
		}
		v.ints = dataset.Grow(v.ints, n)
		for i := range v.ints {
			v.ints[i] = int64(int32(binary.LittleEndian.Uint32(data[4*i:])))
		}
	case format.Int64, format.Double:
		if len(data) < 8*n {
			return errValues
		}
		v.ints = dataset.Grow(v.ints, n)
		for i := range v.ints {
			v.ints[i] = int64(binary.LittleEndian.Uint64(data[8*i:]))
		}
	case format.Int96, format.FixedLenByteArray:
		v.size = l.width()
		if !l.fits(data, v.size, n) {
			return errValues
		}
		v.data = append(v.data, data[:v.size*n]...)
	case format.ByteArray:
		return v.plainTexts(data, n)
	}
	return nil
}

// fits reports whether n values of a size are all that data holds, but for what fills it up. Some writers pad pages, and a
// reader takes as many values as the header says. But the size of a FIXED_LEN_BYTE_ARRAY is from a schema that nothing
// guards, and with one that is too small all values would be others: what is left must be less than a byte for each, and
// noughts.
func (l *leaf) fits(data []byte, size, n int) bool {
	rest := len(data) - size*n
	if rest <= 0 || l.physical != format.FixedLenByteArray {
		return rest >= 0
	}
	return (n == 0 || rest%n != 0) && len(bytes.Trim(data[size*n:], "\x00")) == 0
}

// width returns the bytes of a value of fixed length.
func (l *leaf) width() int {
	switch l.physical {
	case format.Int96:
		return 12
	case format.FixedLenByteArray:
		return l.size
	case format.Int32, format.Float:
		return 4
	case format.Int64, format.Double:
		return 8
	default:
		return 0
	}
}

func (v *values) plainTexts(data []byte, n int) error {
	if len(data) < 4*n {
		return errValues
	}
	v.data, v.ends = dataset.Grow(v.data, len(data)-4*n), dataset.Grow(v.ends, n)
	at := 0
	for i := range v.ends {
		if len(data) < 4 {
			return errValues
		}
		size := int(binary.LittleEndian.Uint32(data))
		data = data[4:]
		if size > len(data) || at+size > len(v.data) {
			return errValues
		}
		copy(v.data[at:], data[:size])
		data = data[size:]
		at += size
		v.ends[i] = uint32(at)
	}
	v.data = v.data[:at] // some pages are padded
	return nil
}

// booleans reads what pages of version 2 write: a length and levels of one bit.
func (v *values) booleans(data []byte, n int) error {
	if len(data) < 4 {
		return errValues
	}
	bits := make([]uint32, n)
	if err := packed.ReadHybrid(bits, data[4:], 1); err != nil {
		return err
	}
	for _, b := range bits {
		v.ints = append(v.ints, int64(b))
	}
	return nil
}

// streams reads the first bytes of all values, then the second bytes, and so on.
func (v *values) streams(l *leaf, data []byte, n int) error {
	width := l.width()
	if width == 0 || len(data) != n*width { // where the streams end follows from their length, so that none is padded
		return errValues
	}
	whole := make([]byte, len(data))
	for i := range n {
		for k := range width {
			whole[i*width+k] = data[k*n+i]
		}
	}
	return v.plain(l, whole, n)
}

// deltaTexts reads lengths, or lengths of what is shared with the value before and of what is not, and then the bytes.
func (v *values) deltaTexts(l *leaf, data []byte, n int, shared bool) error {
	if l.physical != format.ByteArray && (l.physical != format.FixedLenByteArray || !shared) {
		return fmt.Errorf("delta encoding of %v %w", l.physical, ErrUnsupported)
	}
	var err error
	v.prefixes = v.prefixes[:0]
	if shared {
		if v.prefixes, data, err = packed.ReadDeltas(v.prefixes, data, n); err != nil {
			return err
		}
	}
	if v.lengths, data, err = packed.ReadDeltas(v.lengths[:0], data, n); err != nil {
		return err
	}
	last := 0 // where the value before begins
	for i, length := range v.lengths {
		start := len(v.data)
		if shared {
			prefix := v.prefixes[i]
			if prefix < 0 || prefix > int64(start-last) || len(v.data)+int(prefix) > maxPageBytes {
				return errValues
			}
			v.data = append(v.data, v.data[last:last+int(prefix)]...)
		}
		if length < 0 || length > int64(len(data)) {
			return errValues
		}
		v.data = append(v.data, data[:length]...)
		data = data[length:]
		v.ends = append(v.ends, uint32(len(v.data)))
		last = start
		if l.physical == format.FixedLenByteArray && len(v.data)-start != l.size {
			return errValues
		}
	}
	return nil
}
