package reconcile_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"daybook/fixtures/published"
	"daybook/reconcile"
	"daybook/reconcile/sheet"
	"daybook/schemas"
	"daybook/schemas/money"
)

// calendar has one meter that is of levels.
var calendar = reconcile.Calendar{Period: month, Zone: time.UTC, Levels: map[schemas.MeterID]bool{"level": true}}

// valued gives a charge its value in euros at a rate, at the places of datasets; none of no rate.
func valued(t testing.TB, c *schemas.Charge, rate money.Ratio, known bool) *schemas.Charge {
	t.Helper()
	c.Value = schemas.Valued{Currency: "EUR"}
	if c.Currency == "EUR" {
		rate, known = money.Ratio{Num: money.One, Den: money.One}, true
	}
	if !known {
		return c
	}
	c.Value.Known, c.Value.Day = true, schemas.NewDate(2022, 9, 30)
	var errs [3]error
	c.Value.Rate, errs[0] = money.DivRound(rate.Num, rate.Den, money.Scale, money.HalfEven)
	c.Value.Amount, errs[1] = money.MulDivRound(c.Amount, rate.Num, rate.Den, money.Scale, money.HalfEven)
	c.Value.Cost, errs[2] = money.MulDivRound(c.PeerCost, rate.Num, rate.Den, money.Scale, money.HalfEven)
	must(t, errors.Join(errs[:]...))
	return c
}

const month = schemas.Period("2022-09") // thirty days, beginning on a Thursday

// sold is one line on both sides.
type sold struct {
	offering, region string
	planUnits        money.Decimal
	plan             money.Decimal
	planCost         money.Decimal
	units            money.Decimal
	actual           money.Decimal
	cost             money.Decimal
	currency         money.Currency
	absent, new      bool
}

// setting is a comparison under construction; its zero value compares a whole month in EUR.
type setting struct {
	policy  schemas.PlanPolicy
	rates   []schemas.PlanRate
	fx      map[money.Currency]money.Ratio
	through string
	mix     string
}

// compare plans and sells, and returns the variances by offering and measure.
func (s setting) compare(t *testing.T, lines ...sold) (map[string]schemas.Variance, []schemas.Finding) {
	t.Helper()
	plan := &schemas.Plan{Policy: s.policy, Rates: s.rates}
	actuals := reconcile.NewActuals(calendar, nil)
	for i, l := range lines {
		currency := l.currency
		if currency == "" {
			currency = "EUR"
		}
		if !l.new {
			plan.Lines = append(plan.Lines, schemas.PlanLine{
				Period: month, Offering: schemas.OfferingID(l.offering), Region: l.region, Unit: "unit", Units: l.planUnits,
				Revenue: l.plan, Cost: l.planCost, Currency: currency, Mix: s.mix,
			})
		}
		if l.absent {
			continue
		}
		r, known := s.fx[currency]
		if err := actuals.Add(valued(t, &schemas.Charge{
			ID: schemas.ChargeID(fmt.Sprint(i)), Offering: schemas.OfferingID(l.offering), Region: l.region,
			Category: "Usage", Frequency: "Usage-Based", HasQuantity: true, Priced: l.units, PricingUnit: "unit",
			Amount: l.actual, PeerCost: l.cost, HasCost: true, Currency: currency,
		}, r, known)); err != nil {
			t.Fatal(err)
		}
	}
	if s.through == "" {
		s.through = "2022-09-30"
	}
	through, err := schemas.ParseDate(s.through)
	if err != nil {
		t.Fatal(err)
	}
	rows, findings, err := reconcile.Compare(reconcile.Comparison{
		Period: month, Currency: "EUR", Plan: plan, Actuals: actuals, Through: through,
		FX: func(from, _ money.Currency, _ schemas.Date) (schemas.Conversion, bool) {
			r, ok := s.fx[from]
			return schemas.Conversion{Factor: r}, ok
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]schemas.Variance{}
	for _, v := range rows {
		checkVariance(t, &v)
		out[strings.Trim(string(v.Offering)+" "+v.Region, " ")+" "+string(v.Measure)] = v
	}
	return out, findings
}

// checkVariance asserts what holds of every variance: the causes add up, and every step computes to what it says.
func checkVariance(t *testing.T, v *schemas.Variance) {
	t.Helper()
	if !v.Causes.Sum().Equal(v.Variance) || !v.Actual.Sub(v.Expected).Equal(v.Variance) {
		t.Errorf("%s: variance %s, actual - expected %s, causes %s (%+v)", v.ID, v.Variance, v.Actual.Sub(v.Expected), v.Causes.Sum(), v.Causes)
	}
	checkSteps(t, v.ID, v.Steps)
	// A total adds up rows, each of which has its steps. What is planned and not sold came to nothing, which takes no step.
	says := slices.ContainsFunc(v.Steps, func(s schemas.Step) bool { return strings.HasPrefix(s.Note, "actual") && s.Out == v.Actual.String() })
	if v.Offering != "" && !says && !v.Actual.IsZero() {
		t.Errorf("%s: no step comes to the actual %s", v.ID, v.Actual)
	}
}

func checkSteps(t *testing.T, id string, steps []schemas.Step) {
	t.Helper()
	for i, s := range steps {
		got, err := sheet.Recompute(s)
		if err != nil || got.String() != s.Out {
			t.Errorf("%s: step %d (%s) recomputes to %s, %v; it says %s", id, i, s.Note, got, err, s.Out)
		}
	}
}

func same(t *testing.T, what string, got money.Decimal, want any) {
	t.Helper()
	if !got.Equal(published.Dec(want)) {
		t.Errorf("%s: got %s, want %v", what, got, want)
	}
}

func ratio(num, den string) money.Ratio {
	return money.Ratio{Num: money.MustDecimal(num), Den: money.MustDecimal(den)}
}

// effect is the published flag of a variance.
func effect(v schemas.Variance) string {
	if v.Favourable {
		return "F"
	}
	return "U"
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
