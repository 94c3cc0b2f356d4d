package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"daybook/pipeline"
	"daybook/pipeline/book"
	"daybook/pipeline/explain"
	"daybook/pipeline/register"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// statusOptions are those of the verb status.
type statusOptions struct {
	places
	period string
	runs   bool
	json   bool
}

func newStatus() *cobra.Command {
	var o statusOptions
	cmd := &cobra.Command{
		Use:   "status BOOK",
		Short: "Show what has been run, what is provisional and what is missing",
		Long: `status lists the periods that have been run, with how many rows ended where. A period is PROVISIONAL while a delivery
is missing or was refused, and OUTDATED once something has come for it that its run does not have, whatever month that is filed
under, or once an earlier one has been run anew that it was computed from; below the list
stands what is missing, what has come since, and what to run again in which order.

--runs lists every committed run, the last first: when it was committed by the store's clock, what it was a function of, and which
one readers read. The code is that of daybook --version.

Exit codes: 0 done; 1 broke; 2 wrong usage or wrong book; 4 a period is OUTDATED.`,
		Example: `  daybook status mycloud
  daybook status mycloud --runs --period 2024-09
  daybook status mycloud --json | jq .missing`,
		Args: exactly("book (a directory)"),
		RunE: func(cmd *cobra.Command, args []string) error { return runStatus(cmd, args[0], o) },
	}
	o.flags(cmd)
	cmd.Flags().StringVar(&o.period, "period", "", "show this billing period alone, YYYY-MM")
	cmd.Flags().BoolVar(&o.runs, "runs", false, "list all committed runs")
	cmd.Flags().BoolVar(&o.json, "json", false, "one JSON object per period, or per run")
	return cmd
}

// periodStatus is what status says of a period.
type periodStatus struct {
	Period      schemas.Period `json:"period"`
	Run         schemas.RunID  `json:"run"`
	Provisional bool           `json:"provisional"`
	// Closed is the run of which the month's documents were issued, and Waiting how many of them a finding still holds.
	Closed     schemas.RunID `json:"closed,omitempty"`
	Waiting    int           `json:"documents_held,omitempty"`
	Delivered  int64         `json:"delivered_rows"`
	Usage      int64         `json:"usage_rows"`
	Duplicates int64         `json:"duplicate_rows"`
	OutOfScope int64         `json:"out_of_scope_rows"`
	Rejected   int64         `json:"rejected_rows"`
	Suspended  int64         `json:"suspended_rows"`
	Findings   int64         `json:"findings"`
	// Missing are findings as explain --json has them.
	Missing []explain.ListedFinding `json:"missing,omitempty"`
	// Held is why the period is provisional, and what usage waits besides.
	Held []explain.Held `json:"held,omitempty"`
	// Outdated are the runs that this one was computed from and that have been replaced since; Rerun is the command that
	// computes it from those that are current.
	Outdated []run.Replaced `json:"outdated,omitempty"`
	Rerun    string         `json:"rerun,omitempty"`
	// Arrived is what has come for the period that its run does not have.
	Arrived []run.Arrived `json:"arrived,omitempty"`
}

// isTold reports whether a finding is among what holds the period back.
func (p *periodStatus) isTold(f *explain.ListedFinding) bool {
	return slices.ContainsFunc(p.Held, func(h explain.Held) bool { return h.Code == f.Code && h.Source == f.Source })
}

// outdated reports whether the period must be run again. One that is closed need not: what has come since is corrected in the months
// after it.
func (p *periodStatus) outdated() bool {
	return p.Closed == "" && (len(p.Outdated) > 0 || len(p.Arrived) > 0)
}

// state is how the period stands.
func (p *periodStatus) state() string {
	state := "complete"
	switch {
	case p.Closed != "" && p.Waiting > 0:
		state = fmt.Sprintf("closed, %d held", p.Waiting)
	case p.Closed != "":
		state = "closed"
	case p.Provisional:
		state = "PROVISIONAL"
	}
	if p.Closed != "" && p.Closed != p.Run {
		state += ", rated again"
	}
	if p.outdated() {
		state += ", OUTDATED"
	}
	return state
}

