package rating

import (
	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// tierFees prices the stretches of one recurring period in order of time, and remembers what flat fees of tiers it charged
// in full, where the policy charges them once.
type tierFees struct {
	model   model.Model
	reached bool
	highest money.Decimal // quantity so far, once one is reached
	charged money.Decimal
}

// price is what a quantity costs for a part of the period.
func (f *tierFees) price(t *model.Trail, x *price, q model.Number, part Part) model.Number {
	u := model.Usage{Quantity: q.V}
	f.model.Quantity = q
	switch {
	case x.Timing == schemas.TimingOnce:
		return f.model.Price(t, &u)
	case x.policy.FlatFeeProration != schemas.FlatFeeOnce || x.Terms.Model == schemas.ModelStairstep || len(x.Terms.Tiers) == 0:
		return prorate(t, f.model.Price(t, &u), x.Prorate, part)
	}
	units, policy := f.model, x.policy
	policy.TierFlatFee, units.Policy = schemas.FlatFeeNever, &policy
	amount := prorate(t, units.Price(t, &u), x.Prorate, part)
	fee := f.due(q.V)
	if fee.IsZero() {
		return amount
	}
	return t.Sum("with the flat fees that the highest quantity adds", model.In("amount", amount), model.Fact("flat_fee", fee))
}

// due is what a quantity adds to the flat fees that were charged: those of the highest quantity so far.
func (f *tierFees) due(q money.Decimal) money.Decimal {
	if !f.reached || q.GreaterThan(f.highest) {
		f.reached, f.highest = true, q
	}
	fees := f.model.FlatFees(f.highest)
	more := fees.Sub(f.charged)
	f.charged = fees
	return more
}
