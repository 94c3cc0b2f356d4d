package requested

import (
	"fmt"
	"strconv"
	"strings"

	"daybook/pipeline/disputed"
	"daybook/pipeline/document/markup"
	"daybook/pipeline/document/screen"
	"daybook/schemas/money"
	"daybook/schemas/request"
)

// HTML is the page that answers the customer: what was asked, what it is about, what came of it, and what we say. Findings are ours, and
// stand on no page.
func (v *View) HTML() []byte {
	title := "Request " + v.ID
	p := markup.NewPage(title)
	p.Begin("", "")
	p.Raw("<header>")
	p.Element("h1", "", title)
	p.Element("p", "lead", v.provider+" to "+v.name+" (account "+string(v.Account)+"). "+v.verdict())
	p.Raw("</header>\n")
	if v.Answer != nil {
		p.Section("answer", "Our answer", markup.Sources{})
		paragraphs(p, v.Answer.Text)
		p.Element("p", "soft", v.Answer.By+", "+v.Answer.On.String())
		p.SectionEnd()
	}
	v.asked(p)
	v.about(p)
	v.changes(p)
	v.became(p)
	return p.End()
}

// verdict is how it stands, in a sentence.
func (v *View) verdict() string {
	days := markup.Plural(int64(v.Age), "day")
	switch v.State {
	case request.Closed:
		return "It was closed after " + days + "."
	case request.Answered:
		return "It was received " + days + " ago, and is answered."
	default:
		return "It was received " + days + " ago, and is open."
	}
}

// stateText is a dispute's state in words.
func stateText(x *disputed.Row) string { return strings.ReplaceAll(string(x.State), "_", " ") }

// paragraphs writes a text with its line breaks.
func paragraphs(p *markup.Page, text string) {
	for _, one := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
		p.Element("p", "", one)
	}
}

func (v *View) asked(p *markup.Page) {
	p.Section("asked", "What you wrote", markup.Sources{})
	paragraphs(p, v.Text)
	from := "Received on " + v.Received.String()
	if v.By != "" {
		from += " from " + v.By
	}
	p.Element("p", "soft", from+", about "+string(v.Period)+".")
	for _, l := range v.Lines {
		p.Element("p", "soft", "About "+l)
	}
	p.SectionEnd()
}

func (v *View) about(p *markup.Page) {
	if len(v.Charges) == 0 && len(v.Results) == 0 {
		return
	}
	p.Section("about", "What it is about", markup.Sources{})
	if len(v.Charges) > 0 {
		v.charges(p)
	}
	if len(v.Results) > 0 {
		p.Table("What was promised of the service", "Service", "Promise", "Credit#", "")
		for i := range v.Results {
			r := &v.Results[i]
			p.Row("")
			p.Head(r.Service)
			p.Cell(statusText(r))
			p.Number(screen.Amount(r.Credit, r.Currency))
			p.Element("td", "", string(r.Currency))
			p.RowEnd()
		}
		p.TableEnd()
	}
	p.SectionEnd()
}

func statusText(r *Result) string {
	switch r.Status {
	case "kept", "breached":
		return string(r.Status)
	default:
		return "being looked at"
	}
}

func (v *View) charges(p *markup.Page) {
	p.Table("Charges of "+string(v.Period), "Charge", "From", "To", "Quantity#", "Unit", "Amount#", "")
	var sum money.Decimal
	for i := range v.Charges {
		c := &v.Charges[i]
		sum = sum.Add(c.Amount)
		quantity, unit := "", ""
		if c.Quantity != nil && !c.ofCost {
			quantity, unit = c.Quantity.String(), c.Unit
		}
		p.Row("")
		p.Head(c.Called)
		p.Cell(c.From.String())
		p.Cell(c.To.String())
		p.Number(quantity)
		p.Element("td", "", unit)
		p.Number(screen.Amount(c.Amount, c.Currency))
		p.Element("td", "", string(c.Currency))
		p.RowEnd()
	}
	if c := &v.Charges[0]; len(v.Charges) > 1 { // of one account, and so in one currency
		p.TotalRow()
		p.Head(strconv.Itoa(len(v.Charges)) + " charges")
		p.Raw("<td></td><td></td><td></td><td></td>")
		p.Number(screen.Amount(sum, c.Currency))
		p.Element("td", "", string(c.Currency))
		p.RowEnd()
	}
	p.TableEnd()
}

func (v *View) changes(p *markup.Page) {
	if len(v.Asked) == 0 && len(v.Made) == 0 {
		return
	}
	p.Section("changes", "Changes of subscriptions", markup.Sources{})
	for _, c := range v.Asked {
		p.Element("p", "", "You asked for: "+c)
	}
	switch d := v.Decision; {
	case len(v.Asked) == 0:
	case d == nil:
		p.Element("p", "", "It is not decided yet, and changes nothing until it is.")
	default:
		text := fmt.Sprintf("It was %s on %s by %s.", d.Outcome, d.On, d.By)
		if d.Reason != "" {
			text += " " + d.Reason
		}
		p.Element("p", "", text)
	}
	for _, c := range v.Made {
		p.Element("p", "", "Made: "+c)
	}
	p.SectionEnd()
}

// became shows the disputes that came of it, and what was issued.
func (v *View) became(p *markup.Page) {
	if len(v.Challenge) == 0 && len(v.Documents)+len(v.Notes) == 0 {
		return
	}
	p.Section("became", "What came of it", markup.Sources{})
	if len(v.Challenge) > 0 {
		p.Table("Disputes", "Dispute", "State", "Claimed#", "Accepted#", "Rejected#", "Open#", "")
		for i := range v.Challenge {
			x := &v.Challenge[i]
			p.Row("")
			p.Head(x.ID)
			p.Cell(stateText(x))
			for _, d := range []money.Decimal{x.Claimed, x.Accepted, x.Rejected, x.Open} {
				p.Number(screen.Amount(d, x.Currency))
			}
			p.Element("td", "", string(x.Currency))
			p.RowEnd()
		}
		p.TableEnd()
	}
	for _, x := range []struct {
		what string
		list []disputed.Document
	}{{"Document", v.Documents}, {"Note", v.Notes}} {
		for i := range x.list {
			d := &x.list[i]
			p.Element("p", "", x.what+" "+issuedText(d)+".")
		}
	}
	p.SectionEnd()
}
