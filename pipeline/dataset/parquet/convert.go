package parquet

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"slices"
	"strconv"
	"time"

	"daybook/pipeline/dataset"
	"daybook/schemas"
	"daybook/schemas/money"

	"github.com/parquet-go/parquet-go/format"
)

// converted are values as a column of a batch holds them.
type converted struct {
	codes []uint32
	ints  []int64
	decs  []money.Fixed
	bytes []byte
	ends  []uint32
	// bad lists the values, in ascending order, that the column's type cannot hold, and why.
	bad []badValue
	// scratch is for texts on their way into a dictionary.
	scratch []byte
}

type badValue struct {
	at   int
	text string
	err  error
}

// canConvert reports whether columns of the file's type can be read as t. As text, everything can.
func (c *FileColumn) canConvert(t schemas.ColumnType) bool {
	switch t {
	case schemas.Label, schemas.Text:
		return true
	case schemas.Time:
		return c.Type == schemas.Time
	case schemas.Decimal:
		return c.Type == schemas.Decimal || c.Type == schemas.Integer
	case schemas.Integer:
		return c.Type == schemas.Integer
	default:
		return false
	}
}

// fill converts n values of v.
func (c *converted) fill(l *leaf, v *values, n int, t schemas.ColumnType, dict *dataset.Dictionary) error {
	c.codes, c.ints, c.decs, c.bytes, c.ends, c.bad = c.codes[:0], c.ints[:0], c.decs[:0], c.bytes[:0], c.ends[:0], c.bad[:0]
	switch t {
	case schemas.Label:
		return c.labels(l, v, n, dict)
	case schemas.Text:
		return c.texts(l, v, n)
	case schemas.Time:
		c.times(l, v, n)
	case schemas.Decimal:
		c.decimals(l, v, n)
	case schemas.Integer:
		c.ints = append(c.ints, v.ints[:n]...)
		if l.meaning == meansUnsigned {
			c.unsigned(l)
		}
	}
	return nil
}

func (c *converted) fail(at int, text []byte, err error) {
	c.bad = append(c.bad, badValue{at, string(text), err})
}

func (c *converted) labels(l *leaf, v *values, n int, dict *dataset.Dictionary) error {
	for i := range n {
		text, err := c.text(l, v, i)
		if err != nil {
			return err
		}
		c.codes = append(c.codes, dict.Code(text))
	}
	return nil
}

func (c *converted) texts(l *leaf, v *values, n int) error {
	if l.meaning == meansBytes && v.size == 0 {
		c.bytes = append(c.bytes, v.data...)
		c.ends = append(c.ends, v.ends...)
		return nil
	}
	for i := range n {
		text, err := c.text(l, v, i)
		if err != nil {
			return err
		}
		if len(c.bytes)+len(text) > batchTextBytes {
			return errText
		}
		c.bytes = append(c.bytes, text...)
		c.ends = append(c.ends, uint32(len(c.bytes)))
	}
	return nil
}

// text returns value i as a CSV file would have it, valid until the next call.
func (c *converted) text(l *leaf, v *values, i int) ([]byte, error) {
	out := c.scratch[:0]
	switch l.meaning {
	case meansBytes:
		return v.bytesAt(i), nil
	case meansInteger:
		out = strconv.AppendInt(out, v.ints[i], 10)
	case meansUnsigned:
		out = strconv.AppendUint(out, l.word(v.ints[i]), 10)
	case meansBoolean:
		out = strconv.AppendBool(out, v.ints[i] != 0)
	case meansFloat:
		out = l.appendFloat(out, l.floatBits(v, i))
	case meansDecimal:
		out = appendUnscaled(out, l, v, i)
	case meansDate:
		out = time.Unix(v.ints[i]*secondsPerDay, 0).UTC().AppendFormat(out, time.DateOnly)
	case meansMillis, meansMicros, meansNanos, meansInt96:
		micros, ok := l.micros(v, i)
		if !ok { // no instant, so whoever wants one refuses this value
			out = l.appendRaw(out, v, i)
			break
		}
		layout := time.RFC3339Nano
		if l.naive {
			layout = "2006-01-02T15:04:05.999999999"
		}
		out = time.UnixMicro(micros).Add(l.below(v, i)).UTC().AppendFormat(out, layout)
	case meansUUID:
		id := v.bytesAt(i)
		for k, part := range [][]byte{id[:4], id[4:6], id[6:8], id[8:10], id[10:]} {
			if k > 0 {
				out = append(out, '-')
			}
			out = hex.AppendEncode(out, part)
		}
	default:
		return nil, fmt.Errorf("type %v has no text", l.physical)
	}
	c.scratch = out
	return out, nil
}

// word returns an unsigned integer of the column's width.
func (l *leaf) word(n int64) uint64 {
	if l.physical == format.Int32 {
		return uint64(uint32(n))
	}
	return uint64(n)
}

