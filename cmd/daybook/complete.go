package main

import (
	"cmp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"daybook/pipeline"
	"daybook/pipeline/book"
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

// complete lets shells complete a flag by the values that begin with what has been typed, and never by names of files.
func complete(cmd *cobra.Command, flag string, values func(args []string) []string) {
	err := cmd.RegisterFlagCompletionFunc(flag, func(_ *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		var fit []string
		for _, v := range values(args) {
			if strings.HasPrefix(v, typed) {
				fit = append(fit, v)
			}
		}
		return fit, cobra.ShellCompDirectiveNoFileComp
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
