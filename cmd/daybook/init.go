package main

import (
	"github.com/spf13/cobra"

	"daybook/pipeline/book"
)

func newInit() *cobra.Command {
	return &cobra.Command{
		Use:   "init DIR",
		Short: "Write a commented book that runs",
		Long: `init writes a small, commented book with a little usage to run it on, and JSON Schemas by which editors
complete and check it. It never overwrites a file.

Exit codes: 0 done; 2 there is something in its place.`,
		Example: `  daybook init mycloud && daybook run mycloud --period 2024-09`,
		Args:    exactly("directory to write"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := book.Init(args[0]); err != nil {
				return &exitError{exitWrong, err}
			}
			say(cmd.OutOrStdout(), "Wrote a book into %s. Read its provider.yaml first, then:\n\n  daybook check %s\n  daybook run %s --period 2024-09\n",
				args[0], args[0], args[0])
			return nil
		},
	}
}
