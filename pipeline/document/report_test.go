package document_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"daybook/pipeline/document"
	"daybook/schemas"
	"daybook/schemas/money"
)

// variance makes the four rows of a line from units, revenue and cost, expected and actual; causes are what is given,
// the rest is volume.
func variance(offering, region, expected, actual, costExpected, cost, price, fx string) []schemas.Variance {
	base := schemas.Variance{
		Period: "2024-09", Offering: schemas.OfferingID(offering), Region: region, MixAt: schemas.MixAtOwnPrice, Status: schemas.Planned, Accrual: schemas.AccrueLinear,
		Through: day("2024-09-12"), Provisional: true, Unit: "EUR",
	}
	row := func(m schemas.Measure, expected, actual money.Decimal) schemas.Variance {
		v := base
		v.ID = fmt.Sprintf("2024-09/%s/%s/%s", offering, region, m)
		v.Measure, v.Expected, v.Actual = m, expected, actual
		v.Plan = money.RoundTo(expected.Mul(dec("2.5")), 2, money.HalfEven)
		v.Variance = actual.Sub(expected)
		run := money.RoundTo(actual.Mul(dec("2.5")), 2, money.HalfEven)
		v.RunRate, v.RunRatePlan = &run, v.Plan
		v.Favourable = v.Variance.IsPositive() == (m != schemas.Cost)
		if p, err := money.MulDivRound(v.Variance, dec("100"), expected.Abs(), 4, money.HalfEven); err == nil {
			v.Percent = &p
		}
		v.Material = v.Variance.Abs().GreaterThan(dec("1000"))
		return v
	}
	revenue := row(schemas.Revenue, dec(expected), dec(actual))
	revenue.Causes = schemas.Causes{Price: dec(price), FX: dec(fx), Volume: revenue.Variance.Sub(dec(price)).Sub(dec(fx))}
	costs := row(schemas.Cost, dec(costExpected), dec(cost))
	costs.Causes.Volume = costs.Variance
	margin := row(schemas.Margin, dec(expected).Sub(dec(costExpected)), dec(actual).Sub(dec(cost)))
	units := row(schemas.Units, dec("4000"), dec("3791.25"))
	units.Unit, units.Material = "hours", false
	if expected == "0" {
		for _, v := range []*schemas.Variance{&revenue, &costs, &margin} {
			v.Status = schemas.Unplanned
			v.Causes = schemas.Causes{Unplanned: v.Variance}
		}
		units.Status = schemas.Unplanned
	}
	return []schemas.Variance{units, revenue, costs, margin}
}

// totals adds a measure up.
func totals(rows []schemas.Variance, m schemas.Measure) schemas.Variance {
	out := schemas.Variance{Measure: m, Unit: "EUR"}
	run := money.Zero
	for _, v := range rows {
		if v.Measure != m {
			continue
		}
		out.Plan, out.Expected, out.Actual = out.Plan.Add(v.Plan), out.Expected.Add(v.Expected), out.Actual.Add(v.Actual)
		out.Variance = out.Variance.Add(v.Variance)
		out.Causes.Price = out.Causes.Price.Add(v.Causes.Price)
		out.Causes.Volume = out.Causes.Volume.Add(v.Causes.Volume)
		out.Causes.FX = out.Causes.FX.Add(v.Causes.FX)
		out.Causes.Unplanned = out.Causes.Unplanned.Add(v.Causes.Unplanned)
		run = run.Add(*v.RunRate)
	}
	out.RunRate = &run
	out.Favourable = out.Variance.IsPositive() == (m != schemas.Cost)
	if p, err := money.MulDivRound(out.Variance, dec("100"), out.Expected.Abs(), 4, money.HalfEven); err == nil {
		out.Percent = &p
	}
	return out
}

