package main

import (
	"encoding/csv"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"daybook/pipeline/explain"
	"daybook/schemas"
)

// planOptions are those of the verb plan.
type planOptions struct {
	places
	look    lookOptions
	draft   bool
	months  int
	version string
	json    bool
}

func newPlan() *cobra.Command {
	var o planOptions
	cmd := &cobra.Command{
		Use:   "plan BOOK --draft --period YYYY-MM",
		Short: "Propose a version of the plan from what a month came to",
		Long: `plan --draft proposes lines of the plan for the months after one that has been run: of each offering, region, segment and peer
that the plan names what that month came to, or its run rate while it goes on, with what forecast_steps of plan.yaml say changes from a month on. It
prints rows of plan.csv, in the provider's currency, and writes nothing: look at them, put them into a file of plan/, and
give the version its entry under versions of plan.yaml.

Exit codes: 0 done; 1 broke; 2 wrong usage or wrong book, or there is no such run.`,
		Example: `  daybook plan mycloud --draft --period 2024-09
  daybook plan mycloud --draft --period 2024-09 --months 3 --version growth > mycloud/plan/growth.csv
  daybook plan mycloud --draft --period 2024-09 --json`,
		Args: exactly("book (a directory)"),
		RunE: func(cmd *cobra.Command, args []string) error { return runPlan(cmd, args[0], o) },
	}
	o.flags(cmd)
	o.look.flags(cmd, "the month that it goes on from, YYYY-MM")
	cmd.Flags().BoolVar(&o.draft, "draft", false, "propose a version")
	cmd.Flags().IntVar(&o.months, "months", 12, "for so many months, 1 to 120")
	cmd.Flags().StringVar(&o.version, "version", "draft", "the name of the version")
	cmd.Flags().BoolVar(&o.json, "json", false, "one JSON object")
	return cmd
}

// mostDraftMonths bounds how far a proposal goes.
const mostDraftMonths = 120

func runPlan(cmd *cobra.Command, dir string, o planOptions) error {
	if !o.draft {
		return wrong("say --draft: plan proposes a version and does nothing else")
	}
	if o.months < 1 || o.months > mostDraftMonths {
		return wrong("--months %d: write a number from 1 to %d", o.months, mostDraftMonths)
	}
	b, err := openBook(cmd, dir)
	if err != nil {
		return err
	}
	l, err := lookAt(cmd, dir, o.look, o.places)
	if err != nil {
		return err
	}
	d, err := l.Draft(cmd.Context(), explain.Draft{Version: o.version, Months: o.months, Steps: b.Plan.Policy.ForecastSteps})
	if err != nil {
		return err
	}
	for _, id := range d.Left {
		say(cmd.ErrOrStderr(), "%s: there is no data yet to tell the month by; no line is proposed for it\n", id)
	}
	if o.json {
		return sayJSON(cmd.OutOrStdout(), struct {
			Period  schemas.Period      `json:"period"`
			Run     schemas.RunID       `json:"run"`
			Version string              `json:"version"`
			Lines   []explain.DraftLine `json:"lines"`
			Left    []string            `json:"left,omitempty"`
		}{l.Manifest.Spec.Period, l.Manifest.Run, o.version, d.Rows(), d.Left}, "  ")
	}
	return printDraft(cmd.OutOrStdout(), d)
}

// printDraft writes rows of plan.csv, without what a terminal would obey. The columns of segments and peers stand where there are any.
func printDraft(to io.Writer, d *explain.Drafted) error {
	w := csv.NewWriter(to)
	lines := d.Rows()
	rows := [][]string{{"version", "period", "offering", "region", "segment", "peer", "unit", "units", "revenue", "cost", "currency"}}
	const segment, peer = 4, 5
	for _, l := range lines {
		row := []string{l.Version, l.Period, l.Offering, l.Region, l.Segment, l.Peer, l.Unit, l.Units, l.Revenue, l.Cost, l.Currency}
		for i := range row {
			row[i] = visible(row[i])
		}
		rows = append(rows, row)
	}
	for _, column := range [...]int{peer, segment} {
		if slices.ContainsFunc(rows[1:], func(row []string) bool { return row[column] != "" }) {
			continue
		}
		for i := range rows {
			rows[i] = slices.Delete(rows[i], column, column+1)
		}
	}
	return w.WriteAll(rows)
}
