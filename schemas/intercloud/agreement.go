package intercloud

import (
	"daybook/schemas"
	"daybook/schemas/agreed"
	"daybook/schemas/money"
)

// AgreementID identifies an agreement.
type AgreementID string

// Agreement says by which inter-cloud pattern we work with other providers: what is sold on, by whom it is provided, and how what
// is owed is settled. It holds for whole billing periods: for those on whose first day it is in force.
type Agreement struct {
	ID      AgreementID `yaml:"id"`
	Pattern Pattern     `yaml:"pattern"`
	// Validity says from when to when it holds, by the first day of the billing period.
	Validity schemas.Validity `yaml:",inline"`
	// Parties are those with whom we settle under it. A peer is of one agreement at a time.
	Parties []AgreementParty `yaml:"parties,omitempty"`
	// Currencies are those in which is settled, and the first of them is that of prices and comparisons. What is owed in another
	// stands by itself.
	Currencies []money.Currency `yaml:"currencies"`
	// PayableDays is how many days after the last day of the billing period what we owe is due, and under a federation what anybody
	// owes; ReceivableDays is the same for what others owe us, and without it PayableDays.
	PayableDays    int  `yaml:"payable_days,omitempty"`
	ReceivableDays *int `yaml:"receivable_days,omitempty"`
	// Offerings are what customers buy of it; their charges make its cost chains. An offering is of one agreement at a time.
	Offerings []schemas.OfferingID `yaml:"offerings,omitempty"`
	// CreditMeters are meters that take peers' credits: what their charges cost is a credit received, and what they take off is passed on.
	CreditMeters []schemas.MeterID `yaml:"credit_meters,omitempty"`
	// Legs are the parts of an aggregation, among which what is charged for its offerings is divided by Key.
	Legs []Leg  `yaml:"legs,omitempty"`
	Key  LegKey `yaml:"key,omitempty"`
	// Goods are what is the same wherever it is bought, for federation and arbitrage.
	Goods []Good `yaml:"goods,omitempty"`
	// Candidates are the peers that an arbitrage compares; without a candidate only what is used is priced.
	Candidates []Candidate `yaml:"candidates,omitempty"`
}

// Pattern is one of the inter-cloud patterns.
type Pattern string

// The patterns.
const (
	// Peering: two providers use each other's services. Each direction has an account of its own, and both are netted.
	Peering Pattern = "peering"
	// Federation: several share their services by one price list, and what each owes the others is netted among all of them.
	Federation Pattern = "federation"
	// Intermediation: a peer's service is conditioned and sold on, with a margin on each line.
	Intermediation Pattern = "intermediation"
	// Aggregation: services of several are sold as one, and its revenue is divided among them.
	Aggregation Pattern = "aggregation"
	// Arbitrage: the same service can be had of several peers, and each month's use is priced at each of them.
	Arbitrage Pattern = "arbitrage"
)

// Values lists what a book may say.
func (Pattern) Values() []string {
	return []string{string(Peering), string(Federation), string(Intermediation), string(Aggregation), string(Arbitrage)}
}

// AgreementParty is a provider with whom we settle.
type AgreementParty struct {
	Peer schemas.PeerID `yaml:"peer"`
	// Accounts are those of ours under which the peer uses what others provide: what they are charged is what it owes us, and under a
	// federation it is their use that it owes for.
	Accounts []schemas.AccountID `yaml:"accounts,omitempty"`
}

// Leg is one part of an aggregation.
type Leg struct {
	ID string `yaml:"id"`
	// Peer is who provides it; empty is ourselves.
	Peer schemas.PeerID `yaml:"peer,omitempty"`
	// Meters are those whose charges have its cost.
	Meters []schemas.MeterID `yaml:"meters,omitempty"`
	// Weight is its part of the revenue, for the key weight.
	Weight *money.Decimal `yaml:"weight,omitempty"`
}

// LegKey says how the revenue of an aggregation is divided among its legs.
type LegKey string

