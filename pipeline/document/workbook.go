package document

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"daybook/pipeline/document/markup"
	"daybook/pipeline/document/xlsx"
	"daybook/schemas"
	"daybook/schemas/money"
)

// mostSheetRows leaves room for head and sums within Excel's 1,048,576.
const mostSheetRows = 1_000_000

// Workbook writes the report as an XLSX file: a summary that prints on one page and leads to the others, what needs attention, and
// every row behind them. Every figure keeps all its digits in the file. The same report gives the same bytes.
//
// The error is a cell that cannot be written, with its sheet.
func (r *Report) Workbook() ([]byte, error) {
	b := xlsx.Book{Title: "Variances " + string(r.Period)}
	b.Stamp, _ = r.Period.Bounds(time.UTC)
	grids := []Grid{AttentionGrid(r.Attention()), r.productGrid()}
	b.Sheets = append(b.Sheets, xlsx.Sheet{}) // the summary, which counts the others
	if days := r.dayGrid(); len(days.Rows) > 0 {
		grids = append(grids, days)
	}
	grids = append(grids, VarianceGrid(r.Variances))
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
		s := grids[i].sheet()
		if s.Name == monthToDate {
			r.toDateChart(&s)
		}
		b.Sheets = append(b.Sheets, s)
	}
	b.Sheets[0] = r.summary(grids)
	out, err := b.Write()
	if err != nil {
		return nil, fmt.Errorf("write workbook of %s: %w", r.Period, err)
	}
	return out, nil
}

// kinds are how the columns of a grid are kept in a spreadsheet.
var kinds = map[GridKind]xlsx.Kind{
	GridText: xlsx.Text, GridAmount: xlsx.Amount, GridQuantity: xlsx.Quantity, GridPercent: xlsx.Percent, GridCount: xlsx.Count, GridDay: xlsx.Day,
}

// sheet is a grid as a sheet: a head that stays, a filter on every column, widths that fit, and below the rows the sums of what adds
// up, which follow the filter.
func (g *Grid) sheet() xlsx.Sheet {
	rows := g.Rows[:min(len(g.Rows), mostSheetRows)]
	s := xlsx.Sheet{Name: g.Name, Head: 1, Filter: len(rows) + 1, Widths: make([]int, len(g.Columns)), Rows: make([][]xlsx.Cell, 0, len(rows)+3)}
	cells := make([]xlsx.Cell, (len(rows)+1)*len(g.Columns))
	take := func() (row []xlsx.Cell) {
		row, cells = cells[:len(g.Columns):len(g.Columns)], cells[len(g.Columns):]
		s.Rows = append(s.Rows, row)
		return row
	}
	for i, row := 0, take(); i < len(row); i++ {
		row[i] = xlsx.Cell{Kind: headOf(g.Columns[i].Kind), Text: g.Columns[i].Name}
		s.Widths[i] = len(g.Columns[i].Name) + 3
	}
	for y := range rows {
		row := take()
		for x, c := range rows[y] {
			row[x] = sheetCell(c, g.Columns[x].Kind)
			s.Widths[x] = max(s.Widths[x], min(utf8.RuneCountInString(c.Text)+2, 60))
		}
	}
	for i, letters := range s.Widths {
		s.Widths[i] = widthFor(letters)
	}
	if sums := g.sums(rows); sums != nil {
		s.Rows = append(s.Rows, sums)
	}
	if beyond := g.Beyond + len(g.Rows) - len(rows); beyond > 0 {
		text := fmt.Sprintf("%d more %s in the CSV file and the dataset", beyond, schemas.OneOrMany(beyond, "row stands", "rows stand"))
		s.Rows = append(s.Rows, []xlsx.Cell{{Kind: xlsx.Strong, Text: text}})
	}
	return s
}

// headOf is the kind of the head of a column.
func headOf(kind GridKind) xlsx.Kind {
	if kind == GridText || kind == GridDay {
		return xlsx.Head
	}
	return xlsx.HeadNumber
}

