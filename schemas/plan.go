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
	// Segment is as in the line of the plan.
	Segment string `yaml:"segment,omitempty"`
	// Peer is as in the line of the plan.
	Peer PeerID `yaml:"peer,omitempty"`
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

// PlanLine is what the plan expects of one offering in one region and segment, made of one peer's services, in one month. These five identify it
// within its version.
type PlanLine struct {
	// Version is the version of the plan that the line is of. It takes the place of the line for the same thing of versions known
	// before, and stands until a later one has another; what is no longer expected is planned as 0.
	Version  string     `yaml:"version,omitempty"`
	Period   Period     `yaml:"period"`
	Offering OfferingID `yaml:"offering"`
	// Region is a FOCUS RegionId. A line without one takes what no line of the same offering takes by name.
	Region string `yaml:"region,omitempty"`
	// Segment is that of accounts. A line without one takes what no line of the same offering takes by its segment; of two lines that
	// could take a charge, one by its region and one by its segment, that of the region does.
	Segment string `json:",omitempty" yaml:"segment,omitempty"`
	// Peer is whose services are sold, and whose cost that has. A line without one takes what no line of the same offering takes by
	// its peer, and what is of our own meters or of several peers; a line of the region or segment of a charge comes before one of its peer.
	Peer PeerID `json:",omitempty" yaml:"peer,omitempty"`
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
	// Mix names the lines among which customers may shift, all in one unit; empty for the regions, segments and peers of the offering.
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
	// Shared divides what it bills for our own use among customers.
	Shared []SharedCost `yaml:"shared,omitempty"`
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
	// BasisMinimum and BasisCommitment are of no rate, but of what a contract's minimum or commitment adds: in matches alone.
	BasisMinimum    RateBasis = "minimum"
	BasisCommitment RateBasis = "commitment"
)

// Values lists what a book may say, the default first.
func (RateBasis) Values() []string { return Texts(BasisBill, BasisMeter, BasisList) }
