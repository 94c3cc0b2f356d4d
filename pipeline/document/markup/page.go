package markup

import (
	"strings"

	"daybook/schemas/money"
)

// Page writes HTML into one buffer. Markup goes through Raw, everything else through Text.
type Page struct {
	Dst []byte
	// command explains a figure of a period, as Begin says.
	command, period string
}

// Raw appends markup as it is.
func (p *Page) Raw(parts ...string) {
	for _, s := range parts {
		p.Dst = append(p.Dst, s...)
	}
}

// Text appends a text, escaped.
func (p *Page) Text(s string) { p.Dst = AppendEscaped(p.Dst, s) }

// Element appends a text within a tag with a class.
func (p *Page) Element(tag, class, s string) {
	p.Raw("<", tag)
	if class != "" {
		p.Raw(` class="`, class, `"`)
	}
	p.Raw(">")
	p.Text(s)
	p.Raw("</", tag, ">")
}

// id appends an attribute with the anchor of a thing.
func (p *Page) id(s string) {
	p.Raw(` id="`)
	p.Dst = append(AppendID(p.Dst, s), '"')
}

// Link appends a text that leads somewhere.
func (p *Page) Link(to, s string) {
	p.Raw(`<a href="`)
	p.Text(to)
	p.Raw(`">`)
	p.Text(s)
	p.Raw("</a>")
}

// heading appends a heading that links to the anchor around it.
func (p *Page) heading(tag, id, s string) {
	p.Raw("<", tag, ">")
	p.headed(tag, id, s)
}

// headed ends a heading that has begun.
func (p *Page) headed(tag, id, s string) {
	p.Text(s)
	p.Raw(` <a class="a" href="#`)
	p.Dst = AppendID(p.Dst, id)
	p.Raw(`" aria-label="Link to this">#</a></`, tag, ">\n")
}

// Sources say where figures are from: a command that explains one of an identifier, and files beside the page. Either may be empty.
type Sources struct {
	Explain string
	Files   []string
}

// Files are sources that no one command explains.
func Files(names ...string) Sources { return Sources{Files: names} }

// Section begins a section under an anchor.
func (p *Page) Section(id, title string, from Sources) {
	p.Raw("<section")
	p.id(id)
	p.Raw(">")
	p.heading("h2", id, title)
	p.From(from)
}

// SectionEnd ends a section.
func (p *Page) SectionEnd() { p.Raw("</section>\n") }

// Figure begins a picture's frame with its heading; an empty picture is told by the words, and ended.
func (p *Page) Figure(id, heading, empty string, has bool, from Sources) bool {
	p.Raw("<figure")
	p.id(id)
	p.Raw(">")
	p.heading("h3", id, heading)
	if !has {
		p.Element("p", "soft", empty)
		p.FigureEnd()
		return false
	}
	p.From(from)
	return true
}

// FigureEnd ends a picture's frame.
func (p *Page) FigureEnd() { p.Raw("</figure>\n") }

// From appends a line that says where figures are from.
func (p *Page) From(from Sources) {
	explain := from.Explain != "" && p.command != ""
	if !explain && len(from.Files) == 0 {
		return
	}
	p.Raw(`<p class="src">`)
	for i, name := range from.Files {
		if i > 0 {
			p.Raw(" ")
		}
		p.Link(name, strings.TrimPrefix(name, "../"))
	}
	if explain {
		p.Raw(" ")
		p.Explain(from.Explain)
	}
	p.Raw("</p>\n")
}

// Explain appends the command that explains what has an identifier, if the page has such a command.
func (p *Page) Explain(id string) {
	if p.command == "" {
		return
	}
	command := strings.Replace(p.command, "{}", Quoted(id), 1)
	if !strings.HasPrefix(id, p.period+"/") {
		command += " --period " + p.period
	}
	p.Element("code", "cmd", command)
}

