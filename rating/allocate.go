package rating

import (
	"slices"

	"daybook/schemas"
	"daybook/schemas/money"
)

// SpreadRound rounds the sum of exact amounts by a rule and divides it into parts that add up to it exactly: each amount
// rounded down to the rule's unit, and one unit more for those that lost most, the earlier first among equals. Amounts
// may have either sign. places is the unit where the rule has no step.
func SpreadRound(exact []money.Decimal, rule schemas.RoundingRule, places int32) (total money.Decimal, parts []money.Decimal) {
	unit := money.NewDecimal(1, -places)
	if rule.Step != nil && !rule.Step.IsZero() {
		unit = rule.Step.Abs()
	}
	sum, floors := money.Zero, money.Zero
	parts = make([]money.Decimal, len(exact))
	rests := make([]money.Decimal, len(exact))
	order := make([]int, len(exact))
	for i, v := range exact {
		parts[i] = money.RoundToStep(v, unit, money.Floor)
		rests[i], order[i] = v.Sub(parts[i]), i
		sum, floors = sum.Add(v), floors.Add(parts[i])
	}
	total = money.RoundToStep(sum, unit, rule.Mode)
	slices.SortStableFunc(order, func(a, b int) int { return rests[b].Cmp(rests[a]) })
	for left, i := total.Sub(floors), 0; left.IsPositive() && len(order) > 0; i++ {
		parts[order[i%len(order)]] = parts[order[i%len(order)]].Add(unit)
		left = left.Sub(unit)
	}
	return total, parts
}
