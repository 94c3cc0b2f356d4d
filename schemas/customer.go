package schemas

import (
	"daybook/schemas/einvoice"
	"daybook/schemas/money"
)

// Customer is a legal person that we bill, with its accounts.
type Customer struct {
	// ID stands on charges, as x_CustomerId.
	ID        string `yaml:"id"`
	Name      string `yaml:"name"`
	LegalName string `yaml:"legal_name,omitempty"`
	TaxID     string `yaml:"tax_id,omitempty"`
	// Email and Address are printed on invoices, a line of the address per entry.
	Email             string   `yaml:"email,omitempty"`
	Address           []string `yaml:"address,omitempty"`
	einvoice.Receiver `yaml:",inline"`
	Accounts          []Account `yaml:"accounts,omitempty"`
}

// Account is what usage belongs to and invoices are written for.
type Account struct {
	ID   AccountID `yaml:"id"`
	Name string    `yaml:"name,omitempty"`
	// Parent is the account above; with PaidByParent its charges stand on the parent's invoice.
	Parent       AccountID `yaml:"parent,omitempty"`
	PaidByParent bool      `yaml:"paid_by_parent,omitempty"`
	// Aliases are other spellings of the account in our own sources. Sub-accounts at peers are mapped by the peer.
	Aliases  []string       `yaml:"aliases,omitempty"`
	Currency money.Currency `yaml:"currency"`
	// TimeZone is an IANA name; empty is the provider's. Windows of meters but those of a month, times of day and civil days are read in it.
	TimeZone string `yaml:"time_zone,omitempty"`
	// Country (ISO 3166 alpha-2) and Region choose the taxes; Segment stands on charges, for whoever adds them up by it.
	Country string `yaml:"country,omitempty"`
	Region  string `yaml:"region,omitempty"`
	Segment string `yaml:"segment,omitempty"`
	// TaxExempt frees the account from tax; TaxReason says why, on the invoice.
	TaxExempt      bool   `yaml:"tax_exempt,omitempty"`
	TaxReason      string `yaml:"tax_reason,omitempty"`
	einvoice.Payer `yaml:",inline"`

	Subscriptions []Subscription `yaml:"subscriptions,omitempty"`
	Discounts     []Discount     `yaml:"discounts,omitempty"`
	Coupons       []Redemption   `yaml:"coupons,omitempty"`
	Commitments   []Commitment   `yaml:"commitments,omitempty"`
	Credits       []Grant        `yaml:"credits,omitempty"`
	// Minimum and Maximum bound what the account pays per billing period before tax.
	Minimum *money.Decimal `yaml:"minimum,omitempty"`
	Maximum *money.Decimal `yaml:"maximum,omitempty"`
	// Corrections says where corrections of its closed months are issued; empty is what the provider says.
	Corrections CorrectBy `yaml:"corrections,omitempty"`
}

// Subscription is an offering that an account has bought, in what quantity and from when to when.
type Subscription struct {
	ID       SubscriptionID `yaml:"id"`
	Offering OfferingID     `yaml:"offering"`
	// Start is its first day; End the day on which it ends, charged or not by the policy for the termination day.
	Start Date `yaml:"start"`
	End   Date `yaml:"end,omitempty"`
	// Quantity is that of recurring prices, such as seats; nil is 1.
	Quantity *money.Decimal `yaml:"quantity,omitempty"`
	// Anchor is the day from which its recurring periods are counted; no day is Start.
	Anchor Date `yaml:"anchor,omitempty"`
	// AnchorDay aligns recurring periods to that day of the month instead, 1 to 31; the first period is then a stub.
	AnchorDay  int      `yaml:"anchor_day,omitempty"`
	KnownSince Date     `yaml:"known_since,omitempty"`
	Phases     []Phase  `yaml:"phases,omitempty"`
	Changes    []Change `yaml:"changes,omitempty"`
	// Overrides are prices that were agreed for this subscription alone. Each stands, on the days and in the phase in which it is
	// in force, in the place of the offering's price of the same id, or of all those of the same meter. They are for the offering
	// of the subscription, and end with a change to another.
	Overrides []Price    `yaml:"overrides,omitempty"`
	Discounts []Discount `yaml:"discounts,omitempty"`
	// Minimum and Maximum bound what the subscription costs per billing period.
	Minimum *money.Decimal `yaml:"minimum,omitempty"`
	Maximum *money.Decimal `yaml:"maximum,omitempty"`
}

// Phase is a stretch of a subscription, such as a trial. Phases follow each other without gaps from the start.
type Phase struct {
	Name string `yaml:"name"`
	// Months and Days are how long it lasts; both 0 is for good.
	Months int `yaml:"months,omitempty"`
	Days   int `yaml:"days,omitempty"`
	// Free charges nothing; Discount is a percentage off everything.
	Free     bool           `yaml:"free,omitempty"`
	Discount *money.Decimal `yaml:"discount,omitempty"`
}

