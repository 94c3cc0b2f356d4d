package en16931

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"daybook/pipeline/document"
	"daybook/schemas"
	"daybook/schemas/einvoice"
	"daybook/schemas/money"
)

// Of says what EN 16931 asks of an issued document, under a profile. The error is one of a document that was issued without the
// terms of an electronic invoice, or that no rule-abiding invoice can express; it names the rule.
func Of(d *document.Issued, p Profile) (*einvoice.Document, error) {
	inv := &d.Invoice
	if inv.Electronic == nil || inv.Seller == nil || inv.Buyer == nil {
		return nil, fmt.Errorf("document %s was issued without the terms of an electronic invoice", d.Number)
	}
	specification, process, err := p.identifiers()
	if err != nil {
		return nil, err
	}
	out := &einvoice.Document{
		Specification: specification, Process: process, Number: d.Number, Issued: d.Date.String(), Due: d.Due.String(),
		Type: einvoice.Invoice, Note: strings.Join(inv.Notes, "\n"), Currency: inv.Currency, References: inv.References,
		From: inv.From.String(), To: inv.To.String(), Seller: trader(inv.Seller), Buyer: trader(inv.Buyer), Remittance: d.Number, Terms: *inv.Electronic,
	}
	if d.Kind == document.KindCreditNote {
		out.Type = einvoice.CreditNote
	}
	for _, x := range d.Preceding {
		out.Preceding = append(out.Preceding, einvoice.Preceding{Number: x.Number, Issued: x.Date.String()})
	}
	for i := range inv.Lines {
		takeLine(out, inv, &inv.Lines[i])
	}
	if out.Type == einvoice.CreditNote {
		turn(out)
	}
	if err := settle(out, inv.PaymentTerms); err != nil {
		return nil, fmt.Errorf("document %s: %w", d.Number, err)
	}
	if err := Check(out); err != nil {
		return nil, fmt.Errorf("document %s: %w", d.Number, err)
	}
	return out, nil
}

// trader tells the identifiers of a party apart.
func trader(p *einvoice.Party) einvoice.Trader {
	out := einvoice.Trader{Party: p}
	out.EndpointScheme, out.EndpointID, _ = strings.Cut(p.Endpoint, ":")
	if IsVAT(p.TaxID) {
		out.VAT = p.TaxID
	} else {
		out.Other = p.TaxID
	}
	return out
}

// IsVAT reports whether a tax number is a VAT identifier: one that begins with the code of a country (BR-CO-9).
func IsVAT(number string) bool {
	const shortest = 4
	if len(number) < shortest || number[0] < 'A' || number[0] > 'Z' || number[1] < 'A' || number[1] > 'Z' {
		return false
	}
	return strings.ContainsAny(number[2:], "0123456789")
}

// takeLine takes a line as what it is: a line, something taken off or put on the whole, or the rounding, which the sums hold.
func takeLine(out *einvoice.Document, inv *schemas.Invoice, l *schemas.InvoiceLine) {
	x := l.Electronic
	switch x.Kind {
	case einvoice.AsRounding:
	case einvoice.AsAllowance, einvoice.AsCharge:
		a := einvoice.Adjustment{Charge: x.Kind == einvoice.AsCharge, Reason: nameOf(l), Amount: l.Amount, Tax: x.Tax}
		if !a.Charge {
			a.Amount = a.Amount.Neg()
		}
		out.Adjustments = append(out.Adjustments, a)
	default:
		item := einvoice.Item{
			ID: strconv.Itoa(len(out.Items) + 1), Name: nameOf(l), Description: describe(l), Amount: l.Amount, Line: *x,
		}
		if !l.From.IsZero() && !l.From.Before(inv.From) && !inv.To.Before(l.To) {
			item.From, item.To = l.From.String(), l.To.String()
		}
		out.Items = append(out.Items, item)
	}
}

// nameOf is what a line sells; a correction says of which month.
func nameOf(l *schemas.InvoiceLine) string {
	name := cmp.Or(strings.TrimSpace(l.Description), string(l.Offering), string(l.Category))
	if l.Corrects != "" {
		name = "Correction of " + string(l.Corrects) + ": " + name
	}
	return name
}

// describe is what tells lines of one name apart.
func describe(l *schemas.InvoiceLine) string {
	var parts []string
	for _, text := range []string{l.Region, schemas.GroupValues(l.Group)} {
		if text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, ", ")
}

