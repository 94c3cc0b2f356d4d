package normalise

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/shuffle"
	"daybook/pipeline/run"
	"daybook/pipeline/source"
	"daybook/schemas"
	"daybook/schemas/money"
)

// normaliser takes the batches of one object.
type normaliser struct {
	in  *run.Inputs
	src *schemas.Source
	obj *run.Object
	out *shuffle.Writer

	owners *Owners
	// view is the decoder's batch with our own columns beside its own, which are left as they are.
	view dataset.Batch
	// inside and outside take a batch apart that has rows of other periods.
	inside, outside *dataset.Batch
	shards          []uint16
	labels          Constants
	control         run.Control
	// delivered, shuffled and beyond (the period) become totals of control in the end.
	delivered, shuffled, beyond dataset.Tally
	// sent is what went to each shard.
	sent *dataset.ShardSums
	// rounded are those of the batch to come that the decoder has rounded.
	rounded []source.RoundedCell
	// seen counts the rows that the decoder accounted for, as usage or as a finding.
	seen int64

	found *run.Findings
	// billed gathers what is billed, or is nil.
	billed *scopes
	last   int64
	days   *dayCounter
	// marks label the rows that came late, of periods back to the oldest.
	marks  lateMarks
	oldest schemas.Period
	// others adds up the rows of append sources that are of other months, late ones among them.
	others months
	// unread are the rows that the book leaves out, and those of an object filed elsewhere that its own month's run rejects.
	unread dataset.Totals
	zone   *time.Location
	// period is the one that the object is of, and month its bounds: the run's own, but for a bill that is restated.
	period schemas.Period
	month  Month
}

// newNormaliser is that of an object that a task sends to shards.
func (s *sending) newNormaliser(obj *run.Object) *normaliser {
	zone, p := s.in.Book().Zone(), cmp.Or(obj.Restates, s.in.Period())
	n := &normaliser{
		in: s.in, src: s.src, obj: obj, owners: &s.owners, found: &s.found, oldest: oldestLate(s.in), billed: s.billed,
		out: s.out, sent: s.sent, zone: zone, period: p, month: MonthOf(p, zone), days: s.days, others: months{zone: zone},
	}
	if obj.Restates != "" {
		n.billed, n.days = nil, newDayCounter(p, zone) // which are of the run's own month
	}
	return n
}

// decode reads the object and makes sure that it is the one that was pinned.
func (n *normaliser) decode(ctx context.Context) error {
	x, err := open(ctx, n.in.Landing(), n.obj)
	if err != nil {
		return err
	}
	defer x.close()
	in := x.input()
	if n.src.Semantics == schemas.Snapshot {
		in.Period = n.period
	}
	stats, err := source.Decode(ctx, n.src, in, source.Sink{
		Rows: n.rows, Finding: n.finding, Rounded: func(cells []source.RoundedCell) { n.rounded = cells },
	})
	if err := x.check(err); err != nil {
		return err
	}
	addResidues(&n.control.Rounding, stats.Rounded)
	return n.whole(stats.Rows, stats.Parted)
}

// whole makes sure that every row is accounted for, and that they are those that the manifest promises, which counts records: some
// rows are parts of one.
func (n *normaliser) whole(read, parted int64) error {
	if read == 0 && n.obj.Filed == "" {
		info, _ := schemas.CodeEmptyObject.Info()
		n.found.Add(schemas.Finding{
			Code: info.Code, Severity: info.Severity, Source: n.src.ID, Object: n.obj.Key, Message: info.Meaning + "; " + info.Fix,
		})
	}
	if n.seen != read {
		return fmt.Errorf("%s: %w: the decoder read %d rows and accounts for %d", n.obj.Key, run.ErrLostRows, read, n.seen)
	}
	if read -= parted; n.obj.Rows >= 0 && read != n.obj.Rows {
		return &schemas.RefusedError{
			Code: schemas.CodeManifestMismatch, Object: n.obj.Key,
			Reason: fmt.Sprintf("it has %d %s, and its manifest promises %d", read, schemas.OneOrMany(read, "row", "rows"), n.obj.Rows),
		}
	}
	return nil
}

