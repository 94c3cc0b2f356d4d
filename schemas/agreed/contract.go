// Package agreed is the vocabulary of contracts with peers: what the book says that we agreed to pay. It holds no rule; what a contract
// makes of use and of a bill, reconcile/bills says.
//
// Start with Contract.
package agreed

import (
	"iter"

	"daybook/schemas"
	"daybook/schemas/money"
)

// Contract is what we agreed to pay a peer (Y.3502, 8.3.2.15).
type Contract struct {
	ID   schemas.ContractID `yaml:"id"`
	Peer schemas.PeerID     `yaml:"peer,omitempty"`
	// Currency is that of the rates and of the comparison.
	Currency money.Currency   `yaml:"currency"`
	Validity schemas.Validity `yaml:",inline"`
	// Tolerance is the difference between bill and expectation that is let pass, per match.
	Tolerance schemas.Threshold `yaml:"tolerance,omitempty"`
	// Accepted lists FOCUS charge categories, such as Tax, that are taken as billed and not compared.
	Accepted []schemas.ChargeCategory `yaml:"accepted,omitempty"`
	// Rates are those of this contract alone; they go before equally specific ones of its price lists.
	Rates []ContractRate `yaml:"rates,omitempty"`
	// PriceLists are rates that begin and end together, such as those that the peer publishes from year to year.
	PriceLists []PriceList `yaml:"price_lists,omitempty"`
	// Discounts are taken off what rates come to, by their kind of cost.
	Discounts []ContractDiscount `yaml:"discounts,omitempty"`
	// Minimums are what months come to at least, and Commitments what terms of several months do.
	Minimums    []ContractMinimum    `yaml:"minimums,omitempty"`
	Commitments []ContractCommitment `yaml:"commitments,omitempty"`
	// Detail, where it stands, has every row of the bill held against what our meters counted, by account.
	Detail *ContractDetail `yaml:"detail,omitempty"`
}

// PriceList is a list of rates that begin and end together.
type PriceList struct {
	// ID is what people call it.
	ID       string           `yaml:"id"`
	Validity schemas.Validity `yaml:",inline"`
	Rates    []ContractRate   `yaml:"rates"`
}

// ContractDiscount is a percentage off what rates of a kind of cost come to, before minimums and commitments. A rate has the discount
// of its kind that is in force, or else the one without a kind; its quantities count anew where the discount changes within a month.
type ContractDiscount struct {
	// Kind is that of the rates; empty means all that no other discount is for.
	Kind     string           `yaml:"kind,omitempty"`
	Validity schemas.Validity `yaml:",inline"`
	Percent  money.Decimal    `yaml:"percent"`
}

// ContractMinimum is the least that rates come to in a month on whose first day it is in force. The peer bills what is missing as
// rows of a service of its own.
type ContractMinimum struct {
	// Service is the ServiceName of these rows, of the categories Usage, Purchase and Adjustment.
	Service string `yaml:"service"`
	// Kind is that of the rates that count; empty means all of the contract.
	Kind     string           `yaml:"kind,omitempty"`
	Validity schemas.Validity `yaml:",inline"`
	// Amount is in the currency of the contract.
	Amount money.Decimal `yaml:"amount"`
}

// ContractCommitment is an amount that is to be spent in each term of so many months. The bill of a term's last month trues up what is
// missing, as rows of a service of its own. What a minimum of the same kind, or of all kinds, adds is spent too.
type ContractCommitment struct {
	// Service is the ServiceName of these rows, of the categories Usage, Purchase and Adjustment.
	Service string `yaml:"service"`
	// Kind is that of the rates that count; empty means all of the contract.
	Kind string `yaml:"kind,omitempty"`
	// From is the first month of the first term, and To the first one that is in none; without it a term follows the other for good.
	From schemas.Period `yaml:"from"`
	To   schemas.Period `yaml:"to,omitempty"`
	// Months is the length of a term.
	Months int64 `yaml:"months"`
	// KnownSince is the day on which it was agreed; a run as of an earlier day does not see it.
	KnownSince schemas.Date `yaml:"known_since,omitempty"`
	// Amount is in the currency of the contract.
	Amount money.Decimal `yaml:"amount"`
	// Spent is what was spent in the first term before our first run.
	Spent money.Decimal `yaml:"spent,omitempty"`
}

// AllRates yields the contract's rates with how they are bounded within it: its own, and those of its price lists.
func (c *Contract) AllRates() iter.Seq2[schemas.Validity, *ContractRate] {
	return func(yield func(schemas.Validity, *ContractRate) bool) {
		for i := range c.Rates {
			if !yield(schemas.Validity{}, &c.Rates[i]) {
				return
			}
		}
		for i := range c.PriceLists {
			for j := range c.PriceLists[i].Rates {
				if !yield(c.PriceLists[i].Validity, &c.PriceLists[i].Rates[j]) {
					return
				}
			}
		}
	}
}

// ListOf is the price list that a rate of the contract is of; empty of its own.
func (c *Contract) ListOf(r *ContractRate) string {
	for i := range c.PriceLists {
		for j := range c.PriceLists[i].Rates {
			if &c.PriceLists[i].Rates[j] == r {
				return c.PriceLists[i].ID
			}
		}
	}
	return ""
}

