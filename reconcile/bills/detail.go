package bills

import (
	"cmp"
	"hash/fnv"
	"slices"

	"daybook/schemas"
	"daybook/schemas/agreed"
	"daybook/schemas/money"
	"daybook/schemas/peerbill"
)

// DetailRow is a row of usage, of a peer's bill or of our own meters, with all that its comparison within an account reads.
type DetailRow struct {
	UseRow
	// Account is whose the row is, empty where the book knows nobody; OurOwn says that we use the peer's account ourselves.
	Account  schemas.AccountID
	OurOwn   bool
	Resource string
	// Start and End are of the charge period, in microseconds.
	Start, End int64
	// UnitPrice is the price that the peer states for each of PricingQuantity, where it states one.
	UnitPrice money.Fixed
	HasPrice  bool
	// Object and Row are where the row lies, and Invoice is the number of the invoice that it names.
	Object  string
	Row     int64
	Invoice string
}

// Detail holds the rows of peers' bills against what our meters counted, account by account. All rows of an account have to be
// added to one Detail, or those of one of its shares; it keeps them until they are matched. It is not safe for concurrent use.
type Detail struct {
	contracts *Contracts
	fx        schemas.FX
	pricings  map[*term]*pricing
	kinds     map[kind]*kind
	names     map[string]string
	lines     []*line
	sums      *BillSums
	// share of shares is the part of the threads that this one takes.
	share, shares uint64
	emit          func(*peerbill.Discrepancy, []BillRow) error
	at            []BillRow // room of emit
	findings      []schemas.Finding
}

// kind is what many lines have alike.
type kind struct {
	contract *agreed.Contract
	term     *term // nil where no rate covers the line
	peer     schemas.PeerID
	service  string
	sku      schemas.SKU
	region   string
	currency money.Currency
}

// line is a row of a bill, or of our meters, in the unit of its rate.
type line struct {
	*kind
	account  schemas.AccountID
	resource string // by which it is compared
	named    string // the row's own resource
	day      schemas.Date
	start    int64
	end      int64
	quantity money.Fixed
	// cost is in the currency of the kind; of an earlier line of our meters it is what was expected. product is the quantity by the
	// price that the peer states, where priced.
	cost, product money.Fixed
	object        string
	invoice       string
	row           int64
	own, earlier  bool
	priced        bool
	ourOwn        bool
}

// HasDetail reports whether any contract asks for its bill by detail.
func (c *Contracts) HasDetail() bool {
	return slices.ContainsFunc(c.all, func(k agreed.Contract) bool { return k.Detail != nil })
}

// detailOf finds the contract that holds a peer's bill against our meters on a day; nil where none does.
func (c *Contracts) detailOf(peer schemas.PeerID, day schemas.Date) *agreed.Contract {
	var late *agreed.Contract
	for i := range c.all {
		k := &c.all[i]
		if k.Peer != peer || k.Detail == nil {
			continue
		}
		if k.Validity.Holds(day, c.asOf) {
			return k
		}
		late = k
	}
	return late
}

// NewDetail returns a Detail of one of so many shares of the rows. The matches are those of the period's whole use under the same
// contracts: tiers are priced by its quantities.
func NewDetail(c *Contracts, fx schemas.FX, matches []schemas.PeerMatch, share, shares int) *Detail {
	return &Detail{
		contracts: c, fx: fx, pricings: c.pricings(matches), kinds: map[kind]*kind{}, names: map[string]string{},
		sums: NewBillSums(c), share: uint64(share), shares: uint64(shares),
	}
}

// Add takes a row, if any contract's detail is about it. The error is a sum that overflows.
func (d *Detail) Add(r *DetailRow) error {
	if r.Peer == "" {
		return d.addOwn(r)
	}
	contract := d.contracts.detailOf(r.Peer, r.Day)
	if contract == nil {
		return nil
	}
	key := d.keyOf(r)
	term, _, fits := d.contracts.rated(&key)
	if term != nil && (!fits || term.contract.Detail == nil) {
		term = nil
	}
	if term != nil {
		contract = term.contract
	}
	floor := term != nil && term.floor != nil
	if accepted := d.contracts.accepts(&key) != nil; accepted || floor || !isUse(r.Category) {
		if d.share > 0 {
			return nil
		}
		return d.sums.aside(contract, r, accepted, d.convert(r.Billed, r.Currency, contract))
	}
	if !d.takes(r.Account, contract.Detail.Resource(r.Resource)) {
		return nil
	}
	l := d.lineOf(r, kind{contract, term, r.Peer, r.Service, r.SKU, r.Region, r.Currency})
	l.cost, l.ourOwn = r.Billed, r.OurOwn
	l.object, l.row, l.invoice = d.name(r.Object), r.Row, d.name(r.Invoice)
	var err error
	if term != nil {
		unit, value := r.PricingUnit, r.Priced
		switch {
		case term.rate.Basis == schemas.BasisList:
			unit, value = term.rate.Unit, r.List
		case term.rate.Quantity == agreed.ConsumedQuantity:
			unit, value = r.ConsumedUnit, r.Consumed
		}
		if l.quantity, err = d.inUnit(value, unit, term.rate.Unit); err != nil {
			return err
		}
		if l.priced = r.HasPrice && r.Currency == contract.Currency && term.rate.Basis != schemas.BasisList; l.priced {
			l.product, err = money.MulWide(r.Priced, r.UnitPrice).Round(2*money.Scale, money.Scale, money.HalfEven)
		}
	} else {
		l.quantity = r.Priced
	}
	d.lines = append(d.lines, l)
	return err
}

