package document

import (
	"strconv"

	"daybook/pipeline/document/markup"
	"daybook/schemas"
	"daybook/schemas/einvoice"
)

// InvoicesHTML appends one printable page that holds the invoices in order, each beginning a sheet of paper and bearing
// the fragment that InvoiceID gives. Of more than one, the screen shows a list of contents first.
func InvoicesHTML(dst []byte, title string, invoices []schemas.Invoice) []byte {
	sheets := make([]Sheet, len(invoices))
	for i := range invoices {
		sheets[i] = Whole(&invoices[i])
	}
	return SheetsHTML(dst, title, sheets)
}

// SheetsHTML is InvoicesHTML of sheets.
func SheetsHTML(dst []byte, title string, sheets []Sheet) []byte {
	dst = markup.AppendHead(dst, title, invoiceStyle)
	if len(sheets) > 1 {
		dst = append(dst, "<nav aria-label=\"Contents\"><ol>\n"...)
		for i := range sheets {
			inv := sheets[i].Invoice
			dst = append(dst, `<li><a href="#`...)
			dst = appendInvoiceID(dst, inv)
			dst = append(dst, `">`...)
			if d := sheets[i].Issued; d != nil {
				dst = markup.AppendEscaped(dst, d.Number+": ")
			}
			dst = markup.AppendEscaped(dst, string(inv.Account)+", "+string(inv.Currency))
			dst = append(dst, "</a></li>\n"...)
		}
		dst = append(dst, "</ol></nav>\n"...)
	}
	dst = append(dst, "<main>\n"...)
	for i := range sheets {
		dst = AppendSheetHTML(dst, &sheets[i])
	}
	return append(dst, "</main>\n</body>\n</html>\n"...)
}

// InvoiceID is the fragment under which an invoice stands in its page: the account, and the currency.
func InvoiceID(inv *schemas.Invoice) string { return string(appendInvoiceID(nil, inv)) }

func appendInvoiceID(dst []byte, inv *schemas.Invoice) []byte {
	dst = append(markup.AppendID(dst, string(inv.Account)), ':')
	return markup.AppendID(dst, string(inv.Currency))
}

// AppendSheetHTML appends one sheet as an article, for a page that SheetsHTML makes.
func AppendSheetHTML(dst []byte, sheet *Sheet) []byte {
	inv := sheet.Invoice
	dst = append(dst, `<article class="i" id="`...)
	dst = appendInvoiceID(dst, inv)
	dst = append(dst, "\">\n<header class=\"top\"><div>"...)
	dst = appendHeading(dst, sheet)
	if sheet.Of > 1 {
		dst = append(dst, `<span class="tag">Part `...)
		dst = strconv.AppendInt(dst, int64(sheet.Number), 10)
		dst = append(dst, " of "...)
		dst = strconv.AppendInt(dst, int64(sheet.Of), 10)
		dst = append(dst, "</span>"...)
	}
	dst = append(dst, "</div>"...)
	dst = appendParty(dst, inv.Seller)
	dst = append(dst, "</header>\n<div class=\"who\">"...)
	dst = appendParty(dst, inv.Buyer)
	dst = appendFacts(dst, sheet)
	dst = append(dst, "</div>\n<p class=\"due\"><span>"...)
	dst = append(dst, dueName(inv)...)
	dst = append(dst, ' ')
	dst = markup.AppendEscaped(dst, string(inv.Currency))
	dst = append(dst, "</span><b>"...)
	dst = markup.AppendFixed(dst, inv.Due, inv.Places)
	dst = append(dst, "</b></p>\n"...)
	dst = appendLines(dst, sheet)
	if sheet.Number == sheet.Of {
		dst = appendTotals(dst, inv)
		dst = appendFoot(dst, inv)
	}
	dst = appendNeighbours(dst, sheet)
	return append(dst, "</article>\n"...)
}

// appendHeading says what the sheet is of.
func appendHeading(dst []byte, sheet *Sheet) []byte {
	if d := sheet.Issued; d != nil {
		dst = append(append(dst, "<h1>"...), kindName(d.Kind)...)
		return append(markup.AppendEscaped(append(dst, " "...), d.Number), "</h1>"...)
	}
	dst = append(dst, `<h1>Invoice</h1><span class="tag">Draft, not yet issued</span>`...)
	if sheet.Invoice.Provisional {
		dst = append(dst, `<span class="tag p">Provisional: deliveries are missing</span>`...)
	}
	return dst
}

// kindName is what a kind of document is called on it.
func kindName(k Kind) string {
	switch k {
	case KindCreditNote:
		return "Credit note"
	case KindDebitNote:
		return "Debit note"
	case KindInvoice:
	}
	return "Invoice"
}

// IssuedHTML appends one printable page of an issued document, made of what its JSON says and of nothing else.
func IssuedHTML(dst []byte, d *Issued) []byte {
	return SheetsHTML(dst, Title(d), []Sheet{OfIssued(d)})
}

// Title is what a document is called: its kind and number.
func Title(d *Issued) string { return kindName(d.Kind) + " " + d.Number }

// OfIssued is the sheet of an issued document.
func OfIssued(d *Issued) Sheet {
	sheet := Whole(&d.Invoice)
	sheet.Issued = d
	return sheet
}

// dueName is what the sum to pay is called: the total, unless something was applied to it.
func dueName(inv *schemas.Invoice) string {
	if len(inv.Applied) > 0 {
		return "Amount due"
	}
	return "Total"
}

