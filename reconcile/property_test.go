package reconcile_test

import (
	"bytes"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"daybook/fixtures/effort"
	"daybook/reconcile"
	"daybook/reconcile/bills"
	"daybook/reconcile/tally"
	"daybook/schemas"
	"daybook/schemas/money"
)

// dice draws the random inputs of the property tests.
type dice struct{ *rand.Rand }

func (d dice) of(values ...string) string { return values[d.IntN(len(values))] }

// amount draws a number of either sign with up to the given places, zero now and then.
func (d dice) amount(places int32) money.Decimal {
	return money.NewDecimal(d.Int64N(2_000_000)-500_000, -d.Int32N(places+1)).Mul(money.NewDecimal(int64(min(d.IntN(9), 1)), 0))
}

func (d dice) charge(i int) *schemas.Charge {
	start := time.Date(2022, 8, 20+d.IntN(45), 0, 0, 0, 0, time.UTC)
	return &schemas.Charge{
		Start: start, End: start.AddDate(0, 0, 1+d.IntN(40)), Meter: schemas.MeterID(d.of("m", "level")), Model: d.of("flat", "flat", "flat", "true_up", "minimum", "overage"),
		ID: schemas.ChargeID(fmt.Sprint(i)), Account: schemas.AccountID(d.of("a", "b", "c")), Offering: schemas.OfferingID(d.of("vm", "disk", "net", "new")),
		Region: d.of("", "east", "west"), Segment: d.of("", "small", "large", "public"), Peer: schemas.PeerID(d.of("", "atlas", "boreas", "other")), Category: schemas.ChargeCategory(d.of("Usage", "Usage", "Purchase", "Credit", "Tax")),
		Frequency:   schemas.ChargeFrequency(d.of("Usage-Based", "Recurring", "One-Time")),
		HasQuantity: d.IntN(4) > 0, Priced: d.amount(6), PricingUnit: d.of("h", "GB"), Amount: d.amount(2), PeerCost: d.amount(8), HasCost: d.IntN(2) > 0,
		Currency: money.Currency(d.of("EUR", "EUR", "USD", "JPY")),
	}
}

func (d dice) plan() *schemas.Plan {
	p := &schemas.Plan{Rates: []schemas.PlanRate{{Period: month, Currency: "USD", Rate: money.MustDecimal("0.9")}}}
	p.Policy.MixAt = schemas.MixAt(d.of("", "average_price"))
	for _, o := range []schemas.OfferingID{"vm", "disk", "net", "gone"} {
		for _, place := range [][3]string{
			{},
			{"east"},
			{"west"},
			{"", "small"},
			{"east", "small"},
			{"", "large"},
			{"west", "large"},
			{"", "", "atlas"},
			{"", "", "boreas"},
			{"east", "", "atlas"},
			{"", "small", "atlas"},
			{"west", "large", "boreas"},
		} {
			if d.IntN(5) < 2 {
				continue
			}
			p.Lines = append(p.Lines, schemas.PlanLine{
				Period: month, Offering: o, Region: place[0], Segment: place[1], Peer: schemas.PeerID(place[2]), Unit: d.of("h", "GB", ""), Units: d.amount(3).Abs(), Revenue: d.amount(2).Abs(),
				Cost: d.amount(2).Abs(), Currency: money.Currency(d.of("EUR", "USD", "JPY")), Mix: d.of("", "", "all"),
				Accrual: schemas.Accrual(d.of("", "linear", "working_days", "upfront")),
			})
		}
	}
	return p
}

// versions writes the plan down as several versions of which each has some lines anew.
func (d dice) versions(n int) *schemas.Plan {
	out := d.plan()
	for i := range n {
		v := schemas.PlanVersion{ID: fmt.Sprint("v", i), KnownSince: schemas.NewDate(2022, 8, 1+i)}
		out.Versions = append(out.Versions, v)
		lines := d.plan().Lines
		if i == 0 {
			lines, out.Lines = out.Lines, nil
		}
		for _, l := range lines {
			if i == 0 || d.IntN(2) == 0 {
				l.Version = v.ID
				out.Lines = append(out.Lines, l)
			}
		}
	}
	d.Shuffle(n, func(i, j int) { out.Versions[i], out.Versions[j] = out.Versions[j], out.Versions[i] })
	return out
}

