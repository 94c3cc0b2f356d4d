package document

import (
	"daybook/schemas"
	"daybook/schemas/money"
)

// InvoicesHTML appends one printable page that holds the invoices in order, each beginning a sheet of paper and bearing
// the fragment that InvoiceID gives. Of more than one, the screen shows a list of contents first.
func InvoicesHTML(dst []byte, title string, invoices []schemas.Invoice) []byte {
	dst = appendHead(dst, title, invoiceStyle)
	if len(invoices) > 1 {
		dst = append(dst, "<nav aria-label=\"Contents\"><ol>\n"...)
		for i := range invoices {
			inv := &invoices[i]
			dst = append(dst, `<li><a href="#`...)
			dst = appendInvoiceID(dst, inv)
			dst = append(dst, `">`...)
			dst = appendEscaped(dst, string(inv.Account)+", "+string(inv.Currency))
			dst = append(dst, "</a></li>\n"...)
		}
		dst = append(dst, "</ol></nav>\n"...)
	}
	dst = append(dst, "<main>\n"...)
	for i := range invoices {
		dst = AppendInvoiceHTML(dst, &invoices[i])
	}
	return append(dst, "</main>\n</body>\n</html>\n"...)
}

// appendHead appends the beginning of a self-contained page up to and with the opening of its body.
func appendHead(dst []byte, title, style string) []byte {
	dst = append(dst, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"...)
	dst = append(dst, `<meta name="viewport" content="width=device-width,initial-scale=1">`+"\n"...)
	// Nothing is fetched from anywhere, whatever a text smuggles in.
	dst = append(dst, `<meta http-equiv="Content-Security-Policy" content="default-src 'none';style-src 'unsafe-inline';img-src data:">`+"\n<title>"...)
	dst = appendEscaped(dst, title)
	dst = append(dst, "</title>\n<style>"...)
	dst = append(dst, style...)
	return append(dst, "</style>\n</head>\n<body>\n"...)
}

// InvoiceID is the fragment under which an invoice stands in its page: the account, and the currency.
func InvoiceID(inv *schemas.Invoice) string { return string(appendInvoiceID(nil, inv)) }

func appendInvoiceID(dst []byte, inv *schemas.Invoice) []byte {
	dst = append(appendID(dst, string(inv.Account)), ':')
	return appendID(dst, string(inv.Currency))
}

// AppendInvoiceHTML appends one invoice as an article, for a page that InvoicesHTML makes.
func AppendInvoiceHTML(dst []byte, inv *schemas.Invoice) []byte {
	dst = append(dst, `<article class="i" id="`...)
	dst = appendInvoiceID(dst, inv)
	dst = append(dst, "\">\n<header class=\"top\"><div><h1>Invoice</h1><span class=\"tag\">Draft, not yet issued</span>"...)
	if inv.Provisional {
		dst = append(dst, `<span class="tag p">Provisional: deliveries are missing</span>`...)
	}
	dst = append(dst, "</div>"...)
	dst = appendParty(dst, inv.Seller)
	dst = append(dst, "</header>\n<div class=\"who\">"...)
	dst = appendParty(dst, inv.Buyer)
	dst = append(dst, "<dl><dt>Account</dt><dd>"...)
	dst = appendEscaped(dst, string(inv.Account))
	if inv.AccountName != "" {
		dst = append(dst, "<br>"...)
		dst = appendEscaped(dst, inv.AccountName)
	}
	dst = append(dst, "</dd><dt>Period</dt><dd>"...)
	dst = appendSpan(dst, inv.From, inv.To)
	dst = append(dst, "</dd><dt>Currency</dt><dd>"...)
	dst = appendEscaped(dst, string(inv.Currency))
	dst = append(dst, "</dd><dt>Number and date</dt><dd>given when issued</dd></dl></div>\n<p class=\"due\"><span>Total "...)
	dst = appendEscaped(dst, string(inv.Currency))
	dst = append(dst, "</span><b>"...)
	dst = appendFixed(dst, inv.Total, inv.Places)
	dst = append(dst, "</b></p>\n"...)
	dst = appendLines(dst, inv)
	dst = appendTotals(dst, inv)
	if len(inv.Notes)+len(inv.Payment) > 0 {
		dst = append(dst, `<footer class="foot">`...)
		for _, list := range [2][]string{inv.Payment, inv.Notes} {
			for _, n := range list {
				dst = append(dst, "<p>"...)
				dst = appendEscaped(dst, n)
				dst = append(dst, "</p>"...)
			}
		}
		dst = append(dst, "</footer>\n"...)
	}
	return append(dst, "</article>\n"...)
}

func appendParty(dst []byte, p *schemas.Party) []byte {
	dst = append(dst, "<address>"...)
	if p != nil {
		name := p.LegalName
		if name == "" {
			name = p.Name
		}
		dst = append(dst, "<b>"...)
		dst = appendEscaped(dst, name)
		dst = append(dst, "</b>"...)
		for _, a := range p.Address {
			dst = appendEscaped(append(dst, "<br>"...), a)
		}
		for _, f := range [3][2]string{{"Tax number ", p.TaxID}, {"Registered ", p.Registration}, {"", p.Email}} {
			if f[1] != "" {
				dst = append(append(dst, "<br>"...), f[0]...)
				dst = appendEscaped(dst, f[1])
			}
		}
	}
	return append(dst, "</address>"...)
}

// appendSpan appends a range of days; one day alone is itself.
func appendSpan(dst []byte, from, to schemas.Date) []byte {
	dst = appendDate(dst, from)
	if to != from && !to.IsZero() {
		dst = append(dst, " to "...)
		dst = appendDate(dst, to)
	}
	return dst
}

func appendLines(dst []byte, inv *schemas.Invoice) []byte {
	// The head is repeated on every sheet of paper: the account in it tells whose it is.
	dst = append(dst, "<table><thead><tr><th scope=\"col\">Description, account "...)
	dst = appendEscaped(dst, string(inv.Account))
	dst = append(dst, "</th><th scope=\"col\" class=\"n\">Quantity</th>"+
		"<th scope=\"col\" class=\"n\">Unit price</th><th scope=\"col\" class=\"n\">Amount "...)
	dst = appendEscaped(dst, string(inv.Currency))
	dst = append(dst, "</th></tr></thead>\n<tbody>\n"...)
	var spanFrom, spanTo schemas.Date
	var span [32]byte
	text := span[:0]
	for i := range inv.Lines {
		l := &inv.Lines[i]
		// Most lines span the same days.
		if l.From != spanFrom || l.To != spanTo {
			spanFrom, spanTo = l.From, l.To
			text = appendSpan(span[:0], l.From, l.To)
		}
		dst = appendLine(dst, l, text, inv.Places)
	}
	if len(inv.Lines) == 0 {
		dst = append(dst, "<tr><td colspan=\"4\">No charges in this period.</td></tr>\n"...)
	}
	return append(dst, "</tbody></table>\n"...)
}

func appendLine(dst []byte, l *schemas.InvoiceLine, span []byte, places int32) []byte {
	dst = append(dst, "<tr><td>"...)
	if l.Class != "" {
		dst = append(appendEscaped(dst, string(l.Class)), ": "...)
	}
	dst = appendEscaped(dst, l.Description)
	dst = append(dst, "<small>"...)
	dst = append(dst, span...)
	for _, s := range [2]string{l.Region, l.Group} {
		if s != "" {
			dst = append(dst, " · "...)
			dst = appendEscaped(dst, s)
		}
	}
	if !l.Discount.IsZero() {
		dst = append(dst, " · list "...)
		dst = appendFixed(dst, l.List, places)
		dst = append(dst, ", discount "...)
		dst = appendFixed(dst, l.Discount, places)
	}
	if l.Charge != "" {
		dst = append(dst, " <code>"...)
		dst = appendEscaped(dst, string(l.Charge))
		dst = append(dst, "</code>"...)
	}
	dst = append(dst, "</small></td><td class=\"n\">"...)
	if l.HasQuantity {
		dst = appendFixed(dst, l.Quantity, 0)
		if l.Unit != "" {
			dst = append(dst, "<small>"...)
			dst = appendEscaped(dst, l.Unit)
			dst = append(dst, "</small>"...)
		}
	}
	dst = append(dst, "</td><td class=\"n\">"...)
	if l.HasPrice {
		dst = appendFixed(dst, l.UnitPrice, places)
	}
	dst = append(dst, "</td><td class=\"n\">"...)
	dst = appendFixed(dst, l.Amount, places)
	return append(dst, "</td></tr>\n"...)
}

func appendTotals(dst []byte, inv *schemas.Invoice) []byte {
	dst = append(dst, "<table class=\"sum\"><tbody>\n"...)
	row := func(class, name string, v money.Fixed) {
		dst = append(dst, "<tr"...)
		dst = append(dst, class...)
		dst = append(dst, "><th scope=\"row\">"...)
		dst = appendEscaped(dst, name)
		dst = append(dst, "</th><td class=\"n\">"...)
		dst = appendFixed(dst, v, inv.Places)
		dst = append(dst, "</td></tr>\n"...)
	}
	if !inv.Discount.IsZero() {
		row("", "List price", inv.List)
		row("", "Discounts", inv.Discount)
	}
	row("", "Net", inv.Net)
	for i := range inv.Taxes {
		row("", inv.Taxes[i].Description, inv.Taxes[i].Amount)
	}
	if len(inv.Taxes) > 1 {
		row("", "Tax in all", inv.Tax)
	}
	row(` class="t"`, "Total", inv.Total)
	return append(dst, "</tbody></table>\n"...)
}
