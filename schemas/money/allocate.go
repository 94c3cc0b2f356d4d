package money

import (
	"fmt"
	"math/big"
	"slices"
)

// Allocate divides total in proportion to weights into parts of the given number of decimal places that add up to
// total exactly. Each part is the exact share rounded down, and the units left over go one each to the parts that lost
// most (the largest-remainder method), the earlier first among equals; so no part is a whole unit away from its exact
// share. A negative total is divided as its opposite is.
//
// A part of weight 0 is 0. No weights, weights that are all 0, a negative weight, and a total with more than the given
// places are errors.
func Allocate(total Decimal, weights []Decimal, places int32) ([]Decimal, error) {
	units := RoundTo(total, places, Down)
	if !units.Equal(total) {
		return nil, fmt.Errorf("allocate %s: it has more than %d decimal places, round it first", total, places)
	}
	whole, err := commonUnits(weights)
	if err != nil {
		return nil, fmt.Errorf("allocate %s: %w", total, err)
	}
	amount, _ := integers(units.Abs(), NewDecimal(1, -places))
	shares := divide(amount, whole)
	parts := make([]Decimal, len(shares))
	for i, share := range shares {
		parts[i] = DecimalFromBig(share, -places)
		if total.IsNegative() {
			parts[i] = parts[i].Neg()
		}
	}
	return parts, nil
}

// commonUnits returns the weights as integers in one unit.
func commonUnits(weights []Decimal) ([]*big.Int, error) {
	least := int32(0)
	for i, w := range weights {
		if w.IsNegative() {
			return nil, fmt.Errorf("weight %d is negative: %s", i+1, w)
		}
		least = min(least, w.Exponent())
	}
	whole := make([]*big.Int, len(weights))
	zero := true
	for i, w := range weights {
		whole[i] = w.Coefficient()
		whole[i].Mul(whole[i], bigPow10(int(w.Exponent())-int(least)))
		zero = zero && whole[i].Sign() == 0
	}
	if zero {
		return nil, fmt.Errorf("none of the %d weights is above zero", len(weights))
	}
	return whole, nil
}

// divide returns the shares of amount ≥ 0 by largest remainder.
func divide(amount *big.Int, weights []*big.Int) []*big.Int {
	sum := new(big.Int)
	for _, w := range weights {
		sum.Add(sum, w)
	}
	left := new(big.Int).Set(amount)
	shares, rests, order := make([]*big.Int, len(weights)), make([]*big.Int, len(weights)), make([]int, len(weights))
	for i, w := range weights {
		shares[i], rests[i] = new(big.Int).QuoRem(new(big.Int).Mul(amount, w), sum, new(big.Int))
		left.Sub(left, shares[i])
		order[i] = i
	}
	// Remainders add up to left × sum and each is below sum, so more parts have one than there are units left.
	slices.SortStableFunc(order, func(a, b int) int { return rests[b].Cmp(rests[a]) })
	for _, i := range order[:left.Int64()] {
		shares[i].Add(shares[i], bigOne)
	}
	return shares
}
