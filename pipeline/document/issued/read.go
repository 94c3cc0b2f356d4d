// Package issued reads documents back from their JSON: all that is shown of one comes from that. It writes nothing.
//
// Start reading at [Read].
package issued

import (
	"bytes"
	"encoding/json"
	"fmt"

	"daybook/pipeline/document"
	"daybook/schemas"
	"daybook/schemas/einvoice"
	"daybook/schemas/money"
)

// Read reads the JSON of an issued document, or of a draft, which has no number. Written again it has the same bytes, and
// the error is JSON of which that is not so: what is shown of a document is all that it says.
func Read(text []byte) (*document.Issued, error) {
	var r documentText
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, fmt.Errorf("read a document: %w", err)
	}
	d := r.document()
	var again []byte
	if r.Status == "" {
		again = document.AppendDocumentJSON(nil, d)
	} else {
		again = document.AppendInvoiceJSON(nil, &d.Invoice)
	}
	if !bytes.Equal(again, text) {
		return nil, fmt.Errorf("read the document %q of account %s: it is not as it was written", d.Number, d.Invoice.Account)
	}
	return d, nil
}

// documentText is the JSON of a document.
type documentText struct {
	Status      string        `json:"status"`
	Provisional bool          `json:"provisional"`
	Series      string        `json:"series"`
	Number      string        `json:"number"`
	Kind        document.Kind `json:"kind"`
	Issued      schemas.Date  `json:"issued"`
	Due         schemas.Date  `json:"due"`
	Entity      string        `json:"entity"`
	Closing     int           `json:"closing"`
	Run         schemas.RunID `json:"run"`
	Previous    string        `json:"previous"`

	Account     schemas.AccountID `json:"account"`
	AccountName string            `json:"account_name"`
	Period      schemas.Period    `json:"period"`
	From        schemas.Date      `json:"from"`
	To          schemas.Date      `json:"to"`
	Currency    money.Currency    `json:"currency"`
	Places      int32             `json:"places"`
	Seller      *partyText        `json:"seller"`
	Buyer       *partyText        `json:"buyer"`
	Lines       []lineText        `json:"lines"`
	Taxes       []taxText         `json:"taxes"`
	Applied     []appliedText     `json:"applied"`
	Totals      struct {
		List     money.Fixed `json:"list"`
		Discount money.Fixed `json:"discount"`
		Net      money.Fixed `json:"net"`
		Tax      money.Fixed `json:"tax"`
		Total    money.Fixed `json:"total"`
		Paid     money.Fixed `json:"paid"`
		Due      money.Fixed `json:"due"`
	} `json:"totals"`
	TaxReason    string          `json:"tax_reason"`
	PaymentDays  int             `json:"payment_days"`
	PaymentTerms string          `json:"payment_terms"`
	Notes        []string        `json:"notes"`
	Payment      []string        `json:"payment"`
	Preceding    []precedingText `json:"preceding"`
	References   referencesText  `json:"references"`
	Electronic   *termsText      `json:"electronic"`
}

type partyText struct {
	Name         string   `json:"name"`
	LegalName    string   `json:"legal_name"`
	Address      []string `json:"address"`
	TaxID        string   `json:"tax_id"`
	Registration string   `json:"registration"`
	Endpoint     string   `json:"endpoint"`
	Postal       *struct {
		Street     []string `json:"street"`
		PostalCode string   `json:"postal_code"`
		City       string   `json:"city"`
		Region     string   `json:"region"`
		Country    string   `json:"country"`
	} `json:"postal"`
	Contact string `json:"contact"`
	Email   string `json:"email"`
	Phone   string `json:"phone"`
	Website string `json:"website"`
}

type lineText struct {
	Charge      schemas.ChargeID       `json:"charge"`
	Offering    schemas.OfferingID     `json:"offering"`
	Category    schemas.ChargeCategory `json:"category"`
	Class       schemas.ChargeClass    `json:"class"`
	Corrects    schemas.Period         `json:"corrects"`
	Description string                 `json:"description"`
	Region      string                 `json:"region"`
	Group       string                 `json:"group"`
	From        schemas.Date           `json:"from"`
	To          schemas.Date           `json:"to"`
	Used        *money.Fixed           `json:"used"`
	UsedUnit    string                 `json:"unit"`
	Parts       []partText             `json:"parts"`
	Discount    money.Fixed            `json:"discount"`
	Left        *money.Fixed           `json:"left"`
	Amount      money.Fixed            `json:"amount"`
	Electronic  *lineTermsText         `json:"electronic"`
}

type partText struct {
	Kind      schemas.PartKind `json:"kind"`
	Text      string           `json:"text"`
	Quantity  *money.Fixed     `json:"quantity"`
	Unit      string           `json:"unit"`
	Percent   *money.Fixed     `json:"percent"`
	UnitPrice money.Fixed      `json:"unit_price"`
	Currency  money.Currency   `json:"price_currency"`
	Factors   []struct {
		Text  string      `json:"text"`
		Times money.Fixed `json:"times"`
		Over  money.Fixed `json:"over"`
	} `json:"factors"`
	Amount money.Fixed `json:"amount"`
}

