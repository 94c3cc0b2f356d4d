package compare

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/pipeline/rate"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/rating"
	"daybook/reconcile"
	"daybook/schemas"
	"daybook/schemas/money"
)

// dayCounter adds up what meters take on each day of the period, of all accounts of a shard: the shape by which revenue is
// spread over days. What it holds is of the catalogue's size, not of the usage's. It serves one shard after the other, so
// that what meters take is found once.
type dayCounter struct {
	plan *rating.Plan
	scan rows.TableScan
	// starts are when the days begin; the last is the end of the period. The day at hand is [from, to).
	starts   []int64
	from, to int64
	day      int
	sums     map[schemas.MeterID][]money.Fixed

	// labels are the columns that decide which meters take a row. Targets are found again by their codes as long as batches
	// share their dictionaries.
	labels  []int
	dicts   []*dataset.Dictionary
	key     []byte
	targets map[string][]target
}

// target is what one meter takes of rows, and its sums by day.
type target struct {
	rating.Take
	days []money.Fixed
}

func newDayCounter(in *run.Inputs, plan *rating.Plan) *dayCounter {
	zone := in.Book().Zone()
	d := &dayCounter{plan: plan, sums: map[schemas.MeterID][]money.Fixed{}, targets: map[string][]target{}}
	start, end := in.Bounds()
	last := schemas.DateOf(end, zone)
	for day := schemas.DateOf(start, zone); !day.After(last); day = day.AddDays(1) {
		d.starts = append(d.starts, day.Time(zone).UnixMicro())
	}
	decisive := plan.Decisive()
	for k, column := range plan.Columns() {
		if decisive[k] {
			d.labels = append(d.labels, column)
		}
	}
	d.dicts = make([]*dataset.Dictionary, len(d.labels))
	// Numbers, and when a row ends, are read only where a meter takes them.
	lazy := append(rate.RatingNumbers(in.Book().Catalogue().Meters), schemas.UseChargePeriodEnd)
	columns := slices.Concat([]int{schemas.UseAccountId, schemas.UseChargePeriodStart}, d.labels, lazy)
	d.scan = rows.TableScan{Columns: columns, Lazy: lazy, Batch: dataset.NewBatch(&schemas.Usage)}
	return d
}

// empty readies the counter for another shard. It reports false if it holds too many texts to be kept.
func (d *dayCounter) empty() bool {
	for _, days := range d.sums {
		clear(days)
	}
	large := func(dict *dataset.Dictionary) bool { return dict != nil && dict.Len() > rate.MostLabels }
	return len(d.targets) <= rate.MostLabels && !slices.ContainsFunc(d.dicts, large)
}

// count takes a batch of usage, but for the rows of nobody, which no charge is of.
func (d *dayCounter) count(b *dataset.Batch) error {
	for k, column := range d.labels {
		if dict := b.Columns[column].Dict; dict != d.dicts[k] {
			d.dicts[k] = dict
			clear(d.targets)
		}
	}
	accounts := &b.Columns[schemas.UseAccountId]
	for i := 0; i < b.Rows; {
		end := b.Rows
		for _, column := range d.labels {
			end = b.Columns[column].RunEnd(i, end)
		}
		nobody := accounts.IsNull(i)
		for k := i + 1; k < end && len(accounts.Nulls) > 0; k++ {
			if accounts.IsNull(k) != nobody {
				end = k
			}
		}
		if !nobody {
			for _, t := range d.find(b, i) {
				if err := d.add(b, &t, i, end); err != nil {
					return err
				}
			}
		}
		i = end
	}
	return nil
}

// find returns what meters take of row i.
func (d *dayCounter) find(b *dataset.Batch, i int) []target {
	d.key = d.key[:0]
	for _, column := range d.labels {
		d.key = binary.LittleEndian.AppendUint32(d.key, rate.CodeAt(&b.Columns[column], i))
	}
	found, ok := d.targets[string(d.key)]
	if !ok {
		if len(d.targets) > rate.MostLabels {
			clear(d.targets) // they are found again
		}
		texts := make([]string, 0, len(d.labels))
		for _, column := range d.plan.Columns() {
			text := ""
			if slices.Contains(d.labels, column) {
				text = string(b.Columns[column].TextAt(i))
			}
			texts = append(texts, text)
		}
		for _, take := range d.plan.Sums(texts) {
			if d.sums[take.Meter] == nil {
				d.sums[take.Meter] = make([]money.Fixed, len(d.starts)-1)
			}
			found = append(found, target{take, d.sums[take.Meter]})
		}
		d.targets[string(d.key)] = found
	}
	return found
}

