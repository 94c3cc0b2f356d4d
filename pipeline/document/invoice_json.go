package document

import (
	"strconv"

	"daybook/pipeline/document/markup"
	"daybook/schemas"
	"daybook/schemas/money"
)

// AppendInvoiceJSON appends the invoice as one line of canonical JSON, without a line break: keys in a fixed order,
// numbers as decimal strings, amounts with at least the currency's places, absent values left out.
func AppendInvoiceJSON(dst []byte, inv *schemas.Invoice) []byte {
	j := object{dst: append(dst, '{')}
	j.text("status", "DRAFT")
	if inv.Provisional {
		j.raw("provisional", "true")
	}
	j.optional("series", inv.Series)
	j.invoice(inv)
	if inv.PaymentDays > 0 {
		j.date("issued_at_earliest", issuedAtEarliest(inv))
		j.date("due_at_earliest", issuedAtEarliest(inv).AddDays(inv.PaymentDays))
	}
	return append(j.dst, '}')
}

// AppendDocumentJSON appends an issued document as one line of canonical JSON, without a line break: it is what was issued, and
// whatever shows the document shows this. Keys, numbers and absent values are as in AppendInvoiceJSON.
func AppendDocumentJSON(dst []byte, d *Issued) []byte {
	j := object{dst: append(dst, '{')}
	j.text("number", d.Number)
	j.text("kind", string(d.Kind))
	j.date("issued", d.Date)
	if !d.Due.IsZero() {
		j.date("due", d.Due)
	}
	j.text("entity", d.Entity)
	j.raw("closing", strconv.Itoa(d.Closing))
	j.text("run", string(d.Run))
	j.text("previous", d.Previous)
	j.invoice(&d.Invoice)
	return append(j.dst, '}')
}

// invoice writes what a draft and the document that it becomes both say.
func (j *object) invoice(inv *schemas.Invoice) {
	j.text("account", string(inv.Account))
	j.optional("account_name", inv.AccountName)
	j.text("period", string(inv.Period))
	j.date("from", inv.From)
	j.date("to", inv.To)
	j.text("currency", string(inv.Currency))
	j.raw("places", strconv.Itoa(int(inv.Places)))
	j.party("seller", inv.Seller)
	j.party("buyer", inv.Buyer)
	j.lines("lines", inv.Lines, inv.Places)
	j.taxes(inv)
	j.applied(inv)
	j.key("totals")
	t := object{dst: append(j.dst, '{')}
	t.number("list", inv.List, inv.Places)
	t.number("discount", inv.Discount, inv.Places)
	t.number("net", inv.Net, inv.Places)
	t.number("tax", inv.Tax, inv.Places)
	t.number("total", inv.Total, inv.Places)
	t.number("paid", inv.Paid, inv.Places)
	t.number("due", inv.Due, inv.Places)
	j.dst = append(t.dst, '}')
	j.optional("tax_reason", inv.TaxReason)
	if inv.PaymentDays > 0 {
		j.raw("payment_days", strconv.Itoa(inv.PaymentDays))
	}
	j.texts("notes", inv.Notes)
	j.texts("payment", inv.Payment)
}

// InvoicesJSON appends invoices as JSON lines, each ended by a line break.
func InvoicesJSON(dst []byte, invoices []schemas.Invoice) []byte {
	for i := range invoices {
		dst = append(AppendInvoiceJSON(dst, &invoices[i]), '\n')
	}
	return dst
}

// object writes the members of one JSON object.
type object struct {
	dst   []byte
	begun bool
}

// key writes a member's name, which needs no escaping.
func (j *object) key(name string) {
	if j.begun {
		j.dst = append(j.dst, ',')
	}
	j.begun = true
	j.dst = append(j.dst, '"')
	j.dst = append(j.dst, name...)
	j.dst = append(j.dst, '"', ':')
}

func (j *object) raw(name, value string) {
	j.key(name)
	j.dst = append(j.dst, value...)
}

func (j *object) text(name, value string) {
	j.key(name)
	j.dst = markup.AppendJSON(j.dst, value)
}

func (j *object) optional(name, value string) {
	if value != "" {
		j.text(name, value)
	}
}

func (j *object) number(name string, v money.Fixed, places int32) {
	j.key(name)
	j.dst = append(markup.AppendPlain(append(j.dst, '"'), v, places), '"')
}

func (j *object) date(name string, d schemas.Date) {
	j.key(name)
	j.dst = append(markup.AppendDate(append(j.dst, '"'), d), '"')
}

func (j *object) texts(name string, values []string) {
	if len(values) == 0 {
		return
	}
	j.key(name)
	for i, v := range values {
		if i == 0 {
			j.dst = append(j.dst, '[')
		} else {
			j.dst = append(j.dst, ',')
		}
		j.dst = markup.AppendJSON(j.dst, v)
	}
	j.dst = append(j.dst, ']')
}