// isUse says of a category that rates cover it.
func isUse(c schemas.ChargeCategory) bool {
	return c == schemas.CategoryUsage || c == schemas.CategoryPurchase || c == ""
}

func (d *Detail) keyOf(r *DetailRow) useKey {
	return useKey{r.Peer, r.Service, r.SKU, r.Region, r.Category, r.ConsumedUnit, r.PricingUnit, r.Currency, d.contracts.cut(r.Day)}
}

func (d *Detail) addOwn(r *DetailRow) error {
	key := d.keyOf(r)
	t := d.contracts.meteredBy(&key)
	if t == nil || t.contract.Detail == nil || r.Account == "" || !d.takes(r.Account, t.contract.Detail.Resource(r.Resource)) {
		return nil
	}
	if t.rate.Unit != "" {
		if _, ok := d.contracts.convert(r.ConsumedUnit, t.rate.Unit); !ok {
			return nil // the match over all says so
		}
	}
	l := d.lineOf(r, kind{t.contract, t, t.contract.Peer, t.rate.Service, t.rate.SKU, t.rate.Region, t.contract.Currency})
	l.own = true
	var err error
	l.quantity, err = d.inUnit(r.Consumed, r.ConsumedUnit, t.rate.Unit)
	d.lines = append(d.lines, l)
	return err
}

// Earlier takes what the run of the period before found missing, in the bill or in our meters.
func (d *Detail) Earlier(x *peerbill.Discrepancy) error {
	if x.Note || x.Class != peerbill.MissingInBill && x.Class != peerbill.MissingInMeter || !d.takes(x.Account, x.Resource) {
		return nil
	}
	key := useKey{Peer: x.Peer, Service: x.Service, SKU: x.SKU, Region: x.Region, From: d.contracts.cuts[0]}
	t := d.contracts.billed(&key)
	if t == nil || t.floor != nil || t.contract.Detail == nil {
		return nil
	}
	l := &line{
		kind: d.kindOf(kind{t.contract, t, x.Peer, t.rate.Service, t.rate.SKU, t.rate.Region, t.contract.Currency}), account: x.Account,
		resource: d.name(x.Resource), day: x.Day, own: x.Class == peerbill.MissingInBill, earlier: true,
	}
	amount, quantity := x.Expected, x.Metered
	if !l.own {
		amount, quantity = x.Actual, x.Billed
	}
	var err error
	if l.cost, err = money.FixedFromDecimal(amount); err == nil {
		l.quantity, err = money.FixedFromDecimal(quantity)
	}
	d.lines = append(d.lines, l)
	return err
}

// takes reports whether the rows of an account and resource are of the share.
func (d *Detail) takes(account schemas.AccountID, resource string) bool {
	if d.shares <= 1 {
		return true
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(account))
	_, _ = h.Write([]byte{0})
	_, _ = h.Write([]byte(resource))
	return h.Sum64()%d.shares == d.share
}

func (d *Detail) lineOf(r *DetailRow, k kind) *line {
	l := &line{kind: d.kindOf(k), account: schemas.AccountID(d.name(string(r.Account))), day: r.Day, start: r.Start, end: r.End}
	if k.contract.Detail.Per != agreed.PerDay {
		l.day, _ = r.Day.Period().Days()
	}
	l.named = d.name(r.Resource)
	l.resource = k.contract.Detail.Resource(l.named)
	return l
}

func (d *Detail) kindOf(k kind) *kind {
	at := d.kinds[k]
	if at == nil {
		at = &k
		d.kinds[k] = at
	}
	return at
}

// name keeps each text once.
func (d *Detail) name(s string) string {
	if have, ok := d.names[s]; ok {
		return have
	}
	d.names[s] = s
	return s
}

func (d *Detail) inUnit(v money.Fixed, from, to string) (money.Fixed, error) {
	f, ok := d.contracts.convert(from, to)
	if !ok || f.IsOne() {
		return v, nil
	}
	x, err := f.Apply(v.Decimal(), money.Scale, money.HalfEven)
	if err != nil {
		return v, err
	}
	return money.FixedFromDecimal(x)
}

// convert gives an amount of a bill in the contract's currency; 0 where there is no rate, which a finding says.
func (d *Detail) convert(v money.Fixed, from money.Currency, contract *agreed.Contract) money.Decimal {
	if from == contract.Currency || v.IsZero() {
		return v.Decimal()
	}
	rate, ok := d.fx.Rate(from, contract.Currency, schemas.Date{})
	if ok {
		if x, err := rate.Apply(v.Decimal(), money.Scale, money.HalfEven); err == nil {
			return x
		}
	}
	missing := schemas.MissingRate{Currency: from, Amount: v.Decimal(), What: "a bill"}.Finding(string(contract.ID), contract.Currency)
	if !slices.ContainsFunc(d.findings, func(f schemas.Finding) bool { return f.Message == missing.Message }) {
		d.findings = append(d.findings, missing)
	}
	return money.Zero
}

