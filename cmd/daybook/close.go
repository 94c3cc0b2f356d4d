package main

import (
	"errors"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"daybook/pipeline/issue"
	"daybook/pipeline/register"
	"daybook/schemas"
	"daybook/schemas/money"
)

// closeOptions are those of the verb close.
type closeOptions struct {
	places
	period string
	notes  bool
	json   bool
}

func newClose() *cobra.Command {
	var o closeOptions
	cmd := &cobra.Command{
		Use:   "close BOOK --period YYYY-MM [--notes]",
		Short: "Issue the documents of a month that is over",
		Long: `close issues what the current run of a month drafted: documents numbered without gaps by series and year, in the order
of accounts, each chained to the one before by its digest. Who issues them and with which date is a row of closings.csv in the
book. It waits until the month is over, its run is complete and has all that came, no more findings than the book lets pass, and
the months before are closed.

Accounts that a finding holds are left out and listed; a further row of closings.csv issues them once the finding is gone. What is
learned of a month after it was closed stands as corrections in the next one. Interrupted anywhere, or done by two at once, close
ends in the same documents; done twice, it does nothing.

Where the book says under corrections that these stand on notes, they are on no invoice: --notes issues them for the month that they
correct, by a row of closings.csv with true under notes, as credit notes or debit notes in the same chain. What a note gives back
beyond what is left of its document is a balance that the customer has, and the next invoices take it. What later runs find goes on further notes.

Exit codes: 0 done; 1 broke; 2 wrong usage or wrong book, or the book does not close the month; 3 the run has findings above the
book's limits; 4 the month cannot be closed yet.`,
		Example: `  daybook close mycloud --period 2024-09
  daybook close mycloud --period 2024-09 --notes
  daybook close mycloud --period 2024-09 --json | jq .held`,
		Args: exactly("book (a directory)"),
		RunE: func(cmd *cobra.Command, args []string) error { return runClose(cmd, args[0], o) },
	}
	o.flags(cmd)
	cmd.Flags().StringVar(&o.period, "period", "", "the billing period, YYYY-MM")
	cmd.Flags().BoolVar(&o.notes, "notes", false, "issue credit and debit notes for the month, which is closed")
	cmd.Flags().BoolVar(&o.json, "json", false, "print the result as JSON")
	return cmd
}

func runClose(cmd *cobra.Command, dir string, o closeOptions) error {
	if o.period == "" {
		return wrong("say which period: --period YYYY-MM")
	}
	p, err := parsePeriod(o.period)
	if err != nil {
		return err
	}
	b, err := openBook(cmd, dir)
	if err != nil {
		return err
	}
	c := &issue.Closer{Book: b, Now: time.Now(), Workers: defaultWorkers()}
	if c.Store, _, err = openPlace(cmd.Context(), "store", o.store, b.Provider.Store, dir); err != nil {
		return err
	}
	if c.Landing, _, err = o.openLanding(cmd.Context(), b.Provider.Landing, dir); err != nil {
		return err
	}
	act := c.Close
	if o.notes {
		act = c.Notes
	}
	done, err := act(cmd.Context(), p)
	if gate, ok := errors.AsType[*issue.GateError](err); ok {
		return o.refused(cmd, gate)
	}
	if _, ok := errors.AsType[*issue.NotDecidedError](err); ok {
		return wrong("%w", err)
	}
	if err != nil {
		return err
	}
	if o.json {
		return sayJSON(cmd.OutOrStdout(), closedJSON(done), "  ")
	}
	printClosed(cmd.OutOrStdout(), done, dir)
	return nil
}

// refused says all that keeps a month open.
func (o *closeOptions) refused(cmd *cobra.Command, gate *issue.GateError) error {
	code := exitIncomplete
	if gate.Findings {
		code = exitFindings
	}
	if o.json {
		err := sayJSON(cmd.OutOrStdout(), struct {
			Period  schemas.Period `json:"period"`
			Reasons []string       `json:"not_closed"`
		}{gate.Period, gate.Reasons}, "  ")
		return errors.Join(err, &exitError{code: code})
	}
	say(cmd.ErrOrStderr(), "%s cannot be closed yet:\n", gate.Period)
	for _, reason := range gate.Reasons {
		say(cmd.ErrOrStderr(), "  %s\n", reason)
	}
	return &exitError{code: code}
}

// closedText is how a month stands, for programs.
type closedText struct {
	Period   schemas.Period  `json:"period"`
	Closings []closingText   `json:"closings"`
	Held     []register.Left `json:"held"`
}