// The keys, the default first.
const (
	// ByWeight divides by the weights of the legs.
	ByWeight LegKey = "weight"
	// ByCost divides by what the legs cost; where none costs anything, evenly.
	ByCost LegKey = "cost"
	// ByEven divides evenly.
	ByEven LegKey = "even"
)

// Values lists what a book may say, the default first.
func (LegKey) Values() []string { return []string{string(ByWeight), string(ByCost), string(ByEven)} }

// Good is something that is the same wherever it is bought.
type Good struct {
	ID string `yaml:"id"`
	// Unit is what it is counted in.
	Unit string `yaml:"unit"`
	// Items are what each provider calls it. No item is of two goods of one agreement.
	Items []Item `yaml:"items"`
	// Prices are those of the common price list of a federation, in the first currency of the agreement, for Unit.
	Prices []CommonPrice `yaml:"prices,omitempty"`
}

// Item is a good as one provider meters it. A row is of an item by all that the item names.
type Item struct {
	// Peer is who provides it; empty is ourselves, by our own meters.
	Peer    schemas.PeerID `yaml:"peer,omitempty"`
	Service string         `yaml:"service,omitempty"`
	SKU     schemas.SKU    `yaml:"sku"`
	// Region is that of its rows and of its rate; empty takes any.
	Region string `yaml:"region,omitempty"`
	// Quantity is which of a row's quantities counts; empty means pricing, and of our own meters consumed.
	Quantity agreed.RateQuantity `yaml:"quantity,omitempty"`
	// Unit is that quantity's unit; the catalogue's unit factors convert others to it.
	Unit string `yaml:"unit"`
	// Factor is how many units of the good one unit of the item is worth; none is 1.
	Factor *money.Decimal `yaml:"factor,omitempty"`
	// Egress is what moving one unit of it away from its peer costs, in the first currency of the agreement.
	Egress *money.Decimal `yaml:"egress,omitempty"`
}

// CommonPrice is a price of a federation's common price list.
type CommonPrice struct {
	Validity schemas.Validity `yaml:",inline"`
	Price    money.Decimal    `yaml:"price"`
}

// Candidate is a peer that an arbitrage compares, by the rates of its contracts.
type Candidate struct {
	Peer schemas.PeerID `yaml:"peer"`
	// Minimum is the least that the peer bills for a billing period in which anything is used, and Commitment what it bills whether
	// anything is used or not, both in the first currency of the agreement. All that the peer bills counts towards them.
	Minimum    *money.Decimal `yaml:"minimum,omitempty"`
	Commitment *money.Decimal `yaml:"commitment,omitempty"`
}

// InForce returns the agreements that hold in a period, as they were known on a day; no day is all.
func InForce(all []Agreement, p schemas.Period, asOf schemas.Date) (out []*Agreement) {
	first, _ := p.Days()
	for i := range all {
		if all[i].Validity.Holds(first, asOf) {
			out = append(out, &all[i])
		}
	}
	return out
}

// Due is when what is owed for a period is due.
func (a *Agreement) Due(p schemas.Period, payable bool) schemas.Date {
	_, last := p.Days()
	if !payable && a.ReceivableDays != nil {
		return last.AddDays(*a.ReceivableDays)
	}
	return last.AddDays(a.PayableDays)
}

// Currency is that of prices and comparisons.
func (a *Agreement) Currency() money.Currency {
	if len(a.Currencies) == 0 {
		return ""
	}
	return a.Currencies[0]
}

// Consumed reports whether the consumed quantity of a row counts.
func (i *Item) Consumed() bool {
	return i.Quantity == agreed.ConsumedQuantity || i.Quantity == "" && i.Peer == ""
}

// Worth is how many units of the good one unit of the item is worth.
func (i *Item) Worth() money.Decimal {
	if i.Factor == nil {
		return money.One
	}
	return *i.Factor
}

// GoodOf finds a good of the agreement; nil where it has none of that name.
func (a *Agreement) GoodOf(id string) *Good {
	for i := range a.Goods {
		if a.Goods[i].ID == id {
			return &a.Goods[i]
		}
	}
	return nil
}
