package invoice_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"daybook/rating/invoice"
	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/einvoice"
	"daybook/schemas/money"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func dec(s string) money.Decimal { return money.MustDecimal(s) }

var buyer = &invoice.Buyer{Party: &einvoice.Party{Name: "Acme"}, Account: "acme", Name: "Acme production"}

func terms() *invoice.Terms {
	return &invoice.Terms{Seller: &einvoice.Party{Name: "Nordlicht"}, Period: "2024-09", Zone: time.UTC}
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

func draft(t testing.TB, terms *invoice.Terms, buyer *invoice.Buyer, charges []schemas.Charge) []schemas.Invoice {
	t.Helper()
	d := terms.Begin(buyer)
	for i := range charges {
		must(t, d.Add(&charges[i]))
	}
	out, err := d.Invoices()
	must(t, err)
	return out
}

func TestInvoiceOfAnotherAccount(t *testing.T) {
	c := charges()[0]
	err := terms().Begin(&invoice.Buyer{Account: "else"}).Add(&c)
	if err == nil || !strings.Contains(err.Error(), "charge c1 is of account acme") {
		t.Errorf("error %v", err)
	}
	if got := draft(t, terms(), buyer, nil); len(got) != 0 {
		t.Errorf("no charges: %v", got)
	}
	c.Currency = "XAU"
	if err := terms().Begin(buyer).Add(&c); err == nil || !strings.Contains(err.Error(), "currency XAU has no minor unit") {
		t.Errorf("error %v", err)
	}
}

// TestInvoices: a currency each, in order, with charges in the order in which they came.
func TestInvoices(t *testing.T) {
	got := draft(t, terms(), buyer, charges())
	if len(got) != 2 || got[0].Currency != "EUR" || got[1].Currency != "USD" || len(got[0].Lines) != 4 || len(got[0].Taxes) != 1 ||
		got[0].Lines[0].Charge != "c1" || got[0].Lines[3].Charge != "c4" {
		t.Fatalf("%+v", got)
	}
}

// TestInvoiceAddsUp draws charges and asserts that each is a line as it is, and that lines add up to totals.
func TestInvoiceAddsUp(t *testing.T) {
	d := rand.New(rand.NewPCG(7, 7))
	for range 300 {
		var charges []schemas.Charge
		for i := range 1 + d.IntN(20) {
			e := money.NewDecimal(d.Int64N(2_000_000)-400_000, -d.Int32N(7))
			c := charge(fmt.Sprint(i), "x", "", "", "", e.String(), e.String(), money.RoundTo(e, 2, money.HalfUp).String())
			switch i {
			case 3:
				c.Category = schemas.CategoryTax
			case 5:
				c.Category, c.Model = schemas.CategoryCredit, "prepaid_credit"
			}
			charges = append(charges, c)
		}
		inv := one(t, terms(), charges)
		checkSums(t, inv)
		ids := map[schemas.ChargeID]bool{}
		for _, l := range inv.Lines {
			ids[l.Charge] = true
			at := slices.IndexFunc(charges, func(c schemas.Charge) bool { return c.ID == l.Charge })
			if at < 0 || !l.Amount.Decimal().Equal(charges[at].Amount) {
				t.Fatalf("line %+v is not a charge", l)
			}
		}
		for _, x := range inv.Taxes {
			for _, id := range x.Charges {
				ids[id] = true
			}
		}
		for _, x := range inv.Applied {
			for _, id := range x.Charges {
				ids[id] = true
			}
		}
		if len(ids) != len(charges) {
			t.Fatalf("%d of %d charges are on the invoice", len(ids), len(charges))
		}
	}
}

func one(t testing.TB, terms *invoice.Terms, charges []schemas.Charge) *schemas.Invoice {
	t.Helper()
	out := draft(t, terms, buyer, charges)
	if len(out) != 1 {
		t.Fatalf("%d invoices", len(out))
	}
	return &out[0]
}

// checkSums asserts that parts sum to lines, and rows to totals.
func checkSums(t *testing.T, inv *schemas.Invoice) {
	t.Helper()
	net, tax, paid, off := money.Zero, money.Zero, money.Zero, money.Zero
	for _, l := range inv.Lines {
		net, off = net.Add(l.Amount.Decimal()), off.Add(l.Discount.Decimal())
		parts := money.Zero
		for _, p := range l.Parts {
			parts = parts.Add(p.Amount.Decimal())
		}
		if len(l.Parts) > 0 && !parts.Equal(l.Amount.Decimal()) {
			t.Fatalf("the parts of line %+v sum to %s", l, parts)
		}
	}
	for _, x := range inv.Taxes {
		tax = tax.Add(x.Amount.Decimal())
	}
	for _, x := range inv.Applied {
		paid = paid.Add(x.Amount.Decimal())
	}
	if !net.Equal(inv.Net.Decimal()) || !tax.Equal(inv.Tax.Decimal()) || !net.Add(tax).Equal(inv.Total.Decimal()) ||
		!inv.List.Decimal().Add(inv.Discount.Decimal()).Equal(net) || !off.Equal(inv.Discount.Decimal()) ||
		!paid.Equal(inv.Paid.Decimal()) || !net.Add(tax).Add(paid).Equal(inv.Due.Decimal()) {
		t.Fatalf("net %s, tax %s, paid %s, total %s, due %s of lines that sum to %s, %s and %s", inv.Net, inv.Tax, inv.Paid, inv.Total, inv.Due, net, tax, paid)
	}
}

// TestDays: a month begins where the provider is, a subscription where the account is.
func TestDays(t *testing.T) {
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	must(t, err)
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		must(t, err)
		return v
	}
	for _, c := range []struct{ start, end, from, to string }{
		{"2024-09-11T15:00:00Z", "2024-10-01T00:00:00Z", "2024-09-12", "2024-09-30"}, // from a midnight in Tokyo to the end of the month
		{"2024-09-01T00:00:00Z", "2024-09-19T15:00:00Z", "2024-09-01", "2024-09-19"}, // and from its beginning to one
		{"2024-09-01T00:00:00Z", "2024-10-01T00:00:00Z", "2024-09-01", "2024-09-30"}, // a whole month
		{"2024-09-11T16:30:00Z", "2024-09-11T18:00:00Z", "2024-09-12", "2024-09-12"}, // a moment of the account's day
	} {
		x := charge("c", "x", "", "", "", "1", "1", "1")
		x.Start, x.End = at(c.start), at(c.end)
		to := *buyer
		to.Zone = tokyo
		l := draft(t, terms(), &to, []schemas.Charge{x})[0].Lines[0]
		if l.From.String() != c.from || l.To.String() != c.to {
			t.Errorf("%s to %s is %s to %s, not %s to %s", c.start, c.end, l.From, l.To, c.from, c.to)
		}
	}
}

