package rate

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/schemas"
)

// A bill of a closed month that is delivered anew takes the place of what earlier runs had of its source and month: what they had of it
// counts for what was charged and not for what is right now.

// bill names what a source bills of a month.
type bill struct {
	source schemas.SourceID
	month  schemas.Period
}

// fate says in what rows of a bill do not count any more: at all, since a later run has others in their place, or now, since the run at
// hand has.
type fate struct{ gone, goes bool }

// fateOf is that of a bill whose rows lie in an earlier run.
func (l *Latecomers) fateOf(e *earlierRun, x bill) (f fate, err error) {
	f, known := e.fates[x]
	if !known {
		if f, err = l.set.fateIn(l.ctx, e.Period, x); err == nil {
			e.fates[x] = f
		}
	}
	return f, err
}

// fateIn is that of a bill whose rows lie in the run of a period.
func (s *Setting) fateIn(ctx context.Context, p schemas.Period, x bill) (f fate, err error) {
	f.goes = p != s.Period && restates(s.Restated, x)
	for _, later := range s.Earlier {
		if later.Period <= p || f.gone {
			continue
		}
		m, err := s.runOf(ctx, later)
		if err != nil {
			return f, err
		}
		f.gone = restates(m.Spec.Restated(), x)
	}
	return f, nil
}

func restates(list []run.Restated, x bill) bool {
	return slices.ContainsFunc(list, func(r run.Restated) bool { return r.Source == x.source && r.Period == x.month })
}

// pass calls with the stretches of rows of an earlier run's usage that are of one source, with what becomes of them.
func (s *taking) pass(run *earlierRun, b *dataset.Batch, from, to int, each func(f fate, from, to int) error) error {
	sources := &b.Columns[schemas.UseSourceId]
	for from < to {
		end := sources.RunEnd(from, to)
		f, err := s.fateOf(run, bill{schemas.SourceID(sources.TextAt(from)), run.Period})
		if err != nil {
			return err
		}
		s.leaves(f, end-from)
		if err := each(f, from, end); err != nil {
			return err
		}
		from = end
	}
	return nil
}

// leaves counts rows that count no more from now on.
func (s *taking) leaves(f fate, rows int) {
	if f.goes && !f.gone {
		s.out.restated -= int64(rows)
	}
}

// feeds are those that rows of the run in place k take, which may have come late for another period, in it.
func (s *taking) feeds(k int, late schemas.Period, f fate) (feeds []*Combos) {
	places := []int{k}
	if n := s.find(late); n >= 0 && n != k {
		places = append(places, n)
	}
	for _, n := range places {
		if n < 0 || f.gone {
			continue
		}
		feeds = append(feeds, s.before[n])
		if !f.goes {
			feeds = append(feeds, s.after[n])
		}
	}
	return feeds
}

// labels calls with the stretches of rows that came late for one period, the empty one for those that did not.
func labels(b *dataset.Batch, from, to int, each func(p schemas.Period, from, to int) error) error {
	late := &b.Columns[schemas.UseLatePeriod]
	for from < to {
		end := late.RunEnd(from, to)
		if err := each(schemas.Period(late.TextAt(from)), from, end); err != nil {
			return err
		}
		from = end
	}
	return nil
}

// bills calls with the stretches of rows of restated bills that are of one month and came late for one period.
func bills(of []run.Restated, b *dataset.Batch, from, to int, each func(x bill, late schemas.Period, from, to int) error) error {
	objects := &b.Columns[schemas.UseObjectKey]
	for from < to {
		end, key, x := objects.RunEnd(from, to), string(objects.TextAt(from)), bill{}
		for _, r := range of {
			if slices.Contains(r.Objects, key) {
				x = bill{r.Source, r.Period}
			}
		}
		if x.month == "" {
			return fmt.Errorf("%w: a row of %s lies with the bills of closed months, and the run has it for none", run.ErrUnbalanced, key)
		}
		err := labels(b, from, end, func(late schemas.Period, from, to int) error { return each(x, late, from, to) })
		if err != nil {
			return err
		}
		from = end
	}
	return nil
}

