package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"daybook/pipeline/book"
	"daybook/pipeline/disputed"
	"daybook/pipeline/document"
	"daybook/pipeline/document/issued"
	"daybook/pipeline/issue"
	"daybook/pipeline/register"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/money"
)

// registerOptions are those of the verb register.
type registerOptions struct {
	places
	period string
	verify bool
	html   bool
	json   bool
}

func newRegister() *cobra.Command {
	var o registerOptions
	cmd := &cobra.Command{
		Use:   "register BOOK [NUMBER]",
		Short: "List what was issued, show a document, or check that nothing was altered",
		Long: `register lists the closings of a store; with --period, the documents of that month, and the pages of the store on which
they are; and what of them open disputes hold from dunning. With a number it prints that document, with --html as a page made of its JSON alone.

--verify checks all that was issued: that numbers have no gaps, that each document names the digest of the one before, that nothing
of documents, pages, closings, runs and the books that they used was altered, and that the documents of each month hold the very charges
of its run. It names what is not as it was issued.

Exit codes: 0 done; 1 broke, or --verify finds something wrong; 2 wrong usage or wrong book, or there is no such document.`,
		Example: `  daybook register mycloud
  daybook register mycloud --period 2024-09
  daybook register mycloud EX-2024-000001 --html > invoice.html
  daybook register mycloud --verify`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 2 {
				return exactly("book (a directory)", "number")(cmd, args)
			}
			return exactly("book (a directory)")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error { return runRegister(cmd, args, o) },
	}
	o.flags(cmd)
	cmd.Flags().StringVar(&o.period, "period", "", "list the documents of this billing period, YYYY-MM")
	cmd.Flags().BoolVar(&o.verify, "verify", false, "check all that was issued")
	cmd.Flags().BoolVar(&o.html, "html", false, "print the document as a page")
	cmd.Flags().BoolVar(&o.json, "json", false, "one JSON object per closing or document, or for --verify")
	return cmd
}

func runRegister(cmd *cobra.Command, args []string, o registerOptions) error {
	dir := args[0]
	b, err := openBook(cmd, dir)
	if err != nil {
		return err
	}
	s, _, err := openPlace(cmd.Context(), "store", o.store, b.Provider.Store, dir)
	if err != nil {
		return err
	}
	if o.verify {
		return o.check(cmd, s, b.Provider.ID)
	}
	all, err := register.Read(cmd.Context(), s, b.Provider.ID)
	switch {
	case err != nil:
		return err
	case len(args) == 2:
		return o.show(cmd, s, all, args[1])
	case o.html:
		return wrong("register: --html shows one document; say its number")
	case o.period != "":
		return o.documents(cmd, b, s, all)
	}
	if err := o.closings(cmd.OutOrStdout(), all, dir); err != nil || o.json {
		return err
	}
	held, _, err := disputed.Issued(cmd.Context(), b, s, all)
	for i := range held {
		h := &held[i]
		say(cmd.OutOrStdout(), "dispute %s holds %s %s of %s of account %s for %s: nobody is to be reminded of it\n", h.Dispute, money.Text(h.Amount, placesOf(h.Currency)), h.Currency, orDocuments(h.Number), h.Account, h.Period)
	}
	return err
}

// orDocuments is a number of a document, or the documents where it cannot be told which.
func orDocuments(number string) string {
	if number == "" {
		return "the documents"
	}
	return number
}

// heldOf says what open disputes hold of a document.
func heldOf(held []disputed.Held, d *document.Issued) (text string) {
	for i := range held {
		if h := &held[i]; h.Number == d.Number {
			text += fmt.Sprintf("  dispute %s holds %s %s", h.Dispute, money.Text(h.Amount, placesOf(h.Currency)), h.Currency)
		}
	}
	return text
}

// check checks all that was issued.
func (o *registerOptions) check(cmd *cobra.Command, s store.Store, entity string) error {
	found, err := issue.Verify(cmd.Context(), s, entity)
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	if o.json {
		err = sayJSON(out, found, "  ")
	} else {
		for _, w := range found.Wrong {
			say(out, "%s\n", w)
		}
		verdict := "all is as it was issued"
		if n := len(found.Wrong); n > 0 {
			verdict = fmt.Sprintf("%d %s not as %s issued", n, schemas.OneOrMany(n, "thing is", "things are"), schemas.OneOrMany(n, "it was", "they were"))
		}
		say(out, "%s closing%s, %s document%s: %s\n", count(int64(found.Closings)), plural(found.Closings), count(found.Documents), plural(found.Documents), verdict)
	}
	if err == nil && len(found.Wrong) > 0 {
		err = &exitError{code: exitBroke}
	}
	return err
}

