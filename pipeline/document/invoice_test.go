package document_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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
	seller = &document.Party{
		Name: "Nordlicht", LegalName: "Nordlicht Cloud GmbH", Address: []string{"Am Sandtorkai 1", "20457 Hamburg", "Germany"},
		TaxID: "DE000000000", Registration: "HRB 000000, Amtsgericht Hamburg", Email: "billing@nordlicht.example",
	}
	buyer = &document.Party{Name: "Acme", LegalName: "Acme & <Söhne> \"KG\"", Address: []string{"1 Main Street", "Springfield"}, TaxID: "XX1"}
)

func billing() *document.Billing {
	return &document.Billing{
		Seller: seller, Period: "2024-09", Zone: time.UTC, Provisional: true,
		Notes: []string{"Usage is metered in UTC."}, Payment: []string{"Payable within 14 days to DE00 0000 0000 0000 0000 00."},
	}
}

// charge is a usage charge of the account, for the whole period.
func charge(id, description, quantity, unit, price, list, exact, amount string) schemas.Charge {
	start, end := schemas.Period("2024-09").Bounds(time.UTC)
	c := schemas.Charge{
		ID: schemas.ChargeID(id), Account: "acme", Category: "Usage", Frequency: "Usage-Based", Description: description, Region: "eu-1",
		Start: start, End: end, List: dec(list), Exact: dec(exact), Amount: dec(amount), Currency: "EUR",
	}
	if quantity != "" {
		c.HasQuantity, c.Priced, c.PricingUnit = true, dec(quantity), unit
	}
	if price != "" {
		p := dec(price)
		c.UnitPrice = &p
	}
	return c
}

func charges() []schemas.Charge {
	tax := charge("c5", "VAT 19%", "", "", "", "254.29", "254.2865", "254.29")
	tax.Category = "Tax"
	correction := charge("c4", "Object storage, July restated", "-12.5", "GB-month", "0.02", "-0.25", "-0.25", "-0.25")
	correction.Class = "Correction"
	correction.Start, correction.End = time.Date(2024, 7, 1, 0, 0, 0, 0, time.UTC), time.Date(2024, 7, 2, 0, 0, 0, 0, time.UTC)
	dollars := charge("c6", "Support", "", "", "", "10", "10", "10")
	dollars.Currency = "USD"
	grouped := charge("c1", "Virtual machines, 4 vCPU", "1234567.5", "hours", "0.001", "1234.5675", "1234.5675", "1234.57")
	grouped.Group = "ServiceName=Big & small"
	return []schemas.Charge{
		grouped,
		charge("c2", "Requests <script>alert(1)</script>", "1000000", "requests", "", "120", "108", "108"),
		charge("c3", "Support plan", "", "", "", "0", "0", "0"),
		correction, tax, dollars,
	}
}

