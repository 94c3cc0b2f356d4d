package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"daybook/pipeline/book"
	"daybook/pipeline/explain"
	"daybook/pipeline/requested"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// explainOptions are those of the verb explain.
type explainOptions struct {
	places
	look   lookOptions
	rows   int
	all    bool
	check  bool
	record bool
	json   bool
}

// lookOptions say which run is looked at.
type lookOptions struct {
	period string
	run    string
}

func (o *lookOptions) flags(cmd *cobra.Command, period string) {
	cmd.Flags().StringVar(&o.period, "period", "", period)
	cmd.Flags().StringVar(&o.run, "run", "", "look at this run of the period, by its identifier or a beginning of it (default: the one that the period points at)")
	completeRuns(cmd)
}

func newExplain() *cobra.Command {
	var o explainOptions
	cmd := &cobra.Command{
		Use:   "explain BOOK ID",
		Short: "Show where a figure comes from: formula, prices, source objects and rows",
		Long: `explain leads from a figure to the formula with its numbers, the version of the price that applied and where it
stands in the book, and the source object and row of the usage behind it.

ID is a charge (invoice lines carry it; its first four digits or more will do), an identifier of the variance report
(period/offering/region/measure, with segment and peer before the measure where the plan has them, or that of a peer match, a discrepancy, a margin or a promise), period/bill/peer/contract/currency,
what is about peers' use (period/budget/peer/budget/threshold, period/anomaly/peer/service/customer/day/currency,
period/integration/peer/goal/day, period/access/peer/user/verdict/currency; the findings of these name theirs),
period/total/Revenue (Cost, Margin), an account (lists its charges), a code of findings such as unknown_sku, or the word findings. Each may be cut short as far as nothing
else begins so.

Exit codes: 0 done; 1 broke, or --check computed something else; 2 there is no such thing.`,
		Example: `  daybook explain mycloud 3f9c1a            a charge, by the beginning of its identifier
  daybook explain mycloud 3f9c1a --check    compute everything again, down to the source objects
  daybook explain mycloud 2024-09/compute//Revenue
  daybook explain mycloud birch-prod --all   every charge of an account
  daybook explain mycloud 3f9c1a --json | jq .steps`,
		Args: explainArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return runExplain(cmd, args[0], args[1], o) },
	}
	o.flags(cmd)
	o.look.flags(cmd, "the billing period, YYYY-MM (default: the identifier's, or else the newest that has it)")
	f := cmd.Flags()
	f.IntVar(&o.rows, "rows", 10, "how many usage rows, charges or findings to list: the largest")
	f.BoolVar(&o.all, "all", false, "list all of them")
	f.BoolVar(&o.check, "check", false, "compute everything again and compare, down to every source object and row behind it")
	f.BoolVar(&o.record, "record", false, "decode the record of the first listed row out of its source object")
	f.BoolVar(&o.json, "json", false, "one JSON object")
	return cmd
}

// explainArgs wants a book and an identifier. Of the two it is the book that is forgotten, and the identifier that has many
// forms.
func explainArgs(cmd *cobra.Command, args []string) error {
	const identifier = "identifier (a charge, a variance, a peer match, a margin, an account, a code of findings)"
	if forgotten := len(args) == 1 || len(args) == 2 && args[1] == ""; forgotten && args[0] != "" {
		if info, err := os.Stat(args[0]); err != nil || !info.IsDir() {
			return wrong("explain: %s is not a directory that holds a book; if it is the identifier, write the book before it, such as daybook explain mycloud %s; see %s --help",
				args[0], quoted(args[0]), cmd.CommandPath())
		}
		return wrong("explain: say which %s, such as daybook explain %s findings; see %s --help",
			identifier, quoted(args[0]), cmd.CommandPath())
	}
	return exactly("book (a directory)", identifier)(cmd, args)
}

