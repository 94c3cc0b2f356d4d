package schemas

import "testing"

func TestEarnsRevenue(t *testing.T) {
	for _, x := range []struct {
		charge Charge
		earns  bool
	}{
		{Charge{Category: CategoryUsage, Model: "per_unit"}, true},
		{Charge{Category: CategoryCredit, Model: "coupon"}, true},
		{Charge{Category: CategoryCredit, Model: PromotionalCredit}, true},
		{Charge{Category: CategoryCredit, Model: PrepaidCredit}, false},
		{Charge{Category: CategoryCredit, Class: ClassCorrection, Model: PrepaidCredit}, false},
		{Charge{Category: CategoryTax, Model: "tax"}, false},
	} {
		if got := x.charge.EarnsRevenue(); got != x.earns {
			t.Errorf("%s %s: %v", x.charge.Category, x.charge.Model, got)
		}
	}
}
