package document

import (
	"strconv"

	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/peerbill"
)

// Grid is rows and columns of text and numbers, the one shape that CSV and XLSX are written from. Its columns bear the
// names of the dataset's; the steps of the arithmetic are left to the dataset and to explain.
type Grid struct {
	Name    string
	Columns []GridColumn
	Rows    [][]Cell
	// Beyond is how many rows there are that it does not hold.
	Beyond int
}

// GridColumn is one column of a grid.
type GridColumn struct {
	Name string
	// Kind is how the column's numbers are shown in a spreadsheet.
	Kind GridKind
	// Adds says that the column's numbers are of one currency or unit, so that their sum means something.
	Adds bool
}

// GridKind is what a column holds.
type GridKind uint8

// The kinds.
const (
	GridText GridKind = iota
	GridAmount
	GridQuantity
	GridPercent
	GridCount
	// GridDay holds days, written YYYY-MM-DD.
	GridDay
)

// Cell is one value: a text, or a number as exact decimal text. The zero Cell is empty.
type Cell struct {
	Text   string
	Number bool
}

func textCell[T ~string](s T) Cell    { return Cell{Text: string(s)} }
func numberCell(d money.Decimal) Cell { return Cell{Text: d.String(), Number: true} }
func countCell(n int64) Cell          { return Cell{Text: strconv.FormatInt(n, 10), Number: true} }

func yesNo(b bool) Cell {
	if b {
		return Cell{Text: "yes"}
	}
	return Cell{Text: "no"}
}

func optionalCell(d *money.Decimal) Cell {
	if d == nil {
		return Cell{}
	}
	return numberCell(*d)
}

// gridOf begins a grid with a table's columns before the given position.
func gridOf(t *schemas.Table, name string, kinds map[int]GridKind, without int) Grid {
	g := Grid{Name: name}
	for i, c := range t.Columns {
		if i == without {
			continue
		}
		kind, ok := kinds[i]
		if !ok && c.Type == schemas.Integer {
			kind = GridCount
		} else if !ok && c.Type == schemas.Decimal {
			kind = GridAmount
		}
		if !ok && isDay(c.Name) {
			kind = GridDay
		}
		g.Columns = append(g.Columns, GridColumn{Name: c.Name, Kind: kind})
	}
	return g
}

// isDay reports whether columns of that name hold days.
func isDay(name string) bool {
	switch name {
	case "Day", "From", "FromDay", "Through", "ThroughDay", "RateDay", "x_ExchangeRateDay", "ExchangeRateDay", "DateRead", "ReachedOn", "ForecastReachedOn", "KnownSince", "ClaimedOn":
		return true
	}
	return false
}

// adds marks columns whose numbers are of one currency, if all rows say the same in the column that names it.
func (g *Grid) adds(currency int, columns ...int) {
	for _, row := range g.Rows {
		if row[currency].Text != g.Rows[0][currency].Text {
			return
		}
	}
	for _, c := range columns {
		g.Columns[c].Adds = true
	}
}

// VarianceGrid shows variances under the columns of schemas.Variances.
func VarianceGrid(rows []schemas.Variance) Grid {
	g := gridOf(&schemas.Variances, "Variances", map[int]GridKind{schemas.VarVariancePercent: GridPercent}, schemas.VarSteps)
	for i := range rows {
		v := &rows[i]
		c := &v.Causes
		g.Rows = append(g.Rows, []Cell{
			textCell(v.ID), textCell(v.Period), textCell(v.Offering), textCell(v.Region), textCell(v.Segment), textCell(v.Peer), textCell(v.Measure), textCell(v.Unit), textCell(v.Status),
			numberCell(v.Plan), numberCell(v.Expected), numberCell(v.Actual), numberCell(v.Variance), optionalCell(v.Percent),
			numberCell(c.Price), numberCell(c.Volume), numberCell(c.Mix), numberCell(c.FX), numberCell(c.Unplanned), numberCell(c.Missing), numberCell(c.Unsplit),
			textCell(v.MixAt), numberCell(v.UsageBased), optionalCell(v.RunRate), numberCell(v.Coming), numberCell(v.Pending), textCell(v.Accrual), textCell(v.Through.String()), textCell(effect(v)), yesNo(v.Material), yesNo(v.Provisional), textCell(v.PlanVersion),
		})
	}
	return g
}

