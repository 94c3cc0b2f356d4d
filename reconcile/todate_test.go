package reconcile_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"daybook/fixtures/effort"
	"daybook/reconcile"
	"daybook/schemas"
	"daybook/schemas/money"
)

// TestFeedsBehind compares the 10th of a month of 30 days: what comes from feeds that are behind is expected, and goes on, by the
// days of which these have data.
func TestFeedsBehind(t *testing.T) {
	day := func(n int) schemas.Date { return schemas.NewDate(2022, 9, n) }
	k := calendar
	k.Behind = map[schemas.MeterID]schemas.Date{"late": day(3), "level": day(3), "silent": day(1).AddDays(-1)}
	for _, x := range []struct {
		name     string
		behind   map[schemas.OfferingID]schemas.Date
		charges  []*schemas.Charge
		expected string // of 300
		actual   string
		rate     string // none: empty
		coming   string
	}{
		{"a feed that is not behind", nil, []*schemas.Charge{dayCharge("vm", "", "now", "Usage-Based", "50", "EUR", 1, 30)}, "100", "50", "150", "0"},
		{"one that is", map[schemas.OfferingID]schemas.Date{"vm": day(3)}, []*schemas.Charge{dayCharge("vm", "", "late", "Usage-Based", "9", "EUR", 1, 30)}, "30", "9", "90", "0"},
		{
			"both in one line", nil,
			[]*schemas.Charge{dayCharge("vm", "", "now", "Usage-Based", "50", "EUR", 1, 30), dayCharge("vm", "", "late", "Usage-Based", "9", "EUR", 1, 30)},
			"100", "59", "240", "0",
		},
		{"a feed without data", map[schemas.OfferingID]schemas.Date{"vm": day(1).AddDays(-1)}, nil, "0", "0", "", "0"},
		{
			"its fee is due all the same",
			map[schemas.OfferingID]schemas.Date{"vm": day(1).AddDays(-1)},
			[]*schemas.Charge{dayCharge("vm", "", "", "Recurring", "60", "EUR", 1, 30)},
			"0", "20", "", "40",
		},
		{"a level counts to the last day with data", map[schemas.OfferingID]schemas.Date{"vm": day(3)}, []*schemas.Charge{dayCharge("vm", "", "level", "Usage-Based", "60", "EUR", 1, 30)}, "30", "6", "60", "54"},
		{"a correction counts whole", nil, []*schemas.Charge{corrects(dayCharge("vm", "", "late", "Usage-Based", "7", "EUR", -5, -3))}, "100", "7", "7", "0"},
	} {
		t.Run(x.name, func(t *testing.T) {
			sums, shard := reconcile.NewSums(k, nil, noContracts()), reconcile.NewSums(k, nil, noContracts())
			for _, c := range x.charges {
				valued(t, c, ratio("1", "1"), true)
				must(t, shard.Actuals.Add(c))
				must(t, shard.Days.Add(c))
			}
			must(t, sums.UnmarshalBinary(bytesOf(t, shard)))
			plan := &schemas.Plan{Lines: []schemas.PlanLine{
				{Period: month, Offering: "vm", Revenue: money.MustDecimal("300"), Currency: "EUR"},
				{Period: month, Offering: "other", Revenue: money.MustDecimal("30"), Currency: "EUR"},
			}}
			c := reconcile.Comparison{Period: month, Currency: "EUR", Plan: plan, Actuals: sums.Actuals, FX: fxOfTests, Through: day(10), Behind: x.behind}
			rows, _, err := reconcile.Compare(c)
			must(t, err)
			v := rows[5] // revenue of vm
			checkVariance(t, &v)
			same(t, "expected", v.Expected, x.expected)
			same(t, "actual", v.Actual, x.actual)
			same(t, "to come", v.Coming, x.coming)
			whole := reconcile.Sum(rows, schemas.Revenue)
			switch {
			case x.rate == "" && (v.RunRate != nil || !whole.RunRatePlan.Equal(money.MustDecimal("30"))):
				t.Errorf("run rate %v, in all of what is planned at %s", v.RunRate, whole.RunRatePlan)
			case x.rate != "" && v.RunRate == nil:
				t.Error("no run rate")
			case x.rate != "":
				same(t, "run rate", *v.RunRate, x.rate)
				same(t, "plan of the run rate", whole.RunRatePlan, "330")
			}
			days, err := c.ByDay(sums.Days, rows)
			must(t, err)
			last := days[len(days)-1]
			if len(days) != 20 || last.Day != day(10) || !last.Expected.Equal(v.Expected) || !last.ToDate.Equal(v.Actual) {
				t.Errorf("%d days lead to %+v", len(days), last)
			}
		})
	}
}

// corrects makes a charge a correction.
func corrects(c *schemas.Charge) *schemas.Charge {
	c.Class = schemas.ClassCorrection
	return c
}

