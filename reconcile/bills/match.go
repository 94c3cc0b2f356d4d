package bills

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"daybook/reconcile/sheet"
	"daybook/reconcile/tally"
	"daybook/schemas"
	"daybook/schemas/agreed"
	"daybook/schemas/money"
)

// matchPlaces is how many decimal places an expected amount may have: as many as a dataset holds.
const matchPlaces = money.Scale

// Match compares what peers bill with what the contracts say it should be, for rates that say so on the quantity of
// our own meters. Every row of the bill is in exactly one match, so the sum of ActualBilled per currency is the sum of
// the bills; every quantity that our meters count for a rate is in exactly one match, too. Rows are sorted as
// schemas.PeerMatches says.
//
// A bill in another currency than its contract is converted at the period's rate. Before are what the matches of commitments were in
// the month before, from which their terms go on.
func Match(c *Contracts, u *Use, fx schemas.FX, before []Spent) ([]schemas.PeerMatch, []schemas.Finding, error) {
	m := &matcher{contracts: c, fx: fx, groups: map[groupKey]*group{}, byTerm: map[*term][]*group{}, before: before}
	rows := u.rows()
	for i := range rows {
		if rows[i].Peer != "" {
			if err := m.bill(&rows[i]); err != nil {
				return nil, nil, err
			}
		}
	}
	for i := range rows {
		if rows[i].Peer == "" {
			if err := m.meter(&rows[i]); err != nil {
				return nil, nil, err
			}
		}
	}
	for _, t := range c.floors {
		m.meterGroup(t)
	}
	return m.rows()
}

// matcher gathers usage into one group for each row of the result.
type matcher struct {
	contracts *Contracts
	fx        schemas.FX
	groups    map[groupKey]*group
	byTerm    map[*term][]*group
	findings  []schemas.Finding
	before    []Spent
	// spent is what rates come to, and what minimums add.
	spent map[spentOn]Spent
}

// groupKey identifies a match; a field that does not part the bill there is empty.
type groupKey struct {
	peer     schemas.PeerID
	service  string
	sku      schemas.SKU
	region   string
	category schemas.ChargeCategory
	contract schemas.ContractID
	from     schemas.Date
	currency money.Currency
	// unit is set where it is why no rate applies.
	unit string
	// order tells rates of one contract apart.
	order int
}

// id is the identifier of the group's match.
func (k *groupKey) id(p schemas.Period) string {
	order := ""
	if k.order > 0 {
		order = fmt.Sprint(k.order)
	}
	return schemas.JoinID(string(p), string(k.peer), k.service, string(k.sku), k.region, string(k.category), string(k.contract),
		k.from.String(), string(k.currency), k.unit, order)
}

type group struct {
	key      groupKey
	term     *term
	accepted bool
	billed   []quantity // by unit
	metered  []quantity
	list     money.Fixed
	cost     money.Fixed
	billRows int64
	ownRows  int64
}

// quantity is a sum in one unit.
type quantity struct {
	unit  string
	value money.Fixed
}

func addQuantity(list []quantity, unit string, v money.Fixed) ([]quantity, error) {
	i := slices.IndexFunc(list, func(q quantity) bool { return q.unit == unit })
	if i < 0 {
		return append(list, quantity{unit, v}), nil
	}
	return list, tally.AddAll("quantities", unit, []*money.Fixed{&list[i].value}, []money.Fixed{v})
}

// bill puts a row of a peer's bill into its group.
func (m *matcher) bill(l *useLine) error {
	g := m.groupOf(l)
	unit, value := l.PricingUnit, l.Priced
	if g.term != nil && g.term.rate.Quantity == agreed.ConsumedQuantity {
		unit, value = l.ConsumedUnit, l.Consumed
	}
	g.billRows += l.Rows
	var err error
	if g.billed, err = addQuantity(g.billed, unit, value); err != nil {
		return err
	}
	return tally.AddAll("bill", string(l.Peer), []*money.Fixed{&g.list, &g.cost}, []money.Fixed{l.List, l.Billed})
}

