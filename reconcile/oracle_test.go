package reconcile_test

import (
	"fmt"
	"strings"
	"testing"

	"daybook/fixtures/published"
	"daybook/reconcile"
	"daybook/schemas"
	"daybook/schemas/money"
)

// caseRunner runs one case through the functions that the stages call.
type caseRunner func(t *testing.T, c published.Case)

// oracles are the files of cases, and who runs each kind of them.
var oracles = []struct {
	file string
	kind func(c *published.Case) string
	run  map[string]caseRunner
}{
	{"variance.json", func(c *published.Case) string { return c.Kind }, runners(variances)},
	{"misc.json", func(c *published.Case) string { return c.Kind }, others},
	{"sla.json", func(c *published.Case) string { return c.Method }, serviceLevels},
}

// runners are the functions that look at inputs and results alone.
func runners(of map[string]func(t *testing.T, in, want published.Tree)) map[string]caseRunner {
	out := map[string]caseRunner{}
	for kind, run := range of {
		out[kind] = func(t *testing.T, c published.Case) { run(t, c.Input, c.Expected) }
	}
	return out
}

// TestOracles runs cases of our own and published ones. A kind that no function knows fails, and so does one of which we have
// no case of our own.
func TestOracles(t *testing.T) {
	type count struct{ passed, failed int }
	sums := map[bool]*count{true: {}, false: {}}
	for _, o := range oracles {
		counts, own := map[bool]*count{true: {}, false: {}}, map[string]bool{}
		for _, c := range published.Cases(t, o.file) {
			kind := o.kind(&c)
			own[kind] = own[kind] || c.Own
			passed := t.Run(o.file+"/"+c.ID, func(t *testing.T) {
				run, known := o.run[kind]
				if !known {
					t.Fatalf("no function knows the kind %q", kind)
				}
				run(t, c)
			})
			for _, n := range []*count{counts[c.Own], sums[c.Own]} {
				if passed {
					n.passed++
				} else {
					n.failed++
				}
			}
		}
		for kind := range o.run {
			if !own[kind] {
				t.Errorf("testdata/%s has no case of %q", o.file, kind)
			}
		}
		fmt.Printf("%-14s own %5d passed, %d failed; published %5d passed, %d failed\n", o.file, counts[true].passed, counts[true].failed, counts[false].passed, counts[false].failed)
	}
	if n := sums[false]; n.passed+n.failed > 0 {
		fmt.Printf("published cases: %d passed, %d failed\n", n.passed, n.failed)
	} else {
		fmt.Printf("published cases: none are there; %s says where they lie\n", published.Variable)
	}
}

// variances run the cases of plan and actual through plan lines and charges, as a night does.
var variances = map[string]func(t *testing.T, in, want published.Tree){
	"compound growth and run-rate":                  compoundGrowth,
	"trend forecast":                                trend,
	"price":                                         priceVolume,
	"volume":                                        priceVolume,
	"price-volume":                                  priceVolume,
	"price-volume-fx":                               priceVolumeFX,
	"mix-quantity":                                  mixOfShares,
	"mix-quantity (budgeted-CM convention)":         mixOfShares,
	"mix-quantity tickets":                          mixOfTickets,
	"actual volume at budget mix":                   mixVolume,
	"mix deltas (units)":                            mixUnits,
	"mix shift, total below plan":                   mixShift,
	"sales quantity":                                quantity,
	"sales quantity, two methods agree":             quantityInThousands,
	"full revenue price/mix/quantity with identity": priceMixQuantity,
	"FX variance must be summed per row":            fxPerRow,
	"realised FX":                                   fxRealised,
	"market share / size":                           marketShare,
	"new and discontinued product":                  newAndLost,
	"favourable sign by measure":                    favourable,
	"materiality both-tests":                        materiality,
	"linear run rate":                               linearRunRate,
	"weekday-seasonal run rate":                     seasonalRunRate,
}

