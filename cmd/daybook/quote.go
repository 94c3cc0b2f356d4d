package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"daybook/pipeline"
	"daybook/pipeline/book"
	"daybook/schemas"
	"daybook/schemas/money"
)

// quoteOptions are those of the verb quote.
type quoteOptions struct {
	account    string
	date       string
	usage      string
	source     string
	meter      string
	quantity   string
	dimensions []string
	asOf       string
	against    string
	book2      string
	steps      bool
	json       bool
}

func newQuote() *cobra.Command {
	var o quoteOptions
	cmd := &cobra.Command{
		Use:   "quote BOOK --account A --date D (--usage FILE --source S | --meter M --quantity Q)",
		Short: "Price use that is in no delivery: a preview, or a what-if under another catalogue",
		Long: `quote prices a usage file, or a quantity of a meter, for an account and a day, exactly as the bill run would, and
writes nothing. The lines are what the use adds to the bill of the day's month; what falls due anyway is said
beside them. Balances are those of the book: what a run would carry in from the month before is left out.

--as-of answers with what the book knew on a day. --against (another such day) or --book2 (another book) answers
twice and shows the difference line by line.

Exit codes: 0 done; 2 the question cannot be answered as it was put; 3 done, but some of the use could not be
priced, and is listed.`,
		Example: `  daybook quote mycloud --account acme-prod --date 2024-09-20 --meter vcpu-hours --quantity 2500
  daybook quote mycloud --account acme-prod --date 2024-09-20 --meter egress --quantity 10 --dimension RegionId=fra1
  daybook quote mycloud --account acme-prod --date 2024-09-20 --usage events.jsonl.gz --source compute-meter
  daybook quote mycloud --account acme-prod --date 2024-09-20 --meter vcpu-hours --quantity 2500 --against 2024-06-30
  daybook quote mycloud --account acme-prod --date 2024-09-20 --meter vcpu-hours --quantity 2500 --book2 draft --json`,
		Args: exactly("book (a directory)"),
		RunE: func(cmd *cobra.Command, args []string) error { return runQuote(cmd, args[0], o) },
	}
	f := cmd.Flags()
	f.StringVar(&o.account, "account", "", "the account that uses")
	f.StringVar(&o.date, "date", "", "the day of use, YYYY-MM-DD; its month is rated (default: today)")
	f.StringVar(&o.usage, "usage", "", "a usage file in the format of a source; rows of other months and accounts are left out")
	f.StringVar(&o.source, "source", "", "the source of the book that declares the file's format")
	f.StringVar(&o.meter, "meter", "", "a meter of the catalogue")
	f.StringVar(&o.quantity, "quantity", "", "how much of it, in the meter's unit")
	f.StringArrayVar(&o.dimensions, "dimension", nil, "COLUMN=VALUE of the use, such as RegionId=fra1; may be repeated")
	f.StringVar(&o.asOf, "as-of", "", "price with what the book knew on this day")
	f.StringVar(&o.against, "against", "", "compare with what the book knew on this day")
	f.StringVar(&o.book2, "book2", "", "compare with the same question to another book")
	f.BoolVar(&o.steps, "steps", false, "show the arithmetic of each line")
	f.BoolVar(&o.json, "json", false, "one JSON object")
	return cmd
}

func runQuote(cmd *cobra.Command, dir string, o quoteOptions) error {
	b, err := openBook(cmd, dir)
	if err != nil {
		return err
	}
	q, file, err := o.request(b)
	if err != nil {
		return err
	}
	if file != nil {
		defer file.Close()
	}
	left, err := makeQuote(cmd.Context(), b, q)
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	if o.against == "" && o.book2 == "" {
		if o.json {
			err = printQuoteJSON(out, left)
		} else {
			err = printQuote(out, left, o.steps)
		}
		return quoteVerdict(err, left)
	}
	other, name, err := o.other(cmd, b, q)
	if err != nil {
		return err
	}
	right, err := makeQuote(cmd.Context(), other, q)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	c, err := pipeline.CompareQuotes(left, right)
	if err != nil {
		return &exitError{exitWrong, err}
	}
	first := "the book"
	if o.asOf != "" {
		first = "as of " + o.asOf
	}
	if o.json {
		err = printQuoteJSON(out, c)
	} else {
		err = printComparison(out, c, first, name)
	}
	return quoteVerdict(err, left, right)
}