func runExplain(cmd *cobra.Command, dir, id string, o explainOptions) error {
	if o.rows < 0 {
		return wrong("--rows %d: write how many to list, or --all", o.rows)
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
	var landing store.Store
	if o.check || o.record {
		if landing, _, err = openPlace(ctx, "landing", o.landing, b.Provider.Landing, dir); err != nil {
			return err
		}
	}
	options := explain.Options{Rows: o.rows, Check: o.check, Record: o.record}
	if o.all {
		options.Rows = -1
	}
	today := schemas.DateOf(time.Now(), b.Zone)
	desk, err := requested.Read(ctx, b, s, today)
	if err != nil {
		return err
	}
	if _, err := desk.Find(id); err == nil {
		return showRequest(cmd, desk, id, dir, today, requestsOptions{json: o.json})
	}
	e, err := findAndExplain(ctx, b, s, landing, id, o.look, options, dir)
	if err == nil {
		err = linkRequests(ctx, desk, e)
	}
	if err != nil {
		return err
	}
	if o.json {
		err = sayJSON(cmd.OutOrStdout(), e, "  ")
	} else {
		err = printExplanation(cmd.OutOrStdout(), e)
	}
	if err == nil && !e.Holds() {
		err = &exitError{exitBroke, errors.New("something computes to another figure than the run's; see the checks")}
	}
	return err
}

// findAndExplain looks for the identifier in the period that is asked for, else in that which it begins with, else in
// all that have been run, the newest first.
func findAndExplain(ctx context.Context, b *book.Book, s, landing store.Store, id string, where lookOptions, o explain.Options, dir string) (*explain.Explanation, error) {
	periods, err := whichPeriods(ctx, s, id, where, dir)
	if err != nil {
		return nil, err
	}
	var last error
	for _, p := range periods {
		l, err := openLook(ctx, b, s, landing, p, where.run, dir)
		if err != nil {
			return nil, err
		}
		e, err := l.Explain(ctx, id, o)
		var ambiguous *schemas.AmbiguousError
		switch {
		case err == nil:
			return e, nil
		case errors.As(err, &ambiguous):
			return nil, &exitError{exitWrong, err}
		case !errors.Is(err, explain.ErrNothing):
			return nil, err
		}
		last = err
	}
	if theirs := accountsOf(b, id); theirs != "" {
		return nil, wrong("%s is a customer; explain an account: %s", id, theirs)
	}
	return nil, wrong("%w; daybook explain %s ACCOUNT lists the charges of an account", last, dir)
}

// accountsOf lists the accounts of a customer, or is empty if the book has none of that name.
func accountsOf(b *book.Book, customer string) string {
	var ids []string
	for i := range b.Customers {
		if c := &b.Customers[i]; c.ID == customer {
			for j := range c.Accounts {
				ids = append(ids, string(c.Accounts[j].ID))
			}
		}
	}
	return strings.Join(ids, ", ")
}

func whichPeriods(ctx context.Context, s store.Store, id string, where lookOptions, dir string) ([]schemas.Period, error) {
	text := where.period
	if text == "" {
		text, _, _ = strings.Cut(id, "/")
	}
	if p, err := schemas.ParsePeriod(text); err == nil {
		return []schemas.Period{p}, nil
	} else if where.period != "" {
		return nil, &exitError{exitWrong, err}
	}
	if where.run != "" {
		return nil, wrong("--run needs the --period of the run")
	}
	periods, err := run.Periods(ctx, s)
	if err == nil && len(periods) == 0 {
		err = wrong("no period has been run; begin with daybook run %s --period YYYY-MM", dir)
	}
	return periods, err
}

// openLook opens a run that has been committed.
func openLook(ctx context.Context, b *book.Book, s, landing store.Store, p schemas.Period, run, dir string) (*explain.Look, error) {
	l, err := explain.OpenLook(ctx, b, s, landing, p, schemas.RunID(run))
	var several *schemas.AmbiguousError
	switch {
	case errors.Is(err, store.ErrNotFound) && run != "":
		return nil, noRun(run, p, dir)
	case errors.Is(err, store.ErrNotFound):
		return nil, wrong("%s has not been run; begin with daybook run %s --period %s", p, dir, p)
	case errors.As(err, &several):
		return nil, &exitError{exitWrong, several}
	}
	return l, err
}

// printExplanation writes an explanation as a page of text.
func printExplanation(out io.Writer, e *explain.Explanation) error {
	w := &pageWriter{tabs: tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)}
	state := ""
	if e.Provisional {
		state = ", provisional"
	}
	w.line("%s", e.Title)
	w.line("%s %s  (period %s, run %s%s)", e.Kind, e.ID, e.Period, e.Run, state)
	for _, warning := range e.Warnings {
		w.line("warning: %s", warning)
	}
	w.facts(e)
	w.arithmetic(e)
	w.corrected(e.Corrected)
	w.promise(e)
	w.usage(e.Usage)
	w.charges(e.Charges)
	w.findings(e)
	w.record(e.Record)
	w.checks(e.Checks)
	return w.tabs.Flush()
}