func priceVolume(t *testing.T, in, want published.Tree) {
	value := func(side string) money.Decimal {
		if in.At(side, "revenue") != nil {
			return in.Dec(side, "revenue")
		}
		return in.Dec(side, "qty").Mul(in.Dec(side, "price"))
	}
	got, _ := setting{}.compare(t, sold{
		offering: "a", planUnits: in.Dec("budget", "qty"), plan: value("budget"), units: in.Dec("actual", "qty"), actual: value("actual"),
	})
	v := got["a Revenue"]
	same(t, "price", v.Causes.Price, want.At("price"))
	same(t, "volume", v.Causes.Volume, want.At("volume"))
	same(t, "total", v.Variance, want.At("total"))
	if f := want.At("flag"); f != nil && f != effect(v) {
		t.Errorf("effect %s, want %v", effect(v), f)
	}
}

// mixLine is a line at a planned contribution per unit, sold at that contribution.
func mixLine(name string, planUnits, units, each money.Decimal) sold {
	return sold{offering: name, planUnits: planUnits, plan: planUnits.Mul(each), units: units, actual: units.Mul(each)}
}

func mixOfShares(t *testing.T, in, want published.Tree) {
	var lines []sold
	for _, p := range in.List("products") {
		p := published.Tree(p.(map[string]any))
		share := func(side string) money.Decimal {
			if p.At(side+"_mix") != nil {
				return p.Dec(side + "_mix")
			}
			return p.Dec(side + "_mix_pct").Shift(-2)
		}
		lines = append(lines, mixLine(p.At("n").(string), in.Dec("budget_total").Mul(share("budget")), in.Dec("actual_total").Mul(share("actual")), p.Dec("cm")))
	}
	got, _ := setting{mix: "all"}.compare(t, lines...)
	mix, volume := money.Zero, money.Zero
	for i, l := range lines {
		v := got[l.offering+" Revenue"]
		same(t, l.offering+" mix", v.Causes.Mix, want.At("mix", i))
		same(t, l.offering+" quantity", v.Causes.Volume, want.At("quantity", i))
		mix, volume = mix.Add(v.Causes.Mix), volume.Add(v.Causes.Volume)
	}
	same(t, "mix", mix, want.At("mix_total"))
	same(t, "quantity", volume, want.At("quantity_total"))
}

func mixOfTickets(t *testing.T, in, want published.Tree) {
	var lines []sold
	for _, n := range []string{"lower", "upper"} {
		lines = append(lines, mixLine(n, in.Dec("budget_total").Mul(in.Dec(n, "budget_mix")), in.Dec("actual_total").Mul(in.Dec(n, "actual_mix")), in.Dec(n, "cm")))
	}
	got, _ := setting{mix: "all"}.compare(t, lines...)
	for _, n := range []string{"lower", "upper"} {
		same(t, n+" mix", got[n+" Revenue"].Causes.Mix, want.At("mix", n))
		same(t, n+" quantity", got[n+" Revenue"].Causes.Volume, want.At("quantity", n))
	}
}

func mixVolume(t *testing.T, in, want published.Tree) {
	// The actual mix does not matter for the volume at the planned mix: all is sold as A but one unit.
	got, _ := setting{mix: "all"}.compare(t,
		mixLine("A", in.Dec("budget", "A"), in.Dec("actual_total").Sub(money.One), money.One), mixLine("B", in.Dec("budget", "B"), money.One, money.One))
	for _, n := range []string{"A", "B"} {
		v := got[n+" Units"]
		same(t, n, v.Expected.Add(v.Causes.Volume), want.At(n))
	}
}

func mixUnits(t *testing.T, in, want published.Tree) {
	var lines []sold
	for _, n := range []string{"XV1", "FB33"} {
		lines = append(lines, mixLine(n, in.Dec("budget", n), in.Dec("actual", n), money.One))
	}
	got, _ := setting{mix: "all"}.compare(t, lines...)
	for _, n := range []string{"XV1", "FB33"} {
		same(t, n+" mix", got[n+" Units"].Causes.Mix, want.At("units_vs_budget_mix", n))
		same(t, n+" quantity", got[n+" Units"].Causes.Volume, want.At("quantity_units", n))
	}
}

func mixShift(t *testing.T, in, want published.Tree) {
	var lines []sold
	for i, n := range []string{"a", "b"} {
		lines = append(lines, mixLine(n, in.Dec("budget_total").Mul(in.Dec("budget_mix", i)), in.Dec("actual_total").Mul(in.Dec("actual_mix", i)), money.One))
	}
	got, _ := setting{mix: "all"}.compare(t, lines...)
	for i, n := range []string{"a", "b"} {
		same(t, n+" mix", got[n+" Units"].Causes.Mix, want.At("mix_units", i))
		same(t, n+" quantity", got[n+" Units"].Causes.Volume, want.At("quantity_units", i))
	}
}

