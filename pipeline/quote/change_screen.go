package quote

import (
	"fmt"
	"strings"

	"daybook/pipeline/document/screen"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Screen shows a preview: line by line what was and what would be.
func (p *Preview) Screen() (out []screen.Block) {
	for i := range p.Accounts {
		a := &p.Accounts[i]
		title := "Change for " + string(a.Account)
		if p.Request != "" {
			title += ", request " + p.Request
		}
		changes := screen.Block{Text: title, Right: 1}
		for k := range a.Changes {
			changes.Rows = append(changes.Rows, []string{a.Changes[k].words()})
		}
		out = append(out, changes)
		for k := range a.Invoices {
			out = append(out, a.Invoices[k].screen(a.Currency))
		}
	}
	return out
}

func (c *ChangeOf) words() string {
	text := fmt.Sprintf("%s: %s", c.Subscription, c.Kind)
	if c.Quantity != nil {
		text += " " + c.Quantity.String()
	}
	if c.Offering != "" {
		text += " " + string(c.Offering)
	}
	text += " from " + c.On.String()
	if c.Effect == schemas.EffectNextPeriod {
		text += ", with its next period"
	}
	if c.Gone {
		text += ", taken back"
	}
	return text
}

func (v *ChangedInvoice) screen(c money.Currency) screen.Block {
	use := "without use, which is to come"
	if v.Usage != "" {
		use = fmt.Sprintf("with the use of run %.8s", v.Usage)
	}
	b := screen.Block{Right: 3, Text: fmt.Sprintf("Invoice of %s in %s, %s: %s before, %s after, %s difference", v.Period, c, use, screen.Amount(v.Before, c), screen.Amount(v.After, c), screen.Amount(v.Difference, c))}
	if len(v.Lines) > 0 {
		b.Rows = [][]string{{"line", "", "days", "quantity", "before", "after", "difference"}}
	}
	for i := range v.Lines {
		l := &v.Lines[i]
		before, after := "", ""
		if l.Before != nil {
			before = screen.Amount(l.Before.Amount, c)
		}
		if l.After != nil {
			after = screen.Amount(l.After.Amount, c)
		}
		const widest = 40
		x := l.latest()
		name := screen.Clip(x.Description, widest)
		if x.Corrects != "" {
			name = "correction of " + string(x.Corrects) + ": " + name
		}
		b.Rows = append(b.Rows, []string{name, l.stretch(), l.proration(), x.quantity(), before, after, screen.Amount(l.Difference, c)})
	}
	if v.Same > 0 {
		b.Below = fmt.Sprintf("  and %d %s that %s as %s", v.Same, schemas.OneOrMany(v.Same, "line", "lines"), schemas.OneOrMany(v.Same, "stays", "stay"), schemas.OneOrMany(v.Same, "it is", "they are"))
	}
	return b
}

func (l *ChangedLine) latest() *InvoiceLine {
	if l.After != nil {
		return l.After
	}
	return l.Before
}

// stretch is from when to when the line is, and was if that was otherwise.
func (l *ChangedLine) stretch() string {
	x := l.latest()
	text := x.From.String() + " – " + x.To.String()
	if l.Before != nil && l.After != nil && l.Before.To != l.After.To {
		text += " (was to " + l.Before.To.String() + ")"
	}
	return text
}

// proration is what part of a whole the line is; without one, how many days.
func (l *ChangedLine) proration() string {
	x := l.latest()
	if x.Proration != "" {
		return x.Proration
	}
	return fmt.Sprintf("%d days", x.Days)
}

func (x *InvoiceLine) quantity() string {
	if x.Quantity == nil {
		return ""
	}
	return strings.TrimSpace(x.Quantity.String() + " " + x.Unit)
}
