package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"daybook/pipeline/diff"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/money"
)

// diffOptions are those of the verb diff.
type diffOptions struct {
	store   string
	period  string
	account string
	parquet string
	rows    int
	all     bool
	json    bool
	// Of two books.
	book, landing, scratch string
	accounts, html, csv    bool
}

func newDiff() *cobra.Command {
	var o diffOptions
	cmd := &cobra.Command{
		Use:   "diff BOOK [A [B]]",
		Short: "Compare the charges of two runs of a period, or what a month comes to by two books",
		Long: `diff shows which charges were added, are gone or have changed from run A to run B, by account, offering and price, largest
difference first, and in what the specs of the two runs differ: parts of the book, deliveries, code. The sums lead from the total
of A to that of B in each currency and in the provider's, which is proven, or the exit code is 1.

Without B it is the run that is current, and without A the one that was current before it: last night and tonight.
Runs are named by their identifiers, or by beginnings of them; daybook status BOOK --runs lists them.

--parquet writes every charge that differs, with what both runs make of it; the columns are those of charges, before and
after.

--book OTHER rates a month by BOOK as it is and by another book, from what the month's current run pinned, and shows who would
pay more and who less, and why: the parts in which the books differ are replaced one after the other, customers' facts, meters,
prices, policy, taxes, exchange rates, so that what they change adds up. Nothing is written to the store. Sources, peers' contracts
and SLAs stay those of BOOK. What a changed fact corrects of earlier months stands apart.

Exit codes: 0 done, whether anything differs or not; 1 broke, or the sums do not tie; 2 there are no such runs.`,
		Example: `  daybook diff mycloud                       last night and tonight, of the newest period
  daybook diff mycloud --period 2024-09 518c2e37 9a1b
  daybook diff mycloud 518c2e37 --account birch-prod --all
  daybook diff mycloud --period 2024-09 --parquet differences.parquet
  daybook diff mycloud --period 2024-09 --json | jq .sums
  daybook diff mycloud --book draft --period 2024-09
  daybook diff mycloud --book draft --period 2024-09 --html > draft.html`,
		Args:              diffArgs,
		ValidArgsFunction: runArguments(2),
		RunE:              func(cmd *cobra.Command, args []string) error { return runDiff(cmd, args[0], args[1:], o) },
	}
	f := cmd.Flags()
	f.StringVar(&o.store, "store", "", "where the runs are: a directory, file:// or s3:// (default: the book's)")
	f.StringVar(&o.period, "period", "", "the billing period, YYYY-MM (default: that of A, or else the newest)")
	f.StringVar(&o.account, "account", "", "compare this account alone")
	f.StringVar(&o.parquet, "parquet", "", "write every charge that differs to this file, or into this directory")
	f.IntVar(&o.rows, "rows", 20, "how many lines to list: those that differ most")
	f.BoolVar(&o.all, "all", false, "list all of them, in order")
	f.BoolVar(&o.json, "json", false, "one JSON object")
	f.StringVar(&o.book, "book", "", "rate the month by this book too, and show who would pay more and who less")
	f.BoolVar(&o.accounts, "accounts", false, "with --book: by account, not by customer")
	f.BoolVar(&o.html, "html", false, "with --book: one page")
	f.BoolVar(&o.csv, "csv", false, "with --book: a table of all who pay more or less")
	f.StringVar(&o.landing, "landing", "", "with --book: where deliveries are, if customers or policies change (default: the book's)")
	f.StringVar(&o.scratch, "scratch", "", "with --book: a directory for temporary files")
	completeFromBook(cmd, "account", accountsOfBook)
	return cmd
}

// diffArgs wants a book, and up to two runs.
func diffArgs(cmd *cobra.Command, args []string) error {
	const most = 3
	if len(args) > most {
		return wrong("diff compares two runs and takes no argument %q; see %s --help", args[most], cmd.CommandPath())
	}
	return exactly("book (a directory)")(cmd, args[:min(len(args), 1)])
}

