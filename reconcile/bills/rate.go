package bills

import (
	"daybook/reconcile/sheet"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Rate is a rate of a contract that is in force on a day. Two are equal if they are the same.
type Rate struct{ term *term }

// RateOn finds the rate by which a peer bills use on a day of the period; false where no contract has one.
func (c *Contracts) RateOn(peer schemas.PeerID, service string, sku schemas.SKU, region string, day schemas.Date) (Rate, bool) {
	k := useKey{Peer: peer, Service: service, SKU: sku, Region: region, From: c.cut(day)}
	t := c.billed(&k)
	return Rate{t}, t != nil && t.floor == nil
}

// Contract is that which the rate is of.
func (r Rate) Contract() schemas.ContractID { return r.term.contract.ID }

// Currency is that of the rate.
func (r Rate) Currency() money.Currency { return r.term.contract.Currency }

// Unit is that of the quantity that it prices; empty takes quantities as they are.
func (r Rate) Unit() string { return r.term.rate.Unit }

// From is the first day of the period on which it is in force.
func (r Rate) From() schemas.Date { return r.term.from }

// OfList reports whether the rate is a factor on list costs, of which nothing is known where there is no bill.
func (r Rate) OfList() bool { return r.term.rate.Basis == schemas.BasisList }

// Price records and returns what the rate makes of a quantity, as a match does.
func (r Rate) Price(s *sheet.Sheet, note string, quantity money.Decimal) money.Decimal {
	return priced(s, note, quantity, r.term)
}

// Convert gives the factor from one unit to another by the catalogue; false where it has none.
func (c *Contracts) Convert(from, to string) (money.Ratio, bool) { return c.convert(from, to) }
