package pipeline

import (
	"cmp"
	"context"
	"slices"

	"daybook/pipeline/book"
	"daybook/pipeline/dataset"
	"daybook/rating"
	"daybook/schemas"
)

// Kin is an account whose usage may be priced with that of the account at the top of its family, in whose shard it lies.
type Kin struct {
	Account schemas.AccountID `json:"account"`
	Root    schemas.AccountID `json:"root"`
}

// families lists the accounts of the book that have another above them, in order, with the one at the top; none where no
// price of the catalogue is pooled, so that accounts lie where they would without families.
func families(b *book.Book) (out []Kin) {
	pooled := slices.ContainsFunc(b.Catalogue.Offerings, func(o schemas.Offering) bool {
		return slices.ContainsFunc(o.Prices, func(p schemas.Price) bool { return p.Pooled })
	})
	if !pooled {
		return nil
	}
	parents := map[schemas.AccountID]schemas.AccountID{}
	for a := range b.Accounts {
		parents[a.ID] = a.Parent
	}
	for id := range parents {
		root := id
		for parents[root] != "" { // the book has no circles
			root = parents[root]
		}
		if id != root && root != "" {
			out = append(out, Kin{id, root})
		}
	}
	slices.SortFunc(out, func(a, b Kin) int { return cmp.Compare(a.Account, b.Account) })
	return out
}

// Home finds the shard of an account: that of the account at the top of its family.
func (s *Spec) Home() func(schemas.AccountID) uint16 {
	root := s.Roots()
	return func(id schemas.AccountID) uint16 {
		if r, ok := root[id]; ok {
			id = r
		}
		return dataset.ShardOf([]byte(id), s.Shards)
	}
}

// Roots are the accounts at the top of families by the accounts of these, themselves included.
func (s *Spec) Roots() map[schemas.AccountID]schemas.AccountID {
	if len(s.Families) == 0 {
		return nil
	}
	root := make(map[schemas.AccountID]schemas.AccountID, len(s.Families))
	for _, k := range s.Families {
		root[k.Account], root[k.Root] = k.Root, k.Root
	}
	return root
}

// kinship is what families have used of what is priced as one, by account.
type kinship map[schemas.AccountID]*rating.Family

// gatherFamilies reads the usage of accounts that have a family, in order, and adds up for each family what is priced as
// one. Memory holds one account's sums, and of the others only quantities under pooled prices.
func gatherFamilies(ctx context.Context, set *Setting, members []schemas.AccountID, usage func(schemas.AccountID) []string) (kinship, error) {
	plan, byRoot, out := set.Plan, kinship{}, kinship{}
	files := newLateFiles(ctx, set.Store, &schemas.Usage, schemas.UseAccountId, ratingColumns(set.Book, plan), usage)
	defer files.close()
	settles := newLatecomers(ctx, set, usage)
	defer settles.close()
	tally := plan.NewTally()
	for _, id := range members {
		family := byRoot[set.Roots[id]]
		if family == nil {
			family = rating.NewFamily()
			byRoot[set.Roots[id]] = family
		}
		out[id] = family
		feed, late := newFeed(tally, plan), int64(0)
		feed.beginAccount(id)
		err := files.read(id, func(b *dataset.Batch, from, to int) error {
			feed.begin(b)
			n, err := leaveLate(b, from, to, feed.add)
			late += n
			return err
		})
		if err != nil {
			return nil, err
		}
		feed.flush()
		if late > 0 {
			if _, err := settles.settle(id, tally); err != nil {
				return nil, err
			}
		}
		if err := plan.AddPooled(family, tally); err != nil {
			return nil, err
		}
	}
	return out, nil
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

// kinOf are the accounts of an account's family, in order; none for an account alone.
func (s *Setting) kinOf(id schemas.AccountID) (out []schemas.AccountID) {
	for account, root := range s.Roots {
		if top, ok := s.Roots[id]; ok && root == top {
			out = append(out, account)
		}
	}
	slices.Sort(out)
	return out
}
