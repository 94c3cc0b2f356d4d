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

// Detail holds the rows of peers' bills against what our meters counted, account by account. It keeps rows until they are matched: all of
// an account, or of one of its shares, are to be added between one match and the next. It is not safe for concurrent use.
type Detail struct {
	contracts *Contracts
	fx        schemas.FX
	pricings  map[*term]*pricing
	kinds     map[kind]*kind
	sums      *BillSums
	// share of shares is the part of the threads that this one takes.
	share, shares uint64
	held          held
	before        []before
	emit          func(*peerbill.Discrepancy, []BillRow) error
	at            []BillRow // room of emit
	room          room
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
	*standing
}

// standing is what the rows of a kind are compared by, and where they are counted.
type standing struct {
	// rank is the place of the kind's name among those of the rows that are held, from 1; 0 of none of them.
	rank uint32
	// at is the kind's place in the list of all.
	at      uint32
	pricing *pricing
	// native says that the kind is in the contract's currency, and half is half a minor unit of it.
	native bool
	half   money.Fixed
	agreed *billLine
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

// NewDetail returns a Detail of all rows. The matches are those of the period's whole use under the same contracts: tiers are priced by
// its quantities.
func NewDetail(c *Contracts, fx schemas.FX, matches []schemas.PeerMatch) *Detail {
	return &Detail{
		contracts: c, fx: fx, pricings: c.pricings(matches), kinds: map[kind]*kind{}, sums: NewBillSums(c), shares: 1,
		held: held{accounts: newNames(), texts: newNames(), resources: newNames(), word: 64},
	}
}

// Share has it take one of so many shares of the rows from now on: each of an account's resources is in one of them.
func (d *Detail) Share(share, shares int) { d.share, d.shares = uint64(share), uint64(shares) }

// Sums are those of all that has been matched.
func (d *Detail) Sums() *BillSums { return d.sums }

// Findings are what is to be said beside the discrepancies.
func (d *Detail) Findings() []schemas.Finding { return d.findings }

// isUse says of a category that rates cover it.
func isUse(c schemas.ChargeCategory) bool {
	return c == schemas.CategoryUsage || c == schemas.CategoryPurchase || c == ""
}

func (d *Detail) keyOf(r *DetailRow) useKey {
	return useKey{r.Peer, r.Service, r.SKU, r.Region, r.Category, r.ConsumedUnit, r.PricingUnit, r.Currency, d.contracts.cut(r.Day)}
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

// chargeDay is the charge period within which a row of a contract is compared.
func chargeDay(c *agreed.Contract, day schemas.Date) schemas.Date {
	if c.Detail.Per != agreed.PerDay {
		day, _ = day.Period().Days()
	}
	return day
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

// compareKinds orders kinds by what is compared with what: the use of one rate, or of one SKU that no rate covers.
func compareKinds(x, y *kind) int {
	a, b := x.rated(), y.rated()
	return cmp.Or(cmp.Compare(a.peer, b.peer), cmp.Compare(a.service, b.service), cmp.Compare(a.sku, b.sku), cmp.Compare(a.region, b.region),
		cmp.Compare(a.term.place(), b.term.place()), cmp.Compare(a.contract.ID, b.contract.ID))
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