func runDiff(cmd *cobra.Command, dir string, runs []string, o diffOptions) error {
	if o.rows < 0 {
		return wrong("--rows %d: write how many to list, or --all", o.rows)
	}
	if o.book != "" {
		if len(runs) > 0 {
			return wrong("--book compares two books by the current run of a month; leave out %s", runs[0])
		}
		return runDiffBook(cmd, dir, o)
	}
	if o.html || o.csv || o.accounts || o.landing != "" || o.scratch != "" {
		return wrong("--html, --csv, --accounts, --landing and --scratch are of --book OTHER")
	}
	ctx := cmd.Context()
	b, err := openBook(cmd, dir)
	if err != nil {
		return err
	}
	s, _, err := openPlace(ctx, "store", o.store, b.Provider.Store, dir)
	if err != nil {
		return err
	}
	before, after, err := o.find(ctx, s, runs, dir)
	if err != nil {
		return err
	}
	options := diff.Options{Lines: o.rows, Account: schemas.AccountID(o.account)}
	if o.all {
		options.Lines = -1
	}
	c, written, err := o.compare(ctx, s, before, after, options)
	if err == nil && o.account != "" && len(c.Sums) == 0 {
		var id schemas.AccountID
		if id, err = accountMeant(b, o.account); err != nil {
			return err
		}
		if id == options.Account {
			return wrong("neither run charges an account %s", o.account)
		}
		options.Account = id
		c, written, err = o.compare(ctx, s, before, after, options)
	}
	if err != nil {
		return err
	}
	if o.json {
		return sayJSON(cmd.OutOrStdout(), struct {
			*diff.Comparison
			Parquet string `json:"parquet,omitempty"`
		}{c, written}, "  ")
	}
	printDiff(cmd.OutOrStdout(), c, written)
	return nil
}

// find opens the manifests of the runs that are named, or of those that are meant where none are.
func (o *diffOptions) find(ctx context.Context, s store.Store, named []string, dir string) (before, after *run.Manifest, err error) {
	period, first, err := o.whichPeriod(ctx, s, named, dir)
	if err != nil {
		return nil, nil, err
	}
	ids := [2]schemas.RunID{first, ""}
	if len(named) == 2 {
		if ids[1], err = namedRun(ctx, s, period, named[1], dir); err != nil {
			return nil, nil, err
		}
	} else {
		c, _, err := run.ReadCurrent(ctx, s, period)
		if errors.Is(err, store.ErrNotFound) {
			return nil, nil, wrong("%s has not been run; begin with daybook run %s --period %s", period, dir, period)
		}
		if err != nil {
			return nil, nil, err
		}
		ids[1] = c.Run
		if len(named) == 0 {
			ids[0], err = run.Before(ctx, s, c)
		}
		if errors.Is(err, store.ErrNotFound) {
			return nil, nil, wrong("run %.8s is the only one of %s, so there is nothing to compare it with", c.Run, period)
		}
		if err != nil {
			return nil, nil, err
		}
	}
	manifests := [2]*run.Manifest{}
	for i, id := range ids {
		manifests[i], err = run.ReadManifest(ctx, s, period, id)
		if errors.Is(err, store.ErrNotFound) {
			err = noRun(string(id), period, dir)
		}
		if err != nil {
			return nil, nil, err
		}
	}
	return manifests[0], manifests[1], nil
}

