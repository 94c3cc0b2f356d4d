package document

import (
	"daybook/schemas"
	"daybook/schemas/money"
)

// more says what a table leaves out.
func (p *page) more(shown, all int, where string) {
	if all > shown {
		p.element("p", "soft", plural(int64(all-shown), "row")+" more in "+where+".")
	}
}

// lines groups the variances of one offering and region: units, revenue, cost and margin.
func (r *Report) lines() [][]*schemas.Variance {
	var out [][]*schemas.Variance
	for i := range r.Variances {
		v := &r.Variances[i]
		if n := len(out); n > 0 && out[n-1][0].Offering == v.Offering && out[n-1][0].Region == v.Region {
			out[n-1] = append(out[n-1], v)
		} else {
			out = append(out, []*schemas.Variance{v})
		}
	}
	return out
}

// of finds a measure among a line's variances.
func of(line []*schemas.Variance, m schemas.Measure) *schemas.Variance {
	for _, v := range line {
		if v.Measure == m {
			return v
		}
	}
	return &schemas.Variance{Measure: m}
}

// planTable is every line of the comparison.
func (r *Report) planTable(p *page) {
	p.raw("<section id=\"plan\"><h2>Actual against plan, by offering and region</h2>\n")
	lines := r.lines()
	if len(lines) == 0 {
		p.raw("<p class=\"soft\">No line in the plan, and nothing sold.</p></section>\n")
		return
	}
	p.tableHead("Amounts in "+string(r.Currency)+". A dot marks what is material.",
		"Line", "Units#", "Revenue expected#", "actual#", "variance#", "%#", "Cost variance#", "Margin#", "variance#", "Revenue run rate#")
	shown := lines[:min(len(lines), mostLines)]
	for _, line := range shown {
		units, revenue, cost, margin := of(line, schemas.Units), of(line, schemas.Revenue), of(line, schemas.Cost), of(line, schemas.Margin)
		p.raw("<tr>")
		p.raw(`<th scope="row">`)
		p.text(r.place(line[0]))
		if status := r.status(line[0]); status != "" {
			p.raw(" ")
			p.element("span", "soft", status)
		}
		p.raw("</th>")
		if units.Unit != "" {
			p.number(quantityRounded(units.Actual) + " " + units.Unit)
		} else {
			p.number("")
		}
		p.number(r.rounded(revenue.Expected))
		p.number(r.rounded(revenue.Actual))
		p.change(r.signedRounded(revenue.Variance)+dot(revenue), revenue.Variance, revenue.Favourable)
		p.number(optionalPercent(revenue.Percent))
		p.change(r.signedRounded(cost.Variance)+dot(cost), cost.Variance, cost.Favourable)
		p.number(r.rounded(margin.Actual))
		p.change(r.signedRounded(margin.Variance)+dot(margin), margin.Variance, margin.Favourable)
		if revenue.RunRate != nil {
			p.number(r.rounded(*revenue.RunRate))
		} else {
			p.number("")
		}
		p.raw("</tr>\n")
	}
	r.totalRow(p)
	p.tableEnd()
	p.more(len(shown), len(lines), "the workbook and the CSV file")
	p.raw("</section>\n")
}

// status is what is said of a line that not both sides have.
func (r *Report) status(v *schemas.Variance) string {
	first, _ := r.Period.Days()
	switch {
	case v.Status == schemas.Planned:
		return ""
	case v.Status == schemas.Missing && !v.Through.IsZero() && v.Through.Before(first):
		return "no data yet"
	}
	return string(v.Status)
}

func dot(v *schemas.Variance) string {
	if v.Material {
		return " ●"
	}
	return ""
}

func optionalPercent(d *money.Decimal) string {
	if d == nil {
		return ""
	}
	return signedPercent(*d)
}

func (r *Report) totalRow(p *page) {
	p.raw("<tr class=\"total\">")
	p.raw("<th scope=\"row\">Total</th><td></td>")
	p.number(r.rounded(r.Revenue.Expected))
	p.number(r.rounded(r.Revenue.Actual))
	p.change(r.signedRounded(r.Revenue.Variance), r.Revenue.Variance, r.Revenue.Favourable)
	p.number(optionalPercent(r.Revenue.Percent))
	p.change(r.signedRounded(r.Cost.Variance), r.Cost.Variance, r.Cost.Favourable)
	p.number(r.rounded(r.Margin.Actual))
	p.change(r.signedRounded(r.Margin.Variance), r.Margin.Variance, r.Margin.Favourable)
	if r.Revenue.RunRate != nil {
		p.number(r.rounded(*r.Revenue.RunRate))
	} else {
		p.number("")
	}
	p.raw("</tr>\n")
}

