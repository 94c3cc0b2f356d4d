package pipeline

import (
	"cmp"
	"slices"

	"daybook/pipeline/book"
	"daybook/pipeline/run"
	"daybook/schemas"
)

// families lists the accounts of the book that have another above them, in order, with the one at the top; none where no
// price of the catalogue is pooled, so that accounts lie where they would without families.
func families(b *book.Book) (out []run.Kin) {
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
			out = append(out, run.Kin{Account: id, Root: root})
		}
	}
	slices.SortFunc(out, func(a, b run.Kin) int { return cmp.Compare(a.Account, b.Account) })
	return out
}
