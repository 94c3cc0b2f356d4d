package document

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"daybook/schemas"
)

// Limits of a worksheet.
const (
	// mostSheetRows leaves room for the header below Excel's 1,048,576.
	mostSheetRows = 1_000_000
	// longestCell is what a cell holds, in UTF-16 units at most as many.
	longestCell = 32_000
)

// Workbook writes the report as an XLSX file: a summary with a chart, what needs attention, and every row behind them.
// A number is a number where a spreadsheet keeps all its digits, and text where it would not. The same report gives the
// same bytes.
//
// The error is that of the library, with the sheet's name.
func (r *Report) Workbook() ([]byte, error) {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }() // nothing is kept on disk
	start, _ := r.Period.Bounds(time.UTC)
	stamp := start.Format("2006-01-02T15:04:05Z")
	if err := f.SetDocProps(&excelize.DocProperties{
		Title: "Variances " + string(r.Period), Creator: "daybook", LastModifiedBy: "daybook", Created: stamp, Modified: stamp,
	}); err != nil {
		return nil, fmt.Errorf("write workbook of %s: properties: %w", r.Period, err)
	}
	w := &workbook{file: f}
	w.style()
	w.summary(r)
	w.toDate(r)
	grids := []Grid{AttentionGrid(r.Attention()), VarianceGrid(r.Variances)}
	if r.Earnings.Customers.Count > 0 {
		grids = append(grids, r.Earnings.Customers.grid(), r.Earnings.Accounts.grid())
	}
	if len(r.Forecasts) > 0 {
		grids = append(grids, ForecastGrid(r.Forecasts))
	}
	if len(r.Changes) > 0 {
		grids = append(grids, ChangeGrid(r.Changes))
	}
	grids = append(grids, MatchGrid(r.Matches), MarginGrid(r.Margins), DayGrid(r.Days), FindingGrid(r.Findings))
	if len(r.Bills) > 0 {
		grids = append(grids, BillGrid(r.Bills))
	}
	for i := range grids {
		w.sheet(&grids[i])
	}
	if w.err != nil {
		return nil, fmt.Errorf("write workbook of %s: %w", r.Period, w.err)
	}
	// The library lists the types of pictures in the order of a map.
	types := f.ContentTypes.Defaults
	sort.Slice(types, func(i, j int) bool { return types[i].Extension < types[j].Extension })
	var out bytes.Buffer
	if _, err := f.WriteTo(&out); err != nil {
		return nil, fmt.Errorf("write workbook of %s: %w", r.Period, err)
	}
	return out.Bytes(), nil
}

// workbook writes sheets and keeps the first error.
type workbook struct {
	file *excelize.File
	err  error
	// styles by kind of column, and those of heads.
	kinds            [GridCount + 1]int
	head, title, big int
}

func (w *workbook) try(what string, err error) {
	if err != nil && w.err == nil {
		w.err = fmt.Errorf("%s: %w", what, err)
	}
}

func (w *workbook) newStyle(s *excelize.Style) int {
	id, err := w.file.NewStyle(s)
	w.try("style", err)
	return id
}

func (w *workbook) style() {
	formats := map[GridKind]string{
		GridAmount: "#,##0.00##;[Red]-#,##0.00##", GridQuantity: "#,##0.######", GridPercent: `0.0##"%";[Red]-0.0##"%"`, GridCount: "#,##0",
	}
	for kind := GridText; kind <= GridCount; kind++ {
		style := &excelize.Style{Alignment: &excelize.Alignment{Vertical: "top"}}
		if format, ok := formats[kind]; ok {
			style.CustomNumFmt = &format
			style.Alignment.Horizontal = "right"
		}
		w.kinds[kind] = w.newStyle(style)
	}
	w.head = w.newStyle(&excelize.Style{
		Font: &excelize.Font{Bold: true, Color: "FFFFFF"}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"0B6E75"}},
		Alignment: &excelize.Alignment{Vertical: "center", WrapText: true},
	})
	w.title = w.newStyle(&excelize.Style{Font: &excelize.Font{Bold: true, Size: 16}})
	w.big = w.newStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
}

