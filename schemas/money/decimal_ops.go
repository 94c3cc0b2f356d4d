package money

import (
	"cmp"
	"math/big"
	"math/bits"

	"github.com/shopspring/decimal"
)

// short returns ±(hi, lo) × 10^exp.
func short(hi, lo uint64, exp int32, neg bool) Decimal {
	return Decimal{hi: hi, lo: lo, form: formOf(exp, neg && hi|lo != 0)}
}

// big returns d as shopspring has it.
func (d Decimal) big() decimal.Decimal {
	if d.long != nil {
		return decimal.NewFromBigInt(d.long, d.exp())
	}
	if d.hi == 0 && d.lo>>63 == 0 {
		v := int64(d.lo)
		if d.neg() {
			v = -v
		}
		return decimal.New(v, d.exp())
	}
	return decimal.NewFromBigInt(d.Coefficient(), d.exp())
}

// fromBig is the way back.
func fromBig(d decimal.Decimal) Decimal { return DecimalFromBig(d.Coefficient(), d.Exponent()) }

// Coefficient returns the integer that is multiplied by 10^Exponent. It is the caller's to change.
func (d Decimal) Coefficient() *big.Int {
	if d.long != nil {
		return new(big.Int).Set(d.long)
	}
	v := new(big.Int).SetUint64(d.lo)
	if d.hi != 0 {
		v.Or(v, new(big.Int).Lsh(new(big.Int).SetUint64(d.hi), 64))
	}
	if d.neg() {
		v.Neg(v)
	}
	return v
}

// Exponent returns the power of ten by which the coefficient is multiplied.
func (d Decimal) Exponent() int32 { return d.exp() }

// Sign returns -1, 0 or +1.
func (d Decimal) Sign() int {
	switch {
	case d.long != nil:
		return d.long.Sign()
	case d.neg():
		return -1
	case d.hi|d.lo == 0:
		return 0
	}
	return 1
}

// IsZero reports whether d is 0.
func (d Decimal) IsZero() bool { return d.hi|d.lo == 0 && d.long == nil }

// IsPositive reports whether d is above 0.
func (d Decimal) IsPositive() bool { return d.Sign() > 0 }

// IsNegative reports whether d is below 0.
func (d Decimal) IsNegative() bool { return d.Sign() < 0 }

// Neg returns -d.
func (d Decimal) Neg() Decimal {
	if d.long != nil {
		return Decimal{long: new(big.Int).Neg(d.long), form: d.form}
	}
	if d.hi|d.lo != 0 {
		d.form ^= 1
	}
	return d
}

// Abs returns d without its sign.
func (d Decimal) Abs() Decimal {
	if d.IsNegative() {
		return d.Neg()
	}
	return d
}

// Below reports whether the size of d is below 10^n. It does not allocate unless the two are near.
func (d Decimal) Below(n int32) bool {
	size := bits.Len64(d.lo)
	switch {
	case d.long != nil:
		size = d.long.BitLen()
	case d.hi != 0:
		size = 64 + bits.Len64(d.hi)
	}
	// A number of that many bits has no more digits than this: log10(2) is below 0.30103.
	if int64(size)*30103/100000+1+int64(d.exp()) <= int64(n) {
		return true
	}
	return d.Abs().LessThan(NewDecimal(1, n))
}

// Shift returns d × 10^n.
func (d Decimal) Shift(n int32) Decimal {
	d.form = formOf(d.exp()+n, d.neg())
	return d
}

// times10 returns (hi, lo) × 10^n where that fits 128 bits.
func times10(hi, lo uint64, n int32) (uint64, uint64, bool) {
	for n > 0 && hi|lo != 0 {
		if n >= 2*int32(len(pow10)) {
			return 0, 0, false
		}
		step := min(n, int32(len(pow10)-1))
		over, h := bits.Mul64(hi, pow10[step])
		carry, l := bits.Mul64(lo, pow10[step])
		h, c := bits.Add64(h, carry, 0)
		if over|c != 0 {
			return 0, 0, false
		}
		hi, lo, n = h, l, n-step
	}
	return hi, lo, true
}

// common brings two short numbers to the lower of their exponents. It reports false where that takes more than 128 bits.
func common(a, b Decimal) (Decimal, Decimal, bool) {
	if a.long != nil || b.long != nil {
		return a, b, false
	}
	ok := true
	switch {
	case a.exp() > b.exp():
		if int64(a.exp())-int64(b.exp()) > MaxDigits {
			return a, b, false
		}
		a.hi, a.lo, ok = times10(a.hi, a.lo, a.exp()-b.exp())
		a.form = formOf(b.exp(), a.neg())
	case a.exp() < b.exp():
		if int64(b.exp())-int64(a.exp()) > MaxDigits {
			return a, b, false
		}
		b.hi, b.lo, ok = times10(b.hi, b.lo, b.exp()-a.exp())
		b.form = formOf(a.exp(), b.neg())
	}
	return a, b, ok
}

