package feeds

import (
	"context"
	"fmt"

	"daybook/pipeline/dataset"
	"daybook/pipeline/ingest"
	"daybook/pipeline/normalise"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	judge "daybook/reconcile/feeds"
	"daybook/schemas"
	"daybook/schemas/feed"
)

// Total writes how complete each source is in the period, and how complete it was in the twelve months before as their runs have it.
func Total(ctx context.Context, in *run.Inputs) (*run.Result, error) {
	all, err := gather(ctx, in)
	if err != nil {
		return nil, err
	}
	reach, err := normalise.ReachOf(ctx, in)
	if err != nil {
		return nil, err
	}
	res := &run.Result{}
	found := in.NewFindings()
	defer found.Close()
	lines, err := before(ctx, in)
	if err != nil {
		return nil, err
	}
	whole := true
	for i := range all {
		of := judge.Judge(in.Period(), &all[i], reach.Through)
		whole = whole && of[0].State.Whole()
		for _, f := range judge.Stopped(of) {
			found.Add(f)
		}
		lines = append(lines, of...)
	}
	provisional, err := normalise.ProvisionalOf(ctx, in)
	if err != nil {
		return nil, err
	}
	if whole == provisional {
		return nil, fmt.Errorf("%w: every feed of the month is complete: %v, and the run is provisional: %v", run.ErrUnbalanced, whole, provisional)
	}
	out, err := in.WriteRead(ctx, &feed.Completeness, func(write func(*dataset.Batch) error) error {
		return rows.AppendFeeds(lines, write)
	}, nil)
	if err != nil {
		return nil, err
	}
	res.Outputs = append(res.Outputs, out)
	return res, found.Write(ctx, in, res)
}

// gather is what is known of the sources, in the order of the book.
func gather(ctx context.Context, in *run.Inputs) ([]judge.Feed, error) {
	delivered, err := in.Results(ctx, "ingest/delivery")
	if err != nil {
		return nil, err
	}
	var out []judge.Feed
	at := map[schemas.SourceID]int{}
	for _, res := range delivered {
		left, err := run.Left[ingest.Delivered](res)
		if err != nil {
			return nil, err
		}
		at[left.Source] = len(out)
		f := judge.Feed{Source: left.Source, Expected: left.Expected}
		if len(f.Expected) == 0 && res.Incomplete { // what a past run pinned says no more
			f.Expected = []feed.Expectation{{State: feed.Refused}}
		}
		if src, ok := in.Book().Source(left.Source); ok && !src.Format.IsEvidence() {
			first, last := in.Period().Days()
			f.Rows = make([]int64, last.Sub(first)+1)
		}
		out = append(out, f)
	}
	objects, err := in.Results(ctx, "normalise/object")
	if err != nil {
		return nil, err
	}
	for _, res := range objects {
		left, err := run.Left[normalise.Decoded](res)
		if err != nil {
			return nil, err
		}
		f := &out[at[left.Source]]
		for i := range res.Refusals {
			if x := &res.Refusals[i]; !x.Waived {
				f.Refused = append(f.Refused, x.Delivery)
			}
		}
		for i := range left.Days {
			f.Rows[i] += left.Days[i]
		}
	}
	return out, nil
}

// before is what the pinned runs of earlier months say of their own.
func before(ctx context.Context, in *run.Inputs) (out []feed.Row, err error) {
	for _, e := range in.Earlier() { // oldest first
		m, err := run.ReadEarlier(ctx, in.Store(), e)
		if err != nil {
			return nil, err
		}
		for _, o := range m.Outputs {
			if o.Dataset != feed.Completeness.Name {
				continue
			}
			if err := rows.ReadFeeds(ctx, in.Store(), o.Key, func(r *feed.Row) error {
				if r.Period == e.Period {
					out = append(out, *r)
				}
				return nil
			}); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}
