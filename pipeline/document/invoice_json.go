package document

import (
	"strconv"

	"daybook/pipeline/document/electronic"
	"daybook/pipeline/document/markup"
	"daybook/schemas"
	"daybook/schemas/einvoice"
)

// AppendInvoiceJSON appends the invoice as one line of canonical JSON, without a line break: keys in a fixed order,
// numbers as decimal strings, amounts with at least the currency's places, absent values left out.
func AppendInvoiceJSON(dst []byte, inv *schemas.Invoice) []byte {
	j := members{markup.Object{Dst: append(dst, '{')}}
	j.Text("status", "DRAFT")
	if inv.Provisional {
		j.Raw("provisional", "true")
	}
	j.Optional("series", inv.Series)
	j.invoice(inv)
	if inv.PaymentDays > 0 {
		j.Date("issued_at_earliest", issuedAtEarliest(inv))
		j.Date("due_at_earliest", issuedAtEarliest(inv).AddDays(inv.PaymentDays))
	}
	return append(j.Dst, '}')
}

// AppendDocumentJSON appends an issued document as one line of canonical JSON, without a line break: it is what was issued, and
// whatever shows the document shows this. Keys, numbers and absent values are as in AppendInvoiceJSON.
func AppendDocumentJSON(dst []byte, d *Issued) []byte {
	j := members{markup.Object{Dst: append(dst, '{')}}
	j.Text("number", d.Number)
	j.Text("kind", string(d.Kind))
	j.Date("issued", d.Date)
	if !d.Due.IsZero() {
		j.Date("due", d.Due)
	}
	j.Text("entity", d.Entity)
	j.Raw("closing", strconv.Itoa(d.Closing))
	j.Text("run", string(d.Run))
	j.Text("previous", d.Previous)
	j.Text("payment_reference", d.Number)
	j.preceding(d.Preceding)
	j.invoice(&d.Invoice)
	return append(j.Dst, '}')
}

// invoice writes what a draft and the document that it becomes both say.
func (j *members) invoice(inv *schemas.Invoice) {
	j.Text("account", string(inv.Account))
	j.Optional("account_name", inv.AccountName)
	j.Text("period", string(inv.Period))
	j.Date("from", inv.From)
	j.Date("to", inv.To)
	j.Text("currency", string(inv.Currency))
	j.Raw("places", strconv.Itoa(int(inv.Places)))
	j.party("seller", inv.Seller)
	j.party("buyer", inv.Buyer)
	j.lines("lines", inv.Lines, inv.Places)
	j.taxes(inv)
	j.applied(inv)
	j.Key("totals")
	t := markup.Object{Dst: append(j.Dst, '{')}
	t.Number("list", inv.List, inv.Places)
	t.Number("discount", inv.Discount, inv.Places)
	t.Number("net", inv.Net, inv.Places)
	t.Number("tax", inv.Tax, inv.Places)
	t.Number("total", inv.Total, inv.Places)
	t.Number("paid", inv.Paid, inv.Places)
	t.Number("due", inv.Due, inv.Places)
	j.Dst = append(t.Dst, '}')
	j.Optional("tax_reason", inv.TaxReason)
	if inv.PaymentDays > 0 {
		j.Raw("payment_days", strconv.Itoa(inv.PaymentDays))
	}
	if inv.Due.Sign() > 0 {
		j.Optional("payment_terms", inv.PaymentTerms)
	}
	j.Texts("notes", inv.Notes)
	j.Texts("payment", inv.Payment)
	electronic.References(&j.Object, &inv.References)
	if inv.Electronic != nil {
		electronic.Terms(&j.Object, inv.Electronic, inv.Places)
	}
}

// members are those of the JSON object of a document.
type members struct{ markup.Object }

// preceding writes the documents that one corrects.
func (j *members) preceding(list []Preceding) {
	if len(list) == 0 {
		return
	}
	j.Key("preceding")
	j.Dst = append(j.Dst, '[')
	for i := range list {
		o := j.Element(i)
		o.Text("number", list[i].Number)
		o.Date("issued", list[i].Date)
		o.Text("period", string(list[i].Period))
		j.Dst = append(o.Dst, '}')
	}
	j.Dst = append(j.Dst, ']')
}

// InvoicesJSON appends invoices as JSON lines, each ended by a line break.
func InvoicesJSON(dst []byte, invoices []schemas.Invoice) []byte {
	for i := range invoices {
		dst = append(AppendInvoiceJSON(dst, &invoices[i]), '\n')
	}
	return dst
}

func (j *members) party(name string, p *einvoice.Party) {
	if p == nil {
		return
	}
	j.Key(name)
	o := markup.Object{Dst: append(j.Dst, '{')}
	o.Text("name", p.Name)
	o.Optional("legal_name", p.LegalName)
	o.Texts("address", p.Address)
	o.Optional("tax_id", p.TaxID)
	o.Optional("registration", p.Registration)
	o.Optional("endpoint", p.Endpoint)
	electronic.Postal(&o, p.Postal)
	o.Optional("contact", p.Contact)
	o.Optional("email", p.Email)
	o.Optional("phone", p.Phone)
	o.Optional("website", p.Website)
	j.Dst = append(o.Dst, '}')
}

