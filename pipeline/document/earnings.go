package document

import (
	"cmp"
	"slices"

	"daybook/pipeline/document/markup"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Earnings are revenue by customer and by account, beside the month before.
type Earnings struct {
	// Month is that month; Known is false where its revenue is not known. Why says in a sentence why not, or what else is to be
	// known of it.
	Month schemas.Period
	Known bool
	Why   string
	// Customers and Accounts are of schemas.Customers and schemas.Accounts.
	Customers, Accounts Earners
	// Months are those of the courses of the customers that moved, this one last, and Courses their revenue by customer: nil where a
	// month has no run, or its run says nothing of it.
	Months  []schemas.Period
	Courses map[string][]*money.Decimal
}

// Earners are the rows of one of these tables, of which only the sums and the foremost are kept, however many there are.
type Earners struct {
	Table *schemas.Table
	Count int
	// Revenue, Coming, Before and Margin are sums over all of them; Unvalued counts charges without exchange rate.
	Revenue, Coming, Before, Margin money.Decimal
	// Shared is what customers bear of shared costs; nil where none are shared.
	Shared   *money.Decimal
	Unvalued int64
	// bands count them by revenue.
	bands           [len(bandNames)]band
	largest, movers foremost
	packed          pack
}

type band struct {
	count   int
	revenue money.Decimal
}

// Bounds on what is kept.
const (
	mostEarners = 5000 // in the workbook
	mostShown   = 300  // on the page, as rows of a table
	mostMovers  = 300
)

// bandNames name the bands by revenue, in the provider's currency; from the third on each begins at a power of ten.
var bandNames = [...]string{
	"below 0", "0", "up to 10", "10 to 100", "100 to 1,000", "1,000 to 10,000", "10,000 to 100,000", "100,000 to 1M", "1M to 10M", "10M and more",
}

// bandOf is the place of revenue among the bands.
func bandOf(revenue money.Decimal) int {
	switch revenue.Sign() {
	case -1:
		return 0
	case 0:
		return 1
	}
	at := 2
	for bound := int32(1); at < len(bandNames)-1 && !revenue.LessThan(money.NewDecimal(1, bound)); bound++ {
		at++
	}
	return at
}

// Add counts a row.
func (e *Earners) Add(r *schemas.Earning) {
	e.Count++
	e.Revenue, e.Coming, e.Before = e.Revenue.Add(r.Revenue), e.Coming.Add(r.Coming), e.Before.Add(r.Before)
	e.Margin = e.Margin.Add(r.Margin)
	if r.Shared != nil {
		sum := *r.Shared
		if e.Shared != nil {
			sum = sum.Add(*e.Shared)
		}
		e.Shared = &sum
	}
	e.packed.add(r)
	e.Unvalued += r.Unvalued
	b := &e.bands[bandOf(r.Revenue)]
	b.count++
	b.revenue = b.revenue.Add(r.Revenue)
	e.largest.add(r, r.Revenue, mostEarners)
	if !r.Change.IsZero() {
		e.movers.add(r, r.Change.Abs(), mostMovers)
	}
}

// Largest returns those with the most revenue, at most so many.
func (e *Earners) Largest(most int) []*schemas.Earning { return e.largest.first(most, mostEarners) }

// Movers returns those whose revenue changed most since the month before, either way.
func (e *Earners) Movers() []*schemas.Earning { return e.movers.first(mostMovers, mostMovers) }

// foremost are the rows with the largest keys, and some that are still to be sorted out: behind the first sorted ones.
type foremost struct {
	rows   []ranked
	sorted int
}

type ranked struct {
	key money.Decimal
	row *schemas.Earning
}

// compare puts the largest first; equals stand by name.
func (a ranked) compare(b ranked) int {
	if c := b.key.Cmp(a.key); c != 0 { // of few only names are compared
		return c
	}
	return cmp.Or(cmp.Compare(a.row.Customer, b.row.Customer), cmp.Compare(a.row.Account, b.row.Account))
}

// add keeps a copy of a row, unless so many others come before it.
func (f *foremost) add(r *schemas.Earning, key money.Decimal, most int) {
	if f.sorted == most && (ranked{key, r}).compare(f.rows[most-1]) > 0 {
		return
	}
	row := *r
	if f.rows = append(f.rows, ranked{key, &row}); len(f.rows) >= 2*most {
		f.sort(most)
	}
}

// sort keeps the first.
func (f *foremost) sort(most int) {
	slices.SortFunc(f.rows, ranked.compare)
	f.sorted = min(most, len(f.rows))
	clear(f.rows[f.sorted:])
	f.rows = f.rows[:f.sorted]
}

func (f *foremost) first(n, most int) []*schemas.Earning {
	f.sort(most)
	out := make([]*schemas.Earning, min(n, len(f.rows)))
	for i := range out {
		out[i] = f.rows[i].row
	}
	return out
}

// EarningGrid is a grid under the columns of schemas.Customers or schemas.Accounts, without rows.
func EarningGrid(table *schemas.Table) Grid {
	name := markup.SentenceCase(table.Name)
	return gridOf(table, name, map[int]GridKind{schemas.EarningChangePercent: GridPercent}, -1)
}

// EarningCells is a row of such a grid.
func EarningCells(table *schemas.Table, r *schemas.Earning) []Cell {
	row := []Cell{
		textCell(r.Period), textCell(r.Customer), textCell(r.CustomerName), textCell(r.Currency), numberCell(r.Revenue), numberCell(r.Coming),
		numberCell(r.Cost), numberCell(r.Margin),
		textCell(r.Month),
		{},
		{},
		{},
		countCell(r.Charges), countCell(r.Unvalued),
	}
	if r.Month != "" {
		row[schemas.EarningRevenueBefore], row[schemas.EarningChange] = numberCell(r.Before), numberCell(r.Change)
		row[schemas.EarningChangePercent] = optionalCell(r.Percent)
	}
	if table == &schemas.Customers {
		return append(row, countCell(r.Accounts), optionalCell(r.Shared), optionalCell(r.Full))
	}
	return append(row, textCell(r.Account), textCell(r.AccountName))
}

// grid is the sheet of a workbook: those with the most revenue, and one row for all others, so that a sum over it is the whole.
func (e *Earners) grid() Grid {
	g := EarningGrid(e.Table)
	rest := schemas.Earning{
		CustomerName: "All others", Revenue: e.Revenue, Coming: e.Coming, Before: e.Before, Cost: e.Revenue.Sub(e.Margin), Margin: e.Margin, Unvalued: e.Unvalued,
	}
	for _, r := range e.Largest(mostEarners) {
		g.Rows = append(g.Rows, EarningCells(e.Table, r))
		rest.Period, rest.Currency, rest.Month = r.Period, r.Currency, r.Month
		rest.Revenue, rest.Coming, rest.Before = rest.Revenue.Sub(r.Revenue), rest.Coming.Sub(r.Coming), rest.Before.Sub(r.Before)
		rest.Cost, rest.Margin = rest.Cost.Sub(r.Cost), rest.Margin.Sub(r.Margin)
		rest.Unvalued -= r.Unvalued
	}
	if g.Beyond = e.Count - len(g.Rows); g.Beyond > 0 {
		rest.Change = rest.Revenue.Sub(rest.Before)
		row := EarningCells(e.Table, &rest)
		row[schemas.EarningCharges] = Cell{}
		if e.Table == &schemas.Customers {
			row[schemas.EarningAccounts] = Cell{}
		}
		g.Rows = append(g.Rows, row)
	}
	g.adds(schemas.EarningCurrency, schemas.EarningRevenue, schemas.EarningComing, schemas.EarningCost, schemas.EarningMargin, schemas.EarningRevenueBefore, schemas.EarningChange)
	return g
}
