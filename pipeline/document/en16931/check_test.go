package en16931_test

import (
	"slices"
	"strings"
	"testing"

	"daybook/fixtures/papers"
	"daybook/pipeline/document"
	"daybook/pipeline/document/en16931"
	"daybook/schemas/einvoice"
	"daybook/schemas/money"
)

func cent(n int64) money.Fixed {
	out, err := money.FixedFromDecimal(money.NewDecimal(n, -2))
	if err != nil {
		panic(err)
	}
	return out
}

func more(x *money.Fixed, n int64) {
	sum, err := x.Add(cent(n))
	if err != nil {
		panic(err)
	}
	*x = sum
}

// sample is a domestic invoice under one standard rate, with an adjustment and a line that has an allowance.
func sample(t *testing.T) *einvoice.Document {
	t.Helper()
	for seed := range uint64(3000) {
		d := papers.New(seed)
		if d.Kind != document.KindInvoice || len(d.Invoice.Electronic.VAT) != 1 || d.Invoice.Electronic.VAT[0].Category != einvoice.Standard || d.Invoice.Buyer.Postal.Country != "DE" {
			continue
		}
		e, err := en16931.Of(d, en16931.XRechnung)
		if err != nil {
			t.Fatal(err)
		}
		if len(e.Adjustments) > 0 && slices.ContainsFunc(e.Items, func(x einvoice.Item) bool { return len(x.Allowances) > 0 }) && e.Terms.Due.Sign() > 0 && e.Due != "" {
			return e
		}
	}
	t.Fatal("no such document")
	return nil
}

// TestCheckSeesFaults plants one fault of each kind and expects the rule that it breaks to be named.
func TestCheckSeesFaults(t *testing.T) {
	if err := en16931.Check(sample(t)); err != nil {
		t.Fatalf("the sound document: %v", err)
	}
	for rule, spoil := range map[string]func(*einvoice.Document){
		"BR-CO-10":            func(d *einvoice.Document) { more(&d.Lines, 1) },
		"BR-CO-11":            func(d *einvoice.Document) { more(&d.Allowances, -1) },
		"BR-CO-12":            func(d *einvoice.Document) { more(&d.Charges, 1) },
		"BR-CO-13":            func(d *einvoice.Document) { more(&d.Net, 1) },
		"BR-CO-14":            func(d *einvoice.Document) { more(&d.Tax, 1) },
		"BR-CO-15":            func(d *einvoice.Document) { more(&d.Gross, -1) },
		"BR-CO-16":            func(d *einvoice.Document) { more(&d.Terms.Due, 1) },
		"BR-CO-18":            func(d *einvoice.Document) { d.Items[0].Tax.Percent = cent(1) },
		"BR-CO-25":            func(d *einvoice.Document) { d.Due, d.Conditions = "", "" },
		"BR-S-8":              func(d *einvoice.Document) { more(&d.VAT[0].Base, 1) },
		"BR-DEC":              func(d *einvoice.Document) { d.Paid.Lo++ },
		"BR-16":               func(d *einvoice.Document) { d.Items = nil },
		"BR-25":               func(d *einvoice.Document) { d.Items[0].Name = "" },
		"BR-27":               func(d *einvoice.Document) { d.Items[0].Price = cent(-1) },
		"BR-33":               func(d *einvoice.Document) { d.Adjustments[0].Reason = "" },
		"BR-42":               func(d *einvoice.Document) { allowance(d).Reason = "" },
		"PEPPOL-EN16931-R120": func(d *einvoice.Document) { more(&allowance(d).Amount, 2) },
		"BR-E-9":              func(d *einvoice.Document) { d.VAT[0].Category, d.VAT[0].Reason = einvoice.Exempt, "none" },
		"BR-E-10":             func(d *einvoice.Document) { d.VAT[0].Category = einvoice.ReverseCharge },
		"BR-O-11": func(d *einvoice.Document) {
			d.VAT = append(d.VAT, einvoice.VAT{Rate: einvoice.Rate{Category: einvoice.OutOfScope}, Reason: "none"})
		},
		"BR-8":                func(d *einvoice.Document) { d.Buyer.Postal = nil },
		"BR-S-2":              func(d *einvoice.Document) { d.Seller.VAT = "" },
		"BR-AE-2":             func(d *einvoice.Document) { d.VAT[0].Category, d.Buyer.VAT = einvoice.ReverseCharge, "" },
		"BR-IC-2":             func(d *einvoice.Document) { d.VAT[0].Category, d.Buyer.VAT = einvoice.IntraCommunity, "" },
		"PEPPOL-EN16931-R003": func(d *einvoice.Document) { d.References.Buyer, d.Order = "", "" },
		"PEPPOL-EN16931-R010": func(d *einvoice.Document) { d.Buyer.EndpointID = "" },
		"BR-DE-1":             func(d *einvoice.Document) { d.Bank = nil },
		"BR-DE-2":             func(d *einvoice.Document) { d.Seller.Phone = "" },
		"BR-DE-3":             func(d *einvoice.Document) { d.Buyer.Postal.City = "" },
		"BR-DE-15":            func(d *einvoice.Document) { d.References.Buyer = "" },
		"BR-DE-16":            func(d *einvoice.Document) { d.Seller.VAT = "" },
	} {
		d := sample(t)
		spoil(d)
		if err := en16931.Check(d); err == nil || !strings.Contains(err.Error(), rule+": ") {
			t.Errorf("%s: %v", rule, err)
		}
	}
}

// allowance is one of a line.
func allowance(d *einvoice.Document) *einvoice.Reduction {
	for i := range d.Items {
		if len(d.Items[i].Allowances) > 0 {
			return &d.Items[i].Allowances[0]
		}
	}
	return nil
}

// TestIsVAT tells VAT identifiers from other tax numbers.
func TestIsVAT(t *testing.T) {
	for number, want := range map[string]bool{"DE123456789": true, "FR12345678901": true, "EL123456789": true, "12/345/67890": false, "D1234": false, "ABCD": false, "": false, "US": false} {
		if en16931.IsVAT(number) != want {
			t.Errorf("%q", number)
		}
	}
}
