package invoice_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
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

// TestInvoiceAddsUp draws charges and asserts that each is a line as it is, and that lines add up to totals.
func TestInvoiceAddsUp(t *testing.T) {
	d := rand.New(rand.NewPCG(7, 7))
	for range 300 {
		var charges []schemas.Charge
		for i := range 1 + d.IntN(20) {
			e := money.NewDecimal(d.Int64N(2_000_000)-400_000, -d.Int32N(7))
			list := e.Add(money.NewDecimal(d.Int64N(2)*d.Int64N(10_000), -2))
			c := charge(fmt.Sprint(i), "x", "", "", "", list.String(), e.String(), money.RoundTo(e, 2, money.HalfUp).String())
			if i == 3 {
				c.Category = "Tax"
			}
			charges = append(charges, c)
		}
		inv := one(t, terms(), charges)
		checkSums(t, inv)
		lines := slices.Concat(inv.Lines, inv.Taxes)
		if len(lines) != len(charges) {
			t.Fatalf("%d lines of %d charges", len(lines), len(charges))
		}
		for _, c := range charges {
			at := slices.IndexFunc(lines, func(l schemas.InvoiceLine) bool { return l.Charge == c.ID })
			if at < 0 || !lines[at].Amount.Decimal().Equal(c.Amount) {
				t.Fatalf("charge %s of %s is not a line of the invoice: %+v", c.ID, c.Amount, lines)
			}
		}
	}
}

// TestDiscount: what rounding moved is no discount, nor is an amount on which there is no list price.
func TestDiscount(t *testing.T) {
	for _, c := range []struct{ list, exact, amount, wantList, wantDiscount string }{
		{"10", "8", "8", "10", "-2"},
		{"10.005", "8.005", "8.01", "10", "-1.99"}, // the list is shown rounded half to even
		{"10.005", "10.005", "10.01", "10.01", "0"},
		{"10.005", "10.005", "9.99", "9.99", "0"},
		{"0", "8", "8", "8", "0"},
		{"8", "10", "10", "8", "2"},
		{"10", "0", "0", "10", "-10"},
	} {
		l := one(t, terms(), []schemas.Charge{charge("c", "x", "", "", "", c.list, c.exact, c.amount)}).Lines[0]
		if l.List.String() != c.wantList || l.Discount.String() != c.wantDiscount || l.Amount.String() != c.amount {
			t.Errorf("%+v: list %s, discount %s, amount %s", c, l.List, l.Discount, l.Amount)
		}
	}
	credit := charge("c", "x", "", "", "", "10", "8", "8")
	credit.Category = schemas.CategoryCredit
	if l := one(t, terms(), []schemas.Charge{credit}).Lines[0]; !l.Discount.IsZero() || l.List != l.Amount {
		t.Errorf("a credit has a discount: %+v", l)
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
