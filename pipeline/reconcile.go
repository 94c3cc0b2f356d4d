package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/reconcile"
	"daybook/reconcile/bills"
	"daybook/reconcile/tally"
	"daybook/schemas"
	"daybook/schemas/money"
)

// reconciled is what one shard leaves for the totals beside its sums.
type reconciled struct {
	// Losses are the margins below zero, the worst first, at most maxLosses of them.
	Losses []schemas.MarginRow `json:"losses,omitempty"`
}

// maxLosses bounds the margins below zero that the report lists by account; the dataset has all of them.
const maxLosses = 200

// reconcileShard sums one shard's charges and peer usage by what the plan and the contracts are written in, and writes
// the margins of its accounts.
func reconcileShard(ctx context.Context, r *Run, t Task) (*Result, error) {
	sums := r.newSums()
	charged, err := r.reads(ctx, &t, "rate", "shard")
	if err != nil {
		return nil, err
	}
	var margins reconcile.Margins
	res := &Result{}
	err = eachOutput(charged, schemas.Charges.Name, func(o Output) error {
		return readCharges(ctx, r.Store, o.Key, comparedCharge, func(c *schemas.Charge) error {
			if err := countCharge(&res.Control.Compared, c); err != nil {
				return err
			}
			if err := sums.Actuals.Add(c); err != nil {
				return err
			}
			if err := sums.Days.Add(c); err != nil {
				return err
			}
			return margins.Add(c)
		})
	})
	if err != nil {
		return nil, err
	}
	if err := readWhole(schemas.Charges.Name, &res.Control.Compared, charged, chargedTotals); err != nil {
		return nil, err
	}
	if err := r.addUse(ctx, &t, sums.Use); err != nil {
		return nil, err
	}
	if err := r.countDays(ctx, &t, sums.Days); err != nil {
		return nil, err
	}
	if sums.Margins, err = margins.ByOffering(); err != nil {
		return nil, err
	}
	rows, negative := margins.Rows(r.Spec.Period)
	out, err := writeTable(ctx, r, &t, &schemas.Margins, func(write func(*dataset.Batch) error) error {
		return appendMargins(rows, write)
	})
	if err != nil {
		return nil, err
	}
	res.Outputs = append(res.Outputs, out)
	if res.Sums, err = sums.MarshalBinary(); err != nil {
		return nil, err
	}
	if res.Partial, err = partial(reconciled{worst(rows)}); err != nil {
		return nil, err
	}
	found := r.newFindings()
	defer found.close()
	for i := range negative {
		found.add(negative[i])
	}
	return res, found.write(ctx, r, &t, res)
}

// worst returns the margins below zero, the largest loss first.
func worst(rows []schemas.MarginRow) []schemas.MarginRow {
	var losses []schemas.MarginRow
	for i := range rows {
		if rows[i].Margin.Sign() < 0 {
			losses = append(losses, rows[i])
		}
	}
	slices.SortStableFunc(losses, func(a, b schemas.MarginRow) int { return a.Margin.Cmp(b.Margin) })
	return losses[:min(len(losses), maxLosses)]
}

