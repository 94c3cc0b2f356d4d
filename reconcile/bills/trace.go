package bills

import (
	"fmt"

	"daybook/reconcile/sheet"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/peerbill"
)

// MeteredBy finds the rate by which our own use is compared with a bill; false where none counts it.
func (c *Contracts) MeteredBy(r *UseRow) (Rate, bool) {
	k := useKey{SKU: r.SKU, Region: r.Region, From: c.cut(r.Day)}
	t := c.meteredBy(&k)
	return Rate{t}, t != nil
}

// Counts reports whether what our meters count by the rate stands behind a discrepancy, and its quantity in the unit of the rate.
func (d *Detail) Counts(rate Rate, r *DetailRow, x *peerbill.Discrepancy) (money.Decimal, bool) {
	t := rate.term
	if t.contract.ID != x.Contract || t.contract.Detail == nil || r.Account != x.Account || t.contract.Detail.Resource(r.Resource) != x.Resource {
		return money.Zero, false
	}
	if chargeDay(t.contract, r.Day) != x.Day || t.rate.Service != x.Service || t.rate.SKU != x.SKU || t.rate.Region != x.Region {
		return money.Zero, false
	}
	q, err := d.inUnit(r.Consumed, r.ConsumedUnit, t.rate.Unit)
	return q.Decimal(), err == nil
}

// Steps are the arithmetic of a discrepancy: what its quantities cost by the contract, and how the effects come to its amount.
func (d *Detail) Steps(x *peerbill.Discrepancy) ([]schemas.Step, error) {
	s := &sheet.Sheet{}
	metered := s.Given("metered by us", "quantity", x.Metered)
	billed := s.Given("billed by the peer", "quantity", x.Billed)
	actual := s.Given("billed", "billed cost in "+string(x.BilledCurrency), x.ActualBilled)
	if rate, ok := d.fx.Rate(x.BilledCurrency, x.Currency, schemas.Date{}); ok && x.BilledCurrency != x.Currency && x.BillRows == 1 {
		actual = s.ShareRounded("billed, in "+string(x.Currency), sheet.Named("billed", actual), sheet.Named("rate", rate.Num), sheet.Named("per", rate.Den), money.Scale)
	} else if !actual.Equal(x.Actual) {
		actual = s.Given("billed, in "+string(x.Currency)+", row by row", "billed", x.Actual)
	}
	t := d.termOf(x)
	expected := x.Expected
	if t == nil || !d.priceOf(t, metered).Equal(x.Expected) {
		expected = s.Given("expected, as it was when its own month was compared, or without a rate", "expected", x.Expected)
	} else if !metered.IsZero() {
		expected = d.stepPrice(s, "expected: our quantity at the contract's price", t, metered)
	}
	atBilled := expected.Add(x.UsageEffect)
	switch {
	case t == nil || billed.IsZero():
		atBilled = s.Given("the peer's quantity at the contract's price", "at the peer's quantity", atBilled)
	case d.pricings[t].flat || metered.IsZero():
		atBilled = d.stepPrice(s, "the peer's quantity at the contract's price", t, billed)
	default:
		p := d.pricings[t]
		more := s.Subtract("the peer's quantity less ours", sheet.Named("billed", billed), sheet.Named("metered", metered))
		more = s.ShareRounded("what that changes of what the whole costs", sheet.Named("quantity", more), sheet.Named("cost of the whole difference", p.step.Num), sheet.Named("whole difference", p.step.Den), money.Scale)
		atBilled = s.Add("the peer's quantity at the contract's price", sheet.Named("expected", expected), sheet.Named("of the difference", more))
	}
	usage := s.Subtract("effect of usage", sheet.Named("at the peer's quantity", atBilled), sheet.Named("expected", expected))
	rest := s.Subtract("effects of the rate and of what else", sheet.Named("actual", actual), sheet.Named("at the peer's quantity", atBilled))
	other := s.Subtract("other effects", sheet.Named("of rate and other", rest), sheet.Named("effect of the rate", x.RateEffect))
	s.Add("amount", sheet.Named("usage", usage), sheet.Named("rate", x.RateEffect), sheet.Named("other", other))
	return s.Steps, s.Err
}

// stepPrice is priceOf, with its steps.
func (d *Detail) stepPrice(s *sheet.Sheet, note string, t *term, q money.Decimal) money.Decimal {
	p := d.pricings[t]
	if !p.flat {
		return s.ShareRounded(note+", its part of what the whole costs", sheet.Named("quantity", q), sheet.Named("cost of the whole", p.base.Num), sheet.Named("whole quantity", p.base.Den), matchPlaces)
	}
	out := s.Multiply(note, sheet.Named("quantity", q), sheet.Named("price, less discounts", p.price.Decimal()))
	if -out.Exponent() > matchPlaces {
		out = s.RoundTo(note+", to the places that are kept", sheet.Named("amount", out), matchPlaces)
	}
	return out
}

