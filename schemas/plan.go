package schemas

import "daybook/schemas/money"

// Plan is the business plan: what we expect to sell and spend, month by month, and how to judge the difference (Y.3502, 8.3.2.11).
type Plan struct {
	Policy PlanPolicy `yaml:"policy,omitempty"`
	// Rates are the exchange rates that the plan was made at. A currency without one is judged at the actual rate, so that its FX variance is 0.
	Rates []PlanRate `yaml:"rates,omitempty"`
	// Versions are the states that the plan has had, each known from a day on. Where there are any, each line is of one of them, and
	// a comparison takes each line as the last version known by then has it; without them the plan is one.
	Versions []PlanVersion `yaml:"versions,omitempty"`
	Lines    []PlanLine    `yaml:"lines,omitempty"`
}

// PlanPolicy says how actual and plan are compared.
type PlanPolicy struct {
	// Places is the number of decimal places of restated amounts (converted, accrued to date, or flexed to another volume);
	// nil for the currency's minor digits.
	Places *int32 `yaml:"places,omitempty"`
	// Accrual is how a line without its own accrues within its month.
	Accrual Accrual `yaml:"accrual,omitempty"`
	// Weekdays weighs the days of the week from Monday to Sunday for AccrueProfile; seven numbers, or none.
	Weekdays []money.Decimal `yaml:"weekdays,omitempty"`
	// Holidays are no working days: AccrueWorkingDays gives them no weight.
	Holidays []Date `yaml:"holidays,omitempty"`
	// MixAt is the price at which a shift of volume among the lines of a mix is valued; the volume takes the rest.
	MixAt MixAt `yaml:"mix_at,omitempty"`
	// Materiality is the difference from which a variance needs attention.
	Materiality Threshold `yaml:"materiality,omitempty"`
	// YearFrom is the month, 1 to 12, in which the business year begins. With it runs add up the year to date, and forecast the month and the year.
	YearFrom int `yaml:"year_from,omitempty"`
	// ForecastSteps are what is known to change in months to come.
	ForecastSteps []ForecastStep `yaml:"forecast_steps,omitempty"`
}

// ForecastStep is an amount by which a month and all after it are known to differ from the month at hand: a customer who comes or
// goes, a price that changes. It counts in forecasts of the year, in the months after the one that is run.
type ForecastStep struct {
	From     Period     `yaml:"from"`
	Offering OfferingID `yaml:"offering"`
	// Region is as in the line of the plan.
	Region string `yaml:"region,omitempty"`
	// Revenue and Cost are what each month has more, in the provider's currency; what is less is below zero.
	Revenue money.Decimal `yaml:"revenue,omitempty"`
	Cost    money.Decimal `yaml:"cost,omitempty"`
	Reason  string        `yaml:"reason"`
}

// Accrual says how a month's plan accrues over its days: what is expected to date, and what the run rate is.
type Accrual string

// The accruals. An empty one is the policy's in a line, and the first in a policy.
const (
	// AccrueLinear gives every day the same weight.
	AccrueLinear Accrual = "linear"
	// AccrueWorkingDays gives weight to Monday to Friday but for holidays.
	AccrueWorkingDays Accrual = "working_days"
	// AccrueProfile weighs each day by its day of the week.
	AccrueProfile Accrual = "profile"
	// AccrueUpfront gives the first day everything: a monthly fee is billed in full on it.
	AccrueUpfront Accrual = "upfront"
)

// Values lists what a book may say, the default first.
func (Accrual) Values() []string {
	return Texts(AccrueLinear, AccrueWorkingDays, AccrueProfile, AccrueUpfront)
}

// MixAt is a convention of how volume and mix are told apart. The sums over a mix are the same by either, up to the rounding of its lines.
type MixAt string

// The conventions, the default first.
const (
	// MixAtOwnPrice values what a line has more or less than at the planned mix at its planned price.
	MixAtOwnPrice MixAt = "own_price"
	// MixAtAverage values it at what the line's planned price is above or below the average one of the mix.
	MixAtAverage MixAt = "average_price"
)

// Values lists what a book may say, the default first.
func (MixAt) Values() []string { return Texts(MixAtOwnPrice, MixAtAverage) }

// PlanRate is one exchange rate of the plan: an amount in Currency times Rate is the amount in the provider's currency.
type PlanRate struct {
	Period   Period         `yaml:"period"`
	Currency money.Currency `yaml:"currency"`
	Rate     money.Decimal  `yaml:"rate"`
}

