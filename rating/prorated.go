package rating

import (
	"fmt"
	"math/big"

	"daybook/schemas"
	"daybook/schemas/money"
)

// TierSlice returns how many of the units lie in one tier that begins at from, and what they cost: units × unit price, or
// percent for the graduated percentage, and the flat fee, once the tier is entered; the first tier always is.
func TierSlice(tier schemas.Tier, from, quantity money.Decimal) (units, amount money.Decimal) {
	if !from.IsZero() && !quantity.GreaterThan(from) {
		return money.Zero, money.Zero
	}
	units = between(quantity, from, tier.UpTo)
	return units, units.Mul(tier.UnitPrice).Add(percentOf(units, tier.Percent)).Add(tier.FlatFee)
}

// VolumeProrated picks the tier by a quantity in full and prices the same quantity prorated.
func VolumeProrated(terms *schemas.Terms, policy schemas.RatingPolicy, full, prorated money.Decimal) (Priced, error) {
	if err := checkTiers(terms.Tiers); err != nil {
		return Priced{}, fmt.Errorf("price by volume: %w", err)
	}
	policy = resolve(policy)
	m := model{terms: terms, policy: &policy}
	var t trail
	amount := m.volumeAt(&t, given(prorated), m.tierOf(full))
	return Priced{Amount: amount.v, Steps: t.steps}, nil
}

// GraduatedProratedRound is GraduatedProratedByRound where a negative quantity costs nothing and flat fees are due on
// entry, the first always.
func GraduatedProratedRound(terms *schemas.Terms, full, prorated []money.Decimal) (money.Decimal, error) {
	return GraduatedProratedByRound(terms, schemas.RatingPolicy{Negative: schemas.NegativeZero}, full, prorated)
}

// GraduatedProratedByRound prices a recurring quantity that changes inside a period. Each change in full moves the running
// total through the tiers, upwards or from the top down; each part of it that falls into a tier is priced on the same
// part of the change prorated. Flat fees are due by the policy: for every tier ever entered, for the highest of them, or
// never; the first at zero usage, or not. A running total that ends below zero costs nothing, nor does a sum below zero, or
// both cost what the units below zero give back in the first tier, without its flat fee. The sum is rounded once, at
// WorkPlaces; full and prorated are of equal length.
func GraduatedProratedByRound(terms *schemas.Terms, policy schemas.RatingPolicy, full, prorated []money.Decimal) (money.Decimal, error) {
	if err := checkTiers(terms.Tiers); err != nil {
		return money.Zero, fmt.Errorf("price by prorated tiers: %w", err)
	}
	if len(full) != len(prorated) {
		return money.Zero, fmt.Errorf("price by prorated tiers: %d changes in full but %d prorated", len(full), len(prorated))
	}
	policy = resolve(policy)
	total, most, amount := money.Zero, money.Zero, new(big.Rat)
	for i, change := range full {
		if change.IsZero() {
			continue
		}
		next := total.Add(change)
		for k := range terms.Tiers {
			part := inTier(terms.Tiers, k, next).Sub(inTier(terms.Tiers, k, total))
			if k == 0 { // below zero belongs to the first tier
				part = part.Add(lower(next, money.Zero)).Sub(lower(total, money.Zero))
			}
			share := new(big.Rat).Quo(part.Mul(prorated[i]).Mul(terms.Tiers[k].UnitPrice).Rat(), change.Rat())
			amount.Add(amount, share)
		}
		total, most = next, higher(most, next)
	}
	if policy.Negative == schemas.NegativeZero {
		if total.IsNegative() {
			return money.Zero, nil
		}
		if amount.Sign() < 0 {
			amount.SetInt64(0)
		}
	}
	if total.IsNegative() && most.IsZero() || most.IsZero() && policy.ZeroUsage == schemas.ZeroNothing {
		return ratRound(amount, WorkPlaces), nil
	}
	m := model{terms: terms, policy: &policy}
	top := m.tierOf(most)
	for k := range top + 1 {
		amount.Add(amount, m.flatFee(k, top).Rat())
	}
	return ratRound(amount, WorkPlaces), nil
}

// inTier is how much of a quantity lies in tier k.
func inTier(tiers []schemas.Tier, k int, q money.Decimal) money.Decimal {
	from := money.Zero
	if k > 0 {
		from = *tiers[k-1].UpTo
	}
	return between(q, from, tiers[k].UpTo)
}

// ratRound turns a fraction into a decimal, exact where it ends within the places.
func ratRound(r *big.Rat, places int32) money.Decimal {
	return quotientRound(money.DecimalFromBig(r.Num(), 0), money.DecimalFromBig(r.Denom(), 0), places, money.HalfEven)
}
