package peers

import (
	"daybook/pipeline/document/markup"
	"daybook/schemas"
	"daybook/schemas/money"
)

// mostLines bounds the rows of a table; the files beside the page have all.
const mostLines = 400

// drawLines holds every line of the bill against our meter and the contract, and says what each bill and invoice comes to.
func (b *Page) drawLines(p *markup.Page) {
	if len(b.Matches) > 0 {
		b.matches(p)
	}
	if len(b.Bills) > 0 {
		b.bills(p)
	}
	if len(b.Invoices) > 0 {
		b.invoices(p)
	}
}

func (b *Page) matches(p *markup.Page) {
	p.Table("", "Service", "SKU", "Region?", "Contract?", "Status?", "Our meter#", "Billed#", "Expected#", "Billed cost#", "Currency?", "Difference#", "by quantity#", "by price#")
	shown := b.Matches[:min(len(b.Matches), mostLines)]
	for i := range shown {
		m := &shown[i]
		p.Row(m.ID)
		p.Head(m.Service)
		p.Cell(string(m.SKU))
		p.Cell(m.Region)
		p.Cell(string(m.Contract))
		p.Cell(string(m.Status))
		metered := ""
		if m.Basis == schemas.BasisMeter { // else our meters were not asked, and 0 would say that they saw nothing
			metered = quantityRounded(m.Metered, m.Unit)
		}
		p.Number(metered)
		p.Number(quantityRounded(m.Billed, m.Unit))
		p.Number(rounded(m.Expected, m.Currency))
		p.Number(rounded(m.Actual, m.Currency))
		p.Cell(string(m.Currency))
		p.Change(signedRounded(m.Difference, m.Currency), m.Difference, m.Difference.IsNegative())
		p.Number(signedRounded(m.QuantityPart, m.Currency))
		p.Number(signedRounded(m.PricePart, m.Currency))
		p.RowEnd()
	}
	p.TableEnd()
	p.More(len(shown), len(b.Matches), "peer_matches.csv")
}

func (b *Page) bills(p *markup.Page) {
	p.Sub("bills", "Bills in detail", markup.Files("../peer_bills.csv"))
	p.Table("What is safe to pay is the bill without what is withheld; what is accrued was metered, and is still to be billed.",
		"Contract", "Bill#", "In", "Billed#", "Expected#", "Safe to pay#", "Withheld#", "Accrued#", "Came later#", "had been accrued#", "Tolerated so far#", "Exceptions#")
	for i := range b.Bills {
		x := &b.Bills[i]
		p.Row(x.ID())
		p.Head(string(x.Contract))
		p.Number(rounded(x.Billed, x.BilledCurrency) + " " + string(x.BilledCurrency))
		p.Cell(string(x.Currency))
		for _, d := range []money.Decimal{x.Actual, x.Expected, x.SafeToPay, x.Withheld, x.Accrued, x.LaterBilled, x.LaterAccrued, x.Rolled} {
			p.Number(rounded(d, x.Currency))
		}
		p.Number(markup.Count(x.Discrepancies))
		p.RowEnd()
	}
	p.TableEnd()
}

func (b *Page) invoices(p *markup.Page) {
	p.Sub("invoices", "Invoices against the detail", markup.Files("../peer_invoices.csv"))
	p.Table("", "Invoice", "Issued", "Due", "Currency", "Invoiced#", "Lines#", "Detail#", "Rows#", "Difference#")
	for i := range b.Invoices {
		x := &b.Invoices[i]
		p.Row("")
		p.Head(x.Number)
		p.Cell(x.Issued.String())
		p.Cell(x.Due.String())
		p.Cell(string(x.Currency))
		p.Number(rounded(x.Invoiced, x.Currency))
		p.Number(markup.Count(x.Lines))
		p.Number(rounded(x.Detail, x.Currency))
		p.Number(markup.Count(x.DetailRows))
		p.Change(signedRounded(x.Difference, x.Currency), x.Difference, false)
		p.RowEnd()
	}
	p.TableEnd()
}

// drawExceptions lists the discrepancies of bills in detail, and whether they reached a customer.
func (b *Page) drawExceptions(p *markup.Page) {
	p.Table("Largest first. Reached says whether it is in what a customer is charged, in which draft and by how much.",
		"Class?", "Service?", "SKU", "Account", "Resource", "Day", "Expected#", "Billed#", "Amount#", "Currency?", "by use#", "by rate#", "other#", "Reached?", "Draft", "by#")
	for i := range b.Exceptions {
		x := &b.Exceptions[i]
		p.Row(x.ID)
		class := string(x.Class)
		if x.Tolerated {
			class += ", tolerated"
		}
		p.Head(class)
		p.Cell(x.Service)
		p.Cell(string(x.SKU))
		p.Cell(string(x.Account))
		p.Cell(x.Resource)
		p.Cell(x.Day.String())
		p.Number(rounded(x.Expected, x.Currency))
		p.Number(rounded(x.Actual, x.Currency))
		p.Change(signedRounded(x.Amount, x.Currency), x.Amount, x.Amount.IsNegative())
		p.Cell(string(x.Currency))
		for _, d := range []money.Decimal{x.UsageEffect, x.RateEffect, x.OtherEffect} {
			p.Number(signedRounded(d, x.Currency))
		}
		p.Cell(string(x.Reached))
		p.Cell(x.Draft)
		by := ""
		if !x.ReachedAmount.IsZero() {
			by = signedRounded(x.ReachedAmount, x.ReachedCurrency) + " " + string(x.ReachedCurrency)
		}
		p.Number(by)
		p.RowEnd()
	}
	p.TableEnd()
	p.More(len(b.Exceptions), b.AllExceptions, "discrepancies.csv")
}