// closingText is a closing, for programs.
type closingText struct {
	Closing   int                            `json:"closing"`
	Period    schemas.Period                 `json:"period"`
	Run       schemas.RunID                  `json:"run"`
	Issued    schemas.Date                   `json:"issued"`
	By        string                         `json:"by"`
	Reason    string                         `json:"reason,omitempty"`
	Documents int64                          `json:"documents"`
	First     string                         `json:"first,omitempty"`
	Last      string                         `json:"last,omitempty"`
	Totals    map[money.Currency]money.Fixed `json:"totals"`
	Left      []register.Left                `json:"left,omitempty"`
	Notes     bool                           `json:"notes,omitempty"`
	Balances  []register.Balance             `json:"balances,omitempty"`
	Used      []register.Balance             `json:"used,omitempty"`
	Done      bool                           `json:"done"`
	Fresh     bool                           `json:"fresh,omitempty"`
}

func closingOf(e *register.Entry) closingText {
	t := closingText{
		Closing: e.Number, Period: e.Period, Run: e.Run, Issued: e.Issued, By: e.By, Reason: e.Reason, Documents: e.Documents,
		Left: e.Left, Notes: len(e.Notes) > 0, Balances: e.Balances, Used: e.Used, Done: e.Done != nil,
	}
	if e.Documents > 0 {
		t.First, t.Last = e.NumberText(e.First), e.NumberText(e.First+e.Documents-1)
	}
	if e.Done != nil {
		t.Totals = e.Done.Totals
	}
	return t
}

func closedJSON(r *issue.Result) closedText {
	out := closedText{Period: r.Period, Held: append([]register.Left{}, r.Held...)}
	for i := range r.Closings {
		t := closingOf(&r.Closings[i])
		t.Fresh = i >= r.Fresh
		out.Closings = append(out.Closings, t)
	}
	return out
}

func printClosed(out io.Writer, r *issue.Result, dir string) {
	if r.Fresh == len(r.Closings) {
		say(out, "%s is closed already, and there is nothing to issue\n", r.Period)
	}
	for i := r.Fresh; i < len(r.Closings); i++ {
		printClosing(out, &r.Closings[i])
	}
	if len(r.Held) == 0 {
		return
	}
	say(out, "\n%d %s held, because a finding says that usage waits or the book holds it:\n", len(r.Held), schemas.OneOrMany(len(r.Held), "document is", "documents are"))
	printLeft(out, r.Held)
	if !r.Decided {
		say(out, "A further row of closings.csv for %s issues those whose finding is gone from its run: daybook close %s --period %s\n", r.Period, quoted(dir), r.Period)
	}
}

// printClosing says what a closing issued.
func printClosing(out io.Writer, e *register.Entry) {
	did := "closed on"
	if len(e.Notes) > 0 {
		did = "notes of"
	}
	say(out, "%s  %s %s by %s, of run %.8s\n", e.Period, did, e.Issued, e.By, e.Run)
	switch {
	case e.Documents == 1:
		say(out, "  1 document, %s\n", e.NumberText(e.First))
	case e.Documents > 1:
		say(out, "  %s documents, %s to %s\n", count(e.Documents), e.NumberText(e.First), e.NumberText(e.First+e.Documents-1))
	default:
		say(out, "  no document\n")
	}
	for _, currency := range slices.Sorted(maps.Keys(e.Done.Totals)) {
		say(out, "  %s %s\n", money.Text(e.Done.Totals[currency].Decimal(), placesOf(currency)), currency)
	}
	for _, b := range e.Balances {
		say(out, "  %s %s in favour of %s, beyond what is left of its document\n", money.Text(b.Amount.Decimal(), placesOf(b.Currency)), b.Currency, b.Account)
	}
	for _, b := range e.Used {
		say(out, "  %s %s of the balance of %s used\n", money.Text(b.Amount.Decimal(), placesOf(b.Currency)), b.Currency, b.Account)
	}
	why := map[register.Why]int{}
	for i := range e.Left {
		why[e.Left[i].Why]++
	}
	for _, x := range []struct {
		why  register.Why
		text string
	}{{register.Zero, "of zero, for which there is no document"}, {register.Carried, "below zero, carried forward"}} {
		if n := why[x.why]; n > 0 {
			say(out, "  %s %s %s\n", count(int64(n)), schemas.OneOrMany(n, "draft", "drafts"), x.text)
		}
	}
}

// printLeft lists drafts that were left, a screen of them at most.
func printLeft(out io.Writer, left []register.Left) {
	const shown = 20
	var rows [][]string
	for i := range left[:min(len(left), shown)] {
		l := &left[i]
		rows = append(rows, []string{string(l.Account), string(l.Code), money.Text(l.Total.Decimal(), placesOf(l.Currency)), string(l.Currency)})
	}
	printRows(out, rows, 2)
	if more := len(left) - shown; more > 0 {
		say(out, "  and %s more, which --json lists\n", count(int64(more)))
	}
}

// placesOf is how many places amounts of a currency are shown with.
func placesOf(c money.Currency) int32 {
	places, _ := money.MinorUnits(c)
	return places
}
