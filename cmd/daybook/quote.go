package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"daybook/pipeline/book"
	"daybook/pipeline/quote"
	"daybook/pipeline/rate"
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
	sku        string
	quantity   string
	offering   string
	store      string
	fromBook   bool
	dimensions []string
	asOf       string
	against    string
	book2      string
	steps      bool
	json       bool
	change     string
}

func newQuote() *cobra.Command {
	var o quoteOptions
	cmd := &cobra.Command{
		Use:   "quote BOOK --account A (--usage FILE --source S | --meter M --quantity Q | --sku K --quantity Q | --offering O) | --change FILE",
		Short: "Price use that is in no delivery: a preview, or a what-if under another catalogue",
		Long: `quote prices a usage file, or a quantity of a meter, for an account and a day, exactly as the bill run would, and
writes nothing. The lines are what the use adds to the bill of the day's month; what falls due anyway is said
beside them. Use that has been delivered for the month already is not counted.

The account starts from what the committed run of the month before left: credits, coupons, allowances that roll
over, levels, commitments. Without such a run, or with --from-book, it starts from the balances that the book states.

--offering adds a subscription from that day on, to price an offering that the account does not have.

--as-of answers with what the book knew on a day. --against (another such day) or --book2 (another book) answers
twice and shows the difference line by line; both sides start from the same balances.

--change FILE shows, before it is decided, what changes of subscriptions do to the invoice of the month in which they begin and to
the next, line by line with the days that count: the rows of FILE, which has the columns of changes.csv, as if they stood
there. A month that has been run is rated with the use of its run; what concerns a month that is closed is a correction on the next.

Exit codes: 0 done; 2 the question cannot be answered as it was put; 3 done, but some of the use could not be
priced, and is listed.`,
		Example: `  daybook quote mycloud --account birch-prod --date 2024-09-20 --meter vcpu-hours --quantity 2500
  daybook quote mycloud --account birch-prod --date 2024-09-20 --meter vcpu-hours --quantity 10 --dimension RegionId=fra1
  daybook quote mycloud --account birch-prod --date 2024-09-20 --sku C1-VCPU --quantity 2500
  daybook quote mycloud --account birch-prod --date 2024-09-20 --offering object-storage
  daybook quote mycloud --account birch-prod --date 2024-09-20 --usage mycloud/landing/own/compute/2024-09/events.jsonl --source compute-meter
  daybook quote mycloud --account birch-prod --date 2024-09-20 --meter vcpu-hours --quantity 2500 --against 2024-06-30
  daybook quote mycloud --account birch-prod --date 2024-09-20 --meter vcpu-hours --quantity 2500 --book2 draft --json
  daybook quote mycloud --change more-seats.csv`,
		Args: exactly("book (a directory)"),
		RunE: func(cmd *cobra.Command, args []string) error { return runQuote(cmd, args[0], o) },
	}
	f := cmd.Flags()
	f.StringVar(&o.account, "account", "", "the account that uses")
	f.StringVar(&o.date, "date", "", "the day of use, YYYY-MM-DD; its month is rated (default: today)")
	f.StringVar(&o.usage, "usage", "", "a usage file in the format of a source; rows of other months and accounts are left out")
	f.StringVar(&o.source, "source", "", "the source of the book that declares the file's format")
	f.StringVar(&o.meter, "meter", "", "a meter of the catalogue")
	f.StringVar(&o.sku, "sku", "", "a SKU that a meter counts, instead of the meter or to choose among its SKUs")
	f.StringVar(&o.quantity, "quantity", "", "how much of it, in the meter's unit")
	f.StringVar(&o.offering, "offering", "", "an offering to subscribe to from the day on, alone or with its use")
	f.StringArrayVar(&o.dimensions, "dimension", nil, "COLUMN=VALUE of the use, such as RegionId=fra1; may be repeated")
	f.StringVar(&o.asOf, "as-of", "", "price with what the book knew on this day")
	f.StringVar(&o.against, "against", "", "compare with what the book knew on this day")
	f.StringVar(&o.book2, "book2", "", "compare with the same question to another book")
	f.StringVar(&o.store, "store", "", "where the run of the month before left its balances (default: the book's)")
	f.BoolVar(&o.fromBook, "from-book", false, "start from the balances of the book, whatever has been run")
	f.BoolVar(&o.steps, "steps", false, "show the arithmetic of each line")
	f.BoolVar(&o.json, "json", false, "one JSON object")
	f.StringVar(&o.change, "change", "", "a file of changes of subscriptions, as changes.csv has them, or the number of a request that asks for some: what they do to this invoice and the next")
	completeFromBook(cmd, "account", accountsOfBook)
	completeFromBook(cmd, "meter", metersOfBook)
	return cmd
}