// feedRestatedIn adds up what an earlier run had anew of bills.
func (s *taking) feedRestatedIn(e *earlierRun) error {
	of := e.Manifest.Spec.Restated()
	if len(of) == 0 {
		return nil
	}
	return e.restated.read(s.id, func(b *dataset.Batch, from, to int) error {
		return bills(of, b, from, to, func(x bill, late schemas.Period, from, to int) error {
			f, err := s.fateOf(e, x)
			if err != nil {
				return err
			}
			s.leaves(f, to-from)
			return feedRows(b, from, to, s.feeds(s.find(x.month), late, f)...)
		})
	})
}

// feedRestated adds up what the run at hand has anew of bills.
func (s *taking) feedRestated() error {
	if len(s.set.Restated) == 0 {
		return nil
	}
	return s.restated.read(s.id, func(b *dataset.Batch, from, to int) error {
		return bills(s.set.Restated, b, from, to, func(x bill, late schemas.Period, from, to int) error {
			s.out.restated += int64(to - from)
			var feeds []*Combos
			for _, c := range s.feeds(s.find(x.month), late, fate{}) {
				if slices.Contains(s.after, c) {
					feeds = append(feeds, c)
				}
			}
			return feedRows(b, from, to, feeds...)
		})
	})
}

// noteRestated says of which bills what was charged is corrected.
func (s *taking) noteRestated() {
	if s.again.Anew == "" {
		return
	}
	info, _ := schemas.CodeLateUsage.Info()
	for _, r := range s.set.Restated {
		if what := s.corrected(r.Period); what != "" {
			s.out.found = append(s.out.found, schemas.Finding{
				Code: info.Code, Severity: info.Severity, Account: s.id, Source: r.Source, Value: string(r.Period),
				Message: fmt.Sprintf("account %s: the bill of %s for %s was delivered anew after that month was closed, and what was charged is corrected by %s", s.id, r.Source, r.Period, what),
			})
		}
	}
}

// Restatements adds to why accounts are rated again those that have rows on bills of closed months that the run has anew, or had some on
// those in whose place these come; of names accounts, nil for all whose rows lie in the files.
func (s *Setting) Restatements(ctx context.Context, files Files, of []schemas.AccountID, found map[schemas.AccountID]*Again) (map[schemas.AccountID]*Again, error) {
	if len(s.Restated) == 0 {
		return found, nil
	}
	replaced, err := s.replacedIn(ctx)
	if err != nil {
		return nil, err
	}
	since := restatedAccounts{since: maps.Clone(replaced), of: s.Restated}
	asked := of
	if of == nil {
		asked = []schemas.AccountID{""} // a shard's files are those of any of its accounts
	}
	for _, id := range asked {
		for _, key := range files(&schemas.Restated)(id) {
			if err := since.read(ctx, s, key, &schemas.Restated); err != nil {
				return nil, err
			}
		}
	}
	out := map[schemas.AccountID]*Again{}
	maps.Copy(out, found)
	for id, p := range since.since {
		if of != nil && !slices.Contains(of, id) {
			continue
		}
		a := Again{}
		if own := found[id]; own != nil {
			a = *own
		}
		a.Anew = p
		out[id] = &a
	}
	return out, nil
}

