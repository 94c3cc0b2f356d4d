package bills

import (
	"daybook/schemas"
	"daybook/schemas/agreed"
	"daybook/schemas/money"
	"daybook/schemas/peerbill"
)

// Way is how rows are compared that are alike in all that contracts read of them but numbers: it is found once, and taken for each.
type Way struct {
	// contract is the one whose detail the rows are in; nil where they are in none.
	contract *agreed.Contract
	// kind is nil of what no rate covers, and of what the contract accepts as billed.
	kind          *kind
	own, accepted bool
	service       string
	category      schemas.ChargeCategory
	currency      money.Currency
	peer          schemas.PeerID
	// takes says which quantity counts, and factor, where it converts, what makes it one in the unit of the rate.
	takes    quantityOf
	factor   money.Ratio
	converts bool
	// priced says that the price that the peer states counts.
	priced bool
	// byResource says that the rows are compared by their resource.
	byResource bool
	// day is the charge period of the rows of the day last.
	last, day schemas.Date
}

// quantityOf says which quantity of a row counts.
type quantityOf byte

const (
	ofPriced quantityOf = iota
	ofConsumed
	ofList
)

// Billed says whether the rows are of a bill that is compared in detail.
func (w *Way) Billed() bool { return w.contract != nil && !w.own }

// Skips says that no contract's detail is about the rows.
func (w *Way) Skips() bool { return w.contract == nil }

// Numbers are what a row has of its own: texts by the names that the Detail gives them.
type Numbers struct {
	Consumed, Priced, List, Billed money.Fixed
	// UnitPrice is the price that the peer states for each of Priced, where it states one.
	UnitPrice money.Fixed
	HasPrice  bool
	// OurOwn says that we use the peer's account ourselves.
	OurOwn                   bool
	Day                      schemas.Date
	Start, End               int64
	Account, Object, Invoice uint32
	Resource                 uint32
	Row                      int64
}

// WayOf finds the way of a row by what it has in common with others.
func (d *Detail) WayOf(r *UseRow) *Way {
	key := useKey{r.Peer, r.Service, r.SKU, r.Region, r.Category, r.ConsumedUnit, r.PricingUnit, r.Currency, d.contracts.cut(r.Day)}
	if r.Peer == "" {
		return d.ownWay(r, &key)
	}
	w := &Way{peer: r.Peer, service: r.Service, category: r.Category, currency: r.Currency}
	if w.contract = d.contracts.detailOf(r.Peer, r.Day); w.contract == nil {
		return w
	}
	term, _, fits := d.contracts.rated(&key)
	if term != nil && (!fits || term.contract.Detail == nil) {
		term = nil
	}
	if term != nil {
		w.contract = term.contract
	}
	floor := term != nil && term.floor != nil
	if w.accepted = d.contracts.accepts(&key) != nil; w.accepted || floor || !isUse(r.Category) {
		return w
	}
	w.byResource = w.contract.Detail.By == agreed.ByResource
	w.kind = d.kindOf(kind{contract: w.contract, term: term, peer: r.Peer, service: r.Service, sku: r.SKU, region: r.Region, currency: r.Currency})
	if term == nil {
		return w
	}
	unit := r.PricingUnit
	switch {
	case term.rate.Basis == schemas.BasisList:
		w.takes, unit = ofList, term.rate.Unit
	case term.rate.Quantity == agreed.ConsumedQuantity:
		w.takes, unit = ofConsumed, r.ConsumedUnit
	}
	w.convert(d.contracts, unit, term.rate.Unit)
	w.priced = r.Currency == w.contract.Currency && term.rate.Basis != schemas.BasisList
	return w
}

// ownWay is that of a row of our own meters.
func (d *Detail) ownWay(r *UseRow, key *useKey) *Way {
	w := &Way{own: true, takes: ofConsumed}
	t := d.contracts.meteredBy(key)
	if t == nil || t.contract.Detail == nil {
		return w
	}
	if t.rate.Unit != "" {
		if _, ok := d.contracts.convert(r.ConsumedUnit, t.rate.Unit); !ok {
			return w // the match over all says so
		}
	}
	w.contract, w.byResource = t.contract, t.contract.Detail.By == agreed.ByResource
	w.kind = d.kindOf(rateKind(t, t.contract.Peer))
	w.convert(d.contracts, r.ConsumedUnit, t.rate.Unit)
	return w
}

// rateKind is what is compared by a rate, as the rate names it.
func rateKind(t *term, peer schemas.PeerID) kind {
	return kind{contract: t.contract, term: t, peer: peer, service: t.rate.Service, sku: t.rate.SKU, region: t.rate.Region, currency: t.contract.Currency}
}

func (w *Way) convert(c *Contracts, from, to string) {
	if f, ok := c.convert(from, to); ok && !f.IsOne() {
		w.factor, w.converts = f, true
	}
}

