package reconcile

import (
	"cmp"
	"fmt"

	"daybook/schemas"
	"daybook/schemas/money"
)

// offeringName names an offering in a message; what is charged beside all of them, such as the true-up of a commitment, is of
// none.
func offeringName(id schemas.OfferingID) string { return cmp.Or(string(id), "no offering") }

// planFinding is the one finding of a cell, on the gravest of its rows; false where nothing needs attention.
func planFinding(rows [4]schemas.Variance) (schemas.Finding, bool) {
	revenue, cost := &rows[1], &rows[2]
	worst := revenue
	for i := 2; i < len(rows); i++ {
		if rows[i].Material && (!worst.Material || rows[i].Variance.Abs().GreaterThan(worst.Variance.Abs())) {
			worst = &rows[i]
		}
	}
	currency := money.Currency(worst.Unit)
	place := placeFor(worst)
	switch worst.Status {
	case schemas.Unplanned:
		if revenue.Actual.IsZero() && cost.Actual.IsZero() { // it is all to come, or evens out
			return schemas.Finding{}, false
		}
		return schemas.Remark(schemas.CodeUnplanned, worst.ID,
			fmt.Sprintf("%s has revenue %s and cost %s %s without a line in the plan; add the line", place, revenue.Actual, cost.Actual, currency),
			worst.Actual, currency), true
	case schemas.Missing:
		if worst.Variance.IsZero() {
			return schemas.Finding{}, false
		}
		return schemas.Remark(schemas.CodePlanMissed, worst.ID,
			fmt.Sprintf("%s is planned with revenue %s %s by %s and has none; see whether it was delivered, or take the line out", place, revenue.Expected, currency, worst.Through),
			worst.Variance, currency), true
	default:
		if !worst.Material {
			return schemas.Finding{}, false
		}
		return schemas.Remark(schemas.CodePlanMissed, worst.ID,
			fmt.Sprintf("%s of %s is %s where %s %s was expected by %s; see the causes of the variance", worst.Measure, place, worst.Actual, worst.Expected, currency, worst.Through),
			worst.Variance, currency), true
	}
}