// add counts rows [i, end) by day; rows that follow each other are mostly of one.
func (d *dayCounter) add(b *dataset.Batch, t *target, i, end int) error {
	if err := d.bring(t.Value); err != nil {
		return err
	}
	starts := b.Columns[schemas.UseChargePeriodStart].Ints
	for i < end {
		if at := starts[i]; at < d.from || at >= d.to {
			d.seek(at)
		}
		from := i
		for i < end && starts[i] >= d.from && starts[i] < d.to {
			i++
		}
		sum, ok, err := t.sum(b, from, i)
		if err != nil {
			return err
		}
		if ok {
			sum, ok = money.AddOK(t.days[d.day], sum)
		}
		if !ok {
			return fmt.Errorf("add up meter %s by day: %w", t.Meter, money.ErrOverflow)
		}
		t.days[d.day] = sum
	}
	return nil
}

// bring has the column read that a meter takes its quantity from.
func (d *dayCounter) bring(value int) error {
	if value == rating.ReadsSeconds {
		value = schemas.UseChargePeriodEnd
	}
	return d.scan.Load(value)
}

// sum adds up what the meter takes of rows [i, end), and reports false if that overflows. A quantity that does not convert
// to the meter's unit is a finding of rating's and in no charge, so none is spread by it.
func (t *target) sum(b *dataset.Batch, i, end int) (sum money.Fixed, ok bool, err error) {
	if t.AsItIs() && t.Value >= 0 {
		decs := b.Columns[t.Value].Decs // none where all are null
		sum, ok = money.Sum(decs[min(i, len(decs)):min(end, len(decs))])
		return sum, ok, nil
	}
	for ; i < end; i++ {
		quantity, err := t.Convert(rate.MeasuredAt(b, t.Value, i))
		if errors.Is(err, money.ErrPrecision) || errors.Is(err, money.ErrOverflow) {
			continue
		}
		if err != nil {
			return sum, false, err
		}
		if sum, ok = money.AddOK(sum, quantity); !ok {
			return sum, false, nil
		}
	}
	return sum, true, nil
}

// seek finds the day of an instant; what lies outside of the period counts with its nearer end.
func (d *dayCounter) seek(at int64) {
	n, found := slices.BinarySearch(d.starts, at)
	if !found {
		n--
	}
	d.day = min(max(n, 0), len(d.starts)-2)
	d.from, d.to = d.starts[d.day], d.starts[d.day+1]
	if at < d.from || at >= d.to {
		d.from, d.to = at, at+1
	}
}

// countDays adds what the shard's meters counted on each day. Without a plan for the period there is nothing that revenue
// to date would be held against, and nothing is read.
func countDays(ctx context.Context, in *run.Inputs, days *reconcile.Days) error {
	if !slices.ContainsFunc(in.Book().PlanAsOf(in.AsOf()).Lines, func(l schemas.PlanLine) bool { return l.Period == in.Period() }) {
		return nil
	}
	plan, err := rate.PlanOf(ctx, in)
	if err != nil {
		return err
	}
	normalised, err := in.Results(ctx, "normalise/shard")
	if err != nil {
		return err
	}
	lent := run.Lent[*dayCounter](in, "day counters")
	d, ok := lent.Take()
	if !ok {
		d = newDayCounter(in, plan)
	}
	defer func() {
		if d.empty() {
			lent.Leave(d)
		}
	}()
	err = run.EachOutput(normalised, schemas.Usage.Name, func(o run.Output) error { return d.scan.Scan(ctx, in.Store(), o.Key, d.count) })
	if err != nil {
		return err
	}
	for _, m := range slices.Sorted(maps.Keys(d.sums)) {
		// Meters of earlier shards alone are none of this one's.
		if !slices.ContainsFunc(d.sums[m], func(f money.Fixed) bool { return !f.IsZero() }) {
			continue
		}
		if err := days.AddMetered(m, d.sums[m]); err != nil {
			return err
		}
	}
	return nil
}