// pageWriter writes sections of aligned columns.
type pageWriter struct{ tabs *tabwriter.Writer }

// line writes a line that is not aligned.
func (w *pageWriter) line(format string, args ...any) {
	w.tabs.Flush()
	say(w.tabs, format+"\n", args...)
	w.tabs.Flush()
}

// cells writes an aligned line.
func (w *pageWriter) cells(cells ...string) {
	for i, cell := range cells {
		say(w.tabs, map[bool]string{true: "  %s", false: "\t%s"}[i == 0], cell)
	}
	say(w.tabs, "\n")
}

func (w *pageWriter) facts(e *explain.Explanation) {
	for _, f := range e.Facts {
		w.cells(f.Name, f.Value, f.Text, f.Where)
	}
	for _, x := range e.Exchange {
		w.cells("exchange", string(x.From)+" to "+string(x.To), "× "+x.Factor, strings.Join(x.Legs, "; "))
	}
}

func (w *pageWriter) arithmetic(e *explain.Explanation) {
	w.steps("Arithmetic", e.Steps)
	if len(e.Figures) > 0 {
		w.line("\nFigures")
		for _, f := range e.Figures {
			step := ""
			if f.Step > 0 {
				step = fmt.Sprintf("[%d]", f.Step)
			}
			w.cells(f.Name, f.Value.String()+" "+f.Unit, step)
		}
	}
}

func (w *pageWriter) steps(title string, steps []explain.ExplainedStep) {
	if len(steps) > 0 && title != "" {
		w.line("\n%s", title)
	}
	for i, s := range steps {
		w.cells(fmt.Sprintf("[%d]", i+1), s.Note, "= "+s.Formula, "= "+s.Out)
	}
}

// promise shows how a promise was judged, and by what.
func (w *pageWriter) promise(e *explain.Explanation) {
	w.steps("What became of the promise", e.Promise)
	if e.Evidence == nil {
		return
	}
	w.line("\nEvidence: %s row%s", count(e.Evidence.Rows), plural(e.Evidence.Rows))
	for _, x := range e.Evidence.Listed {
		w.cells(x.Object, fmt.Sprint(x.Row), x.Kind, x.ID, x.Start, x.End, x.Says)
	}
	w.more(e.Evidence.More, "row")
}

func (w *pageWriter) corrected(c *explain.Corrected) {
	if c == nil {
		return
	}
	if len(c.Causes) > 0 {
		w.line("\nDue to")
	}
	for _, x := range c.Causes {
		w.cells(string(x.Cause), x.Amount.String()+" "+string(x.Currency), x.Evidence)
	}
	w.line("\nCharged before")
	for _, x := range c.Issued {
		w.cells(string(x.ID), x.Amount.String()+" "+string(x.Currency), x.From, "until "+x.Until)
	}
	if len(c.Issued) == 0 {
		w.line("  nothing")
	}
	w.line("\nRated again")
	for _, x := range c.Again {
		w.cells("", x.Amount.String()+" "+string(x.Currency), x.From, "until "+x.Until)
		w.steps("", x.Steps)
	}
	if len(c.Again) == 0 {
		w.line("  nothing")
	}
}

