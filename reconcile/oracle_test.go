package reconcile_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"daybook/reconcile"
	"daybook/reconcile/bills"
	"daybook/schemas"
	"daybook/schemas/money"
)

// oracle is one published case.
type oracle struct {
	ID       string
	Kind     string
	Input    json.RawMessage
	Expected json.RawMessage
	Note     string
}

// oracles reads a file of published cases, or skips the test where there is none.
func oracles(t *testing.T, name string) []oracle {
	t.Helper()
	dir := os.Getenv("DAYBOOK_ORACLES")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "data", "oracles")
	}
	data, err := os.ReadFile(filepath.Join(dir, name))
	if os.IsNotExist(err) {
		t.Skipf("no published cases here: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	var out []oracle
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// tree is a case's JSON with every number kept as written.
type tree map[string]any

func read(t *testing.T, raw json.RawMessage) tree {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var out tree
	if err := d.Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

func (m tree) at(path ...any) any {
	var v any = map[string]any(m)
	for _, p := range path {
		switch k := p.(type) {
		case string:
			v = v.(map[string]any)[k]
		case int:
			v = v.([]any)[k]
		}
	}
	return v
}

func (m tree) dec(path ...any) money.Decimal { return dec(m.at(path...)) }

func (m tree) list(path ...any) []any { return m.at(path...).([]any) }

// dec reads a number or text; null is 0.
func dec(v any) money.Decimal {
	if v == nil {
		return money.Zero
	}
	return money.MustDecimal(fmt.Sprint(v))
}

// otherKinds are cases of the file that compare nothing with a plan: growth of a series by a factor.
var otherKinds = []string{"compound growth and run-rate", "trend forecast"}

// TestPublishedVariances runs the published cases through plan lines and charges, as a night does.
func TestPublishedVariances(t *testing.T) {
	for _, o := range oracles(t, "variance.json") {
		t.Run(o.ID, func(t *testing.T) {
			in, want := read(t, o.Input), read(t, o.Expected)
			run := published[o.ID]
			if run == nil {
				if !slices.Contains(otherKinds, o.Kind) {
					t.Fatalf("no test knows how to run the kind %q", o.Kind)
				}
				t.Skipf("%s is no comparison with a plan", o.Kind)
			}
			run(t, in, want)
		})
	}
}

var published = map[string]func(t *testing.T, in, want tree){
	"pv-01":  priceVolume,
	"pv-02":  priceVolume,
	"pv-04":  priceVolume,
	"mix-07": mixOfShares, "mix-08": mixOfShares, "mix-11": mixOfTickets,
	"mixvol-13": mixVolume, "mixvol-14": mixUnits, "mixvol-16": mixShift,
	"qty-10": quantity, "qty-12": quantityInThousands, "pvm-24": priceMixQuantity,
	"pvfx-05": priceVolumeFX, "fx-06-trap": fxPerRow, "fx-15": fxRealised,
	"mkt-09": marketShare, "edge-21": newAndLost, "edge-22": favourable, "mat-23": materiality,
	"fc-19": linearRunRate, "fc-20": seasonalRunRate,
}

func priceVolume(t *testing.T, in, want tree) {
	value := func(side string) money.Decimal {
		if in.at(side, "revenue") != nil {
			return in.dec(side, "revenue")
		}
		return in.dec(side, "qty").Mul(in.dec(side, "price"))
	}
	got, _ := setting{}.compare(t, sold{
		offering: "a", planUnits: in.dec("budget", "qty"), plan: value("budget"), units: in.dec("actual", "qty"), actual: value("actual"),
	})
	v := got["a Revenue"]
	same(t, "price", v.Causes.Price, want.at("price"))
	same(t, "volume", v.Causes.Volume, want.at("volume"))
	same(t, "total", v.Variance, want.at("total"))
	if f := want.at("flag"); f != nil && f != effect(v) {
		t.Errorf("effect %s, want %v", effect(v), f)
	}
}

// mixLine is a line at a planned contribution per unit, sold at that contribution.
func mixLine(name string, planUnits, units, each money.Decimal) sold {
	return sold{offering: name, planUnits: planUnits, plan: planUnits.Mul(each), units: units, actual: units.Mul(each)}
}

func mixOfShares(t *testing.T, in, want tree) {
	var lines []sold
	for _, p := range in.list("products") {
		p := tree(p.(map[string]any))
		share := func(side string) money.Decimal {
			if p.at(side+"_mix") != nil {
				return p.dec(side + "_mix")
			}
			return p.dec(side + "_mix_pct").Shift(-2)
		}
		lines = append(lines, mixLine(p.at("n").(string), in.dec("budget_total").Mul(share("budget")), in.dec("actual_total").Mul(share("actual")), p.dec("cm")))
	}
	got, _ := setting{mix: "all"}.compare(t, lines...)
	mix, volume := money.Zero, money.Zero
	for i, l := range lines {
		v := got[l.offering+" Revenue"]
		same(t, l.offering+" mix", v.Causes.Mix, want.at("mix", i))
		same(t, l.offering+" quantity", v.Causes.Volume, want.at("quantity", i))
		mix, volume = mix.Add(v.Causes.Mix), volume.Add(v.Causes.Volume)
	}
	same(t, "mix", mix, want.at("mix_total"))
	same(t, "quantity", volume, want.at("quantity_total"))
}

func mixOfTickets(t *testing.T, in, want tree) {
	var lines []sold
	for _, n := range []string{"lower", "upper"} {
		lines = append(lines, mixLine(n, in.dec("budget_total").Mul(in.dec(n, "budget_mix")), in.dec("actual_total").Mul(in.dec(n, "actual_mix")), in.dec(n, "cm")))
	}
	got, _ := setting{mix: "all"}.compare(t, lines...)
	for _, n := range []string{"lower", "upper"} {
		same(t, n+" mix", got[n+" Revenue"].Causes.Mix, want.at("mix", n))
		same(t, n+" quantity", got[n+" Revenue"].Causes.Volume, want.at("quantity", n))
	}
}

func mixVolume(t *testing.T, in, want tree) {
	// The actual mix does not matter for the volume at the planned mix: all is sold as A but one unit.
	got, _ := setting{mix: "all"}.compare(t,
		mixLine("A", in.dec("budget", "A"), in.dec("actual_total").Sub(money.One), money.One), mixLine("B", in.dec("budget", "B"), money.One, money.One))
	for _, n := range []string{"A", "B"} {
		v := got[n+" Units"]
		same(t, n, v.Expected.Add(v.Causes.Volume), want.at(n))
	}
}

func mixUnits(t *testing.T, in, want tree) {
	var lines []sold
	for _, n := range []string{"XV1", "FB33"} {
		lines = append(lines, mixLine(n, in.dec("budget", n), in.dec("actual", n), money.One))
	}
	got, _ := setting{mix: "all"}.compare(t, lines...)
	for _, n := range []string{"XV1", "FB33"} {
		same(t, n+" mix", got[n+" Units"].Causes.Mix, want.at("units_vs_budget_mix", n))
		same(t, n+" quantity", got[n+" Units"].Causes.Volume, want.at("quantity_units", n))
	}
}

func mixShift(t *testing.T, in, want tree) {
	var lines []sold
	for i, n := range []string{"a", "b"} {
		lines = append(lines, mixLine(n, in.dec("budget_total").Mul(in.dec("budget_mix", i)), in.dec("actual_total").Mul(in.dec("actual_mix", i)), money.One))
	}
	got, _ := setting{mix: "all"}.compare(t, lines...)
	for i, n := range []string{"a", "b"} {
		same(t, n+" mix", got[n+" Units"].Causes.Mix, want.at("mix_units", i))
		same(t, n+" quantity", got[n+" Units"].Causes.Volume, want.at("quantity_units", i))
	}
}

func quantity(t *testing.T, in, want tree) {
	half := in.dec("actual_total").Mul(money.MustDecimal("0.5"))
	got, _ := setting{mix: "all"}.compare(t,
		mixLine("Deluxe", in.dec("budget", "Deluxe"), half, in.dec("cm", "Deluxe")), mixLine("Standard", in.dec("budget", "Standard"), half, in.dec("cm", "Standard")))
	for _, n := range []string{"Deluxe", "Standard"} {
		same(t, n, got[n+" Revenue"].Causes.Volume, want.at("quantity", n))
	}
}

func quantityInThousands(t *testing.T, in, want tree) {
	var lines []sold
	names := []string{"Tables", "Chairs", "Sideboards"}
	for _, n := range names {
		lines = append(lines, mixLine(n, in.dec("budget", n), in.dec("actual_at_budget_mix", n), in.dec("unit_contribution", n)))
	}
	got, _ := setting{mix: "all"}.compare(t, lines...)
	sum := money.Zero
	for i, n := range names {
		v := got[n+" Revenue"].Causes.Volume
		same(t, n, v.Shift(-3), want.at("by_product_k", i))
		sum = sum.Add(v)
	}
	same(t, "total", sum.Shift(-3), want.at("total_k"))
}

func priceMixQuantity(t *testing.T, in, want tree) {
	var lines []sold
	for _, r := range in.list("rows") {
		r := tree(r.(map[string]any))
		lines = append(lines, sold{
			offering: r.at("n").(string), planUnits: r.dec("bq"), plan: r.dec("bq").Mul(r.dec("bp")), units: r.dec("aq"), actual: r.dec("aq").Mul(r.dec("ap")),
		})
	}
	got, _ := setting{mix: "all"}.compare(t, lines...)
	var rows []schemas.Variance
	for i, l := range lines {
		v := got[l.offering+" Revenue"]
		rows = append(rows, v)
		same(t, l.offering+" price", v.Causes.Price, want.at("price", i))
		same(t, l.offering+" mix", v.Causes.Mix, want.at("mix", i))
		same(t, l.offering+" quantity", v.Causes.Volume, want.at("quantity", i))
	}
	sum := reconcile.Sum(rows, schemas.Revenue)
	checkVariance(t, &sum)
	same(t, "total", sum.Variance, want.at("total"))
	same(t, "mix", sum.Causes.Mix, want.at("mix_total"))
	same(t, "quantity", sum.Causes.Volume, want.at("quantity_total"))
}

func priceVolumeFX(t *testing.T, in, want tree) {
	places := int32(4)
	got, _ := setting{
		policy: schemas.PlanPolicy{Places: &places},
		rates:  []schemas.PlanRate{{Period: month, Currency: "USD", Rate: in.dec("fx_base")}},
		fx:     map[money.Currency]money.Ratio{"USD": {Num: in.dec("fx_actual"), Den: money.One}},
	}.compare(t, sold{
		offering: "a", currency: "USD", planUnits: in.dec("base_units"), plan: in.dec("base_units").Mul(in.dec("base_price")),
		units: in.dec("actual_units"), actual: in.dec("actual_local_value"),
	})
	v := got["a Revenue"]
	same(t, "fx", v.Causes.FX, want.at("unrounded", "fx"))
	for name, got := range map[string]money.Decimal{"fx": v.Causes.FX, "price": v.Causes.Price, "volume": v.Causes.Volume, "total": v.Variance} {
		if got.Sub(want.dec(name)).Abs().GreaterThan(money.One) {
			t.Errorf("%s: got %s, published %v", name, got, want.at(name))
		}
	}
}

func fxPerRow(t *testing.T, in, want tree) {
	wanted := want.list("fx_rows")
	currencies := []money.Currency{"USD", "GBP"}
	sum := money.Zero
	for i, r := range in.list("rows") {
		r := tree(r.(map[string]any))
		rate, err := money.DivRound(r.dec("budget_base"), r.dec("budget_local"), 30, money.HalfEven)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := setting{
			rates: []schemas.PlanRate{{Period: month, Currency: currencies[i], Rate: rate}},
			fx:    map[money.Currency]money.Ratio{currencies[i]: {Num: r.dec("actual_base"), Den: r.dec("actual_local")}},
		}.compare(t, sold{offering: "a", currency: currencies[i], planUnits: money.One, plan: r.dec("budget_local"), units: money.One, actual: r.dec("actual_local")})
		same(t, "fx", got["a Revenue"].Causes.FX, wanted[i])
		sum = sum.Add(got["a Revenue"].Causes.FX)
	}
	same(t, "fx in all", sum, want.at("fx_total"))
}

func fxRealised(t *testing.T, in, want tree) {
	got, _ := setting{
		rates: []schemas.PlanRate{{Period: month, Currency: "USD", Rate: in.dec("booking_rate")}},
		fx:    map[money.Currency]money.Ratio{"USD": {Num: in.dec("settle_rate"), Den: money.One}},
	}.compare(t, sold{offering: "a", currency: "USD", planCost: in.dec("foreign"), cost: in.dec("foreign"), planUnits: money.One, units: money.One})
	v := got["a Cost"]
	same(t, "fx", v.Causes.FX, want.at("variance"))
	if v.Favourable {
		t.Error("a dearer payable is unfavourable")
	}
}

func marketShare(t *testing.T, in, want tree) {
	// Size is volume and share is price: the market is the quantity, share × contribution what each unit of it earns.
	for i, r := range in.list("rows") {
		r := tree(r.(map[string]any))
		value := func(side string) money.Decimal {
			return r.dec(side + "_market").Mul(r.dec(side + "_share")).Mul(r.dec("composite_cm"))
		}
		got, _ := setting{}.compare(t, sold{
			offering: "a", planUnits: r.dec("budget_market"), plan: value("budget"), units: r.dec("actual_market"), actual: value("actual"),
		})
		same(t, "share", got["a Revenue"].Causes.Price, want.at("share", i))
		same(t, "size", got["a Revenue"].Causes.Volume, want.at("size", i))
	}
}

func newAndLost(t *testing.T, in, want tree) {
	value := func(i int, side string) money.Decimal {
		return in.dec("rows", i, side, "qty").Mul(in.dec("rows", i, side, "price"))
	}
	got, findings := setting{}.compare(t,
		sold{offering: "New", new: true, units: in.dec("rows", 0, "actual", "qty"), actual: value(0, "actual")},
		sold{offering: "Gone", absent: true, planUnits: in.dec("rows", 1, "budget", "qty"), plan: value(1, "budget")})
	same(t, "new", got["New Revenue"].Causes.Unplanned, want.at("new"))
	same(t, "lost", got["Gone Revenue"].Causes.Missing, want.at("lost"))
	sum := reconcile.Sum([]schemas.Variance{got["New Revenue"], got["Gone Revenue"]}, schemas.Revenue)
	same(t, "price", sum.Causes.Price, want.at("price"))
	same(t, "volume", sum.Causes.Volume, want.at("volume"))
	same(t, "total", sum.Variance, want.at("total"))
	if len(findings) != 2 || findings[0].Code != schemas.CodePlanMissed || findings[1].Code != schemas.CodeUnplanned {
		t.Errorf("findings: %+v", findings)
	}
}

func favourable(t *testing.T, in, want tree) {
	// The margins of the case are its own: each measure is judged alone.
	for i := range in.list("measure") {
		name := in.at("measure", i).(string)
		l := sold{offering: "a", planUnits: money.One, units: money.One}
		if name == "cost" {
			l.planCost, l.cost = in.dec("budget", i), in.dec("actual", i)
		} else {
			l.plan, l.actual = in.dec("budget", i), in.dec("actual", i)
		}
		got, _ := setting{}.compare(t, l)
		v := got["a "+strings.ToUpper(name[:1])+name[1:]]
		same(t, name, v.Variance, want.at("delta", i))
		if effect(v) != want.at("flag", i) {
			t.Errorf("%s: effect %s, want %v", name, effect(v), want.at("flag", i))
		}
	}
}

func materiality(t *testing.T, in, want tree) {
	absolute, percent := in.dec("rule", "abs"), in.dec("rule", "pct")
	policy := schemas.PlanPolicy{Materiality: schemas.Threshold{Absolute: &absolute, Percent: &percent, Mode: schemas.ThresholdMode(in.at("rule", "mode").(string))}}
	for i := range in.list("rows") {
		got, _ := setting{policy: policy}.compare(t, sold{
			offering: "a", plan: in.dec("rows", i, "budget"), actual: in.dec("rows", i, "actual"),
		})
		if v := got["a Revenue"]; v.Material != want.at("material", i) {
			t.Errorf("row %d: material %t, want %v", i, v.Material, want.at("material", i))
		}
	}
}

func linearRunRate(t *testing.T, in, want tree) {
	got, _ := setting{through: fmt.Sprintf("2022-09-%v", in.at("days_elapsed"))}.compare(t, sold{offering: "a", plan: money.One, actual: in.dec("mtd_actual")})
	same(t, "forecast", *got["a Revenue"].RunRate, want.at("forecast"))
}

func seasonalRunRate(t *testing.T, in, want tree) {
	weekday, weekend := in.dec("profile", "weekday"), in.dec("profile", "weekend")
	policy := schemas.PlanPolicy{Accrual: schemas.AccrueProfile, Weekdays: []money.Decimal{weekday, weekday, weekday, weekday, weekday, weekend, weekend}}
	// Of the days of September 2022, a Thursday first, 8 weekdays and 4 of the week-end pass by the 12th.
	through, _ := schemas.ParseDate("2022-09-12")
	elapsed, err := reconcile.Elapsed(&policy, "", month, through)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "profile to date", elapsed.Num, want.at("profile_elapsed"))
	same(t, "profile of the month", elapsed.Den, want.at("profile_month"))
	got, _ := setting{policy: policy, through: "2022-09-12"}.compare(t, sold{offering: "a", plan: money.One, actual: in.dec("mtd_actual")})
	same(t, "forecast", *got["a Revenue"].RunRate, want.at("forecast"))
	got, _ = setting{through: "2022-09-12"}.compare(t, sold{offering: "a", plan: money.One, actual: in.dec("mtd_actual")})
	same(t, "linear", *got["a Revenue"].RunRate, want.at("linear_run_rate"))
}

// TestPublishedMatches runs the published cases of matching and margin.
func TestPublishedMatches(t *testing.T) {
	for _, o := range oracles(t, "misc.json") {
		in, want := read(t, o.Input), read(t, o.Expected)
		switch o.ID {
		case "match-06":
			c := bills.NewContracts([]schemas.Contract{{ID: "c1", Peer: "cloudy", Currency: "EUR", Rates: []schemas.ContractRate{{
				Service: "Storage", Basis: schemas.BasisMeter, Metered: []schemas.SKU{"own"}, Unit: "GB", Price: in.dec("ours", "rate"),
			}}}}, nil, month, schemas.Date{})
			use := bills.NewUse(c)
			ours, err := money.FixedFromDecimal(in.dec("ours", "qty"))
			must(t, err)
			theirs, err := money.FixedFromDecimal(in.dec("peer", "qty"))
			must(t, err)
			cost, err := money.FixedFromDecimal(in.dec("peer", "qty").Mul(in.dec("peer", "rate")))
			must(t, err)
			must(t, use.Add(&bills.UseRow{SKU: "own", ConsumedUnit: "GB", UseSums: bills.UseSums{Consumed: ours, Rows: 1}}))
			must(t, use.Add(&bills.UseRow{Peer: "cloudy", Service: "Storage", PricingUnit: "GB", Currency: "EUR", UseSums: bills.UseSums{Priced: theirs, Billed: cost, Rows: 1}}))
			rows, _, err := bills.Match(c, use, nil)
			must(t, err)
			same(t, "expected", rows[0].Expected, want.at("expected"))
			same(t, "invoiced", rows[0].Actual, want.at("invoiced"))
			same(t, "usage", rows[0].QuantityPart, want.at("usage"))
			same(t, "rate", rows[0].PricePart, want.at("rate"))
			same(t, "total", rows[0].Difference, want.at("total"))
		case "match-07":
			absolute, percent := in.dec("tolerance_abs"), in.dec("tolerance_pct")
			th := schemas.Threshold{Absolute: &absolute, Percent: &percent, Mode: schemas.EitherTest}
			for i, v := range in.list("invoiced") {
				if within := !th.Beyond(dec(v).Sub(in.dec("expected")), in.dec("expected")); within != want.at("within", i) {
					t.Errorf("match-07: %v is within: %t", v, within)
				}
			}
		case "margin-03":
			m := &reconcile.Margins{}
			must(t, m.Add(&schemas.Charge{Account: "a", Currency: "EUR", Amount: want.dec("price"), PeerCost: in.dec("cost"), HasCost: true}))
			rows, _ := m.Rows(month)
			same(t, "margin", *rows[0].Percent, want.at("margin_pct"))
		}
	}
}
