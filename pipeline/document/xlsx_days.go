package document

import (
	"fmt"

	"github.com/xuri/excelize/v2"
)

// toDate is the sheet of the month to date: revenue by day against the plan, in figures and as lines.
func (w *workbook) toDate(r *Report) {
	const name = "Month to date"
	totals := r.dayTotals()
	if len(totals) == 0 {
		return
	}
	g := Grid{Name: name, Columns: []GridColumn{
		{"Day", GridText}, {"Revenue", GridAmount}, {"Revenue to date", GridAmount}, {"Expected to date", GridAmount}, {"Currency", GridText},
	}}
	for i := range totals {
		d := &totals[i]
		g.Rows = append(g.Rows, []Cell{
			textCell(d.Day.String()), numberCell(d.Revenue), numberCell(d.ToDate), numberCell(d.Expected), textCell(d.Currency),
		})
	}
	w.sheet(&g)
	last := len(g.Rows) + 1
	line := func(column, colour string) excelize.ChartSeries {
		fill := excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
		return excelize.ChartSeries{
			Name:       fmt.Sprintf("'%s'!$%s$1", name, column),
			Categories: fmt.Sprintf("'%s'!$A$2:$A$%d", name, last),
			Values:     fmt.Sprintf("'%s'!$%s$2:$%s$%d", name, column, column, last),
			Line:       excelize.LineOptions{Type: excelize.LineSolid, Width: 2, Fill: fill},
			Marker:     excelize.ChartMarker{Symbol: "none"},
		}
	}
	w.try(name, w.file.AddChart(name, "G2", &excelize.Chart{
		Type:      excelize.Line,
		Series:    []excelize.ChartSeries{line("C", "0B6E75"), line("D", "8A8F98")},
		Title:     excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: "Revenue to date against plan, " + string(r.Currency)}}},
		Legend:    excelize.ChartLegend{Position: "bottom"},
		YAxis:     excelize.ChartAxis{MajorGridLines: true},
		Dimension: excelize.ChartDimension{Width: 720, Height: 420},
	}))
}
