package bills

import (
	"cmp"
	"slices"

	"daybook/schemas"
	"daybook/schemas/agreed"
	"daybook/schemas/money"
)

// Contracts is what the contracts with peers say for one period, ready for look-up. It is read-only, and safe for
// concurrent use.
type Contracts struct {
	period schemas.Period
	// last is the last day of the period.
	last  schemas.Date
	asOf  schemas.Date
	all   []agreed.Contract
	units []schemas.UnitFactor
	// terms of each peer's service, the most specific first.
	terms map[serviceKey][]*term
	// metered are the terms that count one of our own SKUs.
	metered map[schemas.SKU][]*term
	// floors are the terms of minimums and commitments.
	floors []*term
	// cuts are the days of the period on which a rate may begin or end, its first day always among them.
	cuts []schemas.Date
}

type serviceKey struct {
	peer    schemas.PeerID
	service string
}

// term is one rate of a contract, bounded to the period and to where its discount is one.
type term struct {
	contract *agreed.Contract
	rate     *agreed.ContractRate
	// from is the first day, to the last day in force.
	from, to schemas.Date
	known    schemas.Date
	order    int
	// list is that of the contract's price lists that the rate is of, and percent the discount on what it comes to.
	list    string
	percent money.Decimal
	// floor is set of the rows by which a minimum or a commitment is billed; the rate is then no more than their service.
	floor *floor
}

// NewContracts returns the contracts' rates in the period as they were known on the day asOf (the zero Date: as they are
// known at all). Where two rates that are equally specific are in force on one day, the one known later counts, then
// the later one of the list. The unit factors convert what our meters count to the units of the rates.
func NewContracts(contracts []agreed.Contract, units []schemas.UnitFactor, period schemas.Period, asOf schemas.Date) *Contracts {
	c := &Contracts{
		period: period, asOf: asOf, all: contracts, units: units,
		terms: map[serviceKey][]*term{}, metered: map[schemas.SKU][]*term{},
	}
	first, last := period.Days()
	c.cuts, c.last = []schemas.Date{first}, last
	order := 0
	for i := range contracts {
		contract := &contracts[i]
		c.cutAt(contract.Validity.From)
		c.cutAt(contract.Validity.To)
		for within, rate := range contract.AllRates() {
			order++
			t, ok := newTerm(contract, rate, within, period, asOf)
			if !ok {
				continue
			}
			t.order, t.list = order, contract.ListOf(rate)
			for n, part := range t.discounted(asOf) {
				if n > 0 {
					order++
					part.order = order
				}
				c.add(part)
			}
		}
		for _, t := range c.floorsOf(contract) {
			order++
			t.order = order
			c.add(t)
		}
	}
	for _, list := range c.terms {
		slices.SortFunc(list, byPrecedence)
	}
	for _, list := range c.metered {
		slices.SortFunc(list, byPrecedence)
	}
	slices.SortFunc(c.cuts, schemas.Date.Compare)
	c.cuts = slices.Compact(c.cuts)
	return c
}

// newTerm bounds a rate to its contract, the list that it is of and the period; false where nothing of it is left or known.
func newTerm(c *agreed.Contract, r *agreed.ContractRate, within schemas.Validity, period schemas.Period, asOf schemas.Date) (*term, bool) {
	t := &term{contract: c, rate: r}
	t.from, t.to = period.Days()
	known := true
	for _, v := range []schemas.Validity{c.Validity, within, r.Validity} {
		known = known && v.Known(asOf)
		if v.KnownSince.After(t.known) {
			t.known = v.KnownSince
		}
		if v.From.After(t.from) {
			t.from = v.From
		}
		if last := v.To.AddDays(-1); !v.To.IsZero() && last.Before(t.to) {
			t.to = last
		}
	}
	return t, known && !t.from.After(t.to)
}

func (c *Contracts) add(t *term) {
	k := serviceKey{t.contract.Peer, t.rate.Service}
	c.terms[k] = append(c.terms[k], t)
	if t.rate.Basis == schemas.BasisMeter {
		for _, sku := range t.rate.Metered {
			c.metered[sku] = append(c.metered[sku], t)
		}
	}
	c.cutAt(t.from)
	c.cutAt(t.to.AddDays(1))
}