// termOf is the rate of a discrepancy, of several that one name has in the period the one that makes its expected amount; nil where
// none covers it.
func (d *Detail) termOf(x *peerbill.Discrepancy) *term {
	var found *term
	for _, t := range d.contracts.terms[serviceKey{x.Peer, x.Service}] {
		r := t.rate
		if t.floor != nil || t.contract.Detail == nil || r.SKU != "" && r.SKU != x.SKU || r.Region != "" && r.Region != x.Region {
			continue
		}
		if found == nil || !d.priceOf(found, x.Metered).Equal(x.Expected) && d.priceOf(t, x.Metered).Equal(x.Expected) {
			found = t
		}
	}
	return found
}

// ContractOf is the contract whose bill a row is of; empty of our own meters and of what no contract with detail is about.
func (d *Detail) ContractOf(r *DetailRow) schemas.ContractID {
	contract := d.contracts.detailOf(r.Peer, r.Day)
	if r.Peer == "" || contract == nil {
		return ""
	}
	key := d.keyOf(r)
	if t, _, fits := d.contracts.rated(&key); t != nil && fits && t.contract.Detail != nil {
		contract = t.contract
	}
	return contract.ID
}

// OfWhole reports whether a row is among those that a discrepancy of a whole bill is of: taxes, or credits and what bills minimums and
// commitments, by service.
func (d *Detail) OfWhole(r *DetailRow, x *peerbill.Discrepancy) bool {
	key := d.keyOf(r)
	if d.ContractOf(r) != x.Contract || d.contracts.accepts(&key) != nil {
		return false
	}
	if x.Class == peerbill.WrongTax || x.Class == peerbill.WrongRounding && x.Service == "" {
		return r.Category == schemas.CategoryTax
	}
	t, _, _ := d.contracts.rated(&key)
	return r.Service == x.Service && r.Category != schemas.CategoryTax && (!isUse(r.Category) || t != nil && t.floor != nil)
}

// mostNamed is how many discrepancies the arithmetic of a bill names; what is beyond is added up.
const mostNamed = 50

// BillTrace adds up what is wrong with a bill.
type BillTrace struct {
	Bill                          *peerbill.Bill
	disputed, tolerated, withheld named
}

// named are amounts with their names, and the sum of those beyond.
type named struct {
	list []sheet.Amount
	rest money.Decimal
}

func (n *named) add(name string, v money.Decimal) {
	if len(n.list) < mostNamed {
		n.list = append(n.list, sheet.Named(name, v))
		return
	}
	n.rest = n.rest.Add(v)
}

func (n *named) sum(s *sheet.Sheet, note string) money.Decimal {
	if !n.rest.IsZero() {
		n.list = append(n.list, sheet.Named("all others", n.rest))
	}
	return s.Add(note, n.list...)
}

// Add takes a discrepancy, and reports whether it is of the bill and disputed.
func (b *BillTrace) Add(x *peerbill.Discrepancy) bool {
	if x.Note || x.Peer != b.Bill.Peer || x.Contract != b.Bill.Contract || x.BilledCurrency != b.Bill.BilledCurrency {
		return false
	}
	if x.Tolerated {
		b.tolerated.add(x.ID, x.Amount)
		return false
	}
	b.disputed.add(x.ID, x.Amount)
	if x.Amount.IsPositive() {
		b.withheld.add(x.ID, x.Amount)
	}
	return true
}

// Steps are the arithmetic of the bill; differs says what of it is not as the bill has it.
func (b *BillTrace) Steps() (steps []schemas.Step, differs error) {
	s, bill := &sheet.Sheet{}, b.Bill
	disputed := b.disputed.sum(s, "disputed: what is wrong and not let pass")
	tolerated := b.tolerated.sum(s, "tolerated: what the contract lets pass")
	withheld := b.withheld.sum(s, "withheld: what is too dear")
	safe := s.Subtract("safe to pay", sheet.Named("actual", bill.Actual), sheet.Named("withheld", withheld))
	off := s.Subtract("actual less expected", sheet.Named("actual", bill.Actual), sheet.Named("expected", bill.Expected))
	rounding := s.Subtract("what rounding the rows leaves", sheet.Named("actual less expected", off), sheet.Named("disputed", disputed), sheet.Named("tolerated", tolerated))
	if !disputed.Equal(bill.Disputed) || !tolerated.Equal(bill.Tolerated) || !withheld.Equal(bill.Withheld) || !safe.Equal(bill.SafeToPay) || !rounding.Equal(bill.Rounding) {
		differs = fmt.Errorf("its discrepancies come to %s disputed, %s tolerated and %s withheld, with %s safe to pay and %s of rounding", disputed, tolerated, withheld, safe, rounding)
	}
	return s.Steps, differs
}
