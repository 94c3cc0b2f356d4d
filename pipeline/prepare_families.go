package pipeline

import (
	"cmp"
	"slices"

	"daybook/pipeline/book"
	"daybook/pipeline/run"
	"daybook/schemas"
)

// Families lists the accounts of the book that have another above them, in order, with the one at the top: all where a price
// of the catalogue is pooled, else those of families in which an account pays for another, whose invoice one task writes. So
// all other accounts lie where they would without families.
func Families(b *book.Book) (out []run.Kin) {
	pooled := slices.ContainsFunc(b.Catalogue.Offerings, func(o schemas.Offering) bool {
		return slices.ContainsFunc(o.Prices, func(p schemas.Price) bool { return p.Pooled })
	})
	parents, pays := map[schemas.AccountID]schemas.AccountID{}, map[schemas.AccountID]bool{}
	for a := range b.Accounts {
		parents[a.ID] = a.Parent
	}
	rootOf := func(id schemas.AccountID) schemas.AccountID {
		for parents[id] != "" { // the book has no circles
			id = parents[id]
		}
		return id
	}
	for a := range b.Accounts {
		pays[rootOf(a.ID)] = pays[rootOf(a.ID)] || a.PaidByParent
	}
	for id := range parents {
		if root := rootOf(id); id != root && (pooled || pays[root]) {
			out = append(out, run.Kin{Account: id, Root: root})
		}
	}
	slices.SortFunc(out, func(a, b run.Kin) int { return cmp.Compare(a.Account, b.Account) })
	return out
}