func runStatus(cmd *cobra.Command, dir string, o statusOptions) error {
	b, err := openBook(cmd, dir)
	if err != nil {
		return err
	}
	s, _, err := openPlace(cmd.Context(), "store", o.store, b.Provider.Store, dir)
	if err != nil {
		return err
	}
	if o.period != "" {
		if _, err := parsePeriod(o.period); err != nil {
			return err
		}
	}
	if o.runs {
		return o.listRuns(cmd, s, dir)
	}
	standing, err := pipeline.ReadStanding(cmd.Context(), s, b.Provider.ID)
	if err != nil {
		return err
	}
	all, err := readStatus(cmd.Context(), s, standing, schemas.Period(o.period))
	if err != nil {
		return err
	}
	if o.period != "" {
		all = slices.DeleteFunc(all, func(p periodStatus) bool { return string(p.Period) != o.period })
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
		o.sayNone(out, dir)
		return nil
	}
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', tabwriter.AlignRight)
	say(w, "period\trun\tdelivered\tusage\tduplicates\tout of scope\trejected\tsuspended\tfindings\tstate\t\n")
	for _, p := range all {
		say(w, "%s\t%.8s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", p.Period, p.Run, count(p.Delivered), count(p.Usage), count(p.Duplicates),
			count(p.OutOfScope), count(p.Rejected), count(p.Suspended), count(p.Findings), p.state())
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
			if !p.isTold(&f) {
				say(w, "%s  %s: %s: %s\n", p.Period, f.Source, f.Code, f.Message)
			}
		}
		for i := range p.Held {
			printHeld(w, p.Period, &p.Held[i])
		}
	}
	var rerun []string
	for _, p := range all {
		if p.Closed != "" {
			if len(p.Arrived) > 0 {
				say(w, "%s  is closed, and what came since is corrected in the months after it: %s\n", p.Period, p.Arrived[0].Brief())
			}
			continue
		}
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

// printHeld says what holds a period back: a line for each delivery that is not as it should be, and one for usage that waits.
func printHeld(w io.Writer, period schemas.Period, h *explain.Held) {
	from, amounts := h.Source, h.Amounts()
	if from != "" {
		from += ": "
	}
	if h.Severity == schemas.Suspended {
		info, _ := h.Code.Info()
		say(w, "%s  %s%s: %s suspended, because %s; %s\n", period, from, h.Code, amounts, info.Meaning, info.Fix)
		return
	}
	for _, f := range h.Examples {
		at := ""
		if f.Object != "" && !strings.Contains(f.Message, f.Object) {
			at = f.Object + ": "
		}
		say(w, "%s  %s%s: %s%s\n", period, from, h.Code, at, f.Message)
	}
	if more := h.Findings - int64(len(h.Examples)); more > 0 {
		say(w, "%s  %s%s: and %s more, of %s in all\n", period, from, h.Code, count(more), count(h.Findings))
	}
	if len(h.Sums) > 0 {
		say(w, "%s  %s%s: they hold %s\n", period, from, h.Code, amounts)
	}
}

// readStatus reads the pointer of every period, and the manifest that it points at; of those that are provisional, and of the one
// that is asked for, also what holds them back.
func readStatus(ctx context.Context, s store.Store, standing *pipeline.Standing, asked schemas.Period) ([]periodStatus, error) {
	var manifests []*run.Manifest
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
	}
	all := make([]periodStatus, len(manifests))
	for i, m := range manifests {
		all[i] = statusOf(m)
		var err error
		if all[i].Outdated, err = standing.Outdated(ctx, m); err != nil {
			return nil, err
		}
		if id, closed := standing.Register.Issued(m.Spec.Period); closed {
			all[i].Closed, all[i].Waiting = id, len(standing.Register.Waiting(m.Spec.Period, register.Held))
		}
		if !m.Provisional && m.Spec.Period != asked {
			continue
		}
		if all[i].Held, err = explain.HeldBack(ctx, s, m); err != nil {
			return nil, err
		}
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
