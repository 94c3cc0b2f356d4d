package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"daybook/pipeline/book"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/pipeline/whatif"
)

// runDiffBook shows what a month would come to by another book.
func runDiffBook(cmd *cobra.Command, dir string, o diffOptions) (err error) {
	switch {
	case o.html && o.csv || o.html && o.json || o.csv && o.json:
		return wrong("diff: --html, --csv and --json are three ways to print it; choose one")
	case o.period == "":
		return wrong("say which month is rated by both books: --period YYYY-MM")
	case o.parquet != "" || o.account != "":
		return wrong("--parquet and --account compare two runs; --book compares two books, with a row for each customer, or with --accounts for each account")
	}
	ctx, r := cmd.Context(), &run.Run{Budget: defaultMemory << 20}
	if r.Book, err = openBook(cmd, dir); err != nil {
		return err
	}
	other, err := openBook(cmd, o.book)
	if err != nil {
		return err
	}
	if r.Store, _, err = openPlace(ctx, "store", o.store, r.Book.Provider.Store, dir); err != nil {
		return err
	}
	if r.Landing, _, err = (&places{landing: o.landing}).openLanding(ctx, r.Book.Provider.Landing, dir); err != nil {
		return err
	}
	found, err := tryBook(ctx, r, other, o, dir)
	if err != nil {
		return err
	}
	names, out := whatif.Names{Before: filepath.Base(dir), After: filepath.Base(o.book)}, cmd.OutOrStdout()
	switch {
	case o.html:
		return sayPage(out, found.HTML(names))
	case o.csv:
		return sayTable(out, found.CSV())
	case o.json:
		return sayJSON(out, found, "  ")
	}
	most := max(1, o.rows/4)
	if o.all {
		most = -1
	}
	printScreen(out, found.Screen(names, most))
	return nil
}

// tryBook rates the month in a directory that goes afterwards.
func tryBook(ctx context.Context, r *run.Run, other *book.Book, o diffOptions, dir string) (found *whatif.Outcome, err error) {
	period, err := parsePeriod(o.period)
	if err != nil {
		return nil, err
	}
	c, _, err := run.ReadCurrent(ctx, r.Store, period)
	if errors.Is(err, store.ErrNotFound) {
		return nil, wrong("%s has not been run, so there is nothing to rate by another book; begin with daybook run %s --period %s", period, dir, period)
	}
	if err != nil {
		return nil, err
	}
	m, err := run.ReadManifest(ctx, r.Store, period, c.Run)
	if err != nil {
		return nil, err
	}
	place, err := os.MkdirTemp(o.scratch, "daybook-trial-")
	if err != nil {
		return nil, fmt.Errorf("make a directory for what is rated; name a place for it with --scratch: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(place)) }()
	aside, err := store.OpenScratch(filepath.Join(place, "store"))
	if err != nil {
		return nil, err
	}
	if r.Scratch, err = store.OpenScratch(filepath.Join(place, "scratch")); err != nil {
		return nil, err
	}
	r.SpillDir = place
	workers := defaultWorkers()
	limitMemory(r.Budget * int64(workers))
	return whatif.Compare(ctx, r, other, m, aside, whatif.Options{Accounts: o.accounts, Workers: workers, SpillDir: place})
}