// sheet writes a grid: a frozen head, a filter on every column, widths that fit.
func (w *workbook) sheet(g *Grid) {
	name := g.Name
	_, err := w.file.NewSheet(name)
	w.try(name, err)
	rows := g.Rows
	if len(rows) > mostSheetRows {
		rows = rows[:mostSheetRows]
	}
	for i, c := range g.Columns {
		w.text(name, i+1, 1, c.Name, w.head)
	}
	widths := make([]int, len(g.Columns))
	for i, c := range g.Columns {
		widths[i] = len(c.Name) + 3
	}
	for y, row := range rows {
		for x, c := range row {
			w.cell(name, x+1, y+2, c, g.Columns[x].Kind)
			widths[x] = max(widths[x], min(utf8.RuneCountInString(c.Text)+2, 60))
		}
	}
	if beyond := g.Beyond + len(g.Rows) - len(rows); beyond > 0 {
		w.text(name, 1, len(rows)+2, fmt.Sprintf("%d more %s in the CSV file and the dataset", beyond, schemas.OneOrMany(beyond, "row stands", "rows stand")), w.big)
	}
	for i, width := range widths {
		column, err := excelize.ColumnNumberToName(i + 1)
		w.try(name, err)
		w.width(name, column, width)
	}
	w.try(name, w.file.SetRowHeight(name, 1, 22))
	w.try(name, w.file.SetPanes(name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
	last, err := excelize.CoordinatesToCellName(len(g.Columns), len(rows)+1)
	w.try(name, err)
	w.try(name, w.file.AutoFilter(name, "A1:"+last, nil))
	w.page(name)
}

// width sets a column to one of a few widths: the next above what its longest text needs.
func (w *workbook) width(sheet, column string, letters int) {
	var err error
	switch {
	case letters <= 10:
		err = w.file.SetColWidth(sheet, column, column, 11)
	case letters <= 16:
		err = w.file.SetColWidth(sheet, column, column, 17)
	case letters <= 26:
		err = w.file.SetColWidth(sheet, column, column, 27)
	case letters <= 40:
		err = w.file.SetColWidth(sheet, column, column, 41)
	default:
		err = w.file.SetColWidth(sheet, column, column, 62)
	}
	w.try(sheet, err)
}

// page sets a sheet up for paper: landscape, as wide as one page, its head on each.
func (w *workbook) page(name string) {
	landscape, fit, zero := "landscape", true, 0
	one := 1
	w.try(name, w.file.SetPageLayout(name, &excelize.PageLayoutOptions{Orientation: &landscape, FitToWidth: &one, FitToHeight: &zero}))
	w.try(name, w.file.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}))
	w.try(name, w.file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "'" + name + "'!$1:$1", Scope: name}))
}

func (w *workbook) text(sheet string, x, y int, s string, style int) {
	at, err := excelize.CoordinatesToCellName(x, y)
	w.try(sheet, err)
	w.try(sheet, w.file.SetCellStr(sheet, at, clean(s)))
	w.try(sheet, w.file.SetCellStyle(sheet, at, at, style))
}

// cell writes one value. A text cell is typed as text, so that nothing in it is ever a formula.
func (w *workbook) cell(sheet string, x, y int, c Cell, kind GridKind) {
	if c.Text == "" {
		return
	}
	if !c.Number {
		w.text(sheet, x, y, c.Text, w.kinds[kind])
		return
	}
	at, err := excelize.CoordinatesToCellName(x, y)
	w.try(sheet, err)
	// The decimal text itself is stored: it never passes through a binary fraction on our side. A spreadsheet computes with
	// some fifteen digits of it. Longer numbers are not texts for that: a sum would pass over them in silence.
	w.try(sheet, w.file.SetCellDefault(sheet, at, c.Text))
	w.try(sheet, w.file.SetCellStyle(sheet, at, at, w.kinds[kind]))
}

// clean cuts a text to what a cell holds and takes out the characters that XML cannot carry.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == '\uFFFE' || r == '\uFFFF' {
			return '\uFFFD'
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	if len(s) <= longestCell {
		return s
	}
	return strings.ToValidUTF8(s[:longestCell], "")
}