// causeTable is why: the causes of each line's revenue variance.
func (r *Report) causeTable(p *page) {
	var rows []*schemas.Variance
	for i := range r.Variances {
		if v := &r.Variances[i]; v.Measure == schemas.Revenue && !v.Variance.IsZero() {
			rows = append(rows, v)
		}
	}
	if len(rows) == 0 {
		return
	}
	p.raw("<section id=\"causes\"><h2>Causes of the revenue variances</h2>\n")
	p.tableHead("Amounts in "+string(r.Currency)+". Each row's causes add up to its variance.",
		"Line", "Price#", "Volume#", "Mix#", "Exchange rates#", "Unplanned#", "Missing#", "Unsplit#", "Variance#")
	shown := rows[:min(len(rows), mostLines)]
	row := func(name string, v *schemas.Variance) {
		p.element("th", "", name)
		for _, c := range causeList(&v.Causes) {
			if c.part.IsZero() {
				p.number("")
			} else {
				p.number(r.signedRounded(c.part))
			}
		}
		p.change(r.signedRounded(v.Variance), v.Variance, v.Favourable)
	}
	for _, v := range shown {
		p.raw("<tr>")
		row(r.place(v), v)
		p.raw("</tr>\n")
	}
	p.raw("<tr class=\"total\">")
	row("Total", &r.Revenue)
	p.raw("</tr>\n")
	p.tableEnd()
	p.more(len(shown), len(rows), "the workbook and the CSV file")
	p.raw("</section>\n")
}

// peerTables are the peers' bills, and the lines of them that do not agree.
func (r *Report) peerTables(p *page) {
	totals := r.peerTotals()
	if len(totals) == 0 {
		return
	}
	p.raw("<section id=\"peers\"><h2>Peer bills</h2>\n")
	p.tableHead("Amounts in the contract's currency.", "Peer", "Currency", "Lines#", "to settle#", "Expected#", "Billed#", "Difference#")
	for _, t := range totals {
		p.raw("<tr>")
		p.element("th", "", r.peer(t.peer))
		p.element("td", "", string(t.currency))
		p.number(string(appendFixed(nil, money.FixedFromInt(t.lines), 0)))
		p.number(string(appendFixed(nil, money.FixedFromInt(t.off), 0)))
		p.number(r.rounded(t.expected))
		p.number(r.rounded(t.actual))
		difference := t.actual.Sub(t.expected)
		p.change(r.signedRounded(difference), difference, difference.IsNegative())
		p.raw("</tr>\n")
	}
	p.tableEnd()
	r.matchTable(p)
	r.billTable(p)
	p.raw("</section>\n")
}

// billTable is what to do with each bill that is compared in detail.
func (r *Report) billTable(p *page) {
	if len(r.Bills) == 0 {
		return
	}
	p.tableHead("Bills held against our meters row by row. What is safe to pay is the bill without what is withheld; what is accrued was "+
		"metered, and is still to be billed. The discrepancies have each row.",
		"Peer", "Contract", "Bill#", "Currency", "Billed#", "Expected#", "safe to pay#", "withheld#", "accrued#", "came later#", "had been accrued#", "Discrepancies#")
	for i := range r.Bills {
		b := &r.Bills[i]
		p.raw("<tr>")
		p.element("th", "", r.peer(b.Peer))
		p.element("td", "", string(b.Contract))
		p.number(r.rounded(b.Billed) + " " + string(b.BilledCurrency))
		p.element("td", "", string(b.Currency))
		for _, amount := range []money.Decimal{b.Actual, b.Expected, b.SafeToPay, b.Withheld, b.Accrued, b.LaterBilled, b.LaterAccrued} {
			p.number(r.rounded(amount))
		}
		p.number(string(appendFixed(nil, money.FixedFromInt(b.Discrepancies), 0)))
		p.raw("</tr>\n")
	}
	p.tableEnd()
}