func (m *matcher) groupOf(l *useLine) *group {
	k := groupKey{peer: l.Peer, service: l.Service, category: l.Category, from: l.From, currency: l.Currency}
	if contract := m.contracts.accepts(&l.useKey); contract != nil {
		k.contract = contract.ID
		k.from = m.contracts.cuts[0]
		g := m.group(k)
		g.accepted = true
		return g
	}
	t, unit, fits := m.contracts.rated(&l.useKey)
	switch {
	case t == nil:
		k.sku, k.region = l.SKU, l.Region
		k.from = m.contracts.cuts[0]
	case !fits:
		k.contract, k.sku, k.region, k.unit = t.contract.ID, l.SKU, l.Region, unit
	default:
		return m.termGroup(t, l.Currency)
	}
	return m.group(k)
}

func (m *matcher) group(k groupKey) *group {
	g := m.groups[k]
	if g == nil {
		g = &group{key: k}
		m.groups[k] = g
	}
	return g
}

// key identifies the match of a rate with a bill in a currency.
func (t *term) key(currency money.Currency) groupKey {
	return groupKey{
		peer: t.contract.Peer, service: t.rate.Service, sku: t.rate.SKU, region: t.rate.Region, contract: t.contract.ID,
		from: t.from, currency: currency, order: t.order,
	}
}

func (m *matcher) termGroup(t *term, currency money.Currency) *group {
	g := m.group(t.key(currency))
	if g.term == nil {
		g.term = t
		m.byTerm[t] = append(m.byTerm[t], g)
	}
	return g
}

// meter puts a row of our own meters into the group of its rate: the bill in the contract's currency if there is one,
// else the first bill, else a group without a bill.
func (m *matcher) meter(l *useLine) error {
	t := m.contracts.meteredBy(&l.useKey)
	if t == nil {
		return nil
	}
	unit, value := l.ConsumedUnit, l.Consumed
	if _, ok := m.contracts.convert(unit, t.rate.Unit); !ok && t.rate.Unit != "" {
		m.findings = append(m.findings, schemas.Remark(schemas.CodeUnitMismatch, string(l.SKU),
			fmt.Sprintf("our meter of %s counts %s of %s, which contract %s rates in %s; add the factor to units of the catalogue",
				t.rate.Service, l.SKU, unit, t.contract.ID, t.rate.Unit), money.Zero, ""))
		return nil
	}
	g := m.meterGroup(t)
	g.ownRows += l.Rows
	var err error
	g.metered, err = addQuantity(g.metered, unit, value)
	return err
}

// meterGroup is the group in which what our meters count for a rate is compared.
func (m *matcher) meterGroup(t *term) *group {
	list := m.byTerm[t]
	i := slices.IndexFunc(list, func(g *group) bool { return g.key.currency == t.contract.Currency })
	switch {
	case i >= 0:
		return list[i]
	case len(list) > 0:
		return list[0]
	}
	return m.termGroup(t, t.contract.Currency)
}

// rows computes the matches in order, with their findings.
func (m *matcher) rows() ([]schemas.PeerMatch, []schemas.Finding, error) {
	groups := make([]*group, 0, len(m.groups))
	for _, g := range m.groups {
		groups = append(groups, g)
	}
	slices.SortFunc(groups, func(a, b *group) int {
		x, y := &a.key, &b.key
		return cmp.Or(cmp.Compare(x.peer, y.peer), cmp.Compare(x.service, y.service), cmp.Compare(x.sku, y.sku),
			cmp.Compare(x.region, y.region), cmp.Compare(x.category, y.category), cmp.Compare(x.contract, y.contract),
			x.from.Compare(y.from), cmp.Compare(x.currency, y.currency), cmp.Compare(x.unit, y.unit), cmp.Compare(x.order, y.order))
	})
	out := make([]schemas.PeerMatch, len(groups))
	m.spent = map[spentOn]Spent{}
	for _, basis := range []schemas.RateBasis{"", schemas.BasisMinimum, schemas.BasisCommitment} {
		for i, g := range groups {
			if g.floor() != basis {
				continue
			}
			var err error
			if out[i], err = m.row(g); err != nil {
				return nil, nil, fmt.Errorf("match the bill of %s for %s: %w", g.key.peer, g.key.service, err)
			}
			m.spend(g, &out[i])
		}
	}
	for i := range out {
		if f, ok := matchFinding(&out[i]); ok {
			m.findings = append(m.findings, f)
		}
	}
	return out, m.findings, nil
}

