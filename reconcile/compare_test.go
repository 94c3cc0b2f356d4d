package reconcile_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"daybook/reconcile"
	"daybook/schemas"
	"daybook/schemas/money"
)

// comparisons are little nights: lines of plan (offering region units-unit revenue cost currency accrual mix), charges
// (offering region quantity-unit amount cost currency kind days) and what comes of them, by 12 September 2022. Days are of
// the month, all of it where there are none. The rows of a result are measure, offering, region: status expected actual
// variance, the causes that are not 0, run rate, what is pending.
const comparisons = `
== a month half over, sold by use
plan   vm east 300h 3000 1200 EUR - -
sold   vm east 110h 1155 480 EUR use
Revenue vm east: planned 1200 1155 -45 price +55 volume -100 run 2887.5
Cost vm east: planned 480 480 0 price +40 volume -40 run 1200
Units vm east: planned 120 110 -10 volume -10 run 275
Margin vm east: planned 720 675 -45 price +15 volume -60 run 1687.5

== a monthly fee counts day by day, as it is planned
plan   seat - 10seat 500 0 EUR - -
sold   seat - 11seat 550 0 EUR recurring
Revenue seat: planned 200 220 20 volume +20 run 550
Units seat: planned 4 4.4 0.4 volume +0.4 run 11

== one that is planned for its first day counts on it
plan   seat - 10seat 500 0 EUR upfront -
sold   seat - 11seat 550 0 EUR recurring
Revenue seat: planned 500 550 50 volume +50 run 550

== fees of part of the month
plan   seat - 10seat 500 0 EUR - -
sold   seat - 1seat 40 10 EUR recurring 11-30
sold   seat - 1seat 10 4 EUR recurring 1-5
sold   seat - 1seat 90 7 EUR recurring 13-30
Revenue seat: planned 200 14 -186 price -41 volume -145 run 140
Cost seat: planned 0 5 5 price +5 run 21
Units seat: planned 4 1.1 -2.9 volume -2.9 run 3

== a level is charged to the month's end, and not once more
plan   disk - 300GB 300 0 EUR - -
sold   disk - 330GB 330 0 EUR level
Revenue disk: planned 120 132 12 volume +12 run 330
Units disk: planned 120 132 12 volume +12 run 330

== what is charged once counts on its day, and is not extended
plan   setup - - 300 0 EUR - -
sold   setup - - 50 0 EUR one-time 3-30
sold   setup - - 70 0 EUR one-time 20-30
Revenue setup: planned 120 50 -70 unsplit -70 run 120

== a correction is of an earlier month: it is whole, and there is no more of it
plan   vm - 30h 300 0 EUR - -
sold   vm - 12h 120 0 EUR use
sold   vm - 3h 30 0 EUR correction
Revenue vm: planned 120 150 30 volume +30 run 330

== a coupon counts with the days of what it takes from
plan   seat - 1seat 300 0 EUR - -
sold   seat - 1seat 300 0 EUR recurring
sold   seat - - -150 0 EUR coupon
Revenue seat: planned 120 60 -60 price -60 run 150

== a minimum is judged at its end: use will have filled a part of it
plan   vm - 30h 1000 0 EUR - -
sold   vm - 10h 200 0 EUR use
sold   vm - - 800 0 EUR minimum
Revenue vm: planned 400 200 -200 price -133.33 volume -66.67 run 1000 pending 800

== or all of it, or more than is missing
plan   vm - 30h 1000 0 EUR - -
sold   vm - 30h 600 0 EUR use
sold   vm - - 400 0 EUR minimum
Revenue vm: planned 400 600 200 price -400 volume +600 run 1500 pending 400

== of a year that ended on the 10th it is judged
plan   vm - 30h 1000 0 EUR - -
sold   vm - 10h 200 0 EUR use
sold   vm - - 800 0 EUR true-up 1-10
Revenue vm: planned 400 1000 600 price +666.67 volume -66.67 run 1300

== overage is above what was spent already
plan   vm - - 300 0 EUR - -
sold   vm - - 60 0 EUR overage
Revenue vm: planned 120 60 -60 unsplit -60 run 60

== a line without a region takes the regions that no other line names
plan   vm - 30h 300 0 EUR - -
plan   vm east 30h 300 0 EUR - -
sold   vm east 12h 120 0 EUR use
sold   vm west 6h 60 0 EUR use
sold   vm north 6h 60 0 EUR use
Revenue vm: planned 120 120 0 run 300
Revenue vm east: planned 120 120 0 run 300

== what is not planned, and what is planned and absent
plan   old east 30h 300 90 EUR - -
sold   new east 3h 25 10 EUR use
Revenue new east: unplanned 0 25 25 unplanned +25 run 62.5
Cost new east: unplanned 0 10 10 unplanned +10 run 25
Revenue old east: missing 120 0 -120 missing -120 run 0
Cost old east: missing 36 0 -36 missing -36 run 0

== money alone cannot be split into price and volume
plan   consulting - 0 3000 0 EUR - -
sold   consulting - 5h 1500 0 EUR one-time
Revenue consulting: planned 1200 1500 300 unsplit +300 run 1500

== charges in another unit add money and no units
plan   vm - 30h 300 0 EUR - -
sold   vm - 12h 120 0 EUR use
sold   vm - 7GB 14 0 EUR use
Revenue vm: planned 120 134 14 price +14 run 335
Units vm: planned 12 12 0 run 30

== tax is nobody's revenue
plan   vm - 30h 300 0 EUR - -
sold   vm - 12h 120 0 EUR use
sold   vm - 0 22.80 0 EUR tax
Revenue vm: planned 120 120 0 run 300

== sold in dollars, planned in euros at 0.80, worth 0.90
plan   vm - 30h 300 0 EUR - -
sold   vm - 12h 150 0 USD use
Revenue vm: planned 120 135 15 exchange +15 run 337.5

== regions of one offering are a mix
plan   vm east 30h 300 0 EUR - -
plan   vm west 30h 600 0 EUR - -
sold   vm east 18h 180 0 EUR use
sold   vm west 6h 120 0 EUR use
Revenue vm east: planned 120 180 60 mix +60 run 450
Revenue vm west: planned 240 120 -120 mix -120 run 300

== lines of different accrual mix by what is due to date
plan   seat a 30s 300 0 EUR upfront all
plan   seat b 30s 300 0 EUR - all
sold   seat a 21s 210 0 EUR recurring
sold   seat b 21s 210 0 EUR use
Revenue seat a: planned 300 210 -90 mix -90 run 210
Revenue seat b: planned 120 210 90 mix +90 run 525

== an amount without an exchange rate is left out and said to be
plan   vm - 30h 300 0 EUR - -
sold   vm - 12h 120 0 EUR use
sold   vm - 1h 99 0 GBP use
Revenue vm: planned 120 120 0 price -10 volume +10 run 300 provisional
finding no_fx_rate
`

