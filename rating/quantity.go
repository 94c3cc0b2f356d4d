package rating

import (
	"fmt"

	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

func convertRound(t *model.Trail, q model.Number, c *schemas.UnitConversion) model.Number {
	if c == nil {
		return q
	}
	mode, exact := model.QuantityMode(c.Round)
	switch {
	case c.Divide != nil && exact:
		return t.DivRound("converted to "+c.Unit, model.In("quantity", q), model.Fact("divide", *c.Divide), model.WorkPlaces, money.HalfEven)
	case c.Divide != nil:
		return t.DivRound("converted to "+c.Unit, model.In("quantity", q), model.Fact("divide", *c.Divide), c.Places, mode)
	case c.Multiply != nil:
		q = t.Mul("converted to "+c.Unit, model.In("quantity", q), model.Fact("multiply", *c.Multiply))
	}
	if exact {
		return q
	}
	return t.Round("rounded before pricing", model.In("quantity", q), c.Places, mode)
}

// allowFree takes a free quantity off, but not below zero.
func allowFree(t *model.Trail, q model.Number, what string, free model.Operand) model.Number {
	q = t.Sub("after "+what, model.In("quantity", q), free)
	return t.Most("but not below zero", model.In("quantity", q), model.Fact("least", money.Zero))
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
	return model.CheckQuantityRounding("convert.round", c.Round)
}
