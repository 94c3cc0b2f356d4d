package schemas

import (
	"time"

	"daybook/schemas/money"
)

// The models of charges of a grant: what was paid for ahead pays, what was given away takes off.
const (
	PrepaidCredit     = "prepaid_credit"
	PromotionalCredit = "promotional_credit"
)

// ServiceCredit is the model of charges that give an account what a broken promise about a service earned in an earlier month;
// their price is the identifier of the promise's result.
const ServiceCredit = "service_credit"

// Goodwill is the model of charges that give an account what a decision about a dispute gives it beyond what is right.
const Goodwill = "goodwill"

// Charge is one priced row: what we bill an account for one price over one stretch of the period. It carries the cost
// of the peers' part in it, and the steps of its arithmetic.
//
// Amounts are in Currency, major units. Amount is what the invoice shows; Exact is the unrounded result, and Residue is
// Exact - Amount, so no rounding is ever lost.
type Charge struct {
	ID      ChargeID
	Account AccountID
	// Subscription, Offering and Price say what was sold at what price; Version is the price's own version text.
	Subscription SubscriptionID
	Offering     OfferingID
	Price        PriceID
	Version      string
	Meter        MeterID
	Model        string

	Category ChargeCategory
	// Class is Correction for a row that corrects an earlier period, else empty.
	Class ChargeClass
	// Corrects is the billing period whose charges a Correction changes; empty on other charges.
	Corrects    Period
	Frequency   ChargeFrequency
	Description string
	// Start and End bound the charge period: start included, end not.
	Start, End time.Time

	Service         string
	ServiceCategory string
	SKU             SKU
	SkuMeter        string
	Region          string
	Peer            PeerID
	// Segment is that of the account: charges that are read have it.
	Segment string
	// Group is the meter's group where it has any, such as RegionId=eu-1.
	Group       string
	PricingKind PricingCategory
	// TaxCategory is the tax_category by which the charge is taxed, or whose tax it is; empty where no tax is of it.
	TaxCategory string

	// Consumed is the metered quantity in ConsumedUnit; Priced the quantity after conversion, allowance and discount in
	// PricingUnit. HasQuantity is false for charges without one.
	HasQuantity  bool
	Consumed     money.Decimal
	ConsumedUnit string
	Priced       money.Decimal
	PricingUnit  string
	// UnitPrice is the price of one pricing unit where the model has exactly one, else nil.
	UnitPrice *money.Decimal
	// List is the amount before negotiated reductions.
	List     money.Decimal
	Exact    money.Decimal
	Amount   money.Decimal
	Residue  money.Decimal
	Currency money.Currency
	// PeerCost is what the peers charge us for what this charge sells, in Currency; Margin is Amount - PeerCost.
	PeerCost money.Decimal
	HasCost  bool

	// Value is what it comes to in the provider's currency.
	Value Valued

	// UsageRows counts the usage rows behind the charge.
	UsageRows int64
	// Steps is the arithmetic, in order, with numbers.
	Steps []Step
}

// Valued is what a charge comes to in the provider's currency.
type Valued struct {
	Currency money.Currency
	// Known is false where the book has no exchange rate; then there is nothing more.
	Known bool
	// Rate is what one unit of the charge's currency was worth on Day, to the places that a dataset holds. The day is that of
	// the rate; of a cross rate, that of the older leg. In the provider's own currency it is the day for which a rate would have
	// been looked for.
	Rate money.Decimal
	Day  Date
	// Amount has the places of the currency's minor unit.
	Amount money.Decimal
	Cost   money.Decimal
}

// EarnsRevenue reports whether the amount is revenue of its period. A tax is the state's. A prepaid credit is a way of paying:
// the money was received before, deferred, and is earned with the charges that the credit pays.
func (c *Charge) EarnsRevenue() bool {
	return c.Category != CategoryTax && c.Model != PrepaidCredit
}

// The models of charges that no price makes.
const (
	MadeMinimum = "minimum"
	MadeTrueUp  = "true_up"
	MadeOverage = "overage"
)

// Step is one step of a charge's arithmetic, self-contained: its inputs, its operation, its result.
type Step struct {
	// Op names the operation; the rating package documents and recomputes each.
	Op string `json:"op"`
	// In holds the named operands in order, as exact decimal or plain text.
	In []Operand `json:"in,omitempty"`
	// Out is the result, as exact decimal text.
	Out string `json:"out"`
	// Note says in words what the step is.
	Note string `json:"note,omitempty"`
}

// Operand is one named input of a step.
type Operand struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}
