package main

import (
	"text/tabwriter"

	"github.com/spf13/cobra"

	"daybook/pipeline/explain"
	"daybook/pipeline/run"
	"daybook/schemas"
)

// digestOptions are those of the verb digest.
type digestOptions struct {
	places
	look  lookOptions
	files bool
	json  bool
}

func newDigest() *cobra.Command {
	var o digestOptions
	cmd := &cobra.Command{
		Use:   "digest BOOK --period YYYY-MM",
		Short: "Print digests of a run's rows, for comparing runs",
		Long: `digest reads the datasets of a run and prints one digest of the rows of each. It does not depend on the order of
rows or on their division into files, so runs with 1 and with 16 shards have the same digests if they hold the same
rows. --files adds the SHA-256 of every file that the run wrote, which runs of one spec share to the byte.`,
		Example: `  daybook digest mycloud --period 2024-09
  daybook digest mycloud --period 2024-09 --run 518c2e3764a8fd23
  diff <(daybook digest mycloud --period 2024-09) <(daybook digest mycloud --store s3://other --period 2024-09)`,
		Args: exactly("book (a directory)"),
		RunE: func(cmd *cobra.Command, args []string) error { return runDigest(cmd, args[0], o) },
	}
	o.flags(cmd)
	o.look.flags(cmd, "the billing period, YYYY-MM")
	cmd.Flags().BoolVar(&o.files, "files", false, "the digest of every file, too")
	cmd.Flags().BoolVar(&o.json, "json", false, "one JSON object")
	return cmd
}

// lookAt opens the run that the options name.
func lookAt(cmd *cobra.Command, dir string, where lookOptions, at places) (*explain.Look, error) {
	b, err := openBook(cmd, dir)
	if err != nil {
		return nil, err
	}
	if where.period == "" {
		return nil, wrong("say which period: --period YYYY-MM; daybook status %s shows what has been run", dir)
	}
	period, err := parsePeriod(where.period)
	if err != nil {
		return nil, err
	}
	s, _, err := openPlace(cmd.Context(), "store", at.store, b.Provider.Store, dir)
	if err != nil {
		return nil, err
	}
	return openLook(cmd.Context(), b, s, nil, period, where.run, dir)
}

func runDigest(cmd *cobra.Command, dir string, o digestOptions) error {
	l, err := lookAt(cmd, dir, o.look, o.places)
	if err != nil {
		return err
	}
	digests, err := l.Digests(cmd.Context())
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	if o.json {
		shown := struct {
			Period   schemas.Period          `json:"period"`
			Run      schemas.RunID           `json:"run"`
			Datasets []explain.DatasetDigest `json:"datasets"`
			Files    []run.Output            `json:"files,omitempty"`
		}{Period: l.Manifest.Spec.Period, Run: l.Manifest.Run, Datasets: digests}
		if o.files {
			shown.Files = l.Manifest.Outputs
		}
		return sayJSON(out, shown, "  ")
	}
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	for _, d := range digests {
		say(w, "%s\t%s\n", d.Dataset, d.Digest)
	}
	if o.files {
		say(w, "\n")
		for _, f := range l.Manifest.Outputs {
			say(w, "%s\t%s\n", f.Digest, f.Key)
		}
	}
	return w.Flush()
}
