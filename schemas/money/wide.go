package money

import (
	"cmp"
	"math"
	"math/big"
	"math/bits"
)

// ProductScale is the number of decimal places of a product of two Fixed.
const ProductScale = 2 * Scale

// Wide is a product of two Fixed, or a sum of such products, without loss: a two's complement 256-bit integer, least
// significant word first. It does not know its scale, which is [ProductScale] unless the caller made it otherwise. Its
// zero value is 0.
type Wide [4]uint64

// MulWide returns a × b at ProductScale. Every product of two Fixed fits.
func MulWide(a, b Fixed) Wide {
	x, y := a.Abs(), b.Abs()
	w := mulWide(uint64(x.Hi), x.Lo, uint64(y.Hi), y.Lo)
	if (a.Hi < 0) != (b.Hi < 0) {
		return w.Neg()
	}
	return w
}

// mulWide multiplies two magnitudes.
func mulWide(xhi, xlo, yhi, ylo uint64) (w Wide) {
	h00, l00 := bits.Mul64(xlo, ylo)
	h01, l01 := bits.Mul64(xlo, yhi)
	h10, l10 := bits.Mul64(xhi, ylo)
	h11, l11 := bits.Mul64(xhi, yhi)
	var c, d uint64
	w[0] = l00
	w[1], c = bits.Add64(h00, l01, 0)
	w[2], c = bits.Add64(h01, l11, c)
	w[3] = h11 + c
	w[1], d = bits.Add64(w[1], l10, 0)
	w[2], d = bits.Add64(w[2], h10, d)
	w[3] += d
	return w
}

// Add returns w + v, which must be at the same scale, or ErrOverflow beyond 255 bits and a sign.
func (w Wide) Add(v Wide) (Wide, error) {
	var s Wide
	var c uint64
	for i := range s {
		s[i], c = bits.Add64(w[i], v[i], c)
	}
	if (s[3]^w[3])&(s[3]^v[3])>>63 != 0 {
		return Wide{}, ErrOverflow
	}
	return s, nil
}

// Neg returns -w.
func (w Wide) Neg() Wide {
	var n Wide
	var b uint64
	for i := range n {
		n[i], b = bits.Sub64(0, w[i], b)
	}
	return n
}

// Sign returns -1, 0 or +1.
func (w Wide) Sign() int {
	switch {
	case int64(w[3]) < 0:
		return -1
	case w == Wide{}:
		return 0
	default:
		return 1
	}
}

// Cmp returns -1, 0 or +1 as w is less than, equal to or greater than v, at the same scale.
func (w Wide) Cmp(v Wide) int {
	if int64(w[3]) != int64(v[3]) {
		if int64(w[3]) < int64(v[3]) {
			return -1
		}
		return 1
	}
	for i := 2; i >= 0; i-- {
		if w[i] != v[i] {
			if w[i] < v[i] {
				return -1
			}
			return 1
		}
	}
	return 0
}

// Decimal returns w × 10^-scale, exactly.
func (w Wide) Decimal(scale int32) Decimal {
	m, neg := w, w.Sign() < 0
	if neg {
		m = w.Neg()
	}
	if m[2]|m[3] == 0 {
		return short(m[1], m[0], -scale, neg)
	}
	v := new(big.Int)
	for i := 3; i >= 0; i-- {
		v.Lsh(v, 64).Or(v, new(big.Int).SetUint64(m[i]))
	}
	if neg {
		v.Neg(v)
	}
	return DecimalFromBig(v, -scale)
}

// Round returns w × 10^-fromScale rounded once to toScale decimal places. The result, as every Fixed, is held at 18
// places, so a toScale above that is ErrPrecision; a result out of range is ErrOverflow. It does not allocate.
func (w Wide) Round(fromScale, toScale int32, mode Mode) (Fixed, error) {
	if toScale > Scale {
		return Fixed{}, ErrPrecision
	}
	neg := w.Sign() < 0
	if neg {
		w = w.Neg()
	}
	if cut := int64(fromScale) - int64(toScale); cut > 0 {
		w.cut(cut, neg, mode)
	}
	for up := Scale - int64(min(fromScale, toScale)); up > 0 && w[2]|w[3] == 0 && w.Sign() != 0; {
		step := min(up, 19)
		w.grow(pow10[step], 0)
		up -= step
	}
	v := Fixed{int64(w[1]), w[0]}
	if w[2]|w[3] != 0 || v.Hi < 0 || !v.inRange() {
		return Fixed{}, ErrOverflow
	}
	return v.signed(neg), nil
}

