package reconcile_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"daybook/fixtures/published"
	"daybook/reconcile"
	"daybook/reconcile/anomaly"
	"daybook/reconcile/bills"
	"daybook/reconcile/forecast"
	"daybook/reconcile/ledger"
	"daybook/reconcile/settlement"
	"daybook/schemas"
	"daybook/schemas/agreed"
	"daybook/schemas/money"
)

// others run the cases of margins, bills, settlement, anomalies and corrections.
var others = map[string]caseRunner{
	"markup vs margin":                markup,
	"markdown":                        markdown,
	"ERP discount chain":              discountChain,
	"three-way match decomposition":   threeWays,
	"tolerance":                       tolerance,
	"bilateral netting":               bilateral,
	"multilateral netting (sum zero)": multilateral,
	"impact":                          impact,
	"impact, zero expected":           impact,
	"modified z-score":                zScore,
	"MAD = 0":                         zeroMAD,
	"offset correction":               offset,
	"rerun delta":                     rerun,
}

// marginOf is the margin of a charge, by the sums of a night.
func marginOf(t *testing.T, price, cost money.Decimal) schemas.MarginRow {
	t.Helper()
	m := &reconcile.Margins{}
	must(t, m.Add(&schemas.Charge{Account: "a", Currency: "EUR", Amount: price, PeerCost: cost, HasCost: true}))
	rows, _ := m.Rows(month)
	return rows[0]
}

func markup(t *testing.T, c published.Case) {
	price := c.Input.Dec("cost").Mul(money.NewDecimal(100, 0).Add(c.Input.Dec("markup_pct"))).Shift(-2)
	same(t, "price", price, c.Expected.At("price"))
	same(t, "margin", *marginOf(t, price, c.Input.Dec("cost")).Percent, c.Expected.At("margin_pct"))
}

func fixed(t *testing.T, d money.Decimal) money.Fixed {
	t.Helper()
	f, err := money.FixedFromDecimal(d)
	must(t, err)
	return f
}

// billed matches one bill with what our meter saw of the same service, under one rate.
func billed(t *testing.T, rate agreed.ContractRate, bill, meter bills.UseSums) schemas.PeerMatch {
	t.Helper()
	rate.Service, rate.Unit, rate.Metered = "Storage", "GB", []schemas.SKU{"own"}
	contracts := bills.NewContracts([]agreed.Contract{{ID: "c", Peer: "cloudy", Currency: "EUR", Rates: []agreed.ContractRate{rate}}}, nil, month, schemas.Date{})
	use := bills.NewUse(contracts)
	bill.Rows, meter.Rows = 1, 1
	must(t, use.Add(&bills.UseRow{Peer: "cloudy", Service: "Storage", PricingUnit: "GB", Currency: "EUR", UseSums: bill}))
	if !meter.Consumed.IsZero() {
		must(t, use.Add(&bills.UseRow{SKU: "own", ConsumedUnit: "GB", UseSums: meter}))
	}
	rows, _, err := bills.Match(contracts, use, nil, nil)
	must(t, err)
	checkSteps(t, rows[0].ID, rows[0].Steps)
	return rows[0]
}

// discounted is what a reseller is to be billed of a list price.
func discounted(t *testing.T, list, percent money.Decimal) money.Decimal {
	t.Helper()
	rate := agreed.ContractRate{Basis: schemas.BasisList, Price: money.NewDecimal(100, 0).Sub(percent).Shift(-2)}
	return billed(t, rate, bills.UseSums{List: fixed(t, list)}, bills.UseSums{}).Expected
}

func markdown(t *testing.T, c published.Case) {
	same(t, "cost", discounted(t, c.Input.Dec("customer_cost"), c.Input.Dec("markdown_pct")), c.Expected.At("reseller_cost"))
}

func discountChain(t *testing.T, c published.Case) {
	price := discounted(t, c.Input.Dec("erp"), c.Input.Dec("reseller_discount_pct"))
	same(t, "price", price, c.Expected.At("reseller_price"))
	m := marginOf(t, price, c.Input.Dec("provider_cost"))
	same(t, "margin", m.Margin, c.Expected.At("distributor_margin"))
	same(t, "margin in percent", money.RoundTo(*m.Percent, 2, money.HalfEven), c.Expected.At("margin_pct_of_price"))
}