// compareBits compares two magnitudes.
func compareBits(a, b Decimal) int {
	if a.hi != b.hi {
		return cmp.Compare(a.hi, b.hi)
	}
	return cmp.Compare(a.lo, b.lo)
}

// Add returns d + e.
func (d Decimal) Add(e Decimal) Decimal {
	a, b, ok := common(d, e)
	if !ok {
		return fromBig(d.big().Add(e.big()))
	}
	if a.neg() == b.neg() {
		lo, c := bits.Add64(a.lo, b.lo, 0)
		hi, c := bits.Add64(a.hi, b.hi, c)
		if c != 0 {
			return fromBig(d.big().Add(e.big()))
		}
		return short(hi, lo, a.exp(), a.neg())
	}
	if compareBits(a, b) < 0 {
		a, b = b, a
	}
	lo, c := bits.Sub64(a.lo, b.lo, 0)
	hi, _ := bits.Sub64(a.hi, b.hi, c)
	return short(hi, lo, a.exp(), a.neg())
}

// Sub returns d - e.
func (d Decimal) Sub(e Decimal) Decimal { return d.Add(e.Neg()) }

// Mul returns d × e.
func (d Decimal) Mul(e Decimal) Decimal {
	if d.long != nil || e.long != nil || d.hi != 0 && e.hi != 0 {
		return fromBig(d.big().Mul(e.big()))
	}
	if d.hi == 0 { // at most one of them has an upper half
		d, e = e, d
	}
	over, hi := bits.Mul64(d.hi, e.lo)
	carry, lo := bits.Mul64(d.lo, e.lo)
	hi, c := bits.Add64(hi, carry, 0)
	if over|c != 0 {
		return fromBig(d.big().Mul(e.big()))
	}
	return short(hi, lo, d.exp()+e.exp(), d.neg() != e.neg())
}

// Cmp returns -1, 0 or +1 as d is less than, equal to or greater than e.
func (d Decimal) Cmp(e Decimal) int {
	if x, y := d.Sign(), e.Sign(); x != y || x == 0 {
		return cmp.Compare(x, y)
	}
	a, b, ok := common(d, e)
	if !ok {
		return d.big().Cmp(e.big())
	}
	if a.neg() {
		a, b = b, a
	}
	return compareBits(a, b)
}

// Compare is Cmp.
func (d Decimal) Compare(e Decimal) int { return d.Cmp(e) }

// Equal reports whether d and e are the same number.
func (d Decimal) Equal(e Decimal) bool {
	if d.long == nil && e.long == nil {
		if d.exp() == e.exp() {
			return d == e
		}
		if d.exp() < e.exp() {
			d, e = e, d
		}
		// Where they are the same, e's coefficient is d's times ten as often, and so even as often.
		if n := int64(d.exp()) - int64(e.exp()); d.neg() != e.neg() || n < 64 && e.lo&(1<<n-1) != 0 {
			return false
		}
	}
	return d.Cmp(e) == 0
}

// LessThan reports whether d < e.
func (d Decimal) LessThan(e Decimal) bool { return d.Cmp(e) < 0 }

// GreaterThan reports whether d > e.
func (d Decimal) GreaterThan(e Decimal) bool { return d.Cmp(e) > 0 }

// GreaterThanOrEqual reports whether d ≥ e.
func (d Decimal) GreaterThanOrEqual(e Decimal) bool { return d.Cmp(e) >= 0 }

// BigInt returns the whole part of d.
func (d Decimal) BigInt() *big.Int { return d.big().BigInt() }

// IntPart returns the whole part of d, which the caller knows to fit.
func (d Decimal) IntPart() int64 {
	if d.long == nil && d.hi == 0 && d.exp() == 0 && d.lo>>63 == 0 {
		if d.neg() {
			return -int64(d.lo)
		}
		return int64(d.lo)
	}
	return d.big().IntPart()
}

// IsInteger reports whether d has nothing after the point.
func (d Decimal) IsInteger() bool { return d.exp() >= 0 || d.big().IsInteger() }

// Rat returns d as a fraction.
func (d Decimal) Rat() *big.Rat { return d.big().Rat() }

// Hash spreads numbers evenly, for tables of those that come often. Numbers that are == have the same hash; equal ones of
// different exponents need not.
func (d Decimal) Hash() uint64 {
	hi, lo := bits.Mul64(d.lo^uint64(uint32(d.exp()))<<32^0x9e3779b97f4a7c15, 0xd1b54a32d192ed03)
	return hi ^ lo ^ d.hi
}
