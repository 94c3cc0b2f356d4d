package reconcile_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"daybook/fixtures/effort"
	"daybook/reconcile"
	"daybook/reconcile/sheet"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/planned"
)

// TestBridges draws plans of several versions, with lines that are new, taken out, planned as nothing, in other units, regions and
// currencies, and asserts that the causes of every row add up to what it changes, that the bridges lead from the variances by the
// first version to those by the last, row by row and in all, and that the steps compute again.
func TestBridges(t *testing.T) {
	for seed := range uint64(effort.Count(t, 20, 1_000)) {
		d := dice{rand.New(rand.NewPCG(seed, 7))}
		whole := d.versions(1 + d.IntN(4))
		actuals := reconcile.NewActuals(calendar, whole)
		for i := range d.IntN(60) {
			c := d.charge(i)
			fx, ok := fxOfTests(c.Currency, "EUR", schemas.Date{})
			must(t, actuals.Add(valued(t, c, fx.Factor, ok)))
		}
		c := reconcile.Comparison{
			Period: month, Currency: "EUR", Plan: whole.AsOf(schemas.Date{}), Whole: whole, Actuals: actuals, FX: fxOfTests,
			Through: schemas.NewDate(2022, 9, 1+d.IntN(30)),
		}
		changes, err := c.Bridges()
		must(t, err)
		first, last := c, c
		first.Plan = whole.AsOf(c.Plan.Versions[0].KnownSince)
		before, _, err := reconcile.Compare(first)
		must(t, err)
		after, _, err := reconcile.Compare(last)
		must(t, err)
		checkBridges(t, fmt.Sprint("seed ", seed), changes, before, after)
	}
}

// checkBridges leads the variances by the first version through the changes, and holds them against those by the last.
func checkBridges(t *testing.T, at string, changes []planned.Change, before, after []schemas.Variance) {
	t.Helper()
	variance, plan := map[string]money.Decimal{}, map[string]money.Decimal{}
	for i := range before {
		variance[before[i].ID], plan[before[i].ID] = before[i].Variance, before[i].Plan
	}
	for i := range changes {
		r := &changes[i]
		if sum := r.Causes.Sum(); !sum.Equal(r.Change) || !r.After.Sub(r.Before).Equal(r.Change) {
			t.Fatalf("%s: %s changes %s to %s, by %s, of causes %s", at, r.ID, r.Before, r.After, r.Change, sum)
		}
		if got := r.VarianceBefore.Sub(r.ExpectedChange).Add(r.Moved); !got.Equal(r.VarianceAfter) {
			t.Fatalf("%s: %s leads from a variance of %s to %s, not %s", at, r.ID, r.VarianceBefore, got, r.VarianceAfter)
		}
		for _, step := range r.Steps {
			if out, err := sheet.Recompute(step); err != nil || out.String() != step.Out {
				t.Fatalf("%s: %s: step %+v gives %s, %v", at, r.ID, step, out, err)
			}
		}
		parts := []string{string(r.Period), string(r.Offering), r.Region, r.Segment, string(r.Peer)}
		switch {
		case r.Peer != "":
		case r.Segment != "":
			parts = parts[:4]
		default:
			parts = parts[:3]
		}
		id := schemas.JoinID(parts...) + "/" + string(r.Measure)
		if r.Measure != schemas.Units && (!variance[id].Equal(r.VarianceBefore) || !plan[id].Equal(r.Before)) {
			t.Fatalf("%s: %s begins with a plan of %s and a variance of %s, and the version before ends with %s and %s", at, r.ID, r.Before, r.VarianceBefore, plan[id], variance[id])
		}
		variance[id], plan[id] = r.VarianceAfter, r.After
	}
	for i := range after {
		v := &after[i]
		if v.Measure != schemas.Units && (!variance[v.ID].Equal(v.Variance) || !plan[v.ID].Equal(v.Plan)) {
			t.Fatalf("%s: the bridges end at %s with a plan of %s and a variance of %s, not %s and %s", at, v.ID, plan[v.ID], variance[v.ID], v.Plan, v.Variance)
		}
	}
}

func TestPlanAsOf(t *testing.T) {
	plan := &schemas.Plan{
		Versions: []schemas.PlanVersion{{ID: "later", KnownSince: schemas.NewDate(2024, 9, 5)}, {ID: "baseline", KnownSince: schemas.NewDate(2024, 1, 5)}},
		Lines: []schemas.PlanLine{
			{Version: "later", Period: "2024-09", Offering: "vm", Revenue: money.MustDecimal("12")},
			{Version: "baseline", Period: "2024-09", Offering: "vm", Revenue: money.MustDecimal("10")},
			{Version: "baseline", Period: "2024-09", Offering: "vm", Region: "east", Revenue: money.MustDecimal("3")},
			{Version: "baseline", Period: "2024-09", Offering: "vm", Segment: "small", Revenue: money.MustDecimal("4")},
		},
	}
	for _, c := range []struct {
		day  schemas.Date
		want string
	}{
		{schemas.NewDate(2024, 1, 4), ""},
		{schemas.NewDate(2024, 1, 5), "baseline: 10 3 4"},
		{schemas.NewDate(2024, 9, 4), "baseline: 10 3 4"},
		{schemas.NewDate(2024, 9, 5), "later: 12 3 4"},
		{schemas.Date{}, "later: 12 3 4"},
	} {
		known := plan.AsOf(c.day)
		got := known.Version()
		for i, l := range known.Lines {
			if i == 0 {
				got += ":"
			}
			got += " " + l.Revenue.String()
		}
		if got != c.want {
			t.Errorf("as of %s: %q, want %q", c.day, got, c.want)
		}
	}
	if one := (&schemas.Plan{Lines: plan.Lines[:1]}); one.AsOf(schemas.NewDate(1999, 1, 1)) != one || one.Version() != "" {
		t.Error("a plan without versions is not itself")
	}
}
