// Package charged looks at the charges of an account before they are written: that no two have one identifier, and which meters counted
// less than nothing.
package charged

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"daybook/schemas"
)

// Names proves, as a shard's charges are written, that no two charges of a run have one identifier: no two of an account have;
// accounts come in order, each once; an account lies in one shard; and the account is in what an identifier digests. So memory
// holds the identifiers of one account.
type Names struct {
	last schemas.AccountID
	// order are the charges at hand, by their identifiers.
	order []named
}

// named is a charge with its identifier.
type named struct {
	id schemas.ChargeID
	at int
}

// errSameName says that two charges cannot be told apart.
var errSameName = errors.New("two charges have one identifier")

// Check takes all the charges of the next account. The error names two of one identifier.
func (n *Names) Check(account schemas.AccountID, charges []schemas.Charge) error {
	if account <= n.last {
		return fmt.Errorf("account %s is charged after account %s: accounts come in order, each once", account, n.last)
	}
	n.last, n.order = account, n.order[:0]
	for i := range charges {
		n.order = append(n.order, named{charges[i].ID, i})
	}
	slices.SortFunc(n.order, func(x, y named) int { return cmp.Compare(x.id, y.id) })
	for i := 1; i < len(n.order); i++ {
		if x, y := n.order[i-1], n.order[i]; x.id == y.id {
			first, second := min(x.at, y.at), max(x.at, y.at)
			return fmt.Errorf("%w: account %s, %s: %s; and %s", errSameName, account, x.id, inWords(&charges[first]), inWords(&charges[second]))
		}
	}
	return nil
}

// inWords says which charge one is without its identifier.
func inWords(c *schemas.Charge) string {
	what := fmt.Sprintf("%s %q of offering %s, price %s, subscription %s, %s to %s, %s %s", c.Category, c.Description, c.Offering, c.Price,
		c.Subscription, c.Start.UTC().Format(time.RFC3339), c.End.UTC().Format(time.RFC3339), c.Amount, c.Currency)
	if c.Corrects != "" {
		what += ", a correction of " + string(c.Corrects)
	}
	return what
}
