package rating

import (
	"fmt"

	"daybook/schemas"
	"daybook/schemas/money"
)

// Total applies a whole price to the usage of a period: conversion, allowance and free quantity, model, discounts in the
// order of the policy, minimum and maximum, and rounding where the policy has rules for it. final marks the last
// rating of the period, in which the minimum counts. It is what a quote shows; the nightly run does the same step by
// step over all lines of an account. Discounts are taken as in force whatever their days.
func Total(price *schemas.Price, policy schemas.RatingPolicy, usage Usage, final bool) (Priced, error) {
	if err := CheckTerms(&price.Terms); err != nil {
		return Priced{}, fmt.Errorf("price %s: %w", price.ID, err)
	}
	if err := checkConversion(price.Convert); err != nil {
		return Priced{}, fmt.Errorf("price %s: %w", price.ID, err)
	}
	for i := range price.Discounts {
		if err := checkDiscount(&price.Discounts[i]); err != nil {
			return Priced{}, fmt.Errorf("price %s: %w", price.ID, err)
		}
	}
	policy = resolve(price.Policy, policy)
	m := model{terms: &price.Terms, policy: &policy}
	if !m.prices(usage.Labels) {
		return Priced{}, fmt.Errorf("price %s: no row of its table matches %v: add a row or a default unit_price", price.ID, usage.Labels)
	}
	var t trail
	q := t.convertRound(given(usage.Quantity), price.Convert)
	q = t.allowFree(q, price.FreeQuantity, "the usage discount")
	if price.Allowance != nil {
		q = t.allowFree(q, &price.Allowance.Quantity, "the allowance")
	}
	usage.Quantity, m.quantity = q.v, q
	amount := m.price(&t, &usage)
	if policy.MinimumBasis == schemas.MinimumBeforeDiscounts {
		amount = t.within(amount, price, final)
	}
	base := amount.v
	for _, d := range orderDiscounts(price.Discounts, policy.DiscountOrder) {
		amount = t.discount(amount, base, &d, policy.PercentBase)
	}
	if policy.MinimumBasis != schemas.MinimumBeforeDiscounts {
		amount = t.within(amount, price, final)
	}
	if policy.Rounding != nil {
		rule, ok := policy.Rounding.For(price.Currency, schemas.RoundLine, schemas.Date{}, schemas.Date{})
		if !ok {
			return Priced{}, fmt.Errorf("price %s: %s has no minor unit; add a rounding rule with places", price.ID, price.Currency)
		}
		amount = t.roundBy(in("exact", amount), &rule)
	}
	return Priced{Amount: amount.v, Steps: t.steps}, nil
}

// allowFree takes a free quantity off, but not below zero.
func (t *trail) allowFree(q number, free *money.Decimal, what string) number {
	if free == nil {
		return q
	}
	q = t.sub("after "+what, in("quantity", q), fact("free", *free))
	return t.most("but not below zero", in("quantity", q), fact("least", money.Zero))
}

// within applies the bounds of a price to its total.
func (t *trail) within(amount number, price *schemas.Price, final bool) number {
	if price.Minimum != nil && final {
		amount = t.most("at least the minimum", in("amount", amount), fact("minimum", *price.Minimum))
	}
	if price.Maximum != nil {
		amount = t.least("at most the maximum", in("amount", amount), fact("maximum", *price.Maximum))
	}
	return amount
}

// Increment returns what a slice of a period costs: the total of all usage up to its end, less the total of what came
// before. Slices of one period therefore add up to the total, wherever they were cut.
func Increment(price *schemas.Price, policy schemas.RatingPolicy, before, after Usage, final bool) (money.Decimal, error) {
	upper, err := Total(price, policy, after, final)
	if err != nil {
		return money.Zero, err
	}
	if isNothing(&before) {
		return upper.Amount, nil
	}
	lowerTotal, err := Total(price, policy, before, false)
	if err != nil {
		return money.Zero, err
	}
	return upper.Amount.Sub(lowerTotal.Amount), nil
}

func isNothing(u *Usage) bool {
	return u.Quantity.IsZero() && u.Cost.IsZero() && len(u.Events) == 0 && len(u.Units) == 0 && len(u.Sessions) == 0
}

// Rerate books a period again and again as more of its usage becomes known: cumulative[i] is the quantity known at run
// i, and the result what run i books, the difference to what was booked before. No cent drifts, because rounded totals
// are subtracted. final says that the last run closes the period.
func Rerate(price *schemas.Price, policy schemas.RatingPolicy, cumulative []money.Decimal, final bool) ([]money.Decimal, error) {
	out := make([]money.Decimal, len(cumulative))
	booked := money.Zero
	for i, q := range cumulative {
		total, err := Total(price, policy, Usage{Quantity: q, Cost: q}, final && i == len(cumulative)-1)
		if err != nil {
			return nil, fmt.Errorf("rerate run %d: %w", i+1, err)
		}
		out[i] = total.Amount.Sub(booked)
		booked = total.Amount
	}
	return out, nil
}

// RerateLate books usage that arrives late on the period where it happened. known[i][j] is the cumulative quantity at
// the end of period j as known at run i. booked[i][j] is what run i books for period j: what the period costs with all
// that is known, less what earlier runs booked for it. final says that the last run is the last of the term.
func RerateLate(price *schemas.Price, policy schemas.RatingPolicy, known [][]money.Decimal, final bool) (booked [][]money.Decimal, err error) {
	var before []money.Decimal
	for i, run := range known {
		row := make([]money.Decimal, len(run))
		total := money.Zero
		for j, q := range run {
			last := final && i == len(known)-1 && j == len(run)-1
			upTo, err := Total(price, policy, Usage{Quantity: q, Cost: q}, last)
			if err != nil {
				return nil, fmt.Errorf("rerate period %d at run %d: %w", j+1, i+1, err)
			}
			if j >= len(before) {
				before = append(before, money.Zero)
			}
			cost := upTo.Amount.Sub(total)
			row[j] = cost.Sub(before[j])
			before[j], total = cost, upTo.Amount
		}
		booked = append(booked, row)
	}
	return booked, nil
}

// Round rounds an amount of money; it is the whole of the rounding policy's arithmetic.
func Round(amount money.Decimal, rule schemas.RoundingRule) (money.Decimal, error) {
	if rule.Places == nil && rule.Step == nil {
		places, ok := money.MinorUnits(rule.Currency)
		if !ok {
			return money.Zero, fmt.Errorf("round %s: currency %q has no minor unit; give the rule places", amount, rule.Currency)
		}
		rule.Places = &places
	}
	return rule.Apply(amount), nil
}