// ContractDetail says how the rows of a peer's bill are held against what our meters counted for the same account, and what
// else the bill should have.
type ContractDetail struct {
	// By says what is compared within an account; empty means the SKU.
	By DetailBy `yaml:"by,omitempty"`
	// Per is the charge period within which quantities are compared; empty means the month.
	Per DetailPer `yaml:"per,omitempty"`
	// Cap is the sum of differences within the contract's tolerance that is let pass per month, in the contract's currency.
	Cap *money.Decimal `yaml:"cap,omitempty"`
	// Rolling is the same over months: the sum rolls on from month to month until it passes this, and then begins anew.
	Rolling *money.Decimal `yaml:"rolling,omitempty"`
	// TaxPercent is the tax on all that the peer bills; without it taxes are not compared.
	TaxPercent *money.Decimal `yaml:"tax_percent,omitempty"`
	// Credits are those that the peer owes us.
	Credits []ContractCredit `yaml:"credits,omitempty"`
	// Disputes are the days within which bills are challenged, and challenges answered.
	Disputes *DisputeTerms `yaml:"disputes,omitempty"`
}

// DisputeTerms are how many days a contract leaves; without a number there is no such deadline.
type DisputeTerms struct {
	// WindowDays are those behind the day on which the peer's invoice was issued, or the last day of the month that it bills, within
	// which the bill may be challenged.
	WindowDays int64 `yaml:"window_days,omitempty"`
	// AnswerDays are those behind the day on which a dispute was raised, and CreditDays those behind its acceptance.
	AnswerDays int64 `yaml:"answer_days,omitempty"`
	CreditDays int64 `yaml:"credit_days,omitempty"`
}

// Resource is the resource by which a row is compared: its own, or none where all of an account's are compared together.
func (d *ContractDetail) Resource(of string) string {
	if d.By == ByResource {
		return of
	}
	return ""
}

// ContractCredit is a credit that a peer promised. A row of the category Credit counts for it that has its service and month.
type ContractCredit struct {
	// Month is the bill that should have it.
	Month schemas.Period `yaml:"month"`
	// Service is the ServiceName of the credit's row, empty where it has none.
	Service string `yaml:"service,omitempty"`
	// Amount is above zero, in the currency of the contract.
	Amount money.Decimal `yaml:"amount"`
	// Reason says what it is for.
	Reason string `yaml:"reason"`
}

// DetailBy says what of an account's use is compared.
type DetailBy string

// What is compared, the default first.
const (
	BySKU      DetailBy = "sku"
	ByResource DetailBy = "resource"
)

// Values lists what a book may say, the default first.
func (DetailBy) Values() []string { return schemas.Texts(BySKU, ByResource) }

// DetailPer is a charge period of a comparison.
type DetailPer string

// The charge periods, the default first.
const (
	PerMonth DetailPer = "month"
	PerDay   DetailPer = "day"
)

// Values lists what a book may say, the default first.
func (DetailPer) Values() []string { return schemas.Texts(PerMonth, PerDay) }

// ContractRate is the price of one service of a peer. It covers the bill's rows of the categories Usage and Purchase. A
// row goes to the rate that names most of its SKU and region; a rate that names none of them takes the rest of the
// service. Rates of the same service, SKU and region may not be in force on the same day.
type ContractRate struct {
	// Service is the peer's ServiceName.
	Service string      `yaml:"service"`
	SKU     schemas.SKU `yaml:"sku,omitempty"`
	Region  string      `yaml:"region,omitempty"`
	// Validity bounds the rate within the contract's own.
	Validity schemas.Validity `yaml:",inline"`
	// Basis says what the price multiplies; empty means BasisBill.
	Basis schemas.RateBasis `yaml:"basis,omitempty"`
	// Metered are the SKUs of our own meters that count this service, by their ConsumedQuantity and, where Region is set, in
	// that region; for BasisMeter. No SKU counts for two peers in one region.
	Metered []schemas.SKU `yaml:"metered,omitempty"`
	// Quantity is which of a row's quantities counts; empty means PricingQuantity.
	Quantity RateQuantity `yaml:"quantity,omitempty"`
	// Unit is that quantity's unit; the catalogue's unit factors convert others to it, and a row in a unit without a factor
	// is not matched. Empty takes quantities as they are.
	Unit string `yaml:"unit,omitempty"`
	// Price is per unit, or for BasisList the factor on the list cost: 0.93 for a discount of 7 in a hundred.
	Price money.Decimal `yaml:"price,omitempty"`
	// Tiers, where there are any, stand in for Price: graduated on the quantity of the period.
	Tiers []ContractTier `yaml:"tiers,omitempty"`
	// Kind is what kind of cost it is, in words of the book's own: discounts, minimums and commitments name it.
	Kind string `yaml:"kind,omitempty"`
}

// RateQuantity names the quantity of a usage row that a rate counts.
type RateQuantity string

// The quantities, the default first.
const (
	PricingQuantity  RateQuantity = "pricing"
	ConsumedQuantity RateQuantity = "consumed"
)

// Values lists what a book may say, the default first.
func (RateQuantity) Values() []string { return schemas.Texts(PricingQuantity, ConsumedQuantity) }

// ContractTier is one tier of a graduated rate. Tiers are in order; the last has no UpTo.
type ContractTier struct {
	// UpTo is the last quantity that the tier takes, counted from 0; nil for the rest.
	UpTo  *money.Decimal `yaml:"up_to,omitempty"`
	Price money.Decimal  `yaml:"price"`
}