func (d *Detail) kindOf(k kind) *kind {
	at := d.kinds[k]
	if at == nil {
		at = &kind{}
		*at = k
		at.standing = &standing{at: uint32(len(d.held.kinds)), pricing: d.pricings[k.term], native: k.currency == k.contract.Currency, half: halfUnit(k.contract.Currency, 1)}
		d.kinds[k], d.held.kinds = at, append(d.held.kinds, at)
	}
	return at
}

// halfUnit is half a minor unit for each of n rows.
func halfUnit(currency money.Currency, n int64) money.Fixed {
	places, _ := money.MinorUnits(currency)
	f, err := money.FixedFromDecimal(money.NewDecimal(5*n, -places-1))
	if err != nil {
		return money.Fixed{} // beyond all amounts
	}
	return f
}

// Add takes a row, if any contract's detail is about it. The error is a sum that overflows.
func (d *Detail) Add(r *DetailRow) error {
	w := d.WayOf(&r.UseRow)
	if w.Skips() {
		return nil
	}
	return d.Take(w, &Numbers{
		Consumed: r.Consumed, Priced: r.Priced, List: r.List, Billed: r.Billed, UnitPrice: r.UnitPrice, HasPrice: r.HasPrice, OurOwn: r.OurOwn,
		Day: r.Day, Start: r.Start, End: r.End, Account: d.Account([]byte(r.Account)), Object: d.Name([]byte(r.Object)), Invoice: d.Name([]byte(r.Invoice)),
		Resource: d.Resource([]byte(r.Resource)), Row: r.Row,
	})
}

// Take takes a row of a way that does not skip it. The error is a sum that overflows.
func (d *Detail) Take(w *Way, n *Numbers) error {
	if w.kind == nil {
		if d.share > 0 {
			return nil
		}
		return d.sums.aside(w, n.Billed, d.convert(n.Billed, w.currency, w.contract))
	}
	if d.shares > 1 {
		resource := ""
		if w.byResource {
			resource = d.held.resources.text(n.Resource)
		}
		if !d.takes(schemas.AccountID(d.held.accounts.text(n.Account)), resource) {
			return nil
		}
	}
	if w.own && n.Account == 0 {
		return nil
	}
	quantity, err := w.quantity(n)
	if err != nil {
		return err
	}
	if w.last != n.Day {
		w.last, w.day = n.Day, chargeDay(w.contract, n.Day)
	}
	e := d.held.next()
	*e = entry{
		kind: w.kind.at, own: w.own, quantity: quantity, day: w.day, start: n.Start, end: n.End,
		account: n.Account, resource: n.Resource, byResource: w.byResource,
	}
	if !w.own {
		e.cost, e.object, e.row, e.invoice, e.ourOwn = n.Billed, n.Object, n.Row, n.Invoice, n.OurOwn
		if e.priced = w.priced && n.HasPrice; e.priced {
			e.stated, e.price = n.Priced, n.UnitPrice
		}
	}
	d.held.use(e)
	return nil
}

// quantity is what of a row counts, in the unit of the rate.
func (w *Way) quantity(n *Numbers) (money.Fixed, error) {
	q := n.Priced
	switch w.takes {
	case ofConsumed:
		q = n.Consumed
	case ofList:
		q = n.List
	case ofPriced:
	}
	if !w.converts {
		return q, nil
	}
	x, err := w.factor.Apply(q.Decimal(), money.Scale, money.HalfEven)
	if err != nil {
		return q, err
	}
	return money.FixedFromDecimal(x)
}

// before is what the run of the period before found missing.
type before struct {
	account, resource string
	entry
}

// Earlier takes what the run of the period before found missing, in the bill or in our meters.
func (d *Detail) Earlier(x *peerbill.Discrepancy) error {
	if x.Note || x.Class != peerbill.MissingInBill && x.Class != peerbill.MissingInMeter {
		return nil
	}
	key := useKey{Peer: x.Peer, Service: x.Service, SKU: x.SKU, Region: x.Region, From: d.contracts.cuts[0]}
	t := d.contracts.billed(&key)
	if t == nil || t.floor != nil || t.contract.Detail == nil {
		return nil
	}
	b := before{account: string(x.Account), resource: x.Resource}
	b.kind, b.day, b.own, b.earlier, b.byResource = d.kindOf(rateKind(t, x.Peer)).at, x.Day, x.Class == peerbill.MissingInBill, true, true
	amount, quantity := x.Expected, x.Metered
	if !b.own {
		amount, quantity = x.Actual, x.Billed
	}
	var err error
	if b.cost, err = money.FixedFromDecimal(amount); err == nil {
		b.quantity, err = money.FixedFromDecimal(quantity)
	}
	d.before = append(d.before, b)
	return err
}
