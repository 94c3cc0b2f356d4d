package rating_test

import (
	"fmt"
	"math/big"

	"daybook/schemas"
	"daybook/schemas/money"
)

// changing is a recurring price, with flat fees in full, of a quantity that changes inside its period. The quantity is none at
// the start of the period.
type changing struct {
	terms    schemas.Terms
	policy   schemas.RatingPolicy
	rounding *schemas.RoundingRule
}

// billedChanges bills one recurring period: quantities are added, each with the share of the period that is left. Changes that
// do not stand in order of time are billed one by one, by what each adds to a period that had what came before it.
func billedChanges(x *changing, added []money.Decimal, left []*big.Rat) (money.Decimal, error) {
	if len(added) != len(left) {
		return money.Zero, fmt.Errorf("%d changes, but %d shares", len(added), len(left))
	}
	inOrder := true
	for i := range left {
		inOrder = inOrder && (i == 0 || left[i].Cmp(left[i-1]) <= 0)
	}
	levels := []money.Decimal{money.Zero}
	for i := range added {
		levels = append(levels, levels[i].Add(added[i]))
	}
	if inOrder {
		return x.bill(levels, left)
	}
	total, err := x.bill(levels[:1], nil)
	for i := range left {
		with, e := x.bill(levels[i:i+2], left[i:i+1])
		without, e2 := x.bill(levels[i:i+1], nil)
		if e != nil || e2 != nil {
			return total, fmt.Errorf("change %d: %w %w", i+1, e, e2)
		}
		total = total.Add(with).Sub(without)
	}
	return total, err
}

// bill is a period of so many days that each share is of whole days, with its first level and one after each change.
func (x *changing) bill(levels []money.Decimal, left []*big.Rat) (money.Decimal, error) {
	days := big.NewInt(1)
	for _, s := range left {
		common := new(big.Int).GCD(nil, nil, days, s.Denom())
		days.Mul(days, new(big.Int).Quo(s.Denom(), common))
	}
	y, err := part(money.DecimalFromBig(days, 0), money.DecimalFromBig(days, 0), schemas.Price{ID: "p", Currency: "EUR", Terms: x.terms, Policy: x.policy})
	if err != nil {
		return money.Zero, err
	}
	y.offering().Prices[0].Policy.FlatFeeProration = schemas.FlatFeeOnce
	y.roundBy(x.rounding)
	s := y.subscription()
	s.Quantity = &levels[0]
	for i, share := range left {
		after := new(big.Int).Quo(new(big.Int).Mul(new(big.Int).Sub(share.Denom(), share.Num()), days), share.Denom())
		s.Changes = append(s.Changes, schemas.Change{On: s.Start.AddDays(int(after.Int64())), Kind: schemas.ChangeQuantity, Quantity: &levels[i+1]})
	}
	return y.bill()
}