// PlanLine is what the plan expects of one offering in one region and month. Period, Offering and Region identify it within its version.
type PlanLine struct {
	// Version is the version of the plan that the line is of. It takes the place of the line for the same thing of versions known
	// before, and stands until a later one has another; what is no longer expected is planned as 0.
	Version  string     `yaml:"version,omitempty"`
	Period   Period     `yaml:"period"`
	Offering OfferingID `yaml:"offering"`
	// Region is a FOCUS RegionId. A line without one takes what no line of the same offering takes by name.
	Region string `yaml:"region,omitempty"`
	// Unit is the pricing unit that Units counts; charges in another unit add revenue and cost but no units. Without it
	// the line plans money alone, and its variance cannot be split into price and volume.
	Unit  string        `yaml:"unit,omitempty"`
	Units money.Decimal `yaml:"units,omitempty"`
	// Revenue and Cost are for the whole month, in Currency; Cost is what peers charge us.
	Revenue  money.Decimal  `yaml:"revenue"`
	Cost     money.Decimal  `yaml:"cost,omitempty"`
	Currency money.Currency `yaml:"currency"`
	// Accrual is how the line accrues within the month; empty for the policy's.
	Accrual Accrual `yaml:"accrual,omitempty"`
	// Mix names the lines among which customers may shift, all in one unit; empty for the regions of the offering.
	Mix string `yaml:"mix,omitempty"`
}

// Threshold is the difference that a comparison tolerates. A test that is nil is not made; a Threshold without tests
// tolerates no difference at all. A percentage of a base of 0 is undefined: the absolute test then decides alone, and
// without one any difference is beyond the threshold.
type Threshold struct {
	// Absolute is in the currency of the comparison; a difference of exactly so much is tolerated.
	Absolute *money.Decimal `yaml:"absolute,omitempty"`
	// Percent is of the expected amount: 5 is five in a hundred.
	Percent *money.Decimal `yaml:"percent,omitempty"`
	// Mode says how many tests must fail before a difference is beyond the threshold; empty means EitherTest.
	Mode ThresholdMode `yaml:"mode,omitempty"`
}

// ThresholdMode says how the two tests of a Threshold combine.
type ThresholdMode string

// The modes, the default first.
const (
	// EitherTest: one failed test is enough (the stricter of the two counts).
	EitherTest ThresholdMode = "either"
	// BothTests: both must fail (the more lenient of the two counts).
	BothTests ThresholdMode = "both"
)

// Values lists what a book may say, the default first.
func (ThresholdMode) Values() []string { return Texts(EitherTest, BothTests) }

// Beyond reports whether a difference from an expected base is more than t tolerates.
func (t Threshold) Beyond(difference, base money.Decimal) bool {
	if difference.IsZero() {
		return false
	}
	tested, failed := 0, 0
	if t.Absolute != nil {
		tested++
		if difference.Abs().GreaterThan(t.Absolute.Abs()) {
			failed++
		}
	}
	if t.Percent != nil && !base.IsZero() {
		tested++
		// |difference| × 100 > percent × |base| needs no division.
		if difference.Abs().Shift(2).GreaterThan(t.Percent.Abs().Mul(base.Abs())) {
			failed++
		}
	}
	switch {
	case tested == 0:
		return true
	case t.Mode == BothTests:
		return failed == tested
	default:
		return failed > 0
	}
}

// Peer is another provider whose services we use or resell.
type Peer struct {
	ID   PeerID `yaml:"id"`
	Name string `yaml:"name"`
	// Provider is the peer's ProviderName. Rows of deliveries without that column have it from here.
	Provider string `yaml:"provider,omitempty"`
	// OwnUse lists the peer's accounts (SubAccountId, or BillingAccountId where it has no sub-accounts) that we use
	// ourselves and sell to nobody; which ones are a customer's stands with the customer.
	OwnUse []string `yaml:"own_use,omitempty"`
	// Users is what tells those who use its services apart, where its bill is listed by who uses what, and for budgets.
	Users *UserKey `yaml:"users,omitempty"`
	// Budgets bound what it may bill in a billing period.
	Budgets []Budget `yaml:"budgets,omitempty"`
	// Anomalies, where it stands, has each day of its use held against the same days of the week before.
	Anomalies *AnomalyPolicy `yaml:"anomalies,omitempty"`
	// Goals are what its services are to do for our offerings on each day.
	Goals []Goal `yaml:"goals,omitempty"`
}

