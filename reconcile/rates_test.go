package reconcile_test

import (
	"testing"

	"daybook/schemas"
	"daybook/schemas/money"
)

// TestPlanRateIsOfThePeriod has exchange rates of another month of the plan stand before those of the month that is compared, which
// they are no matter to.
func TestPlanRateIsOfThePeriod(t *testing.T) {
	rate := func(p schemas.Period, units int64) schemas.PlanRate {
		return schemas.PlanRate{Period: p, Currency: "USD", Rate: money.NewDecimal(units, 0)}
	}
	s := setting{rates: []schemas.PlanRate{rate(month.Previous(), 7), rate(month, 2)}, fx: map[money.Currency]money.Ratio{"USD": ratio("3", "1")}}
	rows, _ := s.compare(t, sold{
		offering: "o", currency: "USD", planUnits: money.NewDecimal(10, 0), units: money.NewDecimal(10, 0),
		plan: money.NewDecimal(100, 0), actual: money.NewDecimal(100, 0),
	})
	v := rows["o Revenue"]
	same(t, "plan", v.Plan, "200")
	same(t, "actual", v.Actual, "300")
	same(t, "what exchange rates did", v.Causes.FX, "100")
}
