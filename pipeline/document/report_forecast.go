package document

import (
	"strconv"

	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/planned"
)

// forecasts is what the month and the year have come to and will come to, by line and in all.
func (r *Report) forecasts(p *page) {
	if len(r.Forecasts) == 0 {
		return
	}
	p.raw("<section id=\"forecasts\"><h2>Year to date and forecast</h2>\n")
	p.tableHead("Amounts in "+string(r.Currency)+". A dot marks what is material.",
		"Of", "Line", "Measure", "To date#", "expected#", "variance#", "Forecast#", "from#", "to#", "Plan#", "Difference#", "Method", "Data through", "Complete", "Not known")
	shown := r.Forecasts[:min(len(r.Forecasts), mostLines)]
	for i := range shown {
		f := &shown[i]
		p.raw("<tr>")
		p.element("th", "", string(f.Horizon))
		name := "Total"
		if f.Method != planned.SumOfLines {
			name = r.place(&schemas.Variance{Offering: f.Offering, Region: f.Region})
		}
		p.element("td", "", name)
		p.element("td", "", string(f.Measure))
		p.number(r.rounded(f.Actual))
		p.number(r.rounded(f.Expected))
		p.change(r.signedRounded(f.Variance), f.Variance, f.Variance.IsPositive() == (f.Measure != schemas.Cost))
		for _, d := range []*money.Decimal{f.Forecast, f.Low, f.High} {
			p.number(r.optionalRounded(d))
		}
		p.number(r.rounded(f.Plan))
		if f.Difference == nil {
			p.number("")
		} else {
			dot := ""
			if f.Material {
				dot = " ●"
			}
			p.change(r.signedRounded(*f.Difference)+dot, *f.Difference, f.Favourable)
		}
		p.element("td", "", f.Method)
		p.element("td", "", f.Through.String())
		p.element("td", "", yesNo(f.Complete).Text)
		p.element("td", "", notKnown(f))
		p.raw("</tr>\n")
	}
	p.tableEnd()
	p.more(len(shown), len(r.Forecasts), "forecasts.csv")
	p.raw("</section>\n")
}

// notKnown says what a forecast lacks.
func notKnown(f *planned.Forecast) string {
	if f.Lacking == "" {
		return f.Why
	}
	lacking := "no run of " + f.Lacking
	if f.Why != "" {
		lacking += "; " + f.Why
	}
	return lacking
}

func (r *Report) optionalRounded(d *money.Decimal) string {
	if d == nil {
		return ""
	}
	return r.rounded(*d)
}

// ForecastGrid shows forecasts under the columns of planned.Forecasts.
func ForecastGrid(rows []planned.Forecast) Grid {
	g := gridOf(&planned.Forecasts, "Forecasts", nil, planned.ForecastSteps)
	for i := range rows {
		f := &rows[i]
		g.Rows = append(g.Rows, []Cell{
			textCell(f.ID), textCell(f.Period), textCell(f.Horizon), textCell(f.Offering), textCell(f.Region), textCell(f.Measure), textCell(f.Unit),
			numberCell(f.Plan), numberCell(f.Actual), numberCell(f.Expected), numberCell(f.Variance),
			{Text: strconv.FormatInt(f.Months, 10), Number: true},
			textCell(f.Lacking),
			optionalCell(f.Forecast), optionalCell(f.Difference), optionalCell(f.Low), optionalCell(f.High), textCell(f.Why), textCell(f.Method),
			textCell(f.Through.String()), yesNo(f.Complete), textCell(f.Effect()), yesNo(f.Material),
		})
	}
	return g
}
