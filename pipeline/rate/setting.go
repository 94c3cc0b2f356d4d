package rate

import (
	"cmp"
	"context"
	"fmt"
	"sync"

	"daybook/pipeline/normalise"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/rating"
	"daybook/rating/decided"
	"daybook/schemas"
	"daybook/schemas/service"
)

// Setting is all that accounts of a run are rated in, beside their usage: the catalogue compiled for the period, what they
// carried over, their families, and the runs of the periods before. A task makes it of its inputs, and whoever looks at a run
// that was committed makes it of the manifest, so that there is one door to rating an account of a run.
type Setting struct {
	Period schemas.Period
	// AsOf is the day as of which the book is read; the zero day is all there is.
	AsOf  schemas.Date
	Book  run.Book
	Store store.Store
	Plan  *rating.Plan
	// Carried is what an account takes over from the period before.
	Carried func(schemas.AccountID) (rating.Carried, error)
	// Earlier are the runs of the periods before, oldest first.
	Earlier []run.Earlier
	// Restated are the bills of closed months that the run has anew.
	Restated []run.Restated
	// Roots are the accounts at the top of families by the accounts of these, themselves included.
	Roots map[schemas.AccountID]schemas.AccountID

	// roots are those of the run, be any price pooled or not, and families those of Roots.
	roots    map[schemas.AccountID]schemas.AccountID
	families map[schemas.AccountID]family

	// amounts is what its charges come out by, of a run that was committed.
	amounts string

	mu sync.Mutex
	// earlier are the runs of earlier periods that were looked at, plans the catalogue compiled for those, and moves the rows of
	// theirs that have other owners now.
	earlier map[schemas.Period]*run.Manifest
	plans   map[schemas.Period]*rating.Plan
	// credits are the service credits owed, nil before they were looked up.
	credits map[schemas.AccountID][]service.Owed
	moves   map[schemas.Period][]move
	// replaced are the accounts with rows on bills in the place of which others came, nil before they were looked up.
	replaced map[schemas.AccountID]schemas.Period
}

// PlanOf is the catalogue compiled for the period, once for all tasks of this process.
func PlanOf(ctx context.Context, in *run.Inputs) (*rating.Plan, error) {
	return run.Shared(in, "rating plan", func(in *run.Inputs) (*rating.Plan, error) {
		through, err := normalise.ThroughOf(ctx, in)
		if err != nil {
			return nil, err
		}
		return compile(in.Book(), rating.Spec{Period: in.Period(), AsOf: in.AsOf(), Through: through})
	})
}

// compile prepares the book for rating a period.
func compile(b run.Book, s rating.Spec) (*rating.Plan, error) {
	return compileFor(b, b.Customers(), s)
}

// compileFor is compile for some customers.
func compileFor(b run.Book, customers []schemas.Customer, s rating.Spec) (*rating.Plan, error) {
	return rating.Compile(rating.Book{
		Catalogue: b.CatalogueAsOf(s.AsOf), Customers: customers, Decided: decided.Of(b.Challenges(), s.AsOf), Zone: b.Zone(), Rates: b.Rates(), Exchange: b.Provider().Exchange,
	}, s)
}

// SettingOf is that of the accounts of a task's run, made once for all tasks of this process.
func SettingOf(ctx context.Context, in *run.Inputs) (*Setting, error) {
	return run.Shared(in, "setting of rating", func(in *run.Inputs) (*Setting, error) {
		plan, err := PlanOf(ctx, in)
		if err != nil {
			return nil, err
		}
		carried := map[schemas.AccountID]rating.Carried{}
		for _, p := range in.Carried() {
			accounts, err := readCarried(ctx, in.Store(), p)
			if err != nil {
				return nil, fmt.Errorf("read what was carried into the period: %w", err)
			}
			for _, a := range accounts {
				carried[a.Account] = a.Carried
			}
		}
		set := &Setting{
			Period: in.Period(), AsOf: in.AsOf(), Book: in.Book(), Store: in.Store(), Plan: plan, Earlier: in.Earlier(), Restated: in.Restated(),
			Carried: func(id schemas.AccountID) (rating.Carried, error) { return carried[id], nil },
		}
		set.join(in.Roots())
		return set, nil
	})
}