func match(peer, service, sku, region string, status schemas.MatchStatus, metered, billed, expected, actual, currency string) schemas.PeerMatch {
	m := schemas.PeerMatch{
		ID: "2024-09/" + peer + "/" + service + "/" + sku, Period: "2024-09", Peer: schemas.PeerID(peer), Contract: "c-2024", Service: service, SKU: schemas.SKU(sku), Region: region,
		Basis: schemas.BasisMeter, Status: status, From: day("2024-09-01"), Metered: dec(metered), Billed: dec(billed), Unit: "Hours",
		Expected: dec(expected), Actual: dec(actual), Currency: money.Currency(currency), ActualBilled: dec(actual), BilledCurrency: money.Currency(currency), BillRows: 120, MeterRows: 118,
	}
	m.Difference = m.Actual.Sub(m.Expected)
	m.PricePart = m.Difference
	if status == schemas.Unmatched {
		m.Basis = "" // no rate, so no meter was asked
	}
	return m
}

func report() *document.Report {
	var rows []schemas.Variance
	for _, l := range [][]string{
		{"compute", "eu-central-1", "120500.00", "131220.45", "70100", "72218.123456", "-2500.25", "1210.70"},
		{"compute", "us-east-1", "88000.00", "70250.10", "51000", "49320.5", "-9800.00", "-650.12"},
		{"llm", "eu-central-1", "45250.00", "52800.99", "30100", "31250.75", "0", "0"},
		{"database", "eu-central-1", "23300.00", "23300.00", "9100", "9100", "0", "0"},
		{"object-storage-with-a-very-long-name-for-archives", "ap-southeast-2", "15000.00", "12125.50", "16500", "18250.20", "-1100", "-40.5"},
		{"preview", "eu-central-1", "0", "4410.00", "0", "0", "0", "0"},
	} {
		rows = append(rows, variance(l[0], l[1], l[2], l[3], l[4], l[5], l[6], l[7])...)
	}
	negative := dec("-19.0566")
	return &document.Report{
		Provider: "Nordlicht Cloud", Period: "2024-09", Run: "3f9a0c1e5d7b", Currency: "EUR", Places: 2, Through: day("2024-09-12"), Provisional: true,
		Missing:   []string{"Source cumulus-focus has no delivery for 2024-09, due by 2024-09-13."},
		Offerings: map[schemas.OfferingID]string{"compute": "Compute", "llm": "Language models", "database": "Databases", "preview": "Preview programme"},
		Peers:     map[schemas.PeerID]string{"cumulus": "Cumulus", "stratus": "Stratus Pacific", "nimbus": "Nimbus"},
		Revenue:   totals(rows, schemas.Revenue), Cost: totals(rows, schemas.Cost), Margin: totals(rows, schemas.Margin),
		Variances: rows,
		Matches: []schemas.PeerMatch{
			match("cumulus", "Virtual Machines", "std-4", "eu-central-1", schemas.Overbilled, "120000", "122400.5", "60000", "62424.26", "EUR"),
			match("cumulus", "Object Storage", "", "", schemas.Matched, "5000", "5000", "115", "115", "EUR"),
			match("stratus", "Compute <Pacific>", "s.large", "ap-southeast-2", schemas.Unmatched, "0", "77", "0", "1830.4", "USD"),
			match("stratus", "Compute <Pacific>", "s.small", "ap-southeast-2", schemas.WithinTolerance, "900", "900", "18000", "18001.1", "USD"),
			match("nimbus", "Inference", "tok", "eu-central-1", schemas.Unbilled, "1250000", "0", "3125", "0", "EUR"),
			match("nimbus", "Inference", "gpu", "eu-central-1", schemas.Underbilled, "300", "280", "900", "840", "EUR"),
		},
		Margins: []schemas.MarginRow{
			{Period: "2024-09", Account: "acme", Offering: "compute", Currency: "EUR", Revenue: dec("5000"), Cost: dec("3000"), Margin: dec("2000")},
			{ID: "2024-09/globex/archives/EUR", Period: "2024-09", Account: "globex", Offering: "object-storage-with-a-very-long-name-for-archives", Currency: "EUR", Revenue: dec("2650"), Cost: dec("3155"), Margin: dec("-505"), Percent: &negative},
		},
		Findings: []document.FindingCount{
			{schemas.CodeToleratedNull, schemas.Note, 4, 0, nil},
			{schemas.CodeUnknownAccount, schemas.Suspended, 12, 12, []document.CurrencyAmount{{"EUR", dec("1204.5")}, {"USD", dec("2000")}}},
			{schemas.CodeBadDecimal, schemas.Rejected, 3, 3, nil},
			{schemas.CodePeerOverbilled, schemas.Warning, 1, 0, nil},
			{schemas.CodeMissingDelivery, schemas.Blocking, 1, 0, nil},
		},
		Days:  byDay(rows),
		Rates: map[money.Currency]money.Ratio{"USD": {Num: money.One, Den: dec("1.11")}},
	}
}

