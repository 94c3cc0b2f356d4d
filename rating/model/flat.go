package model

import (
	"daybook/schemas"
	"daybook/schemas/money"
)

// flat costs its amount, whatever the quantity.
func (m *Model) flat(t *Trail) Number {
	return t.Add(OpGiven, "a flat price", *m.Terms.Amount, Fact("amount", *m.Terms.Amount))
}

// perUnit costs q × unit price.
func (m *Model) perUnit(t *Trail, q Number) Number {
	return t.Mul("quantity by unit price", In("quantity", m.notNegative(t, q)), Fact("unit_price", *m.Terms.UnitPrice))
}

// dynamic costs q × multiplier, where q is an amount of money that the usage brought with it.
func (m *Model) dynamic(t *Trail, q Number) Number {
	return t.Mul("the amount of the usage by the multiplier", In("amount", m.notNegative(t, q)), Fact("multiplier", *m.Terms.Multiplier))
}

// notNegative applies the policy for negative quantities to a model that prices both signs alike.
func (m *Model) notNegative(t *Trail, q Number) Number {
	if !q.V.IsNegative() || m.Policy.Negative != schemas.NegativeZero {
		return q
	}
	return t.Most("a negative quantity counts as none", In("quantity", q), Fact("least", money.Zero))
}
