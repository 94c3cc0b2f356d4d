package money

import (
	"cmp"
	"fmt"
	"math/big"
	"math/bits"
)

// RoundTo returns d rounded to the given number of decimal places, which may be negative: RoundTo(1250, -2, HalfEven)
// is 1200. A number that has no more places comes back as it is.
func RoundTo(d Decimal, places int32, mode Mode) Decimal {
	cut := -int64(d.Exponent()) - int64(places)
	if cut <= 0 {
		return d
	}
	if d.long == nil && cut < 2*int64(len(pow10)-1) {
		hi, lo := cutShort(d.hi, d.lo, cut, mode, d.neg(), false)
		return short(hi, lo, -places, d.neg())
	}
	return DecimalFromBig(roundQuo(d.Coefficient(), bigPow10(int(cut)), mode), -places)
}

// cutShort rounds a magnitude to its digits without the last n, of 1 to 37. All but the last 19 of these go first, and leave
// only whether any was not zero; sticky says that something below them was cut off already.
func cutShort(hi, lo uint64, n int64, mode Mode, neg, sticky bool) (uint64, uint64) {
	const most = int64(len(pow10) - 1)
	var rest uint64
	if n > most {
		hi, lo, rest = shrink(hi, lo, pow10[n-most])
		n, sticky = most, sticky || rest != 0
	}
	one := pow10[n]
	hi, lo, rest = shrink(hi, lo, one)
	if rest == 0 && !sticky {
		return hi, lo
	}
	half := cmp.Compare(rest, one-rest)
	if half == 0 && sticky {
		half = 1
	}
	if mode.away(neg, lo&1 == 1, half) {
		var c uint64
		lo, c = bits.Add64(lo, 1, 0)
		hi += c
	}
	return hi, lo
}

// shrink divides (hi, lo) by n.
func shrink(hi, lo, n uint64) (qhi, qlo, rest uint64) {
	qhi, rest = hi/n, hi%n
	qlo, rest = bits.Div64(rest, lo, n)
	return qhi, qlo, rest
}

// RoundToStep returns the multiple of step that mode chooses for d: cash rounding, such as to 0.05. The sign of step
// does not matter, and a step of 0 leaves d as it is.
func RoundToStep(d, step Decimal, mode Mode) Decimal {
	if step.IsZero() {
		return d
	}
	step = step.Abs()
	if d.long == nil && step.long == nil {
		if n, ok := divShort(Wide{d.lo, d.hi}, d.exp(), d.neg(), step, 0, mode); ok {
			return n.Mul(step)
		}
	}
	num, den := integers(d, step)
	return DecimalFromBig(roundQuo(num, den, mode), 0).Mul(step)
}

// DivRound returns n ÷ d rounded once, from the exact quotient, to the given number of decimal places. The error is
// ErrZero, wrapped.
func DivRound(n, d Decimal, places int32, mode Mode) (Decimal, error) {
	if d.IsZero() {
		return Decimal{}, fmt.Errorf("divide %s by %s: %w", n, d, ErrZero)
	}
	if n.long == nil && d.long == nil {
		if q, ok := divShort(Wide{n.lo, n.hi}, n.exp(), n.neg(), d, places, mode); ok {
			return q, nil
		}
	}
	num, den := integers(n, d)
	if places >= 0 {
		num.Mul(num, bigPow10(int(places)))
	} else {
		den.Mul(den, bigPow10(-int(places)))
	}
	return DecimalFromBig(roundQuo(num, den, mode), -places), nil
}

// divShort is DivRound of the magnitude w, at exponent exp, without big numbers, where it can be: where neither the divisor
// nor the quotient has more than 128 bits, nor the numerator at the places of the quotient more than 256.
func divShort(w Wide, exp int32, neg bool, d Decimal, places int32, mode Mode) (Decimal, bool) {
	d = d.stripped()
	up := int64(exp) - int64(d.exp()) + int64(places)
	ok := up >= -MaxDigits
	if up < 0 && ok {
		d.hi, d.lo, ok = times10(d.hi, d.lo, int32(-up))
	} else if ok {
		ok = w.raise(up)
	}
	if !ok {
		return Decimal{}, false
	}
	neg = neg != d.neg()
	resthi, restlo := w.divide(d.hi, d.lo)
	if resthi|restlo != 0 {
		lo, borrow := bits.Sub64(d.lo, restlo, 0)
		hi, _ := bits.Sub64(d.hi, resthi, borrow)
		half := cmp.Compare(resthi, hi)
		if half == 0 {
			half = cmp.Compare(restlo, lo)
		}
		if mode.away(neg, w[0]&1 == 1, half) {
			w.grow(1, 1)
		}
	}
	return short(w[1], w[0], -places, neg), w[2]|w[3] == 0
}

// stripped is d with the zeros at the end of its coefficient in the exponent.
func (d Decimal) stripped() Decimal {
	for _, step := range [...]int32{16, 8, 4, 2, 1} {
		for d.hi|d.lo != 0 && d.lo&(1<<step-1) == 0 { // 10^step is a multiple of 2^step
			hi, lo, rest := shrink(d.hi, d.lo, pow10[step])
			if rest != 0 {
				break
			}
			d.hi, d.lo, d.form = hi, lo, d.form+2*int64(step)
		}
	}
	return d
}

// MulDivRound returns a × n ÷ d rounded once to the given number of decimal places: a share of a, such as n days of d.
// The error is ErrZero, wrapped.
func MulDivRound(a, n, d Decimal, places int32, mode Mode) (Decimal, error) {
	if a.long == nil && n.long == nil && d.long == nil && !d.IsZero() {
		w := mulWide(a.hi, a.lo, n.hi, n.lo)
		if q, ok := divShort(w, a.exp()+n.exp(), a.neg() != n.neg(), d, places, mode); ok {
			return q, nil
		}
	}
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