// whichPeriod finds the period that is compared, and the first run if one is named.
func (o *diffOptions) whichPeriod(ctx context.Context, s store.Store, named []string, dir string) (schemas.Period, schemas.RunID, error) {
	if o.period != "" {
		p, err := parsePeriod(o.period)
		if err != nil || len(named) == 0 {
			return p, "", err
		}
		id, err := namedRun(ctx, s, p, named[0], dir)
		return p, id, err
	}
	periods, err := run.Periods(ctx, s)
	switch {
	case err != nil:
		return "", "", err
	case len(periods) == 0:
		return "", "", wrong("no period has been run; begin with daybook run %s --period YYYY-MM", dir)
	case len(named) == 0:
		return periods[0], "", nil
	}
	for _, p := range periods {
		// One that is written out is of the period that has it.
		entries, err := run.Runs(ctx, s, p, named[0])
		if err != nil {
			return "", "", err
		}
		if len(entries) == 0 {
			continue
		}
		id, err := namedRun(ctx, s, p, named[0], dir)
		return p, id, err
	}
	return "", "", wrong("there is no run %s; daybook status %s --runs lists them", named[0], dir)
}

// namedRun finds the run that a text names, or says that there is none or that there are several.
func namedRun(ctx context.Context, s store.Store, p schemas.Period, text, dir string) (schemas.RunID, error) {
	id, err := run.Named(ctx, s, p, text)
	var several *schemas.AmbiguousError
	switch {
	case errors.Is(err, store.ErrNotFound):
		return "", noRun(text, p, dir)
	case errors.As(err, &several):
		return "", &exitError{exitWrong, err}
	}
	return id, err
}

func noRun(text string, p schemas.Period, dir string) error {
	return wrong("there is no run %s of %s; daybook status %s --runs lists those that there are", text, p, dir)
}

// compare compares two runs, and writes the Parquet file that is asked for: whole, or not at all.
func (o *diffOptions) compare(ctx context.Context, s store.Store, before, after *run.Manifest, options diff.Options) (c *diff.Comparison, written string, err error) {
	if o.parquet == "" {
		c, err = diff.Runs(ctx, s, before, after, options)
		return c, "", err
	}
	path := o.parquet
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, fmt.Sprintf("differences-%s-%.8s-%.8s.parquet", after.Spec.Period, before.Run, after.Run))
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".differences-*")
	if err != nil {
		return nil, "", wrong("--parquet %s cannot be written; name a file in a directory that is there: %w", o.parquet, errors.Unwrap(err))
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, file.Close(), os.Remove(file.Name()))
		}
	}()
	w, err := diff.NewWriter(file, before, after)
	if err != nil {
		return nil, "", err
	}
	options.Each = w.Add
	if c, err = diff.Runs(ctx, s, before, after, options); err != nil {
		return nil, "", err
	}
	if _, err = w.Close(); err != nil {
		return nil, "", err
	}
	const readable = 0o644
	if err = errors.Join(file.Chmod(readable), file.Sync()); err != nil {
		return nil, "", err
	}
	if err = os.Rename(file.Name(), path); err != nil {
		return nil, "", err
	}
	return c, path, file.Close()
}

// kindNames are what the kinds of causes are called on the screen.
var kindNames = map[diff.CauseKind]string{
	diff.Book: "book", diff.Deliveries: "deliveries", diff.AsOf: "as of", diff.Progress: "month over", diff.Code: "code",
	diff.EarlierRuns: "run of", diff.CarriedOver: "carried", diff.Families: "families", diff.Shards: "shards",
}

// printDiff shows what differs between two runs on one screen.
func printDiff(out io.Writer, c *diff.Comparison, written string) {
	say(out, "%s  from run %.8s to run %.8s%s\n", c.Period, c.Before, c.After, onlyText(c))
	if len(c.Causes) > 0 {
		say(out, "\n  Their specs differ in\n")
		var rows [][]string
		for i := range c.Causes {
			rows = append(rows, []string{"  " + kindNames[c.Causes[i].Kind], c.Causes[i].Words()})
		}
		printRows(out, rows, len(rows[0]))
	} else {
		say(out, "\n  They are one and the same run.\n")
	}
	say(out, "\n")
	printRows(out, sumRows(c.Sums), 1)
	for i := range c.Sums {
		if x := &c.Sums[i]; x.Unvalued > 0 && x.Measure == diff.Value {
			say(out, "\n  %s charge%s of the two runs %s no exchange rate, and count%s as 0 %s.\n", count(x.Unvalued), plural(x.Unvalued),
				schemas.OneOrMany(x.Unvalued, "has", "have"), schemas.OneOrMany(x.Unvalued, "s", ""), x.Currency)
		}
	}
	if len(c.Lines) == 0 && c.More == 0 {
		say(out, "\n  No charge differs.\n")
	} else {
		say(out, "\n")
		printRows(out, lineRows(c.Lines), 3)
	}
	if c.More > 0 {
		say(out, "  and %s more; --all lists them, and --parquet FILE writes every charge\n", count(c.More))
	}
	if written != "" {
		say(out, "\n  every charge that differs: %s\n", written)
	}
}

