package bills_test

import (
	"fmt"
	"strings"
	"testing"

	"daybook/reconcile/bills"
	"daybook/schemas"
	"daybook/schemas/agreed"
	"daybook/schemas/money"
)

// matchCases are bills against contracts, one to a row. The rate is basis, price (or tiers as bound:price), quantity's
// unit; metered is what our own meter counts; billed is the peer's quantity and cost. A blank field is absent.
const matchCases = `
# name                 rate                       metered     billed      cost      tolerance     expected  quantity price   status
exact                  meter 0.05 GB              1000 GB     1000 GB     50.00     -             50        0        0       matched
more and dearer        meter 0.050 GB             1000 GB     1020 GB     53.04     -             50        1        2.04    overbilled
within absolute        meter 1 GB                 100 GB      100 GB      100.40    abs=0.5       100       0        0.4     within_tolerance
at the bound           meter 1 GB                 100 GB      100 GB      100.50    abs=0.5       100       0        0.5     within_tolerance
beyond the bound       meter 1 GB                 100 GB      100 GB      100.51    abs=0.5       100       0        0.51    overbilled
less                   meter 1 GB                 100 GB      90 GB       90        -             100       -10      0       underbilled
nothing billed         meter 2 GB                 100 GB      -           -         abs=500       200       -200     0       unbilled
nothing metered        meter 2 GB                 -           3 GB        6         -             0         6        0       overbilled
other unit of ours     meter 2 Hours              7200 Seconds 2 Hours    4         -             4         0        0       matched
by the factor itself   meter 0.5 Seconds          2 Hours     7200 Seconds 3600   -             3600      0        0       matched
other unit of theirs   bill 2 Hours               -           7200 Seconds 4        -             4         0        0       matched
unknown unit           bill 2 Hours               -           1 Moons     4         -             0         0        4       unmatched
price alone            bill 0.10 GB               -           30 GB       3.01      -             3         0        0.01    overbilled
discount on list       list 0.93 -                -           5 GB        93        -             93        0        0       matched
discount not given     list 0.93 -                -           5 GB        100       -             93        0        7       overbilled
tiers                  meter 10:1,30:0.5,0.1 GB   40 GB       40 GB       21        -             21        0        0       matched
within a tier          meter 10:1,30:0.5,0.1 GB   10 GB       10 GB       10        -             10        0        0       matched
a credit of use        meter 10:1,30:0.5,0.1 GB   -20 GB      -20 GB      -15       -             -15       0        0       matched
many places            meter 0.000000001 GB       0.000000001 GB 1 GB     0         -             0.000000000000000001 0.000000000999999999 -0.000000001 underbilled
`

// quantityOf reads a case's quantity, such as "30 GB".
func quantityOf(t *testing.T, s string) (money.Fixed, string) {
	t.Helper()
	n, unit, _ := strings.Cut(s, " ")
	v, err := money.ParseFixed([]byte(n))
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return v, unit
}

func contractOf(t *testing.T, rate, tolerance string) agreed.Contract {
	t.Helper()
	f := strings.Fields(rate)
	r := agreed.ContractRate{Service: "Storage", Basis: schemas.RateBasis(f[0]), Metered: []schemas.SKU{"own"}}
	if f[2] != "-" {
		r.Unit = f[2]
	}
	for tier := range strings.SplitSeq(f[1], ",") {
		bound, price, bounded := strings.Cut(tier, ":")
		switch {
		case bounded:
			b := money.MustDecimal(bound)
			r.Tiers = append(r.Tiers, agreed.ContractTier{UpTo: &b, Price: money.MustDecimal(price)})
		case len(r.Tiers) > 0:
			r.Tiers = append(r.Tiers, agreed.ContractTier{Price: money.MustDecimal(tier)})
		default:
			r.Price = money.MustDecimal(tier)
		}
	}
	c := agreed.Contract{ID: "c1", Peer: "cloudy", Currency: "EUR", Rates: []agreed.ContractRate{r}, Accepted: []schemas.ChargeCategory{schemas.CategoryTax}}
	zero := money.Zero
	c.Tolerance.Absolute = &zero
	if v, ok := strings.CutPrefix(tolerance, "abs="); ok {
		d := money.MustDecimal(v)
		c.Tolerance.Absolute = &d
	}
	return c
}

