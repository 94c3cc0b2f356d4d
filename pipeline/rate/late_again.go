package rate

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/rating"
	"daybook/rating/correct"
	"daybook/schemas"
)

// rate rates the periods again, without and with what came late now, and turns the difference to what was charged into
// corrections.
func (s *taking) rate() error {
	var before, after rating.Carried
	taken := s.again.From != "" || s.again.Anew != "" || s.again.kin != nil && s.again.kin.taken
	for k, run := range s.runs {
		if k == 0 || s.runs[k-1].Period.Next() != run.Period {
			carried, err := run.carriedInto(s.ctx, s.set.Store, s.id)
			if err != nil {
				return err
			}
			before, after = carried, carried
		}
		without, err := s.rateOne(run, s.before[k], run.before, before, false)
		if err != nil {
			return err
		}
		with, err := s.rateOne(run, s.after[k], run.After, after, true)
		if err != nil {
			return err
		}
		before, after = without.Carried, with.Carried
		taken = taken || run.After.RatedAgain() > run.before.RatedAgain()
		suspended, err := suspendedSince(without.Findings, with.Findings)
		if err != nil {
			return err
		}
		s.out.found = append(s.out.found, suspended...)
		s.out.whole += with.Whole - without.Whole
		s.out.partly += with.Partly - without.Partly
		s.out.voidBefore += s.after[k].Voided() - s.before[k].Voided()
		s.out.found = append(s.out.found, noteDecided(s.id, run.Period, &s.after[k].decision)...)
		s.out.Again = append(s.out.Again, ratedPeriod{run, s.issued[run.Period], asKept(with.Charges), asKept(without.Charges)})
	}
	if !taken { // what came late is of no meter that rates again
		s.out.Again = nil
		return nil
	}
	for i := range s.out.Again {
		p := &s.out.Again[i]
		if !s.again.Changes(p.Run.Period) && len(correct.Difference(p.Run.Period, s.set.Period, p.Issued, p.Without)) > 0 {
			s.out.found = append(s.out.found, s.differs(p.Run))
		}
		s.out.Corrections = append(s.out.Corrections, correct.Difference(p.Run.Period, s.set.Period, p.Issued, p.Charges)...)
	}
	if n := len(s.runs); n > 0 && s.runs[n-1].Period.Next() == s.set.Period {
		s.out.Carried = &after
	}
	return nil
}

// rateOne rates a period again, with what came late now or without.
func (s *taking) rateOne(run *earlierRun, feed *Combos, tally *rating.Tally, carried rating.Carried, late bool) (rating.Output, error) {
	left := feed.Flush()
	if k := s.again.kin; k != nil {
		of := k.before
		if late {
			of = k.after
		}
		tally.Join(of[run.Period])
	}
	carried.Credits = s.credits[run.Period]
	out, err := run.Plan.Rate(tally, carried)
	for i := range left {
		left[i].Account = s.id
	}
	out.Findings = append(out.Findings, left...)
	return out, err
}

// differs says that what a run charged is not what its usage is rated as now.
func (s *taking) differs(run *earlierRun) schemas.Finding {
	info, _ := schemas.CodeRerateDiffers.Info()
	return schemas.Finding{
		Code: info.Code, Severity: info.Severity, Account: s.id, Value: string(run.Period),
		Message: fmt.Sprintf("account %s, %s: by the same facts its usage comes to other charges than its run made, what came late left aside; %s", s.id, run.Period, info.Fix),
	}
}