func onlyText(c *diff.Comparison) string {
	if c.Only == "" {
		return ""
	}
	return "  account " + string(c.Only)
}

// sumRows are the sums of both runs: how many charges, and what they come to by currency.
func sumRows(sums []diff.Sum) [][]string {
	rows := [][]string{{"", "before", "added", "gone", "changed", "after"}}
	var charges [5]int64
	var billed []money.Currency
	for i := range sums {
		if x := &sums[i]; x.Measure == diff.Billed {
			billed = append(billed, x.Currency)
			for k, p := range x.Parts() {
				charges[k] += p.Charges
			}
		}
	}
	row := []string{"charges"}
	for k, n := range charges {
		text := count(n)
		if n == 0 && k > 0 && k < 4 {
			text = ""
		}
		row = append(row, text)
	}
	rows = append(rows, row)
	names := map[diff.Measure]string{diff.Billed: "billed in ", diff.Value: "all of it in ", diff.Revenue: "revenue in "}
	for i := range sums {
		x := &sums[i]
		if x.Measure == diff.Value && len(billed) == 1 && billed[0] == x.Currency {
			continue // which stands above
		}
		row := []string{names[x.Measure] + string(x.Currency)}
		for k, p := range x.Parts() {
			amount := p.Amount
			if k == 2 {
				amount = amount.Neg()
			}
			text := amountText(amount, x.Currency)
			if p.Charges == 0 && k > 0 && k < 4 {
				text = ""
			}
			row = append(row, text)
		}
		rows = append(rows, row)
	}
	return rows
}

// amountText is an amount for people, in the places of its currency.
func amountText(amount money.Fixed, currency money.Currency) string {
	places, known := money.MinorUnits(currency)
	if !known {
		places = 2
	}
	return money.Text(money.RoundTo(amount.Decimal(), places, money.HalfEven), places)
}

// lineRows are the lines, of which long names are clipped.
func lineRows(lines []diff.Line) [][]string {
	const name = 22
	rows := [][]string{{"account", "offering", "price", "charges", "added", "gone", "changed", "difference", "", ""}}
	for i := range lines {
		x := &lines[i]
		part := func(p diff.Part, amount money.Fixed) string {
			if p.Charges == 0 {
				return ""
			}
			return amountText(amount, x.Currency)
		}
		var charges []string
		for _, p := range []struct {
			sign string
			n    int64
		}{{"+", x.Added.Charges}, {"−", x.Gone.Charges}, {"~", x.Changed.Charges}} {
			if p.n > 0 {
				charges = append(charges, p.sign+count(p.n))
			}
		}
		value := ""
		if x.Provider != x.Currency {
			value = "= " + amountText(x.Value, x.Provider) + " " + string(x.Provider)
		}
		rows = append(rows, []string{
			clip(string(x.Account), name), clip(string(x.Offering), name), clip(string(x.Price), name), strings.Join(charges, " "),
			part(x.Added, x.Added.Amount), part(x.Gone, x.Gone.Amount.Neg()), part(x.Changed, x.Changed.Amount),
			amountText(x.Difference, x.Currency), string(x.Currency), value,
		})
	}
	return rows
}
