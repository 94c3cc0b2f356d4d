package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/parquet"
	"daybook/rating"
	"daybook/schemas"
)

// rateShard prices the usage of one shard's accounts, and whatever else falls due on them. Usage is sorted by account, so
// memory holds one account's sums and never the file.
func rateShard(ctx context.Context, in *Inputs) (*Result, error) {
	set, err := settingOf(ctx, in)
	if err != nil {
		return nil, err
	}
	normalised, err := in.Results(ctx, "normalise/shard")
	if err != nil {
		return nil, err
	}
	res := &Result{}
	lent := Lent[*raterRoom](in, "raters")
	room, ok := lent.Take()
	if !ok {
		room = newRaterRoom(set)
	}
	defer lent.Leave(room)
	w, err := newRater(ctx, in, set, room)
	if err != nil {
		return nil, err
	}
	defer w.found.close()
	if room.scan.columns, err = usageColumns(set, normalised); err != nil {
		return nil, err
	}
	if w.late.any = slices.Contains(room.scan.columns, schemas.UseLatePeriod); w.late.any {
		w.late.settles = newLatecomers(ctx, set, usageOf(normalised))
		defer w.late.settles.close()
	}
	if members := set.kinIn(w.due); len(members) > 0 {
		if w.kin, err = gatherFamilies(ctx, set, members, usageOf(normalised)); err != nil {
			return nil, err
		}
	}
	out, err := in.writeTableWith(ctx, &schemas.Charges, func(to *parquet.Writer) error {
		w.to = to
		for _, n := range normalised {
			for _, o := range n.Outputs {
				if o.Dataset != schemas.Usage.Name {
					continue
				}
				if err := room.scan.scan(ctx, in.Store(), o.Key, w.rows); err != nil {
					return err
				}
			}
		}
		return w.end()
	})
	if err != nil {
		return nil, err
	}
	res.Outputs, res.Control = append(res.Outputs, out), w.control
	if err := readWhole(schemas.Usage.Name, &w.control.Read, normalised, func(c *Control) *dataset.Totals { return &c.Usage }); err != nil {
		return nil, err
	}
	if len(w.carriedOn) > 0 {
		key := in.datasetKey(carriedOver, "json")
		out, err := in.writeObject(ctx, carriedOver, key, int64(len(w.carriedOn)), func(to io.Writer) error {
			return json.NewEncoder(to).Encode(w.carriedOn)
		})
		if err != nil {
			return nil, err
		}
		res.Outputs = append(res.Outputs, out)
	}
	return res, w.found.write(ctx, in, res)
}

// rater streams the sorted usage of a shard account by account.
type rater struct {
	in     *Inputs
	set    *Setting
	plan   *rating.Plan
	tally  *rating.Tally
	combos *combos
	to     *parquet.Writer

	lay     *chargeWriter
	control Control
	read    dataset.Tally
	found   findings
	nobody  nobody

	// due are the shard's accounts in the book that have not been rated yet, in order.
	due []schemas.AccountID
	// rated is the output of the account at hand, in the memory of the one before.
	rated     rating.Output
	account   []byte
	open      bool
	fed       int64
	carriedOn []carriedAccount
	late      rateLate
	// kin is what the families of the shard's accounts have used of what is priced as one.
	kin kinship
}

// raterRoom is what a task that is done leaves to the next: what is known of labels, and the buffers of usage and charges.
type raterRoom struct {
	tally  *rating.Tally
	combos combos
	scan   tableScan
	lay    chargeWriter
	// passing says that accounts are no label of meters: those of a shard come in no other.
	passing bool
}

func newRaterRoom(set *Setting) *raterRoom {
	room := &raterRoom{tally: set.Plan.NewTally(), lay: newChargeWriter(set.Book.Provider())}
	room.scan.batch = dataset.NewBatch(&schemas.Usage)
	// When usage was matters to few meters.
	room.scan.lazy = []int{schemas.UseChargePeriodStart, schemas.UseChargePeriodEnd}
	room.combos.init(room.tally, set.Plan)
	room.combos.load = room.scan.load
	room.passing = !slices.Contains(room.combos.labels, schemas.UseAccountId)
	return room
}

