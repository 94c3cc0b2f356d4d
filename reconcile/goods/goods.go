// Package goods prices the same use wherever it is bought: what members of a federation owe each other by the common price list, and
// what a month's use would have cost at each peer that it could be had of. It writes nothing and decides nothing.
//
// Start with Index, then Federated and Arbitrage.
package goods

import (
	"cmp"
	"slices"

	"daybook/reconcile/tally"
	"daybook/schemas"
	"daybook/schemas/intercloud"
	"daybook/schemas/money"
)

// Index finds the goods that rows are of.
type Index struct {
	items map[itemKey][]ref
	// members are the peers whose accounts' use is theirs, by agreement.
	members map[intercloud.AgreementID]map[schemas.AccountID]schemas.PeerID
}

type itemKey struct {
	peer schemas.PeerID
	sku  schemas.SKU
}

// ref is an item of an agreement.
type ref struct {
	agreement *intercloud.Agreement
	good, at  int
}

func (r ref) item() *intercloud.Item { return &r.agreement.Goods[r.good].Items[r.at] }

// NewIndex takes the goods of agreements.
func NewIndex(agreements []*intercloud.Agreement) *Index {
	x := &Index{items: map[itemKey][]ref{}, members: map[intercloud.AgreementID]map[schemas.AccountID]schemas.PeerID{}}
	for _, a := range agreements {
		for g := range a.Goods {
			for i := range a.Goods[g].Items {
				k := itemKey{a.Goods[g].Items[i].Peer, a.Goods[g].Items[i].SKU}
				x.items[k] = append(x.items[k], ref{a, g, i})
			}
		}
		if a.Pattern != intercloud.Federation {
			continue
		}
		x.members[a.ID] = map[schemas.AccountID]schemas.PeerID{}
		for _, p := range a.Parties {
			for _, account := range p.Accounts {
				x.members[a.ID][account] = p.Peer
			}
		}
	}
	return x
}

// Any reports whether there are goods at all.
func (x *Index) Any() bool { return len(x.items) > 0 }

// Row is what of a row of usage counts.
type Row struct {
	Peer                      schemas.PeerID
	Service                   string
	SKU                       schemas.SKU
	Region                    string
	Category                  schemas.ChargeCategory
	Account                   schemas.AccountID
	Day                       schemas.Date
	ConsumedUnit, PricingUnit string
	Consumed, Priced, Billed  money.Fixed
	Currency                  money.Currency
}

// Key is what use of goods is told apart by.
type Key struct {
	Agreement intercloud.AgreementID `json:"agreement"`
	Good      string                 `json:"good"`
	// Item is the position of the item in its good.
	Item int `json:"item"`
	// By is the member of a federation whose use it is; none is ourselves and our customers.
	By       schemas.PeerID `json:"by,omitempty"`
	Day      schemas.Date   `json:"day"`
	Unit     string         `json:"unit,omitempty"`
	Currency money.Currency `json:"currency,omitempty"`
}

func (k Key) compare(o Key) int {
	return cmp.Or(cmp.Compare(k.Agreement, o.Agreement), cmp.Compare(k.Good, o.Good), cmp.Compare(k.Item, o.Item), cmp.Compare(k.By, o.By),
		k.Day.Compare(o.Day), cmp.Compare(k.Unit, o.Unit), cmp.Compare(k.Currency, o.Currency))
}

// Sum is use of one item.
type Sum struct {
	Key
	// Quantity is in Unit, Billed in Currency.
	Quantity money.Fixed `json:"quantity"`
	Billed   money.Fixed `json:"billed"`
	Rows     int64       `json:"rows"`
}

// Sums add use up. The zero value is ready to use; partial sums merge in any order to the same totals.
type Sums struct{ of map[Key]*Sum }

// Add counts a row for each good that it is of. Rows that are no use count for none.
func (s *Sums) Add(x *Index, r *Row) error {
	if r.Category != schemas.CategoryUsage && r.Category != schemas.CategoryPurchase && r.Category != "" {
		return nil
	}
	refs := x.items[itemKey{r.Peer, r.SKU}]
	for len(refs) > 0 {
		n := 1 // those of one agreement stand together
		for n < len(refs) && refs[n].agreement == refs[0].agreement {
			n++
		}
		if of, ok := closest(refs[:n], r); ok {
			if err := s.Merge(x.sum(of, r)); err != nil {
				return err
			}
		}
		refs = refs[n:]
	}
	return nil
}

// closest is the item that takes a row and names most of it.
func closest(refs []ref, r *Row) (best ref, ok bool) {
	most := -1
	for _, x := range refs {
		i := x.item()
		if i.Service != "" && i.Service != r.Service || i.Region != "" && i.Region != r.Region {
			continue
		}
		named := 0
		if i.Service != "" {
			named++
		}
		if i.Region != "" {
			named += 2
		}
		if named > most {
			best, most = x, named
		}
	}
	return best, most >= 0
}

// sum is what a row adds to its item.
func (x *Index) sum(of ref, r *Row) *Sum {
	a := of.agreement
	out := &Sum{
		Key:    Key{Agreement: a.ID, Good: a.Goods[of.good].ID, Item: of.at, By: x.members[a.ID][r.Account], Day: r.Day, Unit: r.PricingUnit, Currency: r.Currency},
		Billed: r.Billed, Quantity: r.Priced, Rows: 1,
	}
	if of.item().Consumed() {
		out.Unit, out.Quantity = r.ConsumedUnit, r.Consumed
	}
	return out
}

// Merge adds a sum.
func (s *Sums) Merge(more *Sum) error {
	have := s.of[more.Key]
	if have == nil {
		if s.of == nil {
			s.of = map[Key]*Sum{}
		}
		have = &Sum{Key: more.Key}
		s.of[more.Key] = have
	}
	have.Rows += more.Rows
	return tally.AddAll("use of", more.Good, []*money.Fixed{&have.Quantity, &have.Billed}, []money.Fixed{more.Quantity, more.Billed})
}

// All are the sums in order.
func (s *Sums) All() []Sum {
	out := make([]Sum, 0, len(s.of))
	for _, x := range s.of {
		out = append(out, *x)
	}
	slices.SortFunc(out, func(a, b Sum) int { return a.compare(b.Key) })
	return out
}
