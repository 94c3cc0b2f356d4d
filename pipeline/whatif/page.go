package whatif

import (
	"strconv"
	"strings"

	"daybook/pipeline/diff"
	"daybook/pipeline/document"
	"daybook/pipeline/document/markup"
	"daybook/schemas/money"
)

// Names are what the two books are called.
type Names struct{ Before, After string }

// mostListed is how many rows a page lists each way; the CSV has all.
const mostListed = 100

// CSV returns every customer, or account, with a difference as comma-separated values: a column for each cause.
func (o *Outcome) CSV() []byte {
	g := document.Grid{Columns: []document.GridColumn{
		{Name: "customer"}, {Name: "name"}, {Name: "account"}, {Name: "currency"}, {Name: "before"}, {Name: "after"}, {Name: "difference"}, {Name: "percent"},
	}}
	for _, c := range o.Causes {
		g.Columns = append(g.Columns, document.GridColumn{Name: "by " + c})
	}
	g.Columns = append(g.Columns, document.GridColumn{Name: "corrects earlier months"})
	text := func(s string) document.Cell { return document.Cell{Text: strings.Join(strings.Fields(s), " ")} } // in one line
	number := func(d money.Decimal) document.Cell { return document.Cell{Text: d.String(), Number: true} }
	dst := document.AppendCSVHead(nil, &g)
	for i := range o.Customers {
		r := &o.Customers[i]
		row := []document.Cell{
			text(r.Customer), text(r.Name), text(string(r.Account)), text(string(r.Currency)), number(r.Before), number(r.After), number(r.Difference), {},
		}
		if p := r.Percent(); p != nil {
			row[len(row)-1] = number(*p)
		}
		for _, d := range r.By {
			row = append(row, number(d))
		}
		dst = document.AppendCSVRow(dst, append(row, number(r.Earlier)))
	}
	return dst
}

// HTML returns the outcome as a page.
func (o *Outcome) HTML(names Names) []byte {
	title := string(o.Period) + " by " + names.After + " instead of " + names.Before
	p := &page{Page: markup.NewPage(title), Outcome: o}
	p.Begin("", "")
	p.Raw("<header>")
	p.Element("h1", "", title)
	p.Element("p", "lead", "The deliveries of run "+string(o.Run)+", rated by both books. Nothing of this is in force, and nothing was written.")
	if len(o.Apart) > 0 {
		p.Element("p", "soft", "Not tried, though the books differ in it: "+Listed(o.Apart)+".")
	}
	p.Raw("</header>\n")
	p.sums()
	p.counts()
	for _, way := range []struct {
		id, title string
		more      bool
	}{{"more", "Who would pay more", true}, {"less", "Who would pay less", false}} {
		p.Section(way.id, way.title, markup.Sources{})
		p.rows(Ranked(o.Customers, way.more), false)
		p.SectionEnd()
	}
	p.Section("offerings", "By offering, without tax", markup.Sources{})
	p.rows(append(Ranked(o.Offerings, true), Ranked(o.Offerings, false)...), true)
	p.SectionEnd()
	return p.End()
}

// page is an outcome on its way to a page.
type page struct {
	*markup.Page
	*Outcome
}

// amount is a number for people, in the places of its currency at least.
func amount(d money.Decimal, c money.Currency) string {
	places, _ := money.MinorUnits(c)
	return string(markup.AppendNumber(nil, []byte(d.String()), places))
}

// blank is amount, but nothing for nothing.
func blank(d money.Decimal, c money.Currency) string {
	if d.IsZero() {
		return ""
	}
	return amount(d, c)
}

func (p *page) figures(f *Figures, c money.Currency) {
	p.Number(amount(f.Before, c))
	for _, d := range f.By {
		p.Number(blank(d, c))
	}
	if p.Corrects() {
		p.Number(blank(f.Earlier, c))
	}
	p.Number(amount(f.After, c))
	p.Number(amount(f.Difference, c))
}

func (p *page) columns(first ...string) []string {
	out := append(first, "Before#")
	for _, c := range p.Causes {
		out = append(out, "By "+c+"#")
	}
	if p.Corrects() {
		out = append(out, "Earlier months#")
	}
	return append(out, "After#", "Difference#")
}

func (p *page) sums() {
	p.Section("sums", "In all", markup.Sources{})
	if len(p.Causes) == 0 {
		p.Element("p", "", "In what is rated, both books say the same.")
	}
	p.Table("", p.columns("Measure", "Currency")...)
	for i := range p.Sums {
		s := &p.Sums[i]
		p.Row("")
		p.Head(MeasureNames[s.Measure])
		p.Cell(string(s.Currency))
		p.figures(&s.Figures, s.Currency)
		p.RowEnd()
	}
	p.TableEnd()
	p.SectionEnd()
}

// MeasureNames are what measures are called for people.
var MeasureNames = map[diff.Measure]string{diff.Billed: "billed, with tax", diff.Revenue: "revenue"}

func (p *page) counts() {
	p.Section("counts", "How many win and lose", markup.Sources{})
	p.Table("", "Currency", "Pay more#", "By#", "Pay less#", "By#", "Pay the same#")
	for i := range p.Counts {
		c := &p.Counts[i]
		p.Row("")
		p.Head(string(c.Currency))
		p.Number(strconv.Itoa(c.More))
		p.Number(blank(c.Gains, c.Currency))
		p.Number(strconv.Itoa(c.Less))
		p.Number(blank(c.Losses, c.Currency))
		p.Number(strconv.Itoa(c.Same))
		p.RowEnd()
	}
	p.TableEnd()
	p.SectionEnd()
}

func (p *page) rows(rows []Row, offerings bool) {
	if len(rows) == 0 {
		p.Element("p", "soft", "Nobody.")
		return
	}
	what := "Customer"
	if offerings {
		what = "Offering"
	}
	p.Table("", append(p.columns(what, "Currency?"), "%#")...)
	for i := range rows[:min(len(rows), mostListed)] {
		r := &rows[i]
		p.Row("")
		p.Head(r.Called())
		p.Cell(string(r.Currency))
		p.figures(&r.Figures, r.Currency)
		percent := ""
		if d := r.Percent(); d != nil {
			percent = string(markup.AppendNumber(nil, []byte(d.String()), 1))
		}
		p.Number(percent)
		p.RowEnd()
	}
	p.TableEnd()
	p.More(mostListed, len(rows), "the CSV")
}