// Match calls emit with every discrepancy, in the order of peerbill.Discrepancies, and the bill's rows that it is of, none of a
// note. It returns the sums of the bills and what is to be said beside. Both arguments of emit are valid during the call.
func (d *Detail) Match(emit func(*peerbill.Discrepancy, []BillRow) error) (*BillSums, []schemas.Finding, error) {
	d.emit = emit
	slices.SortFunc(d.lines, func(a, b *line) int {
		return cmp.Or(a.compareThread(b), a.day.Compare(b.day), compareBool(b.own, a.own), cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end),
			cmp.Compare(a.object, b.object), cmp.Compare(a.row, b.row), a.quantity.Cmp(b.quantity))
	})
	for len(d.lines) > 0 {
		n := 1
		for n < len(d.lines) && d.lines[n].compareThread(d.lines[0]) == 0 {
			n++
		}
		if err := d.thread(d.lines[:n]); err != nil {
			return nil, nil, err
		}
		d.lines = d.lines[n:]
	}
	return d.sums, d.findings, nil
}

// compareThread orders lines by what is compared with what: an account's use of one rate, or of one SKU that no rate covers, by
// resource where the contract says so.
func (l *line) compareThread(o *line) int {
	if c := cmp.Or(cmp.Compare(l.account, o.account), compareBool(l.ourOwn, o.ourOwn)); c != 0 {
		return c
	}
	if l.kind != o.kind {
		a, b := l.rated(), o.rated()
		if c := cmp.Or(cmp.Compare(a.peer, b.peer), cmp.Compare(a.service, b.service), cmp.Compare(a.sku, b.sku), cmp.Compare(a.region, b.region),
			cmp.Compare(a.term.place(), b.term.place()), cmp.Compare(a.contract.ID, b.contract.ID)); c != 0 {
			return c
		}
	}
	return cmp.Compare(l.resource, o.resource)
}

// rated is the kind by the names of its rate, where it has one.
func (k *kind) rated() kind {
	out := *k
	if k.term != nil {
		out.service, out.sku, out.region = k.term.rate.Service, k.term.rate.SKU, k.term.rate.Region
	}
	return out
}

// place is the order of a rate; 0 of none.
func (t *term) place() int {
	if t == nil {
		return 0
	}
	return t.order
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// pricing is what a quantity of a rate costs in detail: the flat price, or its part of what the whole costs.
type pricing struct {
	flat  bool
	price money.Fixed
	// base is what a unit of what our meters counted costs, and step one of the difference that the bill has.
	base, step money.Ratio
}

// pricings are those of all rates that are compared in detail.
func (c *Contracts) pricings(matches []schemas.PeerMatch) map[*term]*pricing {
	byID := make(map[string]*schemas.PeerMatch, len(matches))
	var currencies []money.Currency
	for i := range matches {
		byID[matches[i].ID] = &matches[i]
		if !slices.Contains(currencies, matches[i].BilledCurrency) {
			currencies = append(currencies, matches[i].BilledCurrency)
		}
	}
	out := map[*term]*pricing{}
	for _, list := range c.terms {
		for _, t := range list {
			if t.contract.Detail == nil || t.floor != nil {
				continue
			}
			p := &pricing{}
			if f, err := money.FixedFromDecimal(t.net(t.rate.Price)); err == nil && len(t.rate.Tiers) == 0 {
				p.flat, p.price = true, f
			}
			metered, billed := money.Zero, money.Zero
			for _, currency := range currencies {
				k := t.key(currency)
				if m := byID[k.id(c.period)]; m != nil {
					metered, billed = metered.Add(m.Metered), billed.Add(m.Billed)
				}
			}
			if t.rate.Basis != schemas.BasisMeter {
				metered = billed
			}
			p.base, p.step = t.slopes(metered, billed)
			out[t] = p
		}
	}
	return out
}

// slopes are what units of both quantities cost on average, and of their difference.
func (t *term) slopes(metered, billed money.Decimal) (base, step money.Ratio) {
	one := money.Ratio{Num: t.net(t.rate.Price), Den: money.One}
	if len(t.rate.Tiers) > 0 {
		one.Num = t.net(t.rate.Tiers[0].Price)
	}
	base, step = one, one
	if !metered.IsZero() {
		base = money.Ratio{Num: costOf(t, metered), Den: metered}
		step = base
	}
	if rest := billed.Sub(metered); !rest.IsZero() {
		step = money.Ratio{Num: costOf(t, billed).Sub(costOf(t, metered)), Den: rest}
	}
	return base, step
}

// Details reports whether rows of a peer's bill of a day are compared in detail.
func (c *Contracts) Details(peer schemas.PeerID, day schemas.Date) bool {
	return c.detailOf(peer, day) != nil
}
