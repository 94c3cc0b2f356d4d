package peers

import (
	"daybook/pipeline/document/markup"
	"daybook/schemas/money"
	"daybook/schemas/peeruse"
)

// drawUse holds the peer's use against budgets, and says whose it is.
func (b *Page) drawUse(p *markup.Page) {
	b.budgets(p)
	if len(b.Use) == 0 {
		return
	}
	p.Sub("users", "Who uses what", markup.Files("../peer_use.csv"))
	p.Table("By service and user, the most first; what names no user is nobody's.", "Service?", "User", "Customer", "Billed#", "Currency?", "Rows#")
	shown := b.Use[:min(len(b.Use), mostLines)]
	for i := range shown {
		u := &shown[i]
		p.Row("")
		p.Head(u.Service)
		p.Cell(u.User)
		p.Cell(u.Customer)
		p.Number(rounded(u.Billed.Decimal(), u.Currency))
		p.Cell(string(u.Currency))
		p.Number(markup.Count(u.Rows))
		p.RowEnd()
	}
	p.TableEnd()
	p.More(len(shown), len(b.Use), "peer_use.csv")
}

// drawShares is who bears what the peer bills for our own use.
func (b *Page) drawShares(p *markup.Page) {
	p.Table("What "+b.Name+" bills for our own use, divided among customers by the keys of the book. A rest is what is no whole minor unit of the currency, and stays ours.",
		"Shared cost?", "Customer", "Key?", "Weight#", "of#", "in?", "Amount#", "Currency?", "State?")
	shown := b.Shares[:min(len(b.Shares), mostLines)]
	for i := range shown {
		x := &shown[i]
		p.Row(x.ID)
		p.Head(x.Shared)
		p.Cell(x.Customer)
		p.Cell(string(x.Key))
		weight, weights := "", ""
		if x.Standing == peeruse.Borne {
			weight, weights = quantityRounded(x.Weight, ""), quantityRounded(x.Weights, "")
		}
		p.Number(weight)
		p.Number(weights)
		p.Cell(x.Unit)
		amount := rounded(x.Amount, x.Currency)
		if x.Standing == peeruse.Rest {
			amount = x.Amount.String()
		}
		p.Number(amount)
		p.Cell(string(x.Currency))
		p.Cell(string(x.Standing))
		p.RowEnd()
	}
	p.TableEnd()
	p.More(len(shown), len(b.Shares), "the dataset shared_costs")
}

// drawNets is what is owed either way under agreements, and what is left to pay of it.
func (b *Page) drawNets(p *markup.Page) {
	p.Table("What "+b.Name+" is owed and owes, of one currency and due day; disputed debts are not in it.",
		"Agreement", "Pattern?", "With", "Currency?", "Due", "Owed to it#", "It owes#", "Netted#", "It receives#", "It pays#", "to", "State?")
	for i := range b.Nets {
		n := &b.Nets[i]
		p.Row(n.ID)
		p.Head(string(n.Agreement))
		p.Cell(string(n.Pattern))
		with := n.Counterparty
		if with == "" {
			with = "all members"
		}
		p.Cell(with)
		p.Cell(string(n.Currency))
		p.Cell(n.Due.String())
		for _, d := range []money.Decimal{n.Receivable, n.Payable, n.Netted, n.Receives, n.Pays} {
			p.Number(rounded(d, n.Currency))
		}
		p.Cell(n.PaysTo)
		state := "final"
		if n.Provisional {
			state = "provisional"
		}
		p.Cell(state)
		p.RowEnd()
	}
	p.TableEnd()
}

// budgets draws each budget with what is billed of it and forecast, and lists when thresholds were reached.
func (b *Page) budgets(p *markup.Page) {
	if len(b.Budgets) == 0 {
		return
	}
	p.Raw("<div class=\"figures\">\n")
	for i := range b.Budgets {
		l := &b.Budgets[i]
		if i > 0 && b.Budgets[i-1].Budget.ID == l.Budget.ID {
			continue
		}
		c := l.Budget.Currency
		id := "budget-" + l.Budget.ID
		p.Figure(id, l.Budget.ID+", through "+l.Through.String(), "", true, markup.Files("../budgets.csv"))
		class := "up"
		if l.Forecast.GreaterThan(l.Budget.Amount) {
			class = "down"
		}
		bar := func(name string, d money.Decimal, class string) markup.Bar {
			return markup.Bar{Label: name, Value: d, Text: rounded(d, c) + " " + string(c), Class: class}
		}
		p.Dst = markup.AppendBars(p.Dst, string(markup.AppendID(nil, id))+"-picture", "Budget "+l.Budget.ID, "The budget, what is billed of it and what it comes to at that rate.",
			[]markup.Bar{bar("Budget", l.Budget.Amount, "total"), bar("Billed", l.Actual, class), bar("Forecast", l.Forecast, class)})
		p.FigureEnd()
	}
	p.Raw("</div>\n")
	p.Table("", "Budget", "Threshold %#", "Amount#", "Currency", "Billed#", "Forecast#", "Reached on", "Forecast since")
	for i := range b.Budgets {
		l := &b.Budgets[i]
		p.Row(l.ID())
		p.Head(l.Budget.ID)
		p.Number(l.Threshold.String())
		p.Number(rounded(l.Budget.Amount, l.Budget.Currency))
		p.Cell(string(l.Budget.Currency))
		p.Number(rounded(l.Actual, l.Budget.Currency))
		p.Number(rounded(l.Forecast, l.Budget.Currency))
		p.Cell(l.ActualOn.String())
		p.Cell(l.ForecastOn.String())
		p.RowEnd()
	}
	p.TableEnd()
}
