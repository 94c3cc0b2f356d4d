package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"daybook/pipeline/quote"
	"daybook/schemas"
	"daybook/schemas/money"
)

func printQuoteJSON(out io.Writer, v any) error {
	return sayJSON(out, v, "  ")
}

// shownAmount is an amount with at least the currency's places.
func shownAmount(d money.Decimal, c money.Currency) string {
	places, _ := money.MinorUnits(c)
	return money.Text(d, places)
}

// trimmer drops the blanks at the ends of lines, with which a table fills its last column.
type trimmer struct {
	out  io.Writer
	line []byte
}

func (t *trimmer) Write(p []byte) (int, error) {
	for i, b := range p {
		if t.line = append(t.line, b); b != '\n' {
			continue
		}
		if _, err := t.out.Write(append(bytes.TrimRight(t.line, " \n"), '\n')); err != nil {
			return i, err
		}
		t.line = t.line[:0]
	}
	return len(p), nil
}

func printQuote(out io.Writer, q *quote.Quote, steps bool) error {
	known := ""
	if q.AsOf != nil {
		known = ", as known on " + q.AsOf.String()
	}
	w := &pageWriter{tabs: tabwriter.NewWriter(&trimmer{out: out}, 0, 8, 2, ' ', 0)}
	w.line("Quote for %s on %s, billed in %s%s", q.Account, q.Day, q.Period, known)
	w.line("%s", startOf(q))
	if len(q.Lines) == 0 {
		w.line("Nothing is added to the bill of %s.%s", q.Period, laterDue(q))
		w.quoteRest(q)
		return w.tabs.Flush()
	}
	w.cells("line", "price", "quantity", "amount", "", "where")
	for i := range q.Lines {
		l := &q.Lines[i]
		quantity := quantityOf(l)
		rest := ""
		if !l.Without.IsZero() {
			rest = fmt.Sprintf("(%s less %s without the use)", shownAmount(l.With, q.Currency), shownAmount(l.Without, q.Currency))
		}
		w.cells(quoteName(l.Description, l.Group), priceName(l.Price, l.Version), quantity, shownAmount(l.Amount, q.Currency)+" "+string(q.Currency), rest, l.Where)
	}
	w.cells("total", "", "", shownAmount(q.Total, q.Currency)+" "+string(q.Currency), "", "")
	if steps {
		for i := range q.Lines {
			w.line("\n%s", quoteName(q.Lines[i].Description, q.Lines[i].Group))
			for n, s := range q.Lines[i].Steps {
				w.cells(fmt.Sprintf("[%d]", n+1), s.Note, "= "+s.Formula, "= "+s.Out)
			}
		}
	}
	w.quoteRest(q)
	return w.tabs.Flush()
}

// startOf says which balances a quote starts from, and what it takes for granted.
func startOf(q *quote.Quote) string {
	text := "It starts from the balances of the book"
	if q.Carried != nil {
		text = fmt.Sprintf("It starts from what run %s of %s left", q.Carried.Run, q.Carried.Period)
	}
	if q.Offering != "" {
		text += fmt.Sprintf(", with a subscription to %s from %s on", q.Offering, q.Day)
	}
	return text + "."
}

// laterDue says why a subscription may cost nothing at first.
func laterDue(q *quote.Quote) string {
	if q.Offering == "" || len(q.Findings) > 0 {
		return ""
	}
	return " A recurring price in arrears falls due at the end of its first period, which may lie in a later month."
}

// quantityOf is what a line charges, and what was used where that differs.
func quantityOf(l *quote.Line) string {
	if l.Quantity == nil {
		return ""
	}
	charged := strings.TrimSpace(l.Quantity.String() + " " + l.Unit)
	if l.Metered == nil || l.Metered.Equal(*l.Quantity) && l.MeteredUnit == l.Unit {
		return charged
	}
	return fmt.Sprintf("%s, %s charged", strings.TrimSpace(l.Metered.String()+" "+l.MeteredUnit), charged)
}