// night is one case of comparisons.
type night struct {
	name    string
	plan    schemas.Plan
	actuals *reconcile.Actuals
	want    []string
}

func nights(t *testing.T) []*night {
	t.Helper()
	var out []*night
	var n *night
	for line := range strings.Lines(comparisons) {
		line = strings.TrimSpace(line)
		f := strings.Fields(strings.ReplaceAll(line, " - ", " _ "))
		switch {
		case line == "":
		case f[0] == "==":
			n = &night{name: strings.TrimPrefix(line, "== "), actuals: reconcile.NewActuals(calendar, nil)}
			n.plan.Rates = []schemas.PlanRate{{Period: month, Currency: "USD", Rate: money.MustDecimal("0.80")}}
			absolute := money.NewDecimal(1_000_000, 0)
			n.plan.Policy.Materiality.Absolute = &absolute
			out = append(out, n)
		case f[0] == "plan":
			n.planLine(line)
		case f[0] == "sold":
			n.charge(t, line)
		default:
			n.want = append(n.want, line)
		}
	}
	return out
}

func blank(s string) string { return strings.Trim(s, "-") }

// unitOf parts 30h into 30 and h.
func unitOf(s string) (money.Decimal, string) {
	if s == "-" {
		return money.Zero, ""
	}
	n := strings.IndexFunc(s, func(r rune) bool { return r > '9' })
	if n < 0 {
		n = len(s)
	}
	return money.MustDecimal(s[:n]), s[n:]
}

func (n *night) planLine(line string) {
	f := strings.Fields(line)
	units, unit := unitOf(f[3])
	n.plan.Lines = append(n.plan.Lines, schemas.PlanLine{
		Period: month, Offering: schemas.OfferingID(f[1]), Region: blank(f[2]), Units: units, Unit: unit, Revenue: money.MustDecimal(f[4]),
		Cost: money.MustDecimal(f[5]), Currency: money.Currency(f[6]), Accrual: schemas.Accrual(blank(f[7])), Mix: blank(f[8]),
	})
}

