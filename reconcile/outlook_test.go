package reconcile_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"daybook/fixtures/effort"
	"daybook/reconcile"
	"daybook/reconcile/sheet"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/planned"
)

// TestForecastsConserve draws months with charges of either sign in several currencies, with plans of nothing, lines that are new and
// lines that are lost, and asserts that what is in all is the sum of the lines, that margin is revenue less cost, that the year to
// date is its months, and that the steps compute again.
func TestForecastsConserve(t *testing.T) {
	for seed := range uint64(effort.Count(t, 20, 500)) {
		d := dice{rand.New(rand.NewPCG(seed, 8))}
		draw := func(charges int) []schemas.Variance {
			plan := d.plan()
			actuals := reconcile.NewActuals(calendar, plan)
			for i := range charges {
				c := d.charge(i)
				fx, ok := fxOfTests(c.Currency, "EUR", schemas.Date{})
				must(t, actuals.Add(valued(t, c, fx.Factor, ok)))
			}
			rows, _, err := reconcile.Compare(reconcile.Comparison{
				Period: month, Currency: "EUR", Plan: plan, Actuals: actuals, FX: fxOfTests, Through: schemas.NewDate(2022, 9, 30),
			})
			must(t, err)
			return rows
		}
		o := reconcile.Outlook{Period: month, Currency: "EUR", Places: 2, Policy: &schemas.PlanPolicy{YearFrom: 4}, Open: d.IntN(2) == 0, Through: schemas.NewDate(2022, 9, 30), Now: draw(d.IntN(40))}
		for i := range d.IntN(4) {
			o.Earlier = append(o.Earlier, reconcile.PastMonth{Period: schemas.Period(fmt.Sprint("2022-0", 5+i)), Rows: draw(d.IntN(40)), Whole: true})
		}
		for range d.IntN(4) {
			o.Ahead = append(o.Ahead, draw(0))
		}
		if d.IntN(2) == 0 {
			o.Policy.ForecastSteps = []schemas.ForecastStep{{From: "2022-11", Offering: "later", Revenue: d.amount(2), Cost: d.amount(2)}}
		}
		rows, _, err := o.Forecasts()
		must(t, err)
		checkForecasts(t, fmt.Sprint("seed ", seed), &o, rows)
	}
}

func checkForecasts(t *testing.T, at string, o *reconcile.Outlook, rows []planned.Forecast) {
	t.Helper()
	sums := map[string][5]money.Decimal{}
	values := func(f *planned.Forecast) (out [5]money.Decimal) {
		out = [5]money.Decimal{f.Plan, f.Actual, f.Expected, f.Variance}
		if f.Forecast != nil {
			out[4] = *f.Forecast
		}
		return out
	}
	actual := money.Zero
	for _, m := range append([]reconcile.PastMonth{{Rows: o.Now}}, o.Earlier...) {
		actual = actual.Add(reconcile.Sum(m.Rows, schemas.Margin).Actual)
	}
	for i := range rows {
		f := &rows[i]
		for _, step := range f.Steps {
			if out, err := sheet.Recompute(step); err != nil || out.String() != step.Out {
				t.Fatalf("%s: %s: step %+v gives %s, %v", at, f.ID, step, out, err)
			}
		}
		key := string(f.Horizon) + " " + string(f.Measure)
		if strings.Contains(f.ID, "/total/") {
			sums[key] = values(f)
			if f.Horizon == planned.Year && f.Measure == schemas.Margin && !f.Actual.Equal(actual) {
				t.Fatalf("%s: the year to date is %s, and its months are %s", at, f.Actual, actual)
			}
			continue
		}
		left := sums[key]
		for k, v := range values(f) {
			left[k] = left[k].Sub(v)
		}
		sums[key] = left
		if f.Measure == schemas.Margin {
			revenue, cost, margin := values(&rows[i-2]), values(&rows[i-1]), values(f)
			for k := range margin {
				if !revenue[k].Sub(cost[k]).Equal(margin[k]) {
					t.Fatalf("%s: %s: figure %d of margin is %s, not %s - %s", at, f.ID, k, margin[k], revenue[k], cost[k])
				}
			}
		}
	}
	for key, left := range sums {
		for k := range left {
			if !left[k].IsZero() {
				t.Fatalf("%s: figure %d of %s in all has %s more than its lines", at, k, key, left[k])
			}
		}
	}
}

// Two months tell nothing of how far a forecast may lie off; three do, and a month whose day had nothing yet is none of them.
func TestForecastRange(t *testing.T) {
	run := money.MustDecimal("300")
	policy := &schemas.PlanPolicy{YearFrom: 9}
	var rows []schemas.Variance
	for _, m := range []schemas.Measure{schemas.Revenue, schemas.Cost, schemas.Margin} {
		rows = append(rows, schemas.Variance{Offering: "vm", Measure: m, Accrual: schemas.AccrueLinear, RunRate: &run, Through: schemas.NewDate(2022, 9, 10)})
	}
	o := reconcile.Outlook{Period: month, Currency: "EUR", Places: 2, Policy: policy, Open: true, Through: schemas.NewDate(2022, 9, 10), Now: rows}
	const few = "insufficient history: %d earlier months where 3 tell how far it may lie off"
	one := strings.Replace(fmt.Sprintf(few, 1), "months", "month", 1)
	for i, c := range []struct {
		tenth, whole string
		want         [3]string // of revenue, cost, and margin
	}{
		{"40", "100", [3]string{one, one, one}},
		{"0", "50", [3]string{one, fmt.Sprintf(few, 2), one}},
		{"30", "93", [3]string{fmt.Sprintf(few, 2), "145.16 to 600", fmt.Sprintf(few, 2)}},
		{"20", "90", [3]string{"241.93 to 435.49", "145.16 to 600", "150 to 570.97"}},
	} {
		p := []schemas.Period{"2022-05", "2022-07", "2022-08", "2022-01"}[i]
		first, last := p.Days()
		tenth, whole := money.MustDecimal("10"), money.MustDecimal([]string{"15", "40", "62", "31"}[i])
		days := []schemas.DayRow{
			{Offering: "vm", Day: first.AddDays(9), ToDate: money.MustDecimal(c.tenth), Cost: &tenth}, {Offering: "vm", Day: last, ToDate: money.MustDecimal(c.whole), Cost: &whole},
		}
		b, err := reconcile.NewBacktest(policy, p, 10, days, rows, 2)
		must(t, err)
		o.Backtest = append(o.Backtest, b)
		got, _, err := o.Forecasts()
		must(t, err)
		for k, want := range c.want {
			line := &got[3+k] // behind what is in all
			text := line.Why
			if line.Low != nil {
				text = fmt.Sprintf("%s to %s", line.Low, line.High)
			}
			if text != want {
				t.Errorf("%s of %s: %q, want %q", line.Measure, p, text, want)
			}
		}
	}
}
