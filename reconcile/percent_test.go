package reconcile

import (
	"testing"

	"daybook/schemas/money"
)

// A percentage that no dataset holds is none, and no end of the run.
func TestPercentOfNextToNothing(t *testing.T) {
	cent := money.NewDecimal(1, -2)
	if p := percentRounded(money.NewDecimal(1, 15), cent); p == nil || !p.Equal(money.NewDecimal(1, 19)) {
		t.Errorf("10^15 of a cent is %v percent", p)
	}
	if p := percentRounded(money.NewDecimal(1, 16), cent); p != nil {
		t.Errorf("10^16 of a cent is %s percent, which no dataset holds", p)
	}
}