// tooLarge refuses an object whose sums no dataset can hold: what no bill can reach must not stop those of others.
func (n *normaliser) tooLarge(err error) error {
	if !errors.Is(err, money.ErrOverflow) {
		return err
	}
	return &schemas.RefusedError{Code: schemas.CodeHostileObject, Object: n.obj.Key, Reason: "its quantities or costs come to 10^20 or more, which no dataset holds"}
}

// close folds the tallies into the control totals.
func (n *normaliser) close() error {
	for _, x := range [...]struct {
		tally *dataset.Tally
		into  *dataset.Totals
	}{{&n.delivered, &n.control.Delivered}, {&n.shuffled, &n.control.Shuffled}, {&n.beyond, &n.control.OutOfScope}} {
		t, err := x.tally.Totals()
		if err != nil {
			return err
		}
		if err := x.into.Merge(t); err != nil {
			return err
		}
	}
	return nil
}

// finding takes what the decoder found wrong. A row that is a finding and nothing else is counted with what it holds.
//
// What is wrong with an object that is filed under another month is that month's to say: here such rows are out of scope, but for a bill
// of a month that is closed and says nothing any more.
func (n *normaliser) finding(f schemas.Finding) error {
	foreign := n.obj.Filed != "" && n.obj.Restates == ""
	if !foreign {
		n.found.Add(f)
	}
	if f.Rows == 0 {
		return nil
	}
	n.seen += f.Rows
	if err := run.AddFinding(&n.control.Delivered, &f); err != nil {
		return err
	}
	if len(n.control.Delivered.Quantities) > mostUnits || len(n.control.Delivered.Costs) > mostUnits {
		return n.tooManyUnits()
	}
	if foreign || f.Code == schemas.CodeLeftOut {
		if err := run.AddFinding(&n.unread, &f); err != nil {
			return err
		}
	}
	if foreign || f.Code == schemas.CodeOtherPeriod || f.Code == schemas.CodeLeftOut {
		return run.AddFinding(&n.control.OutOfScope, &f)
	}
	return run.AddFinding(&n.control.Rejected, &f)
}

// mostUnits is how many units, and how many currencies, one object may have. Control totals have a sum for each, and go into
// manifests that people read.
const mostUnits = 4096

// tooManyUnits refuses an object whose rows, rejected ones or others, have more of them.
func (n *normaliser) tooManyUnits() error {
	return &schemas.RefusedError{
		Code: schemas.CodeHostileObject, Object: n.obj.Key,
		Reason: fmt.Sprintf("its rows have more than %d units or currencies, where control totals keep a sum of each", mostUnits),
	}
}

// rows takes a batch: counts it, fills in what the book knows, and routes each row.
func (n *normaliser) rows(b *dataset.Batch) error {
	n.seen += int64(b.Rows)
	countRounded(&n.control.Rounding, n.rounded, b)
	n.rounded = nil
	if err := n.delivered.AddBatch(b, dataset.UsageMeasures()); err != nil {
		return err
	}
	if n.delivered.MoreKeysThan(mostUnits) {
		return n.tooManyUnits()
	}
	n.view = dataset.Batch{Table: b.Table, Rows: b.Rows, Columns: append(n.view.Columns[:0], b.Columns...)}
	b = &n.view
	n.labels.Label(b, schemas.UseSourceId, string(n.src.ID))
	n.labels.Label(b, schemas.UseObjectKey, n.obj.Key)
	n.labels.Label(b, schemas.UsePeerId, string(n.src.Peer))
	n.labels.Provider(b, n.in.Book().Peers(), n.src)
	if cap(n.shards) < b.Rows {
		n.shards = make([]uint16, b.Rows)
	}
	n.shards = n.shards[:b.Rows]
	n.owners.Assign(b, n.shards)
	n.in.Handled(int64(b.Rows))
	b, err := n.scope(b)
	if err != nil || b.Rows == 0 {
		return err
	}
	if n.billed != nil {
		n.billed.add(b)
	}
	n.sent.AddBatch(b, n.shards, dataset.UsageMeasures())
	return n.out.Add(b, n.shards)
}