func threeWays(t *testing.T, c published.Case) {
	in := c.Input
	r := billed(t, agreed.ContractRate{Basis: schemas.BasisMeter, Price: in.Dec("ours", "rate")},
		bills.UseSums{Priced: fixed(t, in.Dec("peer", "qty")), Billed: fixed(t, in.Dec("peer", "qty").Mul(in.Dec("peer", "rate")))},
		bills.UseSums{Consumed: fixed(t, in.Dec("ours", "qty"))})
	for name, got := range map[string]money.Decimal{
		"expected": r.Expected, "invoiced": r.Actual, "usage": r.QuantityPart, "rate": r.PricePart, "total": r.Difference,
	} {
		same(t, name, got, c.Expected.At(name))
	}
}

func tolerance(t *testing.T, c published.Case) {
	absolute, percent, expected := c.Input.Dec("tolerance_abs"), c.Input.Dec("tolerance_pct"), c.Input.Dec("expected")
	modes := map[string]schemas.ThresholdMode{"stricter-of": schemas.EitherTest}
	mode, known := modes[c.Input.Text("mode")]
	if !known {
		t.Fatalf("no mode %q", c.Input.Text("mode"))
	}
	limit := schemas.Threshold{Absolute: &absolute, Percent: &percent, Mode: mode}
	for i, v := range c.Input.List("invoiced") {
		if got := !limit.Beyond(published.Dec(v).Sub(expected), expected); got != c.Expected.At("within", i) {
			t.Errorf("%v is within: %t, want %v", v, got, c.Expected.At("within", i))
		}
	}
}

// pool nets debts of one currency and day.
func pool(t *testing.T, debts ...settlement.Debt) settlement.Pool {
	t.Helper()
	for i := range debts {
		debts[i].Currency = "EUR"
	}
	pools, disputed, err := settlement.Net(debts)
	must(t, err)
	if len(pools) != 1 || len(disputed) != 0 {
		t.Fatalf("%d pools, %d disputed", len(pools), len(disputed))
	}
	return pools[0]
}

func bilateral(t *testing.T, c published.Case) {
	p := pool(t, settlement.Debt{From: "A", To: "B", Amount: c.Input.Dec("A_owes_B")}, settlement.Debt{From: "B", To: "A", Amount: c.Input.Dec("B_owes_A")})
	if got, want := fmt.Sprint(p.Pairs[0].From, p.Pairs[0].To), c.Expected.Text("payer")+c.Expected.Text("payee"); got != want || len(p.Pairs) != 1 {
		t.Errorf("%+v, want %s", p.Pairs, want)
	}
	same(t, "net", p.Pairs[0].Amount, c.Expected.At("net"))
	same(t, "gross", p.Gross, c.Expected.At("gross_flow"))
}

func multilateral(t *testing.T, c published.Case) {
	var debts []settlement.Debt
	for i := range c.Input.List("owes") {
		debts = append(debts, settlement.Debt{
			From: settlement.Party(c.Input.At("owes", i, 0).(string)), To: settlement.Party(c.Input.At("owes", i, 1).(string)), Amount: c.Input.Dec("owes", i, 2),
		})
	}
	p := pool(t, debts...)
	sum := money.Zero
	for _, x := range p.Positions {
		same(t, string(x.Party), x.Net, c.Expected.At("net", string(x.Party)))
		sum = sum.Add(x.Net)
	}
	if len(p.Positions) != len(c.Expected.Tree("net")) {
		t.Errorf("%d positions", len(p.Positions))
	}
	same(t, "sum", sum, c.Expected.At("sum"))
	same(t, "gross", p.Gross, c.Expected.At("gross"))
	same(t, "settled", p.Settled, c.Expected.At("settled"))
}

func impact(t *testing.T, c published.Case) {
	r := anomaly.Judge(c.Input.Dec("actual"), slices.Repeat([]money.Decimal{c.Input.Dec("expected")}, 10), anomaly.Policy{})
	same(t, "impact", r.Impact, c.Expected.At("impact"))
	switch want := c.Expected.At("impact_pct"); {
	case want == nil:
		if r.ImpactPercent != nil {
			t.Errorf("an impact on nothing is %s percent", r.ImpactPercent)
		}
	case r.ImpactPercent == nil:
		t.Error("no percentage")
	default:
		same(t, "percent", *r.ImpactPercent, want)
	}
}

