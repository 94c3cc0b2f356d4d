package rate

import (
	"context"
	"maps"
	"slices"

	"daybook/pipeline/run"
	"daybook/rating"
	"daybook/schemas"
)

// Retaken is an account for which earlier periods were rated again, and which is charged or given back the difference.
type Retaken struct {
	Account schemas.AccountID `json:"account"`
	// From is the first of these periods. Late says that usage of any came late.
	From schemas.Period `json:"from"`
	Late bool           `json:"late,omitempty"`
}

// RetakenIn are the accounts of which the tasks of rating say so, in order.
func RetakenIn(rated []*run.Result) (out []Retaken, err error) {
	for _, res := range rated {
		if len(res.Partial) == 0 {
			continue
		}
		left, err := run.Left[[]Retaken](res)
		if err != nil {
			return nil, err
		}
		out = append(out, *left...)
	}
	return out, nil
}

// retake notes that the account at hand has corrections.
func (w *rater) retake(id schemas.AccountID) {
	if done := &w.late.done; len(done.Corrections) > 0 {
		w.retaken = append(w.retaken, Retaken{id, done.Again[0].Run.Period, done.Why.Late})
	}
}

// leaveRetaken leaves the accounts with corrections for the step that says why.
func (w *rater) leaveRetaken(_ context.Context, res *run.Result) error {
	if len(w.retaken) == 0 {
		return nil
	}
	return res.Leave(w.retaken)
}

// Basis is the run by whose book and usage what was charged so far for earlier periods comes about: the latest of those that this one
// is held against and that was held against the very runs that there are. It is nil where there are none.
func (s *Setting) Basis(ctx context.Context) (*run.Manifest, error) {
	for _, e := range slices.Backward(s.Earlier) {
		m, err := s.runOf(ctx, e)
		if err != nil {
			return nil, err
		}
		if s.stands(m, s.Earlier[0].Period) {
			return m, nil
		}
	}
	return nil, nil
}

// Recast rates accounts again as they would be by another book.
type Recast struct {
	comers *Latecomers
	tally  *rating.Tally
	who    map[schemas.AccountID]*Again
	late   map[schemas.AccountID]bool
	kin    Kinship
}

// Recast prepares that for accounts that were retaken, in order, by a book that is compiled for them alone; files has
// that of the run.
func (s *Setting) Recast(ctx context.Context, b run.Book, who []Retaken, files Files) (*Recast, error) {
	ids, members := make([]schemas.AccountID, len(who)), s.relatives(who)
	for i := range who {
		ids[i] = who[i].Account
	}
	set, err := s.by(b, members)
	if err != nil {
		return nil, err
	}
	claims, err := set.claims(ctx, ids)
	if err != nil {
		return nil, err
	}
	r := &Recast{comers: NewLatecomers(ctx, set, files), tally: set.Plan.NewTally(), who: map[schemas.AccountID]*Again{}, late: map[schemas.AccountID]bool{}}
	for _, x := range who {
		r.who[x.Account], r.late[x.Account] = &Again{From: x.From, claims: claims[x.Account]}, x.Late
	}
	if kin := set.kinIn(members); len(kin) > 0 {
		r.kin, err = GatherFamilies(ctx, set, kin, files, r.who)
	}
	return r, err
}

// Take rates the earlier periods of an account again. Accounts must come in order.
func (r *Recast) Take(id schemas.AccountID) (*Taken, error) {
	return r.comers.Take(id, r.tally, r.kin.Again(id, r.who[id], r.late[id]))
}

// Close closes the files that were read.
func (r *Recast) Close() { r.comers.Close() }

// relatives are accounts and those of their families, in order.
func (s *Setting) relatives(who []Retaken) []schemas.AccountID {
	out, roots := map[schemas.AccountID]bool{}, map[schemas.AccountID]bool{}
	for _, x := range who {
		out[x.Account] = true
		if root, ok := s.roots[x.Account]; ok {
			roots[root] = true
		}
	}
	for id, root := range s.roots {
		if roots[root] {
			out[id] = true
		}
	}
	return slices.Sorted(maps.Keys(out))
}

// by is s with another book, of which only some accounts are compiled.
func (s *Setting) by(b run.Book, accounts []schemas.AccountID) (*Setting, error) {
	var some []schemas.Customer
	customers := b.Customers()
	for i := range customers {
		if slices.ContainsFunc(customers[i].Accounts, func(a schemas.Account) bool {
			_, is := slices.BinarySearch(accounts, a.ID)
			return is
		}) {
			some = append(some, customers[i])
		}
	}
	plan, err := compileFor(b, some, rating.Spec{Period: s.Period, AsOf: s.AsOf})
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := &Setting{Period: s.Period, AsOf: s.AsOf, Book: b, Store: s.Store, Plan: plan, Earlier: s.Earlier, Restated: s.Restated, Carried: s.Carried, earlier: maps.Clone(s.earlier)}
	out.join(s.roots)
	return out, nil
}

// claims are the rows in earlier runs that accounts claim by what the book says, or give away.
func (s *Setting) claims(ctx context.Context, ids []schemas.AccountID) (map[schemas.AccountID][]claim, error) {
	l := s.newLookBack(ids)
	for _, e := range s.Earlier {
		m, err := s.runOf(ctx, e)
		if err == nil {
			err = l.claimsIn(ctx, m)
		}
		if err != nil {
			return nil, err
		}
	}
	return l.claims, nil
}