func quantity(t *testing.T, in, want published.Tree) {
	half := in.Dec("actual_total").Mul(money.MustDecimal("0.5"))
	got, _ := setting{mix: "all"}.compare(t,
		mixLine("Deluxe", in.Dec("budget", "Deluxe"), half, in.Dec("cm", "Deluxe")), mixLine("Standard", in.Dec("budget", "Standard"), half, in.Dec("cm", "Standard")))
	for _, n := range []string{"Deluxe", "Standard"} {
		same(t, n, got[n+" Revenue"].Causes.Volume, want.At("quantity", n))
	}
}

func quantityInThousands(t *testing.T, in, want published.Tree) {
	var lines []sold
	names := []string{"Tables", "Chairs", "Sideboards"}
	for _, n := range names {
		lines = append(lines, mixLine(n, in.Dec("budget", n), in.Dec("actual_at_budget_mix", n), in.Dec("unit_contribution", n)))
	}
	got, _ := setting{mix: "all"}.compare(t, lines...)
	sum := money.Zero
	for i, n := range names {
		v := got[n+" Revenue"].Causes.Volume
		same(t, n, v.Shift(-3), want.At("by_product_k", i))
		sum = sum.Add(v)
	}
	same(t, "total", sum.Shift(-3), want.At("total_k"))
}

func priceMixQuantity(t *testing.T, in, want published.Tree) {
	var lines []sold
	for _, r := range in.List("rows") {
		r := published.Tree(r.(map[string]any))
		lines = append(lines, sold{
			offering: r.At("n").(string), planUnits: r.Dec("bq"), plan: r.Dec("bq").Mul(r.Dec("bp")), units: r.Dec("aq"), actual: r.Dec("aq").Mul(r.Dec("ap")),
		})
	}
	got, _ := setting{mix: "all"}.compare(t, lines...)
	var rows []schemas.Variance
	for i, l := range lines {
		v := got[l.offering+" Revenue"]
		rows = append(rows, v)
		same(t, l.offering+" price", v.Causes.Price, want.At("price", i))
		same(t, l.offering+" mix", v.Causes.Mix, want.At("mix", i))
		same(t, l.offering+" quantity", v.Causes.Volume, want.At("quantity", i))
	}
	sum := reconcile.Sum(rows, schemas.Revenue)
	checkVariance(t, &sum)
	same(t, "total", sum.Variance, want.At("total"))
	same(t, "mix", sum.Causes.Mix, want.At("mix_total"))
	same(t, "quantity", sum.Causes.Volume, want.At("quantity_total"))
	averagePrice(t, lines, want)
}

// averagePrice is the other convention: mix at the difference of a line's planned price from the average one.
func averagePrice(t *testing.T, lines []sold, want published.Tree) {
	got, _ := setting{mix: "all", policy: schemas.PlanPolicy{MixAt: schemas.MixAtAverage}}.compare(t, lines...)
	units, sold, plan := money.Zero, money.Zero, money.Zero
	for _, l := range lines {
		units, sold, plan = units.Add(l.planUnits), sold.Add(l.units), plan.Add(l.plan)
	}
	var rows []schemas.Variance
	for i, l := range lines {
		v := got[l.offering+" Revenue"]
		rows = append(rows, v)
		same(t, l.offering+" mix at the average price", v.Causes.Mix, want.At("mix_weighted_avg_convention", i))
		// What is published leaves out of a line what comes to nothing over all of them: more in all, of lines dearer than the average.
		more := sold.Sub(units).Mul(l.planUnits)
		beside, err := money.DivRound(more.Mul(l.plan.Mul(units).Sub(plan.Mul(l.planUnits))), units.Mul(units).Mul(l.planUnits), 2, money.HalfEven)
		must(t, err)
		same(t, l.offering+" quantity at the average price", v.Causes.Volume.Sub(beside), want.At("quantity_weighted_avg_convention", i))
	}
	sum := reconcile.Sum(rows, schemas.Revenue)
	same(t, "mix at the average price", sum.Causes.Mix, want.At("mix_total"))
	same(t, "quantity at the average price", sum.Causes.Volume, want.At("quantity_total"))
}

