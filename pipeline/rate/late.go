package rate

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"

	"daybook/pipeline/dataset"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/rating"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Latecomers take what came late for the accounts of a shard, be it usage or what the book says. Of usage, rows that an
// earlier run had already are set aside, and those that the period in which they came takes are added to it. The periods of
// the others, and those of which the book has learned something, are rated again, from the first of them to the one before
// this run's, so that what one carries into the next is right, too. What that changes in what was charged becomes
// corrections. Accounts must come in ascending order; only their rows are read.
type Latecomers struct {
	ctx context.Context
	set *Setting
	// own reads this run's usage twice, ahead of and behind the runs before it, and restated what bills of closed months are made of now.
	own      [2]*lateFiles
	restated *lateFiles
	// chain are the runs of earlier periods, oldest first.
	chain []*earlierRun
}

// earlierRun is a run of an earlier period as far as it is rated again.
type earlierRun struct {
	run.Earlier
	Manifest *run.Manifest
	Plan     *rating.Plan
	// usage is read twice, charges once.
	usage    [2]*lateFiles
	restated *lateFiles
	charges  *lateFiles
	// fates are those of bills whose rows lie in it.
	fates map[bill]fate
	// before and after are without and with what came late now.
	before, After *rating.Tally
	carried       map[schemas.AccountID]rating.Carried
}

// Taken is what became of an account's late rows.
type Taken struct {
	// Corrections change what earlier runs charged.
	Corrections []schemas.Charge
	// Carried is what the account carries into the period, where rating earlier ones again says so anew.
	Carried *rating.Carried
	// Unmetered are rows that the period at hand would take and cannot add up.
	unmetered []schemas.Finding
	// Found are rows that cannot be rated in their own period, and what else is to be said.
	found []schemas.Finding
	// Fed rows were added to the tally of the period at hand; those that earlier runs had are repeated, and named in repeats.
	fed, repeated int64
	Repeats       map[RecordName]bool
	// void are those of fed that are void by a decision about the period at hand, and voidBefore those that are by one about their own.
	void, voidBefore int64
	// Of those that their own period was rated again with, whole is how many were rated by all of their meters, and partly by some
	// only.
	whole, partly int64
	// restated is how many rows bills that were delivered anew have more than those in whose place they came.
	restated int64
	// Again are the periods that were rated again, if any, and why: their tallies are valid until the next account.
	Again []ratedPeriod
	Why   Again
}

// ratedPeriod is an earlier period of an account, rated with what came late, and what was charged for it before. Without is what
// it is rated as without the usage that came late now.
type ratedPeriod struct {
	Run             *earlierRun
	Issued, Charges []schemas.Charge
	Without         []schemas.Charge
}

// RecordName digests what names a record within an account: its source and its identifier.
type RecordName [16]byte

// NameOf is the name of the record in row i, if it has one.
func NameOf(b *dataset.Batch, i int) (name RecordName, named bool) {
	v := &b.Columns[schemas.UseRecordId]
	if v.IsNull(i) {
		return name, false
	}
	h := sha256.New()
	h.Write(b.Columns[schemas.UseSourceId].TextAt(i))
	h.Write([]byte{0})
	h.Write(v.TextAt(i))
	copy(name[:], h.Sum(nil))
	return name, true
}

// Files are those of a run's datasets in which an account lies.
type Files = func(*schemas.Table) func(schemas.AccountID) []string

// NewLatecomers prepares to take accounts of a run, of which files has the usage.
func NewLatecomers(ctx context.Context, set *Setting, files Files) *Latecomers {
	l, columns := &Latecomers{ctx: ctx, set: set}, LateColumns(set.Book, set.Plan)
	for i := range l.own {
		l.own[i] = newLateFiles(ctx, set.Store, &schemas.Usage, schemas.UseAccountId, columns, files(&schemas.Usage))
	}
	l.restated = newLateFiles(ctx, set.Store, &schemas.Restated, schemas.UseAccountId, append(columns, schemas.UseObjectKey), files(&schemas.Restated))
	return l
}

// LateColumns are those by which usage is rated and repeated records are known.
func LateColumns(b run.Book, plan *rating.Plan) []int {
	return append(RatingColumns(b, plan), schemas.UseSourceId, schemas.UseRecordId, schemas.UseLatePeriod)
}