// cut rounds the magnitude w of a number to its digits without the last n. All but one of these go first and leave
// only whether any was not zero; the one that remains tells the side of the half.
func (w *Wide) cut(n int64, neg bool, mode Mode) {
	n = min(n, 78) // no Wide has more than 77 digits
	sticky := false
	for n > 1 {
		step := min(n-1, 19)
		sticky = w.shrink(pow10[step]) != 0 || sticky
		n -= step
	}
	digit := w.shrink(10)
	half := cmp.Compare(digit, 5)
	if half == 0 && sticky {
		half = 1
	}
	if (digit != 0 || sticky) && mode.away(neg, w[0]&1 == 1, half) {
		w.grow(1, 1)
	}
}

// shrink divides the magnitude w by d and returns the remainder.
func (w *Wide) shrink(d uint64) (rest uint64) {
	for i := 3; i >= 0; i-- {
		w[i], rest = bits.Div64(rest, w[i], d)
	}
	return rest
}

// grow turns the magnitude w into w × m + a. The caller knows that it fits.
func (w *Wide) grow(m, a uint64) {
	for i := range w {
		hi, lo := bits.Mul64(w[i], m)
		lo, carry := bits.Add64(lo, a, 0)
		w[i], a = lo, hi+carry
	}
}

// raise turns the magnitude w into w × 10^n and reports true, unless that might take more than 256 bits.
func (w *Wide) raise(n int64) bool {
	size := 0
	for i, word := range w {
		if word != 0 {
			size = 64*i + bits.Len64(word)
		}
	}
	if n > 77 || int64(size)+n*3322/1000+1 > 256 { // log2(10) is below 3.322
		return false
	}
	for n > 0 {
		step := min(n, int64(len(pow10)-1))
		w.grow(pow10[step], 0)
		n -= step
	}
	return true
}

// divide divides the magnitude w by hi:lo, which is not 0, and returns the remainder.
func (w *Wide) divide(hi, lo uint64) (resthi, restlo uint64) {
	if hi == 0 {
		return 0, w.shrink(lo)
	}
	// Long division (Knuth, The Art of Computer Programming, 4.3.1, D) by two digits of base 2^64, the first of them with its
	// top bit set: a digit of the quotient is that of the first three digits by the first, or one or two less.
	s := uint(bits.LeadingZeros64(hi))
	hi, lo = hi<<s|lo>>(64-s), lo<<s
	top := w[3] >> (64 - s)
	for i := 3; i > 0; i-- {
		w[i] = w[i]<<s | w[i-1]>>(64-s)
	}
	w[0] <<= s
	u1, u0 := top, w[3]
	for i := 2; i >= 0; i-- {
		q, rest, over := uint64(math.MaxUint64), uint64(0), uint64(0)
		if u1 < hi {
			q, rest = bits.Div64(u1, u0, hi)
		} else {
			rest, over = bits.Add64(u0, hi, 0)
		}
		ph, pl := bits.Mul64(q, lo)
		for over == 0 && (ph > rest || ph == rest && pl > w[i]) {
			q--
			rest, over = bits.Add64(rest, hi, 0)
			ph, pl = bits.Mul64(q, lo)
		}
		var borrow uint64
		u0, borrow = bits.Sub64(w[i], pl, 0)
		u1, _ = bits.Sub64(rest, ph, borrow)
		w[i+1] = q
	}
	w[0], w[1], w[2], w[3] = w[1], w[2], w[3], 0
	return u1 >> s, u0>>s | u1<<(64-s)
}