func (r *Report) matchTable(p *page) {
	var off []*schemas.PeerMatch
	for i := range r.Matches {
		if _, ok := r.matchItem(&r.Matches[i]); ok {
			off = append(off, &r.Matches[i])
		}
	}
	if len(off) == 0 {
		p.raw("<p class=\"soft\">Every line agrees with what we expect.</p>\n")
		return
	}
	p.tableHead("Lines that do not agree.", "Peer", "Service", "SKU", "Region", "Status", "Metered#", "Billed#", "Expected#", "Billed cost#", "Difference#", "by quantity#", "by price#")
	shown := off[:min(len(off), mostLines)]
	for _, m := range shown {
		p.raw("<tr>")
		p.element("th", "", r.peer(m.Peer))
		p.element("td", "", m.Service)
		p.element("td", "", string(m.SKU))
		p.element("td", "", m.Region)
		p.element("td", "", string(m.Status))
		metered := ""
		if m.Basis == schemas.BasisMeter { // else our meters were not asked, and 0 would say that they saw nothing
			metered = quantityRounded(m.Metered)
		}
		p.number(metered)
		p.number(quantityRounded(m.Billed) + " " + m.Unit)
		p.number(r.rounded(m.Expected))
		p.number(r.rounded(m.Actual) + " " + string(m.Currency))
		p.change(r.signedRounded(m.Difference), m.Difference, m.Difference.IsNegative())
		p.number(r.signedRounded(m.QuantityPart))
		p.number(r.signedRounded(m.PricePart))
		p.raw("</tr>\n")
	}
	p.tableEnd()
	p.more(len(shown), len(off), "the workbook and the CSV file")
}

// marginTable lists the accounts on which we lose money.
func (r *Report) marginTable(p *page) {
	var rows []*schemas.MarginRow
	for i := range r.Margins {
		if _, loss := r.marginItem(&r.Margins[i]); loss {
			rows = append(rows, &r.Margins[i])
		}
	}
	if len(rows) == 0 {
		return
	}
	p.raw("<section id=\"margins-below-zero\"><h2>Margins below zero</h2>\n")
	p.tableHead("", "Account", "Offering", "Currency", "Revenue#", "Cost#", "Margin#", "%#")
	shown := rows[:min(len(rows), mostPeople)]
	for _, m := range shown {
		p.raw("<tr>")
		p.element("th", "", string(m.Account))
		p.element("td", "", r.offering(m.Offering))
		p.element("td", "", string(m.Currency))
		p.number(r.rounded(m.Revenue))
		p.number(r.rounded(m.Cost))
		p.change(r.signedRounded(m.Margin), m.Margin, false)
		p.number(optionalPercent(m.Percent))
		p.raw("</tr>\n")
	}
	p.tableEnd()
	p.more(len(shown), len(rows), "the workbook and the dataset")
	p.raw("</section>\n")
}

// findingTable lists the codes with their meaning and what to do.
func (r *Report) findingTable(p *page) {
	if len(r.Findings) == 0 {
		return
	}
	p.raw("<section id=\"findings\"><h2>Findings</h2>\n")
	p.tableHead("", "Code", "Severity", "Findings#", "Rows kept out#", "Meaning", "What to do")
	for _, f := range r.Findings {
		info, _ := f.Code.Info()
		p.raw("<tr>")
		p.element("th", "", string(f.Code))
		p.element("td", "", string(f.Severity))
		p.number(string(appendFixed(nil, money.FixedFromInt(f.Findings), 0)))
		p.number(string(appendFixed(nil, money.FixedFromInt(f.Rows), 0)))
		p.element("td", "", sentence(info.Meaning))
		p.element("td", "", sentence(info.Fix))
		p.raw("</tr>\n")
	}
	p.tableEnd()
	p.raw("</section>\n")
}

// roundingTable says what declared rounding left out, to the last digit.
func (r *Report) roundingTable(p *page) {
	if len(r.Rounding) == 0 {
		return
	}
	p.raw("<section id=\"rounding\"><h2>What rounding left out</h2>\n")
	p.tableHead("", "Source", "Column", "In", "Values rounded#", "Delivered less counted#")
	shown := r.Rounding[:min(len(r.Rounding), mostPeople)]
	for i := range shown {
		x := &shown[i]
		p.raw("<tr>")
		p.element("th", "", string(x.Source))
		p.element("td", "", x.Column)
		p.element("td", "", x.Of)
		p.number(string(appendFixed(nil, money.FixedFromInt(x.Values), 0)))
		p.number(x.Residue.String())
		p.raw("</tr>\n")
	}
	p.tableEnd()
	p.more(len(shown), len(r.Rounding), "the manifest")
	p.raw("</section>\n")
}

// quantityRounded is a quantity for people, to three decimal places.
func quantityRounded(d money.Decimal) string {
	return string(appendDecimal(nil, money.RoundTo(d, 3, money.HalfEven), 0))
}