// sums is a row of what each column adds up to of the rows that a filter leaves; nil where none adds up, or there are none.
func (g *Grid) sums(rows [][]Cell) []xlsx.Cell {
	if len(rows) == 0 || !slices.ContainsFunc(g.Columns, func(c GridColumn) bool { return c.Adds }) {
		return nil
	}
	out := make([]xlsx.Cell, len(g.Columns))
	out[0] = xlsx.Cell{Kind: xlsx.Strong, Text: "Sum of the rows shown"}
	for x, c := range g.Columns {
		if !c.Adds {
			continue
		}
		sum := money.Zero
		for _, row := range rows {
			if d, err := money.ParseDecimal(row[x].Text); err == nil {
				sum = sum.Add(d)
			}
		}
		column := xlsx.ColumnName(x + 1)
		out[x] = xlsx.Cell{Kind: kinds[c.Kind], Text: sum.String(), Formula: fmt.Sprintf("SUBTOTAL(109,%s2:%s%d)", column, column, len(rows)+1)}
	}
	return out
}

// sheetCell is a cell of a grid. What a column of numbers or days has of other texts stays a text.
func sheetCell(c Cell, kind GridKind) xlsx.Cell {
	switch {
	case c.Number:
		if kind == GridText || kind == GridDay {
			kind = GridAmount
		}
		return xlsx.Cell{Kind: kinds[kind], Text: c.Text}
	case kind == GridDay:
		if _, err := schemas.ParseDate(c.Text); err == nil {
			return xlsx.Cell{Kind: xlsx.Day, Text: c.Text}
		}
	}
	return xlsx.Cell{Text: c.Text}
}

// widthFor is one of a few widths: the next above what a column's longest text needs.
func widthFor(letters int) int {
	for _, width := range []int{11, 17, 27, 41} {
		if letters < width {
			return width
		}
	}
	return 62
}

// summary is the first sheet: headline, totals that are summed from the rows behind them, where the others are, and a chart.
func (r *Report) summary(grids []Grid) xlsx.Sheet {
	const name = "Summary"
	s := xlsx.Sheet{Name: name, OnePage: true, Widths: []int{36, 19, 19, 19, 19, 19, 19, 19, 26, 19}}
	add := func(cells ...xlsx.Cell) { s.Rows = append(s.Rows, cells) }
	add(xlsx.Cell{Kind: xlsx.Title, Text: cmp.Or(r.Provider, "Variances") + ", " + string(r.Period)})
	add(xlsx.Cell{Kind: xlsx.Strong, Text: r.state()}, xlsx.Cell{}, xlsx.Cell{Kind: xlsx.Link, Text: "The report as a page", To: "variance.html"})
	add()
	head := []xlsx.Cell{}
	for _, h := range []string{"Measure (" + string(r.Currency) + ")", "Plan of the month", "Expected to date", "Actual", "Variance", "Variance %", "Run rate", "Plan of its lines", "Charged for days to come", "To be judged"} {
		head = append(head, xlsx.Cell{Kind: xlsx.HeadNumber, Text: h})
	}
	head[0].Kind = xlsx.Head
	add(head...)
	for i, v := range []*schemas.Variance{&r.Revenue, &r.Cost, &r.Margin} {
		measure := []schemas.Measure{schemas.Revenue, schemas.Cost, schemas.Margin}[i]
		row := []xlsx.Cell{{Kind: xlsx.Strong, Text: string(measure)}}
		for _, x := range []struct {
			column int
			amount money.Decimal
		}{{schemas.VarPlan, v.Plan}, {schemas.VarExpected, v.Expected}, {schemas.VarActual, v.Actual}, {schemas.VarVariance, v.Variance}} {
			row = append(row, r.sumOf(measure, x.column, x.amount))
		}
		row = append(row, sheetCell(optionalCell(v.Percent), GridPercent), sheetCell(optionalCell(v.RunRate), GridAmount), xlsx.Cell{})
		if v.RunRate != nil {
			row[len(row)-1] = sheetCell(numberCell(v.RunRatePlan), GridAmount)
		}
		add(append(row, sheetCell(numberCell(v.Coming), GridAmount), sheetCell(numberCell(v.Pending), GridAmount))...)
	}
	add()
	add(xlsx.Cell{Kind: xlsx.Head, Text: "Sheet"}, xlsx.Cell{Kind: xlsx.HeadNumber, Text: "Rows"})
	for i := range grids {
		g := &grids[i]
		add(xlsx.Cell{Kind: xlsx.Link, Text: g.Name, To: xlsx.Place(g.Name, 1, 1)}, sheetCell(countCell(int64(len(g.Rows))), GridCount))
	}
	r.largestChart(&s)
	return s
}