// quoteVerdict says by the exit code that some of the use is not in a quote.
func quoteVerdict(err error, quotes ...*pipeline.Quote) error {
	for _, q := range quotes {
		for i := range q.Findings {
			if s := q.Findings[i].Severity; err == nil && (s == schemas.Rejected || s == schemas.Suspended) {
				err = &exitError{code: exitFindings}
			}
		}
	}
	return err
}

// other is the second book, or the first on another day, which it sets in the request; and what to call it.
func (o *quoteOptions) other(cmd *cobra.Command, b *book.Book, q *pipeline.QuoteRequest) (*book.Book, string, error) {
	name := []string{}
	if o.book2 != "" {
		second, err := openBook(cmd, o.book2)
		if err != nil {
			return nil, "", err
		}
		b, name = second, append(name, filepath.Base(o.book2))
	}
	if o.against != "" {
		day, err := schemas.ParseDate(o.against)
		if err != nil {
			return nil, "", wrong("--against: %w", err)
		}
		q.AsOf, name = day, append(name, "as of "+o.against)
	}
	return b, strings.Join(name, " "), nil
}

// makeQuote answers one question; what is wrong with the question is the caller's to mend.
func makeQuote(ctx context.Context, b *book.Book, q *pipeline.QuoteRequest) (*pipeline.Quote, error) {
	quote, err := pipeline.MakeQuote(ctx, b, q)
	if _, asked := errors.AsType[*pipeline.AskError](err); asked {
		return nil, &exitError{exitWrong, err}
	}
	return quote, err
}

// request turns the flags into a question; the file is open where there is one.
func (o *quoteOptions) request(b *book.Book) (*pipeline.QuoteRequest, *os.File, error) {
	if o.account == "" {
		return nil, nil, wrong("say whose use it is: --account")
	}
	if (o.usage == "") == (o.meter == "") {
		return nil, nil, wrong("say what is used: either --usage FILE --source S, or --meter M --quantity Q")
	}
	q := &pipeline.QuoteRequest{Account: schemas.AccountID(o.account), Dimensions: map[string]string{}}
	q.Day = schemas.DateOf(time.Now(), b.Zone)
	today := q.Day
	for _, d := range []struct {
		flag, text string
		into       *schemas.Date
	}{{"date", o.date, &q.Day}, {"as-of", o.asOf, &q.AsOf}} {
		if d.text == "" {
			continue
		}
		day, err := schemas.ParseDate(d.text)
		if err != nil {
			return nil, nil, wrong("--%s: %w", d.flag, err)
		}
		*d.into = day
	}
	if schemas.PeriodOf(q.Day.Time(b.Zone), b.Zone) >= schemas.PeriodOf(today.Time(b.Zone), b.Zone) {
		q.Through = today // there are no rates of days to come
	}
	for _, d := range o.dimensions {
		name, value, ok := strings.Cut(d, "=")
		if !ok {
			return nil, nil, wrong("--dimension %q: write COLUMN=VALUE, such as RegionId=fra1", d)
		}
		q.Dimensions[name] = value
	}
	if o.meter != "" {
		return q, nil, o.hypothetical(q)
	}
	file, err := o.open(q)
	return q, file, err
}

func (o *quoteOptions) hypothetical(q *pipeline.QuoteRequest) error {
	q.Meter = schemas.MeterID(o.meter)
	if o.quantity == "" {
		return wrong("say how much of %s: --quantity", o.meter)
	}
	var err error
	if q.Quantity, err = money.ParseDecimal(o.quantity); err != nil {
		return wrong("--quantity: %w", err)
	}
	return nil
}

func (o *quoteOptions) open(q *pipeline.QuoteRequest) (*os.File, error) {
	if o.source == "" {
		return nil, wrong("say which source declares the format of %s: --source", o.usage)
	}
	file, err := os.Open(o.usage)
	if err != nil {
		return nil, wrong("open the usage file: %w", err)
	}
	info, err := file.Stat()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	q.Source, q.File, q.Body, q.Size = schemas.SourceID(o.source), filepath.Base(o.usage), file, info.Size()
	return file, nil
}

