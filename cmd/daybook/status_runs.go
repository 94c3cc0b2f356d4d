package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"daybook/pipeline/emit"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/money"
)

// listedRun is what status --runs says of a run.
type listedRun struct {
	Period    schemas.Period `json:"period"`
	Run       schemas.RunID  `json:"run"`
	Current   bool           `json:"current"`
	Committed time.Time      `json:"committed"`
	AsOf      *time.Time     `json:"as_of"`
	// Code is a digest of Steps, the versions of what its steps write.
	Code        string           `json:"code"`
	Steps       []run.PartDigest `json:"steps"`
	Shards      int              `json:"shards"`
	Provisional bool             `json:"provisional"`
	Charges     int64            `json:"charges"`
	// Revenue is that of its report.
	Revenue  *money.Decimal `json:"revenue,omitempty"`
	Currency money.Currency `json:"currency,omitempty"`

	places int32
}

// sayNone says that there is no run, and how to have one.
func (o *statusOptions) sayNone(out io.Writer, dir string) {
	if o.period != "" {
		say(out, "%s has not been run. Begin with: daybook run %s --period %s\n", o.period, dir, o.period)
		return
	}
	say(out, "No period has been run. Begin with: daybook run %s --period YYYY-MM\n", dir)
}

// listRuns lists the committed runs of a period, or of all.
func (o *statusOptions) listRuns(cmd *cobra.Command, s store.Store, dir string) error {
	ctx, out := cmd.Context(), cmd.OutOrStdout()
	periods := []schemas.Period{schemas.Period(o.period)}
	if o.period == "" {
		var err error
		if periods, err = run.Periods(ctx, s); err != nil {
			return err
		}
	}
	var all []listedRun
	for _, p := range periods {
		runs, err := runsOf(ctx, s, p)
		if err != nil {
			return err
		}
		all = append(all, runs...)
	}
	if o.json {
		for i := range all {
			if err := sayJSON(out, &all[i], ""); err != nil {
				return err
			}
		}
		return nil
	}
	if len(all) == 0 {
		o.sayNone(out, dir)
		return nil
	}
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	say(w, "period\trun\tcommitted (UTC)\tas of\tcode\tcharges\trevenue\tstate\n")
	for i := range all {
		x := &all[i]
		state := map[bool]string{true: "PROVISIONAL", false: "complete"}[x.Provisional]
		if x.Current {
			state += ", current"
		}
		asOf, revenue := "", ""
		if x.AsOf != nil {
			asOf = x.AsOf.UTC().Format(time.DateTime)
		}
		if x.Revenue != nil {
			revenue = money.Text(money.RoundTo(*x.Revenue, x.places, money.HalfEven), x.places) + " " + string(x.Currency)
		}
		say(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", x.Period, x.Run, x.Committed.UTC().Format(time.DateTime), asOf, x.Code, count(x.Charges), revenue, state)
	}
	return w.Flush()
}

// runsOf reads what the manifests of a period's runs say of them, one after the other.
func runsOf(ctx context.Context, s store.Store, p schemas.Period) ([]listedRun, error) {
	entries, err := run.Runs(ctx, s, p, "")
	if err != nil {
		return nil, err
	}
	current, _, err := run.ReadCurrent(ctx, s, p)
	if err != nil && !errors.Is(err, store.ErrNotFound) && !errors.Is(err, run.ErrPointer) {
		return nil, err
	}
	out := make([]listedRun, 0, len(entries))
	for _, e := range entries {
		m, err := run.ReadManifest(ctx, s, p, e.Run)
		if err != nil {
			return nil, err
		}
		x := listedRun{
			Period: p, Run: e.Run, Current: current != nil && current.Run == e.Run, Committed: e.Committed.UTC(), AsOf: m.Spec.AsOf,
			Code: run.CodeDigest(m.Spec.Code), Steps: slices.Clone(m.Spec.Code), Shards: m.Spec.Shards, Provisional: m.Provisional,
			Charges: m.Control.Charged.Rows,
		}
		var f emit.Figures
		if json.Unmarshal(m.Summary, &f) == nil {
			x.Revenue, x.Currency, x.places = &f.Revenue, f.Currency, f.Places
		}
		out = append(out, x)
	}
	return out, nil
}