// cutAt notes a day of the period on which something begins or ends.
func (c *Contracts) cutAt(day schemas.Date) {
	if first, last := c.period.Days(); day.After(first) && !day.After(last) {
		c.cuts = append(c.cuts, day)
	}
}

// byPrecedence puts what bills a minimum or a commitment first, then a rate that names a SKU before one that does not, then one that
// names a region, then the contract's own before those of its price lists, then the one known later, then the later of the list.
func byPrecedence(a, b *term) int {
	names := func(t *term) int {
		n := 0
		if t.rate.SKU != "" {
			n += 2
		}
		if t.rate.Region != "" {
			n++
		}
		return n
	}
	return cmp.Or(compareBool(b.floor != nil, a.floor != nil), cmp.Compare(names(b), names(a)), compareBool(a.list != "", b.list != ""), b.known.Compare(a.known), cmp.Compare(b.order, a.order))
}

// holds reports whether the term is in force on a day of the period.
func (t *term) holds(day schemas.Date) bool { return !day.Before(t.from) && !day.After(t.to) }

// cut returns the first day of the stretch between two cuts that holds a day. A day before the period, of a row that
// came with it all the same, counts as its first.
func (c *Contracts) cut(day schemas.Date) schemas.Date {
	i, found := slices.BinarySearchFunc(c.cuts, day, schemas.Date.Compare)
	if !found {
		i = max(i-1, 0)
	}
	return c.cuts[i]
}

// Stretch returns a day for which contracts say the same as for another: the first of those about it, within the period, between which
// none begins or ends.
func (c *Contracts) Stretch(day schemas.Date) schemas.Date {
	if day.Before(c.cuts[0]) || day.After(c.last) {
		return day
	}
	return c.cut(day)
}

// billed finds the rate for a row of a peer's bill; nil where there is none.
func (c *Contracts) billed(k *useKey) *term {
	for _, t := range c.terms[serviceKey{k.Peer, k.Service}] {
		r := t.rate
		if (r.SKU == "" || r.SKU == k.SKU) && (r.Region == "" || r.Region == k.Region) && t.holds(k.From) {
			return t
		}
	}
	return nil
}

// rated finds the rate for a row of a peer's bill, the unit in which it counts the row, and whether that is one that the rate is
// in, or converts to it; a nil term where no rate covers the row.
func (c *Contracts) rated(k *useKey) (t *term, unit string, fits bool) {
	if isUse(k.Category) || k.Category == schemas.CategoryAdjustment {
		t = c.billed(k)
	}
	if t == nil || t.floor == nil && !isUse(k.Category) {
		return nil, "", false
	}
	unit = k.PricingUnit
	if t.rate.Quantity == agreed.ConsumedQuantity {
		unit = k.ConsumedUnit
	}
	_, fits = c.convert(unit, t.rate.Unit)
	return t, unit, fits || t.rate.Unit == "" || t.rate.Basis == schemas.BasisList
}

// meteredBy finds the rate that a row of our own meters counts for; nil where there is none.
func (c *Contracts) meteredBy(k *useKey) *term {
	for _, t := range c.metered[k.SKU] {
		if (t.rate.Region == "" || t.rate.Region == k.Region) && t.holds(k.From) {
			return t
		}
	}
	return nil
}

// accepts finds the contract that takes a category of a peer's charges as billed; nil where none does.
func (c *Contracts) accepts(k *useKey) *agreed.Contract {
	for i := range c.all {
		contract := &c.all[i]
		if contract.Peer == k.Peer && slices.Contains(contract.Accepted, k.Category) && contract.Validity.Holds(k.From, c.asOf) {
			return contract
		}
	}
	return nil
}

// convert gives the factor from one unit to another; false where the book has none.
func (c *Contracts) convert(from, to string) (money.Ratio, bool) {
	if from == to {
		return money.Ratio{Num: money.One, Den: money.One}, true
	}
	for _, u := range c.units {
		if u.From == from && u.To == to {
			return money.Ratio{Num: u.Factor, Den: money.One}, true
		}
	}
	for _, u := range c.units {
		if u.From == to && u.To == from && !u.Factor.IsZero() {
			return money.Ratio{Num: money.One, Den: u.Factor}, true
		}
	}
	return money.Ratio{}, false
}
