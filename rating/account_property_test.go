package rating_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"daybook/fixtures/effort"
	"daybook/rating"
	"daybook/rating/correct"
	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// randomBook has one meter for each SKU, prices of every model that a sum can have, changes of price inside the period,
// discounts, bounds, a coupon, credits, a commitment and taxes.
func randomBook(r *rand.Rand) rating.Book {
	c := schemas.Catalogue{Policy: schemas.RatingPolicy{
		RoundAt:      pick(r, schemas.RoundLine, schemas.RoundDocument),
		TaxRounding:  pick(r, schemas.TaxPerLine, schemas.TaxPerDocument),
		MinimumBasis: pick(r, schemas.MinimumAfterDiscounts, schemas.MinimumBeforeDiscounts),
		CreditTax:    pick(r, schemas.CreditBeforeTax, schemas.CreditAfterTax),
		PriceChange:  pick(r, schemas.ChangeContinue, schemas.ChangeRestart),
		CostBasis:    schemas.CostEffective,
	}}
	o := schemas.Offering{ID: "cloud", Name: "Cloud"}
	for i := range 6 {
		id := schemas.MeterID(fmt.Sprintf("m%d", i))
		m := schemas.Meter{ID: id, SKUs: []schemas.SKU{schemas.SKU(id)}, Aggregation: pick(r, schemas.AggregateSum, schemas.AggregateSum, schemas.AggregateMax, schemas.AggregateTimeWeighted), PerTime: schemas.WindowHour}
		if r.IntN(3) == 0 {
			m.GroupBy = []string{"RegionId"}
		}
		c.Meters = append(c.Meters, m)
		from := schemas.Date{}
		for range 1 + r.IntN(3) {
			p := randomPrice(r, id, len(o.Prices))
			p.Validity.From = from
			from = schemas.NewDate(2024, 9, 2+r.IntN(28))
			p.Validity.To = from
			o.Prices = append(o.Prices, p)
		}
		if r.IntN(4) > 0 {
			o.Prices[len(o.Prices)-1].Validity.To = schemas.Date{}
		}
	}
	o.Prices = append(o.Prices,
		schemas.Price{ID: "seat", Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelPerUnit, UnitPrice: dec("9.99")}, Prorate: pick(r, schemas.ProrateDays, schemas.ProrateSeconds)},
		schemas.Price{ID: "setup", Currency: "EUR", Timing: schemas.TimingOnce, Terms: schemas.Terms{Model: schemas.ModelFlat, Amount: dec("25")}})
	if r.IntN(2) == 0 {
		o.Minimum = dec("500")
	}
	if r.IntN(3) == 0 {
		o.Parts = []schemas.BundlePart{{Offering: "cloud", SSP: *dec("3")}, {Offering: "cloud", SSP: *dec("1.5")}}
	}
	c.Offerings = []schemas.Offering{o}
	c.Taxes = []schemas.TaxRate{{ID: "vat", Name: "VAT", Percent: *dec("19"), Included: r.IntN(3) == 0}}
	c.Coupons = []schemas.Coupon{{ID: "five", Fixed: dec("5.55"), Currency: "EUR"}, {ID: "ten", Percent: dec("10")}}
	return rating.Book{Catalogue: c, Zone: time.UTC, Customers: []schemas.Customer{{ID: "c", Accounts: []schemas.Account{randomAccount(r)}}}}
}

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

