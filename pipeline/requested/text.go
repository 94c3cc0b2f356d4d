package requested

import (
	"fmt"
	"strings"

	"daybook/pipeline/disputed"
	"daybook/pipeline/document/screen"
	"daybook/schemas/money"
)

// Screen is a request whole, for a terminal.
func (v *View) Screen() []screen.Block {
	head := fmt.Sprintf("%s %s of account %s, %s, received %s", v.Kind, v.ID, v.Account, v.State, v.Received)
	if v.By != "" {
		head += " from " + v.By
	}
	written := [][]string{} // none of its lines can be taken for one of ours
	for line := range strings.Lines(v.Text) {
		written = append(written, []string{"|", strings.TrimRight(line, "\r\n")})
	}
	out := []screen.Block{{Text: head}, {Rows: written, Right: 2}}
	out = append(out, screen.Block{Rows: v.links(), Right: 2})
	if len(v.Charges) > 0 {
		rows := [][]string{{"charge", "what", "from", "to", "quantity", "", "amount", ""}}
		var sum money.Decimal
		for i := range v.Charges {
			c := &v.Charges[i]
			quantity := ""
			if c.Quantity != nil {
				quantity = c.Quantity.String()
			}
			sum = sum.Add(c.Amount)
			rows = append(rows, []string{fmt.Sprintf("%.12s", c.ID), c.Called, c.From.String(), c.To.String(), quantity, c.Unit, screen.Amount(c.Amount, c.Currency), string(c.Currency)})
		}
		c := &v.Charges[0]
		out = append(out, screen.Block{Text: "Charges", Rows: rows, Right: 4, Below: fmt.Sprintf("in sum %s %s", screen.Amount(sum, c.Currency), c.Currency)})
	}
	return out
}

// links are what a request is linked to, a name and what it is a row.
func (v *View) links() (out [][]string) {
	add := func(name, value string) {
		if value != "" {
			out = append(out, []string{name, value})
		}
	}
	add("about", string(v.Period))
	for _, l := range v.Lines {
		add("line", l)
	}
	add("book", v.Where)
	if v.Object != "" {
		add("delivered", fmt.Sprintf("%s row %d", v.Object, v.SourceRow))
	}
	add("run", string(v.Run))
	if d := v.Decision; d != nil {
		add("decided", fmt.Sprintf("%s on %s by %s %s", d.Outcome, d.On, d.By, d.Reason))
	}
	for _, c := range v.Asked {
		add("asked for", c)
	}
	for _, c := range v.Made {
		add("made", c)
	}
	if a := v.Answer; a != nil {
		add("answered", fmt.Sprintf("on %s by %s: %s", a.On, a.By, strings.Join(strings.Fields(a.Text), " ")))
	}
	if v.Closed != nil {
		add("closed", v.Closed.String())
	}
	return append(out, v.followed()...)
}

// followed is what was found by its links.
func (v *View) followed() (out [][]string) {
	add := func(name, value string) { out = append(out, []string{name, value}) }
	for i := range v.Results {
		r := &v.Results[i]
		add("SLA result", fmt.Sprintf("%s %s, credit %s %s", r.ID, r.Status, screen.Amount(r.Credit, r.Currency), r.Currency))
	}
	for i := range v.Challenge {
		x := &v.Challenge[i]
		add("dispute", fmt.Sprintf("%s %s: %s %s claimed, %s accepted, %s rejected, %s open", x.ID, stateText(x), screen.Amount(x.Claimed, x.Currency), x.Currency,
			screen.Amount(x.Accepted, x.Currency), screen.Amount(x.Rejected, x.Currency), screen.Amount(x.Open, x.Currency)))
	}
	for i := range v.Documents {
		add("document", issuedText(&v.Documents[i]))
	}
	for i := range v.Notes {
		add("note", issuedText(&v.Notes[i]))
	}
	for i := range v.Findings {
		f := &v.Findings[i]
		add("finding", string(f.Code)+": "+f.Message)
	}
	return out
}

func issuedText(d *disputed.Document) string {
	return fmt.Sprintf("%s of %s: %s %s", d.Number, d.Issued, screen.Amount(d.Total.Decimal(), d.Currency), d.Currency)
}