// unsigned rereads integers that have no sign; the upper half of 64 bits has no place in a column of integers.
func (c *converted) unsigned(l *leaf) {
	for i, n := range c.ints {
		w := l.word(n)
		if c.ints[i] = int64(w); w > math.MaxInt64 {
			c.ints[i] = 0
			c.fail(i, strconv.AppendUint(nil, w, 10), money.ErrOverflow)
		}
	}
}

const (
	secondsPerDay = 24 * 60 * 60
	microsPerDay  = secondsPerDay * 1e6
	// julianEpoch is the Julian day number of 1970-01-01.
	julianEpoch = 2440588
)

func (c *converted) times(l *leaf, v *values, n int) {
	for i := range n {
		micros, ok := l.micros(v, i)
		if !ok {
			c.fail(i, l.appendRaw(nil, v, i), money.ErrOverflow)
		}
		c.ints = append(c.ints, micros)
	}
}

// appendRaw appends a time as the file has it: a number, or the bytes of one.
func (l *leaf) appendRaw(out []byte, v *values, i int) []byte {
	if l.meaning == meansInt96 {
		return hex.AppendEncode(out, v.bytesAt(i))
	}
	return strconv.AppendInt(out, v.ints[i], 10)
}

// micros returns a time in microseconds, rounded down; it reports false when they do not reach so far.
func (l *leaf) micros(v *values, i int) (int64, bool) {
	const mostDays = 106_000_000 // some 290,000 years; 64 bits of nanoseconds more do no harm
	switch l.meaning {
	case meansDate:
		days := v.ints[i]
		return days * microsPerDay, days >= -mostDays && days <= mostDays
	case meansMillis:
		n := v.ints[i]
		return n * 1000, n >= math.MinInt64/1000 && n <= math.MaxInt64/1000
	case meansNanos:
		return floorDiv(v.ints[i], 1000), true
	case meansInt96:
		b := v.bytesAt(i)
		nanos := int64(binary.LittleEndian.Uint64(b))
		day := int64(int32(binary.LittleEndian.Uint32(b[8:]))) - julianEpoch
		return day*microsPerDay + floorDiv(nanos, 1000), day >= -mostDays && day <= mostDays
	default:
		return v.ints[i], true
	}
}

// below returns what micros leaves of a time.
func (l *leaf) below(v *values, i int) time.Duration {
	nanos := int64(0)
	switch l.meaning {
	case meansNanos:
		nanos = v.ints[i]
	case meansInt96:
		nanos = int64(binary.LittleEndian.Uint64(v.bytesAt(i)))
	default: // the others have no more than microseconds
	}
	return time.Duration(nanos - floorDiv(nanos, 1000)*1000)
}

func floorDiv(n, d int64) int64 {
	q := n / d
	if n%d < 0 {
		q--
	}
	return q
}

func (c *converted) decimals(l *leaf, v *values, n int) {
	for i := range n {
		d, err := c.decimal(l, v, i)
		if err != nil {
			c.failDecimal(l, v, i, err)
		}
		c.decs = append(c.decs, d)
	}
}

func (c *converted) failDecimal(l *leaf, v *values, i int, err error) {
	text, textErr := c.text(l, v, i)
	if textErr != nil {
		text = nil
	}
	c.fail(i, text, err)
}

// decimal returns value i, exactly or not at all. A binary float stands for its shortest decimal text, which is what
// its writer most likely had.
func (c *converted) decimal(l *leaf, v *values, i int) (money.Fixed, error) {
	var d money.Fixed
	switch {
	case l.meaning == meansFloat:
		c.scratch = l.appendFloat(c.scratch[:0], l.floatBits(v, i))
		return money.ParseFixed(c.scratch)
	case l.meaning == meansUnsigned:
		d = money.Fixed{Lo: l.word(v.ints[i])}
	case l.physical == format.Int32 || l.physical == format.Int64:
		d = money.Fixed{Hi: v.ints[i] >> 63, Lo: uint64(v.ints[i])}
	default:
		var ok bool
		if d, ok = bigEndian(v.bytesAt(i)); !ok {
			return money.Fixed{}, money.ErrOverflow
		}
	}
	if l.scale < money.Scale {
		var ok bool
		if d, ok = scaleUp(d, money.Scale-l.scale); !ok {
			return money.Fixed{}, money.ErrOverflow
		}
	} else if l.scale > money.Scale {
		return money.ParseFixed(appendUnscaled(nil, l, v, i))
	}
	return money.FixedFromBigEndian(d.BigEndian())
}