// mostLabels bounds the texts of a label column that a room keeps from task to task.
const mostLabels = 1 << 17

// trim forgets what has become too large.
func (m *raterRoom) trim() {
	m.lay.trim()
	m.combos.found = nil
	if m.passing {
		m.scan.batch.Columns[schemas.UseAccountId].Dict.Reset()
	}
	forget := m.tally.Trim()
	for i := range m.scan.batch.Columns {
		if d := m.scan.batch.Columns[i].Dict; d != nil && d.Len() > mostLabels {
			m.scan.batch, forget = dataset.NewBatch(&schemas.Usage), true
			break
		}
	}
	if forget || len(m.combos.slots) > mostLabels {
		m.combos.forget()
	}
}

func newRater(ctx context.Context, in *Inputs, set *Setting, room *raterRoom) (*rater, error) {
	whom, err := ledgerOf(ctx, in)
	if err != nil {
		return nil, err
	}
	start, end := in.Bounds()
	room.trim()
	w := &rater{in: in, set: set, plan: set.Plan, tally: room.tally, combos: &room.combos, lay: &room.lay, found: in.newFindings()}
	w.lay.start, w.lay.end, w.lay.names, w.lay.period = start.UnixMicro(), end.UnixMicro(), whom.names, string(in.Period())
	w.due = whom.byShard[in.Shard]
	return w, nil
}

// usageColumns are the columns that a shard's usage is read by. The accounts of others are looked at only where there are
// rows of nobody, and what came late only where something did.
func usageColumns(set *Setting, normalised []*Result) ([]int, error) {
	columns := ratingColumns(set.Book, set.Plan)
	for _, n := range normalised {
		p, err := Left[Sorted](n)
		if err != nil {
			return nil, err
		}
		if p.Nobody > 0 {
			columns = append(columns, schemas.UseBillingAccountId, schemas.UseSubAccountId)
		}
		if p.Late == 0 {
			columns = slices.DeleteFunc(columns, func(c int) bool { return c == schemas.UseLatePeriod })
		}
	}
	return columns, nil
}

// ratingColumns are the columns of usage that rating reads: those that decide what meters take a row, and the numbers.
func ratingColumns(b Book, plan *rating.Plan) []int {
	meters := b.Catalogue().Meters
	columns := []int{schemas.UseAccountId, schemas.UseChargePeriodStart, schemas.UseChargePeriodEnd}
	for i := range meters {
		if m := &meters[i]; m.UniqueBy != "" {
			columns = append(columns, schemas.Usage.Index(m.UniqueBy))
		}
	}
	return slices.Concat(columns, ratingNumbers(meters), plan.Columns())
}

// ratingNumbers are the columns that meters may take numbers from.
func ratingNumbers(meters []schemas.Meter) []int {
	columns := []int{
		schemas.UseConsumedQuantity, schemas.UsePricingQuantity, schemas.UseEffectiveCost, schemas.UseBilledCost,
	}
	for i := range meters {
		switch meters[i].Value {
		case schemas.ValueContracted:
			columns = append(columns, schemas.UseContractedCost)
		case schemas.ValueList:
			columns = append(columns, schemas.UseListCost)
		default:
		}
	}
	return columns
}

// rows takes a batch of sorted usage.
func (w *rater) rows(b *dataset.Batch) error {
	if err := w.read.AddBatch(b, dataset.UsageMeasures()); err != nil {
		return err
	}
	w.in.Handled(int64(b.Rows))
	w.combos.begin(b)
	accounts := &b.Columns[schemas.UseAccountId]
	for from := 0; from < b.Rows; {
		to := accounts.RunEnd(from, b.Rows)
		if accounts.IsNull(from) {
			if err := w.nobody.add(b, from, to); err != nil {
				return err
			}
		} else if err := w.take(accounts.TextAt(from), from, to); err != nil {
			return err
		}
		from = to
	}
	return nil
}

