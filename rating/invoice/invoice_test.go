package invoice_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"daybook/rating/invoice"
	"daybook/schemas"
	"daybook/schemas/money"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func dec(s string) money.Decimal { return money.MustDecimal(s) }

var buyer = &schemas.Party{Name: "Acme"}

func terms() *invoice.Terms {
	return &invoice.Terms{Seller: &schemas.Party{Name: "Nordlicht"}, Period: "2024-09", Zone: time.UTC}
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

func TestInvoiceOfAnotherAccount(t *testing.T) {
	_, err := terms().Invoices(buyer, "else", "", charges())
	if err == nil || !strings.Contains(err.Error(), "charge c1 is of account acme") {
		t.Errorf("error %v", err)
	}
	if got, err := terms().Invoices(buyer, "acme", "", nil); err != nil || len(got) != 0 {
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
		b := terms()
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
		for i, l := range append(append([]schemas.InvoiceLine{}, inv.Lines...), inv.Taxes...) {
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

func one(t testing.TB, b *invoice.Terms, charges []schemas.Charge) *schemas.Invoice {
	t.Helper()
	out, err := b.Invoices(buyer, "acme", "Acme production", charges)
	must(t, err)
	if len(out) != 1 {
		t.Fatalf("%d invoices", len(out))
	}
	return &out[0]
}

func checkSums(t *testing.T, inv *schemas.Invoice) {
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
