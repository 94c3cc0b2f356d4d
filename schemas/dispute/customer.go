package dispute

import (
	"daybook/schemas"
	"daybook/schemas/money"
)

// Line is what of a bill is challenged: all charges that it names by what they say of themselves.
type Line struct {
	Subscription schemas.SubscriptionID `yaml:"subscription,omitempty"`
	Offering     schemas.OfferingID     `yaml:"offering,omitempty"`
	Price        schemas.PriceID        `yaml:"price,omitempty"`
	// Amount is how much of the challenge is about it.
	Amount *money.Decimal `yaml:"amount,omitempty"`
}

// Decision is what was decided about a customer's dispute on a day.
type Decision struct {
	On     schemas.Date `yaml:"on"`
	By     string       `yaml:"by"`
	Reason string       `yaml:"reason"`
	// Outcome says what becomes of the amount that is open: partly accepts Amount and rejects the rest. Of accepted and rejected Amount is how
	// much, and without it all that is open.
	Outcome Outcome        `yaml:"outcome"`
	Amount  *money.Decimal `yaml:"amount,omitempty"`
	// Usage says which records do not count, or count as another quantity.
	Usage []Records `yaml:"usage,omitempty"`
	// Prices are what is agreed that usage and fees of the month cost.
	Prices []Agreed `yaml:"prices,omitempty"`
	// Goodwill is what is given beyond what is right.
	Goodwill []Goodwill `yaml:"goodwill,omitempty"`
}

// Outcome is what a decision makes of what is open.
type Outcome string

// The outcomes.
const (
	AcceptedOutcome Outcome = "accepted"
	PartlyOutcome   Outcome = "partly"
	RejectedOutcome Outcome = "rejected"
)

// Values lists what a book may say.
func (Outcome) Values() []string {
	return schemas.Texts(AcceptedOutcome, PartlyOutcome, RejectedOutcome)
}

// Records are usage records of the account in the month that is disputed. Those that are named count; what a selector finds is listed by
// the verb dispute, to be named.
type Records struct {
	Source schemas.SourceID `yaml:"source"`
	// Records are their identifiers. Of what has none, Object is the object, and Rows are its rows, counted as findings do.
	Records []string `yaml:"records,omitempty"`
	Object  string   `yaml:"object,omitempty"`
	Rows    []int64  `yaml:"rows,omitempty"`
	// Quantity is the ConsumedQuantity that each counts as, and PricingQuantity that quantity; a record that has neither is void.
	Quantity        *money.Decimal `yaml:"quantity,omitempty"`
	PricingQuantity *money.Decimal `yaml:"pricing_quantity,omitempty"`
	// Where finds records that are to be named.
	Where *Selector `yaml:"where,omitempty"`
}

// Void reports whether the records do not count at all.
func (r *Records) Void() bool { return r.Quantity == nil && r.PricingQuantity == nil }

// Selector finds records by what they say of themselves; what is empty is not asked for.
type Selector struct {
	Service  string      `yaml:"service,omitempty"`
	SKU      schemas.SKU `yaml:"sku,omitempty"`
	Region   string      `yaml:"region,omitempty"`
	Resource string      `yaml:"resource,omitempty"`
	// From is the first day on which they begin, in the provider's zone, and To the first on which they do not.
	From schemas.Date `yaml:"from,omitempty"`
	To   schemas.Date `yaml:"to,omitempty"`
}

// Agreed is a price that stands, in the month that is disputed or on the days of it that it says, in the place of that of a subscription,
// as overrides do.
type Agreed struct {
	Subscription schemas.SubscriptionID `yaml:"subscription"`
	Price        schemas.Price          `yaml:"price"`
}

// Goodwill is an amount before tax that is given for an offering, which says how it is taxed.
type Goodwill struct {
	Offering schemas.OfferingID `yaml:"offering"`
	// Subscription is that whose line it is.
	Subscription schemas.SubscriptionID `yaml:"subscription,omitempty"`
	// Name is what the line is called.
	Name   string        `yaml:"name,omitempty"`
	Amount money.Decimal `yaml:"amount"`
}
