package disputed

import (
	"fmt"
	"strconv"
	"strings"

	"daybook/pipeline/document/markup"
	"daybook/pipeline/document/screen"
	"daybook/pipeline/explain"
	"daybook/schemas"
	"daybook/schemas/dispute"
	"daybook/schemas/money"
)

// HTML is the page that may go to the customer: what was asked, found and decided, each line before and after, and the arithmetic of one
// line of each kind.
func (v *View) HTML() []byte {
	title := "Dispute " + v.ID
	p := markup.NewPage(title)
	p.Begin("", "")
	p.Raw("<header>")
	p.Element("h1", "", title)
	p.Element("p", "lead", v.provider+" on the bill of "+v.name+" (account "+string(v.Account)+") for "+string(v.Period)+". "+v.verdict())
	p.Raw("</header>\n")
	v.asked(p)
	v.found(p)
	v.decided(p)
	if v.Run != "" {
		v.linesPage(p)
		v.records(p)
		v.arithmetic(p)
	}
	return p.End()
}

// verdict is the whole in a sentence.
func (v *View) verdict() string {
	c := string(v.Currency)
	switch {
	case v.State == dispute.Raised:
		return fmt.Sprintf("%s %s are challenged and not decided yet.", v.amount(v.Claimed), c)
	case v.Open.IsPositive():
		return fmt.Sprintf("Of %s %s that are challenged %s are accepted, %s rejected, and %s still open.", v.amount(v.Claimed), c, v.amount(v.Accepted), v.amount(v.Rejected), v.amount(v.Open))
	}
	return fmt.Sprintf("Of %s %s that were challenged %s are accepted and %s rejected.", v.amount(v.Claimed), c, v.amount(v.Accepted), v.amount(v.Rejected))
}

// amount is an amount with the places of the account's currency.
func (v *View) amount(d money.Decimal) string { return amountIn(d, v.Currency) }

func amountIn(d money.Decimal, c money.Currency) string { return screen.Amount(d, c) }

// pairs writes a table of names and values, without those that are empty.
func pairs(p *markup.Page, rows ...[2]string) {
	p.Table("", "What", "")
	for _, r := range rows {
		if r[1] != "" {
			p.Row("")
			p.Head(r[0])
			p.Element("td", "", r[1])
			p.RowEnd()
		}
	}
	p.TableEnd()
}

func (v *View) asked(p *markup.Page) {
	d := v.Dispute
	p.Section("asked", "What was asked", markup.Sources{})
	rows := [][2]string{
		{"Challenged", v.amount(v.Claimed) + " " + string(v.Currency) + ", with tax"},
		{"Why", d.Reason},
		{"Your case", d.Case},
		{"Document", d.Invoice},
		{"Opened", d.Raised.String() + " by " + d.By},
	}
	for i := range d.Lines {
		l := &d.Lines[i]
		text := strings.Join(strings.Fields(strings.Join([]string{string(l.Subscription), string(l.Offering), string(l.Price)}, " ")), ", ")
		if l.Amount != nil {
			text += ": " + v.amount(*l.Amount) + " " + string(v.Currency)
		}
		rows = append(rows, [2]string{"Line", text})
	}
	pairs(p, rows...)
	p.SectionEnd()
}

func (v *View) found(p *markup.Page) {
	p.Section("found", "What we found", markup.Sources{})
	switch {
	case v.Run == "":
		p.Element("p", "", "Nothing was billed for the month yet.")
	case v.Reproduced:
		p.Element("p", "", "What was billed was reckoned again from the usage and the prices of then, and comes out the same.")
	default:
		p.Element("p", "", "What was billed was reckoned again from the usage and the prices of then. "+markup.Plural(int64(len(v.Differs)), "charge")+" came out otherwise; they are among the differences below.")
	}
	for i := range v.Documents {
		x := &v.Documents[i]
		p.Element("p", "", fmt.Sprintf("Document %s of %s, %s %s.", x.Number, x.Issued, x.Total, x.Currency))
	}
	for i := range v.Notes {
		x := &v.Notes[i]
		p.Element("p", "", fmt.Sprintf("Note %s of %s, %s %s.", x.Number, x.Issued, x.Total, x.Currency))
	}
	if len(v.Scope) > 0 {
		p.Table("What hangs together with the challenged lines", "What", "With", "Why")
		for _, s := range v.Scope {
			p.Row("")
			p.Head(s.What)
			p.Cell(s.With)
			p.Cell(s.Why)
			p.RowEnd()
		}
		p.TableEnd()
	}
	p.SectionEnd()
}

func (v *View) decided(p *markup.Page) {
	p.Section("decided", "What was decided", markup.Sources{})
	if len(v.Dispute.Decisions) == 0 {
		text := "Nothing yet."
		if v.DecideBy != nil {
			text += " It is to be decided by " + v.DecideBy.String() + "."
		}
		p.Element("p", "", text)
	}
	for i := range v.Dispute.Decisions {
		x := &v.Dispute.Decisions[i]
		rows := [][2]string{{"On", x.On.String() + " by " + x.By}, {"Outcome", outcomeText(x, v)}, {"Why", x.Reason}}
		for k := range x.Goodwill {
			g := &x.Goodwill[k]
			rows = append(rows, [2]string{"Goodwill", strings.TrimSpace(v.amount(g.Amount) + " " + string(v.Currency) + " before tax for " + string(g.Offering) + " " + g.Name)})
		}
		for k := range x.Prices {
			a := &x.Prices[k]
			rows = append(rows, [2]string{"Price agreed", "subscription " + string(a.Subscription) + ", price " + string(a.Price.ID)})
		}
		pairs(p, rows...)
	}
	p.Table("How it stands, in "+string(v.Currency), "Challenged#", "Accepted#", "Rejected#", "Open#")
	p.Row("")
	for _, d := range []money.Decimal{v.Claimed, v.Accepted, v.Rejected, v.Open} {
		p.Number(v.amount(d))
	}
	p.RowEnd()
	p.TableEnd()
	p.SectionEnd()
}

