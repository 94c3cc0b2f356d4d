package rate

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/pipeline/run"
	"daybook/rating"
	"daybook/schemas"
)

// family is an account and those below it, whose usage is priced as one.
type family struct {
	members []schemas.AccountID // in order
	digest  rating.Digest       // of their names
}

// join makes the families of a setting of the accounts at their top: none where no price is pooled, for families lie together
// for the sake of their invoices, too.
func (s *Setting) join(roots map[schemas.AccountID]schemas.AccountID) {
	if s.roots = roots; !pools(s.Book) {
		return
	}
	s.Roots, s.families = roots, map[schemas.AccountID]family{}
	for _, id := range slices.Sorted(maps.Keys(roots)) {
		f := s.families[roots[id]]
		f.members = append(f.members, id)
		s.families[roots[id]] = f
	}
	for root, f := range s.families {
		h := sha256.New()
		for _, id := range f.members {
			h.Write(append([]byte(id), 0))
		}
		copy(f.digest[:], h.Sum(nil))
		s.families[root] = f
	}
}

// pools reports whether a price of the catalogue is pooled.
func pools(b run.Book) bool {
	return slices.ContainsFunc(b.Catalogue().Offerings, func(o schemas.Offering) bool {
		return slices.ContainsFunc(o.Prices, func(p schemas.Price) bool { return p.Pooled })
	})
}

// kinIn are the accounts of a list that have a family.
func (s *Setting) kinIn(accounts []schemas.AccountID) (out []schemas.AccountID) {
	for _, id := range accounts {
		if _, ok := s.Roots[id]; ok {
			out = append(out, id)
		}
	}
	return out
}

// KinOf are the accounts of an account's family, in order; none for an account alone.
func (s *Setting) KinOf(id schemas.AccountID) []schemas.AccountID {
	return s.families[s.Roots[id]].members
}

// Kinship is what families have used of what is priced as one, by account.
type Kinship map[schemas.AccountID]*kin

// kin is what one family has used.
type kin struct {
	now *rating.Family
	// again says that the family is rated again, from a period on: what one account of it used, or has, changes what the
	// others pay. Before and after are what it used then, without and with what came late now.
	again         bool
	from          schemas.Period
	before, after map[schemas.Period]*rating.Family
	// learned is the first period of which the book has learned something of any of its accounts; taken says that usage came
	// late of a meter that rates again.
	learned schemas.Period
	taken   bool
}

// Of is what the family of an account has used in the period at hand; nil for an account alone.
func (k Kinship) Of(id schemas.AccountID) *rating.Family {
	if k[id] == nil {
		return nil
	}
	return k[id].now
}

// Again is why an account is rated again, be it for the sake of its family.
func (k Kinship) Again(id schemas.AccountID, own *Again, late bool) Again {
	a := Again{Late: late}
	if own != nil {
		a = *own
		a.Late = late
	}
	if x := k[id]; x != nil && x.again {
		a.kin, a.From = x, first(a.From, x.learned)
	}
	return a
}

// first is the earlier of two periods, either of which may be none.
func first(a, b schemas.Period) schemas.Period {
	if a == "" || b != "" && b < a {
		return b
	}
	return a
}

// GatherFamilies reads the usage of accounts that have a family, in order, and adds up for each family what is priced as
// one, in the period at hand and in those that are rated again. Memory holds one account's sums, and of the others only
// quantities under pooled prices.
func GatherFamilies(ctx context.Context, set *Setting, members []schemas.AccountID, files Files, learned map[schemas.AccountID]*Again) (Kinship, error) {
	g := gathering{ctx: ctx, set: set, members: members, files: files, learned: learned, late: map[schemas.AccountID]bool{}, out: Kinship{}}
	byRoot := map[schemas.AccountID]*kin{}
	for _, id := range members {
		root := set.Roots[id]
		if byRoot[root] == nil {
			byRoot[root] = &kin{now: rating.NewFamily(), before: map[schemas.Period]*rating.Family{}, after: map[schemas.Period]*rating.Family{}}
		}
		g.out[id] = byRoot[root]
	}
	for _, step := range []func() error{g.find, g.begin, g.add} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return g.out, nil
}

