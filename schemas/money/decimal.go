package money

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
	"strings"
)

// Decimal is an exact decimal number of any size: an integer coefficient times a power of ten. Its zero value is 0.
//
// A coefficient below 2^128 stands in the number itself, so that sums and products of money do not allocate; what is
// longer goes to shopspring/decimal, whose results, exponents included, the short ones share. Equal values of different
// exponents, 1.5 and 1.50, are not == but Equal.
//
// Every operation is exact but Round's: there is no Div; use [DivRound], [MulDivRound] or a [Ratio]. Text from outside
// goes through [ParseDecimal], not through Decimal's own decoding, which accepts exponents that take gigabytes to write
// out.
type Decimal struct {
	hi, lo uint64   // the magnitude of the coefficient, where long is nil
	long   *big.Int // a coefficient of more than 128 bits with its sign; never written to
	// form is twice the exponent, and one more where the number is short and below 0: of up to four fields, the compiler keeps a
	// number in registers, and of five in memory, which made to write one down take twice as long.
	form int64
}

// formOf is the form of a number of an exponent that is below 0, or is not; 0 is not.
func formOf(exp int32, neg bool) int64 {
	if neg {
		return int64(exp)<<1 | 1
	}
	return int64(exp) << 1
}

func (d Decimal) exp() int32 { return int32(d.form >> 1) }
func (d Decimal) neg() bool  { return d.form&1 != 0 }

// Zero and One are the decimals 0 and 1.
var (
	Zero = NewDecimal(0, 0)
	One  = NewDecimal(1, 0)
)

// Bounds on the text of a number. They are far beyond any real amount, and keep a hostile one from costing more than
// its length.
const (
	MaxDigits   = 64 // digits before the exponent, leading and trailing zeros included
	MaxExponent = 64 // absolute value of the exponent
)

// What can be wrong with a number. The parsers of the hot path return these as they are, so that refusing a row does
// not allocate; compare with errors.Is.
var (
	ErrSyntax    = errors.New("not a decimal number: write an optional sign, digits with at most one point, and an optional exponent")
	ErrLimit     = errors.New("number is too long: at most 64 digits and an exponent of at most 64 are read")
	ErrPrecision = errors.New("number has more than 18 decimal places: it would have to be rounded first")
	ErrOverflow  = errors.New("number is too large: it must stay below 10^38 units of its last place")
	ErrZero      = errors.New("division by zero")
)

// NewDecimal returns coefficient × 10^exponent: NewDecimal(1999, -2) is 19.99.
func NewDecimal(coefficient int64, exponent int32) Decimal {
	return Decimal{lo: magnitude(coefficient), form: formOf(exponent, coefficient < 0)}
}

// DecimalFromBig returns coefficient × 10^exponent. The coefficient is copied.
func DecimalFromBig(coefficient *big.Int, exponent int32) Decimal {
	if coefficient.BitLen() > 128 {
		return Decimal{long: new(big.Int).Set(coefficient), form: formOf(exponent, false)}
	}
	var b [16]byte
	if coefficient.IsInt64() {
		return NewDecimal(coefficient.Int64(), exponent)
	}
	new(big.Int).Abs(coefficient).FillBytes(b[:])
	return short(binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:]), exponent, coefficient.Sign() < 0)
}

// ParseDecimal reads an optional sign, digits with at most one point among or around them, and an optional exponent.
// Nothing else is a number: no blanks, underscores, thousands separators, hexadecimal, NaN or infinity. The error is
// ErrSyntax or ErrLimit, wrapped with the text.
func ParseDecimal(s string) (Decimal, error) {
	if d, ok := parsePlain(s); ok {
		return d, nil
	}
	n, err := scan(s)
	if err != nil {
		return Decimal{}, fmt.Errorf("read %q as a number: %w", clip(s), err)
	}
	first := min(n.count, 19)
	lo, hi := small(n.digits[:first]), uint64(0)
	switch {
	case n.count <= 19:
	case n.count <= 38: // below 10^38, and so of at most 127 bits
		hi, lo = mulAdd(0, lo, pow10[n.count-first], small(n.digits[first:n.count]))
	default:
		v, _ := new(big.Int).SetString(string(n.digits[:n.count]), 10)
		if n.neg {
			v.Neg(v)
		}
		return DecimalFromBig(v, n.exponent), nil
	}
	return short(hi, lo, n.exponent, n.neg), nil
}

// parsePlain reads what has few digits and no exponent, which is nearly every number there is. It reports false on anything
// else, right or wrong.
func parsePlain[T string | []byte](s T) (d Decimal, ok bool) {
	i, neg := 0, len(s) > 0 && s[0] == '-'
	if neg {
		i = 1
	}
	point := len(s) - 1
	if len(s)-i > 19 || i > point { // 19 digits fit 64 bits
		return d, false
	}
	for seen := false; i < len(s); i++ {
		switch c := s[i] - '0'; {
		case c <= 9:
			d.lo = d.lo*10 + uint64(c)
		case s[i] == '.' && !seen && len(s) > 2:
			point, seen = i, true
		default:
			return d, false
		}
	}
	d.form = formOf(int32(point-len(s)+1), neg && d.lo != 0)
	return d, true
}

// MustDecimal is ParseDecimal for constants and tests: it panics when s is not a number, so never hand it input.
func MustDecimal(s string) Decimal {
	d, err := ParseDecimal(s)
	if err != nil {
		panic("money: " + err.Error())
	}
	return d
}

// Text returns d without an exponent and with at least the given number of decimal places: Text(12.5, 2) is "12.50" and
// Text(0.125, 2) is "0.125". It pads, and never rounds.
func Text(d Decimal, places int32) string {
	text := d.String()
	_, fraction, found := strings.Cut(text, ".")
	missing := int(places) - len(fraction)
	if missing <= 0 {
		return text
	}
	if !found {
		text += "."
	}
	return text + strings.Repeat("0", missing)
}

// clip keeps an error message short whatever the input's length.
func clip(s string) string {
	const most = 80
	if len(s) <= most {
		return s
	}
	return s[:most] + "…"
}
