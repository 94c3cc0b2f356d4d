package main

import (
	"errors"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"daybook/pipeline/quote"
	"daybook/pipeline/store"
)

// runQuoteChange shows what changes of subscriptions would do to this invoice and the next.
func runQuoteChange(cmd *cobra.Command, dir string, o quoteOptions) error {
	if o.account != "" || o.date != "" || o.usage != "" || o.source != "" || o.meter != "" || o.sku != "" || o.offering != "" || o.asOf != "" || o.against != "" || o.book2 != "" || o.steps {
		return wrong("--change says whose subscriptions change and when; leave the other flags out, but for --store, --from-book and --json")
	}
	b, err := openBook(cmd, dir)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(o.change)
	if errors.Is(err, fs.ErrNotExist) {
		return wrong("there is no file %s; write one with the columns of changes.csv, such as subscription,on,kind,quantity", o.change)
	}
	if err != nil {
		return wrong("the file %s cannot be read: %w", o.change, errors.Unwrap(err))
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
	if o.json {
		return sayJSON(cmd.OutOrStdout(), p, "  ")
	}
	printScreen(cmd.OutOrStdout(), p.Screen())
	return nil
}
