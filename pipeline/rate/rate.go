package rate

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/parquet"
	"daybook/pipeline/normalise"
	"daybook/pipeline/rate/charged"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/rating"
	"daybook/schemas"
)

// Shard prices the usage of one shard's accounts, and whatever else falls due on them. Usage is sorted by account, so
// memory holds one account's sums and never the file.
func Shard(ctx context.Context, in *run.Inputs) (*run.Result, error) {
	set, err := SettingOf(ctx, in)
	if err != nil {
		return nil, err
	}
	normalised, err := in.Results(ctx, "normalise/shard")
	if err != nil {
		return nil, err
	}
	res := &run.Result{}
	lent := run.Lent[*raterRoom](in, "raters")
	room, ok := lent.Take()
	if !ok {
		room = newRaterRoom(set)
	}
	defer lent.Leave(room)
	w, err := newRater(ctx, in, set, room)
	if err != nil {
		return nil, err
	}
	defer w.found.Close()
	if room.scan.Columns, err = w.usageColumns(normalised); err != nil {
		return nil, err
	}
	if err := w.lookBack(ctx, normalised); err != nil {
		return nil, err
	}
	defer w.late.comers.Close()
	out, err := in.WriteTableWith(ctx, &schemas.Charges, func(to *parquet.Writer) error {
		w.to = to
		for _, n := range normalised {
			for _, o := range n.Outputs {
				if o.Dataset != schemas.Usage.Name {
					continue
				}
				if err := room.scan.Scan(ctx, in.Store(), o.Key, w.rows); err != nil {
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
	if err := run.ReadWhole(schemas.Usage.Name, &w.control.Read, normalised, run.UsageTotals); err != nil {
		return nil, err
	}
	if len(w.carriedOn) > 0 {
		key := in.DatasetKey(carriedOver, "json")
		out, err := in.WriteObject(ctx, carriedOver, key, int64(len(w.carriedOn)), func(to io.Writer) error {
			return json.NewEncoder(to).Encode(w.carriedOn)
		})
		if err != nil {
			return nil, err
		}
		res.Outputs = append(res.Outputs, out)
	}
	if out, err = w.facts.write(ctx, in); err != nil {
		return nil, err
	}
	res.Outputs = append(res.Outputs, out)
	for _, leave := range []func(context.Context, *run.Result) error{w.leaveRetaken, w.writeStrangers, w.writeOwners} {
		if err := leave(ctx, res); err != nil {
			return nil, err
		}
	}
	return res, w.found.Write(ctx, in, res)
}

// lookBack finds which accounts of the shard are rated again in earlier periods, and gathers their families.
func (w *rater) lookBack(ctx context.Context, normalised []*run.Result) error {
	back, err := learnedOf(ctx, w.in)
	if err != nil {
		return err
	}
	files := FilesOf(normalised)
	w.late.any = slices.Contains(w.room.scan.Columns, schemas.UseLatePeriod)
	w.late.comers = NewLatecomers(ctx, w.set, files)
	w.noteGone(back.gone)
	if w.late.learned, err = w.set.Restatements(ctx, files, nil, back.found); err != nil {
		return err
	}
	if err := w.noteNobodys(ctx, files); err != nil {
		return err
	}
	if members := w.set.kinIn(w.waiting); len(members) > 0 {
		w.kin, err = GatherFamilies(ctx, w.set, members, files, w.late.learned)
	}
	return err
}

// noteGone says which accounts of the shard were charged for earlier periods and are not in the book any more.
func (w *rater) noteGone(gone map[schemas.AccountID]schemas.Period) {
	info, _ := schemas.CodeAccountGone.Info()
	home := w.in.Home()
	for _, id := range slices.Sorted(maps.Keys(gone)) {
		if int(home(id)) == w.in.Shard {
			w.found.Add(schemas.Finding{
				Code: info.Code, Severity: info.Severity, Account: id, Value: string(gone[id]),
				Message: fmt.Sprintf("account %s was charged for %s, and the book does not have it any more, so that nothing of it is rated again; %s", id, gone[id], info.Fix),
			})
		}
	}
}

// rater streams the sorted usage of a shard account by account.
type rater struct {
	in     *run.Inputs
	set    *Setting
	plan   *rating.Plan
	tally  *rating.Tally
	combos *Combos
	to     *parquet.Writer

	value   *rating.Valuer
	lay     *rows.ChargeWriter
	control run.Control
	// read counts the usage as it comes, and wrote the charges as they go.
	read, wrote dataset.Tally
	found       run.Findings
	nobody      nobody
	names       charged.Names

	// waiting are the shard's accounts in the book that have not been rated yet, in order.
	waiting []schemas.AccountID
	// rated is the output of the account at hand, in the memory of the one before.
	rated     rating.Output
	account   []byte
	open      bool
	fed       int64
	carriedOn []carriedAccount
	late      rateLate
	facts     factsWriter
	credits   rateCredits
	retaken   []Retaken
	room      *raterRoom
	// kin is what the families of the shard's accounts have used of what is priced as one.
	kin Kinship
}

// raterRoom is what a task that is done leaves to the next: what is known of labels, and the buffers of usage and charges.
type raterRoom struct {
	tally  *rating.Tally
	combos Combos
	scan   rows.TableScan
	lay    rows.ChargeWriter
	facts  *rating.Facts
	// passing says that accounts are no label of meters: those of a shard come in no other.
	passing bool
}

func newRaterRoom(set *Setting) *raterRoom {
	room := &raterRoom{tally: set.Plan.NewTally(), lay: rows.NewChargeWriter(set.Book.Provider()), facts: rating.NewFacts()}
	room.scan.Batch = dataset.NewBatch(&schemas.Usage)
	// When usage was matters to few meters.
	room.scan.Lazy = []int{schemas.UseChargePeriodStart, schemas.UseChargePeriodEnd}
	room.combos.Init(room.tally, set.Plan)
	room.combos.load = room.scan.Load
	room.passing = !slices.Contains(room.combos.labels, schemas.UseAccountId)
	return room
}

// MostLabels bounds the texts of a label column that a room keeps from task to task.
const MostLabels = 1 << 17

// trim forgets what has become too large.
func (m *raterRoom) trim() {
	m.lay.Trim()
	m.combos.found = nil
	if m.passing {
		m.scan.Batch.Columns[schemas.UseAccountId].Dict.Reset()
	}
	forget := m.tally.Trim()
	for i := range m.scan.Batch.Columns {
		if d := m.scan.Batch.Columns[i].Dict; d != nil && d.Len() > MostLabels {
			m.scan.Batch, forget = dataset.NewBatch(&schemas.Usage), true
			break
		}
	}
	if forget || len(m.combos.slots) > MostLabels {
		m.combos.forget()
	}
}

func newRater(ctx context.Context, in *run.Inputs, set *Setting, room *raterRoom) (*rater, error) {
	whom, err := ledgerOf(ctx, in)
	if err != nil {
		return nil, err
	}
	start, end := in.Bounds()
	room.trim()
	w := &rater{in: in, set: set, plan: set.Plan, tally: room.tally, combos: &room.combos, lay: &room.lay, room: room, found: in.NewFindings()}
	if w.value, err = set.Plan.NewValuer(in.Book().Provider().Currency); err != nil {
		return nil, err
	}
	w.lay.Start, w.lay.End, w.lay.Owners, w.lay.Period = start.UnixMicro(), end.UnixMicro(), whom.owners, string(in.Period())
	w.lay.Payers = whom.payers
	w.waiting = whom.byShard[in.Shard]
	w.credits.met = map[schemas.AccountID]bool{}
	w.credits.owed, err = set.owed(ctx)
	return w, err
}

// usageColumns are the columns that a shard's usage is read by. The accounts of others are looked at only where there are
// rows of nobody, what came late only where something did, and what records are called only where something was decided about any.
func (w *rater) usageColumns(normalised []*run.Result) ([]int, error) {
	set := w.set
	columns := RatingColumns(set.Book, set.Plan)
	if !slices.ContainsFunc(w.waiting, func(id schemas.AccountID) bool { return w.plan.Decided(id).AboutRecords() }) {
		columns = ratingColumns(set.Book, set.Plan)
	}
	for _, n := range normalised {
		p, err := run.Left[normalise.Sorted](n)
		if err != nil {
			return nil, err
		}
		if p.Nobody > 0 {
			columns = append(columns, schemas.UseBillingAccountId, schemas.UseSubAccountId)
			columns = append(columns, ownerColumns(set.Book)...)
		}
		if p.Late == 0 {
			columns = slices.DeleteFunc(columns, func(c int) bool { return c == schemas.UseLatePeriod })
		}
	}
	return columns, nil
}

// RatingColumns are the columns of usage that rating reads: those that decide what meters take a row, and the numbers; and what
// records are called, where something was decided about any.
func RatingColumns(b run.Book, plan *rating.Plan) []int {
	columns := ratingColumns(b, plan)
	if plan.DecidesRecords() {
		columns = append(columns, decidedColumns...)
	}
	return columns
}

func ratingColumns(b run.Book, plan *rating.Plan) []int {
	meters := b.Catalogue().Meters
	columns := []int{schemas.UseAccountId, schemas.UseChargePeriodStart, schemas.UseChargePeriodEnd}
	for i := range meters {
		if m := &meters[i]; m.UniqueBy != "" {
			columns = append(columns, schemas.Usage.Index(m.UniqueBy))
		}
	}
	return slices.Concat(columns, RatingNumbers(meters), plan.Columns())
}

// RatingNumbers are the columns that meters may take numbers from.
func RatingNumbers(meters []schemas.Meter) []int {
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
	w.combos.Begin(b)
	accounts := &b.Columns[schemas.UseAccountId]
	for from := 0; from < b.Rows; {
		to := accounts.RunEnd(from, b.Rows)
		if accounts.IsNull(from) {
			if err := w.combos.loadTimes(); err != nil {
				return err
			}
			if err := w.nobody.add(w.set, b, from, to, w.late.any); err != nil {
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
		w.combos.BeginAccount(schemas.AccountID(account))
	}
	if w.late.any {
		return w.takeOnTime(from, to)
	}
	w.fed += int64(to - from)
	return w.combos.Add(from, to)
}

// rateUpTo rates the shard's accounts before the named one, which have no usage, and leaves that one to its usage.
func (w *rater) rateUpTo(account schemas.AccountID) error {
	for len(w.waiting) > 0 && w.waiting[0] < account {
		id := w.waiting[0]
		w.waiting = w.waiting[1:]
		w.combos.BeginAccount(id)
		w.account, w.open = append(w.account[:0], id...), true
		if err := w.closeAccount(); err != nil {
			return err
		}
	}
	if len(w.waiting) > 0 && w.waiting[0] == account {
		w.waiting = w.waiting[1:]
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
	left := w.combos.Flush()
	carried, err := w.takeLate(id)
	if err != nil {
		return err
	}
	left = append(left, w.late.done.unmetered...)
	void := w.combos.Voided() + w.late.done.void
	w.control.VoidedRows += void + w.late.done.voidBefore
	carried.Credits = w.due(id)
	w.tally.Join(w.kin.Of(id))
	out := &w.rated
	if err := w.plan.RateInto(w.tally, carried, out); err != nil {
		return err
	}
	for i := range left {
		left[i].Account = id
	}
	found := append(left, out.Findings...)
	if came := out.Rows + rowsOf(left) + void; came != w.fed {
		return fmt.Errorf("account %s: %w: %d in, %d out", id, run.ErrLostRows, w.fed, came)
	}
	found = slices.Concat(found, noteDecided(id, w.in.Period(), &w.combos.decision), w.late.done.found)
	suspended := rowsOf(found)
	w.control.SuspendedRows += suspended
	partly := out.Partly + w.late.done.partly
	w.control.PartlyRows += partly
	w.control.RatedRows += out.Whole + w.late.done.whole
	if err := w.know(id, w.fed > 0 || !carried.IsEmpty()); err != nil {
		return err
	}
	w.fed = 0
	w.retake(id)
	for _, f := range append(found, charged.Negatives(id, out.Charges)...) {
		w.found.Add(f)
	}
	if !out.Carried.IsEmpty() {
		w.carriedOn = append(w.carriedOn, carriedAccount{id, out.Carried})
	}
	charges := append(out.Charges, w.late.done.Corrections...)
	if err := w.names.Check(id, charges); err != nil {
		return err
	}
	if err := w.leave(id, charges); err != nil {
		return err
	}
	return w.keep(charges)
}

// know notes by what an account was rated; used says that there was something to be rated whatever the book says of it.
func (w *rater) know(id schemas.AccountID, used bool) error {
	d, idle := w.set.factsOf(w.room.facts, w.plan, id)
	x := knownFacts{Account: id, Facts: d}
	for i := range w.late.done.Again {
		p := w.late.done.Again[i].Run
		if x.Again == nil {
			x.Again = map[schemas.Period]rating.Digest{}
		}
		d, idle := w.set.factsOf(w.room.facts, p.Plan, id)
		x.Again[p.Period], _ = factsWith(d, idle, w.late.done.Why.claims, p.Period)
	}
	return w.facts.add(&x, idle && !used)
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
		if err := run.CountCharge(&w.control.Made, &charges[i]); err != nil {
			return err
		}
		if err := w.value.Value(&charges[i]); err != nil {
			return err
		}
		if err := w.lay.Append(&charges[i]); err != nil {
			return err
		}
		if err := w.lay.Batch.EndRow(); err != nil {
			return err
		}
		if w.lay.Batch.Rows == parquet.RowGroupRows {
			if err := w.write(w.to.Append); err != nil {
				return err
			}
			w.lay.Batch.Reset()
		}
	}
	return nil
}

// write writes the charges that were laid out, and counts what is written.
func (w *rater) write(write func(*dataset.Batch) error) error {
	measures := dataset.Measures{Quantity: -1, Unit: -1, Cost: schemas.ChargeBilledCost, Currency: schemas.ChargeBillingCurrency}
	if err := w.wrote.AddBatch(w.lay.Batch, measures); err != nil {
		return err
	}
	return write(w.lay.Batch)
}

// end rates what is left: the last account with usage, and those after it without.
func (w *rater) end() error {
	if err := w.closeAccount(); err != nil {
		return err
	}
	for len(w.waiting) > 0 {
		id := w.waiting[0]
		w.waiting = w.waiting[1:]
		w.combos.BeginAccount(id)
		w.account, w.open = append(w.account[:0], id...), true
		if err := w.closeAccount(); err != nil {
			return err
		}
	}
	if err := w.leaveGone(); err != nil {
		return err
	}
	w.nobody.end(w)
	if err := w.write(w.to.AppendLast); err != nil {
		return err
	}
	var err error
	if w.control.Read, err = w.read.Totals(); err != nil {
		return err
	}
	w.control.Charged, err = w.wrote.Totals()
	return err
}