// TestCreditsOfMonths: what a grant pays has one row, whatever words its name holds; what it paid of an earlier month, and is corrected,
// has rows of its own that name the month; so have a coupon's line and a tax.
func TestCreditsOfMonths(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	must(t, err)
	of := func(id, description string, category schemas.ChargeCategory, amount string, corrects schemas.Period) schemas.Charge {
		c := charge(id, description, "", "", "", amount, amount, amount)
		c.Category, c.Corrects = category, corrects
		period := schemas.Period("2024-09")
		if corrects != "" {
			c.Class, period = schemas.ClassCorrection, corrects
		}
		c.Start, c.End = period.Bounds(zone)
		if paid, ok := strings.CutPrefix(description, "Prepaid "); ok {
			c.Model = schemas.PrepaidCredit
			if corrects == "" {
				grant := paid[:strings.LastIndex(paid, " for ")]
				c.Steps = []schemas.Step{{Op: model.OpGiven, Note: grant + " pays"}}
			}
		}
		return c
	}
	terms := terms()
	terms.Zone, terms.CreditTax = zone, schemas.CreditAfterTax
	invoices := draft(t, terms, buyer, []schemas.Charge{
		of("1", "A tenth", schemas.CategoryCredit, "-2", ""), of("2", "A tenth", schemas.CategoryCredit, "-1", "2024-07"), of("3", "A tenth", schemas.CategoryCredit, "1", "2024-08"),
		of("4", "VAT 20%", schemas.CategoryTax, "1", "2024-07"),
		of("5", "Prepaid credit for new shops for VM", schemas.CategoryCredit, "-5", ""), of("6", "Prepaid credit for new shops for VAT 20%", schemas.CategoryCredit, "-1", ""),
		of("9", "Prepaid credit for old shops for VM", schemas.CategoryCredit, "-4", ""),
		of("7", "Prepaid credit g for VM", schemas.CategoryCredit, "-3", "2024-07"), of("8", "Prepaid credit g for VAT 20%", schemas.CategoryCredit, "-2", "2024-07"),
	})
	var got []string
	for _, l := range invoices[0].Lines {
		got = append(got, fmt.Sprintf("%s %q %s from %s to %s", l.Description, l.Corrects, l.Amount, l.From, l.To))
	}
	for _, x := range invoices[0].Taxes {
		got = append(got, fmt.Sprintf("%s %q %s", x.Description, x.Corrects, x.Amount))
	}
	for _, x := range invoices[0].Applied {
		got = append(got, fmt.Sprintf("%s %q %s of %d", x.Description, x.Corrects, x.Amount, len(x.Charges)))
	}
	want := []string{
		`A tenth "" -2 from 2024-09-01 to 2024-09-30`, `A tenth "2024-07" -1 from 2024-07-01 to 2024-07-31`, `A tenth "2024-08" 1 from 2024-08-01 to 2024-08-31`,
		`VAT 20% "2024-07" 1`, `Prepaid credit for new shops "" -6 of 2`, `Prepaid credit for old shops "" -4 of 1`,
		`Prepaid credit g for VM "2024-07" -3 of 1`, `Prepaid credit g for VAT 20% "2024-07" -2 of 1`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
