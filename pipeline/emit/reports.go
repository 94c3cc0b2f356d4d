package emit

import (
	"context"
	"fmt"
	"io"
	"slices"

	"daybook/pipeline/compare"
	"daybook/pipeline/document"
	"daybook/pipeline/normalise"
	"daybook/pipeline/run"
	"daybook/schemas"
	"daybook/schemas/access"
	"daybook/schemas/feed"
	"daybook/schemas/money"
	"daybook/schemas/peeruse"
)

// Figures are a run on one screen.
type Figures struct {
	Currency money.Currency `json:"currency"`
	Places   int32          `json:"places"`
	Through  schemas.Date   `json:"through"`
	// Feeds say how far the data of each source go, of a month that goes on.
	Feeds       []normalise.Feed `json:"feeds,omitempty"`
	Revenue     money.Decimal    `json:"revenue"`
	Expected    money.Decimal    `json:"expected_revenue"`
	PlanRevenue money.Decimal    `json:"plan_revenue"`
	Cost        money.Decimal    `json:"cost"`
	Margin      money.Decimal    `json:"margin"`
	// RunRate is what the month comes to at the rate so far, of lines planned at RunRatePlan; nil where no line has one. Coming is
	// charged for days to come, Pending what true-ups and minimums would add if the month ended now.
	RunRate     *money.Decimal `json:"run_rate,omitempty"`
	RunRatePlan money.Decimal  `json:"run_rate_plan"`
	Coming      money.Decimal  `json:"coming"`
	Pending     money.Decimal  `json:"pending"`
	// Customers counts those with revenue, in this month or the one before.
	Customers int            `json:"customers"`
	Before    *money.Decimal `json:"revenue_before,omitempty"`
	Accounts  int            `json:"accounts"`
	Invoices  int            `json:"invoices"`
	Charges   int64          `json:"charges"`
	// Attention is what needs looking at, most money first; Items counts all, and Attention holds the first few.
	Items     int             `json:"items"`
	Attention []AttentionItem `json:"attention"`
	// Open is the page to open first, below the store.
	Open string `json:"open"`
}

// AttentionItem is one thing that needs looking at.
type AttentionItem struct {
	Topic    string         `json:"topic"`
	Title    string         `json:"title"`
	Detail   string         `json:"detail"`
	Amount   *money.Decimal `json:"amount,omitempty"`
	Currency money.Currency `json:"currency,omitempty"`
	Explain  string         `json:"explain,omitempty"`
}

// shownItems is how many items the summary on the screen shows.
const shownItems = 6

// Reports writes what people open: the variance report as a page, a workbook and CSV, the index of invoices, and a
// script that opens the datasets.
func Reports(ctx context.Context, in *run.Inputs) (*run.Result, error) {
	rep, left, err := report(ctx, in)
	if err != nil {
		return nil, err
	}
	e := &reportEmitter{in: in, ctx: ctx, res: &run.Result{}}
	if err := e.earnings(&rep.Earnings); err != nil {
		return nil, err
	}
	if err := e.promises(); err != nil {
		return nil, err
	}
	if err := e.intercloud(); err != nil {
		return nil, err
	}
	if err := e.tables(); err != nil {
		return nil, err
	}
	billed, err := billsOf(ctx, in)
	if err != nil {
		return nil, err
	}
	rep.Bills = billed.Bills
	if err := e.peers(rep, billed); err != nil {
		return nil, err
	}
	e.write("variance.html", rep.HTML())
	book, err := rep.Workbook()
	if err != nil {
		return nil, err
	}
	e.write("variance.xlsx", book)
	e.files(rep, left)
	if err := e.bills(billed); err != nil {
		return nil, err
	}
	f, err := e.index(rep)
	if err != nil {
		return nil, err
	}
	sql, err := e.openSQL()
	if err != nil {
		return nil, err
	}
	e.write("open.sql", sql)
	if e.err != nil {
		return nil, e.err
	}
	f.fill(rep, left)
	f.Open = e.key("variance.html")
	if err := e.res.Leave(f); err != nil {
		return nil, err
	}
	return e.res, nil
}

// tables writes small datasets as they are as CSV.
func (e *reportEmitter) tables() error {
	for _, x := range []struct {
		step  string
		table *schemas.Table
	}{
		{"reconcile/feeds", &feed.Completeness},
		{"reconcile/shared", &peeruse.Shares},
		{"reconcile/budgets", &peeruse.Budgets},
		{"reconcile/goals", &peeruse.Integrations},
		{"reconcile/register", &access.Identities},
		{"reconcile/register", &access.Coverages},
	} {
		results, err := e.in.Results(e.ctx, x.step)
		if err != nil {
			return err
		}
		if err := e.asCSV(results, x.table); err != nil {
			return err
		}
	}
	return nil
}