// effect is the text of the column of that name.
func effect(v *schemas.Variance) string {
	switch {
	case v.Variance.IsZero():
		return "none"
	case v.Favourable:
		return "favourable"
	default:
		return "unfavourable"
	}
}

// MatchGrid shows matches under the columns of schemas.PeerMatches.
func MatchGrid(rows []schemas.PeerMatch) Grid {
	g := gridOf(&schemas.PeerMatches, "Peer bills", map[int]GridKind{
		schemas.MatchMeteredQuantity: GridQuantity, schemas.MatchBilledQuantity: GridQuantity,
	}, schemas.MatchSteps)
	for i := range rows {
		m := &rows[i]
		g.Rows = append(g.Rows, []Cell{
			textCell(m.ID), textCell(m.Period), textCell(m.Peer), textCell(m.Contract), textCell(m.Service), textCell(m.SKU), textCell(m.Region), textCell(string(m.Category)),
			textCell(m.From.String()), textCell(m.Basis), textCell(m.Status), numberCell(m.Metered), numberCell(m.Billed), textCell(m.Unit),
			numberCell(m.Expected), numberCell(m.Actual), textCell(m.Currency), numberCell(m.ActualBilled), textCell(m.BilledCurrency),
			numberCell(m.Difference), numberCell(m.QuantityPart), numberCell(m.PricePart), countCell(m.BillRows), countCell(m.MeterRows),
		})
	}
	g.adds(schemas.MatchCurrency, schemas.MatchExpected, schemas.MatchActual, schemas.MatchDifference)
	return g
}

// BillGrid shows peers' bills under the columns of peerbill.Bills.
func BillGrid(rows []peerbill.Bill) Grid {
	g := gridOf(&peerbill.Bills, "Peer bills in detail", nil, -1)
	for i := range rows {
		b := &rows[i]
		g.Rows = append(g.Rows, []Cell{
			textCell(b.Period), textCell(b.Peer), textCell(b.Contract), textCell(b.BilledCurrency), numberCell(b.Billed), countCell(b.BillRows), textCell(b.Currency),
			numberCell(b.Actual), numberCell(b.Expected), numberCell(b.Disputed), numberCell(b.Tolerated), numberCell(b.Rounding), numberCell(b.Rolled),
			numberCell(b.SafeToPay), numberCell(b.Withheld), numberCell(b.Accrued), numberCell(b.LaterBilled), numberCell(b.LaterAccrued), countCell(b.Discrepancies),
		})
	}
	g.adds(peerbill.BillCurrency, peerbill.BillActual, peerbill.BillExpected, peerbill.BillSafeToPay, peerbill.BillWithheld, peerbill.BillAccrued)
	return g
}

// DiscrepancyGrid is a grid under the columns of peerbill.Discrepancies, without rows.
func DiscrepancyGrid() Grid { return gridOf(&peerbill.Discrepancies, "Discrepancies", nil, -1) }

// DiscrepancyCells is a row of such a grid.
func DiscrepancyCells(x *peerbill.Discrepancy) []Cell {
	row := []Cell{
		textCell(x.ID), textCell(x.Period), textCell(x.Peer), textCell(x.Contract), textCell(x.Service), textCell(x.SKU), textCell(x.Region), textCell(x.Account),
		textCell(x.Resource), textCell(x.Day.String()), textCell(x.Class), yesNo(x.Note), yesNo(x.Tolerated), numberCell(x.Metered), numberCell(x.Billed),
		textCell(x.Unit), numberCell(x.Expected), numberCell(x.Actual), textCell(x.Currency), numberCell(x.ActualBilled), textCell(x.BilledCurrency),
		numberCell(x.Amount), numberCell(x.UsageEffect), numberCell(x.RateEffect), numberCell(x.OtherEffect), countCell(x.BillRows), textCell(x.Object),
		{},
		textCell(x.Invoice), textCell(x.Reached), textCell(x.Draft),
		{},
		textCell(x.ReachedCurrency),
	}
	if x.Object != "" {
		row[peerbill.DiscObjectRow] = countCell(x.Row)
	}
	if x.Reached != "" {
		row[peerbill.DiscReachedAmount] = numberCell(x.ReachedAmount)
	}
	return row
}

