package rating

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"daybook/schemas"
)

// TestFind: an account is found from wherever one looks, and one that the book lacks is not.
func TestFind(t *testing.T) {
	for n := range 40 {
		r := rand.New(rand.NewPCG(uint64(n), 4))
		c := schemas.Customer{ID: "c"}
		for _, i := range r.Perm(n) {
			c.Accounts = append(c.Accounts, schemas.Account{ID: schemas.AccountID(fmt.Sprintf("a%03d", 2*i)), Currency: "EUR"})
		}
		p, err := Compile(Book{Zone: time.UTC, Customers: []schemas.Customer{c}}, Spec{Period: "2024-09"})
		if err != nil {
			t.Fatal(err)
		}
		for near := range n + 1 {
			for i := -1; i <= 2*n; i++ {
				id := schemas.AccountID(fmt.Sprintf("a%03d", i))
				at, a := p.find(id, near)
				known := i >= 0 && i%2 == 0 && i < 2*n
				if (a != nil) != known || known && (a.ID != id || at != i/2) || p.Knows(id) != known {
					t.Fatalf("of %d accounts, %s is found at %d from %d on: %v", n, id, at, near, a)
				}
			}
		}
	}
}
