package model

import "daybook/schemas"

// Resolve makes one policy of several, the most special first: each choice is the first that is made, and the default
// of its type where none is.
func Resolve(levels ...schemas.RatingPolicy) schemas.RatingPolicy {
	var p schemas.RatingPolicy
	for _, l := range levels {
		first(&p.TierFlatFee, l.TierFlatFee)
		first(&p.FlatFeeProration, l.FlatFeeProration)
		first(&p.ZeroUsage, l.ZeroUsage)
		first(&p.TierBound, l.TierBound)
		first(&p.Negative, l.Negative)
		first(&p.PriceChange, l.PriceChange)
		first(&p.TerminationDay, l.TerminationDay)
		first(&p.DiscountOrder, l.DiscountOrder)
		first(&p.PercentBase, l.PercentBase)
		first(&p.MinimumBasis, l.MinimumBasis)
		first(&p.TaxRounding, l.TaxRounding)
		first(&p.CreditTax, l.CreditTax)
		first(&p.CostBasis, l.CostBasis)
		first(&p.RoundAt, l.RoundAt)
		if p.CreditOrder == nil {
			p.CreditOrder = l.CreditOrder
		}
		if p.Rounding == nil {
			p.Rounding = l.Rounding
		}
	}
	first(&p.TierFlatFee, schemas.FlatFeeOnEntry)
	first(&p.FlatFeeProration, schemas.FlatFeeByTime)
	first(&p.ZeroUsage, schemas.ZeroFirstFlat)
	first(&p.TierBound, schemas.BoundInclusive)
	first(&p.Negative, schemas.NegativeMirror)
	first(&p.PriceChange, schemas.ChangeContinue)
	first(&p.TerminationDay, schemas.TerminationExclusive)
	first(&p.DiscountOrder, schemas.OrderPercentFirst)
	first(&p.PercentBase, schemas.BaseRemaining)
	first(&p.MinimumBasis, schemas.MinimumAfterDiscounts)
	first(&p.TaxRounding, schemas.TaxPerLine)
	first(&p.CreditTax, schemas.CreditBeforeTax)
	first(&p.CostBasis, schemas.CostEffective)
	first(&p.RoundAt, schemas.RoundLine)
	if p.CreditOrder == nil {
		p.CreditOrder = []schemas.CreditKey{schemas.CreditByPriority, schemas.CreditByExpiry, schemas.CreditByCreation}
	}
	return p
}

func first[T ~string](into *T, v T) {
	if *into == "" {
		*into = v
	}
}
