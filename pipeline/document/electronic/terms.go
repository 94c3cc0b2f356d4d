// Package electronic writes the terms of electronic invoices into the JSON of documents.
//
// Start reading at [Terms].
package electronic

import (
	"daybook/pipeline/document/markup"
	"daybook/schemas/einvoice"
)

// Postal writes an address in parts.
func Postal(j *markup.Object, a *einvoice.Address) {
	if a == nil {
		return
	}
	j.Key("postal")
	o := markup.Object{Dst: append(j.Dst, '{')}
	o.Texts("street", a.Street)
	o.Optional("postal_code", a.PostalCode)
	o.Optional("city", a.City)
	o.Optional("region", a.Region)
	o.Text("country", a.Country)
	j.Dst = append(o.Dst, '}')
}

// References writes by what the customer knows a document.
func References(j *markup.Object, r *einvoice.References) {
	if *r == (einvoice.References{}) {
		return
	}
	j.Key("references")
	o := markup.Object{Dst: append(j.Dst, '{')}
	o.Optional("buyer", r.Buyer)
	o.Optional("order", r.Order)
	o.Optional("contract", r.Contract)
	o.Optional("cost_centre", r.CostCentre)
	j.Dst = append(o.Dst, '}')
}

// Terms writes the terms of an electronic invoice.
func Terms(j *markup.Object, e *einvoice.Terms, places int32) {
	j.Key("electronic")
	o := markup.Object{Dst: append(j.Dst, '{')}
	bank(&o, e.Bank)
	o.Key("vat")
	o.Dst = append(o.Dst, '[')
	for i := range e.VAT {
		x, row := o.Element(i), &e.VAT[i]
		VAT(&x, &einvoice.Tax{Rate: row.Rate, Reason: row.Reason, Code: row.Code})
		x.Number("base", row.Base, places)
		x.Number("tax", row.Tax, places)
		o.Dst = append(x.Dst, '}')
	}
	o.Dst = append(o.Dst, ']')
	if e.TaxCurrency != "" {
		o.Text("tax_currency", string(e.TaxCurrency))
		o.Number("tax_value", e.TaxValue, places)
	}
	o.Number("lines", e.Lines, places)
	o.Number("allowances", e.Allowances, places)
	o.Number("charges", e.Charges, places)
	o.Number("net", e.Net, places)
	o.Number("tax", e.Tax, places)
	o.Number("gross", e.Gross, places)
	o.Number("paid", e.Paid, places)
	o.Number("rounding", e.Rounding, places)
	o.Number("due", e.Due, places)
	j.Dst = append(o.Dst, '}')
}

func bank(j *markup.Object, list []einvoice.BankAccount) {
	if len(list) == 0 {
		return
	}
	j.Key("bank")
	j.Dst = append(j.Dst, '[')
	for i := range list {
		o := j.Element(i)
		o.Optional("currency", string(list[i].Currency))
		o.Optional("holder", list[i].Holder)
		o.Text("iban", list[i].IBAN)
		o.Optional("bic", list[i].BIC)
		j.Dst = append(o.Dst, '}')
	}
	j.Dst = append(j.Dst, ']')
}

// VAT writes how something is taxed.
func VAT(j *markup.Object, t *einvoice.Tax) {
	j.Text("category", string(t.Category))
	j.Number("rate", t.Percent, 0)
	j.Optional("reason", t.Reason)
	j.Optional("reason_code", t.Code)
}

// Line writes what a line is on the electronic invoice.
func Line(j *markup.Object, l *einvoice.Line, places int32) {
	j.Key("electronic")
	o := markup.Object{Dst: append(j.Dst, '{')}
	o.Text("as", string(l.Kind))
	if l.Kind != einvoice.AsRounding {
		VAT(&o, &l.Tax)
	}
	if l.Kind == einvoice.AsLine {
		o.Number("quantity", l.Quantity, 0)
		o.Text("unit_code", l.UnitCode)
		o.Number("price", l.Price, places)
		o.Number("per", l.Per, 0)
		reductions(&o, "allowances", l.Allowances, places)
		reductions(&o, "charges", l.Charges, places)
	}
	j.Dst = append(o.Dst, '}')
}

func reductions(j *markup.Object, name string, list []einvoice.Reduction, places int32) {
	if len(list) == 0 {
		return
	}
	j.Key(name)
	j.Dst = append(j.Dst, '[')
	for i := range list {
		o, r := j.Element(i), &list[i]
		o.Text("reason", r.Reason)
		if r.HasPercent {
			o.Number("base", r.Base, places)
			o.Number("percent", r.Percent, 0)
		}
		o.Number("amount", r.Amount, places)
		j.Dst = append(o.Dst, '}')
	}
	j.Dst = append(j.Dst, ']')
}
