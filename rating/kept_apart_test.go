package rating_test

import (
	"slices"
	"strings"
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
	tally := plan.NewTally()
	tally.Begin("a")
	labels := make([]string, len(plan.Columns()))
	for column, value := range map[int]string{schemas.UseSkuId: row.sku, schemas.UseConsumedUnit: row.unit, schemas.UsePeerId: row.peer, schemas.UseBillingCurrency: row.currency} {
		labels[slices.Index(plan.Columns(), column)] = value
	}
	h := tally.Resolve(labels)[0]
	taken := rowOf(t, row, tally.Reads(h))
	if code := tally.Add(h, taken); code != "" {
		t.Fatal(code)
	}
	out, err := plan.Rate(tally, rating.Carried{})
	if err != nil {
		t.Fatal(err)
	}
	if held := tally.Held(h, taken.Start).Charge; held != out.Charges[0].ID || out.Charges[0].Offering != "x" {
		t.Errorf("the row is held by charge %s, and the first part is %s, of offering %s", held, out.Charges[0].ID, out.Charges[0].Offering)
	}
	amount, consumed, cost, rows := money.Zero, money.Zero, money.Zero, int64(0)
	for i := range out.Charges {
		k := &out.Charges[i]
		amount, consumed, cost, rows = amount.Add(k.Amount), consumed.Add(k.Consumed), cost.Add(k.PeerCost), rows+k.UsageRows
	}
	if len(out.Charges) != 2 || amount.String() != "30" || consumed.String() != "30" || cost.String() != "12" || rows != 1 {
		t.Errorf("%d parts of %s, with %s consumed in %d rows that cost %s; want 2 of 30 with 30 in one that costs 12", len(out.Charges), amount, consumed, rows, cost)
	}
}

// TestOverridesAreBounded: a minimum that was agreed with one subscription alone is its own, whatever that of the offering's price.
func TestOverridesAreBounded(t *testing.T) {
	for _, listed := range []string{"", "50"} {
		c, a := base()
		p, agreed := perUnit("p", "m", "1"), perUnit("p", "m", "1")
		if listed != "" {
			p.Minimum = dec(listed)
		}
		agreed.Minimum = dec("20")
		c.Offerings[0].Prices, a.Subscriptions[0].Overrides = []schemas.Price{p}, []schemas.Price{agreed}
		plan, err := rating.Compile(rating.Book{Catalogue: c, Zone: time.UTC, Customers: []schemas.Customer{{ID: "c", Accounts: []schemas.Account{a}}}}, rating.Spec{Period: "2024-09"})
		if err != nil {
			t.Fatal(err)
		}
		sum := money.Zero
		for _, k := range rate(t, plan, "a", []use{gb("2024-09-02", "5")}, rating.Carried{}).Charges {
			sum = sum.Add(k.Amount)
		}
		if sum.String() != "20" {
			t.Errorf("beside a listed minimum of %q: %s, want 20", listed, sum)
		}
	}
}

// TestSeenOnceInAMonth: what is unique is counted once however many changes of the subscription, at one price, cut the month.
func TestSeenOnceInAMonth(t *testing.T) {
	c, a := base()
	c.Meters[0] = schemas.Meter{ID: "m", SKUs: []schemas.SKU{"vm"}, Aggregation: schemas.AggregateUnique, UniqueBy: "ResourceId"}
	c.Offerings[0].Prices = []schemas.Price{perUnit("p", "m", "1")}
	a.Subscriptions[0].Changes = []schemas.Change{{On: day("2024-09-11"), Kind: schemas.ChangeQuantity, Quantity: dec("2")}, {On: day("2024-09-21"), Kind: schemas.ChangeQuantity, Quantity: dec("3")}}
	plan, err := rating.Compile(rating.Book{Catalogue: c, Zone: time.UTC, Customers: []schemas.Customer{{ID: "c", Accounts: []schemas.Account{a}}}}, rating.Spec{Period: "2024-09"})
	if err != nil {
		t.Fatal(err)
	}
	var rows []use
	for _, x := range []string{"2024-09-02 a", "2024-09-03 b", "2024-09-12 b", "2024-09-22 a", "2024-09-23 c"} {
		at, id, _ := strings.Cut(x, " ")
		rows = append(rows, use{sku: "vm", at: at, quantity: "1", id: id})
	}
	if out := rate(t, plan, "a", rows, rating.Carried{}); len(out.Charges) != 1 || out.Charges[0].Amount.String() != "3" {
		t.Errorf("%+v, want one charge of 3", out.Charges)
	}
}

// TestCouponLinesInOrder: a coupon's lines come in the order of offerings, whatever that of what they are off, and what a commitment
// on one offering adds is of that one's service.
func TestCouponLinesInOrder(t *testing.T) {
	for _, order := range []string{"xyz", "zyx"} {
		c, a := base()
		c.Offerings, a.Subscriptions = nil, nil
		for _, r := range order {
			id := schemas.OfferingID(r)
			c.Offerings = append(c.Offerings, schemas.Offering{ID: id, Name: string(id), Service: "of " + string(id), Prices: []schemas.Price{flat("fee", "10")}})
			a.Subscriptions = append(a.Subscriptions, schemas.Subscription{ID: schemas.SubscriptionID(rune('x' + strings.IndexRune(order, r))), Offering: id, Start: day("2024-01-01")})
		}
		c.Coupons, a.Coupons = []schemas.Coupon{{ID: "c", Percent: dec("10")}}, []schemas.Redemption{{Coupon: "c"}}
		a.Commitments = []schemas.Commitment{{ID: "k", Amount: *dec("15"), Currency: "EUR", TrueUp: true, Offerings: []schemas.OfferingID{"y"}}}
		plan, err := rating.Compile(rating.Book{Catalogue: c, Zone: time.UTC, Customers: []schemas.Customer{{ID: "c", Accounts: []schemas.Account{a}}}}, rating.Spec{Period: "2024-09"})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, k := range rate(t, plan, "a", nil, rating.Carried{}).Charges {
			switch {
			case k.Model == "coupon":
				got = append(got, string(k.Offering)+" "+k.Amount.String())
			case k.Model == schemas.MadeTrueUp && k.Service != "of y":
				t.Errorf("the true-up is of service %q", k.Service)
			}
		}
		if want := []string{"x -1", "y -1.5", "z -1"}; !slices.Equal(got, want) {
			t.Errorf("offerings %s: coupon lines %q, want %q", order, got, want)
		}
	}
}