// Close closes the files of runs that were read.
func (l *Latecomers) Close() {
	for _, f := range l.own {
		f.close()
	}
	l.restated.close()
	for _, e := range l.chain {
		e.charges.close()
		e.restated.close()
		for _, f := range e.usage {
			f.close()
		}
	}
}

// Take takes what came late for an account, whose other rows of the period have been added to the tally; again says why
// earlier periods are rated again.
func (l *Latecomers) Take(id schemas.AccountID, tally *rating.Tally, again Again) (*Taken, error) {
	s := l.of(id, tally, again)
	for _, step := range []func() error{s.feedAll, s.rate, s.note} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("account %s: take what came late: %w", id, err)
		}
	}
	return s.out, nil
}

// of begins to take an account.
func (l *Latecomers) of(id schemas.AccountID, tally *rating.Tally, again Again) *taking {
	return &taking{
		Latecomers: l, id: id, tally: tally, again: again, names: map[RecordName]bool{}, came: map[schemas.Period]int64{},
		left: map[schemas.Period]*nobody{}, out: &Taken{Repeats: map[RecordName]bool{}, Why: again},
	}
}

// taking is one account whose latecomers are taken.
type taking struct {
	*Latecomers
	id    schemas.AccountID
	tally *rating.Tally
	again Again
	out   *Taken
	// names are the late records from the first period on, and whether a row of theirs has been met.
	names map[RecordName]bool
	first schemas.Period
	runs  []*earlierRun // from first on
	// came counts the account's own late rows by period.
	came map[schemas.Period]int64
	// left are rows that were the account's and are nobody's now, by period.
	left map[schemas.Period]*nobody
	// issued is what was charged so far, by the period that it is for.
	issued map[schemas.Period][]schemas.Charge
	// credits are the service credits that earlier runs gave, by the period of the run: rating it again gives the same.
	credits map[schemas.Period][]rating.ServiceCredit
	// feeds add rows up: of the period at hand, and of each run without and with what came late now.
	feed          *Combos
	before, after []*Combos
}

