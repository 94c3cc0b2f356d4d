package main

import (
	"context"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"daybook/pipeline"
	"daybook/pipeline/book"
	"daybook/pipeline/explain"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// statusOptions are those of the verb status.
type statusOptions struct {
	places
	json bool
}

func newStatus() *cobra.Command {
	var o statusOptions
	cmd := &cobra.Command{
		Use:   "status BOOK",
		Short: "Show what has been run, what is provisional and what is missing",
		Long: `status lists the periods that have been run, with how many rows ended where. A period is PROVISIONAL while a delivery
is missing or was refused, and OUTDATED once something has come for it that its run does not have, whatever month that is filed
under, or once an earlier one has been run anew that it was computed from; below the list
stands what is missing, what has come since, and what to run again in which order. The exit code is 4 if a period is OUTDATED,
and 0 else.`,
		Example: `  daybook status mycloud
  daybook status mycloud --json`,
		Args: exactly("book (a directory)"),
		RunE: func(cmd *cobra.Command, args []string) error { return runStatus(cmd, args[0], o) },
	}
	o.flags(cmd)
	cmd.Flags().BoolVar(&o.json, "json", false, "one JSON object per period")
	return cmd
}

// periodStatus is what status says of a period.
type periodStatus struct {
	Period      schemas.Period `json:"period"`
	Run         schemas.RunID  `json:"run"`
	Provisional bool           `json:"provisional"`
	Delivered   int64          `json:"delivered_rows"`
	Usage       int64          `json:"usage_rows"`
	Duplicates  int64          `json:"duplicate_rows"`
	OutOfScope  int64          `json:"out_of_scope_rows"`
	Rejected    int64          `json:"rejected_rows"`
	Suspended   int64          `json:"suspended_rows"`
	Findings    int64          `json:"findings"`
	// Missing are findings as explain --json has them.
	Missing []explain.ListedFinding `json:"missing,omitempty"`
	// Outdated are the runs that this one was computed from and that have been replaced since; Rerun is the command that
	// computes it from those that are current.
	Outdated []run.Replaced `json:"outdated,omitempty"`
	Rerun    string         `json:"rerun,omitempty"`
	// Arrived is what has come for the period that its run does not have.
	Arrived []run.Arrived `json:"arrived,omitempty"`
}

// outdated reports whether the period must be run again.
func (p *periodStatus) outdated() bool { return len(p.Outdated) > 0 || len(p.Arrived) > 0 }

func runStatus(cmd *cobra.Command, dir string, o statusOptions) error {
	b, err := openBook(cmd, dir)
	if err != nil {
		return err
	}
	s, _, err := openPlace(cmd.Context(), "store", o.store, b.Provider.Store, dir)
	if err != nil {
		return err
	}
	all, err := readStatus(cmd.Context(), s)
	if err != nil {
		return err
	}
	if err := o.lookForArrived(cmd, b, s, dir, all); err != nil {
		return err
	}
	verdict := error(nil)
	for i := range all {
		if all[i].outdated() {
			all[i].Rerun = o.rerun(dir, all[i].Period)
			verdict = &exitError{code: exitIncomplete}
		}
	}
	out := cmd.OutOrStdout()
	if o.json {
		for i := range all {
			if err := sayJSON(out, &all[i], ""); err != nil {
				return err
			}
		}
		return verdict
	}
	if len(all) == 0 {
		say(out, "No period has been run. Begin with: daybook run %s --period YYYY-MM\n", dir)
		return nil
	}
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', tabwriter.AlignRight)
	say(w, "period\trun\tdelivered\tusage\tduplicates\tout of scope\trejected\tsuspended\tfindings\tstate\t\n")
	for _, p := range all {
		state := "complete"
		if p.Provisional {
			state = "PROVISIONAL"
		}
		if p.outdated() {
			state += ", OUTDATED"
		}
		say(w, "%s\t%.8s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", p.Period, p.Run, count(p.Delivered), count(p.Usage), count(p.Duplicates),
			count(p.OutOfScope), count(p.Rejected), count(p.Suspended), count(p.Findings), state)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	printDetails(out, all)
	return verdict
}

// lookForArrived adds what has come since the runs. A landing place that is not there is told, and keeps nobody from seeing the
// rest.
func (o *statusOptions) lookForArrived(cmd *cobra.Command, b *book.Book, s store.Store, dir string, all []periodStatus) error {
	if len(all) == 0 {
		return nil
	}
	landing, _, err := o.openLanding(cmd.Context(), b.Provider.Landing, dir)
	if err != nil {
		sayError(cmd.ErrOrStderr(), "daybook: what has come since cannot be looked for: ", err)
		return nil
	}
	arrived, err := pipeline.Arrived(cmd.Context(), b, run.Places{Landing: landing, Store: s}, defaultWorkers())
	if err != nil {
		return err
	}
	for i := range all {
		for j := range arrived {
			if arrived[j].Period == all[i].Period {
				all[i].Arrived = append(all[i].Arrived, arrived[j])
			}
		}
	}
	return nil
}

// printDetails says what is missing of each period, and which must be run again, in the order in which that helps.
func printDetails(w io.Writer, all []periodStatus) {
	for _, p := range all {
		for _, f := range p.Missing {
			say(w, "%s  %s: %s: %s\n", p.Period, f.Source, f.Code, f.Message)
		}
	}
	var rerun []string
	for _, p := range all {
		for i := range p.Arrived {
			say(w, "%s  %s\n", p.Period, p.Arrived[i].String())
		}
		for _, x := range p.Outdated {
			say(w, "%s  was computed %s\n", p.Period, x)
		}
		if p.Rerun != "" {
			rerun = append(rerun, p.Rerun)
		}
	}
	if len(rerun) > 0 {
		slices.Sort(rerun)
		say(w, "Run again, in this order:\n")
		for _, command := range rerun {
			say(w, "  %s\n", command)
		}
	}
}

// readStatus reads the pointer of every period, and the manifest that it points at.
func readStatus(ctx context.Context, s store.Store) ([]periodStatus, error) {
	var manifests []*run.Manifest
	current := map[schemas.Period]schemas.RunID{}
	for info, err := range s.List(ctx, "periods/") {
		if err != nil {
			return nil, err
		}
		name, found := strings.CutSuffix(strings.TrimPrefix(info.Key, "periods/"), "/current.json")
		period, err := schemas.ParsePeriod(name)
		if !found || err != nil {
			continue
		}
		m, err := run.ReadPointed(ctx, s, period)
		if err != nil {
			return nil, err
		}
		manifests = append(manifests, m)
		current[period] = m.Run
	}
	all := make([]periodStatus, len(manifests))
	for i, m := range manifests {
		all[i] = statusOf(m)
		all[i].Outdated = m.Outdated(current)
	}
	return all, nil
}

func statusOf(m *run.Manifest) periodStatus {
	c := &m.Control
	p := periodStatus{
		Period: m.Spec.Period, Run: m.Run, Provisional: m.Provisional,
		Delivered: c.Delivered.Rows, Usage: c.Usage.Rows, Duplicates: c.Duplicates.Rows,
		OutOfScope: c.OutOfScope.Rows, Rejected: c.Rejected.Rows, Suspended: c.SuspendedRows,
	}
	for _, code := range m.Codes {
		p.Findings += code.Findings
	}
	for _, src := range m.Spec.Sources {
		for _, f := range src.Findings {
			if f.Severity == schemas.Blocking {
				p.Missing = append(p.Missing, explain.Listed(&f))
			}
		}
	}
	return p
}
