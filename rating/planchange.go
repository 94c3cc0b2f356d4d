package rating

import (
	"fmt"

	"daybook/schemas"
	"daybook/schemas/money"
)

// PlanChange is one recurring price that changes inside a period which was billed in advance.
type PlanChange struct {
	Old, New money.Decimal
}

// ChangePlanRound returns what a change inside a period credits of the old price and charges of the new, both for the
// part of the period that remains, each rounded by the rule. Credits are not above zero.
func ChangePlanRound(c PlanChange, remaining money.Ratio, rule schemas.RoundingRule) (credit, charge money.Decimal, err error) {
	if !remaining.Den.IsPositive() || remaining.Num.IsNegative() || remaining.Num.GreaterThan(remaining.Den) {
		return money.Zero, money.Zero, fmt.Errorf("change a plan for %s of the period: the part must lie between 0 and 1", remaining)
	}
	if credit, err = Round(shareRound(c.Old, remaining.Num, remaining.Den), rule); err != nil {
		return money.Zero, money.Zero, err
	}
	charge, err = Round(shareRound(c.New, remaining.Num, remaining.Den), rule)
	return credit.Neg(), charge, err
}

// Creditable returns how much of a credit may be given on what was paid: no more than was paid less what was credited
// before, and nothing below zero.
func Creditable(credit, paid, credited money.Decimal) money.Decimal {
	return lower(aboveZero(credit), aboveZero(paid.Sub(credited)))
}

// NetOfInterim returns what is due after invoices that were issued inside the period, at a threshold, are taken off the
// usage of the whole period; recurring fees are due in full.
func NetOfInterim(usage, recurring, billed money.Decimal) money.Decimal {
	return aboveZero(usage.Sub(billed)).Add(recurring)
}
