package main

import (
	"errors"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"daybook/pipeline/book"
	"daybook/pipeline/quote"
	"daybook/pipeline/store"
)

// asked are the changes of a file, or those that a request of the book asks for, with its number.
func (o *quoteOptions) asked(b *book.Book) (text []byte, number string, err error) {
	text, err = os.ReadFile(o.change)
	switch {
	case err == nil:
		return text, "", nil
	case !errors.Is(err, fs.ErrNotExist):
		return nil, "", wrong("the file %s cannot be read: %w", o.change, errors.Unwrap(err))
	}
	for i := range b.Requests {
		r := &b.Requests[i]
		if r.ID != o.change && book.RequestKey(r) != o.change {
			continue
		}
		if len(r.Changes) == 0 {
			return nil, "", wrong("request %s asks for no change; write what it asks for into its changes", o.change)
		}
		if r.Decision != nil {
			return nil, "", wrong("request %s was %s on %s, and what it asks for is no preview any more; see daybook requests", o.change, r.Decision.Outcome, r.Decision.On)
		}
		text, err := book.ChangeTable(r.Changes)
		return text, r.ID, err
	}
	return nil, "", wrong("there is no file %s, and no request of that number; write a file with the columns of changes.csv, such as subscription,on,kind,quantity, or changes of a request", o.change)
}

// runQuoteChange shows what changes of subscriptions would do to this invoice and the next.
func runQuoteChange(cmd *cobra.Command, dir string, o quoteOptions) error {
	if o.account != "" || o.date != "" || o.usage != "" || o.source != "" || o.meter != "" || o.sku != "" || o.offering != "" || o.asOf != "" || o.against != "" || o.book2 != "" || o.steps {
		return wrong("--change says whose subscriptions change and when; leave the other flags out, but for --store, --from-book and --json")
	}
	b, err := openBook(cmd, dir)
	if err != nil {
		return err
	}
	text, number, err := o.asked(b)
	if err != nil {
		return err
	}
	after, problems, err := b.Propose(text)
	if err != nil {
		return wrong("the file %s is no table of changes: %w", o.change, err)
	}
	if len(problems) > 0 {
		return wrong("with the rows of %s below its own, changes.csv would be wrong: %w", o.change, problems)
	}
	var s store.Store
	if !o.fromBook && (o.store != "" || b.Provider.Store != "") {
		if s, _, err = openPlace(cmd.Context(), "store", o.store, b.Provider.Store, dir); err != nil {
			return err
		}
	}
	p, err := quote.MakePreview(cmd.Context(), b, after, s)
	if _, asked := errors.AsType[*quote.AskError](err); asked {
		return &exitError{exitWrong, err}
	}
	if err != nil {
		return err
	}
	p.Request = number
	if o.json {
		return sayJSON(cmd.OutOrStdout(), p, "  ")
	}
	printScreen(cmd.OutOrStdout(), p.Screen())
	return nil
}
