package money

import "math/bits"

// ParseFixed reads a number as ParseDecimal does, into 18 decimal places. Zeros beyond the last place are dropped; any
// other digit there is ErrPrecision. The other errors are ErrSyntax, ErrLimit and ErrOverflow, all unwrapped: parsing
// never allocates.
func ParseFixed(b []byte) (Fixed, error) {
	if v, ok := parseFast(b); ok {
		return v, nil
	}
	return parseSlow(b)
}

// parseFast reads at most 19 digits with at most 18 of them after the point and no exponent, which is nearly every
// number there is. It reports false on anything else, right or wrong.
func parseFast(b []byte) (Fixed, bool) {
	neg := false
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		neg = b[0] == '-'
		b = b[1:]
	}
	var v uint64
	point := -1
	if len(b) == 0 || len(b) > 20 {
		return Fixed{}, false
	}
	for i, c := range b {
		if c == '.' && point < 0 {
			point = i
			continue
		}
		if c -= '0'; c > 9 {
			return Fixed{}, false
		}
		v = v*10 + uint64(c)
	}
	places := 0
	switch {
	case point >= 0:
		places = len(b) - 1 - point
		if len(b) == 1 {
			return Fixed{}, false
		}
	case len(b) == 20:
		return Fixed{}, false
	}
	if places > Scale {
		return Fixed{}, false
	}
	hi, lo := bits.Mul64(v, pow10[Scale-places])
	return Fixed{int64(hi), lo}.signed(neg), true
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
	var hi, lo uint64
	for _, c := range n.digits[:n.count] {
		hi, lo = mulAdd(hi, lo, 10, uint64(c-'0'))
	}
	for ; shift > 0; shift-- {
		hi, lo = mulAdd(hi, lo, 10, 0)
	}
	return Fixed{int64(hi), lo}.signed(n.neg), nil
}

// mulAdd returns v × m + a for the 128-bit v = hi:lo. The caller knows that the result fits.
func mulAdd(hi, lo, m, a uint64) (uint64, uint64) {
	carry, low := bits.Mul64(lo, m)
	low, c := bits.Add64(low, a, 0)
	return hi*m + carry + c, low
}