// byDay leads each line's revenue to its actual in twelve days that are not alike.
func byDay(rows []schemas.Variance) []schemas.DayRow {
	var out []schemas.DayRow
	for _, v := range rows {
		if v.Measure != schemas.Revenue {
			continue
		}
		before := money.Zero
		for n := range 12 {
			// The sum of 1 to 12 is 78; of the squares so far the later days have more.
			share := money.NewDecimal(int64((n+1)*(n+2)/2), 0)
			toDate, err := money.MulDivRound(v.Actual, share, dec("78"), 2, money.HalfEven)
			if err != nil {
				panic(err)
			}
			expected, err := money.MulDivRound(v.Expected, money.NewDecimal(int64(n+1), 0), dec("12"), 2, money.HalfEven)
			if err != nil {
				panic(err)
			}
			out = append(out, schemas.DayRow{
				Variance: v.ID, Period: v.Period, Offering: v.Offering, Region: v.Region, Day: day("2024-09-01").AddDays(n),
				Revenue: toDate.Sub(before), ToDate: toDate, Expected: expected, Currency: "EUR",
			})
			before = toDate
		}
	}
	return out
}

func TestReportGoldens(t *testing.T) {
	r := report()
	golden(t, "report.html", r.HTML())
	for name, g := range map[string]document.Grid{
		"variances.csv": document.VarianceGrid(r.Variances), "peer_matches.csv": document.MatchGrid(r.Matches), "margins.csv": document.MarginGrid(r.Margins),
		"findings.csv": document.FindingGrid(r.Findings), "days.csv": document.DayGrid(r.Days), "attention.csv": document.AttentionGrid(r.Attention()),
	} {
		golden(t, name, document.AppendCSV(nil, &g))
	}
	empty := &document.Report{Provider: "Nordlicht Cloud", Period: "2024-09", Currency: "EUR", Places: 2}
	golden(t, "report_empty.html", empty.HTML())
}

// reports are the shapes that a report may take, to be drawn without fail.
func reports() map[string]*document.Report {
	one := &document.Report{Provider: "One", Period: "2024-02", Currency: "JPY", Through: day("2024-02-29"), Variances: variance("only", "", "100", "90", "120", "130", "0", "0")}
	one.Revenue, one.Cost, one.Margin = totals(one.Variances, schemas.Revenue), totals(one.Variances, schemas.Cost), totals(one.Variances, schemas.Margin)
	huge := report()
	for i := range 300 {
		huge.Variances = append(huge.Variances, variance(fmt.Sprintf("o%03d", i), "r", fmt.Sprint(i*1000), fmt.Sprint(i*1001-7), "0", "0", "0", "0")...)
		huge.Matches = append(huge.Matches, match(fmt.Sprintf("peer%03d", i), "S", "", "", schemas.Overbilled, "1", "1", "1", "99999999999999999999.123456789", "XXX"))
	}
	huge.Revenue.Expected, huge.Revenue.Actual = dec("12345678901234567.89"), dec("12345678901239999.99")
	return map[string]*document.Report{"empty": {}, "one": one, "full": report(), "huge": huge}
}