// TestNothingIsLostToDate draws plans and charges: on any day what has been, what is to come and what is to be judged are
// together what is charged, and accounts have what the comparison has.
func TestNothingIsLostToDate(t *testing.T) {
	for seed := range uint64(effort.Count(t, 20, 2_000)) {
		d := dice{rand.New(rand.NewPCG(seed, 7))}
		plan, through := d.plan(), schemas.NewDate(2022, 9, 1+d.IntN(30))
		k := calendar
		if d.IntN(2) == 0 {
			k.Behind = map[schemas.MeterID]schemas.Date{"m": through.AddDays(-1 - d.IntN(3))}
		}
		actuals, margins := reconcile.NewActuals(k, plan), reconcile.Margins{ToDate: reconcile.NewToDate(k, plan, through)}
		value := money.Zero
		for i := range d.IntN(100) {
			c := d.charge(i)
			fx, ok := fxOfTests(c.Currency, "EUR", schemas.Date{})
			valued(t, c, fx.Factor, ok)
			c.Value.Amount = money.RoundTo(c.Value.Amount, 2, money.HalfEven)
			must(t, actuals.Add(c))
			must(t, margins.Add(c))
			if c.EarnsRevenue() && c.Value.Known {
				value = value.Add(c.Value.Amount)
			}
		}
		rows, _, err := reconcile.Compare(reconcile.Comparison{Period: month, Currency: "EUR", Plan: plan, Actuals: actuals, FX: fxOfTests, Through: through})
		must(t, err)
		whole := reconcile.Sum(rows, schemas.Revenue)
		same(t, fmt.Sprintf("seed %d: charged", seed), whole.Actual.Add(whole.Coming).Add(whole.Pending), value.String())
		same(t, fmt.Sprintf("seed %d: unshown", seed), whole.Unshown, whole.Coming.Add(whole.Pending).String())
		byMargin, toDate := money.Zero, money.Zero
		lines, _ := margins.Rows(month)
		for _, l := range lines {
			if l.RevenueValue != nil {
				byMargin, toDate = byMargin.Add(*l.RevenueValue), toDate.Add(*l.RevenueToDate)
			}
		}
		same(t, fmt.Sprintf("seed %d: margins", seed), byMargin, value.String())
		// Each line rounds what is to date once for each currency.
		if off := toDate.Sub(whole.Actual).Abs(); off.GreaterThan(money.NewDecimal(int64(len(rows)), -2)) {
			t.Errorf("seed %d: margins have %s to date, the comparison %s", seed, toDate, whole.Actual)
		}
	}
}

// TestEarnings adds up what accounts earn, beside the month before.
func TestEarnings(t *testing.T) {
	fixed := func(s string) money.Fixed {
		f, err := money.FixedFromDecimal(money.MustDecimal(s))
		must(t, err)
		return f
	}
	var e reconcile.Earnings
	must(t, e.Add("a2", 3, 1, fixed("30"), fixed("20"), fixed("24")))
	must(t, e.Add("a1", 2, 0, fixed("7.50"), fixed("7.50"), fixed("0")))
	must(t, e.Add("a1", 1, 0, fixed("-0.50"), fixed("-0.50"), fixed("0")))
	must(t, e.Add("b1", 1, 0, fixed("4"), fixed("4"), fixed("1.25")))
	must(t, e.AddBefore("a1", reconcile.Owner{Customer: "x"}, fixed("10")))
	must(t, e.AddBefore("gone", reconcile.Owner{Customer: "g", CustomerName: "Gone"}, fixed("5")))
	must(t, e.AddBefore("nothing", reconcile.Owner{Customer: "n"}, fixed("0")))
	of := reconcile.EarningsOf{Period: month, Currency: "EUR", Month: "2022-08", Owner: func(id schemas.AccountID) (reconcile.Owner, bool) {
		return reconcile.Owner{Customer: string(id[:1]), CustomerName: "Name", AccountName: "Account"}, id != "gone"
	}}
	line := func(r *schemas.Earning) string {
		percent := "-"
		if r.Percent != nil {
			percent = r.Percent.String()
		}
		return fmt.Sprintf("%s %s %d: %s and %s, before %s, %s %s; %d, %d; %s - %s = %s", r.Customer, r.Account, r.Accounts, r.Revenue, r.Coming,
			r.Before, r.Change, percent, r.Charges, r.Unvalued, r.Revenue, r.Cost, r.Margin)
	}
	customers, accounts := e.Rows(of)
	var got []string
	for _, rows := range [][]schemas.Earning{customers, accounts} {
		for i := range rows {
			got = append(got, line(&rows[i]))
		}
	}
	want := []string{
		"a  2: 27 and 10, before 10, 17 170; 6, 1; 27 - 24 = 3", "b  1: 4 and 0, before 0, 4 -; 1, 0; 4 - 1.25 = 2.75",
		"g  1: 0 and 0, before 5, -5 -100; 0, 0; 0 - 0 = 0", "a a1 0: 7 and 0, before 10, -3 -30; 3, 0; 7 - 0 = 7",
		"a a2 0: 20 and 10, before 0, 20 -; 3, 1; 20 - 24 = -4", "b b1 0: 4 and 0, before 0, 4 -; 1, 0; 4 - 1.25 = 2.75",
		"g gone 0: 0 and 0, before 5, -5 -100; 0, 0; 0 - 0 = 0",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got\n%q, want\n%q", got, want)
	}
}