// series is a history of amounts.
func series(in published.Tree) (out []money.Decimal) {
	for _, x := range in.List("x") {
		out = append(out, published.Dec(x))
	}
	return out
}

func zScore(t *testing.T, c published.Case) {
	all, limit := series(c.Input), c.Input.Dec("threshold")
	policy := anomaly.Policy{Least: len(all), Score: &limit}
	var outliers []string
	for _, x := range all {
		r := anomaly.Judge(x, all, policy)
		same(t, "median", r.Median, c.Expected.At("median"))
		same(t, "deviation", r.Deviation, c.Expected.At("mad"))
		if want := c.Expected.At("z_of_" + x.String()); want != nil {
			same(t, "score of "+x.String(), *r.Score, want)
		}
		if r.Verdict == anomaly.Unusual {
			outliers = append(outliers, x.String())
		}
	}
	if want := strings.Trim(fmt.Sprint(c.Expected.At("outliers")), "[]"); strings.Join(outliers, " ") != want {
		t.Errorf("outliers %v, want %s", outliers, want)
	}
}

func zeroMAD(t *testing.T, c published.Case) {
	all := series(c.Input)
	last := all[len(all)-1]
	for _, floor := range []money.Decimal{last.Sub(all[0]).Abs(), last.Sub(all[0]).Abs().Sub(money.One)} {
		policy := anomaly.Policy{Least: len(all), Floor: schemas.Threshold{Absolute: &floor}}
		for i, x := range all {
			r := anomaly.Judge(x, all, policy)
			same(t, "deviation", r.Deviation, c.Expected.At("mad"))
			want := anomaly.Usual
			if i == len(all)-1 && floor.LessThan(r.Impact.Abs()) {
				want = anomaly.Unusual
			}
			if r.Score != nil || r.Verdict != want {
				t.Errorf("%s above a floor of %s: %s, score %v; want %s", x, floor, r.Verdict, r.Score, want)
			}
		}
	}
}

func offset(t *testing.T, c published.Case) {
	day := schemas.NewDate(2022, 9, 1)
	entries := []ledger.Entry{{Document: "1", For: day, Known: day, Amount: c.Input.Dec("wrong")}}
	fix := ledger.Correct(ledger.Standing(entries, day, day), c.Input.Dec("right"))
	same(t, "adjustment", fix.Adjustment, c.Expected.At("adjustment"))
	entries = append(entries, ledger.Entry{Document: "2", For: day, Known: day.AddDays(5), Amount: fix.Adjustment})
	same(t, "sum", ledger.Standing(entries, day, schemas.Date{}), c.Expected.At("sum"))
	same(t, "as it was known", ledger.Standing(entries, day, day.AddDays(4)), c.Input.At("wrong"))
}

func rerun(t *testing.T, c published.Case) {
	for i, right := range c.Input.List("rerated") {
		fix := ledger.Correct(c.Input.Dec("invoiced"), published.Dec(right))
		same(t, "amount", fix.Amount, c.Expected.At("amount", i))
		if string(fix.Document) != c.Expected.At("document", i) {
			t.Errorf("rerated to %v: %s, want %v", right, fix.Document, c.Expected.At("document", i))
		}
	}
}

// grown is what a month comes to so many months on.
func grown(t *testing.T, base, factor money.Decimal, months int64) money.Decimal {
	t.Helper()
	p := month
	for range months {
		p = p.Next()
	}
	f := forecast.Forecast{Base: base, Of: month, Factor: factor}
	v, err := f.Month(p, 2)
	must(t, err)
	return v
}

func compoundGrowth(t *testing.T, in, want published.Tree) {
	factor := money.NewDecimal(100, 0).Add(in.Dec("growth_pct")).Shift(-2)
	n := in.Dec("months").IntPart()
	same(t, "last month", grown(t, in.Dec("monthly"), factor, n), want.At(fmt.Sprintf("month%d", n)))
	f := forecast.Forecast{Base: in.Dec("monthly"), Of: month}
	year, err := f.Sum(month, "2023-08", 2)
	must(t, err)
	same(t, "a year at this rate", year, want.At("annual_run_rate"))
}

func trend(t *testing.T, in, want published.Tree) {
	same(t, "value", grown(t, in.Dec("base"), in.Dec("monthly_factor"), in.Dec("months").IntPart()), want.At("value"))
}
