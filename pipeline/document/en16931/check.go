package en16931

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"daybook/schemas/einvoice"
	"daybook/schemas/money"
)

// most decimals of an amount (BR-DEC).
const decimals = 2

// Check refuses a document that breaks a rule of EN 16931 which a computation can break: sums are exact, and nothing is let pass
// that the official validators would for the sake of programs that round otherwise. The error joins all that it found, each with
// the name of its rule.
func Check(d *einvoice.Document) error {
	c := &checker{d: d}
	c.sums()
	c.lines()
	c.breakdown()
	c.parties()
	return errors.Join(c.wrong...)
}

type checker struct {
	d     *einvoice.Document
	wrong []error
}

func (c *checker) complain(rule, format string, args ...any) {
	c.wrong = append(c.wrong, fmt.Errorf(rule+": "+format, args...))
}

// same complains of a term that is not what it is to be.
func (c *checker) same(rule, what string, have money.Fixed, want money.Decimal) {
	if !have.Decimal().Equal(want) {
		c.complain(rule, "%s is %s, and ought to be %s", what, have, want)
	}
}

// sums holds the totals against what they are totals of.
func (c *checker) sums() {
	d := c.d
	lines, allowances, charges, tax := money.Zero, money.Zero, money.Zero, money.Zero
	for i := range d.Items {
		lines = lines.Add(d.Items[i].Amount.Decimal())
	}
	for i := range d.Adjustments {
		a := &d.Adjustments[i]
		if a.Charge {
			charges = charges.Add(a.Amount.Decimal())
		} else {
			allowances = allowances.Add(a.Amount.Decimal())
		}
		if a.Reason == "" {
			c.complain("BR-33", "an allowance or charge of %s has no reason", a.Amount)
		}
	}
	for i := range d.VAT {
		tax = tax.Add(d.VAT[i].Tax.Decimal())
	}
	t := &d.Terms
	c.same("BR-CO-10", "the sum of the lines", t.Lines, lines)
	c.same("BR-CO-11", "the sum of the allowances", t.Allowances, allowances)
	c.same("BR-CO-12", "the sum of the charges", t.Charges, charges)
	c.same("BR-CO-13", "the sum without tax", t.Net, lines.Sub(allowances).Add(charges))
	c.same("BR-CO-14", "the tax", t.Tax, tax)
	c.same("BR-CO-15", "the sum with tax", t.Gross, t.Net.Decimal().Add(tax))
	c.same("BR-CO-16", "what is due", t.Due, t.Gross.Decimal().Sub(t.Paid.Decimal()).Add(t.Rounding.Decimal()))
	for _, x := range []money.Fixed{t.Lines, t.Allowances, t.Charges, t.Net, t.Tax, t.Gross, t.Paid, t.Rounding, t.Due, t.TaxValue} {
		c.cents(x)
	}
	if t.Due.Sign() > 0 && d.Due == "" && d.Conditions == "" {
		c.complain("BR-CO-25", "%s is due, and nothing says when", t.Due)
	}
}

// cents complains of an amount with more decimals than invoices have.
func (c *checker) cents(x money.Fixed) {
	if !money.RoundTo(x.Decimal(), decimals, money.HalfUp).Equal(x.Decimal()) {
		c.complain("BR-DEC", "%s has more than %d decimals", x, decimals)
	}
}

// lines holds each line against its quantity and price.
func (c *checker) lines() {
	if len(c.d.Items) == 0 {
		c.complain("BR-16", "there is no line")
	}
	for i := range c.d.Items {
		x := &c.d.Items[i]
		if x.Name == "" {
			c.complain("BR-25", "line %s has no name", x.ID)
		}
		if x.Price.Sign() < 0 || x.Per.Sign() <= 0 {
			c.complain("BR-27", "line %s costs %s for %s", x.ID, x.Price, x.Per)
			continue
		}
		want := x.Amount.Decimal()
		for _, list := range []struct {
			of   []einvoice.Reduction
			sign money.Decimal
		}{{x.Allowances, money.One}, {x.Charges, money.One.Neg()}} {
			for k := range list.of {
				r := &list.of[k]
				if r.Reason == "" || r.Amount.Sign() < 0 {
					c.complain("BR-42", "line %s is reduced by %s for %q", x.ID, r.Amount, r.Reason)
				}
				want = want.Add(r.Amount.Decimal().Mul(list.sign))
			}
		}
		// A line is rounded by the book's own mode: what is left is half of the last place at most.
		off := x.Quantity.Decimal().Mul(x.Price.Decimal()).Sub(want.Mul(x.Per.Decimal())).Abs()
		if step := money.NewDecimal(1, -decimals); !off.LessThan(step.Mul(x.Per.Decimal())) {
			c.complain("PEPPOL-EN16931-R120", "line %s: %s × %s ÷ %s is not %s", x.ID, x.Quantity, x.Price, x.Per, want)
		}
		c.cents(x.Amount)
	}
}