func (w *pageWriter) usage(u *explain.UsageBehind) {
	if u == nil {
		return
	}
	if len(u.Costs) > 0 && u.Unit == "" { // rows in several currencies do not add up
		w.line("\nUsage: %s row%s", count(u.Rows), plural(u.Rows))
	} else {
		w.line("\nUsage: %s row%s, %s %s in all", count(u.Rows), plural(u.Rows), u.Sum, u.Unit)
	}
	if u.Quantity != nil && !u.Quantity.Equal(u.Sum) {
		w.line("  their %s is %s", u.How, u.Quantity)
	}
	if u.Earlier != nil {
		w.line("  earlier in the period, and first through the tiers: %s row%s, %s", count(u.Earlier.Rows), plural(u.Earlier.Rows), u.Earlier.Sum)
	}
	for _, c := range u.Costs {
		w.line("  peers charge %s %s for them", c.Amount, c.Currency)
	}
	w.cells("object", "row", "from", "to", "quantity", "unit", "metered", "cost", "record", "resource")
	for i := range u.Listed {
		r := &u.Listed[i]
		w.cells(r.Object, fmt.Sprint(r.Row), r.Start, r.End, r.Quantity, r.Unit, r.Metered, strings.TrimSpace(r.Cost+" "+r.Currency), r.Record, r.Resource)
	}
	w.more(u.More, "row")
	for _, o := range u.Objects {
		w.line("  in %s", o)
	}
}

func (w *pageWriter) more(n int64, what string) {
	if n > 0 {
		w.line("  and %s more %s%s; --all lists %s", count(n), what, plural(n), schemas.OneOrMany(n, "it", "them"))
	}
}

func (w *pageWriter) charges(c *explain.ChargesBehind) {
	if c == nil {
		return
	}
	var sums []string
	for _, s := range c.Sums {
		sums = append(sums, s.Amount.String()+" "+string(s.Currency))
	}
	if c.Rows == 0 {
		w.line("\nCharges: none")
		return
	}
	w.line("\nCharges: %s, %s in all", count(c.Rows), strings.Join(sums, ", "))
	for _, x := range c.Listed {
		w.cells(string(x.ID), x.Counts.String()+" "+x.Unit, string(x.Account), string(x.Category), x.Description)
	}
	w.more(c.More, "charge")
}

func (w *pageWriter) findings(e *explain.Explanation) {
	for i := range e.Findings {
		f := &e.Findings[i]
		at := f.Source
		if f.Object != "" {
			at = f.Object
		}
		if f.Row > 0 {
			at += fmt.Sprintf(" row %d", f.Row)
		}
		rows := ""
		if f.Rows > 0 {
			rows = fmt.Sprintf(", %s row%s", count(f.Rows), plural(f.Rows))
		}
		w.line("\n%s", strings.TrimRight(fmt.Sprintf("%s (%s%s)  %s", f.Code, f.Severity, rows, at), " "))
		w.line("  %s", f.Message)
		if f.Explain != "" {
			w.line("  explained by %s", f.Explain)
		}
	}
	if len(e.Findings) > 0 && len(e.Figures) > 0 {
		if all := e.Figures[0].Value.IntPart(); all > int64(len(e.Findings)) {
			w.more(all-int64(len(e.Findings)), "finding")
		}
	}
}

func (w *pageWriter) record(r *explain.SourceRecord) {
	if r == nil {
		return
	}
	w.line("\nSource record: %s row %d (BLAKE3 %s)", r.Object, r.Row, r.Digest)
	for _, c := range r.Columns {
		w.cells(c.Name, c.Value)
	}
}

func (w *pageWriter) checks(checks []explain.Verdict) {
	if len(checks) == 0 {
		return
	}
	w.line("\nChecks")
	for _, c := range checks {
		verdict := "ok"
		if !c.OK {
			verdict = "DIFFERS"
		}
		w.cells(verdict, c.What, c.Detail)
	}
}