// bigEndian reads a two's complement number of any length that fits 128 bits.
func bigEndian(b []byte) (money.Fixed, bool) {
	if len(b) == fixedBytes {
		return money.Fixed{Hi: int64(binary.BigEndian.Uint64(b)), Lo: binary.BigEndian.Uint64(b[8:])}, true
	}
	var d money.Fixed
	if len(b) > 0 {
		d.Hi = int64(int8(b[0])) >> 7
		d.Lo = uint64(d.Hi)
	}
	for len(b) > fixedBytes {
		if b[0] != byte(d.Lo) || (b[1]^b[0])&0x80 != 0 {
			return money.Fixed{}, false
		}
		b = b[1:]
	}
	for _, x := range b {
		d.Hi = d.Hi<<8 | int64(d.Lo>>56)
		d.Lo = d.Lo<<8 | uint64(x)
	}
	return d, true
}

// scaleUp returns d × 10^places for places ≤ 18.
func scaleUp(d money.Fixed, places int) (money.Fixed, bool) {
	ten := uint64(1)
	for range places {
		ten *= 10
	}
	m := d.Abs()
	carry, lo := bits.Mul64(m.Lo, ten)
	over, hi := bits.Mul64(uint64(m.Hi), ten)
	hi, c := bits.Add64(hi, carry, 0)
	if over|c != 0 || int64(hi) < 0 {
		return money.Fixed{}, false
	}
	r := money.Fixed{Hi: int64(hi), Lo: lo}
	if d.Hi < 0 {
		r = r.Neg()
	}
	return r, true
}

// appendUnscaled appends the text of a decimal of any size.
func appendUnscaled(out []byte, l *leaf, v *values, i int) []byte {
	n := new(big.Int)
	if l.physical == format.Int32 || l.physical == format.Int64 {
		n.SetInt64(v.ints[i])
	} else {
		b := v.bytesAt(i)
		n.SetBytes(b)
		if len(b) > 0 && b[0]&0x80 != 0 {
			n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
		}
	}
	if n.Sign() < 0 {
		out = append(out, '-')
		n.Neg(n)
	}
	from := len(out)
	out = n.Append(out, 10)
	if missing := l.scale + 1 - (len(out) - from); missing > 0 {
		out = slices.Insert(out, from, []byte(zeros(missing))...)
	}
	if l.scale > 0 {
		out = slices.Insert(out, len(out)-l.scale, '.')
		for out[len(out)-1] == '0' {
			out = out[:len(out)-1]
		}
		if out[len(out)-1] == '.' {
			out = out[:len(out)-1]
		}
	}
	return out
}

func zeros(n int) string { return string(slices.Repeat([]byte{'0'}, n)) }

// floatBits returns the bits of value i, of as many as the column's type has.
func (l *leaf) floatBits(v *values, i int) int64 {
	if l.physical == format.FixedLenByteArray {
		return int64(binary.LittleEndian.Uint16(v.bytesAt(i)))
	}
	return v.ints[i]
}

// appendFloat appends the shortest decimal text that reads back as the same binary number of the column's width; of half
// width the number itself. It has no exponent, for identifiers that a program took for numbers are to keep their digits,
// unless it is beyond what amounts and identifiers can be.
func (l *leaf) appendFloat(out []byte, bitsOf int64) []byte {
	var x float64
	width := 64
	switch l.physical {
	case format.Double:
		x = math.Float64frombits(uint64(bitsOf))
	case format.Float:
		x, width = math.Float64frombits(widen(uint32(bitsOf))), 32
	default:
		x = math.Float64frombits(widenHalf(uint16(bitsOf)))
	}
	const least, most = 1e-40, 1e40
	if size := math.Abs(x); size != 0 && size < least || size >= most {
		return strconv.AppendFloat(out, x, 'g', -1, width)
	}
	return strconv.AppendFloat(out, x, 'f', -1, width)
}

// widenHalf returns the bits of the same number in double precision.
func widenHalf(b uint16) uint64 {
	sign, exponent, fraction := uint64(b>>15)<<63, uint64(b>>10&0x1f), uint64(b&(1<<10-1))
	switch exponent {
	case 0x1f:
		return sign | 0x7ff<<52 | fraction<<42
	case 0:
		if fraction == 0 {
			return sign
		}
		shift := uint64(11 - bits.Len64(fraction)) // subnormal there, normal here
		return sign | (1023-14-shift)<<52 | (fraction<<shift&(1<<10-1))<<42
	default:
		return sign | (exponent+1023-15)<<52 | fraction<<42
	}
}

// widen returns the bits of the same number in double precision.
func widen(b uint32) uint64 {
	sign, exponent, fraction := uint64(b>>31)<<63, uint64(b>>23&0xff), uint64(b&(1<<23-1))
	switch exponent {
	case 0xff:
		return sign | 0x7ff<<52 | fraction<<29
	case 0:
		if fraction == 0 {
			return sign
		}
		shift := uint64(24 - bits.Len64(fraction)) // subnormal there, normal here
		return sign | (1023-126-shift)<<52 | (fraction<<shift&(1<<23-1))<<29
	default:
		return sign | (exponent+1023-127)<<52 | fraction<<29
	}
}
