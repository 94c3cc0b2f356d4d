package reconcile_test

import (
	"fmt"
	"testing"

	"daybook/reconcile"
	"daybook/schemas"
	"daybook/schemas/money"
)

// BenchmarkAdd is the cost of one charge in both sums, over a plan's worth of offerings and regions.
func BenchmarkAdd(b *testing.B) {
	charges := make([]schemas.Charge, 256)
	for i := range charges {
		charges[i] = schemas.Charge{
			Account: schemas.AccountID(fmt.Sprint("account-", i%64)), Offering: schemas.OfferingID(fmt.Sprint("offering-", i%16)), Region: fmt.Sprint("region-", i%4),
			Category: "Usage", Frequency: "Usage-Based", HasQuantity: true, Priced: money.MustDecimal("1234.567891"), PricingUnit: "hours",
			Amount: money.MustDecimal("1234.57"), PeerCost: money.MustDecimal("987.654321"), HasCost: true, Currency: "EUR",
		}
	}
	actuals, margins := reconcile.NewActuals(calendar, nil), &reconcile.Margins{}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		c := &charges[i%len(charges)]
		must(b, actuals.Add(c))
		must(b, margins.Add(c))
	}
}