func priceVolumeFX(t *testing.T, in, want published.Tree) {
	places := int32(4)
	got, _ := setting{
		policy: schemas.PlanPolicy{Places: &places},
		rates:  []schemas.PlanRate{{Period: month, Currency: "USD", Rate: in.Dec("fx_base")}},
		fx:     map[money.Currency]money.Ratio{"USD": {Num: in.Dec("fx_actual"), Den: money.One}},
	}.compare(t, sold{
		offering: "a", currency: "USD", planUnits: in.Dec("base_units"), plan: in.Dec("base_units").Mul(in.Dec("base_price")),
		units: in.Dec("actual_units"), actual: in.Dec("actual_local_value"),
	})
	v := got["a Revenue"]
	same(t, "fx", v.Causes.FX, want.At("unrounded", "fx"))
	for name, got := range map[string]money.Decimal{"fx": v.Causes.FX, "price": v.Causes.Price, "volume": v.Causes.Volume, "total": v.Variance} {
		if got.Sub(want.Dec(name)).Abs().GreaterThan(money.One) {
			t.Errorf("%s: got %s, published %v", name, got, want.At(name))
		}
	}
}

func fxPerRow(t *testing.T, in, want published.Tree) {
	wanted := want.List("fx_rows")
	currencies := []money.Currency{"USD", "GBP"}
	sum := money.Zero
	for i, r := range in.List("rows") {
		r := published.Tree(r.(map[string]any))
		rate, err := money.DivRound(r.Dec("budget_base"), r.Dec("budget_local"), 30, money.HalfEven)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := setting{
			rates: []schemas.PlanRate{{Period: month, Currency: currencies[i], Rate: rate}},
			fx:    map[money.Currency]money.Ratio{currencies[i]: {Num: r.Dec("actual_base"), Den: r.Dec("actual_local")}},
		}.compare(t, sold{offering: "a", currency: currencies[i], planUnits: money.One, plan: r.Dec("budget_local"), units: money.One, actual: r.Dec("actual_local")})
		same(t, "fx", got["a Revenue"].Causes.FX, wanted[i])
		sum = sum.Add(got["a Revenue"].Causes.FX)
	}
	same(t, "fx in all", sum, want.At("fx_total"))
}

func fxRealised(t *testing.T, in, want published.Tree) {
	got, _ := setting{
		rates: []schemas.PlanRate{{Period: month, Currency: "USD", Rate: in.Dec("booking_rate")}},
		fx:    map[money.Currency]money.Ratio{"USD": {Num: in.Dec("settle_rate"), Den: money.One}},
	}.compare(t, sold{offering: "a", currency: "USD", planCost: in.Dec("foreign"), cost: in.Dec("foreign"), planUnits: money.One, units: money.One})
	v := got["a Cost"]
	same(t, "fx", v.Causes.FX, want.At("variance"))
	if v.Favourable {
		t.Error("a dearer payable is unfavourable")
	}
}

func marketShare(t *testing.T, in, want published.Tree) {
	// Size is volume and share is price: the market is the quantity, share × contribution what each unit of it earns.
	for i, r := range in.List("rows") {
		r := published.Tree(r.(map[string]any))
		value := func(side string) money.Decimal {
			return r.Dec(side + "_market").Mul(r.Dec(side + "_share")).Mul(r.Dec("composite_cm"))
		}
		got, _ := setting{}.compare(t, sold{
			offering: "a", planUnits: r.Dec("budget_market"), plan: value("budget"), units: r.Dec("actual_market"), actual: value("actual"),
		})
		same(t, "share", got["a Revenue"].Causes.Price, want.At("share", i))
		same(t, "size", got["a Revenue"].Causes.Volume, want.At("size", i))
	}
}

