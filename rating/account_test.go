package rating_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"daybook/rating"
	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

func dec(s string) *money.Decimal {
	d := money.MustDecimal(s)
	return &d
}

func day(s string) schemas.Date {
	d, err := schemas.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// use is one usage row of a test, in the columns that matching reads.
type use struct {
	source, peer, service, sku, unit, currency, region string
	at                                                 string
	quantity, cost                                     string
	id                                                 string
}

// rate runs one account's rows through a plan, as the pipeline does.
func rate(t testing.TB, plan *rating.Plan, account schemas.AccountID, rows []use, carried rating.Carried) rating.Output {
	t.Helper()
	tally := plan.NewTally()
	tally.Begin(account)
	for _, u := range rows {
		labels := make([]string, len(plan.Columns()))
		for i, c := range plan.Columns() {
			switch c {
			case schemas.UseSourceId:
				labels[i] = u.source
			case schemas.UsePeerId:
				labels[i] = u.peer
			case schemas.UseServiceName:
				labels[i] = u.service
			case schemas.UseSkuId:
				labels[i] = u.sku
			case schemas.UseConsumedUnit:
				labels[i] = u.unit
			case schemas.UseBillingCurrency:
				labels[i] = u.currency
			case schemas.UseRegionId:
				labels[i] = u.region
			}
		}
		for _, h := range tally.Resolve(labels) {
			if code := tally.Add(h, rowOf(t, u, tally.Reads(h))); code != "" {
				t.Fatalf("add %v: %s", u, code)
			}
		}
	}
	out, err := plan.Rate(tally, carried)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func rowOf(t testing.TB, u use, reads rating.Reads) *rating.Row {
	t.Helper()
	at, err := time.Parse("2006-01-02T15:04", u.at)
	if err != nil {
		at, err = time.Parse(time.DateOnly, u.at)
	}
	if err != nil {
		t.Fatal(err)
	}
	r := &rating.Row{Start: at.UnixMicro(), End: at.Add(time.Hour).UnixMicro(), ID: []byte(u.id)}
	text := u.quantity
	if reads.Value == schemas.UseEffectiveCost || reads.Value == schemas.UseBilledCost {
		text = u.cost
	}
	if text == "" {
		text = "0"
	}
	if r.Quantity, err = money.ParseFixed([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if reads.Cost >= 0 && u.cost != "" {
		if r.Cost, err = money.ParseFixed([]byte(u.cost)); err != nil {
			t.Fatal(err)
		}
		r.HasCost = true
	}
	return r
}

func compile(t testing.TB, c schemas.Catalogue, accounts ...schemas.Account) *rating.Plan {
	t.Helper()
	book := rating.Book{Catalogue: c, Zone: time.UTC, Customers: []schemas.Customer{{ID: "c", Accounts: accounts}}}
	plan, err := rating.Compile(book, rating.Spec{Period: "2024-09"})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// lines is what a test compares: price, start, amount, exact, cost.
func lines(t testing.TB, out rating.Output) []string {
	t.Helper()
	got := []string{}
	for i := range out.Charges {
		c := &out.Charges[i]
		if err := model.Check(c); err != nil {
			t.Error(err)
			for _, s := range c.Steps {
				t.Log(s)
			}
		}
		s := fmt.Sprintf("%s %s %s %s", c.Price, c.Start.Format(time.DateOnly), c.Amount, c.Exact)
		if c.HasCost {
			s += " cost " + c.PeerCost.String()
		}
		got = append(got, s)
	}
	return got
}

func TestRateAccount(t *testing.T) {
	c := schemas.Catalogue{
		Meters: []schemas.Meter{
			{ID: "hours", SKUs: []schemas.SKU{"vm"}, Unit: "Hours"},
			{ID: "disks", SKUs: []schemas.SKU{"disk"}, Aggregation: schemas.AggregateUnique, UniqueBy: "ResourceId"},
			{ID: "peer", Peer: "north", Value: schemas.ValueEffective},
		},
		Offerings: []schemas.Offering{{ID: "cloud", Name: "Cloud", Service: "Compute", Prices: []schemas.Price{
			{
				ID: "vm-a", Meter: "hours", Currency: "EUR", Validity: schemas.Validity{To: day("2024-09-16")}, Allowance: &schemas.Allowance{Quantity: *dec("10")},
				Terms: schemas.Terms{Model: schemas.ModelGraduated, Tiers: []schemas.Tier{{UpTo: dec("20"), UnitPrice: *dec("1")}, {UnitPrice: *dec("0.5")}}},
			},
			{
				ID: "vm-b", Meter: "hours", Currency: "EUR", Validity: schemas.Validity{From: day("2024-09-16")}, Allowance: &schemas.Allowance{Quantity: *dec("10")},
				Terms: schemas.Terms{Model: schemas.ModelGraduated, Tiers: []schemas.Tier{{UpTo: dec("20"), UnitPrice: *dec("2")}, {UnitPrice: *dec("1")}}},
			},
			{ID: "disk", Meter: "disks", Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelPerUnit, UnitPrice: dec("3")}},
			{ID: "resale", Meter: "peer", Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelCostPlus, MarkupPercent: dec("15")}},
			{ID: "base", Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelFlat, Amount: dec("50")}},
		}}},
	}
	a := schemas.Account{ID: "acme", Currency: "EUR", Subscriptions: []schemas.Subscription{{ID: "s1", Offering: "cloud", Start: day("2024-09-08")}}}
	plan := compile(t, c, a)
	out := rate(t, plan, "acme", []use{
		{sku: "vm", unit: "Hours", at: "2024-09-10", quantity: "25"},
		{sku: "vm", unit: "Hours", at: "2024-09-20", quantity: "25"},
		{sku: "disk", unit: "x", at: "2024-09-10", quantity: "1", id: "a"},
		{sku: "disk", unit: "x", at: "2024-09-11", quantity: "1", id: "b"},
		{sku: "disk", unit: "x", at: "2024-09-12", quantity: "1", id: "a"},
		{sku: "p", peer: "north", currency: "EUR", at: "2024-09-12", quantity: "1", cost: "10.01"},
		{sku: "none", unit: "Hours", at: "2024-09-12", quantity: "7"},
		{sku: "vm", unit: "Minutes", at: "2024-09-12", quantity: "9"},
		{sku: "vm", unit: "Hours", at: "2024-09-02", quantity: "4"},
	}, rating.Carried{})
	want := []string{
		"vm-a 2024-09-08 15 15",   // 25 h, 10 of them free, 15 × 1
		"vm-b 2024-09-16 30 30",   // 40 h billable: 20 × 2 + 20 × 1 = 60, less those of the first 25 h: 15 × 2 = 30
		"disk 2024-09-08 4.6 4.6", // 2 × 3 × 23/30
		"resale 2024-09-08 11.51 11.5115 cost 10.01",
		"base 2024-09-08 38.33 38.333333333333333333",
	}
	if got := lines(t, out); !slices.Equal(got, want) {
		t.Errorf("charges:\n got %q\nwant %q", got, want)
	}
	var rows int64
	for _, f := range out.Findings {
		rows += f.Rows
		t.Log(f.Code, f.Rows, f.Quantity, f.Message)
	}
	if rows != 3 || out.Rows != 9 {
		t.Errorf("%d rows in findings of %d, want 3 of 9", rows, out.Rows)
	}
}
