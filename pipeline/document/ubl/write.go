package ubl

import (
	"encoding/xml"
	"fmt"
	"strings"

	"daybook/pipeline/document/markup"
	"daybook/schemas/einvoice"
	"daybook/schemas/money"
)

// Write returns the document as a file of UBL: an Invoice, or a CreditNote. The same document has the same bytes.
func Write(d *einvoice.Document) ([]byte, error) {
	w := writer{d: d}
	out := w.document()
	body, err := xml.MarshalIndent(out, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write document %s as UBL: %w", d.Number, err)
	}
	return append(append([]byte(xml.Header), body...), '\n'), nil
}

// writer turns a document into the elements of UBL.
type writer struct{ d *einvoice.Document }

const (
	components = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
	basics     = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
	documents  = "urn:oasis:names:specification:ubl:schema:xsd:"
)

func (w *writer) document() *document {
	d := w.d
	name, typ := "Invoice", string(d.Type)
	out := &document{
		Cac: components, Cbc: basics, Customization: d.Specification, Profile: d.Process, ID: d.Number, IssueDate: d.Issued, Note: d.Note,
		Currency: string(d.Currency), TaxCurrency: string(d.TaxCurrency), AccountingCost: d.CostCentre, BuyerReference: d.References.Buyer,
		Period: &period{Start: d.From, End: d.To}, Order: reference(d.Order), Contract: reference(d.Contract),
		Supplier: party(&d.Seller), Customer: party(&d.Buyer), Total: w.total(),
	}
	if d.Type == einvoice.CreditNote {
		name = "CreditNote"
		out.CreditNoteType = typ
	} else {
		out.InvoiceType, out.DueDate = typ, d.Due
	}
	out.XMLName.Local, out.Xmlns = name, documents+name+"-2"
	for _, p := range d.Preceding {
		out.Billing = append(out.Billing, billing{Document: dated{ID: p.Number, Issued: p.Issued}})
	}
	if d.DeliveredTo != "" {
		out.Delivery = &delivery{Country: d.DeliveredTo}
	}
	out.Means = w.means()
	if d.Conditions != "" {
		out.Conditions = &note{Note: d.Conditions}
	}
	for i := range d.Adjustments {
		a := &d.Adjustments[i]
		out.Adjustments = append(out.Adjustments, adjustment{
			Charge: a.Charge, Reason: a.Reason, Amount: w.amount(a.Amount), Category: category(&a.Tax.Rate),
		})
	}
	out.Taxes = w.taxes()
	for i := range d.Items {
		l := w.line(&d.Items[i])
		if d.Type == einvoice.CreditNote {
			l.Credited, l.Invoiced = l.Invoiced, nil
			out.Credits = append(out.Credits, *l)
			continue
		}
		out.Lines = append(out.Lines, *l)
	}
	return out
}

// amount writes money of the document, at least with the cents of its currency.
func (w *writer) amount(x money.Fixed) amount {
	return amount{Currency: string(w.d.Currency), Value: number(x, w.places())}
}

// places are those that amounts are written with.
func (w *writer) places() int32 {
	if places, is := money.MinorUnits(w.d.Currency); is && places < 2 {
		return places
	}
	return 2
}

// number writes a number in plain digits.
func number(x money.Fixed, places int32) string { return string(markup.AppendPlain(nil, x, places)) }

