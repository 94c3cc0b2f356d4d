package document

import (
	"cmp"
	"slices"

	"daybook/pipeline/document/markup"
	"daybook/schemas"
	"daybook/schemas/money"
)

// offeringTotal is what an offering earns over all regions.
type offeringTotal struct {
	offering              schemas.OfferingID
	revenue, cost, margin money.Decimal
}

// offeringTotals adds the actuals up by offering, the largest margin first.
func (r *Report) offeringTotals() []offeringTotal {
	var out []offeringTotal
	for i := range r.Variances {
		v := &r.Variances[i]
		at := slices.IndexFunc(out, func(t offeringTotal) bool { return t.offering == v.Offering })
		if at < 0 {
			at = len(out)
			out = append(out, offeringTotal{offering: v.Offering})
		}
		switch v.Measure {
		case schemas.Units:
		case schemas.Revenue:
			out[at].revenue = out[at].revenue.Add(v.Actual)
		case schemas.Cost:
			out[at].cost = out[at].cost.Add(v.Actual)
		case schemas.Margin:
			out[at].margin = out[at].margin.Add(v.Actual)
		}
	}
	out = slices.DeleteFunc(out, func(t offeringTotal) bool { return t.revenue.IsZero() && t.cost.IsZero() })
	slices.SortStableFunc(out, func(a, b offeringTotal) int {
		return cmp.Or(b.margin.Cmp(a.margin), cmp.Compare(a.offering, b.offering))
	})
	return out
}

func (r *Report) hasOfferings() bool { return len(r.offeringTotals()) > 0 }

// drawMargin is what each offering leaves, and who costs more than it pays.
func (r *Report) drawMargin(p *markup.Page) {
	p.Raw("<div class=\"figures\">\n")
	r.marginBars(p)
	p.Raw("</div>\n")
	r.marginTable(p)
}

// marginBars draws the margin of each offering.
func (r *Report) marginBars(p *markup.Page) {
	totals := r.offeringTotals()
	p.Figure("margins", "Margin by offering", "", true, markup.Sources{Explain: r.totalID(schemas.Margin), Files: []string{"margins.csv"}})
	var bars []markup.Bar
	var rows [][]string
	for i, t := range totals {
		share := ""
		if s, err := money.MulDivRound(t.margin, money.NewDecimal(100, 0), t.revenue, 1, money.HalfEven); err == nil {
			share = percentRounded(s)
		}
		rows = append(rows, []string{r.offering(t.offering), r.rounded(t.revenue), r.rounded(t.cost), r.rounded(t.margin), share})
		// The best and the worst are what matters.
		if len(totals) > mostBars && i >= mostBars/2 && i < len(totals)-mostBars/2 {
			continue
		}
		text := r.short(t.margin)
		if share != "" {
			text += ", " + share
		}
		bars = append(bars, markup.Bar{Label: r.offering(t.offering), Value: t.margin, Text: text, Class: upOrDown(!t.margin.IsNegative())})
	}
	p.Dst = markup.AppendBars(p.Dst, "margins-picture", "Margin by offering", "Actual margin in "+string(r.Currency)+" and in a hundred of revenue, largest first.", bars)
	p.Numbers([]string{"Offering", "Revenue#", "Cost#", "Margin#", "Margin %#"}, rows)
	p.FigureEnd()
}

// marginTable lists the accounts on which we lose money.
func (r *Report) marginTable(p *markup.Page) {
	var rows []*schemas.MarginRow
	for i := range r.Margins {
		if _, loss := r.marginItem(&r.Margins[i]); loss {
			rows = append(rows, &r.Margins[i])
		}
	}
	if len(rows) == 0 {
		return
	}
	p.Sub("margins-below-zero", "Margins below zero", markup.Files("margins.csv"))
	p.Table("", "Account", "Offering?", "Currency?", "Revenue#", "Cost#", "Margin#", "%#")
	shown := rows[:min(len(rows), mostPeople)]
	for _, m := range shown {
		p.Row(m.ID)
		p.Head(string(m.Account))
		p.Cell(r.offering(m.Offering))
		p.Cell(string(m.Currency))
		p.Number(r.rounded(m.Revenue))
		p.Number(r.rounded(m.Cost))
		p.Change(r.signedRounded(m.Margin), m.Margin, false)
		p.Number(optionalPercent(m.Percent))
		p.RowEnd()
	}
	p.TableEnd()
	p.More(len(shown), len(rows), "the workbook and the dataset")
}
