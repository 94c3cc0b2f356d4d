package bills

import (
	"cmp"
	"slices"

	"daybook/reconcile/tally"
	"daybook/schemas"
	"daybook/schemas/money"
)

// UseRow is a usage row, or the sum of several that agree in every field but the numbers, as far as peers are concerned.
type UseRow struct {
	// Peer is empty for rows of our own meters.
	Peer     schemas.PeerID
	Service  string
	SKU      schemas.SKU
	Region   string
	Category schemas.ChargeCategory
	// Day is the civil day on which the charge period begins, in the provider's zone.
	Day          schemas.Date
	ConsumedUnit string
	PricingUnit  string
	// Currency is BillingCurrency.
	Currency money.Currency
	UseSums
}

// UseSums are the numbers of usage rows; what a row leaves null counts as 0.
type UseSums struct {
	Consumed money.Fixed
	Priced   money.Fixed
	// List and Billed are ListCost and BilledCost.
	List   money.Fixed
	Billed money.Fixed
	Rows   int64
}

// Use sums usage rows by what contracts are written in: all that peers bill, and of our own meters the SKUs that a
// contract's rates count. Partial sums of shards merge in any order to the same totals. It is not safe for concurrent use.
//
// What contracts cover has as many sums as they have rates. Of what none covers, the first in order have one each, as many as
// mostUncovered says, and the others are one for each peer: see uncovered.go.
type Use struct {
	contracts *Contracts
	sums      map[useKey]*UseSums
	uncovered uncovered
	// most is mostUncovered.
	most int
}

type useKey struct {
	Peer         schemas.PeerID
	Service      string
	SKU          schemas.SKU
	Region       string
	Category     schemas.ChargeCategory
	ConsumedUnit string
	PricingUnit  string
	Currency     money.Currency
	// From is the first day of the stretch of the period in which no rate changes.
	From schemas.Date
}

// NewUse returns empty sums for a period's contracts.
func NewUse(c *Contracts) *Use {
	return &Use{contracts: c, sums: map[useKey]*UseSums{}, most: mostUncovered}
}

// Wants reports whether rows of our own meters with that SKU count for any rate: a caller may leave out all others.
func (c *Contracts) Wants(own schemas.SKU) bool { return len(c.metered[own]) > 0 }

// Add counts a row. The error is a sum that overflows.
func (u *Use) Add(r *UseRow) error {
	if r.Peer == "" && !u.contracts.Wants(r.SKU) {
		return nil
	}
	k := useKey{r.Peer, r.Service, r.SKU, r.Region, r.Category, r.ConsumedUnit, r.PricingUnit, r.Currency, u.contracts.cut(r.Day)}
	return u.add(k, &r.UseSums)
}

func (u *Use) add(k useKey, more *UseSums) error {
	k, err := u.place(k)
	if err != nil {
		return err
	}
	return u.sum(k, more)
}

// sum adds to the sums of a key as it is.
func (u *Use) sum(k useKey, more *UseSums) error {
	s := u.sums[k]
	if s == nil {
		s = &UseSums{}
		u.sums[k] = s
	}
	s.Rows += more.Rows
	return tally.AddAll("use", k.Service, []*money.Fixed{&s.Consumed, &s.Priced, &s.List, &s.Billed},
		[]money.Fixed{more.Consumed, more.Priced, more.List, more.Billed})
}

type useLine struct {
	useKey
	UseSums
}

// rows returns the sums in order.
func (u *Use) rows() []useLine {
	out := make([]useLine, 0, len(u.sums))
	for k, s := range u.sums {
		out = append(out, useLine{k, *s})
	}
	slices.SortFunc(out, func(a, b useLine) int { return compareKeys(&a.useKey, &b.useKey) })
	return out
}

func compareKeys(a, b *useKey) int {
	return cmp.Or(
		cmp.Compare(a.Peer, b.Peer), cmp.Compare(a.Service, b.Service), cmp.Compare(a.SKU, b.SKU),
		cmp.Compare(a.Region, b.Region), cmp.Compare(a.Category, b.Category), a.From.Compare(b.From),
		cmp.Compare(a.Currency, b.Currency), cmp.Compare(a.ConsumedUnit, b.ConsumedUnit), cmp.Compare(a.PricingUnit, b.PricingUnit),
	)
}

// Exchange writes the sums in order, or reads more of them from what was written.
func (u *Use) Exchange(p *tally.Pack) {
	var lines []useLine
	if !p.Reads() {
		lines = u.rows()
	}
	tally.Exchange(p, lines, (*useLine).fields, func(l *useLine) error { return u.add(l.useKey, &l.UseSums) })
}

func (l *useLine) fields(p *tally.Pack) {
	tally.Text(p, &l.Peer)
	tally.Text(p, &l.Service)
	tally.Text(p, &l.SKU)
	tally.Text(p, &l.Region)
	tally.Text(p, &l.Category)
	tally.Text(p, &l.ConsumedUnit)
	tally.Text(p, &l.PricingUnit)
	tally.Text(p, &l.Currency)
	p.Day(&l.From)
	p.Numbers(&l.Consumed, &l.Priced, &l.List, &l.Billed)
	p.Count(&l.Rows)
}