// take adds rows of one account, after closing the one before and rating those between that have no usage.
func (w *rater) take(account []byte, from, to int) error {
	if !w.open || string(account) != string(w.account) {
		if err := w.closeAccount(); err != nil {
			return err
		}
		if err := w.rateUpTo(schemas.AccountID(account)); err != nil {
			return err
		}
		w.account, w.open = append(w.account[:0], account...), true
		w.combos.beginAccount(schemas.AccountID(account))
	}
	if w.late.any {
		return w.takeOnTime(from, to)
	}
	w.fed += int64(to - from)
	return w.combos.add(from, to)
}

// rateUpTo rates the shard's accounts before the named one, which have no usage, and leaves that one to its usage.
func (w *rater) rateUpTo(account schemas.AccountID) error {
	for len(w.due) > 0 && w.due[0] < account {
		id := w.due[0]
		w.due = w.due[1:]
		w.combos.beginAccount(id)
		w.account, w.open = append(w.account[:0], id...), true
		if err := w.closeAccount(); err != nil {
			return err
		}
	}
	if len(w.due) > 0 && w.due[0] == account {
		w.due = w.due[1:]
	}
	return nil
}

// closeAccount rates the account whose rows have all been added.
func (w *rater) closeAccount() error {
	if !w.open {
		return nil
	}
	w.open = false
	id := schemas.AccountID(w.account)
	left := w.combos.flush()
	carried, err := w.settleLate(id)
	if err != nil {
		return err
	}
	left = append(left, w.late.done.unmetered...)
	w.tally.Join(w.kin[id])
	out := &w.rated
	if err := w.plan.RateInto(w.tally, carried, out); err != nil {
		return err
	}
	for i := range left {
		left[i].Account = id
	}
	found := append(left, out.Findings...)
	if out.Rows+rowsOf(left) != w.fed {
		return fmt.Errorf("account %s: %w: %d in, %d out", id, ErrLostRows, w.fed, out.Rows+rowsOf(left))
	}
	found = append(found, w.late.done.found...)
	suspended := rowsOf(found)
	w.control.SuspendedRows += suspended
	partly := out.Partly + w.late.done.partly
	w.control.PartlyRows += partly
	w.control.RatedRows += w.fed - suspended - partly
	w.fed = 0
	for _, f := range append(found, negatives(id, out.Charges)...) {
		w.found.add(f)
	}
	if !out.Carried.IsEmpty() {
		w.carriedOn = append(w.carriedOn, carriedAccount{id, out.Carried})
	}
	return w.keep(append(out.Charges, w.late.done.corrections...))
}

func rowsOf(found []schemas.Finding) (n int64) {
	for i := range found {
		n += found[i].Rows
	}
	return n
}

// keep lays charges out and writes full row groups.
func (w *rater) keep(charges []schemas.Charge) error {
	for i := range charges {
		if err := w.lay.append(&charges[i]); err != nil {
			return err
		}
		if err := countCharge(&w.control.Charged, &charges[i]); err != nil {
			return err
		}
		if err := w.lay.batch.EndRow(); err != nil {
			return err
		}
		if w.lay.batch.Rows == parquet.RowGroupRows {
			if err := w.to.Append(w.lay.batch); err != nil {
				return err
			}
			w.lay.batch.Reset()
		}
	}
	return nil
}

// end rates what is left: the last account with usage, and those after it without.
func (w *rater) end() error {
	if err := w.closeAccount(); err != nil {
		return err
	}
	for len(w.due) > 0 {
		id := w.due[0]
		w.due = w.due[1:]
		w.combos.beginAccount(id)
		w.account, w.open = append(w.account[:0], id...), true
		if err := w.closeAccount(); err != nil {
			return err
		}
	}
	w.nobody.end(w)
	var err error
	if w.control.Read, err = w.read.Totals(); err != nil {
		return err
	}
	return w.to.AppendLast(w.lay.batch)
}