// Contract is what we agreed to pay a peer (Y.3502, 8.3.2.15).
type Contract struct {
	ID   ContractID `yaml:"id"`
	Peer PeerID     `yaml:"peer,omitempty"`
	// Currency is that of the rates and of the comparison.
	Currency money.Currency `yaml:"currency"`
	Validity Validity       `yaml:",inline"`
	// Tolerance is the difference between bill and expectation that is let pass, per match.
	Tolerance Threshold `yaml:"tolerance,omitempty"`
	// Accepted lists FOCUS charge categories, such as Tax, that are taken as billed and not compared.
	Accepted []ChargeCategory `yaml:"accepted,omitempty"`
	Rates    []ContractRate   `yaml:"rates"`
	// Detail, where it stands, has every row of the bill held against what our meters counted, by account.
	Detail *ContractDetail `yaml:"detail,omitempty"`
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
	Month Period `yaml:"month"`
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
func (DetailBy) Values() []string { return Texts(BySKU, ByResource) }

// DetailPer is a charge period of a comparison.
type DetailPer string

// The charge periods, the default first.
const (
	PerMonth DetailPer = "month"
	PerDay   DetailPer = "day"
)

// Values lists what a book may say, the default first.
func (DetailPer) Values() []string { return Texts(PerMonth, PerDay) }

// ContractRate is the price of one service of a peer. It covers the bill's rows of the categories Usage and Purchase. A
// row goes to the rate that names most of its SKU and region; a rate that names none of them takes the rest of the
// service. Rates of the same service, SKU and region may not be in force on the same day.
type ContractRate struct {
	// Service is the peer's ServiceName.
	Service string `yaml:"service"`
	SKU     SKU    `yaml:"sku,omitempty"`
	Region  string `yaml:"region,omitempty"`
	// Validity bounds the rate within the contract's own.
	Validity Validity `yaml:",inline"`
	// Basis says what the price multiplies; empty means BasisBill.
	Basis RateBasis `yaml:"basis,omitempty"`
	// Metered are the SKUs of our own meters that count this service, by their ConsumedQuantity and, where Region is set, in
	// that region; for BasisMeter. No SKU counts for two peers in one region.
	Metered []SKU `yaml:"metered,omitempty"`
	// Quantity is which of a row's quantities counts; empty means PricingQuantity.
	Quantity RateQuantity `yaml:"quantity,omitempty"`
	// Unit is that quantity's unit; the catalogue's unit factors convert others to it, and a row in a unit without a factor
	// is not matched. Empty takes quantities as they are.
	Unit string `yaml:"unit,omitempty"`
	// Price is per unit, or for BasisList the factor on the list cost: 0.93 for a discount of 7 in a hundred.
	Price money.Decimal `yaml:"price,omitempty"`
	// Tiers, where there are any, stand in for Price: graduated on the quantity of the period.
	Tiers []ContractTier `yaml:"tiers,omitempty"`
}

// RateBasis says what a contract rate multiplies.
type RateBasis string

// The bases, the default first.
const (
	// BasisBill multiplies the quantity that the peer states: it checks the price.
	BasisBill RateBasis = "bill"
	// BasisMeter multiplies the quantity of our own meters: it checks quantity and price.
	BasisMeter RateBasis = "meter"
	// BasisList multiplies the list cost that the peer states: it checks the discount.
	BasisList RateBasis = "list"
)

// Values lists what a book may say, the default first.
func (RateBasis) Values() []string { return Texts(BasisBill, BasisMeter, BasisList) }

// RateQuantity names the quantity of a usage row that a rate counts.
type RateQuantity string

// The quantities, the default first.
const (
	PricingQuantity  RateQuantity = "pricing"
	ConsumedQuantity RateQuantity = "consumed"
)

// Values lists what a book may say, the default first.
func (RateQuantity) Values() []string { return Texts(PricingQuantity, ConsumedQuantity) }

// ContractTier is one tier of a graduated rate. Tiers are in order; the last has no UpTo.
type ContractTier struct {
	// UpTo is the last quantity that the tier takes, counted from 0; nil for the rest.
	UpTo  *money.Decimal `yaml:"up_to,omitempty"`
	Price money.Decimal  `yaml:"price"`
}
