package rating

import (
	"fmt"

	"daybook/schemas"
	"daybook/schemas/money"
)

// Valuer states charges in the provider's currency, at the rates that they would be billed at in it. Most charges are in a
// currency and of a day that the one before was of.
type Valuer struct {
	plan   *Plan
	into   money.Currency
	places int32

	from  money.Currency
	day   schemas.Date
	found bool
	value schemas.Valued // the rate alone
	exact money.Ratio
}

// NewValuer returns one for a currency. The error is a currency without a minor unit.
func (p *Plan) NewValuer(into money.Currency) (*Valuer, error) {
	places, ok := money.MinorUnits(into)
	if !ok {
		return nil, fmt.Errorf("value charges: currency %q has no minor unit; correct the provider's currency", into)
	}
	return &Valuer{plan: p, into: into, places: places}, nil
}

// Value sets the charge's value in the provider's currency: the amount rounded to its minor unit, so that a sum of charges
// is a sum of what is kept in the books, and the cost at the places of datasets. What has no rate has no value. The error is
// an amount that no dataset could hold.
func (v *Valuer) Value(c *schemas.Charge) error {
	day := v.plan.rateDayOf(c)
	if c.Currency == v.into {
		c.Value = schemas.Valued{Currency: v.into, Known: true, Rate: money.One, Day: day, Amount: c.Amount, Cost: c.PeerCost}
		return nil
	}
	if v.from != c.Currency || v.day != day {
		if err := v.look(c.Currency, day); err != nil {
			return err
		}
	}
	c.Value = v.value
	if !v.found {
		return nil
	}
	var err error
	if c.Value.Amount, err = money.MulDivRound(c.Amount, v.exact.Num, v.exact.Den, v.places, money.HalfEven); err != nil {
		return fmt.Errorf("value charge %s in %s: %w", c.ID, v.into, err)
	}
	if c.Value.Cost, err = money.MulDivRound(c.PeerCost, v.exact.Num, v.exact.Den, money.Scale, money.HalfEven); err != nil {
		return fmt.Errorf("value the cost of charge %s in %s: %w", c.ID, v.into, err)
	}
	return nil
}

// look finds the rate of a day. What is shown of it has the places of datasets; amounts are converted by all of it.
func (v *Valuer) look(from money.Currency, day schemas.Date) error {
	v.from, v.day, v.value = from, day, schemas.Valued{Currency: v.into}
	var c schemas.Conversion
	if c, v.found = v.plan.convert(from, v.into, day); !v.found {
		return nil
	}
	rate, err := money.DivRound(c.Factor.Num, c.Factor.Den, money.Scale, money.HalfEven)
	if err != nil {
		return fmt.Errorf("state the exchange rate from %s to %s: %w", from, v.into, err)
	}
	v.exact = c.Factor
	v.value.Known, v.value.Rate, v.value.Day = true, rate, c.Legs[0].Day
	for _, leg := range c.Legs {
		if leg.Day.Before(v.value.Day) {
			v.value.Day = leg.Day
		}
	}
	return nil
}