func reference(id string) *identified {
	if id == "" {
		return nil
	}
	return &identified{ID: id}
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func party(t *einvoice.Trader) partyOf {
	p := partyBody{Name: optional(t.Name)}
	if t.EndpointID != "" {
		p.Endpoint = &scheme{Scheme: t.EndpointScheme, Value: t.EndpointID}
	}
	if t.Postal != nil {
		p.Address = address(t.Postal)
	}
	if t.VAT != "" {
		p.Tax = append(p.Tax, taxScheme{Company: t.VAT, Scheme: "VAT"})
	}
	if t.Other != "" {
		p.Identification = &identified{ID: t.Other}
	}
	p.Legal = legal{Name: t.LegalName, Company: t.Registration}
	if p.Legal.Name == "" {
		p.Legal.Name = t.Name
	}
	if t.Contact != "" || t.Phone != "" || t.Email != "" {
		p.Contact = &contact{Name: t.Contact, Phone: t.Phone, Email: t.Email}
	}
	return partyOf{Party: p}
}

func address(a *einvoice.Address) *postal {
	out := &postal{City: a.City, Code: a.PostalCode, Region: a.Region, Country: a.Country}
	lines := a.Street
	for _, to := range []*string{&out.Street, &out.More} {
		if len(lines) > 0 {
			*to, lines = lines[0], lines[1:]
		}
	}
	out.Line = optional(strings.Join(lines, ", "))
	return out
}

// means says where to pay, an element an account.
func (w *writer) means() (out []means) {
	d := w.d
	for i := range d.Bank {
		b := &d.Bank[i]
		m := means{Code: d.Means, ID: d.Remittance, Account: &account{ID: b.IBAN, Name: b.Holder}}
		m.Account.Branch = optional(b.BIC)
		out = append(out, m)
	}
	if d.Type == einvoice.CreditNote && d.Due != "" && len(out) > 0 {
		out[0].Due = d.Due
	}
	return out
}

// taxes are the breakdown, and the tax in the currency of accounting where that is another one.
func (w *writer) taxes() []taxTotal {
	d := w.d
	total := taxTotal{Amount: w.amount(d.Tax)}
	for i := range d.VAT {
		row := &d.VAT[i]
		sub := subtotal{Base: w.amount(row.Base), Tax: w.amount(row.Tax), Category: category(&row.Rate)}
		sub.Category.Code, sub.Category.Reason, sub.Category.Percent = row.Code, row.Reason, optional(number(row.Percent, 0)) // BR-DE-14
		total.Rows = append(total.Rows, sub)
	}
	out := []taxTotal{total}
	if d.TaxCurrency != "" {
		out = append(out, taxTotal{Amount: amount{Currency: string(d.TaxCurrency), Value: number(d.TaxValue, 2)}})
	}
	return out
}

// category writes how something is taxed. What is out of the scope of tax has no rate (BR-O-5).
func category(r *einvoice.Rate) taxCategory {
	out := taxCategory{ID: string(r.Category), Scheme: "VAT"}
	if r.Category != einvoice.OutOfScope {
		out.Percent = optional(number(r.Percent, 0))
	}
	return out
}

func (w *writer) total() total {
	t := &w.d.Terms
	out := total{Lines: w.amount(t.Lines), Net: w.amount(t.Net), Gross: w.amount(t.Gross), Due: w.amount(t.Due)}
	for _, x := range []struct {
		to    **amount
		value money.Fixed
	}{{&out.Allowances, t.Allowances}, {&out.Charges, t.Charges}, {&out.Paid, t.Paid}, {&out.Rounding, t.Rounding}} {
		if !x.value.IsZero() {
			a := w.amount(x.value)
			*x.to = &a
		}
	}
	return out
}

func (w *writer) line(x *einvoice.Item) *line {
	quantity := &measure{Unit: x.UnitCode, Value: number(x.Quantity, 0)}
	out := &line{
		ID: x.ID, Invoiced: quantity, Amount: w.amount(x.Amount),
		Item:  item{Description: x.Description, Name: x.Name, Category: category(&x.Tax.Rate)},
		Price: price{Amount: amount{Currency: string(w.d.Currency), Value: number(x.Price, w.places())}},
	}
	if x.From != "" {
		out.Period = &period{Start: x.From, End: x.To}
	}
	if per := number(x.Per, 0); per != "1" {
		out.Price.Per = &measure{Unit: x.UnitCode, Value: per}
	}
	for _, list := range []struct {
		charge bool
		of     []einvoice.Reduction
	}{{false, x.Allowances}, {true, x.Charges}} {
		for i := range list.of {
			r := &list.of[i]
			a := reduction{Charge: list.charge, Reason: r.Reason, Amount: w.amount(r.Amount)}
			if r.HasPercent {
				percent, base := number(r.Percent, 0), w.amount(r.Base)
				a.Percent, a.Base = &percent, &base
			}
			out.Reductions = append(out.Reductions, a)
		}
	}
	return out
}
