package money

import (
	"encoding/binary"
	"math/bits"
)

// ParseFixed reads a number as ParseDecimal does, into 18 decimal places. Zeros beyond the last place are dropped; any
// other digit there is ErrPrecision. The other errors are ErrSyntax, ErrLimit and ErrOverflow, all unwrapped: parsing
// never allocates.
func ParseFixed(b []byte) (Fixed, error) {
	if v, ok := parseFast(b); ok {
		return v, nil
	}
	if v, ok := parseLonger(b); ok {
		return v, nil
	}
	return parseSlow(b)
}

// parseLonger reads what has no exponent, and up to eighteen digits on either side of a point. It reports false on anything
// else, right or wrong.
func parseLonger(b []byte) (Fixed, bool) {
	neg := false
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		neg = b[0] == '-'
		b = b[1:]
	}
	whole, n := leadingDigits(b)
	if n == 0 || n > Scale {
		return Fixed{}, false
	}
	fraction, places := uint64(0), 0
	if n < len(b) {
		if fraction, places = leadingDigits(b[n+1:]); b[n] != '.' || places == 0 || places > Scale || n+1+places < len(b) {
			return Fixed{}, false
		}
	}
	hi, lo := mulAdd(0, whole, pow10[Scale], fraction*pow10[Scale-places])
	return Fixed{int64(hi), lo}.signed(neg), true
}

// leadingDigits reads the digits that b begins with, and returns how many they are. More than eighteen are no number here.
func leadingDigits(b []byte) (v uint64, n int) {
	for n < 16 && n+8 <= len(b) {
		w := binary.LittleEndian.Uint64(b[n:]) ^ each*'0'
		if (w+each*0x76|w)&(each*0x80) != 0 {
			break
		}
		v, n = v*1e8+eightDigits(w), n+8
	}
	for ; n <= Scale && n < len(b) && b[n]-'0' <= 9; n++ {
		v = v*10 + uint64(b[n]-'0')
	}
	return v, n
}

// parseFast reads what fits sixteen bytes after the sign and has no exponent, which is nearly every number there is. It
// reports false on anything else, right or wrong. Sixteen bytes are two words, the first byte lowest: the point is
// found and closed up, the digits are moved to the upper end so that noughts lead, and each word turns into eight
// digits with three multiplications, without a loop or a branch per digit.
func parseFast(b []byte) (Fixed, bool) {
	neg := false
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		neg = b[0] == '-'
		b = b[1:]
	}
	var lo, hi uint64
	digits := uint(len(b))
	switch n := len(b); {
	case n >= 8 && n <= 16:
		lo = binary.LittleEndian.Uint64(b)
		hi = binary.LittleEndian.Uint64(b[n-8:]) >> (8 * uint(16-n))
	case n >= 4 && n < 8: // the two halves overlap in equal bytes
		lo = uint64(binary.LittleEndian.Uint32(b)) | uint64(binary.LittleEndian.Uint32(b[n-4:]))<<(8*uint(n-4))
	case n >= 1 && n < 4:
		lo = uint64(b[0]) | uint64(b[n/2])<<(8*uint(n/2)) | uint64(b[n-1])<<(8*uint(n-1))
	default:
		return Fixed{}, false
	}
	places := uint(0)
	if at := pointIn(lo); at < 8 {
		digits--
		places = digits - at
		keep := uint64(1)<<(8*at) - 1
		lo, hi = lo&keep|(lo>>8|hi<<56)&^keep, hi>>8
	} else if at := pointIn(hi); at < 8 {
		digits--
		places = digits - 8 - at
		keep := uint64(1)<<(8*at) - 1
		hi = hi&keep | hi>>8&^keep
	}
	lo, hi = lo^each*'0', hi^each*'0'
	if shift := 8 * (16 - digits); shift >= 64 {
		lo, hi = 0, lo<<(shift-64)
	} else {
		lo, hi = lo<<shift, hi<<shift|lo>>(64-shift)
	}
	if ((lo+each*0x76|lo)|(hi+each*0x76|hi))&(each*0x80) != 0 || digits == 0 { // a byte above 9
		return Fixed{}, false
	}
	high, low := bits.Mul64(eightDigits(lo)*1e8+eightDigits(hi), pow10[Scale-places])
	return Fixed{int64(high), low}.signed(neg), true
}

// each times a byte is that byte in each place of a word.
const each = 0x0101010101010101

// pointIn returns the place of the first point in the word, or 8.
func pointIn(w uint64) uint {
	w ^= each * '.'
	return uint(bits.TrailingZeros64((w-each)&^w&(each*0x80))) / 8
}

// eightDigits returns the number whose decimal digits are the bytes of w, the lowest byte first: it adds neighbours
// into pairs, pairs into fours and fours into eight.
func eightDigits(w uint64) uint64 {
	w = w*10 + w>>8
	return ((w&0x000000FF000000FF)*(100+1000000<<32) + (w>>16&0x000000FF000000FF)*(1+10000<<32)) >> 32
}

// parseSlow reads every number within the bounds.
func parseSlow(b []byte) (Fixed, error) {
	n, err := scan(b)
	if err != nil {
		return Fixed{}, err
	}
	for n.count > 0 && n.digits[n.count-1] == '0' {
		n.count--
		n.exponent++
	}
	shift := Scale + int(n.exponent) // value in units of the last place: digits × 10^shift
	switch {
	case n.count == 0:
		return Fixed{}, nil
	case shift < 0:
		return Fixed{}, ErrPrecision
	case n.count+shift > Precision: // the first digit is not zero, so this is exact
		return Fixed{}, ErrOverflow
	}
	first := min(n.count, 19)
	hi, lo := mulAdd(0, small(n.digits[:first]), pow10[n.count-first], small(n.digits[first:n.count]))
	if shift > 19 {
		hi, lo = mulAdd(hi, lo, pow10[19], 0)
		shift -= 19
	}
	hi, lo = mulAdd(hi, lo, pow10[shift], 0)
	return Fixed{int64(hi), lo}.signed(n.neg), nil
}

// small returns the number that at most 19 digits make.
func small(digits []byte) (v uint64) {
	for _, c := range digits {
		v = v*10 + uint64(c-'0')
	}
	return v
}

// mulAdd returns v × m + a for the 128-bit v = hi:lo. The caller knows that the result fits.
func mulAdd(hi, lo, m, a uint64) (uint64, uint64) {
	carry, low := bits.Mul64(lo, m)
	low, c := bits.Add64(low, a, 0)
	return hi*m + carry + c, low
}