// TestReportIsWellFormed reads every shape of report as XML: all is escaped, closed and self-contained.
func TestReportIsWellFormed(t *testing.T) {
	for name, r := range reports() {
		page := string(r.HTML())
		_, body, _ := strings.Cut(page, "<body>")
		d := xml.NewDecoder(strings.NewReader("<body>" + strings.TrimSuffix(strings.ReplaceAll(body, "<br>", "<br/>"), "</html>\n")))
		d.Strict = true
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		for _, bad := range []string{"<script", "http:", "https:", "<Pacific>", "NaN", "url("} {
			if strings.Contains(body, bad) {
				t.Errorf("%s: the page holds %q", name, bad)
			}
		}
		if again := string(r.HTML()); again != page {
			t.Errorf("%s: two renderings differ", name)
		}
	}
}

func TestAttentionIsOrderedByMoney(t *testing.T) {
	var got []string
	for _, i := range report().Attention() {
		got = append(got, strings.TrimSpace(i.Topic+" "+i.Amount.String()+" "+string(i.Currency)))
	}
	want := "Delivery 0|Finding 0|Finding 0|Plan -17749.9 EUR|Plan 10720.45 EUR|Plan 7550.99 EUR|Plan -4624.7 EUR|Plan 4410 EUR|Peer bill -3125 EUR|Peer bill 2424.26 EUR|Peer bill 1830.4 USD|Margin -505 EUR|Peer bill -60 EUR"
	if strings.Join(got, "|") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "|"), want)
	}
}