func printQuoteJSON(out io.Writer, v any) error {
	enc := json.NewEncoder(out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// shownAmount is an amount with at least the currency's places.
func shownAmount(d money.Decimal, c money.Currency) string {
	places, _ := money.MinorUnits(c)
	return money.Text(d, places)
}

func printQuote(out io.Writer, q *pipeline.Quote, steps bool) error {
	known := ""
	if q.AsOf != nil {
		known = ", as known on " + q.AsOf.String()
	}
	w := &pageWriter{tabs: tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)}
	w.line("Quote for %s on %s, billed in %s%s", q.Account, q.Day, q.Period, known)
	w.cells("line", "price", "quantity", "amount", "", "where")
	for i := range q.Lines {
		l := &q.Lines[i]
		quantity := ""
		if l.Quantity != nil {
			quantity = l.Quantity.String() + " " + l.Unit
		}
		rest := ""
		if !l.Without.IsZero() {
			rest = fmt.Sprintf("(%s less %s without the use)", shownAmount(l.With, q.Currency), shownAmount(l.Without, q.Currency))
		}
		w.cells(quoteName(l.Description, l.Group), priceName(l.Price, l.Version), quantity, shownAmount(l.Amount, q.Currency)+" "+string(q.Currency), rest, l.Where)
	}
	w.cells("total", "", "", shownAmount(q.Total, q.Currency)+" "+string(q.Currency), "", "")
	if !q.Anyway.IsZero() {
		w.line("%s %s fall due in %s without the use, and are not in the total.", shownAmount(q.Anyway, q.Currency), q.Currency, q.Period)
	}
	if steps {
		for i := range q.Lines {
			w.line("\n%s", quoteName(q.Lines[i].Description, q.Lines[i].Group))
			for n, s := range q.Lines[i].Steps {
				w.cells(fmt.Sprintf("[%d]", n+1), s.Note, "= "+s.Formula, "= "+s.Out)
			}
		}
	}
	w.quoteRows(q)
	return w.tabs.Flush()
}

// quoteRows says what of a usage file is not in the quote, and what is wrong with it.
func (w *pageWriter) quoteRows(q *pipeline.Quote) {
	r := &q.Rows
	for _, x := range []struct {
		n    int64
		what string
	}{
		{r.Rejected, "cannot be used"},
		{r.Duplicates, "are there twice"},
		{r.OtherPeriods, "are of other months"},
		{r.OtherAccount, "are of other accounts"},
	} {
		if x.n > 0 {
			w.line("left out: %s rows that %s", count(x.n), x.what)
		}
	}
	for i := range q.Findings {
		f := &q.Findings[i]
		at := f.Object
		if f.Row > 0 {
			at += fmt.Sprintf(" row %d", f.Row)
		}
		w.line("%s (%s) %s: %s", f.Code, f.Severity, at, f.Message)
	}
}

func quoteName(description, group string) string {
	if group != "" {
		description += " (" + group + ")"
	}
	return description
}

func priceName(id schemas.PriceID, version string) string {
	if version == "" {
		return string(id)
	}
	return string(id) + "@" + version
}

func printComparison(out io.Writer, c *pipeline.QuoteComparison, left, right string) error {
	q := c.Left
	amount := func(d money.Decimal) string { return shownAmount(d, q.Currency) }
	percent := func(p *money.Decimal) string {
		if p == nil {
			return ""
		}
		return money.Text(*p, 2) + " %"
	}
	fmt.Fprintf(out, "Quote for %s on %s, billed in %s, amounts in %s\n", q.Account, q.Day, q.Period, q.Currency)
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "%s\t%s\tdifference\t\t  line\n", left, right)
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
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t  %s  %s\n", amount(l.Left), amount(l.Right), amount(l.Difference), percent(l.Percent), quoteName(l.Description, l.Group), versions)
	}
	fmt.Fprintf(w, "%s\t%s\t%s\t%s\t  total\n", amount(c.Left.Total), amount(c.Right.Total), amount(c.Difference), percent(c.Percent))
	if err := w.Flush(); err != nil {
		return err
	}
	for _, side := range []*pipeline.Quote{c.Left, c.Right} {
		for i := range side.Findings {
			fmt.Fprintf(out, "%s: %s\n", side.Findings[i].Code, side.Findings[i].Message)
		}
	}
	return nil
}
