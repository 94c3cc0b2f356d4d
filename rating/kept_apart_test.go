package rating_test

import (
	"testing"
	"time"

	"daybook/rating"
	"daybook/schemas"
	"daybook/schemas/money"
)

// TestRolledOverIsKeptApart: what earlier months left of an allowance is of one subscription, one price and, unless groups share it,
// one group: the others have nothing of it.
func TestRolledOverIsKeptApart(t *testing.T) {
	group := func(region string) string { return "m\x00\x00\x00" + region }
	left := func(s schemas.SubscriptionID, p schemas.PriceID, group, quantity string) rating.CarriedAllowance {
		return rating.CarriedAllowance{Subscription: s, Price: p, Group: group, Quantity: *dec(quantity), Periods: 2}
	}
	for _, x := range []struct {
		name   string
		shared bool
		left   []rating.CarriedAllowance
		want   string
	}{
		{"its own", false, []rating.CarriedAllowance{left("s", "p", group("eu"), "5")}, "85"},
		{"of another group", false, []rating.CarriedAllowance{left("s", "p", group("us"), "5")}, "90"},
		{"of another price", false, []rating.CarriedAllowance{left("s", "q", group("eu"), "5")}, "90"},
		{"of another subscription", false, []rating.CarriedAllowance{left("t", "p", group("eu"), "5")}, "90"},
		{"shared", true, []rating.CarriedAllowance{left("s", "p", "", "5")}, "85"},
		{"shared, of another price", true, []rating.CarriedAllowance{left("s", "q", "", "5")}, "90"},
		{"shared, of another subscription", true, []rating.CarriedAllowance{left("t", "p", "", "5")}, "90"},
	} {
		c, a := base()
		c.Meters[0].GroupBy = []string{"RegionId"}
		p := perUnit("p", "m", "1")
		p.Allowance = &schemas.Allowance{Quantity: *dec("10"), Rollover: 3, Shared: x.shared}
		c.Offerings[0].Prices = []schemas.Price{p}
		plan, err := rating.Compile(rating.Book{Catalogue: c, Zone: time.UTC, Customers: []schemas.Customer{{ID: "c", Accounts: []schemas.Account{a}}}}, rating.Spec{Period: "2024-09"})
		if err != nil {
			t.Fatal(err)
		}
		out := rate(t, plan, "a", []use{{sku: "vm", unit: "GB", region: "eu", at: "2024-09-02", quantity: "100"}}, rating.Carried{Allowances: x.left})
		if got := out.Charges[0].Amount.String(); got != x.want {
			t.Errorf("%s: 100 less 10 and what was left cost %s, want %s", x.name, got, x.want)
		}
	}
}

// TestBundleCountsOnce: of what a bundle's price meters, its parts together have it once: quantity, rows and what peers charge.
func TestBundleCountsOnce(t *testing.T) {
	c, _ := base()
	c.Offerings[0].Prices = []schemas.Price{perUnit("p", "m", "1")}
	c.Offerings[0].Parts = []schemas.BundlePart{{Offering: "x", SSP: *dec("2")}, {Offering: "y", SSP: *dec("1")}}
	c.Offerings = append(c.Offerings, schemas.Offering{ID: "x", Name: "X"}, schemas.Offering{ID: "y", Name: "Y"})
	_, a := base()
	plan, err := rating.Compile(rating.Book{Catalogue: c, Zone: time.UTC, Customers: []schemas.Customer{{ID: "c", Accounts: []schemas.Account{a}}}}, rating.Spec{Period: "2024-09"})
	if err != nil {
		t.Fatal(err)
	}
	row := gb("2024-09-02", "30")
	row.peer, row.currency, row.cost = "atlas", "EUR", "12"
	out := rate(t, plan, "a", []use{row}, rating.Carried{})
	amount, consumed, cost, rows := money.Zero, money.Zero, money.Zero, int64(0)
	for i := range out.Charges {
		k := &out.Charges[i]
		amount, consumed, cost, rows = amount.Add(k.Amount), consumed.Add(k.Consumed), cost.Add(k.PeerCost), rows+k.UsageRows
	}
	if len(out.Charges) != 2 || amount.String() != "30" || consumed.String() != "30" || cost.String() != "12" || rows != 1 {
		t.Errorf("%d parts of %s, with %s consumed in %d rows that cost %s; want 2 of 30 with 30 in one that costs 12", len(out.Charges), amount, consumed, rows, cost)
	}
}