// TestAttentionCountsRowsAsControlTotalsDo asserts that rows are counted where the control totals have them, not by the
// severity of their findings alone.
func TestAttentionCountsRowsAsControlTotalsDo(t *testing.T) {
	r := &document.Report{Findings: []document.FindingCount{
		{schemas.CodeBadDecimal, schemas.Rejected, 2, 2, nil},
		{schemas.CodeOtherPeriod, schemas.Rejected, 1, 1, nil},
		{schemas.CodeOtherPeriod, schemas.Warning, 1, 0, nil},
		{schemas.CodeUnknownCurrency, schemas.Suspended, 3, 3, nil},
		{schemas.CodeUnknownCurrency, schemas.Note, 1, 0, nil},
		{schemas.CodeUnknownAccount, schemas.Suspended, 4, 4, []document.CurrencyAmount{{"EUR", dec("1204.5")}, {"USD", dec("2000")}}},
	}}
	var got []string
	for _, i := range r.Attention() {
		got = append(got, i.Title+": "+i.Detail)
	}
	want := []string{
		"4 usage rows suspended: unknown_account 4.", "5 usage rows rejected: bad_decimal 2, unknown_currency 3.",
		"1 usage row of other periods: other_period 1.",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestFormulasAreNeutral writes cells that a spreadsheet might run, and reads them back as harmless text.
func TestFormulasAreNeutral(t *testing.T) {
	evil := []string{
		"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠SUM(A1)", "plain, \"quoted\"\nline", "-",
		"\x1b[31mred\x07", "\u009b31mred", "a\u202egnp.exe", "a\rb\tc\x7f",
	}
	obeyed := strings.NewReplacer("\x1b", "\uFFFD", "\x07", "\uFFFD", "\u009b", "\uFFFD", "\u202e", "\uFFFD", "\r", "\uFFFD", "\x7f", "\uFFFD")
	g := document.Grid{Name: "evil", Columns: []document.GridColumn{{Name: "Text"}, {Name: "Amount", Kind: document.GridAmount}}}
	for _, e := range evil {
		g.Rows = append(g.Rows, []document.Cell{{Text: e}, {Text: "-12.50", Number: true}})
	}
	rows, err := csv.NewReader(bytes.NewReader(document.AppendCSV(nil, &g))).ReadAll()
	must(t, err)
	for i, e := range evil {
		want := obeyed.Replace(e)
		if strings.ContainsAny(string([]rune(e)[:1]), "=+-@\t\r\n＝＋－＠") {
			want = "'" + want
		}
		if got := rows[i+1]; got[0] != want || got[1] != "-12.50" {
			t.Errorf("%q came back as %q", e, got)
		}
	}
	r := report()
	r.Variances[0].Offering = "=cmd|'/c calc'!A1"
	f := open(t, r)
	at, err := f.GetCellFormula("Variances", "C2")
	must(t, err)
	if text, err := f.GetCellValue("Variances", "C2"); err != nil || at != "" || text != "=cmd|'/c calc'!A1" {
		t.Errorf("formula %q, text %q, %v", at, text, err)
	}
}

func open(t *testing.T, r *document.Report) *excelize.File {
	t.Helper()
	data, err := r.Workbook()
	must(t, err)
	f, err := excelize.OpenReader(bytes.NewReader(data))
	must(t, err)
	t.Cleanup(func() { must(t, f.Close()) })
	return f
}

// TestWorkbook asserts that numbers come back digit by digit, and as numbers, so that sums over a column miss none.
func TestWorkbook(t *testing.T) {
	r := report()
	r.Variances[1].Actual = dec("123456789012345.678")
	r.Variances[2].Actual = dec("0.000000000000000001")
	r.Variances[3].Actual = dec("-98765432109.8765")
	f := open(t, r)
	for i, want := range []string{"123456789012345.678", "0.000000000000000001", "-98765432109.8765"} {
		at := fmt.Sprintf("L%d", i+3)
		got, err := f.GetCellValue("Variances", at, excelize.Options{RawCellValue: true})
		must(t, err)
		kind, err := f.GetCellType("Variances", at)
		must(t, err)
		if got != want || kind == excelize.CellTypeSharedString || kind == excelize.CellTypeInlineString {
			t.Errorf("%s: %q of type %v, want the number %s", at, got, kind, want)
		}
	}
	for _, sheet := range []string{"Attention", "Variances", "Peer bills", "Margins", "Findings", "Month to date", "Days"} {
		panes, err := f.GetPanes(sheet)
		if err != nil || !panes.Freeze || panes.YSplit != 1 {
			t.Errorf("%s: panes %+v, %v", sheet, panes, err)
		}
	}
}

// TestWorkbookIsDeterministic asserts that equal reports are equal bytes, with no moment of writing in them.
func TestWorkbookIsDeterministic(t *testing.T) {
	for name, r := range reports() {
		if name == "empty" {
			r.Period = "2024-09"
		}
		first, err := r.Workbook()
		must(t, err)
		for range 2 {
			again, err := r.Workbook()
			must(t, err)
			if !bytes.Equal(first, again) {
				t.Fatalf("%s: two workbooks differ", name)
			}
		}
		z, err := zip.NewReader(bytes.NewReader(first), int64(len(first)))
		must(t, err)
		for _, f := range z.File {
			if !f.Modified.IsZero() && f.Modified.Year() > 1980 {
				t.Errorf("%s: %s was written at %s", name, f.Name, f.Modified)
			}
		}
	}
}

// TestPlaceColumns asserts that the lines of the plan have a column of segments, and one of peers, where there are any.
func TestPlaceColumns(t *testing.T) {
	for _, x := range []struct {
		head, cell string
		set        func(*schemas.Variance)
	}{
		{"Segment", "<td>public</td>", func(v *schemas.Variance) { v.Segment = "public" }},
		{"Peer", "<td>atlas</td>", func(v *schemas.Variance) { v.Peer = "atlas" }},
	} {
		r, head := report(), `<th scope="col" class="f">`+x.head+`</th>`
		before := strings.Count(string(r.HTML()), head) // of other tables
		for i := range 4 {
			x.set(&r.Variances[i])
		}
		if page := string(r.HTML()); strings.Count(page, head) != before+1 || strings.Count(page, x.cell) != 1 {
			t.Errorf("%d more columns %s with %d that bear the name, want one of each", strings.Count(page, head)-before, x.head, strings.Count(page, x.cell))
		}
	}
}