var hours = []schemas.UnitFactor{{From: "Hours", To: "Seconds", Factor: money.NewDecimal(3600, 0)}}

// caseName is what stands before the first two blanks of a row.
func caseName(line string) string {
	name, _, _ := strings.Cut(strings.TrimSpace(line), "  ")
	return name
}

func TestMatchCases(t *testing.T) {
	for line := range strings.Lines(strings.TrimSpace(matchCases)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		t.Run(caseName(line), func(t *testing.T) { runMatch(t, line) })
	}
}

func runMatch(t *testing.T, line string) {
	name := caseName(line)
	rest := strings.Fields(strings.TrimPrefix(strings.TrimSpace(line), name))
	next := func() string {
		s := rest[0]
		rest = rest[1:]
		return s
	}
	pair := func() string {
		s := next()
		if s != "-" {
			s += " " + next()
		}
		return s
	}
	rate := next() + " " + next() + " " + next()
	metered, billed, cost, tolerance := pair(), pair(), next(), next()
	contracts := bills.NewContracts([]agreed.Contract{contractOf(t, rate, tolerance)}, hours, month, schemas.Date{})
	use := bills.NewUse(contracts)
	day, _ := schemas.ParseDate("2022-09-05")
	if metered != "-" {
		v, unit := quantityOf(t, metered)
		must(t, use.Add(&bills.UseRow{SKU: "own", Day: day, ConsumedUnit: unit, UseSums: bills.UseSums{Consumed: v, Rows: 1}}))
	}
	if billed != "-" {
		v, unit := quantityOf(t, billed)
		c, _ := quantityOf(t, cost)
		must(t, use.Add(&bills.UseRow{
			Peer: "cloudy", Service: "Storage", SKU: "s", Category: "Usage", Day: day, PricingUnit: unit, Currency: "EUR",
			UseSums: bills.UseSums{Priced: v, Billed: c, List: money.FixedFromInt(100), Rows: 1},
		}))
	}
	rows, findings, err := bills.Match(contracts, use, nil, nil)
	must(t, err)
	if len(rows) != 1 {
		t.Fatalf("%d rows: %+v", len(rows), rows)
	}
	r := rows[0]
	checkMatch(t, &r)
	got := fmt.Sprintf("%s %s %s %s", r.Expected, r.QuantityPart, r.PricePart, r.Status)
	if want := strings.Join(rest, " "); got != want {
		t.Errorf("%s:\n got %s\nwant %s\n%+v", name, got, want, r.Steps)
	}
	quiet := r.Status == schemas.Matched || r.Status == schemas.WithinTolerance
	if quiet != (len(findings) == 0) {
		t.Errorf("%s: %s with findings %+v", name, r.Status, findings)
	}
}

func checkMatch(t *testing.T, r *schemas.PeerMatch) {
	t.Helper()
	if !r.Actual.Sub(r.Expected).Equal(r.Difference) || !r.QuantityPart.Add(r.PricePart).Equal(r.Difference) {
		t.Errorf("%s: %s - %s = %s, parts %s and %s", r.ID, r.Actual, r.Expected, r.Difference, r.QuantityPart, r.PricePart)
	}
	checkSteps(t, r.ID, r.Steps)
}