// gathering is the families of a shard being gathered.
type gathering struct {
	ctx     context.Context
	set     *Setting
	members []schemas.AccountID
	files   Files
	learned map[schemas.AccountID]*Again
	late    map[schemas.AccountID]bool
	out     Kinship
}

// find finds the families that are rated again: those for an account of which usage came late, or facts were learned.
func (g *gathering) find() error {
	files := newLateFiles(g.ctx, g.set.Store, &schemas.Usage, schemas.UseAccountId, []int{schemas.UseAccountId, schemas.UseLatePeriod}, g.files(&schemas.Usage))
	defer files.close()
	for _, id := range g.members {
		left := int64(0)
		err := files.read(id, func(b *dataset.Batch, from, to int) error {
			n, err := LeaveLate(b, from, to, func(int, int) error { return nil })
			left += n
			return err
		})
		if err != nil {
			return err
		}
		k := g.out[id]
		g.late[id], k.again = left > 0, k.again || left > 0
		if own := g.learned[id]; own != nil && own.From != "" {
			k.again, k.learned = true, first(k.learned, own.From)
		}
		if own := g.learned[id]; own != nil && own.Anew != "" {
			k.again, k.taken = true, true
		}
	}
	return nil
}

// begin finds the period from which each of these is rated again: the earliest of any of its accounts.
func (g *gathering) begin() error {
	for moved := true; moved; {
		moved = false
		comers := NewLatecomers(g.ctx, g.set, g.files)
		err := g.each(comers, func(id schemas.AccountID, s *taking) error {
			if err := s.begin(); err != nil || s.first == "" {
				return err
			}
			if k := g.out[id]; k.from != s.first {
				k.from, moved = s.first, true
			}
			return nil
		})
		comers.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// each calls for every account whose family is rated again.
func (g *gathering) each(comers *Latecomers, do func(schemas.AccountID, *taking) error) error {
	tally := g.set.Plan.NewTally()
	for _, id := range g.members {
		if !g.out[id].again {
			continue
		}
		if err := do(id, comers.of(id, tally, g.out.Again(id, g.learned[id], g.late[id]))); err != nil {
			return fmt.Errorf("account %s: %w", id, err)
		}
	}
	return nil
}

// add adds up what the families used.
func (g *gathering) add() error {
	plan := g.set.Plan
	files := newLateFiles(g.ctx, g.set.Store, &schemas.Usage, schemas.UseAccountId, RatingColumns(g.set.Book, plan), g.files(&schemas.Usage))
	defer files.close()
	comers := NewLatecomers(g.ctx, g.set, g.files)
	defer comers.Close()
	tally := plan.NewTally()
	for _, id := range g.members {
		k, feed := g.out[id], newFeed(tally, plan)
		feed.BeginAccount(id)
		err := files.read(id, func(b *dataset.Batch, from, to int) error {
			feed.Begin(b)
			_, err := LeaveLate(b, from, to, feed.Add)
			return err
		})
		if err != nil {
			return err
		}
		feed.Flush()
		if k.again {
			if err := comers.of(id, tally, g.out.Again(id, g.learned[id], g.late[id])).pool(k); err != nil {
				return fmt.Errorf("account %s: %w", id, err)
			}
		}
		if err := plan.AddPooled(k.now, tally); err != nil {
			return err
		}
	}
	return nil
}

// pool adds what an account used in the periods that are rated again to what its family did.
func (s *taking) pool(k *kin) error {
	if err := s.feedAll(); err != nil {
		return err
	}
	for i, run := range s.runs {
		s.before[i].Flush()
		s.after[i].Flush()
		k.taken = k.taken || run.After.RatedAgain() > run.before.RatedAgain()
		for _, x := range []struct {
			of    map[schemas.Period]*rating.Family
			tally *rating.Tally
		}{{k.before, run.before}, {k.after, run.After}} {
			if x.of[run.Period] == nil {
				x.of[run.Period] = rating.NewFamily()
			}
			if err := run.Plan.AddPooled(x.of[run.Period], x.tally); err != nil {
				return err
			}
		}
	}
	return nil
}