// files writes the rows behind the report as CSV; what a book does not use has no file.
func (e *reportEmitter) files(rep *document.Report, left *compare.Compared) {
	for _, g := range []struct {
		name string
		has  bool
		grid func() document.Grid
	}{
		{"variances.csv", true, func() document.Grid { return document.VarianceGrid(rep.Variances) }},
		{"peer_matches.csv", true, func() document.Grid { return document.MatchGrid(rep.Matches) }},
		{"margins.csv", true, func() document.Grid { return document.MarginGrid(left.ByOffers) }},
		{"days.csv", true, func() document.Grid { return document.DayGrid(rep.Days) }},
		{"findings.csv", true, func() document.Grid { return document.FindingGrid(rep.Findings) }},
		{"attention.csv", true, func() document.Grid { return document.AttentionGrid(rep.Attention()) }},
		{"feeds.csv", len(rep.Feeds) > 0, func() document.Grid { return document.FeedGrid(rep.Feeds) }},
		{"forecasts.csv", len(rep.Forecasts) > 0, func() document.Grid { return document.ForecastGrid(rep.Forecasts) }},
		{"plan_changes.csv", len(rep.Versions) > 1, func() document.Grid { return document.ChangeGrid(rep.Changes) }},
		{"peer_bills.csv", len(rep.Bills) > 0, func() document.Grid { return document.BillGrid(rep.Bills) }},
	} {
		if g.has {
			grid := g.grid()
			e.write(g.name, document.AppendCSV(nil, &grid))
		}
	}
}

// reportEmitter writes report objects and keeps the first error.
type reportEmitter struct {
	in  *run.Inputs
	ctx context.Context
	res *run.Result
	err error
	// claimed are the peers to whom claims are ready to be sent.
	claimed []schemas.PeerID
}

func (e *reportEmitter) key(name string) string {
	return fmt.Sprintf("reports/%s/%s/%s", e.in.Period(), e.in.RunID(), name)
}

func (e *reportEmitter) write(name string, body []byte) {
	if e.err != nil {
		return
	}
	var out run.Output
	out, e.err = e.in.WriteObject(e.ctx, "reports", e.key(name), 0, func(w io.Writer) error {
		_, err := w.Write(body)
		return err
	})
	e.res.Outputs = append(e.res.Outputs, out)
}

// index writes the page that leads to all invoices.
func (e *reportEmitter) index(rep *document.Report) (*Figures, error) {
	results, err := e.in.Results(e.ctx, "emit/invoices")
	if err != nil {
		return nil, err
	}
	f := &Figures{}
	accounts := map[schemas.AccountID]bool{}
	var entries []document.IndexEntry
	for _, res := range results {
		part, err := run.Left[invoiced](res)
		if err != nil {
			return nil, err
		}
		entries = append(entries, part.Entries...)
	}
	for i := range entries {
		accounts[entries[i].Account] = true
	}
	f.Invoices, f.Accounts = len(entries), len(accounts)
	page, err := document.InvoiceIndex(nil, fmt.Sprintf("Draft invoices %s, %s", rep.Period, rep.Provider), sortedEntries(entries))
	if err != nil {
		return nil, err
	}
	e.write("invoices.html", page)
	return f, nil
}

// fill takes the figures of the report.
func (f *Figures) fill(rep *document.Report, left *compare.Compared) {
	f.Currency, f.Places, f.Through = rep.Currency, rep.Places, rep.Through
	f.Revenue, f.Expected, f.PlanRevenue = left.Revenue.Actual, left.Revenue.Expected, left.Revenue.Plan
	f.Cost, f.Margin, f.Feeds = left.Cost.Actual, left.Margin.Actual, left.Feeds
	f.RunRate, f.RunRatePlan, f.Coming, f.Pending = left.Revenue.RunRate, left.Revenue.RunRatePlan, left.Revenue.Coming, left.Revenue.Pending
	f.Customers = rep.Earnings.Customers.Count
	if rep.Earnings.Known {
		f.Before = &rep.Earnings.Customers.Before
	}
	for i := range left.ByOffers {
		f.Charges += left.ByOffers[i].Charges
	}
	items := slices.DeleteFunc(rep.Attention(), func(it document.Item) bool { return it.Topic == document.TopicFinding }) // which are counted by code
	f.Items = len(items)
	for _, item := range items[:min(len(items), shownItems)] {
		a := AttentionItem{Topic: item.Topic, Title: item.Title, Detail: item.Detail, Explain: item.Explain}
		if item.HasAmount {
			amount := item.Amount
			a.Amount, a.Currency = &amount, item.Currency
		}
		f.Attention = append(f.Attention, a)
	}
}
