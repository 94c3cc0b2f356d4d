package rate

import (
	"context"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/pipeline/run"
	"daybook/rating"
	"daybook/schemas"
)

// Kinship is what families have used of what is priced as one, by account.
type Kinship map[schemas.AccountID]*rating.Family

// GatherFamilies reads the usage of accounts that have a family, in order, and adds up for each family what is priced as
// one. Memory holds one account's sums, and of the others only quantities under pooled prices.
func GatherFamilies(ctx context.Context, set *Setting, members []schemas.AccountID, usage func(schemas.AccountID) []string) (Kinship, error) {
	plan, byRoot, out := set.Plan, Kinship{}, Kinship{}
	files := newLateFiles(ctx, set.Store, &schemas.Usage, schemas.UseAccountId, RatingColumns(set.Book, plan), usage)
	defer files.close()
	comers := NewLatecomers(ctx, set, usage)
	defer comers.Close()
	tally := plan.NewTally()
	for _, id := range members {
		family := byRoot[set.Roots[id]]
		if family == nil {
			family = rating.NewFamily()
			byRoot[set.Roots[id]] = family
		}
		out[id] = family
		feed, late := newFeed(tally, plan), int64(0)
		feed.BeginAccount(id)
		err := files.read(id, func(b *dataset.Batch, from, to int) error {
			feed.Begin(b)
			n, err := LeaveLate(b, from, to, feed.Add)
			late += n
			return err
		})
		if err != nil {
			return nil, err
		}
		feed.Flush()
		if late > 0 {
			if _, err := comers.Take(id, tally); err != nil {
				return nil, err
			}
		}
		if err := plan.AddPooled(family, tally); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// pooling are the families whose usage is priced as one: none where no price is pooled, for families lie together for the
// sake of their invoices, too.
func pooling(b run.Book, roots map[schemas.AccountID]schemas.AccountID) map[schemas.AccountID]schemas.AccountID {
	for i := range b.Catalogue().Offerings {
		for j := range b.Catalogue().Offerings[i].Prices {
			if b.Catalogue().Offerings[i].Prices[j].Pooled {
				return roots
			}
		}
	}
	return nil
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
func (s *Setting) KinOf(id schemas.AccountID) (out []schemas.AccountID) {
	for account, root := range s.Roots {
		if top, ok := s.Roots[id]; ok && root == top {
			out = append(out, account)
		}
	}
	slices.Sort(out)
	return out
}
