package money

import (
	"math/big"
	"math/bits"
	"strconv"
)

// String returns the shortest decimal text of a: no exponent, no zeros after the last other decimal place.
func (a Fixed) String() string {
	var buf [40]byte // 38 digits, sign and point
	return string(a.AppendText(buf[:0]))
}

// AppendText appends what String returns.
func (a Fixed) AppendText(dst []byte) []byte {
	if a.Hi < 0 {
		dst = append(dst, '-')
		a = a.Neg()
	}
	// a < 10^38, so the whole part is below 10^20: at most two digits' worth more than 64 bits hold.
	top := uint64(a.Hi) / pow10[Scale]
	whole, fraction := bits.Div64(uint64(a.Hi)%pow10[Scale], a.Lo, pow10[Scale])
	first, rest := bits.Div64(top, whole, pow10[19])
	if first > 0 {
		dst = strconv.AppendUint(dst, first, 10)
		dst = appendPadded(dst, rest, 19)
	} else {
		dst = strconv.AppendUint(dst, rest, 10)
	}
	if fraction == 0 {
		return dst
	}
	dst = appendPadded(append(dst, '.'), fraction, Scale)
	for dst[len(dst)-1] == '0' {
		dst = dst[:len(dst)-1]
	}
	return dst
}

// appendPadded appends v with leading zeros to the given width.
func appendPadded(dst []byte, v uint64, width int) []byte {
	start := len(dst)
	dst = append(dst, "0000000000000000000"[:width]...)
	for i := start + width - 1; v > 0; i-- {
		dst[i] = byte('0' + v%10)
		v /= 10
	}
	return dst
}

// MarshalText returns what String returns; JSON therefore carries a Fixed as a string, which no reader turns into a
// float.
func (a Fixed) MarshalText() ([]byte, error) { return a.AppendText(nil), nil }

// UnmarshalText is ParseFixed.
func (a *Fixed) UnmarshalText(b []byte) error {
	v, err := ParseFixed(b)
	if err != nil {
		return err
	}
	*a = v
	return nil
}

// Decimal returns the same number.
func (a Fixed) Decimal() Decimal {
	m := a.Abs()
	return short(uint64(m.Hi), m.Lo, -Scale, a.Hi < 0)
}

// FixedFromDecimal returns the same number, or ErrPrecision or ErrOverflow when a Fixed cannot hold it.
func FixedFromDecimal(d Decimal) (Fixed, error) {
	shift := int64(Scale) + int64(d.exp())
	switch {
	case d.IsZero():
		return Fixed{}, nil
	case shift >= Precision, d.long != nil && shift >= 0:
		return Fixed{}, ErrOverflow
	case d.long != nil:
		return fixedFromLong(d.long, -shift)
	}
	hi, lo, ok := d.hi, d.lo, true
	if shift >= 0 {
		hi, lo, ok = times10(hi, lo, int32(shift))
	}
	for ; shift < 0; shift++ { // each takes off a zero, or finds that there is none
		var rest uint64
		if hi, lo, rest = shrink(hi, lo, 10); rest != 0 {
			return Fixed{}, ErrPrecision
		}
	}
	v := Fixed{int64(hi), lo}
	if !ok || v.Hi < 0 || !v.inRange() {
		return Fixed{}, ErrOverflow
	}
	return v.signed(d.neg()), nil
}

// fixedFromLong is FixedFromDecimal for more than 128 bits, of which the last digits must be zeros.
func fixedFromLong(long *big.Int, zeros int64) (Fixed, error) {
	if zeros > int64(long.BitLen()) { // fewer digits than zeros to take off; also keeps 10^zeros small
		return Fixed{}, ErrPrecision
	}
	var rest big.Int
	units, _ := new(big.Int).QuoRem(long, bigPow10(int(zeros)), &rest)
	if rest.Sign() != 0 {
		return Fixed{}, ErrPrecision
	}
	if units.BitLen() > 127 {
		return Fixed{}, ErrOverflow
	}
	var b [16]byte
	units.Abs(units).FillBytes(b[:])
	v, err := FixedFromBigEndian(b)
	return v.signed(long.Sign() < 0), err
}

// bigPow10 returns 10^n for n ≥ 0.
func bigPow10(n int) *big.Int {
	if n < len(pow10) {
		return new(big.Int).SetUint64(pow10[n])
	}
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}