// appendFacts says for whom, for when and by when.
func appendFacts(dst []byte, sheet *Sheet) []byte {
	inv := sheet.Invoice
	dst = append(dst, "<dl><dt>Account</dt><dd>"...)
	dst = markup.AppendEscaped(dst, string(inv.Account))
	if inv.AccountName != "" {
		dst = append(dst, "<br>"...)
		dst = markup.AppendEscaped(dst, inv.AccountName)
	}
	dst = append(dst, "</dd><dt>Period</dt><dd>"...)
	dst = appendSpan(dst, inv.From, inv.To)
	dst = append(dst, "</dd><dt>Currency</dt><dd>"...)
	dst = markup.AppendEscaped(dst, string(inv.Currency))
	r := &inv.References
	for _, x := range [4][2]string{{"Your reference", r.Buyer}, {"Your order", r.Order}, {"Contract", r.Contract}, {"Cost centre", r.CostCentre}} {
		if x[1] != "" {
			dst = append(append(append(dst, "</dd><dt>"...), x[0]...), "</dt><dd>"...)
			dst = markup.AppendEscaped(dst, x[1])
		}
	}
	if d := sheet.Issued; d != nil {
		dst = markup.AppendDate(append(dst, "</dd><dt>Date</dt><dd>"...), d.Date)
		if !d.Due.IsZero() {
			dst = markup.AppendDate(append(dst, "</dd><dt>Due</dt><dd>"...), d.Due)
		}
		for i := range d.Preceding {
			dst = markup.AppendEscaped(append(dst, "</dd><dt>Corrects</dt><dd>"...), d.Preceding[i].Number)
			dst = markup.AppendDate(append(dst, " of "...), d.Preceding[i].Date)
		}
		return append(dst, "</dd></dl>"...)
	}
	dst = append(dst, "</dd><dt>Number and date</dt><dd>given when issued</dd>"...)
	if inv.PaymentDays > 0 {
		dst = append(dst, "<dt>Due</dt><dd>"...)
		dst = strconv.AppendInt(dst, int64(inv.PaymentDays), 10)
		dst = append(dst, " days after the date of the invoice:<br>"...)
		dst = markup.AppendDate(dst, issuedAtEarliest(inv).AddDays(inv.PaymentDays))
		dst = append(dst, ", if issued on "...)
		dst = markup.AppendDate(dst, issuedAtEarliest(inv))
		dst = append(dst, "</dd>"...)
	}
	return append(dst, "</dl>"...)
}

// issuedAtEarliest is the first day on which the invoice can be issued: the one after its period.
func issuedAtEarliest(inv *schemas.Invoice) schemas.Date { return inv.To.AddDays(1) }

// appendFoot says how to pay, and what else is to be said.
func appendFoot(dst []byte, inv *schemas.Invoice) []byte {
	var terms []string
	if inv.PaymentTerms != "" && inv.Due.Sign() > 0 {
		terms = []string{inv.PaymentTerms}
	}
	if len(inv.Notes)+len(inv.Payment)+len(terms) == 0 {
		return dst
	}
	dst = append(dst, `<footer class="foot">`...)
	for _, list := range [3][]string{terms, inv.Payment, inv.Notes} {
		for _, n := range list {
			dst = append(dst, "<p>"...)
			dst = markup.AppendEscaped(dst, n)
			dst = append(dst, "</p>"...)
		}
	}
	return append(dst, "</footer>\n"...)
}

// appendNeighbours leads to the parts of the invoice before and after.
func appendNeighbours(dst []byte, sheet *Sheet) []byte {
	for _, x := range [2][2]string{{sheet.Before, "The part before"}, {sheet.After, "Continued"}} {
		if x[0] == "" {
			continue
		}
		dst = append(dst, `<p class="foot"><a href="`...)
		dst = markup.AppendEscaped(dst, x[0])
		dst = append(dst, '#')
		dst = appendInvoiceID(dst, sheet.Invoice)
		dst = append(dst, `">`...)
		dst = append(dst, x[1]...)
		dst = append(dst, "</a></p>\n"...)
	}
	return dst
}

func appendParty(dst []byte, p *einvoice.Party) []byte {
	dst = append(dst, "<address>"...)
	if p != nil {
		name := p.LegalName
		if name == "" {
			name = p.Name
		}
		dst = append(dst, "<b>"...)
		dst = markup.AppendEscaped(dst, name)
		dst = append(dst, "</b>"...)
		for _, a := range p.Address {
			dst = markup.AppendEscaped(append(dst, "<br>"...), a)
		}
		for _, f := range [6][2]string{{"Tax number ", p.TaxID}, {"Registered ", p.Registration}, {"", p.Contact}, {"", p.Email}, {"", p.Phone}, {"", p.Website}} {
			if f[1] != "" {
				dst = append(append(dst, "<br>"...), f[0]...)
				dst = markup.AppendEscaped(dst, f[1])
			}
		}
	}
	return append(dst, "</address>"...)
}

// appendSpan appends a range of days; one day alone is itself.
func appendSpan(dst []byte, from, to schemas.Date) []byte {
	dst = markup.AppendDate(dst, from)
	if to != from && !to.IsZero() {
		dst = append(dst, " to "...)
		dst = markup.AppendDate(dst, to)
	}
	return dst
}
