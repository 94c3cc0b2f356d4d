package tally

import (
	"cmp"
	"fmt"
	"slices"

	"daybook/schemas/money"
)

// Total is a sum in one currency.
type Total struct {
	Currency money.Currency `json:"currency"`
	Amount   money.Fixed    `json:"amount"`
}

// AddTotal adds amounts to the currency's entry of totals, which stay in order.
func AddTotal(totals *[]Total, c money.Currency, amounts ...money.Fixed) error {
	i, found := slices.BinarySearchFunc(*totals, c, func(t Total, c money.Currency) int { return cmp.Compare(t.Currency, c) })
	if !found {
		*totals = slices.Insert(*totals, i, Total{Currency: c})
	}
	for _, a := range amounts {
		if err := AddAll("amounts", string(c), []*money.Fixed{&(*totals)[i].Amount}, []money.Fixed{a}); err != nil {
			return err
		}
	}
	return nil
}

// AddAll adds each of more to its sum. The error says what of what it is that overflows.
func AddAll(what, of string, sums []*money.Fixed, more []money.Fixed) error {
	for i, m := range more {
		if m.IsZero() {
			continue
		}
		sum, ok := money.AddOK(*sums[i], m)
		if !ok {
			return fmt.Errorf("sum %s of %s: %s + %s: %w", what, of, *sums[i], m, money.ErrOverflow)
		}
		*sums[i] = sum
	}
	return nil
}
