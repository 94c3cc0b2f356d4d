package rating_test

import (
	"fmt"
	"testing"

	"daybook/rating"
	"daybook/schemas"
)

// BenchmarkFactsOf digests the facts of accounts that have a fee and usage, or a quarter in advance.
func BenchmarkFactsOf(b *testing.B) {
	book := factsBook()
	accounts := book.Customers[0].Accounts
	book.Customers[0].Accounts = nil
	for i := range 20_000 {
		a := accounts[i%2]
		a.ID = schemas.AccountID(fmt.Sprintf("a%06d", i))
		book.Customers[0].Accounts = append(book.Customers[0].Accounts, a)
	}
	p, err := rating.Compile(*book, rating.Spec{Period: "2024-04"})
	if err != nil {
		b.Fatal(err)
	}
	ids, f := p.Accounts(), rating.NewFacts()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		f.Of(p, ids[i%len(ids)])
	}
}