// quoteRest says what is not in the lines.
func (w *pageWriter) quoteRest(q *quote.Quote) {
	if !q.Anyway.IsZero() {
		w.line("%s %s fall due in %s without the use, and are not in the total.", shownAmount(q.Anyway, q.Currency), q.Currency, q.Period)
	}
	w.quoteRows(q)
}

// quoteRows says what of a usage file is not in the quote, and what is wrong with it.
func (w *pageWriter) quoteRows(q *quote.Quote) {
	r := &q.Rows
	for _, x := range []struct {
		n         int64
		one, many string
	}{
		{r.Rejected, "cannot be used", "cannot be used"},
		{r.Duplicates, "is there twice", "are there twice"},
		{r.OtherPeriods, "is of another month; --date chooses which", "are of other months; --date chooses which"},
		{r.OtherAccount, "is of another account", "are of other accounts"},
	} {
		switch {
		case x.n == 1:
			w.line("left out: 1 row that %s", x.one)
		case x.n > 1:
			w.line("left out: %s rows that %s", count(x.n), x.many)
		}
	}
	for i := range q.Findings {
		f := &q.Findings[i]
		at := f.Object
		if f.Row > 0 {
			at += fmt.Sprintf(" row %d", f.Row)
		}
		if at != "" {
			at = " " + at
		}
		w.line("%s (%s)%s: %s", f.Code, f.Severity, at, f.Message)
	}
	if len(q.PricedBy) > 0 {
		w.line("To price it as if the account subscribed: --offering %s", orList(q.PricedBy))
	}
}

func orList(offerings []schemas.OfferingID) string {
	names := make([]string, len(offerings))
	for i, o := range offerings {
		names[i] = string(o)
	}
	return strings.Join(names, " or ")
}

// quoteName is what a line is called: its description and those dimensions of its group that have a value.
func quoteName(description, group string) string {
	var dimensions []string
	for d := range strings.SplitSeq(group, ", ") {
		if _, value, _ := strings.Cut(d, "="); value != "" {
			dimensions = append(dimensions, d)
		}
	}
	if len(dimensions) > 0 {
		description += " (" + strings.Join(dimensions, ", ") + ")"
	}
	return description
}

func priceName(id schemas.PriceID, version string) string {
	if version == "" {
		return string(id)
	}
	return string(id) + "@" + version
}

func printComparison(out io.Writer, c *quote.Comparison, left, right string) error {
	q := c.Left
	amount := func(d money.Decimal) string { return shownAmount(d, q.Currency) }
	percent := func(p *money.Decimal) string {
		if p == nil {
			return ""
		}
		return money.Text(*p, 2) + " %"
	}
	say(out, "Quote for %s on %s, billed in %s, amounts in %s\n%s\n", q.Account, q.Day, q.Period, q.Currency, startOf(q))
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', tabwriter.AlignRight)
	say(w, "%s\t%s\tdifference\t\t  line\n", left, right)
	for i := range c.Lines {
		l := &c.Lines[i]
		versions := strings.Join(l.LeftVersions, ", ")
		if other := strings.Join(l.RightVersions, ", "); other != versions {
			versions += " → " + other
		}
		switch {
		case versions == "":
			versions = string(l.Price)
		case l.Price != "":
			versions = string(l.Price) + "@" + versions
		}
		say(w, "%s\t%s\t%s\t%s\t  %s  %s\n", amount(l.Left), amount(l.Right), amount(l.Difference), percent(l.Percent), quoteName(l.Description, l.Group), versions)
	}
	say(w, "%s\t%s\t%s\t%s\t  total\n", amount(c.Left.Total), amount(c.Right.Total), amount(c.Difference), percent(c.Percent))
	if err := w.Flush(); err != nil {
		return err
	}
	for _, side := range []struct {
		name  string
		quote *quote.Quote
	}{{left, c.Left}, {right, c.Right}} {
		for i := range side.quote.Findings {
			f := &side.quote.Findings[i]
			say(out, "%s: %s (%s): %s\n", side.name, f.Code, f.Severity, f.Message)
		}
	}
	return nil
}
