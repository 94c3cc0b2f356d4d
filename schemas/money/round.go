package money

import (
	"fmt"
	"math/big"

	"github.com/shopspring/decimal"
)

// RoundTo returns d rounded to the given number of decimal places, which may be negative: RoundTo(1250, -2, HalfEven)
// is 1200. A number that has no more places comes back as it is.
func RoundTo(d Decimal, places int32, mode Mode) Decimal {
	cut := -int64(d.Exponent()) - int64(places)
	if cut <= 0 {
		return d
	}
	return decimal.NewFromBigInt(roundQuo(d.Coefficient(), bigPow10(int(cut)), mode), -places)
}

// RoundToStep returns the multiple of step that mode chooses for d: cash rounding, such as to 0.05. The sign of step
// does not matter, and a step of 0 leaves d as it is.
func RoundToStep(d, step Decimal, mode Mode) Decimal {
	if step.IsZero() {
		return d
	}
	step = step.Abs()
	num, den := integers(d, step)
	return decimal.NewFromBigInt(roundQuo(num, den, mode), 0).Mul(step)
}

// DivRound returns n ÷ d rounded once, from the exact quotient, to the given number of decimal places. The error is
// ErrZero, wrapped.
func DivRound(n, d Decimal, places int32, mode Mode) (Decimal, error) {
	if d.IsZero() {
		return Decimal{}, fmt.Errorf("divide %s by %s: %w", n, d, ErrZero)
	}
	num, den := integers(n, d)
	if places >= 0 {
		num.Mul(num, bigPow10(int(places)))
	} else {
		den.Mul(den, bigPow10(-int(places)))
	}
	return decimal.NewFromBigInt(roundQuo(num, den, mode), -places), nil
}

// MulDivRound returns a × n ÷ d rounded once to the given number of decimal places: a share of a, such as n days of d.
// The error is ErrZero, wrapped.
func MulDivRound(a, n, d Decimal, places int32, mode Mode) (Decimal, error) {
	return DivRound(a.Mul(n), d, places, mode)
}

// integers returns a and b as integers in the same unit, so that num/den is a/b. Both are the caller's to change.
func integers(a, b Decimal) (num, den *big.Int) {
	num, den = a.Coefficient(), b.Coefficient()
	switch shift := int(a.Exponent()) - int(b.Exponent()); {
	case shift > 0:
		num.Mul(num, bigPow10(shift))
	case shift < 0:
		den.Mul(den, bigPow10(-shift))
	}
	return num, den
}

// roundQuo returns num ÷ den as an integer. It is where every rounding of a Decimal happens. den is not 0; num is
// overwritten.
func roundQuo(num, den *big.Int, mode Mode) *big.Int {
	neg := num.Sign()*den.Sign() < 0
	var rest big.Int
	quo, _ := num.QuoRem(num, den, &rest)
	if rest.Sign() == 0 {
		return quo
	}
	half := rest.Lsh(&rest, 1).CmpAbs(den)
	if !mode.away(neg, quo.Bit(0) == 1, half) {
		return quo
	}
	if neg {
		return quo.Sub(quo, bigOne)
	}
	return quo.Add(quo, bigOne)
}

// bigOne is 1 and never written to.
var bigOne = big.NewInt(1)
