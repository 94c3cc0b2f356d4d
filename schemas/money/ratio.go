package money

import "fmt"

// Ratio is a fraction kept as it was stated, such as 17 days of 31: it is not reduced, so that an explanation can show
// both numbers. The zero value is not a ratio; its Den is 0.
type Ratio struct {
	Num, Den Decimal
}

// NewRatio returns num/den. The denominator must be above zero.
func NewRatio(num, den Decimal) (Ratio, error) {
	if !den.IsPositive() {
		return Ratio{}, fmt.Errorf("ratio %s/%s: the denominator must be above zero", num, den)
	}
	return Ratio{num, den}, nil
}

// Mul returns r × s, unreduced.
func (r Ratio) Mul(s Ratio) Ratio { return Ratio{r.Num.Mul(s.Num), r.Den.Mul(s.Den)} }

// Cmp returns -1, 0 or +1 as r is less than, equal to or greater than s. Both denominators are above zero.
func (r Ratio) Cmp(s Ratio) int { return r.Num.Mul(s.Den).Cmp(s.Num.Mul(r.Den)) }

// IsOne reports whether r is 1, that is, whether applying it changes nothing.
func (r Ratio) IsOne() bool { return r.Num.Equal(r.Den) && !r.Den.IsZero() }

// Apply returns d × r rounded once to the given number of decimal places. The error is ErrZero, wrapped, for the zero
// Ratio.
func (r Ratio) Apply(d Decimal, places int32, mode Mode) (Decimal, error) {
	return MulDivRound(d, r.Num, r.Den, places, mode)
}

// String returns "num/den".
func (r Ratio) String() string { return r.Num.String() + "/" + r.Den.String() }
