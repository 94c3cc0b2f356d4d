package rating

import (
	"fmt"

	"daybook/schemas"
	"daybook/schemas/money"
)

// ConvertRound turns a metered quantity into a priced one: multiplied or divided by a factor, then rounded by policy.
// A nil conversion leaves the quantity as it is. The error says what is wrong with the conversion.
func ConvertRound(quantity money.Decimal, c *schemas.UnitConversion) (money.Decimal, error) {
	if err := checkConversion(c); err != nil {
		return money.Zero, err
	}
	t := trail{quiet: true}
	return t.convertRound(given(quantity), c).v, nil
}

func (t *trail) convertRound(q number, c *schemas.UnitConversion) number {
	if c == nil {
		return q
	}
	mode, exact := quantityMode(c.Round)
	switch {
	case c.Divide != nil && exact:
		return t.divRound("converted to "+c.Unit, in("quantity", q), fact("divide", *c.Divide), WorkPlaces, money.HalfEven)
	case c.Divide != nil:
		return t.divRound("converted to "+c.Unit, in("quantity", q), fact("divide", *c.Divide), c.Places, mode)
	case c.Multiply != nil:
		q = t.mul("converted to "+c.Unit, in("quantity", q), fact("multiply", *c.Multiply))
	}
	if exact {
		return q
	}
	return t.round("rounded before pricing", in("quantity", q), c.Places, mode)
}

func checkConversion(c *schemas.UnitConversion) error {
	switch {
	case c == nil:
		return nil
	case c.Divide != nil && c.Multiply != nil:
		return fmt.Errorf("convert to %s: it both multiplies and divides, choose one", c.Unit)
	case c.Divide != nil && c.Divide.IsZero():
		return fmt.Errorf("convert to %s: it divides by zero", c.Unit)
	}
	return checkQuantityRounding("convert.round", c.Round)
}

// Billable returns what of a quantity is charged after free units that span the period, of which earlier slices of the
// period used some: before is the quantity of those slices.
func Billable(before, quantity, free money.Decimal) money.Decimal {
	return aboveZero(before.Add(quantity).Sub(free)).Sub(aboveZero(before.Sub(free)))
}

func aboveZero(v money.Decimal) money.Decimal { return higher(v, money.Zero) }