func (n *night) charge(t *testing.T, line string) {
	t.Helper()
	f := strings.Fields(line)
	units, unit := unitOf(f[3])
	c := &schemas.Charge{
		Offering: schemas.OfferingID(f[1]), Region: blank(f[2]), HasQuantity: unit != "", Priced: units, PricingUnit: unit, Amount: money.MustDecimal(f[4]),
		PeerCost: money.MustDecimal(f[5]), HasCost: true, Currency: money.Currency(f[6]), Category: schemas.CategoryUsage, Frequency: schemas.FrequencyRecurring,
	}
	switch f[7] {
	case "use":
		c.Frequency = schemas.FrequencyUsageBased
	case "level":
		c.Frequency, c.Meter = schemas.FrequencyUsageBased, "level"
	case "correction":
		c.Frequency, c.Class = schemas.FrequencyUsageBased, schemas.ClassCorrection
	case "one-time":
		c.Frequency = schemas.FrequencyOneTime
	case "coupon":
		c.Category, c.Frequency = schemas.CategoryCredit, schemas.FrequencyOneTime
	case "true-up":
		c.Category, c.Model = schemas.CategoryPurchase, schemas.MadeTrueUp
	case "overage":
		c.Category, c.Model = schemas.CategoryPurchase, schemas.MadeOverage
	case "minimum":
		c.Category, c.Model = schemas.CategoryAdjustment, schemas.MadeMinimum
	case "tax":
		c.Category = schemas.CategoryTax
	case "recurring":
	default:
		t.Fatalf("%s: no kind %q", line, f[7])
	}
	first, last := 1, 30
	if len(f) > 8 {
		_, err := fmt.Sscanf(f[8], "%d-%d", &first, &last)
		must(t, err)
	}
	c.Start, c.End = time.Date(2022, 9, first, 0, 0, 0, 0, time.UTC), time.Date(2022, 9, last+1, 0, 0, 0, 0, time.UTC)
	if f[7] == "correction" {
		c.Start, c.End = c.Start.AddDate(0, -1, 0), c.End.AddDate(0, -1, 0)
	}
	must(t, n.actuals.Add(valued(t, c, ratio("0.90", "1"), c.Currency == "USD")))
}

// describe writes a variance as the cases do.
func describe(v *schemas.Variance) string {
	return fmt.Sprintf("%s %s: %s %s %s %s", v.Measure, strings.TrimSpace(string(v.Offering)+" "+v.Region), v.Status, v.Expected, v.Actual, v.Variance) + causes(v)
}

// causes writes the causes of a variance that are not 0, and what is said of it beside its numbers.
func causes(v *schemas.Variance) string {
	s := ""
	for _, c := range []struct {
		name string
		part money.Decimal
	}{
		{"price", v.Causes.Price},
		{"volume", v.Causes.Volume},
		{"mix", v.Causes.Mix},
		{"exchange", v.Causes.FX},
		{"unplanned", v.Causes.Unplanned},
		{"missing", v.Causes.Missing},
		{"unsplit", v.Causes.Unsplit},
	} {
		if c.part.IsPositive() {
			s += " " + c.name + " +" + c.part.String()
		} else if c.part.IsNegative() {
			s += " " + c.name + " " + c.part.String()
		}
	}
	if v.RunRate != nil {
		s += " run " + v.RunRate.String()
	}
	if !v.Pending.IsZero() {
		s += " pending " + v.Pending.String()
	}
	if v.Provisional {
		s += " provisional"
	}
	return s
}

func TestComparisons(t *testing.T) {
	through, err := schemas.ParseDate("2022-09-12")
	must(t, err)
	fx := func(from, _ money.Currency, _ schemas.Date) (schemas.Conversion, bool) {
		return schemas.Conversion{Factor: ratio("0.90", "1")}, from == "USD"
	}
	for _, n := range nights(t) {
		t.Run(n.name, func(t *testing.T) {
			rows, findings, err := reconcile.Compare(reconcile.Comparison{
				Period: month, Currency: "EUR", Plan: &n.plan, Actuals: n.actuals, FX: fx, Through: through,
			})
			must(t, err)
			var got []string
			for i := range rows {
				checkVariance(t, &rows[i])
				got = append(got, describe(&rows[i]))
			}
			for _, f := range findings {
				got = append(got, "finding "+string(f.Code))
			}
			all := "\n" + strings.Join(got, "\n") + "\n"
			for _, want := range n.want {
				if !strings.Contains(all, "\n"+want+"\n") {
					t.Errorf("no row\n %s\nin%s", want, all)
				}
			}
		})
	}
}

func TestPlanThatCannotBeRead(t *testing.T) {
	line := schemas.PlanLine{Period: month, Offering: "vm", Region: "east", Currency: "EUR"}
	cases := []struct {
		name string
		plan schemas.Plan
		want string
	}{
		{"two lines", schemas.Plan{Lines: []schemas.PlanLine{line, line}}, `plan: 2022-09 has two lines for offering vm in region "east"; make one of them`},
		{"no weekdays", schemas.Plan{Policy: schemas.PlanPolicy{Accrual: schemas.AccrueProfile}, Lines: []schemas.PlanLine{line}}, "plan: profile accrual needs 7 weekdays from Monday to Sunday, and the policy has 0"},
		{"no weight", schemas.Plan{Policy: schemas.PlanPolicy{Accrual: schemas.AccrueProfile, Weekdays: make([]money.Decimal, 7)}, Lines: []schemas.PlanLine{line}}, "plan: profile accrual gives the days of 2022-09 no weight; look at weekdays and holidays"},
		{"no accrual", schemas.Plan{Policy: schemas.PlanPolicy{Accrual: "monthly"}, Lines: []schemas.PlanLine{line}}, `plan: "monthly" is no accrual; it is one of [linear working_days profile upfront]`},
	}
	for _, c := range cases {
		_, _, err := reconcile.Compare(reconcile.Comparison{Period: month, Currency: "EUR", Plan: &c.plan, Actuals: reconcile.NewActuals(calendar, nil)})
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: error %v, want %s", c.name, err, c.want)
		}
	}
}