// turn gives the amounts of a credit note the signs that its type means.
func turn(d *einvoice.Document) {
	for _, x := range []*money.Fixed{&d.Lines, &d.Net, &d.Tax, &d.TaxValue, &d.Gross, &d.Paid, &d.Rounding, &d.Terms.Due} {
		*x = x.Neg()
	}
	d.Allowances, d.Charges = d.Charges, d.Allowances // what was taken off is taken back
	d.VAT = slices.Clone(d.VAT)
	for i := range d.VAT {
		d.VAT[i].Base, d.VAT[i].Tax = d.VAT[i].Base.Neg(), d.VAT[i].Tax.Neg()
	}
	for i := range d.Adjustments {
		d.Adjustments[i].Charge = !d.Adjustments[i].Charge
	}
	for i := range d.Items {
		x := &d.Items[i]
		x.Amount, x.Quantity = x.Amount.Neg(), x.Quantity.Neg()
		x.Allowances, x.Charges = x.Charges, x.Allowances
	}
}

// settle says what follows from the rest: how to pay, where it is used, and what a document outside the scope of tax leaves out.
func settle(d *einvoice.Document, terms string) error {
	const transfer, sepa = "30", "58"
	if len(d.Bank) > 0 {
		d.Means = transfer
		if d.Currency == "EUR" {
			d.Means = sepa
		}
	}
	if d.Terms.Due.Sign() > 0 && d.Due == "" {
		d.Conditions = "Payable on receipt."
	}
	if d.Type == einvoice.Invoice && d.Terms.Due.Sign() > 0 && terms != "" {
		d.Conditions = terms
	}
	for i := range d.VAT {
		if d.VAT[i].Category == einvoice.OutOfScope {
			d.Seller.VAT, d.Buyer.VAT = "", "" // BR-O-2 to BR-O-4
		}
		if d.VAT[i].Category == einvoice.IntraCommunity && d.Buyer.Postal != nil {
			d.DeliveredTo = d.Buyer.Postal.Country
		}
	}
	for i := range d.Items {
		for _, list := range []*[]einvoice.Reduction{&d.Items[i].Allowances, &d.Items[i].Charges} {
			*list = slices.Clone(*list)
		}
		positive(&d.Items[i].Line)
		if err := even(&d.Items[i]); err != nil {
			return err
		}
	}
	return nil
}

// even names what a line was rounded by beyond the cent that a reader allows, to whole units of a currency without cents, or in
// steps: it is put on, or taken off (PEPPOL-EN16931-R120).
func even(x *einvoice.Item) error {
	exact := x.Quantity.Decimal().Mul(x.Price.Decimal())
	per := x.Per.Decimal()
	off := x.Amount.Decimal().Mul(per).Sub(exact)
	for i := range x.Allowances {
		off = off.Add(x.Allowances[i].Amount.Decimal().Mul(per))
	}
	for i := range x.Charges {
		off = off.Sub(x.Charges[i].Amount.Decimal().Mul(per))
	}
	if off.Abs().LessThan(money.NewDecimal(1, -decimals).Mul(per)) {
		return nil
	}
	by, err := money.DivRound(off, per, decimals, money.HalfUp)
	if err != nil {
		return fmt.Errorf("rounding of line %s: %w", x.ID, err)
	}
	r := einvoice.Reduction{Reason: "Rounding"}
	if r.Amount, err = money.FixedFromDecimal(by.Abs()); err != nil {
		return fmt.Errorf("rounding of line %s: %w", x.ID, err)
	}
	if by.IsNegative() {
		x.Allowances = append(x.Allowances, r)
	} else {
		x.Charges = append(x.Charges, r)
	}
	return nil
}

// positive makes allowances below zero charges, and charges below zero allowances.
func positive(l *einvoice.Line) {
	allowances, charges := l.Allowances, l.Charges
	l.Allowances, l.Charges = nil, nil
	for _, list := range []struct {
		of       []einvoice.Reduction
		to, back *[]einvoice.Reduction
	}{{allowances, &l.Allowances, &l.Charges}, {charges, &l.Charges, &l.Allowances}} {
		for _, r := range list.of {
			to := list.to
			if r.Amount.Sign() < 0 {
				r.Amount, to = r.Amount.Neg(), list.back
			}
			r.HasPercent = r.HasPercent && comesTo(&r)
			*to = append(*to, r)
		}
	}
}

// comesTo reports whether a reduction is its percentage of its base to the cent: one that is rounded further is an amount without
// either (PEPPOL-EN16931-R040).
func comesTo(r *einvoice.Reduction) bool {
	exact := r.Base.Decimal().Mul(r.Percent.Decimal()).Shift(-2)
	return exact.Sub(r.Amount.Decimal()).Abs().LessThan(money.NewDecimal(1, -decimals))
}
