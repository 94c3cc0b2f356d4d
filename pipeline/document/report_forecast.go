package document

import (
	"strconv"

	"daybook/pipeline/document/markup"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/planned"
)

// forecasts is what the month and the year have come to and will come to, by line and in all.
func (r *Report) forecasts(p *markup.Page) {
	if len(r.Forecasts) == 0 {
		return
	}
	p.Sub("forecasts", "Year to date and forecast", markup.Files("forecasts.csv"))
	p.Table("Amounts in "+string(r.Currency)+". A dot marks what is material.",
		"Of?", "Line", "Measure?", "To date#", "expected#", "variance#", "Forecast#", "from#", "to#", "Plan#", "Difference#", "Method", "Data through", "Complete", "Not known")
	shown := r.Forecasts[:min(len(r.Forecasts), mostLines)]
	for i := range shown {
		f := &shown[i]
		p.Row(f.ID)
		p.Head(string(f.Horizon))
		name := "Total"
		if f.Method != planned.SumOfLines {
			name = r.place(&schemas.Variance{Offering: f.Offering, Region: f.Region, Segment: f.Segment, Peer: f.Peer})
		}
		p.Cell(name)
		p.Cell(string(f.Measure))
		p.Number(r.rounded(f.Actual))
		p.Number(r.rounded(f.Expected))
		p.Change(r.signedRounded(f.Variance), f.Variance, f.Variance.IsPositive() == (f.Measure != schemas.Cost))
		for _, d := range []*money.Decimal{f.Forecast, f.Low, f.High} {
			p.Number(r.optionalRounded(d))
		}
		p.Number(r.rounded(f.Plan))
		if f.Difference == nil {
			p.Number("")
		} else {
			dot := ""
			if f.Material {
				dot = " ●"
			}
			p.Change(r.signedRounded(*f.Difference)+dot, *f.Difference, f.Favourable)
		}
		p.Cell(f.Method)
		p.Cell(f.Through.String())
		p.Cell(yesNo(f.Complete).Text)
		p.Cell(notKnown(f))
		p.RowEnd()
	}
	p.TableEnd()
	p.More(len(shown), len(r.Forecasts), "forecasts.csv")
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
			textCell(f.ID), textCell(f.Period), textCell(f.Horizon), textCell(f.Offering), textCell(f.Region), textCell(f.Segment), textCell(f.Peer), textCell(f.Measure), textCell(f.Unit),
			numberCell(f.Plan), numberCell(f.Actual), numberCell(f.Expected), numberCell(f.Variance),
			{Text: strconv.FormatInt(f.Months, 10), Number: true},
			textCell(f.Lacking),
			optionalCell(f.Forecast), optionalCell(f.Difference), optionalCell(f.Low), optionalCell(f.High), textCell(f.Why), textCell(f.Method),
			textCell(f.Through.String()), yesNo(f.Complete), textCell(f.Effect()), yesNo(f.Material),
		})
	}
	return g
}