func newAndLost(t *testing.T, in, want published.Tree) {
	value := func(i int, side string) money.Decimal {
		return in.Dec("rows", i, side, "qty").Mul(in.Dec("rows", i, side, "price"))
	}
	got, findings := setting{}.compare(t,
		sold{offering: "New", new: true, units: in.Dec("rows", 0, "actual", "qty"), actual: value(0, "actual")},
		sold{offering: "Gone", absent: true, planUnits: in.Dec("rows", 1, "budget", "qty"), plan: value(1, "budget")})
	same(t, "new", got["New Revenue"].Causes.Unplanned, want.At("new"))
	same(t, "lost", got["Gone Revenue"].Causes.Missing, want.At("lost"))
	sum := reconcile.Sum([]schemas.Variance{got["New Revenue"], got["Gone Revenue"]}, schemas.Revenue)
	same(t, "price", sum.Causes.Price, want.At("price"))
	same(t, "volume", sum.Causes.Volume, want.At("volume"))
	same(t, "total", sum.Variance, want.At("total"))
	if len(findings) != 2 || findings[0].Code != schemas.CodePlanMissed || findings[1].Code != schemas.CodeUnplanned {
		t.Errorf("findings: %+v", findings)
	}
}

func favourable(t *testing.T, in, want published.Tree) {
	// The margins of the case are its own: each measure is judged alone.
	for i := range in.List("measure") {
		name := in.At("measure", i).(string)
		l := sold{offering: "a", planUnits: money.One, units: money.One}
		if name == "cost" {
			l.planCost, l.cost = in.Dec("budget", i), in.Dec("actual", i)
		} else {
			l.plan, l.actual = in.Dec("budget", i), in.Dec("actual", i)
		}
		got, _ := setting{}.compare(t, l)
		v := got["a "+strings.ToUpper(name[:1])+name[1:]]
		same(t, name, v.Variance, want.At("delta", i))
		if effect(v) != want.At("flag", i) {
			t.Errorf("%s: effect %s, want %v", name, effect(v), want.At("flag", i))
		}
	}
}

func materiality(t *testing.T, in, want published.Tree) {
	absolute, percent := in.Dec("rule", "abs"), in.Dec("rule", "pct")
	policy := schemas.PlanPolicy{Materiality: schemas.Threshold{Absolute: &absolute, Percent: &percent, Mode: schemas.ThresholdMode(in.At("rule", "mode").(string))}}
	for i := range in.List("rows") {
		got, _ := setting{policy: policy}.compare(t, sold{
			offering: "a", plan: in.Dec("rows", i, "budget"), actual: in.Dec("rows", i, "actual"),
		})
		if v := got["a Revenue"]; v.Material != want.At("material", i) {
			t.Errorf("row %d: material %t, want %v", i, v.Material, want.At("material", i))
		}
	}
}

func linearRunRate(t *testing.T, in, want published.Tree) {
	got, _ := setting{through: fmt.Sprintf("2022-09-%02s", fmt.Sprint(in.At("days_elapsed")))}.compare(t, sold{offering: "a", plan: money.One, actual: in.Dec("mtd_actual")})
	same(t, "forecast", *got["a Revenue"].RunRate, want.At("forecast"))
}

func seasonalRunRate(t *testing.T, in, want published.Tree) {
	weekday, weekend := in.Dec("profile", "weekday"), in.Dec("profile", "weekend")
	policy := schemas.PlanPolicy{Accrual: schemas.AccrueProfile, Weekdays: []money.Decimal{weekday, weekday, weekday, weekday, weekday, weekend, weekend}}
	// Of the days of September 2022, a Thursday first, 8 weekdays and 4 of the week-end pass by the 12th.
	through, _ := schemas.ParseDate("2022-09-12")
	elapsed, err := reconcile.Elapsed(&policy, "", month, through)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "profile to date", elapsed.Num, want.At("profile_elapsed"))
	same(t, "profile of the month", elapsed.Den, want.At("profile_month"))
	got, _ := setting{policy: policy, through: "2022-09-12"}.compare(t, sold{offering: "a", plan: money.One, actual: in.Dec("mtd_actual")})
	same(t, "forecast", *got["a Revenue"].RunRate, want.At("forecast"))
	got, _ = setting{through: "2022-09-12"}.compare(t, sold{offering: "a", plan: money.One, actual: in.Dec("mtd_actual")})
	same(t, "linear", *got["a Revenue"].RunRate, want.At("linear_run_rate"))
}