// Quoted quotes a text for a POSIX shell, if it needs it.
func Quoted(s string) string {
	plain := s != ""
	for i := range len(s) {
		c := s[i]
		plain = plain && (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("./_-:%@+,", c) >= 0)
	}
	if plain {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// Table begins a table; of a column's name a # at its end says that it holds numbers, and a ? that its few values can be chosen from.
func (p *Page) Table(caption string, columns ...string) { p.TableOf("", caption, columns...) }

// TableOf is Table, with attributes.
func (p *Page) TableOf(attributes, caption string, columns ...string) {
	p.Raw(`<div class="scroll"><table class="t"`, attributes, ">")
	if caption != "" {
		p.Raw("<caption><span>")
		p.Text(caption)
		p.Raw("</span></caption>")
	}
	p.Raw("<thead><tr>")
	for _, c := range columns {
		name := strings.TrimRight(c, "#?")
		switch c[len(name):] {
		case "#":
			p.Raw(`<th scope="col" class="n">`)
		case "?":
			p.Raw(`<th scope="col" class="f">`)
		default:
			p.Raw(`<th scope="col">`)
		}
		p.Text(name)
		p.Raw("</th>")
	}
	p.Raw("</tr></thead>\n<tbody>\n")
}

// TableEnd ends a table.
func (p *Page) TableEnd() { p.Raw("</tbody></table></div>\n") }

// Row begins a row, under the anchor of what can be explained by an identifier; of none it is a row without.
func (p *Page) Row(explain string) {
	p.Raw("<tr")
	if explain != "" {
		p.id(explain)
		p.Raw(` class="x"`)
	}
	p.Raw(">")
}

// RowAt begins a row under the anchor of what has an identifier, and is not explained by it.
func (p *Page) RowAt(id string) {
	p.Raw("<tr")
	p.id(id)
	p.Raw(">")
}

// TotalRow begins a row that sums the others up, and stays at the end.
func (p *Page) TotalRow() { p.Raw(`<tr class="total">`) }

// RowEnd ends a row.
func (p *Page) RowEnd() { p.Raw("</tr>\n") }

// Head appends the cell that names its row.
func (p *Page) Head(s string) {
	p.Raw(`<th scope="row">`)
	p.Text(s)
	p.Raw("</th>")
}

// Cell appends a cell with a text. An identifier or a day stays in one line, and a sentence has room on a telephone.
func (p *Page) Cell(s string) {
	const name, word, sentence = 12, 24, 40
	class := ""
	switch {
	case len(s) > sentence:
		class = "l"
	case len(s) <= word && strings.Contains(s, "-") && !strings.Contains(s, " "):
		class = "w"
	case len(s) > name:
		class = "m"
	}
	p.Element("td", class, s)
}

// Number appends a cell with a number.
func (p *Page) Number(s string) { p.Element("td", "n", s) }

// Change appends a cell with a signed number, coloured by whether it is good.
func (p *Page) Change(s string, d money.Decimal, good bool) {
	class := "n"
	switch {
	case d.IsZero():
	case good:
		class = "n good"
	default:
		class = "n bad"
	}
	p.Element("td", class, s)
}

// Numbers appends, below a picture, the table of what it draws.
func (p *Page) Numbers(columns []string, rows [][]string) { p.Details("Figures", columns, rows) }

// Details appends a table that opens at its title.
func (p *Page) Details(title string, columns []string, rows [][]string) {
	p.Raw("<details>")
	p.Element("summary", "", title)
	p.Table("", columns...)
	for _, row := range rows {
		p.Raw("<tr>")
		for i, c := range row {
			switch {
			case i == 0:
				p.Head(c)
			case strings.HasSuffix(columns[i], "#"):
				p.Number(c)
			default:
				p.Cell(c)
			}
		}
		p.RowEnd()
	}
	p.TableEnd()
	p.Raw("</details>\n")
}

// More says what a table leaves out.
func (p *Page) More(shown, all int, where string) {
	if all > shown {
		p.Element("p", "soft", Plural(int64(all-shown), "row")+" more in "+where+".")
	}
}

// Begin begins the main part of a page. Its figures are explained by a command, where there is one: {} in it stands for a figure's
// identifier, and one that does not begin with the period is looked for in that.
func (p *Page) Begin(command, period string) {
	p.command, p.period = command, period
	p.Raw("<main")
	if command != "" {
		p.Raw(` data-command="`)
		p.Text(command)
		p.Raw(`" data-period="`)
		p.Text(period)
		p.Raw(`"`)
	}
	p.Raw(">\n")
}

// Tile begins one of the few figures that sum a page up, under its name.
func (p *Page) Tile(id, name string) {
	p.Raw(`<div class="tile"`)
	p.id(id)
	p.Raw(">")
	p.Element("h2", "", name)
}

// Sub begins a part of a section under an anchor of its own.
func (p *Page) Sub(id, title string, from Sources) {
	p.Raw("<h3")
	p.id(id)
	p.Raw(">")
	p.headed("h3", id, title)
	p.From(from)
}
