package main

import (
	"path/filepath"

	"github.com/spf13/cobra"
)

// checkOptions are those of the verb check.
type checkOptions struct {
	json bool
	// sights says that what was delivered is looked at, too.
	sights bool
}

func newCheck() *cobra.Command {
	var o checkOptions
	cmd := &cobra.Command{
		Use:   "check BOOK",
		Short: "Validate a book: every complaint at once, with file, line and column",
		Long: `check reads every file of a book and validates it as one: unknown keys, dangling references, overlapping
validity, gaps in tiers, bad decimals. Nothing is run. Exit code 2 if anything is wrong.

With --landing it then looks at the newest object of each source: what it is, and whether the source reads it as it is
declared. What does not fit is said with the line of the book that would read it.`,
		Example: `  daybook check mycloud
  daybook check mycloud --json | jq -r .message
  daybook check mycloud --landing`,
		Args: exactly("book (a directory)"),
		RunE: func(cmd *cobra.Command, args []string) error { return runCheck(cmd, args[0], o) },
	}
	cmd.Flags().BoolVar(&o.json, "json", false, "one JSON object per complaint")
	cmd.Flags().BoolVar(&o.sights, "landing", false, "say what was delivered for each source, and whether it fits")
	return cmd
}

func runCheck(cmd *cobra.Command, dir string, o checkOptions) error {
	b, problems, err := readBook(dir)
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	for _, p := range problems {
		if o.json {
			if err := sayJSON(out, p, ""); err != nil {
				return err
			}
			continue
		}
		say(out, "%s\n", filepath.Join(dir, p.String()))
	}
	if len(problems) > 0 {
		return wrong("the book %s has %d problem%s", dir, len(problems), plural(len(problems)))
	}
	if !o.json {
		say(out, "%s is a sound book: %s\n", dir, b.Summary())
	}
	if o.sights {
		return checkLanding(cmd, b, dir, o)
	}
	return nil
}
