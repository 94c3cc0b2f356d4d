package main

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"daybook/pipeline"
	"daybook/pipeline/book"
	"daybook/pipeline/run"
	"daybook/schemas"
)

// completeStages lets shells complete a flag by the stages of a run.
func completeStages(cmd *cobra.Command, flag string) {
	var names []string
	for _, s := range pipeline.Stages() {
		names = append(names, s.Name)
	}
	complete(cmd, flag, func([]string) []string { return names })
}

// completeFromBook lets shells complete a flag by what the book holds that the command line names: identifiers, each with a
// tab and a name. Before a book is named, or where it is none, there is nothing to complete.
func completeFromBook(cmd *cobra.Command, flag string, values func(*book.Book) []string) {
	complete(cmd, flag, func(args []string) []string {
		if len(args) == 0 {
			return nil
		}
		b, _, err := readBook(args[0])
		if err != nil || b == nil {
			return nil // which the verb itself says better
		}
		return values(b)
	})
}

// completeRuns lets shells complete the flag --run by the runs that there are.
func completeRuns(cmd *cobra.Command) {
	complete(cmd, "run", func(args []string) []string { return runsOfStore(cmd, args) })
}

// runArguments lets shells complete a book, and after it up to so many runs of it.
func runArguments(most int) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		if len(args) == 0 {
			return nil, cobra.ShellCompDirectiveFilterDirs
		}
		if len(args) > most {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return fitting(runsOfStore(cmd, args), typed), cobra.ShellCompDirectiveNoFileComp
	}
}

// runsOfStore are the runs of the period that the command line names, or of all, each with a tab and when it was committed. A
// bucket is not asked: a shell would wait for it.
func runsOfStore(cmd *cobra.Command, args []string) (runs []string) {
	if len(args) == 0 {
		return nil
	}
	b, _, err := readBook(args[0])
	if err != nil || b == nil {
		return nil // which the verb itself says better
	}
	s, url, err := openPlace(cmd.Context(), "store", cmd.Flag("store").Value.String(), b.Provider.Store, args[0])
	if _, local := directoryOf(url); err != nil || !local {
		return nil
	}
	periods := []schemas.Period{schemas.Period(cmd.Flag("period").Value.String())}
	if periods[0] == "" {
		if periods, err = run.Periods(cmd.Context(), s); err != nil {
			return nil
		}
	}
	for _, p := range periods {
		entries, err := run.Runs(cmd.Context(), s, p, "")
		if err != nil {
			return nil
		}
		for _, e := range entries {
			runs = append(runs, string(e.Run)+"\t"+string(p)+", "+e.Committed.UTC().Format(time.DateTime))
		}
	}
	return runs
}

// fitting are the values that begin with what has been typed.
func fitting(values []string, typed string) []string {
	return slices.DeleteFunc(values, func(v string) bool { return !strings.HasPrefix(v, typed) })
}

// complete lets shells complete a flag by the values that begin with what has been typed, and never by names of files.
func complete(cmd *cobra.Command, flag string, values func(args []string) []string) {
	err := cmd.RegisterFlagCompletionFunc(flag, func(_ *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		return fitting(values(args), typed), cobra.ShellCompDirectiveNoFileComp
	})
	if err != nil {
		panic(err) // the command has no such flag
	}
}

func accountsOfBook(b *book.Book) (accounts []string) {
	for account, customer := range b.Accounts {
		accounts = append(accounts, string(account.ID)+"\t"+visible(cmp.Or(account.Name, customer.Name)))
	}
	slices.Sort(accounts)
	return accounts
}

func metersOfBook(b *book.Book) (meters []string) {
	for i := range b.Catalogue.Meters {
		m := &b.Catalogue.Meters[i]
		unit := ""
		if m.Unit != "" { // what counts rows, or adds up their cost, has none
			unit = "\tin " + visible(m.Unit)
		}
		meters = append(meters, string(m.ID)+unit)
	}
	return meters
}