// SettingIn is that of a run that was committed, by the book given.
func SettingIn(ctx context.Context, m *run.Manifest, b run.Book, s store.Store) (*Setting, error) {
	asOf := m.Spec.AsOfDay(b.Zone())
	plan, err := compile(b, rating.Spec{Period: m.Spec.Period, AsOf: asOf, Through: normalise.ThroughIn(m, b.Zone())})
	set := &Setting{
		Period: m.Spec.Period, AsOf: asOf, Book: b, Store: s, Plan: plan, Earlier: m.Spec.Earlier, Restated: m.Spec.Restated(), amounts: AmountsOf(m.Spec.Code),
		Carried: func(id schemas.AccountID) (rating.Carried, error) { return carriedInto(ctx, s, m, id) },
	}
	set.join(m.Spec.Roots())
	return set, err
}

// ran reports whether a period had a run when this one began.
func (s *Setting) ran(p schemas.Period) bool { return run.RanAmong(s.Earlier, p) }

// runOf returns the manifest of an earlier run, read once.
func (s *Setting) runOf(ctx context.Context, e run.Earlier) (*run.Manifest, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.earlier[e.Period]; m != nil {
		return m, nil
	}
	m, err := run.ReadEarlier(ctx, s.Store, e)
	if err != nil {
		return nil, err
	}
	if s.earlier == nil {
		s.earlier = map[schemas.Period]*run.Manifest{}
	}
	s.earlier[e.Period] = m
	return m, nil
}

// planIn is the catalogue compiled for the period of an earlier run: by today's book, as it is known in this run, since what
// was learned late is what earlier periods are rated again for.
func (s *Setting) planIn(m *run.Manifest) *rating.Plan {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := m.Spec.Period
	if s.plans == nil {
		s.plans = map[schemas.Period]*rating.Plan{}
	}
	if s.plans[p] == nil {
		s.plans[p] = s.Plan.In(p, normalise.ThroughIn(m, s.Book.Zone()))
	}
	return s.plans[p]
}

// ledger is whom a run rates: whose accounts are, and the accounts to be rated by shard, in order.
type ledger struct {
	owners map[schemas.AccountID]rows.Owner
	// payers are the accounts on whose invoices charges stand, by account, where that is another.
	payers  map[schemas.AccountID]schemas.AccountID
	byShard [][]schemas.AccountID
}

// ledgerOf is that of a task's run, put together once for all tasks of this process.
func ledgerOf(ctx context.Context, in *run.Inputs) (*ledger, error) {
	return run.Shared(in, "accounts to be rated", func(in *run.Inputs) (*ledger, error) {
		plan, err := PlanOf(ctx, in)
		if err != nil {
			return nil, err
		}
		l := &ledger{owners: map[schemas.AccountID]rows.Owner{}, payers: in.Book().Payers(), byShard: make([][]schemas.AccountID, in.Shards())}
		for account, customer := range in.Book().Accounts() {
			l.owners[account.ID] = rows.Owner{Name: cmp.Or(account.Name, customer.Name), Customer: customer.ID, Segment: account.Segment}
		}
		home := in.Home()
		for _, id := range plan.Accounts() {
			shard := home(id)
			l.byShard[shard] = append(l.byShard[shard], id)
		}
		return l, nil
	})
}

// carriedInto is what an account carried into a run, as its spec has it.
func carriedInto(ctx context.Context, s store.Store, m *run.Manifest, id schemas.AccountID) (rating.Carried, error) {
	for _, p := range m.Spec.Carried {
		accounts, err := readCarried(ctx, s, p)
		if err != nil {
			return rating.Carried{}, fmt.Errorf("read what was carried into the period: %w", err)
		}
		for i := range accounts {
			if accounts[i].Account == id {
				return accounts[i].Carried, nil
			}
		}
	}
	return rating.Carried{}, nil
}
