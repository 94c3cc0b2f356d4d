package document

import (
	"daybook/pipeline/document/markup"
	"daybook/schemas"
	"daybook/schemas/money"
)

func appendLines(dst []byte, sheet *Sheet) []byte {
	inv := sheet.Invoice
	// The head is repeated on every sheet of paper: the account in it tells whose it is.
	dst = append(dst, "<table class=\"lines\"><thead><tr><th scope=\"col\">Description, account "...)
	dst = markup.AppendEscaped(dst, string(inv.Account))
	dst = append(dst, "</th><th scope=\"col\" class=\"n\">Quantity</th>"+
		"<th scope=\"col\" class=\"n\">Unit price</th><th scope=\"col\" class=\"n\">Amount "...)
	dst = markup.AppendEscaped(dst, string(inv.Currency))
	dst = append(dst, "</th></tr></thead>\n<tbody>\n"...)
	if sheet.Number > 1 {
		dst = appendCarried(dst, "Carried over", sheet.Carried, inv.Places)
	}
	var spanFrom, spanTo schemas.Date
	var span [32]byte
	text := span[:0]
	for i := sheet.From; i < sheet.To; i++ {
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
	if sheet.Number < sheet.Of {
		dst = appendCarried(dst, "To be carried over", sheet.Through, inv.Places)
	}
	return append(dst, "</tbody></table>\n"...)
}

func appendCarried(dst []byte, text string, v money.Fixed, places int32) []byte {
	dst = append(append(dst, "<tr><td colspan=\"3\"><b>"...), text...)
	dst = append(dst, "</b></td><td class=\"n\"><b>"...)
	return append(markup.AppendFixed(dst, v, places), "</b></td></tr>\n"...)
}

// simple is the part that is all there is to a line, so that the line shows it itself; nil where parts stand below it.
func simple(l *schemas.InvoiceLine) *schemas.LinePart {
	if len(l.Parts) != 1 {
		return nil
	}
	if p := &l.Parts[0]; p.Kind == "" && p.Text == "" && len(p.Factors) == 0 {
		return p
	}
	return nil
}

// rowsOf is how many rows a line takes.
func rowsOf(l *schemas.InvoiceLine) int {
	if simple(l) != nil {
		return 1
	}
	return 1 + len(l.Parts)
}

func appendLine(dst []byte, l *schemas.InvoiceLine, span []byte, places int32) []byte {
	dst = append(dst, "<tr><td>"...)
	dst = appendCorrected(dst, string(l.Class), l.Corrects)
	dst = markup.AppendEscaped(dst, l.Description)
	dst = append(dst, "<small>"...)
	dst = append(dst, span...)
	for _, s := range [2]string{l.Region, schemas.GroupValues(l.Group)} {
		if s != "" {
			dst = append(dst, " · "...)
			dst = markup.AppendEscaped(dst, s)
		}
	}
	if l.HasUsed {
		dst = append(dst, " · "...)
		dst = markup.AppendFixed(dst, l.Used, 0)
		dst = append(dst, ' ')
		dst = append(markup.AppendEscaped(dst, l.UsedUnit), " used"...)
	}
	if l.HasLeft {
		dst = append(markup.AppendFixed(append(dst, " · "...), l.Left, places), " left"...)
	}
	if l.Charge != "" {
		dst = append(dst, " <code>"...)
		dst = markup.AppendEscaped(dst, string(l.Charge))
		dst = append(dst, "</code>"...)
	}
	dst = append(dst, "</small></td>"...)
	one := simple(l)
	dst = appendReckoned(dst, one, places)
	dst = append(dst, "<td class=\"n\">"...)
	dst = markup.AppendFixed(dst, l.Amount, places)
	dst = append(dst, "</td></tr>\n"...)
	if one != nil {
		return dst
	}
	for i := range l.Parts {
		dst = appendPart(dst, &l.Parts[i], places)
	}
	return dst
}

// appendCorrected says that a row corrects an earlier period, and which.
func appendCorrected(dst []byte, class string, corrects schemas.Period) []byte {
	if class == "" && corrects == "" {
		return dst
	}
	if class == "" {
		class = string(schemas.ClassCorrection)
	}
	dst = markup.AppendEscaped(dst, class)
	if corrects != "" {
		dst = markup.AppendEscaped(append(dst, " of "...), corrects.Name())
	}
	return append(dst, ": "...)
}

func appendPart(dst []byte, p *schemas.LinePart, places int32) []byte {
	dst = append(dst, "<tr class=\"p\"><td>"...)
	dst = markup.AppendEscaped(dst, p.Text)
	for i := range p.Factors {
		if i > 0 || p.Text != "" {
			dst = append(dst, " · "...)
		}
		dst = markup.AppendEscaped(dst, p.Factors[i].Text)
	}
	dst = append(dst, "</td>"...)
	dst = appendReckoned(dst, p, places)
	dst = append(dst, "<td class=\"n\">"...)
	dst = markup.AppendFixed(dst, p.Amount, places)
	return append(dst, "</td></tr>\n"...)
}

// appendReckoned appends the cells of quantity and price, empty where there are none.
func appendReckoned(dst []byte, p *schemas.LinePart, places int32) []byte {
	dst = append(dst, "<td class=\"n\">"...)
	if p == nil || !p.HasQuantity {
		return append(dst, "</td><td class=\"n\"></td>"...)
	}
	quantityPlaces := int32(0)
	if p.Percent {
		quantityPlaces = places
	}
	dst = markup.AppendFixed(dst, p.Quantity, quantityPlaces)
	if p.Unit != "" {
		dst = append(dst, "<small>"...)
		dst = markup.AppendEscaped(dst, p.Unit)
		dst = append(dst, "</small>"...)
	}
	dst = append(dst, "</td><td class=\"n\">"...)
	switch {
	case p.Percent:
		dst = append(markup.AppendFixed(dst, p.UnitPrice, 0), '%')
	default:
		dst = markup.AppendFixed(dst, p.UnitPrice, places)
	}
	if p.Currency != "" {
		dst = append(dst, "<small>"...)
		dst = append(markup.AppendEscaped(dst, string(p.Currency)), "</small>"...)
	}
	return append(dst, "</td>"...)
}

func appendTotals(dst []byte, inv *schemas.Invoice) []byte {
	dst = append(dst, "<table class=\"sum\"><tbody>\n"...)
	row := func(class, name string, v money.Fixed) {
		dst = append(append(dst, "<tr"...), class...)
		dst = append(dst, "><th scope=\"row\">"...)
		dst = markup.AppendEscaped(dst, name)
		dst = append(dst, "</th><td class=\"n\">"...)
		dst = markup.AppendFixed(dst, v, inv.Places)
		dst = append(dst, "</td></tr>\n"...)
	}
	if !inv.Discount.IsZero() {
		row("", "Before discounts", inv.List)
		row("", "Discounts", inv.Discount)
	}
	row("", "Net", inv.Net)
	for i := range inv.Taxes {
		dst = appendTax(dst, &inv.Taxes[i], inv.Places)
	}
	if len(inv.Taxes) > 1 {
		row("", "Tax in all", inv.Tax)
	}
	if inv.TaxReason != "" {
		dst = append(dst, "<tr><th scope=\"row\">Tax</th><td class=\"n\">"...)
		dst = append(markup.AppendEscaped(dst, inv.TaxReason), "</td></tr>\n"...)
	}
	row(` class="t"`, "Total", inv.Total)
	for i := range inv.Applied {
		dst = appendApplied(dst, &inv.Applied[i], inv.Places)
	}
	if len(inv.Applied) > 0 {
		row(` class="t"`, dueName(inv), inv.Due)
	}
	return append(dst, "</tbody></table>\n"...)
}

// appendTax is the row of one rate: the tax, what it is of, and why it is not the product of both where it is not.
func appendTax(dst []byte, t *schemas.TaxRow, places int32) []byte {
	dst = append(dst, "<tr><th scope=\"row\">"...)
	dst = appendCorrected(dst, "", t.Corrects)
	dst = markup.AppendEscaped(dst, t.Description)
	if t.HasBase {
		dst = append(dst, "<small>of "...)
		dst = markup.AppendFixed(dst, t.Base, places)
		if t.Apart != "" {
			dst = markup.AppendEscaped(append(dst, ", "...), t.Apart)
		}
		dst = append(dst, "</small>"...)
	}
	dst = append(dst, "</th><td class=\"n\">"...)
	dst = markup.AppendFixed(dst, t.Amount, places)
	return append(dst, "</td></tr>\n"...)
}

// appendApplied is the row of a grant that pays.
func appendApplied(dst []byte, a *schemas.AppliedRow, places int32) []byte {
	dst = append(dst, "<tr><th scope=\"row\">"...)
	dst = appendCorrected(dst, "", a.Corrects)
	dst = markup.AppendEscaped(dst, a.Description)
	if a.HasLeft {
		dst = append(markup.AppendFixed(append(dst, "<small>"...), a.Left, places), " left</small>"...)
	}
	dst = append(dst, "</th><td class=\"n\">"...)
	dst = markup.AppendFixed(dst, a.Amount, places)
	return append(dst, "</td></tr>\n"...)
}