// eachOutput calls each for every output of the named dataset.
func eachOutput(results []*Result, name string, each func(Output) error) error {
	for _, res := range results {
		for _, o := range res.Outputs {
			if o.Dataset == name {
				if err := each(o); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// compared is what the comparison over all shards leaves for the reports.
type compared struct {
	Through  schemas.Date        `json:"through"`
	Revenue  schemas.Variance    `json:"revenue"`
	Cost     schemas.Variance    `json:"cost"`
	Margin   schemas.Variance    `json:"margin"`
	Losses   []schemas.MarginRow `json:"losses,omitempty"`
	Charges  []tally.Total       `json:"charges"`
	Bills    []tally.Total       `json:"bills"`
	Missing  []string            `json:"missing,omitempty"`
	Unwhole  bool                `json:"provisional"`
	ByOffers []schemas.MarginRow `json:"margins"`
	// Variances and Matches are without their steps, which the datasets have.
	Variances []schemas.Variance  `json:"variances"`
	Matches   []schemas.PeerMatch `json:"matches"`
	Days      []schemas.DayRow    `json:"days"`
}

// reconcileTotal adds the shards up and compares them with the plan and with what the contracts let the peers bill.
func reconcileTotal(ctx context.Context, r *Run, t Task) (*Result, error) {
	sums, losses, err := r.sumShards(ctx, &t)
	if err != nil {
		return nil, err
	}
	through, provisional, err := r.progressOfPeriod(ctx)
	if err != nil {
		return nil, err
	}
	comparison := reconcile.Comparison{
		Period: r.Spec.Period, Currency: r.Book.Provider.Currency, Plan: &r.Book.Plan, Actuals: sums.Actuals, FX: r.fx(through),
		Through: through, Provisional: provisional,
	}
	variances, found1, err := reconcile.Compare(comparison)
	if err != nil {
		return nil, err
	}
	days, err := comparison.ByDay(sums.Days, variances)
	if err != nil {
		return nil, err
	}
	matches, found2, err := bills.Match(r.contracts(), sums.Use, r.fx(through))
	if err != nil {
		return nil, err
	}
	res := &Result{}
	if err := r.writeComparison(ctx, &t, res, variances, matches, days); err != nil {
		return nil, err
	}
	for i := range variances {
		variances[i].Steps = nil
	}
	for i := range matches {
		matches[i].Steps = nil
	}
	left := compared{
		Variances: variances, Matches: matches, Days: days,
		Through: through, Unwhole: provisional, Losses: worst(losses),
		Revenue: reconcile.Sum(variances, schemas.Revenue), Cost: reconcile.Sum(variances, schemas.Cost), Margin: reconcile.Sum(variances, schemas.Margin),
	}
	left.ByOffers, _ = sums.Margins.Rows(r.Spec.Period)
	if left.Charges, err = sums.Actuals.Revenue(); err != nil {
		return nil, err
	}
	if left.Bills, err = sums.Use.Bills(); err != nil {
		return nil, err
	}
	if res.Partial, err = partial(&left); err != nil {
		return nil, err
	}
	found := r.newFindings()
	defer found.close()
	for _, f := range slices.Concat(found1, found2) {
		found.add(f)
	}
	return res, found.write(ctx, r, &t, res)
}

// writeComparison writes the variances, the matches and the days.
func (r *Run) writeComparison(ctx context.Context, t *Task, res *Result, variances []schemas.Variance, matches []schemas.PeerMatch, days []schemas.DayRow) error {
	out, err := writeTable(ctx, r, t, &schemas.Variances, func(write func(*dataset.Batch) error) error {
		return appendVariances(variances, write)
	})
	if err != nil {
		return err
	}
	res.Outputs = append(res.Outputs, out)
	out, err = writeTable(ctx, r, t, &schemas.PeerMatches, func(write func(*dataset.Batch) error) error {
		return appendMatches(matches, write)
	})
	if err != nil {
		return err
	}
	res.Outputs = append(res.Outputs, out)
	out, err = writeTable(ctx, r, t, &schemas.Days, func(write func(*dataset.Batch) error) error {
		return appendDays(days, write)
	})
	res.Outputs = append(res.Outputs, out)
	return err
}

// sumShards merges what the shards left.
func (r *Run) sumShards(ctx context.Context, t *Task) (*reconcile.Sums, []schemas.MarginRow, error) {
	shards, err := r.reads(ctx, t, "reconcile", "shard")
	if err != nil {
		return nil, nil, err
	}
	sums := r.newSums()
	var losses []schemas.MarginRow
	for _, res := range shards {
		// Decoding adds to what is there, so that the sums of all shards come together here.
		if err := sums.UnmarshalBinary(res.Sums); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", res.Task, err)
		}
		var left reconciled
		if err := json.Unmarshal(res.Partial, &left); err != nil {
			return nil, nil, fmt.Errorf("%s: read its losses: %w", res.Task, err)
		}
		losses = append(losses, left.Losses...)
	}
	return sums, losses, nil
}

func (r *Run) newSums() *reconcile.Sums {
	sums := reconcile.NewSums(r.Spec.Period, r.Book.Zone, r.contracts())
	if r.Book.Provider.Exchange.Day == schemas.AtUsage {
		sums.Actuals.ByDay = r.Book.Zone
	}
	return sums
}

// contracts are the contracts with peers for the period, as of the run.
func (r *Run) contracts() *bills.Contracts {
	return bills.NewContracts(r.Book.Contracts, r.Book.Catalogue.Units, r.Spec.Period, r.asOf())
}

// fx finds exchange rates by the book's policy; the zero day asks for that of the period, which is its last day with use: a
// month that is not over has no rate of its end yet.
func (r *Run) fx(through schemas.Date) schemas.FX {
	return func(from, to money.Currency, day schemas.Date) (schemas.Conversion, bool) {
		if day.IsZero() {
			day = through
		}
		return r.Book.Convert(from, to, day, r.asOf())
	}
}

// progressOfPeriod returns the last day for which use has arrived, and whether a delivery is missing or was refused.
func (r *Run) progressOfPeriod(ctx context.Context) (schemas.Date, bool, error) {
	objects, err := r.results(ctx, "normalise", "object", -1)
	if err != nil {
		return schemas.Date{}, false, err
	}
	provisional := false
	for i := range r.Spec.Sources {
		provisional = provisional || r.Spec.Sources[i].Incomplete
	}
	start, end := r.bounds()
	last := start.UnixMicro()
	for _, res := range objects {
		p, err := objectOf(res)
		if err != nil {
			return schemas.Date{}, false, err
		}
		provisional = provisional || p.Refused && !p.Waived
		last = max(last, p.LastTime)
	}
	if last >= end.UnixMicro() {
		return schemas.DateOf(end, r.Book.Zone).AddDays(-1), provisional, nil
	}
	return schemas.DateOf(timeOf(max(last-1, start.UnixMicro())), r.Book.Zone), provisional, nil
}
