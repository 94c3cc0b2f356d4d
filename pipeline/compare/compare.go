package compare

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/pipeline/normalise"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/reconcile"
	"daybook/reconcile/bills"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/planned"
)

// reconciled is what one shard leaves for the totals beside its sums.
type reconciled struct {
	// Losses are the margins below zero, the worst first, at most maxLosses of them.
	Losses []schemas.MarginRow `json:"losses,omitempty"`
}

// maxLosses bounds the margins below zero that the report lists by account; the dataset has all of them.
const maxLosses = 200

// Shard sums one shard's charges and peer usage by what the plan and the contracts are written in, and writes
// the margins of its accounts.
func Shard(ctx context.Context, in *run.Inputs) (*run.Result, error) {
	reach, err := normalise.ReachOf(ctx, in)
	if err != nil {
		return nil, err
	}
	sums := NewSums(in.Book(), in.Period(), in.AsOf(), reach)
	charged, err := in.Results(ctx, "rate/shard")
	if err != nil {
		return nil, err
	}
	margins := reconcile.Margins{ToDate: reconcile.NewToDate(calendar(in.Book(), in.Period(), reach), in.Book().PlanAsOf(in.AsOf()), reach.Through)}
	var read dataset.Totals
	var earned earnings
	res := &run.Result{}
	err = run.EachOutput(charged, schemas.Charges.Name, func(o run.Output) error {
		return rows.ReadCharges(ctx, in.Store(), o.Key, rows.ComparedCharge, func(c *schemas.Charge) error {
			if err := run.CountCharge(&read, c); err != nil {
				return err
			}
			if !c.EarnsRevenue() {
				return run.CountCharge(&res.Control.Taxes, c)
			}
			if err := earned.add(c); err != nil {
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
	if err := run.ReadWhole(schemas.Charges.Name, &read, charged, run.ChargedTotals); err != nil {
		return nil, err
	}
	if res.Control.Earning, res.Control.Valued, err = earned.totals(); err != nil {
		return nil, err
	}
	if err := addUse(ctx, in, res, sums.Use); err != nil {
		return nil, err
	}
	if err := countDays(ctx, in, sums.Days); err != nil {
		return nil, err
	}
	if sums.Margins, err = margins.ByOffering(); err != nil {
		return nil, err
	}
	lines, negative := margins.Rows(in.Period())
	if err := writeMargins(ctx, in, res, lines); err != nil {
		return nil, err
	}
	if res.Sums, err = sums.MarshalBinary(); err != nil {
		return nil, err
	}
	if err := res.Leave(reconciled{worst(lines)}); err != nil {
		return nil, err
	}
	found := in.NewFindings()
	defer found.Close()
	for i := range negative {
		found.Add(negative[i])
	}
	return res, found.Write(ctx, in, res)
}

// writeMargins writes the margins, and counts the charges behind them from what lies there.
func writeMargins(ctx context.Context, in *run.Inputs, res *run.Result, lines []schemas.MarginRow) error {
	var count counter
	out, err := in.WriteRead(ctx, &schemas.Margins, func(write func(*dataset.Batch) error) error {
		return rows.AppendMargins(lines, write)
	}, func(b *dataset.Batch) error {
		return count.add(b, schemas.MarginCharges, dataset.Measures{
			Quantity: schemas.MarginCost, Unit: schemas.MarginCurrency, Cost: schemas.MarginRevenue, Currency: schemas.MarginCurrency,
		})
	})
	if err != nil {
		return err
	}
	res.Outputs = append(res.Outputs, out)
	res.Control.Margins, err = count.totals()
	return err
}

// worst returns the margins that are a loss, the largest first; of equal ones, whatever shard they are of, in order of their names.
func worst(rows []schemas.MarginRow) []schemas.MarginRow {
	var losses []schemas.MarginRow
	for i := range rows {
		if rows[i].Loss() {
			losses = append(losses, rows[i])
		}
	}
	slices.SortFunc(losses, func(a, b schemas.MarginRow) int { return cmp.Or(a.Margin.Cmp(b.Margin), cmp.Compare(a.ID, b.ID)) })
	return losses[:min(len(losses), maxLosses)]
}

// Compared is what the comparison over all shards leaves for the reports.
type Compared struct {
	Through  schemas.Date        `json:"through"`
	Feeds    []normalise.Feed    `json:"feeds,omitempty"`
	Revenue  schemas.Variance    `json:"revenue"`
	Cost     schemas.Variance    `json:"cost"`
	Margin   schemas.Variance    `json:"margin"`
	Losses   []schemas.MarginRow `json:"losses,omitempty"`
	Missing  []string            `json:"missing,omitempty"`
	Unwhole  bool                `json:"provisional"`
	ByOffers []schemas.MarginRow `json:"margins"`
	// Variances, Changes and Matches are without their steps, which the datasets have.
	Variances []schemas.Variance  `json:"variances"`
	Changes   []planned.Change    `json:"plan_changes,omitempty"`
	Matches   []schemas.PeerMatch `json:"matches"`
	Days      []schemas.DayRow    `json:"days"`
}

// Total adds the shards up and compares them with the plan and with what the contracts let the peers bill.
func Total(ctx context.Context, in *run.Inputs) (*run.Result, error) {
	sums, losses, err := sumShards(ctx, in)
	if err != nil {
		return nil, err
	}
	reach, err := normalise.ReachOf(ctx, in)
	if err != nil {
		return nil, err
	}
	provisional, err := normalise.ProvisionalOf(ctx, in)
	if err != nil {
		return nil, err
	}
	b, fx := in.Book(), Exchange(in.Book(), in.Period(), reach.Through, in.AsOf())
	comparison := NewComparison(b, in.Period(), sums.Actuals, fx, reach, in.AsOf())
	comparison.Provisional = provisional
	variances, found1, err := reconcile.Compare(comparison)
	if err != nil {
		return nil, err
	}
	days, err := comparison.ByDay(sums.Days, variances)
	if err != nil {
		return nil, err
	}
	contracts := Contracts(b, in.Period(), in.AsOf())
	before, err := spentBefore(ctx, in, contracts)
	if err != nil {
		return nil, err
	}
	matches, found2, err := bills.Match(contracts, sums.Use, fx, before)
	if err != nil {
		return nil, err
	}
	res := &run.Result{}
	if err := countSums(&res.Control, sums, variances); err != nil {
		return nil, err
	}
	if err := writeComparison(ctx, in, res, variances, matches, days); err != nil {
		return nil, err
	}
	changes, err := writeBridges(ctx, in, res, &comparison)
	if err != nil {
		return nil, err
	}
	for i := range variances {
		variances[i].Steps = nil
	}
	for i := range matches {
		matches[i].Steps = nil
	}
	left := Compared{
		Changes:   changes,
		Variances: variances, Matches: matches, Days: days,
		Through: reach.Through, Feeds: reach.Feeds(b.Sources()), Unwhole: provisional, Losses: worst(losses),
		Revenue: reconcile.Sum(variances, schemas.Revenue), Cost: reconcile.Sum(variances, schemas.Cost), Margin: reconcile.Sum(variances, schemas.Margin),
	}
	left.ByOffers, _ = sums.Margins.Rows(in.Period())
	if err := res.Leave(&left); err != nil {
		return nil, err
	}
	found := in.NewFindings()
	defer found.Close()
	for _, f := range slices.Concat(found1, found2, gaps(in, contracts)) {
		found.Add(f)
	}
	return res, found.Write(ctx, in, res)
}

// gaps are findings of commitments to peers whose terms go on from the month before, where that was to be run and has not been.
func gaps(in *run.Inputs, c *bills.Contracts) []schemas.Finding {
	if !c.Carries() {
		return nil
	}
	before := in.Period().Previous()
	if before < in.Book().Provider().FirstPeriod || run.RanAmong(in.Earlier(), before) {
		return nil
	}
	return c.Gaps(before)
}

// writeComparison writes the variances, the matches and the days, and counts what lies there.
func writeComparison(ctx context.Context, in *run.Inputs, res *run.Result, variances []schemas.Variance, matches []schemas.PeerMatch, days []schemas.DayRow) error {
	var actual, matched, revenue counter
	for _, x := range []struct {
		table *schemas.Table
		fill  func(write func(*dataset.Batch) error) error
		read  func(*dataset.Batch) error
	}{{
		&schemas.Variances, func(write func(*dataset.Batch) error) error { return rows.AppendVariances(variances, write) }, actual.addActuals,
	}, {
		&schemas.PeerMatches, func(write func(*dataset.Batch) error) error { return rows.AppendMatches(matches, write) }, func(b *dataset.Batch) error {
			return matched.add(b, schemas.MatchBillRows, dataset.Measures{
				Quantity: -1, Unit: -1, Cost: schemas.MatchBilledCost, Currency: schemas.MatchBillingCurrency,
			})
		},
	}, {
		&schemas.Days, func(write func(*dataset.Batch) error) error { return rows.AppendDays(days, write) }, revenue.addDays,
	}} {
		out, err := in.WriteRead(ctx, x.table, x.fill, x.read)
		if err != nil {
			return err
		}
		res.Outputs = append(res.Outputs, out)
	}
	c := &res.Control
	var faults [3]error
	c.Variances, faults[0] = actual.totals()
	c.Matched, faults[1] = matched.totals()
	c.Days, faults[2] = revenue.totals()
	return errors.Join(faults[:]...)
}

// sumShards merges what the shards left.
func sumShards(ctx context.Context, in *run.Inputs) (*reconcile.Sums, []schemas.MarginRow, error) {
	shards, err := in.Results(ctx, "reconcile/shard")
	if err != nil {
		return nil, nil, err
	}
	reach, err := normalise.ReachOf(ctx, in)
	if err != nil {
		return nil, nil, err
	}
	sums := NewSums(in.Book(), in.Period(), in.AsOf(), reach)
	var losses []schemas.MarginRow
	for _, res := range shards {
		// Decoding adds to what is there, so that the sums of all shards come together here.
		if err := sums.UnmarshalBinary(res.Sums); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", res.Task, err)
		}
		left, err := run.Left[reconciled](res)
		if err != nil {
			return nil, nil, err
		}
		losses = append(losses, left.Losses...)
	}
	return sums, losses, nil
}

// NewSums are the empty sums of a period of which the data go so far, by the contracts and the exchange policy of the book as of
// a day.
func NewSums(b run.Book, p schemas.Period, asOf schemas.Date, reach *normalise.Reach) *reconcile.Sums {
	return reconcile.NewSums(calendar(b, p, reach), b.Plan(), Contracts(b, p, asOf))
}

// Contracts are those with peers for a period, as of a day.
func Contracts(b run.Book, p schemas.Period, asOf schemas.Date) *bills.Contracts {
	return bills.NewContracts(b.Contracts(), b.Catalogue().Units, p, asOf)
}

// Exchange finds exchange rates by the book's policy, as of a day; the zero day asks for that of the period, of which use has
// come through a day.
func Exchange(b run.Book, p schemas.Period, through, asOf schemas.Date) schemas.FX {
	ofPeriod := b.Rates().PeriodDay(b.Provider().Exchange, p, through, asOf)
	return func(from, to money.Currency, day schemas.Date) (schemas.Conversion, bool) {
		if day.IsZero() {
			day = ofPeriod
		}
		return b.Convert(from, to, day, asOf)
	}
}