func outcomeText(x *dispute.Decision, v *View) string {
	text := string(x.Outcome)
	if x.Amount != nil {
		text += ": " + v.amount(*x.Amount) + " " + string(v.Currency)
	}
	return text
}

// changed reports whether a line is not what it was, or is challenged.
func (l *Line) changed() bool { return !l.Difference.IsZero() || l.Disputed }

func (v *View) linesPage(p *markup.Page) {
	p.Section("lines", "Before and after", markup.Sources{})
	if v.Total.Difference.IsZero() {
		p.Element("p", "", "No line of the bill changes.")
	}
	p.Table("Lines that are challenged or change; amounts as billed and as they are right now", "Line", "Account", "Quantity before#", "After#", "Unit", "Before#", "After#", "Decision#", "Otherwise#", "Difference#")
	rest := 0
	for i := range v.Lines {
		l := &v.Lines[i]
		if !l.changed() {
			rest++
			continue
		}
		p.Row("")
		called := l.Called
		if l.Group != "" {
			called += " (" + l.Group + ")"
		}
		p.Head(called)
		p.Cell(string(l.Account))
		for _, q := range l.Quantity {
			text := ""
			if q != nil && !l.ofCost {
				text = q.String()
			}
			p.Number(text)
		}
		unit := l.Unit
		if l.ofCost {
			unit = ""
		}
		p.Element("td", "", unit)
		for _, text := range l.texts(l.Currency) {
			p.Number(text)
		}
		p.RowEnd()
	}
	p.TotalRow()
	p.Head("All lines, with tax")
	p.Raw("<td></td><td></td><td></td><td></td>")
	for _, text := range v.Total.texts(v.Currency) {
		p.Number(text)
	}
	p.RowEnd()
	p.TableEnd()
	if rest > 0 {
		p.Element("p", "soft", markup.Plural(int64(rest), "line")+" more, which are not challenged and stay as they are, are in the sum.")
	}
	p.SectionEnd()
}

func (v *View) records(p *markup.Page) {
	named := 0
	for i := range v.Matches {
		if v.Matches[i].Named() {
			named++
		}
	}
	if named == 0 {
		return
	}
	p.Section("records", "Usage records that count otherwise", markup.Sources{})
	p.Table("", "Record", "From", "Until", "SKU", "Metered#", "Unit", "Counts as")
	for i := range v.Matches {
		m := &v.Matches[i]
		if !m.Named() {
			continue
		}
		name := m.Record
		if name == "" {
			name = m.Object + ", row " + strconv.FormatInt(m.Row, 10)
		}
		p.Row("")
		p.Head(name)
		p.Cell(m.Start)
		p.Cell(m.End)
		p.Cell(m.SKU)
		p.Number(m.Quantity)
		p.Element("td", "", m.Unit)
		p.Cell(m.Counts)
		p.RowEnd()
	}
	p.TableEnd()
	p.SectionEnd()
}

// arithmetic shows how one line of each kind that changes comes about: of each category and price.
func (v *View) arithmetic(p *markup.Page) {
	seen := map[string]bool{}
	p.Section("arithmetic", "How it is reckoned", markup.Sources{})
	for i := range v.Lines {
		l := &v.Lines[i]
		kind := string(l.Category)
		if l.Category == schemas.CategoryUsage || l.Category == schemas.CategoryPurchase {
			kind += "\x00" + string(l.Offering) + "\x00" + string(l.Price)
		}
		if l.Difference.IsZero() || l.ofCost || seen[kind] {
			continue
		}
		seen[kind] = true
		for k, when := range []string{"as it was billed", "as it is now"} {
			for n := range l.charges[beforeAndAfter[k]] {
				c := &l.charges[beforeAndAfter[k]][n]
				steps := c.Steps
				if k == 0 {
					steps = v.stepsBefore(c)
				}
				if len(steps) == 0 {
					continue
				}
				p.Element("h3", "", fmt.Sprintf("%s, %s: %s %s", c.Description, when, amountIn(c.Amount, c.Currency), c.Currency))
				p.Table("", "Step#", "What", "How", "Is#")
				for s, step := range explain.Steps(steps) {
					p.Row("")
					p.Number(strconv.Itoa(s + 1))
					p.Cell(step.Note)
					p.Cell(step.Formula)
					p.Number(step.Out)
					p.RowEnd()
				}
				p.TableEnd()
			}
		}
	}
	p.SectionEnd()
}

// stepsBefore is the arithmetic of a charge as the run made it.
func (v *View) stepsBefore(c *schemas.Charge) []schemas.Step {
	if len(c.Steps) > 0 {
		return c.Steps
	}
	for i := range v.before {
		if v.before[i].ID == c.ID {
			return v.before[i].Steps
		}
	}
	return nil
}
