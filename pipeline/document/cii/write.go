package cii

import (
	"encoding/xml"
	"fmt"
	"strings"

	"daybook/pipeline/document/markup"
	"daybook/schemas/einvoice"
	"daybook/schemas/money"
)

// Write returns the document as a file of CII. The same document has the same bytes.
func Write(d *einvoice.Document) ([]byte, error) {
	w := writer{d: d}
	body, err := xml.MarshalIndent(w.document(), "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write document %s as CII: %w", d.Number, err)
	}
	return append(append([]byte(xml.Header), body...), '\n'), nil
}

// writer turns a document into the elements of CII.
type writer struct{ d *einvoice.Document }

const names = "urn:un:unece:uncefact:data:standard:"

func (w *writer) document() *document {
	d := w.d
	out := &document{
		Rsm: names + "CrossIndustryInvoice:100", RAM: names + "ReusableAggregateBusinessInformationEntity:100",
		Qdt: names + "QualifiedDataType:100", Udt: names + "UnqualifiedDataType:100",
		Context: context{Specification: identified{ID: d.Specification}},
		Header:  header{ID: d.Number, Type: string(d.Type), Issued: dayOf(d.Issued)},
		Trade:   transaction{Agreement: w.agreement(), Settlement: w.settlement()},
	}
	if d.Process != "" {
		out.Context.Process = &identified{ID: d.Process}
	}
	if d.Note != "" {
		out.Header.Note = &note{Content: d.Note}
	}
	if d.DeliveredTo != "" {
		out.Trade.Delivery.To = &shipTo{Address: postal{Country: d.DeliveredTo}}
	}
	for i := range d.Items {
		out.Trade.Lines = append(out.Trade.Lines, w.line(&d.Items[i]))
	}
	return out
}

func (w *writer) agreement() agreement {
	d := w.d
	out := agreement{BuyerReference: d.References.Buyer, Seller: partyOf(&d.Seller), Buyer: partyOf(&d.Buyer)}
	if d.Seller.Other != "" { // of a seller, it is the number at the tax office
		out.Seller.ID = ""
		out.Seller.Taxes = append(out.Seller.Taxes, taxID{ID: scheme{Scheme: "FC", Value: d.Seller.Other}})
	}
	if d.Order != "" {
		out.Order = &numbered{ID: d.Order}
	}
	if d.Contract != "" {
		out.Contract = &numbered{ID: d.Contract}
	}
	return out
}

func partyOf(t *einvoice.Trader) party {
	out := party{ID: t.Other, Name: t.LegalName}
	if out.Name == "" {
		out.Name = t.Name
	}
	if t.Registration != "" || t.Name != out.Name {
		out.Organization = &legal{ID: t.Registration}
		if t.Name != out.Name {
			out.Organization.Name = t.Name
		}
	}
	if t.Contact != "" || t.Phone != "" || t.Email != "" {
		out.Contact = &contact{Name: t.Contact, Phone: optional(t.Phone), Email: optional(t.Email)}
	}
	if t.Postal != nil {
		out.Address = addressOf(t.Postal)
	}
	if t.EndpointID != "" {
		out.Endpoint = &scheme{Scheme: t.EndpointScheme, Value: t.EndpointID}
	}
	if t.VAT != "" {
		out.Taxes = append(out.Taxes, taxID{ID: scheme{Scheme: "VA", Value: t.VAT}})
	}
	return out
}

func addressOf(a *einvoice.Address) *postal {
	out := &postal{Code: a.PostalCode, City: a.City, Country: a.Country, Region: a.Region}
	for i, line := range a.Street {
		switch i {
		case 0:
			out.One = line
		case 1:
			out.Two = line
		case 2:
			out.Three = line
		default:
			out.Three += ", " + line
		}
	}
	return out
}