func TestElapsed(t *testing.T) {
	holiday, _ := schemas.ParseDate("2022-09-05")
	policy := &schemas.PlanPolicy{Holidays: []schemas.Date{holiday}}
	for _, c := range []struct{ accrual, through, want string }{
		{"linear", "2022-09-12", "12/30"},
		{"", "2022-09-12", "12/30"},
		{"linear", "2022-08-31", "0/30"},
		{"linear", "2022-10-05", "30/30"},
		{"working_days", "2022-09-04", "2/21"},
		{"working_days", "2022-09-05", "2/21"},
		{"working_days", "2022-09-30", "21/21"},
		{"upfront", "2022-08-31", "0/1"},
		{"upfront", "2022-09-01", "1/1"},
	} {
		through, _ := schemas.ParseDate(c.through)
		got, err := reconcile.Elapsed(policy, schemas.Accrual(c.accrual), month, through)
		if err != nil || got.String() != c.want {
			t.Errorf("%s through %s: got %s, %v, want %s", c.accrual, c.through, got, err, c.want)
		}
	}
}

// A total is the sum of its measure's rows in every number, as provisional and as material as any of them. Its run rate is that
// of the rows that have one, beside their plan.
func TestSum(t *testing.T) {
	row := func(m schemas.Measure, plan, expected, actual, runRate string, causes schemas.Causes, provisional, material bool) schemas.Variance {
		v := schemas.Variance{
			Period: month, Offering: "vm", Measure: m, Unit: "EUR", Status: schemas.Missing, Accrual: schemas.AccrueUpfront,
			Plan: money.MustDecimal(plan), Expected: money.MustDecimal(expected), Actual: money.MustDecimal(actual), Causes: causes,
			Provisional: provisional, Material: material,
		}
		if runRate != "" {
			r := money.MustDecimal(runRate)
			v.RunRate = &r
		}
		return v
	}
	one, two := money.One, money.NewDecimal(2, 0)
	first := row(schemas.Cost, "100", "40", "43", "90", schemas.Causes{Price: one, Volume: two}, false, false)
	second := row(schemas.Cost, "50", "20", "20", "60", schemas.Causes{Mix: one, FX: one, Unplanned: one, Missing: two.Neg(), Unsplit: one.Neg()}, true, false)
	third := row(schemas.Cost, "0", "0", "1", "", schemas.Causes{Price: one}, false, true)
	other := row(schemas.Revenue, "999", "999", "999", "999", schemas.Causes{}, true, true)
	for _, c := range []struct {
		name string
		rows []schemas.Variance
		want string
	}{
		{"one", []schemas.Variance{other, first}, "2022-09/total/Cost EUR 100 40 43 3 7.5 price +1 volume +2 run 90 of 100"},
		{"two", []schemas.Variance{first, second, other}, "2022-09/total/Cost EUR 150 60 63 3 5 price +1 volume +2 mix +1 exchange +1 unplanned +1 missing -2 unsplit -1 run 150 of 150 provisional"},
		{"three", []schemas.Variance{third, first, second}, "2022-09/total/Cost EUR 150 60 64 4 6.6667 price +2 volume +2 mix +1 exchange +1 unplanned +1 missing -2 unsplit -1 run 150 of 150 provisional material"},
	} {
		v := reconcile.Sum(c.rows, schemas.Cost)
		got := fmt.Sprintf("%s %s %s %s %s %s %s%s", v.ID, v.Unit, v.Plan, v.Expected, v.Actual, v.Variance, v.Percent, causes(&v))
		got = strings.Replace(got, " run "+v.RunRate.String(), fmt.Sprintf(" run %s of %s", v.RunRate, v.RunRatePlan), 1)
		if v.Material {
			got += " material"
		}
		if got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
		if v.Favourable || v.Status != schemas.Planned {
			t.Errorf("%s: costs above expectation are favourable: %t, status %s", c.name, v.Favourable, v.Status)
		}
	}
	if v := reconcile.Sum([]schemas.Variance{other}, schemas.Cost); v.ID != "" || v.Measure != "" {
		t.Errorf("no rows sum up to %+v", v)
	}
}
