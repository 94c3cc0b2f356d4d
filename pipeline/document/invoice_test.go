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
	seller = &schemas.Party{
		Name: "Nordlicht", LegalName: "Nordlicht Cloud GmbH", Address: []string{"Am Sandtorkai 1", "20457 Hamburg", "Germany"},
		TaxID: "DE000000000", Registration: "HRB 000000, Amtsgericht Hamburg", Email: "billing@nordlicht.example",
	}
	buyer = &schemas.Party{Name: "Acme", LegalName: "Acme & <Söhne> \"KG\"", Address: []string{"1 Main Street", "Springfield"}, TaxID: "XX1"}
)

// line is a usage line for the whole of September 2024.
func line(charge, description, quantity, unit, price, amount string) schemas.InvoiceLine {
	l := schemas.InvoiceLine{
		Charge: schemas.ChargeID(charge), Category: schemas.CategoryUsage, Description: description, Region: "eu-1",
		From: day("2024-09-01"), To: day("2024-09-30"), List: fixed(amount), Amount: fixed(amount),
	}
	if quantity != "" {
		l.HasQuantity, l.Quantity, l.Unit = true, fixed(quantity), unit
	}
	if price != "" {
		l.HasPrice, l.UnitPrice = true, fixed(price)
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
	tax := line("c5", "VAT 19%", "", "", "", "254.29")
	tax.Category = schemas.CategoryTax
	correction := line("c4", "Object storage, July restated", "-12.5", "GB-month", "0.02", "-0.25")
	correction.Class, correction.From, correction.To = schemas.ClassCorrection, day("2024-07-01"), day("2024-07-01")
	grouped := line("c1", "Virtual machines, 4 vCPU", "1234567.5", "hours", "0.001", "1234.57")
	grouped.Group = "ServiceName=Big & small"
	reduced := line("c2", "Requests <script>alert(1)</script>", "1000000", "requests", "", "108")
	reduced.List, reduced.Discount = fixed("120"), fixed("-12")
	euros.Lines = []schemas.InvoiceLine{grouped, reduced, line("c3", "Support plan", "", "", "", "0"), correction}
	euros.Taxes = []schemas.InvoiceLine{tax}
	euros.List, euros.Discount, euros.Net, euros.Tax, euros.Total = fixed("1354.32"), fixed("-12"), fixed("1342.32"), fixed("254.29"), fixed("1596.61")
	dollars.Lines = []schemas.InvoiceLine{line("c6", "Support", "", "", "", "10")}
	dollars.List, dollars.Net, dollars.Total = fixed("10"), fixed("10"), fixed("10")
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
	party := &schemas.Party{Name: evil, Address: []string{evil}, TaxID: evil, Registration: evil, Email: evil}
	return []schemas.Invoice{{
		Seller: party, Buyer: party, Account: schemas.AccountID(evil), AccountName: evil, From: day("2024-09-01"), To: day("2024-09-30"),
		Currency: "EUR", Places: 2, Lines: []schemas.InvoiceLine{l}, List: l.List, Net: l.Amount, Total: l.Amount,
		Notes: []string{evil}, Payment: []string{evil},
	}}
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
		l.List, l.Discount = fixed("1400"), fixed("-165.43")
		inv.Lines = append(inv.Lines, l)
	}
	return &inv
}

// TestInvoiceAllocations holds rendering to nothing but its output: an invoice allocates no more than its identifier.
func TestInvoiceAllocations(t *testing.T) {
	inv := bigInvoice()
	buf := make([]byte, 0, 1<<16)
	if n := testing.AllocsPerRun(100, func() { buf = document.AppendInvoiceHTML(buf[:0], inv) }); n > 4 {
		t.Errorf("HTML allocates %v times an invoice", n)
	}
	if n := testing.AllocsPerRun(100, func() { buf = document.AppendInvoiceJSON(buf[:0], inv) }); n > 4 {
		t.Errorf("JSON allocates %v times an invoice", n)
	}
}

func BenchmarkInvoiceHTML(b *testing.B) {
	inv := bigInvoice()
	buf := make([]byte, 0, 1<<16)
	b.ReportAllocs()
	for b.Loop() {
		buf = document.AppendInvoiceHTML(buf[:0], inv)
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