// suspendedSince are findings of rows that rating with what came late has beyond those that it has without. The error is a
// sum that overflows.
func suspendedSince(before, after []schemas.Finding) ([]schemas.Finding, error) {
	var out []schemas.Finding
	add := func(f schemas.Finding) error {
		same := func(x schemas.Finding) bool {
			return x.Code == f.Code && x.Source == f.Source && x.Column == f.Column && x.Value == f.Value && x.Unit == f.Unit &&
				x.Currency == f.Currency
		}
		i := slices.IndexFunc(out, same)
		if i < 0 {
			out = append(out, f)
			return nil
		}
		x := &out[i]
		var fault [2]error
		x.Rows += f.Rows
		x.Quantity, fault[0] = x.Quantity.Add(f.Quantity)
		x.Cost, fault[1] = x.Cost.Add(f.Cost)
		return errors.Join(fault[:]...)
	}
	for _, f := range after {
		if err := add(f); err != nil {
			return nil, err
		}
	}
	for _, f := range before {
		f.Rows, f.Quantity, f.Cost = -f.Rows, f.Quantity.Neg(), f.Cost.Neg()
		if err := add(f); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(out, func(f schemas.Finding) bool { return f.Rows == 0 && f.Quantity.IsZero() && f.Cost.IsZero() }), nil
}

// lateFiles reads accounts out of the files of a run, each account out of those of its shard.
type lateFiles struct {
	ctx     context.Context
	from    store.Store
	table   *schemas.Table
	account int
	columns []int
	keys    func(schemas.AccountID) []string
	open    map[string]*rows.AccountReader
}

// mostLateFiles bounds how many files of a run are open at once, where its accounts lie in other shards.
const mostLateFiles = 8

func newLateFiles(ctx context.Context, from store.Store, table *schemas.Table, account int, columns []int, keys func(schemas.AccountID) []string) *lateFiles {
	return &lateFiles{ctx: ctx, from: from, table: table, account: account, columns: columns, keys: keys, open: map[string]*rows.AccountReader{}}
}

func (f *lateFiles) read(id schemas.AccountID, each func(b *dataset.Batch, from, to int) error) error {
	for _, key := range f.keys(id) {
		a := f.open[key]
		if a == nil {
			if len(f.open) >= mostLateFiles {
				f.close()
			}
			var err error
			if a, err = rows.OpenAccounts(f.ctx, f.from, key, f.table, f.account, f.columns); err != nil {
				return err
			}
			f.open[key] = a
		}
		if err := a.Read(id, each); err != nil {
			return err
		}
	}
	return nil
}

func (f *lateFiles) close() {
	for _, a := range f.open {
		_ = a.Close() // it was only read
	}
	clear(f.open)
}

// runOf returns an earlier run, opened once.
func (l *Latecomers) runOf(e run.Earlier) (*earlierRun, error) {
	if i := slices.IndexFunc(l.chain, func(x *earlierRun) bool { return x.Earlier == e }); i >= 0 {
		return l.chain[i], nil
	}
	m, err := l.set.runOf(l.ctx, e)
	if err != nil {
		return nil, err
	}
	plan := l.set.planIn(m)
	x := &earlierRun{Earlier: e, Manifest: m, Plan: plan, before: plan.NewTally(), After: plan.NewTally(), fates: map[bill]fate{}}
	columns := LateColumns(l.set.Book, plan)
	moves, err := l.set.movesIn(l.ctx, m)
	if err != nil {
		return nil, err
	}
	if len(moves) > 0 {
		columns = append(columns, OriginColumns(l.set.Book)...)
	}
	for i := range x.usage {
		x.usage[i] = newLateFiles(l.ctx, l.set.Store, &schemas.Usage, schemas.UseAccountId, columns, m.FilesOf(&schemas.Usage))
	}
	x.restated = newLateFiles(l.ctx, l.set.Store, &schemas.Restated, schemas.UseAccountId, append(LateColumns(l.set.Book, plan), schemas.UseObjectKey), m.FilesOf(&schemas.Restated))
	x.charges = newLateFiles(l.ctx, l.set.Store, &schemas.Charges, schemas.ChargeBillingAccountId, rows.BriefCharge, m.FilesOf(&schemas.Charges))
	l.chain = append(l.chain, x)
	return x, nil
}

// Claimed calls with the rows of the run that were nobody's or another's, and are an account's by what the book says now.
func (e *earlierRun) Claimed(ctx context.Context, set *Setting, id schemas.AccountID, why *Again, columns []int, each func(b *dataset.Batch, from, to int) error) error {
	if len(why.claims) == 0 {
		return nil
	}
	return set.claimed(ctx, e.Manifest, id, why.claims, columns, each)
}

// carriedInto is what an account carried into an earlier run's period.
func (e *earlierRun) carriedInto(ctx context.Context, s store.Store, id schemas.AccountID) (rating.Carried, error) {
	if e.carried == nil {
		e.carried = map[schemas.AccountID]rating.Carried{}
		for _, p := range e.Manifest.Spec.Carried {
			accounts, err := readCarried(ctx, s, p)
			if err != nil {
				return rating.Carried{}, fmt.Errorf("read what was carried into %s: %w", e.Period, err)
			}
			for _, a := range accounts {
				e.carried[a.Account] = a.Carried
			}
		}
	}
	return e.carried[id], nil
}

// rateLate is what a rater does about rows that came late.
type rateLate struct {
	any    bool
	comers *Latecomers
	// learned is what the book has learned of earlier periods, by account.
	learned map[schemas.AccountID]*Again
	// rows of the account at hand came late; done is what became of those of the account that was closed last.
	rows int64
	done Taken
}

// takeOnTime adds the rows of the account at hand that did not come late, and leaves the others to takeLate.
func (w *rater) takeOnTime(from, to int) error {
	n, err := LeaveLate(w.combos.batch, from, to, w.combos.Add)
	w.late.rows, w.fed = w.late.rows+n, w.fed+int64(to-from)-n
	return err
}

// takeLate takes what came late for the account that is being closed, and returns what it carries into the period.
func (w *rater) takeLate(id schemas.AccountID) (rating.Carried, error) {
	rows := w.late.rows
	w.late.rows, w.late.done = 0, Taken{}
	again := w.kin.Again(id, w.late.learned[id], rows > 0)
	if !again.Any() {
		return w.set.Carried(id)
	}
	done, err := w.late.comers.Take(id, w.tally, again)
	if err != nil {
		return rating.Carried{}, err
	}
	if done.fed+done.repeated != rows {
		return rating.Carried{}, fmt.Errorf("account %s: %w: %d came late, %d were taken", id, run.ErrLostRows, rows, done.fed+done.repeated)
	}
	w.late.done = *done
	w.fed += done.fed
	w.control.RepeatedRows += done.repeated
	w.control.RestatedRows += done.restated
	if done.Carried != nil {
		return *done.Carried, nil
	}
	return w.set.Carried(id)
}

// FilesOf are the files of a shard, whatever the account.
func FilesOf(normalised []*run.Result) Files {
	return func(table *schemas.Table) func(schemas.AccountID) []string {
		var keys []string
		for _, n := range normalised {
			for _, o := range n.Outputs {
				if o.Dataset == table.Name {
					keys = append(keys, o.Key)
				}
			}
		}
		return func(schemas.AccountID) []string { return keys }
	}
}
