package document

import (
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
	j.text("account", string(inv.Account))
	j.optional("account_name", inv.AccountName)
	j.text("period", string(inv.Period))
	j.key("from")
	j.dst = append(appendDate(append(j.dst, '"'), inv.From), '"')
	j.key("to")
	j.dst = append(appendDate(append(j.dst, '"'), inv.To), '"')
	j.text("currency", string(inv.Currency))
	j.party("seller", inv.Seller)
	j.party("buyer", inv.Buyer)
	j.lines("lines", inv.Lines, inv.Places)
	j.lines("taxes", inv.Taxes, inv.Places)
	j.key("totals")
	t := object{dst: append(j.dst, '{')}
	t.number("list", inv.List, inv.Places)
	t.number("discount", inv.Discount, inv.Places)
	t.number("net", inv.Net, inv.Places)
	t.number("tax", inv.Tax, inv.Places)
	t.number("total", inv.Total, inv.Places)
	j.dst = append(t.dst, '}')
	j.texts("notes", inv.Notes)
	j.texts("payment", inv.Payment)
	return append(j.dst, '}')
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
	j.dst = appendJSON(j.dst, value)
}

func (j *object) optional(name, value string) {
	if value != "" {
		j.text(name, value)
	}
}

func (j *object) number(name string, v money.Fixed, places int32) {
	j.key(name)
	j.dst = append(appendPlain(append(j.dst, '"'), v, places), '"')
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
		j.dst = appendJSON(j.dst, v)
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
	o.optional("email", p.Email)
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

func appendLineJSON(dst []byte, l *schemas.InvoiceLine, places int32) []byte {
	j := object{dst: append(dst, '{')}
	j.optional("charge", string(l.Charge))
	j.optional("offering", string(l.Offering))
	j.text("category", string(l.Category))
	j.optional("class", string(l.Class))
	j.text("description", l.Description)
	j.optional("region", l.Region)
	j.optional("group", l.Group)
	if !l.From.IsZero() {
		j.key("from")
		j.dst = append(appendDate(append(j.dst, '"'), l.From), '"')
		j.key("to")
		j.dst = append(appendDate(append(j.dst, '"'), l.To), '"')
	}
	if l.HasQuantity {
		j.number("quantity", l.Quantity, 0)
		j.optional("unit", l.Unit)
	}
	if l.HasPrice {
		j.number("unit_price", l.UnitPrice, 0)
	}
	if !l.Discount.IsZero() {
		j.number("list", l.List, places)
		j.number("discount", l.Discount, places)
	}
	j.number("amount", l.Amount, places)
	return append(j.dst, '}')
}