type taxText struct {
	Charges     []schemas.ChargeID `json:"charges"`
	Description string             `json:"description"`
	Corrects    schemas.Period     `json:"corrects"`
	Base        *money.Fixed       `json:"base"`
	Percent     money.Fixed        `json:"percent"`
	Apart       string             `json:"apart"`
	Amount      money.Fixed        `json:"amount"`
	Value       money.Fixed        `json:"value"`
	vatText
}

type appliedText struct {
	Charges     []schemas.ChargeID `json:"charges"`
	Description string             `json:"description"`
	Corrects    schemas.Period     `json:"corrects"`
	Left        *money.Fixed       `json:"left"`
	Amount      money.Fixed        `json:"amount"`
}

// document turns the JSON into the document.
func (r *documentText) document() *document.Issued {
	inv := schemas.Invoice{
		Seller: r.Seller.party(), Buyer: r.Buyer.party(), Series: r.Series, Account: r.Account, AccountName: r.AccountName,
		Period: r.Period, From: r.From, To: r.To, Currency: r.Currency, Places: r.Places, Provisional: r.Provisional,
		List: r.Totals.List, Discount: r.Totals.Discount, Net: r.Totals.Net, Tax: r.Totals.Tax, Total: r.Totals.Total,
		Paid: r.Totals.Paid, Due: r.Totals.Due, TaxReason: r.TaxReason, PaymentDays: r.PaymentDays, PaymentTerms: r.PaymentTerms, Notes: r.Notes, Payment: r.Payment,
	}
	for i := range r.Lines {
		inv.Lines = append(inv.Lines, r.Lines[i].line())
	}
	for i := range r.Taxes {
		t := &r.Taxes[i]
		row := schemas.TaxRow{Charges: t.Charges, Description: t.Description, Corrects: t.Corrects, Percent: t.Percent, Apart: t.Apart, Amount: t.Amount}
		row.HasBase, row.Base = optionalFixed(t.Base)
		if t.Category != "" {
			of := t.tax()
			row.Electronic, row.Value = &of, t.Value
		}
		inv.Taxes = append(inv.Taxes, row)
	}
	for i := range r.Applied {
		a := &r.Applied[i]
		row := schemas.AppliedRow{Charges: a.Charges, Description: a.Description, Corrects: a.Corrects, Amount: a.Amount}
		row.HasLeft, row.Left = optionalFixed(a.Left)
		inv.Applied = append(inv.Applied, row)
	}
	inv.References = einvoice.References(r.References)
	inv.Electronic = r.Electronic.terms()
	var preceding []document.Preceding
	for _, p := range r.Preceding {
		preceding = append(preceding, document.Preceding(p))
	}
	return &document.Issued{
		Kind: r.Kind, Number: r.Number, Date: r.Issued, Due: r.Due, Entity: r.Entity, Closing: r.Closing, Run: r.Run, Previous: r.Previous, Preceding: preceding, Invoice: inv,
	}
}

func (p *partyText) party() *einvoice.Party {
	if p == nil {
		return nil
	}
	out := &einvoice.Party{
		Name: p.Name, LegalName: p.LegalName, Address: p.Address, TaxID: p.TaxID, Registration: p.Registration,
		Contact: p.Contact, Email: p.Email, Phone: p.Phone, Website: p.Website, Endpoint: p.Endpoint,
	}
	if a := p.Postal; a != nil {
		out.Postal = &einvoice.Address{Street: a.Street, PostalCode: a.PostalCode, City: a.City, Region: a.Region, Country: a.Country}
	}
	return out
}

func (l *lineText) line() schemas.InvoiceLine {
	out := schemas.InvoiceLine{
		Charge: l.Charge, Offering: l.Offering, Category: l.Category, Class: l.Class, Corrects: l.Corrects, Description: l.Description,
		Region: l.Region, Group: l.Group, From: l.From, To: l.To, UsedUnit: l.UsedUnit, Discount: l.Discount, Amount: l.Amount,
	}
	out.HasUsed, out.Used = optionalFixed(l.Used)
	out.HasLeft, out.Left = optionalFixed(l.Left)
	out.Electronic = l.Electronic.line()
	for i := range l.Parts {
		p := &l.Parts[i]
		part := schemas.LinePart{Kind: p.Kind, Text: p.Text, Unit: p.Unit, UnitPrice: p.UnitPrice, Currency: p.Currency, Amount: p.Amount}
		part.HasQuantity, part.Quantity = optionalFixed(p.Quantity)
		if p.Percent != nil {
			part.Percent, part.UnitPrice = true, *p.Percent
		}
		for _, f := range p.Factors {
			part.Factors = append(part.Factors, schemas.PartFactor{Text: f.Text, Times: f.Times, Over: f.Over})
		}
		out.Parts = append(out.Parts, part)
	}
	return out
}

func optionalFixed(f *money.Fixed) (bool, money.Fixed) {
	if f == nil {
		return false, money.Fixed{}
	}
	return true, *f
}