// breakdown holds the rows of tax against what they are of.
func (c *checker) breakdown() {
	bases := map[einvoice.Rate]money.Decimal{}
	take := func(of einvoice.Rate, amount money.Decimal) {
		bases[of] = bases[of].Add(amount)
		if !slices.ContainsFunc(c.d.VAT, func(row einvoice.VAT) bool { return row.Rate == of }) {
			c.complain("BR-CO-18", "the breakdown lacks %s %s", of.Category, of.Percent)
		}
	}
	for i := range c.d.Items {
		take(c.d.Items[i].Tax.Rate, c.d.Items[i].Amount.Decimal())
	}
	for i := range c.d.Adjustments {
		a := &c.d.Adjustments[i]
		amount := a.Amount.Decimal()
		if !a.Charge {
			amount = amount.Neg()
		}
		take(a.Tax.Rate, amount)
	}
	for i := range c.d.VAT {
		row := &c.d.VAT[i]
		c.same("BR-S-8", fmt.Sprintf("what is taxed at %s %s", row.Category, row.Percent), row.Base, bases[row.Rate])
		switch {
		case row.Category == einvoice.OutOfScope && len(c.d.VAT) > 1:
			c.complain("BR-O-11", "what is out of the scope of tax stands beside what is in it, and has to be on a document of its own")
		case row.Category.NeedsReason() && row.Reason == "" && row.Code == "":
			c.complain("BR-E-10", "nothing says why there is no tax of category %s", row.Category)
		case !row.Category.Taxed() && !row.Tax.IsZero():
			c.complain("BR-E-9", "there is %s of tax of category %s", row.Tax, row.Category)
		}
		c.cents(row.Base)
		c.cents(row.Tax)
	}
}

// parties holds who sells and who buys against what their kind of tax asks of them.
func (c *checker) parties() {
	d := c.d
	if d.Seller.Postal == nil || d.Buyer.Postal == nil {
		c.complain("BR-8", "nothing says in which country the seller or the buyer is")
	}
	if d.Process != "" {
		if d.References.Buyer == "" && d.Order == "" {
			c.complain("PEPPOL-EN16931-R003", "the buyer has no reference and no order")
		}
		if d.Seller.EndpointID == "" || d.Buyer.EndpointID == "" {
			c.complain("PEPPOL-EN16931-R010", "the seller or the buyer has no electronic address")
		}
	}
	if domestic := d.Seller.Postal != nil && d.Seller.Postal.Country == "DE" && d.Buyer.Postal != nil && d.Buyer.Postal.Country == "DE"; d.Process != "" && (domestic || isXRechnung(d)) {
		c.german()
	}
	for i := range d.VAT {
		category := d.VAT[i].Category
		if category != einvoice.OutOfScope && d.Seller.VAT == "" && d.Seller.Other == "" {
			c.complain("BR-S-2", "the seller has no tax number, which category %s asks for", category)
		}
		if category == einvoice.ReverseCharge && d.Buyer.VAT == "" && d.Buyer.Registration == "" {
			c.complain("BR-AE-2", "the buyer has no VAT identifier and no registration, and the charge is reversed")
		}
		if category == einvoice.IntraCommunity && d.Buyer.VAT == "" {
			c.complain("BR-IC-2", "the buyer has no VAT identifier, and the supply is within the community")
		}
	}
}

func isXRechnung(d *einvoice.Document) bool { return strings.HasSuffix(d.Specification, xrechnung) }

// german holds a document against what is asked in Germany: of XRechnung, and of Peppol where both parties are there.
func (c *checker) german() {
	d := c.d
	if d.Seller.Contact == "" || d.Seller.Phone == "" || d.Seller.Email == "" {
		c.complain("BR-DE-2", "the seller has no contact with name, phone and email")
	}
	if len(d.Bank) == 0 {
		c.complain("BR-DE-1", "nothing says to which account to pay")
	}
	for _, t := range []*einvoice.Trader{&d.Seller, &d.Buyer} {
		if t.Postal != nil && (t.Postal.City == "" || t.Postal.PostalCode == "") {
			c.complain("BR-DE-3", "the address of %s has no city or no postal code", t.Name)
		}
	}
	if d.References.Buyer == "" {
		c.complain("BR-DE-15", "the buyer has no reference, such as a Leitweg-ID")
	}
	if d.Seller.VAT == "" && d.Seller.Other == "" && (len(d.VAT) != 1 || d.VAT[0].Category != einvoice.OutOfScope) {
		c.complain("BR-DE-16", "the seller has no tax number")
	}
}