// Change is an alteration of a subscription inside its life: what a change request does.
type Change struct {
	// ID is what the arithmetic of a recurring charge calls the change since which its quantity holds.
	ID string `yaml:"id,omitempty"`
	// On and Time are when, in the account's zone; Time is HH:MM:SS and empty for midnight.
	On   Date       `yaml:"on"`
	Time string     `yaml:"time,omitempty"`
	Kind ChangeKind `yaml:"kind"`
	// Quantity and Offering are the new ones, for the kinds that change them.
	Quantity *money.Decimal `yaml:"quantity,omitempty"`
	Offering OfferingID     `yaml:"offering,omitempty"`
	// Effect says whether the change counts at once or from the next recurring period.
	Effect     ChangeEffect `yaml:"effect,omitempty"`
	KnownSince Date         `yaml:"known_since,omitempty"`
	// Request is the number of the request by which it was asked for.
	Request string `yaml:"request,omitempty"`
}

// ChangeKind is what a change alters.
type ChangeKind string

// The kinds of change.
const (
	ChangeQuantity ChangeKind = "quantity"
	ChangePlan     ChangeKind = "plan"
	ChangePause    ChangeKind = "pause"
	ChangeResume   ChangeKind = "resume"
	ChangeCancel   ChangeKind = "cancel"
)

// Values lists what a book may say.
func (ChangeKind) Values() []string {
	return Texts(ChangeQuantity, ChangePlan, ChangePause, ChangeResume, ChangeCancel)
}

// ChangeEffect is when a change begins to count.
type ChangeEffect string

// The effects, the default first.
const (
	EffectNow        ChangeEffect = "now"
	EffectNextPeriod ChangeEffect = "next_period"
)

// Values lists what a book may say, the default first.
func (ChangeEffect) Values() []string { return Texts(EffectNow, EffectNextPeriod) }

// Redemption is a coupon that an account redeemed.
type Redemption struct {
	Coupon string `yaml:"coupon"`
	On     Date   `yaml:"on"`
	// Used is how much earlier periods took off, UsedPeriods how many they were.
	Used        money.Decimal `yaml:"used,omitempty"`
	UsedPeriods int           `yaml:"used_periods,omitempty"`
}

// Commitment is a spend that an account promised.
type Commitment struct {
	ID string `yaml:"id"`
	// Amount is promised for each Every; the zero recurrence, like one month, is the billing period.
	Amount   money.Decimal  `yaml:"amount"`
	Currency money.Currency `yaml:"currency"`
	// Every of several whole months, such as a quarter or a year, makes cycles of which the first begins when the commitment
	// does. What counts runs through a cycle from one billing period to the next: what goes beyond the amount is overage in
	// the period in which it does, and what is missing is charged in the period in which the cycle ends.
	Every Recurrence `yaml:"every,omitempty"`
	// Spent is what counted towards the first cycle of several months before the first billing period that was run.
	Spent money.Decimal `yaml:"spent,omitempty"`
	// Split divides the charges of a billing period in which a cycle of several months begins or ends.
	Split CycleSplit `yaml:"split,omitempty"`
	// Window, if set, applies the commitment to each such window on the provider's clock in which it is in force, Amount per
	// window: hour for an hourly commitment. What comes late counts in the first of the month.
	Window Window `yaml:"window,omitempty"`
	// OverageFactor multiplies what is spent above the commitment; nil is 1.
	OverageFactor *money.Decimal `yaml:"overage_factor,omitempty"`
	// TrueUp charges what is missing at the end.
	TrueUp bool `yaml:"true_up,omitempty"`
	// Offerings and Meters are what counts; both empty is everything.
	Offerings []OfferingID `yaml:"offerings,omitempty"`
	Meters    []MeterID    `yaml:"meters,omitempty"`
	// Prorate counts the part of a billing period, or of a cycle, in which the commitment is in force: it is held to that part of the amount.
	Prorate  Proration `yaml:"prorate,omitempty"`
	Validity Validity  `yaml:",inline"`
}

// Grant is prepaid credit: an amount of money, or a quantity of a credit unit.
type Grant struct {
	ID string `yaml:"id"`
	// Name is what invoices call it, instead of ID.
	Name string `yaml:"name,omitempty"`
	// Amount is what was granted; Balance what earlier periods left of it, nil for all.
	Amount   money.Decimal  `yaml:"amount"`
	Balance  *money.Decimal `yaml:"balance,omitempty"`
	Currency money.Currency `yaml:"currency,omitempty"`
	// CreditUnit is set instead of Currency for credits that are not money.
	CreditUnit string `yaml:"credit_unit,omitempty"`
	// Priority burns low numbers first.
	Priority int  `yaml:"priority,omitempty"`
	Created  Date `yaml:"created,omitempty"`
	// From is the first day it may pay, no day is the one on which it was created; Expires is the first day it no longer may.
	From    Date `yaml:"from,omitempty"`
	Expires Date `yaml:"expires,omitempty"`
	// Promotional credits were given, and what they take off is no revenue; others were paid for: what they pay is revenue.
	Promotional bool `yaml:"promotional,omitempty"`
	// Offerings and Meters are what it may pay for; both empty is everything.
	Offerings []OfferingID `yaml:"offerings,omitempty"`
	Meters    []MeterID    `yaml:"meters,omitempty"`
}