// closings lists the closings.
func (o *registerOptions) closings(out io.Writer, all register.Register, dir string) error {
	if len(all) == 0 && !o.json {
		say(out, "nothing has been issued; daybook close %s --period YYYY-MM issues a month that is over\n", quoted(dir))
		return nil
	}
	rows := [][]string{{"closing", "period", "issued", "by", "run", "first", "last", "documents", "total", ""}}
	for i := range all {
		t := closingOf(&all[i])
		if o.json {
			if err := sayJSON(out, t, ""); err != nil {
				return err
			}
			continue
		}
		row := []string{fmt.Sprint(t.Closing), string(t.Period), t.Issued.String(), t.By, fmt.Sprintf("%.8s", t.Run), t.First, t.Last, count(t.Documents), "", ""}
		if !t.Done {
			row[8] = "begun, not done"
		}
		for n, currency := range slices.Sorted(maps.Keys(t.Totals)) {
			if n > 0 {
				rows = append(rows, row)
				row = make([]string, len(row))
			}
			row[8], row[9] = money.Text(t.Totals[currency].Decimal(), placesOf(currency)), string(currency)
		}
		rows = append(rows, row)
	}
	if !o.json {
		printRows(out, rows, 7)
	}
	return nil
}

// documents lists the documents of a month.
func (o *registerOptions) documents(cmd *cobra.Command, b *book.Book, s store.Store, all register.Register) error {
	p, err := parsePeriod(o.period)
	if err != nil {
		return err
	}
	held, _, err := disputed.Issued(cmd.Context(), b, s, all)
	if err != nil {
		return err
	}
	out, closings := cmd.OutOrStdout(), slices.Concat(all.Of(p), all.NotesOf(p))
	for _, e := range closings {
		err := each(cmd.Context(), s, &e, func(line []byte) error {
			if o.json {
				return sayEncoded(out, append(line, '\n'))
			}
			d, err := issued.Read(line)
			if err != nil {
				return err
			}
			v := &d.Invoice
			say(out, "%s  %s  %-11s  %s %s  %s%s\n", d.Number, d.Date, d.Kind, money.Text(v.Total.Decimal(), v.Places), v.Currency, v.Account, heldOf(held, d))
			return nil
		})
		if err != nil {
			return err
		}
		for i := 0; e.Done != nil && !o.json && i < len(e.Done.Pages); i++ {
			page := &e.Done.Pages[i]
			say(out, "  %s to %s: %s\n", e.NumberText(page.First), e.NumberText(page.First+page.Documents-1), page.Key)
		}
	}
	if len(closings) == 0 {
		return wrong("%s is not closed: nothing of it was issued", p)
	}
	return nil
}

// each calls with the documents of a closing.
func each(ctx context.Context, s store.Store, e *register.Entry, call func(line []byte) error) error {
	if e.Done == nil {
		return nil
	}
	for i := range e.Done.Objects {
		if _, err := register.EachDocument(ctx, s, e.Done.Objects[i].Key, call); err != nil {
			return err
		}
	}
	return nil
}

// errFound ends a search.
var errFound = errors.New("found")

// show prints one document.
func (o *registerOptions) show(cmd *cobra.Command, s store.Store, all register.Register, number string) error {
	for i := range all {
		e := &all[i]
		var found []byte
		for k := e.First; e.Done != nil && k < e.First+e.Documents; k++ {
			if e.NumberText(k) != number {
				continue
			}
			err := each(cmd.Context(), s, e, func(line []byte) error {
				var d struct {
					Number string `json:"number"`
				}
				if err := json.Unmarshal(line, &d); err != nil || d.Number != number {
					return err
				}
				found = line
				return errFound
			})
			if err != nil && !errors.Is(err, errFound) {
				return err
			}
			return o.print(cmd.OutOrStdout(), found, number)
		}
	}
	return wrong("there is no document %q in the register", number)
}

func (o *registerOptions) print(out io.Writer, found []byte, number string) error {
	if found == nil {
		return fmt.Errorf("document %s is not where the register says; daybook register --verify says what is wrong", number)
	}
	if o.json {
		return sayEncoded(out, append(found, '\n'))
	}
	d, err := issued.Read(found)
	if err != nil {
		return err
	}
	if o.html {
		return sayPage(out, document.IssuedHTML(nil, d))
	}
	return printInvoice(out, found)
}