func fxOfTests(from, to money.Currency, _ schemas.Date) (schemas.Conversion, bool) {
	switch {
	case to != "EUR":
		return schemas.Conversion{}, false
	case from == "USD":
		return schemas.Conversion{Factor: ratio("1", "1.07")}, true
	case from == "JPY":
		return schemas.Conversion{Factor: ratio("1", "161.3")}, true
	}
	return schemas.Conversion{}, false
}

// TestCompareConserves draws plans and charges and asserts, against math/big, that actuals are the charges, that causes
// add up, that steps recompute, and that neither the order nor the division of charges matters.
func TestCompareConserves(t *testing.T) {
	for seed := range uint64(effort.Count(t, 20, 2_000)) {
		d := dice{rand.New(rand.NewPCG(seed, 1))}
		var charges []*schemas.Charge
		for i := range d.IntN(200) {
			c := d.charge(i)
			fx, ok := fxOfTests(c.Currency, "EUR", schemas.Date{})
			charges = append(charges, valued(t, c, fx.Factor, ok))
		}
		plan := d.plan()
		whole := reconcile.NewActuals(calendar, plan)
		euros := new(big.Rat)
		for _, c := range charges {
			must(t, whole.Add(c))
			if c.Currency == "EUR" && c.Category != "Tax" {
				euros.Add(euros, c.Amount.Rat())
			}
		}
		d.Shuffle(len(charges), func(i, j int) { charges[i], charges[j] = charges[j], charges[i] })
		sharded := merged(t, plan, charges)
		a, b := sumsBy(plan), sumsBy(plan)
		a.Actuals, b.Actuals = whole, sharded
		if !bytes.Equal(bytesOf(t, a), bytesOf(t, b)) {
			t.Fatalf("seed %d: sums differ by shard:\n%q\n%q", seed, bytesOf(t, a), bytesOf(t, b))
		}
		totals, _, err := whole.Totals()
		must(t, err)
		if i := slices.IndexFunc(totals, func(x tally.Total) bool { return x.Currency == "EUR" }); i >= 0 && totals[i].Amount.Decimal().Rat().Cmp(euros) != 0 {
			t.Fatalf("seed %d: revenue %s, charges %s", seed, totals[i].Amount, euros.RatString())
		}
		// At the month's end, all is actual.
		last := schemas.NewDate(2022, 9, 30)
		rows, _, err := reconcile.Compare(reconcile.Comparison{Period: month, Currency: "EUR", Plan: plan, Actuals: whole, FX: fxOfTests, Through: last})
		must(t, err)
		checkActuals(t, seed, rows, totals)
		// What the actuals do not show is said, to the last digit.
		value, cost := money.Zero, money.Zero
		for _, c := range charges {
			if c.EarnsRevenue() && c.Value.Known {
				value = value.Add(c.Value.Amount)
				if c.HasCost {
					cost = cost.Add(c.Value.Cost)
				}
			}
		}
		// A total of costs is that of the charges, rounded once, however many cells there are.
		if sum := reconcile.Sum(rows, schemas.Cost); !sum.Actual.Equal(money.RoundTo(cost, 2, money.HalfEven)) || !sum.Actual.Add(sum.Unshown).Equal(cost) {
			t.Errorf("seed %d: costs %s and %s unshown, and charges of %s", seed, sum.Actual, sum.Unshown, cost)
		}
		if sum := reconcile.Sum(rows, schemas.Revenue); !sum.Actual.Add(sum.Unshown).Equal(value) {
			t.Errorf("seed %d: actuals %s and %s unshown, and charges of %s", seed, sum.Actual, sum.Unshown, value)
		}
	}
}

// merged sums charges in three shards, each through bytes, as tasks do.
func merged(t *testing.T, plan *schemas.Plan, charges []*schemas.Charge) *reconcile.Actuals {
	t.Helper()
	out := sumsBy(plan)
	for shard := range 3 {
		part := sumsBy(plan)
		for i := shard; i < len(charges); i += 3 {
			must(t, part.Actuals.Add(charges[i]))
		}
		must(t, out.UnmarshalBinary(bytesOf(t, part)))
	}
	return out.Actuals
}

