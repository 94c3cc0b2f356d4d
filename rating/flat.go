package rating

import (
	"daybook/schemas"
	"daybook/schemas/money"
)

// flat costs its amount, whatever the quantity.
func (m *model) flat(t *trail) number {
	return t.add(OpGiven, "a flat price", *m.terms.Amount, fact("amount", *m.terms.Amount))
}

// perUnit costs q × unit price.
func (m *model) perUnit(t *trail, q number) number {
	return t.mul("quantity by unit price", in("quantity", m.notNegative(t, q)), fact("unit_price", *m.terms.UnitPrice))
}

// dynamic costs q × multiplier, where q is an amount of money that the usage brought with it.
func (m *model) dynamic(t *trail, q number) number {
	return t.mul("the amount of the usage by the multiplier", in("amount", m.notNegative(t, q)), fact("multiplier", *m.terms.Multiplier))
}

// notNegative applies the policy for negative quantities to a model that prices both signs alike.
func (m *model) notNegative(t *trail, q number) number {
	if !q.v.IsNegative() || m.policy.Negative != schemas.NegativeZero {
		return q
	}
	return t.most("a negative quantity counts as none", in("quantity", q), fact("least", money.Zero))
}
