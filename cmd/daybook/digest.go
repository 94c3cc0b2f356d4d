package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"daybook/pipeline/explain"
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
rows. --files adds the SHA-256 of every file that the run wrote, as it lies in the store now, which runs of one spec share to
the byte; one that is gone, or not as it was written, is named.

Exit codes: 0 done; 1 broke, or a file is not as it was written; 2 there is no such run.`,
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
	out := cmd.OutOrStdout()
	var files []explain.FileDigest
	spoilt := 0
	if o.files {
		err := l.FileDigests(cmd.Context(), func(f explain.FileDigest) error {
			files = append(files, f)
			if !f.Sound() {
				spoilt++
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	digests := []explain.DatasetDigest{}
	if spoilt == 0 { // else not all rows can be read
		if digests, err = l.Digests(cmd.Context()); err != nil {
			return err
		}
	}
	if o.json {
		err = sayJSON(out, struct {
			Period   schemas.Period          `json:"period"`
			Run      schemas.RunID           `json:"run"`
			Datasets []explain.DatasetDigest `json:"datasets"`
			Files    []explain.FileDigest    `json:"files,omitempty"`
		}{l.Manifest.Spec.Period, l.Manifest.Run, digests, files}, "  ")
	} else {
		err = printDigests(out, digests, files)
	}
	if err == nil && spoilt > 0 {
		err = fmt.Errorf("%d file%s of the run %s not as %s written; run %s again, and what is missing or damaged is made anew", spoilt, plural(spoilt),
			schemas.OneOrMany(spoilt, "is", "are"), schemas.OneOrMany(spoilt, "it was", "they were"), l.Manifest.Spec.Period)
	}
	return err
}

// printDigests writes a line for each dataset, and one for each file: what it is now, and where that is not what was written,
// also what was.
func printDigests(out io.Writer, digests []explain.DatasetDigest, files []explain.FileDigest) error {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	for _, d := range digests {
		say(w, "%s\t%s\n", d.Dataset, d.Digest)
	}
	if len(files) > 0 {
		say(w, "\n")
	}
	for i := range files {
		f := &files[i]
		switch {
		case f.Sound():
			say(w, "%s\t%s\n", f.Digest, f.Key)
		case f.Digest == "":
			say(w, "GONE\t%s\tas written it was %s\n", f.Key, f.Written)
		default:
			say(w, "%s\t%s\tDAMAGED: as written it was %s\n", f.Digest, f.Key, f.Written)
		}
	}
	return w.Flush()
}