// row is one match: the bill in the contract's currency against what was to be expected.
func (m *matcher) row(g *group) (schemas.PeerMatch, error) {
	k := &g.key
	r := schemas.PeerMatch{
		Period: m.contracts.period, Peer: k.peer, Contract: k.contract, Service: k.service, SKU: k.sku, Region: k.region,
		Category: k.category, From: k.from, Unit: k.unit, Currency: k.currency, BilledCurrency: k.currency,
		ActualBilled: g.cost.Decimal(), BillRows: g.billRows, MeterRows: g.ownRows,
	}
	r.ID = k.id(r.Period)
	s := &sheet.Sheet{}
	r.Actual = s.Given("billed", "billed cost in "+string(k.currency), r.ActualBilled)
	switch {
	case g.term != nil:
		m.rated(g, &r, s)
	case g.accepted:
		r.Status = schemas.Accepted
		r.Expected = r.Actual
	default:
		r.Status = schemas.Unmatched
		r.PricePart = r.Actual
		if len(g.billed) == 1 {
			r.Billed, r.Unit = g.billed[0].value.Decimal(), g.billed[0].unit
		}
	}
	r.Difference = s.Subtract("difference", sheet.Named("actual", r.Actual), sheet.Named("expected", r.Expected))
	r.Steps = s.Steps
	return r, s.Err
}

// rated fills the row of a group that a rate covers.
func (m *matcher) rated(g *group, r *schemas.PeerMatch, s *sheet.Sheet) {
	t := g.term
	r.Basis = cmp.Or(t.rate.Basis, schemas.BasisBill)
	if from := g.key.currency; from != t.contract.Currency {
		rate, ok := m.fx.Rate(from, t.contract.Currency, schemas.Date{})
		if !ok {
			r.Status = schemas.Unmatched
			r.PricePart = r.Actual
			m.findings = append(m.findings, schemas.MissingRate{Currency: from, Amount: r.Actual, What: "a bill"}.Finding(r.ID, t.contract.Currency))
			return
		}
		r.Actual = s.ShareRounded("billed, in "+string(t.contract.Currency),
			sheet.Named("billed", r.Actual), sheet.Named("rate", rate.Num), sheet.Named("per", rate.Den), matchPlaces)
	}
	r.Currency = t.contract.Currency
	if t.floor != nil {
		m.floored(g, r, s)
		return
	}
	r.Unit = t.rate.Unit
	r.Metered = m.quantity(s, "metered by us", g.metered, t.rate.Unit)
	if r.Basis != schemas.BasisList {
		r.Billed = m.quantity(s, "billed by the peer", g.billed, t.rate.Unit)
	}
	var atBilled money.Decimal
	switch r.Basis {
	case schemas.BasisMeter:
		r.Expected = priced(s, "expected: our meter at the contract's rate", r.Metered, t)
		atBilled = priced(s, "the peer's quantity at the contract's rate", r.Billed, t)
	case schemas.BasisBill:
		r.Expected = priced(s, "expected: the peer's quantity at the contract's rate", r.Billed, t)
		atBilled = r.Expected
	case schemas.BasisList:
		list := s.Given("list cost", "list cost in "+string(g.key.currency), g.list.Decimal())
		if rate, ok := m.fx.Rate(g.key.currency, t.contract.Currency, schemas.Date{}); ok {
			list = s.ShareRounded("list cost, in "+string(t.contract.Currency),
				sheet.Named("list cost", list), sheet.Named("rate", rate.Num), sheet.Named("per", rate.Den), matchPlaces)
		}
		r.Expected = priced(s, "expected: list cost at the contract's rate", list, t)
		atBilled = r.Expected
	case schemas.BasisMinimum, schemas.BasisCommitment: // of no rate
	}
	r.QuantityPart = s.Subtract("difference of quantity", sheet.Named("at the peer's quantity", atBilled), sheet.Named("expected", r.Expected))
	r.PricePart = s.Subtract("difference of price", sheet.Named("actual", r.Actual), sheet.Named("at the peer's quantity", atBilled))
	r.Status = status(r, t.contract.Tolerance)
}

