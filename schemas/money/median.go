package money

import "slices"

// Median is the middle of the amounts, exact: of an even number of them the mean of the two in the middle, of none 0.
func Median(amounts []Decimal) Decimal {
	n := len(amounts)
	if n == 0 {
		return Zero
	}
	sorted := slices.SortedFunc(slices.Values(amounts), Decimal.Compare)
	if n%2 > 0 {
		return sorted[n/2]
	}
	return sorted[n/2-1].Add(sorted[n/2]).Mul(NewDecimal(5, -1))
}
