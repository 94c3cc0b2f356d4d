package rating

import (
	"fmt"

	"daybook/schemas"
	"daybook/schemas/money"
)

func convertRound(t *trail, q number, c *schemas.UnitConversion) number {
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

// allowFree takes a free quantity off, but not below zero.
func allowFree(t *trail, q number, what string, free operand) number {
	q = t.sub("after "+what, in("quantity", q), free)
	return t.most("but not below zero", in("quantity", q), fact("least", money.Zero))
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