func randomPrice(r *rand.Rand, meter schemas.MeterID, n int) schemas.Price {
	p := schemas.Price{ID: schemas.PriceID(fmt.Sprintf("p%d", n)), Meter: meter, Currency: "EUR"}
	price, size := decimal(r, 1, 6), decimal(r, 2, 1).Add(money.One)
	p.Terms = schemas.Terms{
		Model: pick(r, schemas.ModelPerUnit, schemas.ModelGraduated, schemas.ModelVolume, schemas.ModelPackage, schemas.ModelStairstep, schemas.ModelPassThrough, schemas.ModelCostPlus),
		Tiers: randomTiers(r), UnitPrice: &price, PackageSize: &size, PackagePrice: &price, MarkupPercent: &price,
	}
	if r.IntN(3) == 0 {
		p.Allowance = &schemas.Allowance{Quantity: decimal(r, 2, 1), Shared: r.IntN(2) == 0, Prorate: r.IntN(2) == 0, Rollover: r.IntN(2)}
	}
	if r.IntN(3) == 0 {
		ten := decimal(r, 1, 2)
		p.Discounts = append(p.Discounts, schemas.Discount{ID: "percent", Percent: &ten})
	}
	if r.IntN(3) == 0 {
		fixed := decimal(r, 2, 2)
		p.Discounts = append(p.Discounts, schemas.Discount{ID: "fixed", Fixed: &fixed})
	}
	if r.IntN(4) == 0 {
		most := decimal(r, 3, 2)
		p.Maximum = &most
	}
	if r.IntN(4) == 0 {
		least := decimal(r, 2, 2)
		p.Minimum = &least
	}
	return p
}

func randomAccount(r *rand.Rand) schemas.Account {
	s := schemas.Subscription{ID: "s", Offering: "cloud", Start: schemas.NewDate(2024, 8, 1+r.IntN(50)), Quantity: dec("3")}
	if r.IntN(2) == 0 {
		s.Changes = append(s.Changes, schemas.Change{On: schemas.NewDate(2024, 9, 20), Kind: schemas.ChangeQuantity, Quantity: dec("7")})
	}
	if r.IntN(3) == 0 {
		s.Phases = []schemas.Phase{{Name: "trial", Days: 40, Discount: dec("50")}}
	}
	a := schemas.Account{ID: "a", Currency: "EUR", Subscriptions: []schemas.Subscription{s}}
	a.Discounts = []schemas.Discount{{ID: "partner", Percent: dec("2.5")}}
	a.Coupons = []schemas.Redemption{{Coupon: "five"}, {Coupon: "ten"}}
	a.Credits = []schemas.Grant{{ID: "g", Amount: decimal(r, 3, 2), Currency: "EUR"}}
	if r.IntN(2) == 0 {
		a.Commitments = []schemas.Commitment{{ID: "c", Amount: *dec("1000"), Currency: "EUR", TrueUp: true, OverageFactor: dec("1.25")}}
		switch r.IntN(3) {
		case 0:
			a.Commitments[0].Window, a.Commitments[0].Amount = schemas.WindowDay, *dec("10")
		case 1:
			a.Commitments[0].Every, a.Commitments[0].Validity.From = schemas.Recurrence{Unit: schemas.CycleQuarter}, schemas.NewDate(2024, 3, 1+r.IntN(100))
			a.Commitments[0].Spent = decimal(r, 4, 2)
		}
	}
	return a
}

func randomUsage(r *rand.Rand) []use {
	var rows []use
	for range r.IntN(60) {
		at := time.Date(2024, 9, 1, r.IntN(30*24), 0, 0, 0, time.UTC)
		rows = append(rows, use{
			sku: fmt.Sprintf("m%d", r.IntN(7)), region: pick(r, "eu", "us"), at: at.Format("2006-01-02T15:04"),
			quantity: decimal(r, 2, 4).String(),
		})
	}
	slices.SortStableFunc(rows, func(a, b use) int { return slices.Compare([]string{a.sku, a.at}, []string{b.sku, b.at}) })
	return rows
}

// TestRandomAccounts: every charge recomputes from its steps, every row is in one charge or one finding, and rows that are
// cut in two cost the same.
func TestRandomAccounts(t *testing.T) {
	for seed := range uint64(effort.Count(t, 80, 400)) {
		r := random(seed)
		book := randomBook(r)
		plan, err := rating.Compile(book, rating.Spec{Period: "2024-09"})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		rows := randomUsage(r)
		out := rate(t, plan, "a", rows, rating.Carried{})
		held := int64(0)
		for i := range out.Charges {
			c := &out.Charges[i]
			if err := model.Check(c); err != nil {
				t.Fatalf("seed %d: %v\n%+v", seed, err, c.Steps)
			}
			held += c.UsageRows
		}
		for _, f := range out.Findings {
			held += f.Rows
		}
		if held != int64(len(rows)) || out.Rows != int64(len(rows)) {
			t.Fatalf("seed %d: %d rows in, %d counted, %d in charges and findings", seed, len(rows), out.Rows, held)
		}
		again := rate(t, plan, "a", halve(t, plan, rows), rating.Carried{})
		if a, b := amounts(out), amounts(again); !slices.Equal(a, b) {
			t.Fatalf("seed %d: cut rows cost\n%q, not\n%q", seed, b, a)
		}
	}
}

