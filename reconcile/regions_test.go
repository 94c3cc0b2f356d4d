package reconcile_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"daybook/reconcile"
	"daybook/schemas"
	"daybook/schemas/money"
)

// TestRegionsAreBounded charges one unit in each of very many regions. What is compared with the plan, and what is spread over
// days, has rows of the first of these alone, of those that the plan names, and one for the rest: the same for any order of charges
// and any number of shards, and not one of them is lost.
func TestRegionsAreBounded(t *testing.T) {
	const charged, most = 15_000, 1<<12 + 3
	plan := &schemas.Plan{Lines: []schemas.PlanLine{{Period: month, Offering: "vm", Region: "zz-planned", Revenue: money.MustDecimal("5"), Currency: "EUR"}}}
	var charges []*schemas.Charge
	add := func(region string) {
		currency := "EUR"
		if len(charges)%7 == 3 {
			currency = "ARS" // of which there is no rate: such charges are compared, and are of no day
		}
		c := dayCharge("vm", region, "now", "Usage-Based", "1", currency, 1, 30)
		c.HasQuantity, c.Priced, c.PricingUnit = true, money.MustDecimal("1"), "unit"
		charges = append(charges, valued(t, c, ratio("1", "1"), false))
	}
	for i := range charged {
		add(fmt.Sprintf("region-%06d", i))
	}
	add("")
	add("zz-planned")
	add(strings.Repeat("a", 4096))
	rowsOf := func(shards int) (rows []schemas.Variance, days, sums string) {
		whole := reconcile.NewSums(calendar, plan, noContracts())
		for shard := range shards {
			part := reconcile.NewSums(calendar, plan, noContracts())
			for i := shard; i < len(charges); i += shards {
				must(t, part.Actuals.Add(charges[i]))
				must(t, part.Days.Add(charges[i]))
			}
			must(t, whole.UnmarshalBinary(bytesOf(t, part)))
		}
		c := reconcile.Comparison{Period: month, Currency: "EUR", Plan: plan, Actuals: whole.Actuals, FX: fxOfTests, Through: schemas.NewDate(2022, 9, 30)}
		rows, _, err := reconcile.Compare(c)
		must(t, err)
		revenue, err := whole.Days.Revenue()
		must(t, err)
		if n := whole.Actuals.Charges(); n != int64(len(charges)) {
			t.Errorf("%d of %d charges are compared", n, len(charges))
		}
		return rows, revenue.String(), string(bytesOf(t, whole))
	}
	var wantRows []schemas.Variance
	var wantDays, wantSums string
	for k, shards := range []int{1, 5, 3} {
		rows, days, sums := rowsOf(shards)
		if k == 0 {
			wantRows, wantDays, wantSums = rows, days, sums
			if len(rows)/4 > most {
				t.Errorf("%d regions have rows, want at most %d", len(rows)/4, most)
			}
			for _, region := range []string{"", "region-000000", "zz-planned", reconcile.OtherRegions} {
				if !slices.ContainsFunc(rows, func(v schemas.Variance) bool { return v.Region == region && v.Measure == schemas.Revenue }) {
					t.Errorf("region %q has no row", region)
				}
			}
		}
		if len(rows) != len(wantRows) || days != wantDays || sums != wantSums {
			t.Errorf("%d shards: %d rows and %s by day, want %d and %s", shards, len(rows), days, len(wantRows), wantDays)
		}
		rand.New(rand.NewPCG(1, uint64(k))).Shuffle(len(charges), func(i, j int) { charges[i], charges[j] = charges[j], charges[i] })
	}
}