func runQuote(cmd *cobra.Command, dir string, o quoteOptions) error {
	if o.change != "" {
		return runQuoteChange(cmd, dir, o)
	}
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
	if q.Carried, err = o.carried(cmd.Context(), b, q, dir); err != nil {
		return err
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
	c, err := quote.CompareQuotes(left, right)
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

// carried finds what the account starts the month with; nil is the balances of the book.
func (o *quoteOptions) carried(ctx context.Context, b *book.Book, q *quote.Request, dir string) (*rate.CarriedIn, error) {
	if o.fromBook || o.store == "" && b.Provider.Store == "" {
		return nil, nil
	}
	s, url, err := openPlace(ctx, "store", o.store, b.Provider.Store, dir)
	if err != nil {
		return nil, err
	}
	// The book's own store may not be made yet, but who names one means one that is there.
	if local, is := directoryOf(url); is && o.store != "" {
		if _, err := os.Stat(local); errors.Is(err, fs.ErrNotExist) {
			return nil, wrong("the store %s is not there; name another with --store, or start --from-book", local)
		}
	}
	in, err := rate.ReadCarriedIn(ctx, s, schemas.PeriodOf(q.Day.Time(b.Zone), b.Zone))
	if err != nil {
		return nil, fmt.Errorf("look in the store %s for what the account starts with (--from-book does not look): %w", url, err)
	}
	return in, nil
}

// quoteVerdict says by the exit code that some of the use is not in a quote.
func quoteVerdict(err error, quotes ...*quote.Quote) error {
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
func (o *quoteOptions) other(cmd *cobra.Command, b *book.Book, q *quote.Request) (*book.Book, string, error) {
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
func makeQuote(ctx context.Context, b *book.Book, q *quote.Request) (*quote.Quote, error) {
	out, err := quote.MakeQuote(ctx, b, q)
	if _, asked := errors.AsType[*quote.AskError](err); asked {
		return nil, &exitError{exitWrong, err}
	}
	return out, err
}

// request turns the flags into a question; the file is open where there is one.
func (o *quoteOptions) request(b *book.Book) (*quote.Request, *os.File, error) {
	if o.account == "" {
		return nil, nil, wrong("say whose use it is: --account")
	}
	if err := o.whatIsUsed(); err != nil {
		return nil, nil, err
	}
	account, err := accountMeant(b, o.account)
	if err != nil {
		return nil, nil, err
	}
	q := &quote.Request{Account: account, Offering: schemas.OfferingID(o.offering), Dimensions: map[string]string{}}
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
		if _, twice := q.Dimensions[name]; twice {
			return nil, nil, wrong("--dimension gives %s twice; quote each value by itself", name)
		}
		q.Dimensions[name] = value
	}
	switch {
	case o.meter != "" || o.sku != "":
		return q, nil, o.hypothetical(q)
	case o.usage == "":
		return q, nil, nil
	}
	file, err := o.open(q)
	return q, file, err
}

// whatIsUsed looks for flags that are missing, or do not go together.
func (o *quoteOptions) whatIsUsed() error {
	hypothetical := o.meter != "" || o.sku != ""
	switch {
	case o.usage != "" && hypothetical:
		return wrong("say either what file holds the use (--usage) or how much of what it is (--meter or --sku), not both")
	case o.usage == "" && !hypothetical && o.offering == "":
		return wrong("say what is used: --usage FILE --source S, or --meter M --quantity Q, or --sku K --quantity Q; or what is bought: --offering O")
	case o.usage == "" && o.source != "":
		return wrong("--source is the format of a usage file: give --usage, too")
	case o.steps && (o.against != "" || o.book2 != ""):
		return wrong("--steps shows the arithmetic of one answer; leave out --against and --book2")
	case !hypothetical && o.quantity != "":
		return wrong("say of what the quantity is: --meter or --sku")
	case !hypothetical && len(o.dimensions) > 0:
		return wrong("--dimension describes the use of a --meter or --sku; a usage file says it itself")
	}
	return nil
}

func (o *quoteOptions) hypothetical(q *quote.Request) error {
	q.Meter, q.SKU = schemas.MeterID(o.meter), schemas.SKU(o.sku)
	if o.quantity == "" {
		return wrong("say how much of %s: --quantity", cmp.Or(o.meter, o.sku))
	}
	var err error
	if q.Quantity, err = money.ParseDecimal(o.quantity); err != nil {
		return wrong("--quantity %q is not a decimal number; write it like 12.5", o.quantity)
	}
	return nil
}

func (o *quoteOptions) open(q *quote.Request) (*os.File, error) {
	if o.source == "" {
		return nil, wrong("say which source declares the format of %s: --source", o.usage)
	}
	file, err := os.Open(o.usage)
	if err != nil {
		return nil, wrong("the usage file %s cannot be opened: %w", o.usage, errors.Unwrap(err))
	}
	info, err := file.Stat()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	if !info.Mode().IsRegular() {
		return nil, errors.Join(wrong("%s is no file; name one file of use with --usage", o.usage), file.Close())
	}
	q.Source, q.File, q.Body, q.Size = schemas.SourceID(o.source), filepath.Base(o.usage), file, info.Size()
	return file, nil
}