// MarginGrid shows margins under the columns of schemas.Margins.
func MarginGrid(rows []schemas.MarginRow) Grid {
	g := gridOf(&schemas.Margins, "Margins", map[int]GridKind{schemas.MarginPercent: GridPercent}, -1)
	for i := range rows {
		m := &rows[i]
		g.Rows = append(g.Rows, []Cell{
			textCell(m.ID), textCell(m.Period), textCell(m.Account), textCell(m.Offering), textCell(m.Currency),
			numberCell(m.Revenue), numberCell(m.Cost), numberCell(m.Margin), optionalCell(m.Percent), countCell(m.Charges),
			textCell(m.ValueCurrency), optionalCell(m.Rate), textCell(rateDay(m)), optionalCell(m.RevenueValue), optionalCell(m.CostValue), optionalCell(m.MarginValue),
			optionalCell(m.RevenueToDate), countCell(m.Unvalued),
		})
	}
	g.adds(schemas.MarginProviderCurrency, schemas.MarginRevenueValue, schemas.MarginCostValue, schemas.MarginMarginValue)
	return g
}

// rateDay is the day of the exchange rate, where there is one rate.
func rateDay(m *schemas.MarginRow) string {
	if m.Rate == nil {
		return ""
	}
	return m.RateDay.String()
}

// DayGrid shows revenue and cost by day under the columns of schemas.Days.
func DayGrid(rows []schemas.DayRow) Grid {
	g := gridOf(&schemas.Days, "Days", nil, -1)
	for i := range rows {
		d := &rows[i]
		g.Rows = append(g.Rows, []Cell{
			textCell(d.Variance), textCell(d.Period), textCell(d.Offering), textCell(d.Region), textCell(d.Segment), textCell(d.Peer), textCell(d.Day.String()),
			numberCell(d.Revenue), numberCell(d.ToDate), numberCell(d.Expected), textCell(d.Currency), optionalCell(d.Cost),
		})
	}
	g.adds(schemas.DayCurrency, schemas.DayRevenue)
	return g
}

// FindingGrid shows how many findings of each code there are, with their meaning and what to do.
func FindingGrid(rows []FindingCount) Grid {
	g := Grid{Name: "Findings", Columns: []GridColumn{
		{Name: "Code", Kind: GridText}, {Name: "Severity", Kind: GridText}, {Name: "Findings", Kind: GridCount, Adds: true}, {Name: "Rows", Kind: GridCount, Adds: true}, {Name: "Meaning", Kind: GridText}, {Name: "Fix", Kind: GridText},
	}}
	for _, f := range rows {
		info, _ := f.Code.Info()
		g.Rows = append(g.Rows, []Cell{textCell(f.Code), textCell(f.Severity), countCell(f.Findings), countCell(f.Rows), textCell(info.Meaning), textCell(info.Fix)})
	}
	return g
}

// AttentionGrid shows what needs attention, in order.
func AttentionGrid(items []Item) Grid {
	g := Grid{Name: "Attention", Columns: []GridColumn{
		{Name: "Topic", Kind: GridText},
		{Name: "What", Kind: GridText},
		{Name: "Amount", Kind: GridAmount},
		{Name: "Currency", Kind: GridText},
		{Name: "Detail", Kind: GridText},
		{Name: "Action", Kind: GridText},
		{Name: "Explain", Kind: GridText},
		{Name: "Owner", Kind: GridText},
	}}
	for i := range items {
		it := &items[i]
		row := []Cell{textCell(it.Topic), textCell(it.Title), {}, textCell(it.Currency), textCell(it.Detail), textCell(it.Action), textCell(it.Explain), textCell(it.Owner)}
		if it.HasAmount {
			row[2] = numberCell(it.Amount)
		}
		g.Rows = append(g.Rows, row)
	}
	return g
}