// TestQuietIsTheSame: leaving the steps out changes nothing else, identifiers included.
func TestQuietIsTheSame(t *testing.T) {
	for seed := range uint64(effort.Count(t, 80, 400)) {
		r := random(seed)
		book := randomBook(r)
		rows := randomUsage(r)
		var texts [2]string
		for i, quiet := range [2]bool{false, true} {
			plan, err := rating.Compile(book, rating.Spec{Period: "2024-09", Quiet: quiet})
			if err != nil {
				t.Fatal(err)
			}
			out := rate(t, plan, "a", rows, rating.Carried{})
			for k := range out.Charges {
				out.Charges[k].Steps = nil
				unit := out.Charges[k].UnitPrice
				out.Charges[k].UnitPrice = nil
				texts[i] += fmt.Sprintf("%+v %v\n", out.Charges[k], unit)
			}
			texts[i] += fmt.Sprintf("%+v %+v", out.Findings, out.Carried)
		}
		if texts[0] != texts[1] {
			t.Fatalf("seed %d:\n%s\nquietly\n%s", seed, texts[0], texts[1])
		}
	}
}

// amounts are what a comparison of two ratings looks at; document rounding and identity do not matter to it.
func amounts(out rating.Output) []string {
	var got []string
	for _, c := range out.Charges {
		got = append(got, fmt.Sprintf("%s %s %s %s %s %s", c.Category, c.Price, c.Group, c.Model, c.Exact, c.Amount))
	}
	return got
}

// halve cuts rows of additive meters in two of the same time.
func halve(t *testing.T, plan *rating.Plan, rows []use) []use {
	t.Helper()
	var out []use
	tally := plan.NewTally()
	tally.Begin("a")
	for _, u := range rows {
		labels := make([]string, len(plan.Columns()))
		labels[slices.Index(plan.Columns(), schemas.UseSkuId)] = u.sku
		if h := tally.Resolve(labels); !tally.Additive(h[0]) {
			out = append(out, u)
			continue
		}
		q := money.MustDecimal(u.quantity)
		part := money.RoundTo(q.Mul(*dec("0.37")), 3, money.Down)
		first, second := u, u
		first.quantity, second.quantity = part.String(), q.Sub(part).String()
		out = append(out, first, second)
	}
	return out
}

// TestDifference: issued charges and the corrections to them add up to rating again.
func TestDifference(t *testing.T) {
	for seed := range uint64(effort.Count(t, 25, 100)) {
		r := random(seed)
		plan, err := rating.Compile(randomBook(r), rating.Spec{Period: "2024-09"})
		if err != nil {
			t.Fatal(err)
		}
		rows := randomUsage(r)
		late := append(slices.Clone(rows), use{sku: "m1", region: "eu", at: "2024-09-30T12:00", quantity: "12.5"})
		issued := rate(t, plan, "a", rows, rating.Carried{}).Charges
		again := rate(t, plan, "a", late, rating.Carried{}).Charges
		sum := func(cs []schemas.Charge) money.Decimal {
			v := money.Zero
			for _, c := range cs {
				v = v.Add(c.Amount)
			}
			return v
		}
		notes := correct.Difference("2024-09", "2024-10", issued, again)
		if got, want := sum(issued).Add(sum(notes)), sum(again); !got.Equal(want) {
			t.Fatalf("seed %d: issued and corrections are %s, rated again %s", seed, got, want)
		}
		for i := range notes {
			if err := model.Check(&notes[i]); err != nil || notes[i].Class != "Correction" || notes[i].Corrects != "2024-09" {
				t.Fatalf("seed %d: %v", seed, err)
			}
		}
		if more := correct.Difference("2024-09", "2024-10", append(issued, notes...), again); len(more) != 0 {
			t.Fatalf("seed %d: after the corrections still differ %v", seed, more)
		}
	}
}