func (j *object) party(name string, p *schemas.Party) {
	if p == nil {
		return
	}
	j.key(name)
	o := object{dst: append(j.dst, '{')}
	o.text("name", p.Name)
	o.optional("legal_name", p.LegalName)
	o.texts("address", p.Address)
	o.optional("tax_id", p.TaxID)
	o.optional("registration", p.Registration)
	o.optional("contact", p.Contact)
	o.optional("email", p.Email)
	o.optional("phone", p.Phone)
	o.optional("website", p.Website)
	j.dst = append(o.dst, '}')
}

func (j *object) lines(name string, lines []schemas.InvoiceLine, places int32) {
	j.key(name)
	j.dst = append(j.dst, '[')
	for i := range lines {
		if i > 0 {
			j.dst = append(j.dst, ',')
		}
		j.dst = appendLineJSON(j.dst, &lines[i], places)
	}
	j.dst = append(j.dst, ']')
}

// taxes and applied are rows of several charges each.
func (j *object) taxes(inv *schemas.Invoice) {
	j.key("taxes")
	j.dst = append(j.dst, '[')
	for i := range inv.Taxes {
		t := &inv.Taxes[i]
		o := j.element(i)
		o.charges(t.Charges)
		o.text("description", t.Description)
		o.optional("corrects", string(t.Corrects))
		if t.HasBase {
			o.number("base", t.Base, inv.Places)
			o.number("percent", t.Percent, 0)
			o.optional("apart", t.Apart)
		}
		o.number("amount", t.Amount, inv.Places)
		j.dst = append(o.dst, '}')
	}
	j.dst = append(j.dst, ']')
}

func (j *object) applied(inv *schemas.Invoice) {
	if len(inv.Applied) == 0 {
		return
	}
	j.key("applied")
	j.dst = append(j.dst, '[')
	for i := range inv.Applied {
		a := &inv.Applied[i]
		o := j.element(i)
		o.charges(a.Charges)
		o.text("description", a.Description)
		o.optional("corrects", string(a.Corrects))
		if a.HasLeft {
			o.number("left", a.Left, inv.Places)
		}
		o.number("amount", a.Amount, inv.Places)
		j.dst = append(o.dst, '}')
	}
	j.dst = append(j.dst, ']')
}

// element begins element i of an array.
func (j *object) element(i int) object {
	if i > 0 {
		j.dst = append(j.dst, ',')
	}
	return object{dst: append(j.dst, '{')}
}

func (j *object) charges(ids []schemas.ChargeID) {
	j.key("charges")
	for i, id := range ids {
		j.dst = append(j.dst, "[,"[min(i, 1)])
		j.dst = markup.AppendJSON(j.dst, string(id))
	}
	j.dst = append(j.dst, ']')
}

func appendLineJSON(dst []byte, l *schemas.InvoiceLine, places int32) []byte {
	j := object{dst: append(dst, '{')}
	j.optional("charge", string(l.Charge))
	j.optional("offering", string(l.Offering))
	j.text("category", string(l.Category))
	j.optional("class", string(l.Class))
	j.optional("corrects", string(l.Corrects))
	j.text("description", l.Description)
	j.optional("region", l.Region)
	j.optional("group", l.Group)
	if !l.From.IsZero() {
		j.date("from", l.From)
		j.date("to", l.To)
	}
	if l.HasUsed {
		j.number("used", l.Used, 0)
		j.optional("unit", l.UsedUnit)
	}
	if len(l.Parts) > 0 {
		j.key("parts")
		j.dst = append(j.dst, '[')
		for i := range l.Parts {
			j.part(i, &l.Parts[i], places)
		}
		j.dst = append(j.dst, ']')
	}
	if !l.Discount.IsZero() {
		j.number("discount", l.Discount, places)
	}
	if l.HasLeft {
		j.number("left", l.Left, places)
	}
	j.number("amount", l.Amount, places)
	return append(j.dst, '}')
}

// part is one step of a line's amount.
func (j *object) part(i int, p *schemas.LinePart, places int32) {
	o := j.element(i)
	o.optional("kind", string(p.Kind))
	o.optional("text", p.Text)
	if p.HasQuantity {
		o.number("quantity", p.Quantity, 0)
		o.optional("unit", p.Unit)
		if p.Percent {
			o.number("percent", p.UnitPrice, 0)
		} else {
			o.number("unit_price", p.UnitPrice, places)
		}
		o.optional("price_currency", string(p.Currency))
	}
	for k := range p.Factors {
		f := &p.Factors[k]
		if k == 0 {
			o.key("factors")
		}
		o.dst = append(o.dst, "[,"[min(k, 1)])
		x := object{dst: append(o.dst, '{')}
		x.optional("text", f.Text)
		x.number("times", f.Times, 0)
		x.number("over", f.Over, 0)
		o.dst = append(x.dst, '}')
	}
	if len(p.Factors) > 0 {
		o.dst = append(o.dst, ']')
	}
	o.number("amount", p.Amount, places)
	j.dst = append(o.dst, '}')
}
