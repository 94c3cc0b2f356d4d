package document_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"daybook/pipeline/document"
	"daybook/schemas"
	"daybook/schemas/einvoice"
	"daybook/schemas/money"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares a document with its golden file, or rewrites that.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		must(t, os.MkdirAll("testdata", 0o755))
		must(t, os.WriteFile(path, got, 0o644))
	}
	want, err := os.ReadFile(path)
	must(t, err)
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs from the golden; look at it with -update:\n%s", name, firstDifference(got, want))
	}
}

func firstDifference(got, want []byte) string {
	a, b := bytes.Split(got, []byte("\n")), bytes.Split(want, []byte("\n"))
	for i := range min(len(a), len(b)) {
		if !bytes.Equal(a[i], b[i]) {
			return fmt.Sprintf("line %d\n got %s\nwant %s", i+1, a[i], b[i])
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(a), len(b))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func dec(s string) money.Decimal { return money.MustDecimal(s) }

func day(s string) schemas.Date {
	d, err := schemas.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

var (
	seller = &einvoice.Party{
		Name: "Nordlicht", LegalName: "Nordlicht Cloud GmbH", Address: []string{"Am Sandtorkai 1", "20457 Hamburg", "Germany"},
		TaxID: "DE000000000", Registration: "HRB 000000, Amtsgericht Hamburg", Email: "billing@nordlicht.example",
		Phone: "+49 40 0000000", Website: "https://nordlicht.example",
	}
	buyer = &einvoice.Party{Name: "Acme", LegalName: "Acme & <Söhne> \"KG\"", Address: []string{"1 Main Street", "Springfield"}, TaxID: "XX1"}
)

// line is a usage line for the whole of September 2024.
func line(charge, description, quantity, unit, price, amount string) schemas.InvoiceLine {
	l := schemas.InvoiceLine{
		Charge: schemas.ChargeID(charge), Category: schemas.CategoryUsage, Description: description, Region: "eu-1",
		From: day("2024-09-01"), To: day("2024-09-30"), Amount: fixed(amount),
	}
	if quantity != "" {
		l.Parts = []schemas.LinePart{{HasQuantity: true, Quantity: fixed(quantity), Unit: unit, UnitPrice: fixed(price), Amount: fixed(amount)}}
	}
	return l
}

func fixed(s string) money.Fixed {
	f, err := money.FixedFromDecimal(dec(s))
	if err != nil {
		panic(err)
	}
	return f
}

// invoices are a long and a short one.
func invoices() []schemas.Invoice {
	common := schemas.Invoice{
		Seller: seller, Buyer: buyer, Account: "acme", AccountName: "Acme production", Period: "2024-09", From: day("2024-09-01"), To: day("2024-09-30"),
		Places: 2, Provisional: true, Notes: []string{"Usage is metered in UTC."}, Payment: []string{"Payable within 14 days to DE00 0000 0000 0000 0000 00."},
	}
	euros, dollars := common, common
	euros.Currency, dollars.Currency = "EUR", "USD"
	correction := line("c4", "Object storage", "", "", "", "-0.25")
	correction.Class, correction.Corrects, correction.From, correction.To = schemas.ClassCorrection, "2024-07", day("2024-07-01"), day("2024-07-31")
	correction.Parts = []schemas.LinePart{{Text: "What is right as known now", Amount: fixed("4")}, {Text: "Less what was charged before", Amount: fixed("-4.25")}}
	grouped := line("c1", "Virtual machines, 4 vCPU", "1234567.5", "hours", "0.001", "1234.57")
	grouped.Group = "ServiceName=Big & small"
	tiers := line("c2", "Requests <script>alert(1)</script>", "", "", "", "108")
	tiers.Discount = fixed("-12")
	tiers.Parts = []schemas.LinePart{
		{Kind: schemas.PartIncluded, Text: "Included", HasQuantity: true, Quantity: fixed("1000"), Unit: "requests"},
		{Text: "Tier 1", HasQuantity: true, Quantity: fixed("1000000"), Unit: "requests", UnitPrice: fixed("0.0001"), Amount: fixed("100")},
		{Text: "Tier 2", HasQuantity: true, Quantity: fixed("250000.25"), Unit: "requests", UnitPrice: fixed("0.00008"), Amount: fixed("20")},
		{Kind: schemas.PartDiscount, Text: "Discount partner", HasQuantity: true, Quantity: fixed("120"), Unit: "EUR", UnitPrice: fixed("-10"), Percent: true, Amount: fixed("-12")},
	}
	support := line("c3", "Support plan", "", "", "", "17.53")
	support.HasUsed, support.Used, support.UsedUnit = true, fixed("3"), "seats"
	support.Parts = []schemas.LinePart{
		{
			HasQuantity: true, Quantity: fixed("1"), UnitPrice: fixed("30"), Currency: "USD", Amount: fixed("17.53"),
			Factors: []schemas.PartFactor{{Text: "19 of 30 days", Times: fixed("19"), Over: fixed("30")}, {Text: "EUR/USD 1.0837 of 2024-09-01", Times: fixed("1"), Over: fixed("1.0837")}},
		},
	}
	euros.Lines = []schemas.InvoiceLine{grouped, tiers, support, correction}
	euros.Taxes = []schemas.TaxRow{
		{Charges: []schemas.ChargeID{"c5", "c7"}, Description: "VAT 19%", HasBase: true, Base: fixed("1359.85"), Percent: fixed("19"), Amount: fixed("258.37")},
		{Charges: []schemas.ChargeID{"c8"}, Description: "VAT 19%", Corrects: "2024-07", Amount: fixed("-0.05")},
	}
	euros.Applied = []schemas.AppliedRow{{Charges: []schemas.ChargeID{"c9"}, Description: "Prepaid credit welcome", HasLeft: true, Left: fixed("2.5"), Amount: fixed("-100")}}
	euros.List, euros.Discount, euros.Net, euros.Tax, euros.Total = fixed("1371.85"), fixed("-12"), fixed("1359.85"), fixed("258.32"), fixed("1618.17")
	euros.Paid, euros.Due, euros.PaymentDays = fixed("-100"), fixed("1518.17"), 14
	dollars.TaxReason = "Reverse charge: VAT is due by the recipient <of> the service."
	dollars.Lines = []schemas.InvoiceLine{line("c6", "Support", "", "", "", "10")}
	dollars.List, dollars.Net, dollars.Total, dollars.Due = fixed("10"), fixed("10"), fixed("10"), fixed("10")
	return []schemas.Invoice{euros, dollars}
}

func TestInvoice(t *testing.T) {
	invoices := invoices()
	golden(t, "invoices.html", document.InvoicesHTML(nil, "Invoices 2024-09", invoices))
	lines := document.InvoicesJSON(nil, invoices)
	golden(t, "invoices.jsonl", lines)
	for line := range bytes.Lines(lines) {
		if !json.Valid(line) {
			t.Errorf("not JSON: %s", line)
		}
	}
	index, err := document.InvoiceIndex(nil, "Invoices 2024-09", []document.IndexEntry{
		document.Entry(&invoices[0], "invoices-0001.html"), document.Entry(&invoices[1], "invoices-0001.html"),
	})
	must(t, err)
	golden(t, "index.html", index)
}

// saying is an invoice that says one text wherever it has any.
func saying(evil string) []schemas.Invoice {
	l := line(evil, evil, "1", evil, "1", "1")
	l.Region, l.Group, l.Class = evil, evil, schemas.ChargeClass(evil)
	l.UsedUnit, l.HasUsed, l.Corrects = evil, true, schemas.Period(evil)
	l.Parts = append(l.Parts, schemas.LinePart{
		Kind: schemas.PartKind(evil), Text: evil, HasQuantity: true, Unit: evil, Currency: money.Currency(evil),
		Factors: []schemas.PartFactor{{Text: evil}},
	})
	party := &einvoice.Party{Name: evil, Address: []string{evil}, TaxID: evil, Registration: evil, Email: evil, Phone: evil, Website: evil}
	return []schemas.Invoice{{
		Seller: party, Buyer: party, Account: schemas.AccountID(evil), AccountName: evil, From: day("2024-09-01"), To: day("2024-09-30"),
		Currency: "EUR", Places: 2, Lines: []schemas.InvoiceLine{l}, List: l.Amount, Net: l.Amount, Total: l.Amount, Due: l.Amount,
		Notes: []string{evil}, Payment: []string{evil}, TaxReason: evil, PaymentDays: 1,
		Taxes:   []schemas.TaxRow{{Charges: []schemas.ChargeID{schemas.ChargeID(evil)}, Description: evil, Corrects: schemas.Period(evil), HasBase: true, Apart: evil}},
		Applied: []schemas.AppliedRow{{Charges: []schemas.ChargeID{schemas.ChargeID(evil)}, Description: evil}},
	}}
}

// TestSheets divides a long invoice into pages, each with the sum that it takes over, and all lines once.
func TestSheets(t *testing.T) {
	inv := bigInvoice()
	inv.Net = fixed("11111.13")
	sheets, err := document.Sheets(inv, 7) // of three rows a line, so that two lines make a sheet
	must(t, err)
	if len(sheets) != 5 {
		t.Fatalf("%d sheets", len(sheets))
	}
	next, sum := 0, money.Fixed{}
	for i := range sheets {
		s := &sheets[i]
		if s.Number != i+1 || s.Of != 5 || s.From != next || s.Carried != sum {
			t.Fatalf("sheet %d: %+v", i+1, s)
		}
		next, sum = s.To, s.Through
		page := string(document.SheetsHTML(nil, "x", sheets[i:i+1]))
		if strings.Contains(page, "Carried over") != (i > 0) || strings.Contains(page, "To be carried over") != (i < 4) || strings.Contains(page, "class=\"sum\"") != (i == 4) {
			t.Errorf("sheet %d: %s", i+1, page)
		}
	}
	if next != len(inv.Lines) || sum != inv.Net {
		t.Errorf("%d lines of %s", next, sum)
	}
	if document.Rows(inv) != 27 {
		t.Errorf("%d rows", document.Rows(inv))
	}
}

// TestHostileText asserts that no text of ours or a customer's becomes markup, in any place of an invoice.
func TestHostileText(t *testing.T) {
	evil := "\"'><script>alert(1)</script>\x00\x85\xff&amp;"
	invoices := saying(evil)
	page := string(document.InvoicesHTML(nil, evil, append(invoices, invoices...)))
	for _, bad := range []string{"<script", "\"'>", "\x00", "\x85\xff", "&amp;&amp;"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	var back map[string]any
	must(t, json.Unmarshal(document.AppendInvoiceJSON(nil, &invoices[0]), &back))
	if got := back["account"]; got != strings.ToValidUTF8(evil, "\uFFFD\uFFFD") && got != "\"'><script>alert(1)</script>\x00\uFFFD\uFFFD&amp;" {
		t.Errorf("account came back as %q", got)
	}
}

// bigInvoice is an invoice of ten lines.
func bigInvoice() *schemas.Invoice {
	inv := invoices()[0]
	inv.Lines = nil
	for i := range 9 {
		l := line(fmt.Sprintf("3f9a0c1e5d7b%04d", i), "Virtual machines, 4 vCPU & 16 GB", "1234567.5", "hours", "0.001", "1234.57")
		l.Parts = append(l.Parts, schemas.LinePart{Kind: schemas.PartDiscount, Text: "Discount partner", Amount: fixed("-165.43")})
		inv.Lines = append(inv.Lines, l)
	}
	return &inv
}

// TestInvoiceAllocations holds rendering to nothing but its output: an invoice allocates no more than its identifier.
func TestInvoiceAllocations(t *testing.T) {
	inv := bigInvoice()
	sheet := document.Whole(inv)
	buf := make([]byte, 0, 1<<16)
	if n := testing.AllocsPerRun(100, func() { buf = document.AppendSheetHTML(buf[:0], &sheet) }); n > 4 {
		t.Errorf("HTML allocates %v times an invoice", n)
	}
	if n := testing.AllocsPerRun(100, func() { buf = document.AppendInvoiceJSON(buf[:0], inv) }); n > 4 {
		t.Errorf("JSON allocates %v times an invoice", n)
	}
}

func BenchmarkInvoiceHTML(b *testing.B) {
	sheet := document.Whole(bigInvoice())
	buf := make([]byte, 0, 1<<16)
	b.ReportAllocs()
	for b.Loop() {
		buf = document.AppendSheetHTML(buf[:0], &sheet)
	}
	b.SetBytes(int64(len(buf)))
}

func BenchmarkInvoiceJSON(b *testing.B) {
	inv := bigInvoice()
	buf := make([]byte, 0, 1<<16)
	b.ReportAllocs()
	for b.Loop() {
		buf = document.AppendInvoiceJSON(buf[:0], inv)
	}
	b.SetBytes(int64(len(buf)))
}