// feedAll adds up all usage that the account's periods are rated by.
func (s *taking) feedAll() error {
	for _, step := range []func() error{s.begin, s.lookBetween, s.feedChain, s.feedOwn, s.feedRestated} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// begin finds the first period that is rated again, and what was charged from then on.
func (s *taking) begin() error {
	s.first = first(s.again.From, s.again.Anew)
	if s.again.kin != nil {
		s.first = first(s.first, s.again.kin.from)
	}
	if s.again.Late {
		if err := s.look(); err != nil {
			return err
		}
	}
	return s.issuedBefore()
}

// look reads the account's own late rows: their names, and the first period that they are of.
func (s *taking) look() error {
	return s.own[0].read(s.id, func(b *dataset.Batch, from, to int) error {
		late := &b.Columns[schemas.UseLatePeriod]
		for i := from; i < to; i++ {
			if late.IsNull(i) {
				continue
			}
			p := schemas.Period(late.TextAt(i))
			if s.first == "" || p < s.first {
				s.first = p
			}
			s.came[p]++
			s.out.repeated++ // until it is fed
			if name, ok := NameOf(b, i); ok {
				s.names[name] = false
			}
		}
		return nil
	})
}

// issuedBefore reads what was charged for the periods in question, the latest run first. Where one of these corrected an
// earlier period still, rating again begins there.
func (s *taking) issuedBefore() error {
	s.issued, s.credits = map[schemas.Period][]schemas.Charge{}, map[schemas.Period][]rating.ServiceCredit{}
	if s.first == "" {
		return nil // rows that are late for nothing that can be rated again
	}
	for _, e := range slices.Backward(s.set.Earlier) {
		if e.Period < s.first {
			break
		}
		run, err := s.runOf(e)
		if err != nil {
			return err
		}
		s.runs = append(s.runs, run)
		err = run.charges.read(s.id, func(b *dataset.Batch, from, to int) error {
			for i := from; i < to; i++ {
				c, err := rows.ChargeAt(b, i)
				if err != nil {
					return err
				}
				p := e.Period
				switch {
				case c.Model == schemas.ServiceCredit:
					s.credits[p] = append(s.credits[p], creditAsGiven(c))
				case c.Corrects != "":
					p = c.Corrects
				}
				if !s.set.ran(p) {
					continue // what was booked for a period that is too far back to be rated again stays as it is
				}
				s.first = min(s.first, p)
				s.issued[p] = append(s.issued[p], *c)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	slices.Reverse(s.runs)
	return nil
}

// lookBetween reads the names of what came late in earlier runs.
func (s *taking) lookBetween() error {
	for _, run := range s.runs {
		if run.Manifest.Control.LateRows == 0 {
			continue
		}
		named := func(b *dataset.Batch, from, to int) error {
			late := &b.Columns[schemas.UseLatePeriod]
			for i := from; i < to; i++ {
				if name, ok := NameOf(b, i); ok && !late.IsNull(i) {
					s.names[name] = false
				}
			}
			return nil
		}
		if err := s.readKept(run, 0, named, nil); err != nil {
			return err
		}
		if err := run.Claimed(s.ctx, s.set, s.id, &s.again, LateColumns(s.set.Book, run.Plan), named); err != nil {
			return err
		}
	}
	return nil
}

// repeats reports whether a row is a late one that an earlier row was the same record as, and notes it if it is not.
func (s *taking) repeats(b *dataset.Batch, i int) bool {
	name, ok := NameOf(b, i)
	if !ok {
		return false
	}
	met, wanted := s.names[name]
	if !wanted {
		return false
	}
	s.names[name] = true
	return met && !b.Columns[schemas.UseLatePeriod].IsNull(i)
}

// feedChain adds up what earlier runs had, oldest first.
func (s *taking) feedChain() error {
	s.before, s.after = make([]*Combos, len(s.runs)), make([]*Combos, len(s.runs))
	for k, run := range s.runs {
		s.before[k], s.after[k] = newFeed(run.before, run.Plan), newFeed(run.After, run.Plan)
		s.before[k].BeginAccount(s.id)
		s.after[k].BeginAccount(s.id)
	}
	for k, run := range s.runs {
		feed := func(b *dataset.Batch, from, to int) error {
			return s.pass(run, b, from, to, func(f fate, from, to int) error {
				each := s.each
				if f != (fate{}) { // its records have come again, in another's place
					each = labels
				}
				return each(b, from, to, func(p schemas.Period, from, to int) error { return feedRows(b, from, to, s.feeds(k, p, f)...) })
			})
		}
		gone := func(b *dataset.Batch, from, to int) error { return s.leave(run.Period, b, from, to) }
		if err := s.readKept(run, 1, feed, gone); err != nil {
			return err
		}
		if err := run.Claimed(s.ctx, s.set, s.id, &s.again, LateColumns(s.set.Book, run.Plan), feed); err != nil {
			return err
		}
		if err := s.feedRestatedIn(run); err != nil {
			return err
		}
	}
	return nil
}

// feedOwn adds the account's own late rows to the period at hand and to their own.
func (s *taking) feedOwn() error {
	if !s.again.Late {
		return nil
	}
	s.feed = newFeed(s.tally, s.set.Plan)
	s.feed.account++
	s.feed.decide(s.id)
	err := s.own[1].read(s.id, func(b *dataset.Batch, from, to int) error {
		return s.each(b, from, to, func(p schemas.Period, from, to int) error {
			if p == "" {
				return nil
			}
			s.out.fed, s.out.repeated = s.out.fed+int64(to-from), s.out.repeated-int64(to-from)
			feeds := []*Combos{s.feed}
			if n := s.find(p); n >= 0 {
				feeds = append(feeds, s.after[n])
			}
			return feedRows(b, from, to, feeds...)
		})
	})
	s.out.unmetered, s.out.void = s.feed.Flush(), s.feed.Voided()
	return err
}

// each calls with the stretches of rows that are of one period, the empty one for use of the run's own, leaving out those
// that repeat an earlier row.
func (s *taking) each(b *dataset.Batch, from, to int, feed func(p schemas.Period, from, to int) error) error {
	late := &b.Columns[schemas.UseLatePeriod]
	for from < to {
		if s.repeats(b, from) {
			if name, ok := NameOf(b, from); ok {
				s.out.Repeats[name] = true
			}
			from++
			continue
		}
		end := from + 1
		for end < to && late.IsNull(end) == late.IsNull(from) && string(late.TextAt(end)) == string(late.TextAt(from)) && !s.repeats(b, end) {
			end++
		}
		if err := feed(schemas.Period(late.TextAt(from)), from, end); err != nil {
			return err
		}
		from = end
	}
	return nil
}

// find returns the place of a period's run, or -1.
func (s *taking) find(p schemas.Period) int {
	return slices.IndexFunc(s.runs, func(e *earlierRun) bool { return e.Period == p })
}

func newFeed(t *rating.Tally, p *rating.Plan) *Combos {
	c := new(Combos)
	c.Init(t, p)
	return c
}

func feedRows(b *dataset.Batch, from, to int, feeds ...*Combos) error {
	for _, c := range feeds {
		c.Begin(b)
		if err := c.Add(from, to); err != nil {
			return err
		}
	}
	return nil
}

// asKept rounds the figures of charges as the dataset holds them, so that they differ from what was issued only where it
// matters.
func asKept(charges []schemas.Charge) []schemas.Charge {
	keep := func(d *money.Decimal) { *d = money.RoundTo(*d, money.Scale, money.HalfEven) }
	out := slices.Clone(charges)
	for i := range out {
		c := &out[i]
		keep(&c.Priced)
		keep(&c.List)
		keep(&c.PeerCost)
		if keep(&c.Consumed); c.Category != schemas.CategoryUsage {
			c.Consumed = money.Zero
		}
	}
	return out
}

// note says what came late: of usage, of which period and how much of it, and what the book has learned of which periods,
// with what that comes to.
func (s *taking) note() error {
	info, _ := schemas.CodeLateUsage.Info()
	for _, p := range slices.Sorted(maps.Keys(s.came)) {
		if s.find(p) < 0 {
			return fmt.Errorf("usage is late for %s, which was never run", p)
		}
		s.out.found = append(s.out.found, schemas.Finding{
			Code: info.Code, Severity: info.Severity, Account: s.id, Value: string(p),
			Message: fmt.Sprintf("account %s: %d %s of %s came after that month had been run", s.id, s.came[p], schemas.OneOrMany(s.came[p], "row", "rows"), p),
		})
	}
	s.noteRestated()
	info, _ = schemas.CodeLateFacts.Info()
	for _, p := range s.again.Facts {
		what := s.corrected(p)
		if what == "" {
			continue
		}
		s.out.found = append(s.out.found, schemas.Finding{
			Code: info.Code, Severity: info.Severity, Account: s.id, Value: string(p),
			Message: fmt.Sprintf("account %s: the book says of %s what it did not when that month was run, and what was charged is corrected by %s", s.id, p, what),
		})
	}
	for _, p := range slices.Sorted(maps.Keys(s.left)) {
		s.left[p].each(s.set.Book, func(_ *nobodyOf, _ *nobodySum, f schemas.Finding, ours bool) {
			if ours {
				return
			}
			f.Account = s.id
			f.Message = fmt.Sprintf("account %s was charged for it in %s, and is not by what the book says now: %s", s.id, p, f.Message)
			s.out.found = append(s.out.found, f)
		})
	}
	return nil
}

// corrected is what the corrections of a period come to, with tax, and which rows of it are not rated by what the book says
// now; empty where there is neither.
func (s *taking) corrected(p schemas.Period) string {
	sums := map[money.Currency]money.Decimal{}
	for i := range s.out.Corrections {
		if c := &s.out.Corrections[i]; c.Corrects == p {
			sums[c.Currency] = sums[c.Currency].Add(c.Amount)
		}
	}
	var parts []string
	for _, c := range slices.Sorted(maps.Keys(sums)) {
		parts = append(parts, sums[c].String()+" "+string(c))
	}
	return strings.Join(parts, " and ")
}

// LeaveLate is each for the rows that did not come late, and returns how many it left out.
func LeaveLate(b *dataset.Batch, from, to int, each func(from, to int) error) (left int64, err error) {
	late := &b.Columns[schemas.UseLatePeriod]
	for from < to {
		end, is := from+1, !late.IsNull(from)
		for end < to && late.IsNull(end) != is {
			end++
		}
		if is {
			left += int64(end - from)
		} else if err := each(from, end); err != nil {
			return left, err
		}
		from = end
	}
	return left, nil
}
