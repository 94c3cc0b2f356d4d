// Package shared divides what peers bill for our own use among customers, by the keys of the book: fixed shares, use, or even. It
// reads no data; rows of bills come to it one by one, in any order and in any number of parts.
//
// Start with Sums.
package shared

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"daybook/schemas"
	"daybook/schemas/money"
)

// Rule is a shared cost of the book with its peer.
type Rule struct {
	Peer schemas.PeerID
	*schemas.SharedCost
}

// among reports whether a customer may share.
func (r *Rule) among(customer string) bool {
	return len(r.Among) == 0 || slices.ContainsFunc(r.Among, func(s schemas.Sharer) bool { return s.Customer == customer })
}

// Row is a row of a peer's bill.
type Row struct {
	Peer schemas.PeerID
	// Customer is whose it is; of a row of nobody's, or of our own use, that is empty.
	Customer string
	// Own says that it is our own use, of an account of the peer's that is one of these numbers.
	Own                     bool
	BillingAccount, Account string
	Service                 string
	Category                schemas.ChargeCategory
	Day                     schemas.Date
	Unit                    string
	Quantity, Billed        money.Fixed
	Currency                money.Currency
}

// Cost is what is billed of a shared cost, in one currency.
type Cost struct {
	Shared   string         `json:"shared"`
	Currency money.Currency `json:"currency,omitempty"`
	Rows     int64          `json:"rows"`
	Billed   money.Fixed    `json:"billed"`
}

// Use is what a customer used that a shared cost is divided by.
type Use struct {
	Shared   string         `json:"shared"`
	Customer string         `json:"customer"`
	Currency money.Currency `json:"currency,omitempty"`
	Billed   money.Fixed    `json:"billed"`
	// Quantity is in the unit of the shared cost, where it has one.
	Quantity money.Fixed `json:"quantity"`
}

type costOf struct {
	shared   string
	currency money.Currency
}

type useOf struct {
	shared, customer string
	currency         money.Currency
}

// Sums add up what is to be divided, and by what. Sums of parts merge to those of the whole. It is not safe for concurrent use.
type Sums struct {
	rules []Rule
	of    map[schemas.PeerID][]Rule
	asOf  schemas.Date
	costs map[costOf]*Cost
	uses  map[useOf]*Use
}

// NewSums begins them for the shared costs of peers, as they were known on a day.
func NewSums(peers []schemas.Peer, asOf schemas.Date) *Sums {
	s := &Sums{of: map[schemas.PeerID][]Rule{}, asOf: asOf, costs: map[costOf]*Cost{}, uses: map[useOf]*Use{}}
	for i := range peers {
		for j := range peers[i].Shared {
			r := Rule{peers[i].ID, &peers[i].Shared[j]}
			s.rules = append(s.rules, r)
			s.of[r.Peer] = append(s.of[r.Peer], r)
		}
	}
	return s
}

// Any reports whether a peer has shared costs.
func (s *Sums) Any() bool { return len(s.rules) > 0 }

// Of reports whether a peer has shared costs.
func (s *Sums) Of(peer schemas.PeerID) bool { return len(s.of[peer]) > 0 }

// Rule is the shared cost that a row is of; nil where it is of none.
func (s *Sums) Rule(row *Row) *Rule {
	if row.Customer != "" || !row.Own {
		return nil
	}
	like := func(want, is string) bool { return want == "" || want == is }
	for i := range s.of[row.Peer] {
		r := &s.of[row.Peer][i]
		account := r.Account == "" || row.Account == r.Account || row.BillingAccount == r.Account
		if account && like(r.Service, row.Service) && like(string(r.Category), string(row.Category)) && r.Validity.Holds(row.Day, s.asOf) {
			return r
		}
	}
	return nil
}

// Add takes a row, and reports whether it is part of a shared cost. The error is a sum that overflows.
func (s *Sums) Add(row *Row) (bool, error) {
	if r := s.Rule(row); r != nil {
		return true, s.cost(&Cost{r.ID, row.Currency, 1, row.Billed})
	}
	if row.Customer == "" || row.Category != schemas.CategoryUsage {
		return false, nil
	}
	for i := range s.of[row.Peer] {
		r := &s.of[row.Peer][i]
		if r.Of != "" && r.Of != row.Service || !r.among(row.Customer) || !r.Validity.Holds(row.Day, s.asOf) {
			continue
		}
		u := Use{Shared: r.ID, Customer: row.Customer, Currency: row.Currency, Billed: row.Billed}
		if r.Unit != "" {
			u.Currency, u.Billed = "", money.Fixed{} // one row of each customer, by its quantity alone
			if row.Unit != r.Unit {
				continue
			}
			u.Quantity = row.Quantity
		}
		if err := s.use(&u); err != nil {
			return false, err
		}
	}
	return false, nil
}

func (s *Sums) cost(c *Cost) (err error) {
	k := costOf{c.Shared, c.Currency}
	have := s.costs[k]
	if have == nil {
		have = &Cost{Shared: c.Shared, Currency: c.Currency}
		s.costs[k] = have
	}
	have.Rows += c.Rows
	if have.Billed, err = have.Billed.Add(c.Billed); err != nil {
		return fmt.Errorf("shared cost %s: %w", c.Shared, err)
	}
	return nil
}

func (s *Sums) use(u *Use) (err error) {
	k := useOf{u.Shared, u.Customer, u.Currency}
	have := s.uses[k]
	if have == nil {
		have = &Use{Shared: u.Shared, Customer: u.Customer, Currency: u.Currency}
		s.uses[k] = have
	}
	if have.Billed, err = have.Billed.Add(u.Billed); err == nil {
		have.Quantity, err = have.Quantity.Add(u.Quantity)
	}
	if err != nil {
		return fmt.Errorf("key of shared cost %s: %w", u.Shared, err)
	}
	return nil
}

// Part is what sums come to, as it is handed from part to whole.
type Part struct {
	Costs []Cost `json:"costs,omitempty"`
	Uses  []Use  `json:"uses,omitempty"`
}

// Part returns what the sums come to, in order.
func (s *Sums) Part() (p Part) {
	for _, c := range s.costs {
		p.Costs = append(p.Costs, *c)
	}
	for _, u := range s.uses {
		p.Uses = append(p.Uses, *u)
	}
	slices.SortFunc(p.Costs, func(a, b Cost) int {
		return cmp.Or(cmp.Compare(a.Shared, b.Shared), cmp.Compare(a.Currency, b.Currency))
	})
	slices.SortFunc(p.Uses, func(a, b Use) int {
		return cmp.Or(cmp.Compare(a.Shared, b.Shared), cmp.Compare(a.Customer, b.Customer), cmp.Compare(a.Currency, b.Currency))
	})
	return p
}

// Merge adds a part. The error is a sum that overflows.
func (s *Sums) Merge(p *Part) error {
	for i := range p.Costs {
		if err := s.cost(&p.Costs[i]); err != nil {
			return err
		}
	}
	for i := range p.Uses {
		if err := s.use(&p.Uses[i]); err != nil {
			return err
		}
	}
	return nil
}

// currencies are those that are billed of a shared cost, in order.
func (s *Sums) currencies(id string) []money.Currency {
	set := map[money.Currency]bool{}
	for k := range s.costs {
		if k.shared == id {
			set[k.currency] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}
