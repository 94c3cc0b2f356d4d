package money

import (
	"encoding/binary"
	"math/bits"
)

// Scale is the number of decimal places of a Fixed.
const Scale = 18

// Precision is the number of decimal digits of a Fixed, those after the point included: it is a DECIMAL(38, 18).
const Precision = 38

// limitHi and limitLo are 10^38, the first magnitude that a Fixed does not hold.
const (
	limitHi = 0x4B3B4CA85A86C47A
	limitLo = 0x098A224000000000
)

// Fixed is a quantity or cost of the hot path: a two's complement 128-bit integer that counts units of 10^-18. Its
// range is that of DECIMAL(38, 18): more than -10^20 and less than 10^20. Its zero value is 0, and two Fixed are the
// same number exactly when they are ==.
//
// The halves are exported so that columns may hold them as they are. Whoever fills them from elsewhere than this
// package's functions must keep to the range: arithmetic relies on it to see every overflow.
type Fixed struct {
	Hi int64
	Lo uint64
}

// FixedFromInt returns v whole units. Every int64 is within range.
func FixedFromInt(v int64) Fixed {
	hi, lo := bits.Mul64(magnitude(v), pow10[Scale])
	return Fixed{int64(hi), lo}.signed(v < 0)
}

// Add returns a + b, or ErrOverflow.
func (a Fixed) Add(b Fixed) (Fixed, error) {
	sum, ok := AddOK(a, b)
	if !ok {
		return Fixed{}, ErrOverflow
	}
	return sum, nil
}

// Sub returns a - b, or ErrOverflow.
func (a Fixed) Sub(b Fixed) (Fixed, error) { return a.Add(b.Neg()) }

// AddOK returns a + b and whether the sum is within range; when it is not, sum is meaningless. It is Add for inner
// loops: small enough to be inlined.
func AddOK(a, b Fixed) (sum Fixed, ok bool) {
	lo, carry := bits.Add64(a.Lo, b.Lo, 0)
	hi, _ := bits.Add64(uint64(a.Hi), uint64(b.Hi), carry)
	// Two numbers within ±10^38 whose sum leaves 128 bits wrap to beyond ∓1.4×10^38, so that the range check alone
	// sees every overflow: shift the range (-10^38, 10^38) to start at nought and compare once, without a sign.
	lo1, carry := bits.Add64(lo, limitLo-1, 0)
	hi1, _ := bits.Add64(hi, limitHi, carry)
	_, borrow := bits.Sub64(lo1, 2*limitLo-1, 0)
	_, borrow = bits.Sub64(hi1, 2*limitHi, borrow)
	return Fixed{int64(hi), lo}, borrow != 0
}

// Sum adds numbers up, however large the sums in between are. It reports false if the total has more than 38 digits.
func Sum(numbers []Fixed) (sum Fixed, ok bool) {
	var lo, hi, top, carry uint64 // 192 bits
	for i := range numbers {
		n := &numbers[i]
		lo, carry = bits.Add64(lo, n.Lo, 0)
		hi, carry = bits.Add64(hi, uint64(n.Hi), carry)
		top += uint64(n.Hi>>63) + carry
	}
	sum = Fixed{int64(hi), lo}
	return sum, int64(top) == sum.Hi>>63 && sum.inRange()
}

// Neg returns -a, which is always within range.
func (a Fixed) Neg() Fixed {
	lo, borrow := bits.Sub64(0, a.Lo, 0)
	hi, _ := bits.Sub64(0, uint64(a.Hi), borrow)
	return Fixed{int64(hi), lo}
}

// Abs returns a without its sign.
func (a Fixed) Abs() Fixed { return a.signed(a.Hi < 0) }

// Cmp returns -1, 0 or +1 as a is less than, equal to or greater than b.
func (a Fixed) Cmp(b Fixed) int {
	switch {
	case a == b:
		return 0
	case a.Hi < b.Hi, a.Hi == b.Hi && a.Lo < b.Lo:
		return -1
	default:
		return 1
	}
}

// Sign returns -1, 0 or +1.
func (a Fixed) Sign() int {
	switch {
	case a.Hi < 0:
		return -1
	case a.Hi == 0 && a.Lo == 0:
		return 0
	default:
		return 1
	}
}

// IsZero reports whether a is 0.
func (a Fixed) IsZero() bool { return a == Fixed{} }

// Round returns a rounded to the given number of decimal places, which may be negative; above Scale is ErrPrecision.
// Rounding away from zero at the edge of the range is ErrOverflow.
func (a Fixed) Round(places int32, mode Mode) (Fixed, error) {
	sign := uint64(a.Hi >> 63)
	return Wide{a.Lo, uint64(a.Hi), sign, sign}.Round(Scale, places, mode)
}

// BigEndian returns a's sixteen bytes in two's complement, most significant first: the FIXED_LEN_BYTE_ARRAY(16) of a
// Parquet DECIMAL(38, 18).
func (a Fixed) BigEndian() (b [16]byte) {
	binary.BigEndian.PutUint64(b[:8], uint64(a.Hi))
	binary.BigEndian.PutUint64(b[8:], a.Lo)
	return b
}

// FixedFromBigEndian is the inverse of BigEndian. Bytes of a number beyond 38 digits are ErrOverflow.
func FixedFromBigEndian(b [16]byte) (Fixed, error) {
	v := Fixed{int64(binary.BigEndian.Uint64(b[:8])), binary.BigEndian.Uint64(b[8:])}
	if !v.inRange() {
		return Fixed{}, ErrOverflow
	}
	return v, nil
}

// inRange reports whether any 128 bits are a number of at most 38 digits.
func (a Fixed) inRange() bool {
	m := a.Abs()
	return uint64(m.Hi) < limitHi || uint64(m.Hi) == limitHi && m.Lo < limitLo
}

// signed returns -a if neg, else a.
func (a Fixed) signed(neg bool) Fixed {
	if neg {
		return a.Neg()
	}
	return a
}

// magnitude returns |v|, right for the least int64, too.
func magnitude(v int64) uint64 {
	if v < 0 {
		return -uint64(v)
	}
	return uint64(v)
}

// pow10 holds the powers of ten that fit 64 bits.
var pow10 = [20]uint64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9,
	1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
}