// sumOf is a total as the sum of its measure's rows.
func (r *Report) sumOf(m schemas.Measure, column int, amount money.Decimal) xlsx.Cell {
	last := strconv.Itoa(len(r.Variances) + 1)
	sums, measures := xlsx.ColumnName(column+1), xlsx.ColumnName(schemas.VarMeasure+1)
	return xlsx.Cell{
		Kind: xlsx.Amount, Text: amount.String(),
		Formula: "SUMIFS(Variances!$" + sums + "$2:$" + sums + "$" + last + ",Variances!$" + measures + "$2:$" + measures + "$" + last + `,"` + string(m) + `")`,
	}
}

// largestChart is the largest variances of revenue, in figures and as bars.
func (r *Report) largestChart(s *xlsx.Sheet) {
	largest := r.largest(schemas.Revenue, mostBars)
	if len(largest) == 0 {
		return
	}
	s.Rows = append(s.Rows, nil, []xlsx.Cell{{Kind: xlsx.Head, Text: "Largest revenue variances"}, {Kind: xlsx.HeadNumber, Text: "Variance"}})
	at := len(s.Rows)
	for _, v := range largest {
		s.Rows = append(s.Rows, []xlsx.Cell{{Text: r.place(v)}, sheetCell(numberCell(v.Variance), GridAmount)})
	}
	s.Charts = []xlsx.Chart{{
		Title: "Revenue, actual minus expected", Column: 4, Row: 9,
		Series: []xlsx.Series{{Sheet: s.Name, Category: 1, Value: 2, Name: at, First: at + 1, After: len(s.Rows) + 1, Colour: "0B6E75"}},
	}}
}

// productGrid is what each cause did to the revenue of each product.
func (r *Report) productGrid() Grid {
	g := Grid{Name: "Products", Columns: []GridColumn{{Name: "OfferingId"}, {Name: "Offering"}, {Name: "Expected", Kind: GridAmount, Adds: true}}}
	for _, c := range causeList(&schemas.Causes{}) {
		g.Columns = append(g.Columns, GridColumn{Name: markup.SentenceCase(c.name), Kind: GridAmount, Adds: true})
	}
	g.Columns = append(g.Columns, GridColumn{Name: "Actual", Kind: GridAmount, Adds: true}, GridColumn{Name: "Variance", Kind: GridAmount, Adds: true}, GridColumn{Name: "Currency"})
	products := r.byProduct()
	for i := range products {
		v := &products[i]
		row := []Cell{textCell(v.Offering), textCell(r.offering(v.Offering)), numberCell(v.Expected)}
		for _, c := range causeList(&v.Causes) {
			row = append(row, numberCell(c.part))
		}
		g.Rows = append(g.Rows, append(row, numberCell(v.Actual), numberCell(v.Variance), textCell(v.Unit)))
	}
	return g
}

// monthToDate is the sheet that has a chart of its days.
const monthToDate = "Month to date"

// dayGrid is the revenue of all offerings by day against the plan.
func (r *Report) dayGrid() Grid {
	g := Grid{Name: monthToDate, Columns: []GridColumn{
		{Name: "Day", Kind: GridDay},
		{Name: "Revenue", Kind: GridAmount, Adds: true},
		{Name: "Revenue to date", Kind: GridAmount},
		{Name: "Expected to date", Kind: GridAmount},
		{Name: "Currency"},
	}}
	totals := r.dayTotals()
	for i := range totals {
		d := &totals[i]
		g.Rows = append(g.Rows, []Cell{
			textCell(d.Day.String()), numberCell(d.Revenue), numberCell(d.ToDate), numberCell(d.Expected), textCell(d.Currency),
		})
	}
	return g
}

// toDateChart draws revenue to date against the plan.
func (r *Report) toDateChart(s *xlsx.Sheet) {
	last := s.Filter + 1
	s.Charts = []xlsx.Chart{{
		Title: "Revenue to date against plan, " + string(r.Currency), Lines: true, Column: 7, Row: 2,
		Series: []xlsx.Series{
			{Sheet: s.Name, Category: 1, Value: 3, Name: 1, First: 2, After: last, Colour: "0B6E75"},
			{Sheet: s.Name, Category: 1, Value: 4, Name: 1, First: 2, After: last, Colour: "8A8F98"},
		},
	}}
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

// place names the offering, region, segment and peer of a variance.
func (r *Report) place(v *schemas.Variance) string {
	name := r.offering(v.Offering)
	if v.Region != "" {
		name += ", " + v.Region
	}
	if v.Segment != "" {
		name += ", " + v.Segment
	}
	if v.Peer != "" {
		name += ", " + string(v.Peer)
	}
	return name
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
