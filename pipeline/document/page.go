package document

import "daybook/schemas/money"

// page writes HTML into one buffer. Markup goes through raw, everything else through text.
type page struct {
	dst []byte
}

// raw appends markup as it is.
func (p *page) raw(parts ...string) {
	for _, s := range parts {
		p.dst = append(p.dst, s...)
	}
}

// text appends a text, escaped.
func (p *page) text(s string) { p.dst = appendEscaped(p.dst, s) }

// element appends a text within a tag with a class.
func (p *page) element(tag, class, s string) {
	p.raw("<", tag)
	if class != "" {
		p.raw(` class="`, class, `"`)
	}
	p.raw(">")
	p.text(s)
	p.raw("</", tag, ">")
}

// tableHead begins a table; a column whose name ends in # holds numbers.
func (p *page) tableHead(caption string, columns ...string) {
	p.raw("<div class=\"scroll\"><table>")
	if caption != "" {
		p.element("caption", "", caption)
	}
	p.raw("<thead><tr>")
	for _, c := range columns {
		if c[len(c)-1] == '#' {
			p.raw(`<th scope="col" class="n">`)
			p.text(c[:len(c)-1])
		} else {
			p.raw(`<th scope="col">`)
			p.text(c)
		}
		p.raw("</th>")
	}
	p.raw("</tr></thead>\n<tbody>\n")
}

func (p *page) tableEnd() { p.raw("</tbody></table></div>\n") }

// number appends a cell with a number.
func (p *page) number(s string) { p.element("td", "n", s) }

// change appends a cell with a signed number, coloured by whether it is good.
func (p *page) change(s string, d money.Decimal, good bool) {
	class := "n"
	switch {
	case d.IsZero():
	case good:
		class = "n good"
	default:
		class = "n bad"
	}
	p.element("td", class, s)
}

// numbers appends, below a picture, the table of what it draws.
func (p *page) numbers(columns []string, rows [][]string) { p.details("Figures", columns, rows) }

// details appends a table that opens at its title.
func (p *page) details(title string, columns []string, rows [][]string) {
	p.raw("<details>")
	p.element("summary", "", title)
	p.tableHead("", columns...)
	for _, row := range rows {
		p.raw("<tr>")
		for i, c := range row {
			switch {
			case i == 0:
				p.raw(`<th scope="row">`)
				p.text(c)
				p.raw("</th>")
			case columns[i][len(columns[i])-1] == '#':
				p.number(c)
			default:
				p.element("td", "", c)
			}
		}
		p.raw("</tr>\n")
	}
	p.tableEnd()
	p.raw("</details>\n")
}