// summary is the first sheet: headline, totals, and a chart of the largest variances.
func (w *workbook) summary(r *Report) {
	const name = "Summary"
	w.try(name, w.file.SetSheetName("Sheet1", name))
	w.text(name, 1, 1, cmp.Or(r.Provider, "Variances")+", "+string(r.Period), w.title)
	w.text(name, 1, 2, r.state(), w.big)
	for i, h := range []string{"Measure (" + string(r.Currency) + ")", "Plan of the month", "Expected to date", "Actual", "Variance", "Variance %", "Run rate", "Plan of its lines", "Charged for days to come", "To be judged"} {
		w.text(name, i+1, 4, h, w.head)
	}
	for y, v := range []*schemas.Variance{&r.Revenue, &r.Cost, &r.Margin} {
		w.text(name, 1, 5+y, string([]schemas.Measure{schemas.Revenue, schemas.Cost, schemas.Margin}[y]), w.big)
		for x, c := range []Cell{numberCell(v.Plan), numberCell(v.Expected), numberCell(v.Actual), numberCell(v.Variance)} {
			w.cell(name, x+2, 5+y, c, GridAmount)
		}
		w.cell(name, 6, 5+y, optionalCell(v.Percent), GridPercent)
		w.cell(name, 7, 5+y, optionalCell(v.RunRate), GridAmount)
		if v.RunRate != nil {
			w.cell(name, 8, 5+y, numberCell(v.RunRatePlan), GridAmount)
		}
		w.cell(name, 9, 5+y, numberCell(v.Coming), GridAmount)
		w.cell(name, 10, 5+y, numberCell(v.Pending), GridAmount)
	}
	w.try(name, w.file.SetColWidth(name, "A", "A", 34))
	w.try(name, w.file.SetColWidth(name, "B", "J", 19))
	largest := r.largest(schemas.Revenue, 12)
	if len(largest) == 0 {
		return
	}
	const first = 10
	w.text(name, 1, first, "Largest revenue variances", w.head)
	w.text(name, 2, first, "Variance", w.head)
	for i, v := range largest {
		w.text(name, 1, first+1+i, r.place(v), w.kinds[GridText])
		w.cell(name, 2, first+1+i, numberCell(v.Variance), GridAmount)
	}
	last := first + len(largest)
	w.try(name, w.file.AddChart(name, "D9", &excelize.Chart{
		Type: excelize.Bar,
		Series: []excelize.ChartSeries{{
			Name:       "'Summary'!$B$10",
			Categories: fmt.Sprintf("'Summary'!$A$%d:$A$%d", first+1, last),
			Values:     fmt.Sprintf("'Summary'!$B$%d:$B$%d", first+1, last),
			Fill:       excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"0B6E75"}},
		}},
		Title:     excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: "Revenue, actual minus expected"}}},
		Legend:    excelize.ChartLegend{Position: "none"},
		YAxis:     excelize.ChartAxis{MajorGridLines: true},
		XAxis:     excelize.ChartAxis{ReverseOrder: true, TickLabelPosition: excelize.ChartTickLabelLow},
		Dimension: excelize.ChartDimension{Width: 720, Height: 420},
	}))
}

// largest returns the variances of a measure with the largest size, at most so many, zeros left out.
func (r *Report) largest(m schemas.Measure, most int) []*schemas.Variance {
	var out []*schemas.Variance
	for i := range r.Variances {
		if v := &r.Variances[i]; v.Measure == m && !v.Variance.IsZero() {
			out = append(out, v)
		}
	}
	slices.SortStableFunc(out, func(a, b *schemas.Variance) int { return b.Variance.Abs().Cmp(a.Variance.Abs()) })
	return out[:min(len(out), most)]
}

// place names the offering and region of a variance.
func (r *Report) place(v *schemas.Variance) string {
	if v.Region == "" {
		return r.offering(v.Offering)
	}
	return r.offering(v.Offering) + ", " + v.Region
}

// state says in a sentence how far the figures can be relied on.
func (r *Report) state() string {
	s := "Complete"
	if r.Provisional {
		s = "Provisional"
	}
	if r.Through.IsZero() {
		return s + "."
	}
	return s + ", through " + r.Through.String() + "."
}
