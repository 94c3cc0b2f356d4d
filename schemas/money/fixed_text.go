package money

import (
	"math/big"
	"math/bits"
	"strconv"

	"github.com/shopspring/decimal"
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
	if a.Hi == int64(a.Lo)>>63 { // the low half alone is the number
		return decimal.New(int64(a.Lo), -Scale)
	}
	m := a.Abs()
	v := new(big.Int).SetUint64(uint64(m.Hi))
	v.Lsh(v, 64).Or(v, new(big.Int).SetUint64(m.Lo))
	if a.Hi < 0 {
		v.Neg(v)
	}
	return decimal.NewFromBigInt(v, -Scale)
}

// FixedFromDecimal returns the same number, or ErrPrecision or ErrOverflow when a Fixed cannot hold it.
func FixedFromDecimal(d Decimal) (Fixed, error) {
	units, shift := d.Coefficient(), Scale+int(d.Exponent())
	switch {
	case units.Sign() == 0:
		return Fixed{}, nil
	case units.IsInt64() && shift >= 0 && shift <= Scale: // below 2^63 × 10^18, which is in range: no further big number
		hi, lo := bits.Mul64(magnitude(units.Int64()), pow10[shift])
		return Fixed{Hi: int64(hi), Lo: lo}.signed(units.Sign() < 0), nil
	case shift >= Precision:
		return Fixed{}, ErrOverflow
	case shift >= 0:
		units.Mul(units, bigPow10(shift))
	case -shift > units.BitLen(): // fewer digits than zeros to take off; also keeps 10^shift small
		return Fixed{}, ErrPrecision
	default:
		var rest big.Int
		if units.QuoRem(units, bigPow10(-shift), &rest); rest.Sign() != 0 {
			return Fixed{}, ErrPrecision
		}
	}
	if units.BitLen() > 127 {
		return Fixed{}, ErrOverflow
	}
	var b [16]byte
	neg := units.Sign() < 0
	units.Abs(units).FillBytes(b[:])
	v, err := FixedFromBigEndian(b)
	return v.signed(neg), err
}

// bigPow10 returns 10^n for n ≥ 0.
func bigPow10(n int) *big.Int {
	if n < len(pow10) {
		return new(big.Int).SetUint64(pow10[n])
	}
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}
