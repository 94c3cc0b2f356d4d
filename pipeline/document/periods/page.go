// Package periods renders the page that leads to periods and their runs.
//
// Start reading at [Index.HTML].
package periods

import (
	"daybook/pipeline/document/markup"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Run is a committed run in the index of periods.
type Run struct {
	Period      schemas.Period
	Run         schemas.RunID
	Current     bool
	Provisional bool
	Currency    money.Currency
	Places      int32
	Through     schemas.Date
	// Revenue, Expected, Cost and Margin are to date.
	Revenue, Expected, Cost, Margin money.Decimal
	Accounts, Invoices, Items       int
	// Page is false for a run of a version that left no page, Since for one of which nobody said what it changed.
	Page, Since bool
}

// Index is the page that leads to periods and their runs: newest first, the current run of each, and of one period the runs that
// it had, each with what it changed.
type Index struct {
	Provider string
	// Current are the current runs, and Beyond counts periods that are older than these.
	Current []Run
	Beyond  int
	// Runs are those of the first period, last first, and MoreRuns counts those before them.
	Runs     []Run
	MoreRuns int
}

// HTML returns the page; it lies beside the folders of the periods.
func (x *Index) HTML() []byte {
	p := markup.NewPage("Runs, " + x.Provider)
	p.Begin("", "")
	p.Raw("<header><p class=\"over\">")
	p.Text(x.Provider)
	p.Raw("</p>\n")
	headline := "No period has been run."
	if len(x.Current) > 0 {
		headline = x.Current[0].headline()
	}
	p.Element("h1", "", headline)
	p.Raw("</header>\n")
	if len(x.Current) > 0 {
		p.Section("periods", "Periods", markup.Sources{})
		p.Table("The current run of each period.", "Period", "State?", "Data through", "Revenue#", "Expected#", "Variance#", "Cost#", "Margin#", "Currency?", "Invoices#", "For attention#", "Run", "")
		for i := range x.Current {
			r := &x.Current[i]
			p.Row("")
			r.cells(p)
			p.RowEnd()
		}
		p.TableEnd()
		if x.Beyond > 0 {
			p.Element("p", "soft", markup.Plural(int64(x.Beyond), "period")+" more lie in the folders beside this page.")
		}
		p.SectionEnd()
	}
	if len(x.Runs) > 1 {
		x.drawRuns(p)
	}
	return p.End()
}

// headline is the newest period in one line.
func (r *Run) headline() string {
	variance := r.Revenue.Sub(r.Expected)
	s := r.Period.Name() + ": revenue " + r.rounded(r.Revenue) + " " + string(r.Currency)
	switch variance.Sign() {
	case 0:
		return s + ", on plan."
	case 1:
		return s + ", " + r.rounded(variance) + " above plan."
	}
	return s + ", " + r.rounded(variance.Abs()) + " below plan."
}

func (r *Run) rounded(d money.Decimal) string {
	return string(markup.AppendDecimal(nil, money.RoundTo(d, r.Places, money.HalfEven), r.Places))
}

func (r *Run) signed(d money.Decimal) string {
	if d.IsPositive() {
		return "+" + r.rounded(d)
	}
	return r.rounded(d)
}

// folder is where the run's reports lie, from the index.
func (r *Run) folder() string { return string(r.Period) + "/" + string(r.Run) + "/" }

func (r *Run) state() string {
	if r.Provisional {
		return "provisional"
	}
	return "complete"
}

// cells are a run in a row.
func (r *Run) cells(p *markup.Page) {
	p.Raw(`<th scope="row">`)
	if r.Page {
		p.Link(r.folder()+"variance.html", r.Period.Name())
	} else {
		p.Text(r.Period.Name())
	}
	p.Raw("</th>")
	p.Cell(r.state())
	p.Cell(r.Through.String())
	p.Number(r.rounded(r.Revenue))
	p.Number(r.rounded(r.Expected))
	variance := r.Revenue.Sub(r.Expected)
	p.Change(r.signed(variance), variance, variance.IsPositive())
	p.Number(r.rounded(r.Cost))
	p.Number(r.rounded(r.Margin))
	p.Cell(string(r.Currency))
	p.Number(markup.Count(int64(r.Invoices)))
	p.Number(markup.Count(int64(r.Items)))
	p.Raw("<td>")
	p.Element("code", "", string(r.Run))
	p.Raw("</td><td>")
	if r.Page {
		p.Link(r.folder()+"variance.xlsx", "xlsx")
		p.Raw(" ")
		p.Link(r.folder()+"invoices.html", "invoices")
	}
	p.Raw("</td>")
}

// drawRuns lists the runs of the newest period, each with what it changed against the one before.
func (x *Index) drawRuns(p *markup.Page) {
	p.Section("runs", "What changed from run to run in "+x.Runs[0].Period.Name(), markup.Sources{})
	p.Table("Last first, each against the one before it.", "Run", "State?", "Data through", "Revenue#", "change#", "Cost#", "change#", "Margin#", "change#", "For attention#", "change#", "What changed")
	for i := range x.Runs {
		r := &x.Runs[i]
		p.Row("")
		p.Raw(`<th scope="row">`)
		name := string(r.Run)
		if r.Current {
			name += ", current"
		}
		if r.Page {
			p.Link(r.folder()+"variance.html", name)
		} else {
			p.Text(name)
		}
		p.Raw("</th>")
		p.Cell(r.state())
		p.Cell(r.Through.String())
		var before *Run
		if i+1 < len(x.Runs) {
			before = &x.Runs[i+1]
		}
		change := func(now, was money.Decimal, better bool) {
			p.Number(r.rounded(now))
			if d := now.Sub(was); before != nil {
				p.Change(r.signed(d), d, d.IsPositive() == better)
			} else {
				p.Number("")
			}
		}
		was := Run{}
		if before != nil {
			was = *before
		}
		change(r.Revenue, was.Revenue, true)
		change(r.Cost, was.Cost, false)
		change(r.Margin, was.Margin, true)
		p.Number(markup.Count(int64(r.Items)))
		if before == nil {
			p.Number("")
			p.Cell("")
		} else {
			p.Number(string(markup.AppendSigned(nil, money.NewDecimal(int64(r.Items-was.Items), 0), 0)))
			p.Raw("<td>")
			if r.Since {
				p.Link(r.folder()+"since.html", "what changed")
				p.Raw(" ")
			}
			p.Element("code", "cmd", "daybook diff . "+string(was.Run)+" "+string(r.Run)+" --period "+string(r.Period))
			p.Raw("</td>")
		}
		p.RowEnd()
	}
	p.TableEnd()
	if x.MoreRuns > 0 {
		p.Element("p", "soft", markup.Plural(int64(x.MoreRuns), "run")+" before these; daybook status . --runs lists them.")
	}
	p.SectionEnd()
}