// scope sets aside the rows of an append source that belong to another period; their own period's run takes them, unless
// that has been: then they are late, and marked. A bill
// says to which billing period a row belongs, whenever the use was; a meter only says when the use was. What is left of the
// batch comes back, with its shards.
func (n *normaliser) scope(b *dataset.Batch) (*dataset.Batch, error) {
	starts, ends := &b.Columns[schemas.UseChargePeriodStart], &b.Columns[schemas.UseChargePeriodEnd]
	outside := 0
	n.marks.begin(b.Rows)
	for i := range b.Rows {
		in := n.month.Holds(b, i)
		if n.late(b, i, in) {
			if !in && n.src.Semantics == schemas.Append {
				if err := n.others.addRow(b, i); err != nil {
					return nil, err
				}
			}
			continue
		}
		if in || n.src.Semantics == schemas.Snapshot {
			n.days.add(starts.Ints[i])
		}
		if !in {
			outside++
		} else if end := ends.Ints[i]; end > n.last && n.obj.Restates == "" {
			if n.month.restOf(starts.Ints[i], end) {
				end = starts.Ints[i] + 1
			}
			n.last = max(n.last, end)
		}
	}
	n.marks.end(b)
	late := &b.Columns[schemas.UseLatePeriod]
	if outside == 0 || n.src.Semantics == schemas.Snapshot {
		return b, n.shuffled.AddBatch(b, dataset.UsageMeasures())
	}
	if n.inside == nil {
		n.inside, n.outside = dataset.NewBatch(b.Table), dataset.NewBatch(b.Table)
	}
	n.inside.Clear()
	n.outside.Clear()
	kept := n.shards[:0]
	for i := range b.Rows {
		if !n.month.Holds(b, i) && late.IsNull(i) {
			n.outside.AppendRange(b, i, i+1)
			if err := n.others.addRow(b, i); err != nil {
				return nil, err
			}
			continue
		}
		n.inside.AppendRange(b, i, i+1)
		kept = append(kept, n.shards[i])
	}
	n.shards = kept
	if err := n.beyond.AddBatch(n.outside, dataset.UsageMeasures()); err != nil {
		return nil, err
	}
	return n.inside, n.shuffled.AddBatch(n.inside, dataset.UsageMeasures())
}

// holds is what the object holds of each month: what was sent to shards, less the late rows of it, and the others.
func (n *normaliser) holds() (map[schemas.Period]dataset.Totals, error) {
	all, err := n.others.totals()
	if err != nil {
		return nil, err
	}
	own := n.control.Delivered
	for _, part := range append(slices.Collect(maps.Values(all)), n.control.Rejected, n.unread) {
		if own, err = own.Less(part); err != nil {
			return nil, err
		}
	}
	if own.Rows > 0 {
		all[n.in.Period()] = own
	}
	return all, nil
}

// noteLost says which rows of the object belong to no month that can be run: of before the book's first, or of more than a
// month after that which they were filed under, where a slip of a digit is likelier than that they are waited for.
func (n *normaliser) noteLost(holds map[schemas.Period]dataset.Totals) {
	first, next := n.in.Book().Provider().FirstPeriod, n.in.Period().Next()
	for _, p := range slices.Sorted(maps.Keys(holds)) {
		if p >= first && p <= next {
			continue
		}
		held, why := holds[p], "which is before the book's first month"
		if p > next {
			why = "which is more than a month after that which the object is filed under; its run will take " + schemas.OneOrMany(holds[p].Rows, "it", "them")
		}
		for _, f := range parts(&held) {
			f.Code, f.Severity, f.Source, f.Object, f.Value = schemas.CodeOtherPeriod, schemas.Warning, n.src.ID, n.obj.Key, string(p)
			f.Message = fmt.Sprintf("%d %s of %s, %s", held.Rows, schemas.OneOrMany(held.Rows, "row is", "rows are"), p, why)
			n.found.Add(f)
		}
	}
}

// parts are findings of totals, one for each unit and currency, because a finding has one amount; one without where there is
// none. They stand for no rows, which are counted out of scope.
func parts(t *dataset.Totals) (out []schemas.Finding) {
	units, currencies := slices.Sorted(maps.Keys(t.Quantities)), slices.Sorted(maps.Keys(t.Costs))
	for i := range max(1, len(units), len(currencies)) {
		var f schemas.Finding
		if i < len(units) {
			f.Unit, f.Quantity = units[i], t.Quantities[units[i]]
		}
		if i < len(currencies) {
			f.Currency, f.Cost = money.Currency(currencies[i]), t.Costs[currencies[i]]
		}
		out = append(out, f)
	}
	return out
}
