package document

import (
	"slices"

	"daybook/pipeline/document/markup"
	"daybook/schemas"
	"daybook/schemas/money"
)

func (r *Report) hasPeers() bool { return len(r.Matches) > 0 }

// drawPeers is what peers billed against what we expect, and the lines that do not agree.
func (r *Report) drawPeers(p *markup.Page) {
	r.peerTable(p)
	p.Raw("<div class=\"figures\">\n")
	r.peerBars(p)
	p.Raw("</div>\n")
	r.matchTable(p)
	r.billTable(p)
}

// PeerFile is what the page of a peer is called.
func PeerFile(id schemas.PeerID) string { return string(markup.AppendID(nil, string(id))) + ".html" }

// peerTotal is a peer's bill in one currency.
type peerTotal struct {
	peer             schemas.PeerID
	currency         money.Currency
	expected, actual money.Decimal
	lines            int64
	off              int64
}

// peerTotals adds matches up by peer and currency, in the order of the matches.
func (r *Report) peerTotals() []peerTotal {
	var out []peerTotal
	for i := range r.Matches {
		m := &r.Matches[i]
		at := slices.IndexFunc(out, func(t peerTotal) bool { return t.peer == m.Peer && t.currency == m.Currency })
		if at < 0 {
			at = len(out)
			out = append(out, peerTotal{peer: m.Peer, currency: m.Currency})
		}
		t := &out[at]
		t.expected, t.actual = t.expected.Add(m.Expected), t.actual.Add(m.Actual)
		t.lines++
		if _, off := r.matchItem(m); off {
			t.off++
		}
	}
	return out
}

// peerBars draws what each peer billed beside what was expected, a picture for each currency.
func (r *Report) peerBars(p *markup.Page) {
	totals := r.peerTotals()
	var currencies []money.Currency
	for _, t := range totals {
		if !slices.Contains(currencies, t.currency) {
			currencies = append(currencies, t.currency)
		}
	}
	slices.Sort(currencies)
	for _, currency := range currencies {
		var bars []markup.Bar
		for _, t := range totals {
			if t.currency != currency || len(bars) >= 2*mostBars {
				continue
			}
			class := "billed"
			if t.actual.GreaterThan(t.expected) {
				class = "down"
			}
			bars = append(bars,
				markup.Bar{Label: r.peer(t.peer) + ", expected", Value: t.expected, Text: r.short(t.expected), Class: "total"},
				markup.Bar{Label: r.peer(t.peer) + ", billed", Value: t.actual, Text: r.short(t.actual), Class: class})
		}
		id := "peers-" + string(currency)
		p.Figure(id, "Billed in "+string(currency)+" against what we expect", "", true, markup.Files("peer_matches.csv"))
		p.Dst = markup.AppendBars(p.Dst, string(markup.AppendID(nil, id))+"-picture", "Peer bills in "+string(currency)+" against what we expect", "Two bars for each peer: expected and billed.", bars)
		p.FigureEnd()
	}
}

// peerTable is what each peer billed.
func (r *Report) peerTable(p *markup.Page) {
	totals := r.peerTotals()
	p.Table("Amounts in the contract's currency.", "Peer", "Currency", "Lines#", "to settle#", "Expected#", "Billed#", "Difference#")
	for _, t := range totals {
		p.Row("")
		p.Raw(`<th scope="row">`)
		if slices.Contains(r.PeerPages, t.peer) {
			p.Link("peers/"+PeerFile(t.peer), r.peer(t.peer))
		} else {
			p.Text(r.peer(t.peer))
		}
		p.Raw("</th>")
		p.Cell(string(t.currency))
		p.Number(markup.Count(t.lines))
		p.Number(markup.Count(t.off))
		p.Number(r.rounded(t.expected))
		p.Number(r.rounded(t.actual))
		difference := t.actual.Sub(t.expected)
		p.Change(r.signedRounded(difference), difference, difference.IsNegative())
		p.RowEnd()
	}
	p.TableEnd()
}

// billTable is what to do with each bill that is compared in detail.
func (r *Report) billTable(p *markup.Page) {
	if len(r.Bills) == 0 {
		return
	}
	p.Table("Bills held against our meters row by row. What is safe to pay is the bill without what is withheld; what is accrued was "+
		"metered, and is still to be billed. The discrepancies have each row.",
		"Peer", "Contract", "Bill#", "Currency", "Billed#", "Expected#", "safe to pay#", "withheld#", "accrued#", "came later#", "had been accrued#", "Discrepancies#")
	for i := range r.Bills {
		b := &r.Bills[i]
		p.Row("")
		p.Head(r.peer(b.Peer))
		p.Cell(string(b.Contract))
		p.Number(r.rounded(b.Billed) + " " + string(b.BilledCurrency))
		p.Cell(string(b.Currency))
		for _, amount := range []money.Decimal{b.Actual, b.Expected, b.SafeToPay, b.Withheld, b.Accrued, b.LaterBilled, b.LaterAccrued} {
			p.Number(r.rounded(amount))
		}
		p.Number(markup.Count(b.Discrepancies))
		p.RowEnd()
	}
	p.TableEnd()
}

func (r *Report) matchTable(p *markup.Page) {
	var off []*schemas.PeerMatch
	for i := range r.Matches {
		if _, ok := r.matchItem(&r.Matches[i]); ok {
			off = append(off, &r.Matches[i])
		}
	}
	if len(off) == 0 {
		p.Raw("<p class=\"soft\">Every line agrees with what we expect.</p>\n")
		return
	}
	p.Table("Lines that do not agree.", "Peer?", "Service?", "SKU", "Region?", "Status?", "Metered#", "Billed#", "Expected#", "Billed cost#", "Difference#", "by quantity#", "by price#")
	shown := off[:min(len(off), mostLines)]
	for _, m := range shown {
		p.Row(m.ID)
		p.Head(r.peer(m.Peer))
		p.Cell(m.Service)
		p.Cell(string(m.SKU))
		p.Cell(m.Region)
		p.Cell(string(m.Status))
		metered := ""
		if m.Basis == schemas.BasisMeter { // else our meters were not asked, and 0 would say that they saw nothing
			metered = quantityRounded(m.Metered)
		}
		p.Number(metered)
		p.Number(quantityRounded(m.Billed) + " " + m.Unit)
		p.Number(r.rounded(m.Expected))
		p.Number(r.rounded(m.Actual) + " " + string(m.Currency))
		p.Change(r.signedRounded(m.Difference), m.Difference, m.Difference.IsNegative())
		p.Number(r.signedRounded(m.QuantityPart))
		p.Number(r.signedRounded(m.PricePart))
		p.RowEnd()
	}
	p.TableEnd()
	p.More(len(shown), len(off), "the workbook and the CSV file")
}
