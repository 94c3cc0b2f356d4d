package bills

import (
	"cmp"
	"slices"

	"daybook/reconcile/tally"
	"daybook/schemas"
	"daybook/schemas/money"
)

// BillSums are sums of peers' bills by contract and currency, to be added up over shards.
type BillSums struct {
	contracts *Contracts
	bills     map[billKey]*billLine
	asides    map[asideKey]*asideLine
	numbered  map[invoiceKey]*invoiceSum
}

type billKey struct {
	contract schemas.ContractID
	currency money.Currency
}

// billLine are the sums of one bill; all but billed are in the contract's currency.
type billLine struct {
	billKey
	billed, actual, expected, disputed, tolerated, rounding, withheld, accrued, laterBilled, laterAccrued money.Fixed
	rows, discrepancies                                                                                   int64
}

// asideKey are rows that no rate covers: taxes, credits and the like.
type asideKey struct {
	contract schemas.ContractID
	service  string
	category schemas.ChargeCategory
	currency money.Currency
}

type asideLine struct {
	asideKey
	billed, actual money.Fixed
	rows           int64
}

// NewBillSums returns sums of nothing.
func NewBillSums(c *Contracts) *BillSums {
	return &BillSums{contracts: c, bills: map[billKey]*billLine{}, asides: map[asideKey]*asideLine{}, numbered: map[invoiceKey]*invoiceSum{}}
}

func (s *BillSums) bill(k billKey) *billLine {
	b := s.bills[k]
	if b == nil {
		b = &billLine{billKey: k}
		s.bills[k] = b
	}
	return b
}

// aside counts a row that no rate covers: as billed where the contract takes it so, else to be compared over all shards.
func (s *BillSums) aside(w *Way, billed money.Fixed, actual money.Decimal) error {
	f, err := money.FixedFromDecimal(actual)
	if err != nil {
		return err
	}
	if w.accepted {
		b := s.bill(billKey{w.contract.ID, w.currency})
		b.rows++
		return tally.AddAll("bill", string(w.peer), []*money.Fixed{&b.billed, &b.actual, &b.expected}, []money.Fixed{billed, f, f})
	}
	return s.addAside(&asideLine{asideKey{w.contract.ID, w.service, w.category, w.currency}, billed, f, 1})
}

func (s *BillSums) addAside(more *asideLine) error {
	a := s.asides[more.asideKey]
	if a == nil {
		a = &asideLine{asideKey: more.asideKey}
		s.asides[a.asideKey] = a
	}
	a.rows += more.rows
	return tally.AddAll("bill", string(more.contract), []*money.Fixed{&a.billed, &a.actual}, []money.Fixed{more.billed, more.actual})
}

func (b *billLine) amounts() []*money.Fixed {
	return []*money.Fixed{
		&b.billed, &b.actual, &b.expected, &b.disputed, &b.tolerated, &b.rounding, &b.withheld, &b.accrued, &b.laterBilled, &b.laterAccrued,
	}
}

func (s *BillSums) addBill(more *billLine) error {
	b := s.bill(more.billKey)
	b.rows += more.rows
	b.discrepancies += more.discrepancies
	values := make([]money.Fixed, 0, 10)
	for _, f := range more.amounts() {
		values = append(values, *f)
	}
	return tally.AddAll("bill", string(more.contract), b.amounts(), values)
}

// Merge adds other sums.
func (s *BillSums) Merge(o *BillSums) error {
	for _, b := range o.lines() {
		if err := s.addBill(b); err != nil {
			return err
		}
	}
	for _, a := range o.besides() {
		if err := s.addAside(a); err != nil {
			return err
		}
	}
	for _, n := range o.numbers() {
		if err := s.addNumbered(n); err != nil {
			return err
		}
	}
	return nil
}

// Exchange writes the sums in order, or reads more of them from what was written.
func (s *BillSums) Exchange(p *tally.Pack) {
	var bills []*billLine
	var asides []*asideLine
	if !p.Reads() {
		bills, asides = s.lines(), s.besides()
	}
	tally.Exchange(p, bills, func(b **billLine, p *tally.Pack) {
		if p.Reads() {
			*b = &billLine{}
		}
		tally.Text(p, &(*b).contract)
		tally.Text(p, &(*b).currency)
		p.Numbers((*b).amounts()...)
		p.Count(&(*b).rows)
		p.Count(&(*b).discrepancies)
	}, func(b **billLine) error { return s.addBill(*b) })
	tally.Exchange(p, asides, func(a **asideLine, p *tally.Pack) {
		if p.Reads() {
			*a = &asideLine{}
		}
		tally.Text(p, &(*a).contract)
		tally.Text(p, &(*a).service)
		tally.Text(p, &(*a).category)
		tally.Text(p, &(*a).currency)
		p.Numbers(&(*a).billed, &(*a).actual)
		p.Count(&(*a).rows)
	}, func(a **asideLine) error { return s.addAside(*a) })
	s.exchangeNumbered(p)
}

func (s *BillSums) lines() []*billLine {
	out := make([]*billLine, 0, len(s.bills))
	for _, b := range s.bills {
		out = append(out, b)
	}
	slices.SortFunc(out, func(a, b *billLine) int {
		return cmp.Or(cmp.Compare(a.contract, b.contract), cmp.Compare(a.currency, b.currency))
	})
	return out
}

func (s *BillSums) besides() []*asideLine {
	out := make([]*asideLine, 0, len(s.asides))
	for _, a := range s.asides {
		out = append(out, a)
	}
	slices.SortFunc(out, func(a, b *asideLine) int {
		return cmp.Or(cmp.Compare(a.contract, b.contract), cmp.Compare(a.service, b.service), cmp.Compare(a.category, b.category), cmp.Compare(a.currency, b.currency))
	})
	return out
}