func TestRatesOfTheDay(t *testing.T) {
	day := func(s string) schemas.Date {
		d, err := schemas.ParseDate(s)
		must(t, err)
		return d
	}
	rate := func(price, sku, region, from, to, known string) agreed.ContractRate {
		r := agreed.ContractRate{Service: "VM", SKU: schemas.SKU(sku), Region: region, Basis: schemas.BasisBill, Price: money.MustDecimal(price)}
		for s, d := range map[string]*schemas.Date{from: &r.Validity.From, to: &r.Validity.To, known: &r.Validity.KnownSince} {
			if s != "" {
				*d = day(s)
			}
		}
		return r
	}
	contracts := []agreed.Contract{{
		ID: "c", Peer: "p", Currency: "EUR", Accepted: []schemas.ChargeCategory{schemas.CategoryTax},
		Validity: schemas.Validity{From: day("2022-01-01")},
		Rates: []agreed.ContractRate{
			rate("1", "", "", "", "2022-09-16", ""),
			rate("2", "", "", "2022-09-16", "", ""),
			rate("3", "big", "", "", "", ""),
			rate("4", "big", "west", "", "", ""),
			rate("5", "", "east", "", "", ""),
			rate("6", "", "east", "", "", "2022-09-20"),
		},
	}}
	cases := `
# day        sku    region  category  as-of       price
2022-09-01   small  north   Usage     -           1
2022-09-15   small  north   Usage     -           1
2022-09-16   small  north   Usage     -           2
2022-09-30   small  north   Purchase  -           2
2022-08-30   small  north   Usage     -           1
2022-10-02   small  north   Usage     -           2
2022-09-01   big    north   Usage     -           3
2022-09-01   big    west    Usage     -           4
2022-09-01   big    east    Usage     -           3
2022-09-01   small  east    Usage     -           6
2022-09-01   small  east    Usage     2022-09-19  5
2022-09-01   small  north   Tax       -           accepted
2022-09-01   small  north   Credit    -           unmatched`
	for line := range strings.Lines(strings.TrimSpace(cases)) {
		f := strings.Fields(line)
		if f[0] == "#" {
			continue
		}
		var asOf schemas.Date
		if f[4] != "-" {
			asOf = day(f[4])
		}
		c := bills.NewContracts(contracts, nil, month, asOf)
		use := bills.NewUse(c)
		must(t, use.Add(&bills.UseRow{
			Peer: "p", Service: "VM", SKU: schemas.SKU(f[1]), Region: f[2], Category: schemas.ChargeCategory(f[3]), Day: day(f[0]), Currency: "EUR",
			UseSums: bills.UseSums{Priced: money.FixedFromInt(1), Billed: money.FixedFromInt(1), Rows: 1},
		}))
		rows, _, err := bills.Match(c, use, nil, nil)
		must(t, err)
		got := rows[0].Expected.String()
		if rows[0].Basis == "" {
			got = string(rows[0].Status)
		}
		if got != f[5] {
			t.Errorf("%s: got %s", strings.TrimSpace(line), got)
		}
	}
}

func TestBillInAnotherCurrency(t *testing.T) {
	contract := contractOf(t, "meter 2 GB", "-")
	c := bills.NewContracts([]agreed.Contract{contract}, nil, month, schemas.Date{})
	use := bills.NewUse(c)
	must(t, use.Add(&bills.UseRow{SKU: "own", ConsumedUnit: "GB", UseSums: bills.UseSums{Consumed: money.FixedFromInt(9), Rows: 1}}))
	must(t, use.Add(&bills.UseRow{
		Peer: "cloudy", Service: "Storage", Category: "Usage", PricingUnit: "GB", Currency: "USD",
		UseSums: bills.UseSums{Priced: money.FixedFromInt(9), Billed: money.FixedFromInt(20), Rows: 1},
	}))
	fx := func(from, to money.Currency, _ schemas.Date) (schemas.Conversion, bool) {
		return schemas.Conversion{Factor: ratio("1.25")}, from == "USD" && to == "EUR"
	}
	rows, findings, err := bills.Match(c, use, fx, nil)
	must(t, err)
	r := rows[0]
	checkMatch(t, &r)
	if r.Actual.String() != "16" || r.ActualBilled.String() != "20" || r.BilledCurrency != "USD" || r.Currency != "EUR" || r.Status != schemas.Underbilled {
		t.Errorf("%+v", r)
	}
	if len(findings) != 1 || findings[0].Code != schemas.CodePeerUnderbilled {
		t.Errorf("%+v", findings)
	}
	// Without a rate, nothing is compared and nothing is silent.
	rows, findings, err = bills.Match(c, use, nil, nil)
	must(t, err)
	if rows[0].Status != schemas.Unmatched || rows[0].Currency != "USD" || len(findings) != 2 || findings[0].Code != schemas.CodeNoRate {
		t.Errorf("%+v %+v", rows, findings)
	}
	checkMatch(t, &rows[0])
}