func noSums() *reconcile.Sums { return sumsBy(nil) }

func sumsBy(plan *schemas.Plan) *reconcile.Sums {
	return reconcile.NewSums(calendar, plan, noContracts())
}

func noContracts() *bills.Contracts { return bills.NewContracts(nil, nil, month, schemas.Date{}) }

func bytesOf(t *testing.T, s *reconcile.Sums) []byte {
	t.Helper()
	out, err := s.MarshalBinary()
	must(t, err)
	return out
}

func checkActuals(t *testing.T, seed uint64, rows []schemas.Variance, totals []tally.Total) {
	t.Helper()
	actual, revenue := new(big.Rat), new(big.Rat)
	ids := map[string]bool{}
	for i := range rows {
		v := &rows[i]
		checkVariance(t, v)
		if ids[v.ID] {
			t.Errorf("seed %d: two rows %s", seed, v.ID)
		}
		ids[v.ID] = true
		if v.Measure == schemas.Revenue {
			actual.Add(actual, v.Actual.Rat())
		}
	}
	for _, total := range totals {
		amount := total.Amount.Decimal().Rat()
		switch total.Currency {
		case "USD":
			amount.Quo(amount, big.NewRat(107, 100))
		case "JPY":
			amount.Quo(amount, big.NewRat(1613, 10))
		}
		revenue.Add(revenue, amount)
	}
	// Each conversion is rounded once, to the cent: no more than half a cent for each of a row's two parts and currencies.
	bound := big.NewRat(int64(len(rows))*4, 200)
	if off := new(big.Rat).Sub(actual, revenue); off.Abs(off).Cmp(bound) > 0 {
		t.Errorf("seed %d: actuals %s, charges converted %s", seed, actual.FloatString(4), revenue.FloatString(4))
	}
	sum := reconcile.Sum(rows, schemas.Revenue)
	if sum.Actual.Rat().Cmp(actual) != 0 || len(rows) > 0 && !sum.Causes.Sum().Equal(sum.Variance) {
		t.Errorf("seed %d: total %+v", seed, sum)
	}
}