func (j *members) lines(name string, lines []schemas.InvoiceLine, places int32) {
	j.Key(name)
	j.Dst = append(j.Dst, '[')
	for i := range lines {
		if i > 0 {
			j.Dst = append(j.Dst, ',')
		}
		j.Dst = appendLineJSON(j.Dst, &lines[i], places)
	}
	j.Dst = append(j.Dst, ']')
}

// taxes and applied are rows of several charges each.
func (j *members) taxes(inv *schemas.Invoice) {
	j.Key("taxes")
	j.Dst = append(j.Dst, '[')
	for i := range inv.Taxes {
		t := &inv.Taxes[i]
		o := j.Element(i)
		charges(&o, t.Charges)
		o.Text("description", t.Description)
		o.Optional("corrects", string(t.Corrects))
		if t.HasBase {
			o.Number("base", t.Base, inv.Places)
			o.Number("percent", t.Percent, 0)
			o.Optional("apart", t.Apart)
		}
		o.Number("amount", t.Amount, inv.Places)
		if t.Electronic != nil {
			electronic.VAT(&o, t.Electronic)
			if !t.Value.IsZero() {
				o.Number("value", t.Value, inv.Places)
			}
		}
		j.Dst = append(o.Dst, '}')
	}
	j.Dst = append(j.Dst, ']')
}

func (j *members) applied(inv *schemas.Invoice) {
	if len(inv.Applied) == 0 {
		return
	}
	j.Key("applied")
	j.Dst = append(j.Dst, '[')
	for i := range inv.Applied {
		a := &inv.Applied[i]
		o := j.Element(i)
		charges(&o, a.Charges)
		o.Text("description", a.Description)
		o.Optional("corrects", string(a.Corrects))
		if a.HasLeft {
			o.Number("left", a.Left, inv.Places)
		}
		o.Number("amount", a.Amount, inv.Places)
		j.Dst = append(o.Dst, '}')
	}
	j.Dst = append(j.Dst, ']')
}

func charges(j *markup.Object, ids []schemas.ChargeID) {
	if len(ids) == 0 { // a balance is of none
		return
	}
	j.Key("charges")
	for i, id := range ids {
		j.Dst = append(j.Dst, "[,"[min(i, 1)])
		j.Dst = markup.AppendJSON(j.Dst, string(id))
	}
	j.Dst = append(j.Dst, ']')
}

func appendLineJSON(dst []byte, l *schemas.InvoiceLine, places int32) []byte {
	j := markup.Object{Dst: append(dst, '{')}
	j.Optional("charge", string(l.Charge))
	j.Optional("offering", string(l.Offering))
	j.Text("category", string(l.Category))
	j.Optional("class", string(l.Class))
	j.Optional("corrects", string(l.Corrects))
	j.Text("description", l.Description)
	j.Optional("region", l.Region)
	j.Optional("group", l.Group)
	if !l.From.IsZero() {
		j.Date("from", l.From)
		j.Date("to", l.To)
	}
	if l.HasUsed {
		j.Number("used", l.Used, 0)
		j.Optional("unit", l.UsedUnit)
	}
	if len(l.Parts) > 0 {
		j.Key("parts")
		j.Dst = append(j.Dst, '[')
		for i := range l.Parts {
			part(&j, i, &l.Parts[i], places)
		}
		j.Dst = append(j.Dst, ']')
	}
	if !l.Discount.IsZero() {
		j.Number("discount", l.Discount, places)
	}
	if l.HasLeft {
		j.Number("left", l.Left, places)
	}
	j.Number("amount", l.Amount, places)
	if l.Electronic != nil {
		electronic.Line(&j, l.Electronic, places)
	}
	return append(j.Dst, '}')
}

// part is one step of a line's amount.
func part(j *markup.Object, i int, p *schemas.LinePart, places int32) {
	o := j.Element(i)
	o.Optional("kind", string(p.Kind))
	o.Optional("text", p.Text)
	if p.HasQuantity {
		o.Number("quantity", p.Quantity, 0)
		o.Optional("unit", p.Unit)
		if p.Percent {
			o.Number("percent", p.UnitPrice, 0)
		} else {
			o.Number("unit_price", p.UnitPrice, places)
		}
		o.Optional("price_currency", string(p.Currency))
	}
	for k := range p.Factors {
		f := &p.Factors[k]
		if k == 0 {
			o.Key("factors")
		}
		o.Dst = append(o.Dst, "[,"[min(k, 1)])
		x := markup.Object{Dst: append(o.Dst, '{')}
		x.Optional("text", f.Text)
		x.Number("times", f.Times, 0)
		x.Number("over", f.Over, 0)
		o.Dst = append(x.Dst, '}')
	}
	if len(p.Factors) > 0 {
		o.Dst = append(o.Dst, ']')
	}
	o.Number("amount", p.Amount, places)
	j.Dst = append(o.Dst, '}')
}