func (w *writer) settlement() settlement {
	d := w.d
	out := settlement{
		Reference: d.Remittance, TaxCurrency: string(d.TaxCurrency), Currency: string(d.Currency), Period: *periodOf(d.From, d.To), Total: w.total(),
	}
	for i := range d.Bank {
		b := &d.Bank[i]
		out.Means = append(out.Means, means{Code: d.Means, Account: &account{IBAN: b.IBAN, Name: b.Holder}, Bank: optional(b.BIC)})
	}
	for i := range d.VAT {
		row := &d.VAT[i]
		x := rateOf(&row.Rate)
		amount, base := w.amount(row.Tax), w.amount(row.Base)
		x.Amount, x.Base, x.Reason, x.Code, x.Percent = &amount, &base, row.Reason, row.Code, optional(number(row.Percent, 0)) // BR-DE-14
		out.Taxes = append(out.Taxes, *x)
	}
	for i := range d.Adjustments {
		a := &d.Adjustments[i]
		out.Adjustments = append(out.Adjustments, reduction{Charge: a.Charge, Amount: w.amount(a.Amount), Reason: a.Reason, Tax: rateOf(&a.Tax.Rate)})
	}
	if d.Conditions != "" || d.Due != "" {
		out.Conditions = &conditions{Text: d.Conditions}
		if d.Due != "" {
			due := dayOf(d.Due)
			out.Conditions.Due = &due
		}
	}
	for _, p := range d.Preceding {
		out.Preceding = append(out.Preceding, numbered{ID: p.Number, Issued: &qualified{Day: dayOf(p.Issued)}})
	}
	if d.CostCentre != "" {
		out.CostCentre = &identified{ID: d.CostCentre}
	}
	return out
}

func (w *writer) total() total {
	t := &w.d.Terms
	out := total{
		Lines: w.amount(t.Lines), Net: w.amount(t.Net), Gross: w.amount(t.Gross), Due: w.amount(t.Due),
		Tax: []amount{{Currency: string(w.d.Currency), Value: w.amount(t.Tax)}},
	}
	if t.TaxCurrency != "" {
		out.Tax = append(out.Tax, amount{Currency: string(t.TaxCurrency), Value: number(t.TaxValue, 2)})
	}
	for _, x := range []struct {
		to    **string
		value money.Fixed
	}{{&out.Allowances, t.Allowances}, {&out.Charges, t.Charges}, {&out.Paid, t.Paid}, {&out.Rounding, t.Rounding}} {
		if !x.value.IsZero() {
			a := w.amount(x.value)
			*x.to = &a
		}
	}
	return out
}

func (w *writer) line(x *einvoice.Item) line {
	out := line{
		ID: x.ID, Product: product{Name: x.Name, Description: x.Description}, Price: price{Amount: w.amount(x.Price)},
		Quantity:   measure{Unit: x.UnitCode, Value: number(x.Quantity, 0)},
		Settlement: lineSettlement{Tax: *rateOf(&x.Tax.Rate), Total: w.amount(x.Amount)},
	}
	if per := number(x.Per, 0); per != "1" {
		out.Price.Per = &measure{Unit: x.UnitCode, Value: per}
	}
	if x.From != "" {
		out.Settlement.Period = periodOf(x.From, x.To)
	}
	for _, list := range []struct {
		charge bool
		of     []einvoice.Reduction
	}{{false, x.Allowances}, {true, x.Charges}} {
		for i := range list.of {
			r := &list.of[i]
			a := reduction{Charge: list.charge, Amount: w.amount(r.Amount), Reason: r.Reason}
			if r.HasPercent {
				percent, base := number(r.Percent, 0), w.amount(r.Base)
				a.Percent, a.Base = &percent, &base
			}
			out.Settlement.Reductions = append(out.Settlement.Reductions, a)
		}
	}
	return out
}

// rateOf writes how something is taxed. What is out of the scope of tax has no rate (BR-O-5).
func rateOf(r *einvoice.Rate) *tax {
	out := &tax{Type: "VAT", Category: string(r.Category)}
	if r.Category != einvoice.OutOfScope {
		out.Percent = optional(number(r.Percent, 0))
	}
	return out
}

// amount writes money of the document, at least with the cents of its currency.
func (w *writer) amount(x money.Fixed) string {
	const cents = 2
	if places, is := money.MinorUnits(w.d.Currency); is && places < cents {
		return number(x, places)
	}
	return number(x, cents)
}

// number writes a number in plain digits.
func number(x money.Fixed, places int32) string { return string(markup.AppendPlain(nil, x, places)) }

func periodOf(from, to string) *period { return &period{Start: dayOf(from), End: dayOf(to)} }

func dayOf(date string) day { return day{Format: "102", Value: strings.ReplaceAll(date, "-", "")} }

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
