package main

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/spf13/cobra"

	"daybook/pipeline/book"
	"daybook/pipeline/disputed"
	"daybook/pipeline/issue"
	"daybook/pipeline/register"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// disputeOptions are those of the verb dispute.
type disputeOptions struct {
	places
	note, html, json bool
	proof, verify    string
}

func newDispute() *cobra.Command {
	var o disputeOptions
	cmd := &cobra.Command{
		Use:   "dispute BOOK [ID]",
		Short: "List customers' disputes, or show one: what it is about, and what its decision changes",
		Long: `dispute lists what customers challenge of their bills, as disputes of the book have it: how each stands, what was claimed,
accepted, rejected and is open, and how many days are left to decide.

With an identifier it shows one: what else hangs together with the challenged lines, that what was billed comes out the same when it is
rated again, and line by line what is right now, with what is due to the decision and what to whatever else the book has learned.
Records that a selector finds are listed as usage of a decision names them: they count once they are named. --html writes the page that
may go to the customer; --note issues the notes that the account has of the month, as close --notes does for all.

--proof writes a directory with all that a third party needs to recompute the difference with nothing but a program: usage records, prices,
arithmetic, decisions, lines before and after, and a digest of each file. It holds what peers charge for what is sold at cost, too. --verify
recomputes such a directory, without a book or a store, and says line by line what holds.

Exit codes: 0 done; 1 broke, or something of a proof does not hold; 2 wrong usage or wrong book, or there is no such dispute; 4 no note can be issued yet.`,
		Example: `  daybook dispute mycloud
  daybook dispute mycloud D-17
  daybook dispute mycloud D-17 --html > dispute.html
  daybook dispute mycloud D-17 --note
  daybook dispute mycloud D-17 --proof D-17
  daybook dispute --verify D-17`,
		Args: func(cmd *cobra.Command, args []string) error {
			if o.verify != "" {
				return exactly()(cmd, args)
			}
			if len(args) == 2 {
				return exactly("book (a directory)", "dispute")(cmd, args)
			}
			return exactly("book (a directory)")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.verify != "" {
				return o.recompute(cmd)
			}
			return runDispute(cmd, args, o)
		},
	}
	o.flags(cmd)
	cmd.Flags().BoolVar(&o.note, "note", false, "issue the notes that the account has of the month")
	cmd.Flags().BoolVar(&o.html, "html", false, "print the dispute as a page for the customer")
	cmd.Flags().BoolVar(&o.json, "json", false, "print it as JSON")
	cmd.Flags().StringVar(&o.proof, "proof", "", "write a proof into a new `directory`")
	cmd.Flags().StringVar(&o.verify, "verify", "", "recompute the proof in a `directory`")
	return cmd
}

func runDispute(cmd *cobra.Command, args []string, o disputeOptions) error {
	dir := args[0]
	if len(args) == 1 && (o.note || o.html || o.proof != "") {
		return wrong("say which dispute: daybook dispute %s ID", dir)
	}
	if o.html && o.json {
		return wrong("dispute: --html and --json are two ways to print it; choose one")
	}
	b, err := openBook(cmd, dir)
	if err != nil {
		return err
	}
	s, _, err := openPlace(cmd.Context(), "store", o.store, b.Provider.Store, dir)
	if err != nil {
		return err
	}
	if err := issuedFor(cmd.Context(), b, s); err != nil {
		return err
	}
	today, out := schemas.DateOf(time.Now(), b.Zone), cmd.OutOrStdout()
	if len(args) == 1 {
		all := disputed.Disputes(b, today)
		if o.json {
			return sayJSON(out, all, "  ")
		}
		if len(all) == 0 {
			say(out, "no customer disputes anything\n")
			return nil
		}
		printRows(out, disputed.Table(all), 4)
		return nil
	}
	if o.note {
		return o.issue(cmd, b, dir, args[1])
	}
	v, err := disputed.Open(cmd.Context(), b, s, args[1], today)
	switch {
	case errors.Is(err, disputed.ErrUnknown):
		return wrong("%w; daybook dispute %s lists them", err, dir)
	case err != nil:
		return err
	case o.proof != "":
		return o.prove(cmd, v)
	case o.html:
		return sayPage(out, v.HTML())
	case o.json:
		return sayJSON(out, v, "  ")
	}
	printDispute(out, v)
	return nil
}

// issue issues the notes of the disputing account's month.
func (o *disputeOptions) issue(cmd *cobra.Command, b *book.Book, dir, id string) error {
	d, known := disputed.Find(b, id)
	if !known {
		return wrong("dispute %s: %w; daybook dispute %s lists them", id, disputed.ErrUnknown, dir)
	}
	c := &issue.Closer{Book: b, Now: time.Now(), Workers: defaultWorkers(), Only: b.Payer(d.Account)}
	var err error
	if c.Store, _, err = openPlace(cmd.Context(), "store", o.store, b.Provider.Store, dir); err != nil {
		return err
	}
	if c.Landing, _, err = o.openLanding(cmd.Context(), b.Provider.Landing, dir); err != nil {
		return err
	}
	done, err := c.Notes(cmd.Context(), d.Period)
	if gate, ok := errors.AsType[*issue.GateError](err); ok {
		return (&closeOptions{json: o.json}).refused(cmd, gate)
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

func printDispute(out io.Writer, v *disputed.View) {
	say(out, "%s\n", v.Summary())
	if v.Run == "" {
		return
	}
	if v.Reproduced {
		say(out, "\nrun %.8s: what was billed comes out the same when it is rated again\n\n", v.Run)
	} else {
		say(out, "\nrun %.8s: what was billed does not come out the same:\n", v.Run)
		for _, x := range v.Differs {
			say(out, "  %s\n", x)
		}
	}
	if rows := v.Before(); len(rows) > 1 {
		printRows(out, rows, 2)
	}
	say(out, "\n")
	for _, s := range v.Scope {
		say(out, "shares %s with %s: %s\n", s.What, s.With, s.Why)
	}
	if list := v.Unnamed(); len(list) > 0 {
		say(out, "\nselectors find these records, which have no effect until usage of the decision names them:\n")
		for _, line := range list {
			say(out, "  %s\n", line)
		}
	}
}

// issuedFor holds the disputes of a book against the register.
func issuedFor(ctx context.Context, b *book.Book, s store.Store) error {
	if len(b.Challenges) == 0 {
		return nil
	}
	all, err := register.Read(ctx, s, b.Provider.ID)
	if err != nil {
		return err
	}
	_, amiss, err := disputed.Issued(ctx, b, s, all)
	if err == nil && amiss != nil {
		err = wrong("%w", amiss)
	}
	return err
}