// replacedIn are the accounts with rows on the bills that earlier runs had, and in whose place others come now, each with the first
// period that they are of; once for all who ask.
func (s *Setting) replacedIn(ctx context.Context) (map[schemas.AccountID]schemas.Period, error) {
	s.mu.Lock()
	found := s.replaced
	s.mu.Unlock()
	if found != nil {
		return found, nil
	}
	all := restatedAccounts{since: map[schemas.AccountID]schemas.Period{}}
	for _, r := range s.Restated {
		x := bill{r.Source, r.Period}
		for _, e := range slices.Backward(s.Earlier) {
			if e.Period < r.Period {
				break
			}
			m, err := s.runOf(ctx, e)
			if err != nil {
				return nil, err
			}
			table := &schemas.Restated
			if e.Period == r.Period {
				table, all.own = &schemas.Usage, &x
			} else if all.of, all.own = m.Spec.Restated(), nil; !restates(all.of, x) {
				continue
			}
			for _, o := range m.Outputs {
				if o.Dataset != table.Name {
					continue
				}
				if err := all.read(ctx, s, o.Key, table); err != nil {
					return nil, err
				}
			}
			break
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.replaced = all.since
	return all.since, nil
}

// restatedAccounts gathers the accounts with rows on bills: those of the objects of restated ones, or of a run's own.
type restatedAccounts struct {
	since map[schemas.AccountID]schemas.Period
	of    []run.Restated
	own   *bill
}

func (a *restatedAccounts) read(ctx context.Context, s *Setting, key string, table *schemas.Table) error {
	columns := []int{schemas.UseAccountId, schemas.UseSourceId, schemas.UseObjectKey, schemas.UseLatePeriod}
	return rows.ScanTable(ctx, s.Store, key, table, columns, func(b *dataset.Batch) error {
		accounts, sources := &b.Columns[schemas.UseAccountId], &b.Columns[schemas.UseSourceId]
		for from := 0; from < b.Rows; {
			to := min(accounts.RunEnd(from, b.Rows), sources.RunEnd(from, b.Rows))
			if id := schemas.AccountID(accounts.TextAt(from)); id != "" {
				if err := a.add(b, id, from, to); err != nil {
					return err
				}
			}
			from = to
		}
		return nil
	})
}

func (a *restatedAccounts) add(b *dataset.Batch, id schemas.AccountID, from, to int) error {
	note := func(x bill, late schemas.Period, _, _ int) error { //nolint:unparam // as bills calls it
		a.since[id] = first(cmp.Or(late, x.month), a.since[id])
		return nil
	}
	if a.own == nil {
		return bills(a.of, b, from, to, note)
	}
	if schemas.SourceID(b.Columns[schemas.UseSourceId].TextAt(from)) != a.own.source {
		return nil
	}
	return labels(b, from, to, func(late schemas.Period, from, to int) error { return note(*a.own, late, from, to) })
}

// Counting hands on the rows of a run's usage that count by now: of no bill in whose place another came.
func (s *Setting) Counting(ctx context.Context, m *run.Manifest, each func(b *dataset.Batch, from, to int) error) func(b *dataset.Batch, from, to int) error {
	return func(b *dataset.Batch, from, to int) error {
		sources := &b.Columns[schemas.UseSourceId]
		for from < to {
			end := sources.RunEnd(from, to)
			f, err := s.fateIn(ctx, m.Spec.Period, bill{schemas.SourceID(sources.TextAt(from)), m.Spec.Period})
			if err == nil && f == (fate{}) {
				err = each(b, from, end)
			}
			if err != nil {
				return err
			}
			from = end
		}
		return nil
	}
}

// RowsAnew reads an account's rows on the bills of closed months that a run had anew, as far as these count by now; of gives who takes
// those of a month.
func (s *Setting) RowsAnew(ctx context.Context, m *run.Manifest, id schemas.AccountID, columns []int, of func(schemas.Period) func(b *dataset.Batch, from, to int) error) error {
	if columns != nil { // else all
		columns = append(slices.Clone(columns), schemas.UseObjectKey)
	}
	for _, key := range m.FilesOf(&schemas.Restated)(id) {
		file, err := rows.OpenAccounts(ctx, s.Store, key, &schemas.Restated, schemas.UseAccountId, columns)
		if err != nil {
			return err
		}
		err = file.Read(id, func(b *dataset.Batch, from, to int) error {
			return bills(m.Spec.Restated(), b, from, to, func(x bill, _ schemas.Period, from, to int) error {
				f, err := s.fateIn(ctx, m.Spec.Period, x)
				if err != nil || f != (fate{}) {
					return err
				}
				return of(x.month)(b, from, to)
			})
		})
		_ = file.Close() // it was only read
		if err != nil {
			return err
		}
	}
	return nil
}

// noteNobodys tells of rows on bills of closed months that are nobody's.
func (w *rater) noteNobodys(ctx context.Context, files Files) error {
	if len(w.set.Restated) == 0 {
		return nil
	}
	var left nobody
	for _, key := range files(&schemas.Restated)("") {
		err := rows.ScanTable(ctx, w.set.Store, key, &schemas.Restated, nil, func(b *dataset.Batch) error {
			accounts := &b.Columns[schemas.UseAccountId]
			for from := 0; from < b.Rows; {
				to := accounts.RunEnd(from, b.Rows)
				if accounts.IsNull(from) {
					if err := left.add(w.set, b, from, to, true); err != nil {
						return err
					}
				}
				from = to
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	left.each(w.set.Book, func(_ *nobodyOf, _ *nobodySum, f schemas.Finding, ours bool) {
		if !ours {
			w.found.Add(f)
		}
	})
	return nil
}