func TestMargins(t *testing.T) {
	cases := []struct{ account, offering, category, amount, cost string }{
		{"a", "vm", "Usage", "10", "8"},
		{"a", "vm", "Usage", "10.00", "4.5"},
		{"a", "vm", "Tax", "3.80", "0"},
		{"b", "vm", "Usage", "10", "12"},
		{"b", "free", "Usage", "0", "1"},
		{"c", "vm", "Usage", "1.00", "1.004"},
		{"d", "vm", "Usage", "1.00", "1.005"},
		{"d", "vm", "Usage", "1.00", "1.005"},
		{"e", "vm", "Usage", "1.00", "1.0051"},
		{"f", "", "Purchase", "1.00", "3"},
	}
	sums, other := noSums(), noSums()
	one, two := sums.Margins, other.Margins
	for i, c := range cases {
		to := one
		if i%2 == 0 {
			to = two
		}
		must(t, to.Add(&schemas.Charge{
			Account: schemas.AccountID(c.account), Offering: schemas.OfferingID(c.offering), Category: schemas.ChargeCategory(c.category), Currency: "EUR",
			Amount: money.MustDecimal(c.amount), PeerCost: money.MustDecimal(c.cost), HasCost: true,
		}))
	}
	must(t, sums.UnmarshalBinary(bytesOf(t, other)))
	rows, findings := one.Rows(month)
	var got []string
	for _, r := range rows {
		percent := "-"
		if r.Percent != nil {
			percent = r.Percent.String()
		}
		got = append(got, fmt.Sprintf("%s %s %s %s %s %s", r.Account, r.Offering, r.Revenue, r.Cost, r.Margin, percent))
	}
	want := []string{"a vm 20 12.5 7.5 37.5", "b free 0 1 -1 -", "b vm 10 12 -2 -20", "c vm 1 1.004 -0.004 -0.4", "d vm 2 2.01 -0.01 -0.5", "e vm 1 1.0051 -0.0051 -0.51", "f  1 3 -2 -200"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	got = nil
	for _, f := range findings {
		got = append(got, string(f.Code)+" of "+string(f.Account)+": "+f.Message)
	}
	const advice = "; look at its price against the contract rate"
	want = []string{
		"negative_margin of b: free earns 0 EUR from b and costs 1" + advice, "negative_margin of b: vm earns 10 EUR from b and costs 12" + advice,
		"negative_margin of e: vm earns 1 EUR from e and costs 1.0051" + advice, "negative_margin of f: no offering earns 1 EUR from f and costs 3" + advice,
	}
	if !slices.Equal(got, want) {
		t.Errorf("findings %q, want %q", got, want)
	}
	byOffering, err := one.ByOffering()
	must(t, err)
	if rows, _ := byOffering.Rows(month); len(rows) != 3 || rows[2].Margin.String() != "5.4809" {
		t.Errorf("by offering: %+v", rows)
	}
}

// TestMonthToDate draws charges of one offering, leads them through the month, and holds each day against fractions that are
// computed here: what counts, what is to come and what is pending are always what is charged, what counts by day adds up to
// it, and on the last day all of it counts, to the last digit.
func TestMonthToDate(t *testing.T) {
	places := int32(money.Scale)
	for seed := range uint64(effort.Count(t, 10, 500)) {
		d := dice{rand.New(rand.NewPCG(seed, 4))}
		sums := noSums()
		plan := &schemas.Plan{Policy: schemas.PlanPolicy{Places: &places}}
		if d.IntN(3) == 0 {
			plan.Lines = []schemas.PlanLine{{Period: month, Offering: "vm", Currency: "EUR", Revenue: money.One, Accrual: schemas.AccrueUpfront}}
		}
		var charges []*schemas.Charge
		for i := range 1 + d.IntN(12) {
			c := d.charge(i)
			c.Offering, c.Region, c.Currency, c.Category = "vm", "", "EUR", schemas.ChargeCategory(d.of("Usage", "Purchase", "Credit"))
			if c.Frequency == schemas.FrequencyUsageBased { // what is used goes on, so that no whole is known
				c.Meter = "level"
			}
			charges = append(charges, valued(t, c, money.Ratio{}, false))
			must(t, sums.Actuals.Add(c))
			must(t, sums.Days.Add(c))
		}
		for day := 1; day <= 30; day++ {
			c := reconcile.Comparison{Period: month, Currency: "EUR", Plan: plan, Actuals: sums.Actuals, Through: schemas.NewDate(2022, 9, day)}
			rows, _, err := reconcile.Compare(c)
			must(t, err)
			byDay, err := c.ByDay(sums.Days, rows)
			must(t, err)
			checkToDate(t, fmt.Sprintf("seed %d, day %d", seed, day), charges, &rows[1], byDay, day, len(plan.Lines) > 0)
		}
	}
}

func checkToDate(t *testing.T, at string, charges []*schemas.Charge, v *schemas.Variance, byDay []schemas.DayRow, day int, upfront bool) {
	t.Helper()
	all, want, pending := new(big.Rat), new(big.Rat), new(big.Rat)
	for _, c := range charges {
		all.Add(all, c.Amount.Rat())
		counts, judged := share(c, day, upfront)
		want.Add(want, counts.Mul(counts, c.Amount.Rat()))
		if judged {
			pending.Add(pending, c.Amount.Rat())
		}
	}
	off := new(big.Rat).Sub(v.Actual.Rat(), want)
	if off.Abs(off).Cmp(big.NewRat(int64(len(charges)), 1_000_000_000_000_000_000)) > 0 {
		t.Fatalf("%s: %s counts, want %s", at, v.Actual, want.FloatString(20))
	}
	if v.Pending.Rat().Cmp(pending) != 0 {
		t.Fatalf("%s: %s is pending, want %s", at, v.Pending, pending.RatString())
	}
	if pending.Sign() < 0 { // a run rate has no true-up below zero
		all.Sub(all, pending)
	}
	if v.RunRate.Rat().Cmp(all) != 0 {
		t.Fatalf("%s: the month comes to %s, want %s", at, v.RunRate, all.RatString())
	}
	if day == 30 && v.Actual.Rat().Cmp(all) != 0 {
		t.Fatalf("%s: at its end the month has %s of %s", at, v.Actual, all.RatString())
	}
	sum := money.Zero
	for _, r := range byDay {
		sum = sum.Add(r.Revenue)
	}
	if !sum.Equal(v.Actual) {
		t.Fatalf("%s: the days sum up to %s, not %s", at, sum, v.Actual)
	}
}

// share is the part of a charge that counts by a day of the month, and whether it is still to be judged.
func share(c *schemas.Charge, day int, upfront bool) (*big.Rat, bool) {
	clamp := func(at time.Time) int64 {
		switch {
		case at.Month() < 9:
			return 1
		case at.Month() > 9:
			return 30
		}
		return int64(at.Day())
	}
	from, to := clamp(c.Start), clamp(c.End.Add(-time.Second))
	judged := c.Model == schemas.MadeTrueUp || c.Model == schemas.MadeMinimum
	switch {
	case judged:
		from = to
	case c.Model == schemas.MadeOverage, upfront, c.Frequency == schemas.FrequencyOneTime && c.Category != schemas.CategoryCredit:
		to = from
	}
	gone := min(max(int64(day)-from+1, 0), to-from+1)
	return big.NewRat(gone, to-from+1), judged && gone == 0
}

// A margin is stated in the provider's currency as its charges are, with the rate where they have but one, and not at all where
// one of them has none.
func TestMarginsInOneCurrency(t *testing.T) {
	one, other := noSums().Margins, noSums().Margins
	for i, c := range []struct{ account, currency, amount, cost, value, worth, rate, day string }{
		{"a", "USD", "10", "4", "9.01", "3.6", "0.9", "2022-09-28"},
		{"a", "USD", "10", "0", "9.02", "0", "0.9", "2022-09-28"},
		{"b", "USD", "10", "4", "9", "3.6", "0.9", "2022-09-28"},
		{"b", "USD", "10", "4", "9", "3.6", "0.9", "2022-09-29"},
		{"c", "USD", "10", "4", "9", "3.6", "0.9", "2022-09-28"},
		{"c", "USD", "10", "4", "8", "3.2", "0.8", "2022-09-28"},
		{"d", "GBP", "10", "4", "", "", "", ""},
		{"d", "GBP", "10", "4", "9", "3.6", "0.9", "2022-09-28"},
	} {
		charge := &schemas.Charge{
			Account: schemas.AccountID(c.account), Offering: "vm", Currency: money.Currency(c.currency), Amount: money.MustDecimal(c.amount),
			PeerCost: money.MustDecimal(c.cost), HasCost: true, Value: schemas.Valued{Currency: "EUR"},
		}
		if c.value != "" {
			day, err := schemas.ParseDate(c.day)
			must(t, err)
			charge.Value = schemas.Valued{
				Currency: "EUR", Known: true, Rate: money.MustDecimal(c.rate), Day: day, Amount: money.MustDecimal(c.value), Cost: money.MustDecimal(c.worth),
			}
		}
		to := one
		if i%2 == 0 {
			to = other
		}
		must(t, to.Add(charge))
	}
	// As between tasks: some of each account's charges come through bytes.
	sums, more := noSums(), noSums()
	sums.Margins, more.Margins = one, other
	must(t, sums.UnmarshalBinary(bytesOf(t, more)))
	rows, _ := one.Rows(month)
	var got []string
	for _, r := range rows {
		text := fmt.Sprintf("%s %s", r.Account, r.ValueCurrency)
		if r.RevenueValue != nil {
			text += fmt.Sprintf(" %s %s %s", r.RevenueValue, r.CostValue, r.MarginValue)
		}
		if r.Rate != nil {
			text += fmt.Sprintf(" at %s of %s", r.Rate, r.RateDay)
		}
		got = append(got, text)
	}
	want := []string{"a EUR 18.03 3.6 14.43 at 0.9 of 2022-09-28", "b EUR 18 7.2 10.8", "c EUR 17 6.8 10.2", "d EUR 9 3.6 5.4"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