func TestInvoice(t *testing.T) {
	invoices, err := billing().Invoices(buyer, "acme", "Acme production", charges())
	must(t, err)
	if len(invoices) != 2 {
		t.Fatalf("%d invoices", len(invoices))
	}
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

func TestInvoiceOfAnotherAccount(t *testing.T) {
	_, err := billing().Invoices(buyer, "else", "", charges())
	if err == nil || !strings.Contains(err.Error(), "charge c1 is of account acme") {
		t.Errorf("error %v", err)
	}
	if got, err := billing().Invoices(buyer, "acme", "", nil); err != nil || len(got) != 0 {
		t.Errorf("no charges: %v, %v", got, err)
	}
}

// TestInvoiceAddsUp draws charges and asserts that lines add up to totals, and that rounding the document rounds the
// exact sum and moves no line by a whole unit.
func TestInvoiceAddsUp(t *testing.T) {
	d := rand.New(rand.NewPCG(7, 7))
	step := dec("0.05")
	for range 300 {
		var charges []schemas.Charge
		for i := range 1 + d.IntN(20) {
			e := money.NewDecimal(d.Int64N(2_000_000)-400_000, -d.Int32N(7))
			c := charge(fmt.Sprint(i), "x", "", "", "", e.String(), e.String(), money.RoundTo(e, 2, money.HalfUp).String())
			if i == 3 {
				c.Category = "Tax"
			}
			charges = append(charges, c)
		}
		b := billing()
		b.Level = schemas.RoundDocument
		mode := money.Modes()[d.IntN(len(money.Modes()))]
		rule := schemas.RoundingRule{Mode: mode, Level: schemas.RoundDocument}
		if d.IntN(3) == 0 {
			rule.Step = &step
		}
		b.Rounding = schemas.Rounding{rule}
		inv := one(t, b, charges)
		places := int32(2)
		rule.Places = &places
		sum := money.Zero
		for _, c := range charges {
			sum = sum.Add(c.Exact)
		}
		if got := inv.Total.Decimal(); !got.Equal(rule.Apply(sum)) {
			t.Fatalf("%s: total %s of exact %s", mode, got, sum)
		}
		checkSums(t, inv)
		for i, l := range append(append([]document.InvoiceLine{}, inv.Lines...), inv.Taxes...) {
			if l.Charge == "" {
				continue
			}
			for _, c := range charges {
				if off := c.Exact.Sub(l.Amount.Decimal()).Abs(); c.ID == l.Charge && !off.LessThan(dec("0.01")) {
					t.Fatalf("line %d: %s shown as %s", i, c.Exact, l.Amount)
				}
			}
		}
		b.Level, b.Rounding = schemas.RoundLine, nil
		checkSums(t, one(t, b, charges))
	}
}

func one(t testing.TB, b *document.Billing, charges []schemas.Charge) *document.Invoice {
	t.Helper()
	out, err := b.Invoices(buyer, "acme", "Acme production", charges)
	must(t, err)
	if len(out) != 1 {
		t.Fatalf("%d invoices", len(out))
	}
	return &out[0]
}

func checkSums(t *testing.T, inv *document.Invoice) {
	t.Helper()
	net, tax := money.Zero, money.Zero
	for _, l := range inv.Lines {
		net = net.Add(l.Amount.Decimal())
		if !l.List.Decimal().Add(l.Discount.Decimal()).Equal(l.Amount.Decimal()) {
			t.Fatalf("line %+v", l)
		}
	}
	for _, l := range inv.Taxes {
		tax = tax.Add(l.Amount.Decimal())
	}
	if !net.Equal(inv.Net.Decimal()) || !tax.Equal(inv.Tax.Decimal()) || !net.Add(tax).Equal(inv.Total.Decimal()) ||
		!inv.List.Decimal().Add(inv.Discount.Decimal()).Equal(net) {
		t.Fatalf("net %s, tax %s, total %s of lines %s and %s", inv.Net, inv.Tax, inv.Total, net, tax)
	}
}

// TestHostileText asserts that no text of ours or a customer's becomes markup, in any place of an invoice.
func TestHostileText(t *testing.T) {
	evil := "\"'><script>alert(1)</script>\x00\x85\xff&amp;"
	c := charge(evil, evil, "1", evil, "1", "1", "1", "1")
	c.Account, c.Region, c.Group, c.Class = schemas.AccountID(evil), evil, evil, schemas.ChargeClass(evil)
	b := billing()
	b.Notes, b.Payment = []string{evil}, []string{evil}
	b.Seller = &document.Party{Name: evil, Address: []string{evil}, TaxID: evil, Registration: evil, Email: evil}
	invoices, err := b.Invoices(b.Seller, schemas.AccountID(evil), evil, []schemas.Charge{c})
	must(t, err)
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
func bigInvoice(t testing.TB) []document.Invoice {
	t.Helper()
	var list []schemas.Charge
	for i := range 9 {
		list = append(list, charge(fmt.Sprintf("3f9a0c1e5d7b%04d", i), "Virtual machines, 4 vCPU & 16 GB", "1234567.5", "hours", "0.001", "1400", "1234.5675", "1234.57"))
	}
	tax := charge("c5", "VAT 19%", "", "", "", "254.29", "254.2865", "254.29")
	tax.Category = "Tax"
	b := billing()
	return []document.Invoice{*one(t, b, append(list, tax))}
}

// TestInvoiceAllocations holds rendering to nothing but its output: an invoice allocates no more than its identifier.
func TestInvoiceAllocations(t *testing.T) {
	inv := &bigInvoice(t)[0]
	buf := make([]byte, 0, 1<<16)
	if n := testing.AllocsPerRun(100, func() { buf = document.AppendInvoiceHTML(buf[:0], inv) }); n > 4 {
		t.Errorf("HTML allocates %v times an invoice", n)
	}
	if n := testing.AllocsPerRun(100, func() { buf = document.AppendInvoiceJSON(buf[:0], inv) }); n > 4 {
		t.Errorf("JSON allocates %v times an invoice", n)
	}
}

func BenchmarkInvoiceHTML(b *testing.B) {
	inv := &bigInvoice(b)[0]
	buf := make([]byte, 0, 1<<16)
	b.ReportAllocs()
	for b.Loop() {
		buf = document.AppendInvoiceHTML(buf[:0], inv)
	}
	b.SetBytes(int64(len(buf)))
}

func BenchmarkInvoiceJSON(b *testing.B) {
	inv := &bigInvoice(b)[0]
	buf := make([]byte, 0, 1<<16)
	b.ReportAllocs()
	for b.Loop() {
		buf = document.AppendInvoiceJSON(buf[:0], inv)
	}
	b.SetBytes(int64(len(buf)))
}