// quantity adds sums in several units up in one.
func (m *matcher) quantity(s *sheet.Sheet, what string, list []quantity, unit string) money.Decimal {
	if len(list) == 0 {
		return money.Zero
	}
	sum := make([]sheet.Amount, 0, len(list))
	var v money.Decimal
	for _, q := range list {
		v = s.Given("quantity "+what, cmp.Or(q.unit, "quantity"), q.value.Decimal())
		if f, ok := m.contracts.convert(q.unit, unit); ok {
			v = s.ShareRounded("in "+unit, sheet.Named(q.unit, v), sheet.Named("factor", f.Num), sheet.Named("per", f.Den), matchPlaces)
		}
		sum = append(sum, sheet.Named(cmp.Or(q.unit, "quantity"), v))
	}
	if len(sum) == 1 {
		return v
	}
	return s.Add("quantity "+what, sum...)
}

// priced prices a quantity: by one price, or by graduated tiers, less the discount. A quantity below zero costs the opposite of the
// same quantity above.
func priced(s *sheet.Sheet, note string, q money.Decimal, t *term) money.Decimal {
	r := t.rate
	if t.list != "" {
		note += ", of price list " + t.list
	}
	var out money.Decimal
	if len(r.Tiers) == 0 {
		out = s.Multiply(note, sheet.Named("quantity", q), sheet.Named("rate", r.Price))
	} else {
		out = s.Add(note, tiered(s, q, r.Tiers)...)
	}
	if -out.Exponent() > matchPlaces {
		out = s.RoundTo(note+", to the places that are kept", sheet.Named("amount", out), matchPlaces)
	}
	if t.percent.IsZero() {
		return out
	}
	rest := s.Subtract(strings.TrimSpace("what the discount leaves of a hundred, kind "+r.Kind), sheet.Named("all", hundred), sheet.Named("discount", t.percent))
	return s.ShareRounded(note+", less the discount", sheet.Named("amount", out), sheet.Named("percent", rest), sheet.Named("of", hundred), matchPlaces)
}

var hundred = money.NewDecimal(100, 0)

// costOf is what priced gives, without its steps.
func costOf(t *term, q money.Decimal) money.Decimal {
	return priced(&sheet.Sheet{}, "", q, t)
}

func tiered(s *sheet.Sheet, q money.Decimal, tiers []agreed.ContractTier) []sheet.Amount {
	size, low := q.Abs(), money.Zero
	var parts []sheet.Amount
	for i, t := range tiers {
		part := size.Sub(low)
		if i < len(tiers)-1 && t.UpTo != nil && t.UpTo.LessThan(size) {
			part = t.UpTo.Sub(low)
			low = *t.UpTo
		} else {
			low = size
		}
		if q.IsNegative() {
			part = part.Neg()
		}
		name := fmt.Sprintf("tier %d", i+1)
		parts = append(parts, sheet.Named(name, s.Multiply(name, sheet.Named("quantity", part), sheet.Named("rate", t.Price))))
		if low.Equal(size) {
			break
		}
	}
	return parts
}

// status judges a rated match.
func status(r *schemas.PeerMatch, tolerance schemas.Threshold) schemas.MatchStatus {
	difference := r.Actual.Sub(r.Expected)
	switch {
	case difference.IsZero():
		return schemas.Matched
	case r.BillRows == 0:
		return schemas.Unbilled
	case !tolerance.Beyond(difference, r.Expected):
		return schemas.WithinTolerance
	case difference.IsPositive():
		return schemas.Overbilled
	default:
		return schemas.Underbilled
	}
}
