package compare

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/reconcile"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/planned"
)

// Planned is what Plan leaves for the reports.
type Planned struct {
	// Versions are those of the plan that were known, in the order in which they became so.
	Versions []planned.Version `json:"versions,omitempty"`
	// Forecasts are without their steps, which the dataset has.
	Forecasts []planned.Forecast `json:"forecasts,omitempty"`
}

// Plan writes the versions of the plan, and finds those that are not as earlier runs had them, and what the month and the year come
// to. It writes nothing of a plan that has no versions and says nothing of its year.
func Plan(ctx context.Context, in *run.Inputs) (*run.Result, error) {
	res, left := &run.Result{}, Planned{}
	found := in.NewFindings()
	defer found.Close()
	var err error
	if left.Versions, err = versionRows(in.Book().Plan(), in.AsOf()); err != nil {
		return nil, err
	}
	if len(left.Versions) > 0 {
		out, err := in.WriteRead(ctx, &planned.Versions, func(write func(*dataset.Batch) error) error {
			return rows.AppendPlanVersions(left.Versions, write)
		}, nil)
		if err != nil {
			return nil, err
		}
		res.Outputs = append(res.Outputs, out)
	}
	changed, err := changedVersions(ctx, in)
	if err != nil {
		return nil, err
	}
	ahead, risks, err := forecasts(ctx, in, res)
	if err != nil {
		return nil, err
	}
	left.Forecasts = ahead
	for _, f := range slices.Concat(changed, risks) {
		found.Add(f)
	}
	if err := res.Leave(&left); err != nil {
		return nil, err
	}
	return res, found.Write(ctx, in, res)
}

// versionRows are the versions of the plan that were known on a day. The last of them is compared with.
func versionRows(plan *schemas.Plan, asOf schemas.Date) ([]planned.Version, error) {
	known := plan.AsOf(asOf)
	var out []planned.Version
	for i, v := range known.Versions {
		row := planned.Version{PlanVersion: v, Compared: i == len(known.Versions)-1}
		h := sha256.New()
		e := json.NewEncoder(h)
		if err := e.Encode(v); err != nil {
			return nil, fmt.Errorf("digest version %s of the plan: %w", v.ID, err)
		}
		for k := range plan.Lines { // in the order of the book, which is that of their months, offerings and regions
			if plan.Lines[k].Version != v.ID {
				continue
			}
			row.Lines++
			if err := e.Encode(plan.Lines[k]); err != nil {
				return nil, fmt.Errorf("digest version %s of the plan: %w", v.ID, err)
			}
		}
		row.Digest = hex.EncodeToString(h.Sum(nil)[:16])
		out = append(out, row)
	}
	return out, nil
}

// changedVersions finds the versions of the plan that are not as the first of the earlier runs that had them used them.
func changedVersions(ctx context.Context, in *run.Inputs) (found []schemas.Finding, err error) {
	now := map[string]*planned.Version{}
	all, err := versionRows(in.Book().Plan(), schemas.Date{})
	if err != nil {
		return nil, err
	}
	for i := range all {
		now[all[i].ID] = &all[i]
	}
	seen := map[string]bool{}
	for _, e := range in.Earlier() {
		m, err := run.ReadEarlier(ctx, in.Store(), e)
		if err != nil {
			return nil, err
		}
		for _, o := range m.Outputs {
			if o.Dataset != planned.Versions.Name {
				continue
			}
			err := rows.ReadPlanVersions(ctx, in.Store(), o.Key, func(was *planned.Version) error {
				is := now[was.ID]
				if !seen[was.ID] && (is == nil || is.Digest != was.Digest) {
					found = append(found, changedVersion(e, was, is))
				}
				seen[was.ID] = true
				return nil
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return found, nil
}

func changedVersion(e run.Earlier, was, is *planned.Version) schemas.Finding {
	what := "is not in the book any more"
	if is != nil {
		what = fmt.Sprintf("says something else than it did, with %d %s now and %d then", is.Lines, schemas.OneOrMany(is.Lines, "line", "lines"), was.Lines)
	}
	return schemas.Remark(schemas.CodePlanChanged, was.ID, fmt.Sprintf(
		"version %s of the plan, which the run of %s knew, %s; put it back as it was, and write what is new as a version of its own",
		was.ID, e.Period, what), money.Zero, "")
}

// writeBridges writes what each version of the plan changes against the one before, where there is more than one.
func writeBridges(ctx context.Context, in *run.Inputs, res *run.Result, c *reconcile.Comparison) ([]planned.Change, error) {
	if len(c.Plan.Versions) < 2 {
		return nil, nil
	}
	changes, err := c.Bridges()
	if err != nil {
		return nil, err
	}
	out, err := in.WriteRead(ctx, &planned.Changes, func(write func(*dataset.Batch) error) error {
		return rows.AppendPlanChanges(changes, write)
	}, nil)
	if err != nil {
		return nil, err
	}
	res.Outputs = append(res.Outputs, out)
	for i := range changes {
		changes[i].Steps = nil
	}
	return changes, nil
}
