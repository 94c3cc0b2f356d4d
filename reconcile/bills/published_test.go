package bills_test

import (
	"testing"

	"daybook/fixtures/published"
	"daybook/reconcile/bills"
	"daybook/schemas"
	"daybook/schemas/money"
)

// TestPublishedMatches runs cases of our own and published ones of bills; what else the file has is of other rooms.
func TestPublishedMatches(t *testing.T) {
	ran := map[string]int{}
	for _, c := range published.Cases(t, "misc.json") {
		ran[c.Kind]++
		switch c.Kind {
		case "three-way match decomposition":
			threeWays(t, c)
		case "tolerance":
			within(t, c)
		}
	}
	if ran["three-way match decomposition"] == 0 || ran["tolerance"] == 0 {
		t.Errorf("ran %v", ran)
	}
}

func threeWays(t *testing.T, c published.Case) {
	in, want := c.Input, c.Expected
	contracts := bills.NewContracts([]schemas.Contract{contractOf(t, "meter "+in.Text("ours", "rate")+" GB", "-")}, nil, month, schemas.Date{})
	use := bills.NewUse(contracts)
	fixed := func(d money.Decimal) money.Fixed {
		f, err := money.FixedFromDecimal(d)
		must(t, err)
		return f
	}
	must(t, use.Add(&bills.UseRow{SKU: "own", ConsumedUnit: "GB", UseSums: bills.UseSums{Consumed: fixed(in.Dec("ours", "qty")), Rows: 1}}))
	must(t, use.Add(&bills.UseRow{Peer: "cloudy", Service: "Storage", PricingUnit: "GB", Currency: "EUR", UseSums: bills.UseSums{
		Priced: fixed(in.Dec("peer", "qty")), Billed: fixed(in.Dec("peer", "qty").Mul(in.Dec("peer", "rate"))), Rows: 1,
	}}))
	rows, _, err := bills.Match(contracts, use, nil)
	must(t, err)
	for name, got := range map[string]money.Decimal{
		"expected": rows[0].Expected, "invoiced": rows[0].Actual, "usage": rows[0].QuantityPart, "rate": rows[0].PricePart, "total": rows[0].Difference,
	} {
		if !got.Equal(want.Dec(name)) {
			t.Errorf("%s: %s is %s, want %v", c.ID, name, got, want.At(name))
		}
	}
}

// within asserts that a bill is within tolerance exactly where the case says so.
func within(t *testing.T, c published.Case) {
	absolute, percent := c.Input.Dec("tolerance_abs"), c.Input.Dec("tolerance_pct")
	expected := c.Input.Dec("expected")
	th := schemas.Threshold{Absolute: &absolute, Percent: &percent, Mode: schemas.EitherTest}
	for i, v := range c.Input.List("invoiced") {
		if got := !th.Beyond(published.Dec(v).Sub(expected), expected); got != c.Expected.At("within", i) {
			t.Errorf("%s: %v is within: %t", c.ID, v, got)
		}
	}
}
