// Package since renders the page that says what has changed since the run before: figures, products and customers that moved, in what
// the two runs differ, and what needs attention, with whose it is, since when it is known and whether it is new. It decides nothing.
//
// Start with [Page.HTML].
package since

import (
	"cmp"
	"slices"

	"daybook/pipeline/document/markup"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Page is what the page of a run shows beside the run before it.
type Page struct {
	Provider string
	Period   schemas.Period
	Run      schemas.RunID
	// Before is the run that it is compared with; none for the first of a period.
	Before      schemas.RunID
	Provisional bool
	Currency    money.Currency
	Places      int32
	// Through and ThroughBefore are the last days that the figures of the runs hold.
	Through, ThroughBefore schemas.Date
	// Command explains a figure: {} stands for its identifier; empty for none.
	Command string
	// Measures are the totals.
	Measures []Move
	// Products and Customers are those whose revenue differs, the largest first; More counts customers that are not listed.
	Products, Customers []Move
	More                int
	// Causes are in what the runs differ.
	Causes []Cause
	// Things need attention; Gone are those that only the run before had.
	Things, Gone []Thing
}

// Move is a figure of both runs.
type Move struct {
	// Name is shown; Files are where the figure lies, besides those of the run before.
	ID, Name    string
	Before, Now money.Decimal
	// Less says that less is better.
	Less bool
}

// Change is by how much a figure moved.
func (m *Move) Change() money.Decimal { return m.Now.Sub(m.Before) }

// Cause is one thing in which the specs of the runs differ.
type Cause struct{ Kind, Words string }

// Thing needs attention.
type Thing struct {
	Topic, Title, Detail, Action, Owner, Explain string
	// Amount is empty where it is not known.
	Amount, Currency string
	// New says that the run before did not have it. Since is the day through which the data of the first run went that had it.
	New   bool
	Since schemas.Date
}

// Key tells a thing of two runs to be the same: by what explains it, or else by what it is about.
func (t *Thing) Key() string {
	switch {
	case t.Explain != "":
		return t.Topic + "\x00" + t.Explain
	case t.Topic == "Finding": // which counts, and so has other words every night
		return t.Topic + "\x00" + t.Action
	}
	return t.Topic + "\x00" + t.Detail
}

// Compare says of each thing whether the run before had it and since when it is known, and which it had that are no more.
func (b *Page) Compare(before []Thing) {
	had := make(map[string]*Thing, len(before))
	for i := range before {
		had[before[i].Key()] = &before[i]
	}
	for i := range b.Things {
		t := &b.Things[i]
		was := had[t.Key()]
		delete(had, t.Key())
		switch {
		case was == nil:
			t.New, t.Since = b.Before != "", b.Through
		case was.Since.IsZero():
			t.Since = b.ThroughBefore
		default:
			t.Since = was.Since
		}
	}
	for i := range before {
		if had[before[i].Key()] == &before[i] {
			b.Gone = append(b.Gone, before[i])
		}
	}
}

// State is a word for whether a thing is new.
func (b *Page) State(t *Thing) string {
	switch {
	case b.Before == "":
		return ""
	case t.New:
		return "new"
	}
	return "known"
}

// Bounds on what the page lists.
const (
	mostThings = 400
	mostMoves  = 50
)

// HTML returns the page. It lies beside the report of the run.
func (b *Page) HTML() []byte {
	p := markup.NewPage("What changed, " + b.Period.Name() + ", " + b.Provider)
	p.Begin(b.Command, string(b.Period))
	p.Raw("<header><p class=\"over\">")
	p.Link("variance.html", b.Provider)
	p.Text(" · What changed since the run before · " + b.Period.Name())
	if b.Provisional {
		p.Raw(` <span class="tag bad">Provisional</span>`)
	} else {
		p.Raw(` <span class="tag good">Complete</span>`)
	}
	p.Raw("</p>\n")
	p.Element("h1", "", b.headline())
	p.Element("p", "lead", b.lead())
	p.Raw("</header>\n")
	if b.Before != "" {
		b.figures(p)
		b.causes(p)
	}
	b.things(p)
	if len(b.Gone) > 0 {
		b.gone(p)
	}
	b.moves(p, "products", "Products whose revenue moved", "Product", "variances.csv", b.Products, 0)
	b.moves(p, "customers", "Customers whose revenue moved", "Customer", "customers.csv", b.Customers, b.More)
	p.Raw("<footer><p>")
	for i, name := range []string{"variance.html", "since.csv"} {
		if i > 0 {
			p.Raw(" · ")
		}
		p.Link(name, name)
	}
	p.Raw(" · ")
	p.Link("../../index.html", "index of runs")
	p.Raw("</p><p class=\"soft\">A run depends on its inputs alone, and not on what was run before it: so this page is no part of the run. " +
		"It was made when the run was done, of what the store had then.</p>\n<p class=\"soft\">Run <code>")
	p.Text(string(b.Run))
	p.Raw("</code>")
	if b.Before != "" {
		p.Raw(" beside <code>")
		p.Text(string(b.Before))
		p.Raw("</code>")
	}
	p.Raw("</p></footer>\n")
	return p.End()
}

// headline is the news in one line.
func (b *Page) headline() string {
	if b.Before == "" {
		return "This is the first run of " + b.Period.Name() + "."
	}
	s := "Revenue is the same as in the run before"
	if len(b.Measures) > 0 {
		switch d := b.Measures[0].Change(); d.Sign() {
		case 1:
			s = "Revenue is " + b.rounded(d) + " " + string(b.Currency) + " more than in the run before"
		case -1:
			s = "Revenue is " + b.rounded(d.Abs()) + " " + string(b.Currency) + " less than in the run before"
		}
	}
	fresh := int64(0)
	for i := range b.Things {
		if b.Things[i].New {
			fresh++
		}
	}
	switch {
	case fresh > 0 && len(b.Gone) > 0:
		s += "; " + markup.Plural(fresh, "thing") + " that " + schemas.OneOrMany(fresh, "needs", "need") + " attention " + schemas.OneOrMany(fresh, "is", "are") + " new, and " + markup.Count(int64(len(b.Gone))) + " no longer there"
	case fresh > 0:
		s += "; " + markup.Plural(fresh, "thing") + " that " + schemas.OneOrMany(fresh, "needs", "need") + " attention " + schemas.OneOrMany(fresh, "is", "are") + " new"
	case len(b.Gone) > 0:
		s += "; " + markup.Plural(int64(len(b.Gone)), "thing") + " no longer " + schemas.OneOrMany(len(b.Gone), "needs", "need") + " attention"
	}
	return s + "."
}

func (b *Page) lead() string {
	if b.Before == "" {
		return "There is nothing to compare it with."
	}
	if b.Through.IsZero() || b.ThroughBefore.IsZero() {
		return ""
	}
	return "Its data go through " + b.Through.String() + ", those of the run before through " + b.ThroughBefore.String() + "."
}

// figures are the totals of both runs.
func (b *Page) figures(p *markup.Page) {
	p.Section("figures", "Figures", markup.Files("variances.csv", "../"+string(b.Before)+"/variances.csv"))
	p.Table("Amounts in "+string(b.Currency)+".", "", "Run before#", "This run#", "Change#")
	for i := range b.Measures {
		b.move(p, &b.Measures[i])
	}
	p.TableEnd()
	p.Raw("<p class=\"src\">Every charge that differs: ")
	p.Element("code", "cmd", "daybook diff . "+string(b.Before)+" "+string(b.Run)+" --period "+string(b.Period))
	p.Raw("</p>\n")
	p.SectionEnd()
}

func (b *Page) move(p *markup.Page, m *Move) {
	p.Row(m.ID)
	p.Head(m.Name)
	p.Number(b.rounded(m.Before))
	p.Number(b.rounded(m.Now))
	d := m.Change()
	p.Change(b.signed(d), d, d.IsPositive() != m.Less)
	p.RowEnd()
}

func (b *Page) rounded(d money.Decimal) string {
	return string(markup.AppendDecimal(nil, money.RoundTo(d, b.Places, money.HalfEven), b.Places))
}

func (b *Page) signed(d money.Decimal) string {
	return string(markup.AppendSigned(nil, money.RoundTo(d, b.Places, money.HalfEven), b.Places))
}

// causes are in what the runs differ.
func (b *Page) causes(p *markup.Page) {
	p.Section("causes", "In what the runs differ", markup.Sources{})
	if len(b.Causes) == 0 {
		p.Element("p", "soft", "In nothing that charges follow from.")
		p.SectionEnd()
		return
	}
	p.Table("", "What", "How")
	for _, c := range b.Causes {
		p.Row("")
		p.Head(c.Kind)
		p.Cell(c.Words)
		p.RowEnd()
	}
	p.TableEnd()
	p.SectionEnd()
}

// things are what needs attention: what is new first.
func (b *Page) things(p *markup.Page) {
	p.Section("attention", "What needs attention", markup.Files("since.csv", "attention.csv"))
	if len(b.Things) == 0 {
		p.Element("p", "soft", "Nothing: every difference is within what the book tolerates.")
		p.SectionEnd()
		return
	}
	p.TableOf(` data-kind="items"`, "", "Topic?", "What", "Whose?", "State?", "Since", "Age#", "Amount#")
	things := slices.Clone(b.Things)
	slices.SortStableFunc(things, func(x, y Thing) int {
		switch {
		case x.New == y.New:
			return 0
		case x.New:
			return -1
		}
		return 1
	})
	shown := things[:min(len(things), mostThings)]
	for i := range shown {
		t := &shown[i]
		p.Row(t.Explain)
		p.Element("td", "topic", t.Topic)
		p.Raw(`<th scope="row" class="what"><b>`)
		p.Text(t.Title)
		p.Raw("</b><p><span class=\"soft\">")
		p.Text(t.Detail)
		p.Raw("</span> ")
		p.Text(t.Action)
		p.Raw("</p></th>")
		p.Cell(t.Owner)
		if t.New {
			p.Element("td", "strong", b.State(t))
		} else {
			p.Cell(b.State(t))
		}
		p.Cell(t.Since.String())
		p.Number(b.age(t))
		b.amount(p, t)
		p.RowEnd()
	}
	p.TableEnd()
	p.More(len(shown), len(things), "since.csv")
	p.SectionEnd()
}

// age says for how many days of data a thing has been known.
func (b *Page) age(t *Thing) string {
	if t.Since.IsZero() || b.Through.IsZero() {
		return ""
	}
	return markup.Plural(int64(max(0, b.Through.Sub(t.Since))), "day")
}

// amount is the cell with what a thing is about in money.
func (b *Page) amount(p *markup.Page, t *Thing) {
	d, err := money.ParseDecimal(t.Amount)
	if err != nil {
		p.Number("")
		return
	}
	p.Number(b.signed(d) + " " + t.Currency)
}

// gone are what the run before had.
func (b *Page) gone(p *markup.Page) {
	p.Section("gone", "What is no longer there", markup.Files("../"+string(b.Before)+"/attention.csv"))
	p.Table("", "Topic?", "What", "Detail", "Whose?", "Amount#")
	shown := b.Gone[:min(len(b.Gone), mostMoves)]
	for i := range shown {
		t := &shown[i]
		p.Row("")
		p.Head(t.Topic)
		p.Cell(t.Title)
		p.Cell(t.Detail)
		p.Cell(t.Owner)
		b.amount(p, t)
		p.RowEnd()
	}
	p.TableEnd()
	p.More(len(shown), len(b.Gone), "attention.csv of the run before")
	p.SectionEnd()
}

// moves are figures that differ, the largest first.
func (b *Page) moves(p *markup.Page, id, title, name, file string, moves []Move, more int) {
	if len(moves) == 0 {
		return
	}
	p.Section(id, title, markup.Files(file, "../"+string(b.Before)+"/"+file))
	p.Table("Revenue in "+string(b.Currency)+".", name, "Run before#", "This run#", "Change#")
	shown := moves[:min(len(moves), mostMoves)]
	for i := range shown {
		b.move(p, &shown[i])
	}
	p.TableEnd()
	p.More(len(shown), len(moves)+more, file)
	p.SectionEnd()
}

// Largest puts the moves that differ most first, and keeps so many of them.
func Largest(moves []Move, most int) []Move {
	slices.SortFunc(moves, func(x, y Move) int {
		return cmp.Or(y.Change().Abs().Cmp(x.Change().Abs()), cmp.Compare(x.Name, y.Name), cmp.Compare(x.ID, y.ID))
	})
	return moves[:min(len(moves), most)]
}
