package money

// number is the text of a decimal taken apart: its value is ±digits[:count] × 10^exponent. Leading zeros are gone, so
// that count is 0 exactly when the value is.
type number struct {
	digits   [MaxDigits]byte // ASCII
	count    int
	exponent int32
	neg      bool
}

// scan takes any number within the bounds apart. It is the one definition of what a number looks like; the fast path
// of ParseFixed accepts a subset of it.
func scan[T string | []byte](s T) (n number, err error) {
	i := 0
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		n.neg = s[0] == '-'
		i = 1
	}
	seen, fraction, point := 0, int32(0), false
	for ; i < len(s); i++ {
		c := s[i]
		if c == '.' && !point {
			point = true
			continue
		}
		if c < '0' || c > '9' {
			break
		}
		if seen++; seen > MaxDigits {
			return n, ErrLimit
		}
		if point {
			fraction++
		}
		if n.count > 0 || c != '0' {
			n.digits[n.count] = c
			n.count++
		}
	}
	if seen == 0 {
		return n, ErrSyntax
	}
	exponent, err := scanExponent(s[i:])
	n.exponent = exponent - fraction
	return n, err
}

// scanExponent reads what follows the digits: nothing, or e, an optional sign and digits.
func scanExponent[T string | []byte](s T) (int32, error) {
	if len(s) == 0 {
		return 0, nil
	}
	if s[0] != 'e' && s[0] != 'E' {
		return 0, ErrSyntax
	}
	i, sign := 1, int32(1)
	if len(s) > 1 && (s[1] == '-' || s[1] == '+') {
		if s[1] == '-' {
			sign = -1
		}
		i = 2
	}
	if i == len(s) {
		return 0, ErrSyntax
	}
	exponent := int32(0)
	for ; i < len(s); i++ {
		c := s[i]
		if c < '0' || c > '9' {
			return 0, ErrSyntax
		}
		// Clamped rather than returned at once, so that 1e999x is bad syntax and not a long number.
		exponent = min(exponent*10+int32(c-'0'), MaxExponent+1)
	}
	if exponent > MaxExponent {
		return 0, ErrLimit
	}
	return sign * exponent, nil
}
