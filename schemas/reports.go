package schemas

import "daybook/schemas/money"

// Measure is what a variance is of.
type Measure string

// The measures, in the order of the report.
const (
	Units   Measure = "Units"
	Revenue Measure = "Revenue"
	Cost    Measure = "Cost"
	Margin  Measure = "Margin"
)

// PlanStatus says on which sides of a comparison a line stands.
type PlanStatus string

// The statuses of a variance.
const (
	// Planned stands in the plan and in the actuals.
	Planned PlanStatus = "planned"
	// Unplanned has actuals without a line in the plan.
	Unplanned PlanStatus = "unplanned"
	// Missing has a line in the plan without actuals.
	Missing PlanStatus = "missing"
)

// Causes are the parts of a variance. They add up to it exactly.
type Causes struct {
	// Price is what another price per unit did, at the actual volume.
	Price money.Decimal
	// Volume is what more or less volume in all did, at the planned mix and price.
	Volume money.Decimal
	// Mix is what the shift of volume among lines did, at the planned price.
	Mix money.Decimal
	// FX is what exchange rates other than the plan's did.
	FX money.Decimal
	// Unplanned and Missing are whole lines that only one side has.
	Unplanned money.Decimal
	Missing   money.Decimal
	// Unsplit is what cannot be divided into price and volume, because one side counts no units.
	Unsplit money.Decimal
}

// Sum returns the total of the causes.
func (c *Causes) Sum() money.Decimal {
	return c.Price.Add(c.Volume).Add(c.Mix).Add(c.FX).Add(c.Unplanned).Add(c.Missing).Add(c.Unsplit)
}

// Variance is actual minus expected for one measure of one offering in one region, segment and month, of one peer's services.
type Variance struct {
	// ID is the period, offering, region, segment and peer if there is one, and measure, joined by slashes; a slash within one is written %2F.
	ID              string
	Period          Period
	Offering        OfferingID
	Region, Segment string
	Peer            PeerID
	Measure         Measure
	// Unit is the unit of every number: a currency, or the plan's unit.
	Unit   string
	Status PlanStatus
	// Plan is for the whole month; Expected is the part of it due by the day Through, and Actual what has come by then: all that
	// was used, what is charged for days as far as they are over, and what is charged once on its day.
	Plan     money.Decimal
	Expected money.Decimal
	Actual   money.Decimal
	// Variance is Actual - Expected, and the sum of Causes. Percent is of Expected, nil where that is 0, or so
	// near it that no dataset holds the percentage.
	Variance money.Decimal
	Percent  *money.Decimal
	Causes   Causes
	// PlanVersion is the version of the plan that actual is compared with; empty where the plan has none.
	PlanVersion string
	// MixAt is the convention by which Causes tell volume and mix apart.
	MixAt MixAt
	// UsageBased is the part of Actual that was used; the rest is fees for days that are over, and what is charged once.
	UsageBased money.Decimal
	// RunRate is what the whole month comes to at the rate so far; nil where no day of weight has passed, or where there is no
	// data yet of what is used. In a total it is that of the rows that have one, and RunRatePlan what the plan has for these.
	RunRate     *money.Decimal
	RunRatePlan money.Decimal
	// Coming is what is charged for days that are not over, Pending what commitments and minimums would add if the month ended
	// on the day Through: it counts once what they bound is over. Of the other numbers only RunRate has them, Pending less what
	// use still adds. Actual, Coming and Pending are together what is charged for the month, as rounded.
	Coming  money.Decimal
	Pending money.Decimal
	// Unshown is what else the charges come to than Actual, exactly: what is for days to come, what is pending, and what rounding to
	// the places of the comparison takes. Together they are the charges. No dataset has it, and of units it is 0.
	Unshown money.Decimal
	Accrual Accrual
	// Through is the last day that the actuals hold: where what is used is metered from feeds that come later than others, the
	// last day of which these have data, and the day before the period where they have none.
	Through Date
	// Favourable is true for more revenue, units or margin, and for less cost.
	Favourable  bool
	Material    bool
	Provisional bool
	// Steps is the arithmetic, with numbers.
	Steps []Step
}

// Positions of the columns of Variances.
const (
	VarVarianceId = iota
	VarBillingPeriod
	VarOfferingId
	VarRegionId
	VarSegment
	VarPeerId
	VarMeasure
	VarUnit
	VarStatus
	VarPlan
	VarExpected
	VarActual
	VarVariance
	VarVariancePercent
	VarPriceCause
	VarVolumeCause
	VarMixCause
	VarFxCause
	VarUnplannedCause
	VarMissingCause
	VarUnsplitCause
	VarMixAt
	VarUsageBased
	VarRunRate
	VarComing
	VarPending
	VarAccrual
	VarThrough
	VarEffect
	VarMaterial
	VarProvisional
	VarPlanVersion
	VarSteps
	VarColumns
)

// Variances is the dataset of actual against plan, sorted by period, offering, region, segment, peer and measure. Effect is favourable,
// unfavourable or none; Material and Provisional are yes or no; PlanVersion is null where the plan has no versions; Steps is a JSON array of Step.
var Variances = Table{Name: "variances", Version: "6", Columns: []Column{
	VarVarianceId:      {Name: "VarianceId", Type: Text, Required: true},
	VarBillingPeriod:   {Name: "BillingPeriod", Type: Label, Required: true},
	VarOfferingId:      {Name: "OfferingId", Type: Label, Required: true},
	VarRegionId:        {Name: "RegionId", Type: Label},
	VarSegment:         {Name: "Segment", Type: Label},
	VarPeerId:          {Name: "PeerId", Type: Label},
	VarMeasure:         {Name: "Measure", Type: Label, Required: true},
	VarUnit:            {Name: "Unit", Type: Label},
	VarStatus:          {Name: "Status", Type: Label, Required: true},
	VarPlan:            {Name: "Plan", Type: Decimal, Required: true},
	VarExpected:        {Name: "Expected", Type: Decimal, Required: true},
	VarActual:          {Name: "Actual", Type: Decimal, Required: true},
	VarVariance:        {Name: "Variance", Type: Decimal, Required: true},
	VarVariancePercent: {Name: "VariancePercent", Type: Decimal},
	VarPriceCause:      {Name: "PriceCause", Type: Decimal, Required: true},
	VarVolumeCause:     {Name: "VolumeCause", Type: Decimal, Required: true},
	VarMixCause:        {Name: "MixCause", Type: Decimal, Required: true},
	VarFxCause:         {Name: "FxCause", Type: Decimal, Required: true},
	VarUnplannedCause:  {Name: "UnplannedCause", Type: Decimal, Required: true},
	VarMissingCause:    {Name: "MissingCause", Type: Decimal, Required: true},
	VarUnsplitCause:    {Name: "UnsplitCause", Type: Decimal, Required: true},
	VarMixAt:           {Name: "MixAt", Type: Label, Required: true},
	VarUsageBased:      {Name: "UsageBased", Type: Decimal, Required: true},
	VarRunRate:         {Name: "RunRate", Type: Decimal},
	VarComing:          {Name: "Coming", Type: Decimal, Required: true},
	VarPending:         {Name: "Pending", Type: Decimal, Required: true},
	VarAccrual:         {Name: "Accrual", Type: Label, Required: true},
	VarThrough:         {Name: "Through", Type: Label, Required: true},
	VarEffect:          {Name: "Effect", Type: Label, Required: true},
	VarMaterial:        {Name: "Material", Type: Label, Required: true},
	VarProvisional:     {Name: "Provisional", Type: Label, Required: true},
	VarPlanVersion:     {Name: "PlanVersion", Type: Label},
	VarSteps:           {Name: "Steps", Type: Text, Required: true},
}}

// MatchStatus is what comparing a peer's bill with our expectation found.
type MatchStatus string

// The statuses of a match.
const (
	// Matched: the bill is exactly what we expect.
	Matched MatchStatus = "matched"
	// WithinTolerance: it differs by no more than the contract lets pass.
	WithinTolerance MatchStatus = "within_tolerance"
	Overbilled      MatchStatus = "overbilled"
	Underbilled     MatchStatus = "underbilled"
	// Unmatched: no contract line covers what is billed.
	Unmatched MatchStatus = "unmatched"
	// Unbilled: we metered it, and the peer does not bill it.
	Unbilled MatchStatus = "unbilled"
	// Accepted: of a category that the contract takes as billed.
	Accepted MatchStatus = "accepted"
)

// PeerMatch is one line of a peer's bill, summed over the period, against what we expect of it.
type PeerMatch struct {
	// ID is the period, peer, service, SKU, region, category, contract, first day, billing currency, unit and order of the
	// rate, joined by slashes; a slash within one is written %2F, and what does not part the bill there is empty.
	ID       string
	Period   Period
	Peer     PeerID
	Contract ContractID
	Service  string
	SKU      SKU
	Region   string
	Category ChargeCategory
	// From is the first day of the stretch of the period for which the rate holds.
	From   Date
	Basis  RateBasis
	Status MatchStatus
	// Metered is the quantity of our own meters, Billed the quantity that the peer states, in Unit.
	Metered money.Decimal
	Billed  money.Decimal
	Unit    string
	// Expected and Actual are in Currency, the contract's, or the bill's where no contract covers it. ActualBilled is the
	// bill before conversion, in BilledCurrency.
	Expected       money.Decimal
	Actual         money.Decimal
	Currency       money.Currency
	ActualBilled   money.Decimal
	BilledCurrency money.Currency
	// Difference is Actual - Expected. QuantityPart of it comes from quantity (at the contract rate) and PricePart from
	// price (at the billed quantity); they add up to it exactly.
	Difference   money.Decimal
	QuantityPart money.Decimal
	PricePart    money.Decimal
	// BillRows and MeterRows count the usage rows on either side.
	BillRows  int64
	MeterRows int64
	Steps     []Step
}

// Positions of the columns of PeerMatches.
const (
	MatchMatchId = iota
	MatchBillingPeriod
	MatchPeerId
	MatchContractId
	MatchServiceName
	MatchSkuId
	MatchRegionId
	MatchChargeCategory
	MatchFrom
	MatchBasis
	MatchStatusColumn
	MatchMeteredQuantity
	MatchBilledQuantity
	MatchUnit
	MatchExpected
	MatchActual
	MatchCurrency
	MatchBilledCost
	MatchBillingCurrency
	MatchDifference
	MatchQuantityPart
	MatchPricePart
	MatchBillRows
	MatchMeterRows
	MatchSteps
	MatchColumns
)

// PeerMatches is the dataset of peer bills against our meters and contracts, sorted by period, peer, service, SKU,
// region, category, contract, from and billing currency. The sum of BilledCost per currency is the sum of the bills.
var PeerMatches = Table{Name: "peer_matches", Version: "1", Columns: []Column{
	MatchMatchId:         {Name: "MatchId", Type: Text, Required: true},
	MatchBillingPeriod:   {Name: "BillingPeriod", Type: Label, Required: true},
	MatchPeerId:          {Name: "PeerId", Type: Label, Required: true},
	MatchContractId:      {Name: "ContractId", Type: Label},
	MatchServiceName:     {Name: "ServiceName", Type: Label},
	MatchSkuId:           {Name: "SkuId", Type: Label},
	MatchRegionId:        {Name: "RegionId", Type: Label},
	MatchChargeCategory:  {Name: "ChargeCategory", Type: Label},
	MatchFrom:            {Name: "From", Type: Label, Required: true},
	MatchBasis:           {Name: "Basis", Type: Label},
	MatchStatusColumn:    {Name: "Status", Type: Label, Required: true},
	MatchMeteredQuantity: {Name: "MeteredQuantity", Type: Decimal, Required: true},
	MatchBilledQuantity:  {Name: "BilledQuantity", Type: Decimal, Required: true},
	MatchUnit:            {Name: "Unit", Type: Label},
	MatchExpected:        {Name: "Expected", Type: Decimal, Required: true},
	MatchActual:          {Name: "Actual", Type: Decimal, Required: true},
	MatchCurrency:        {Name: "Currency", Type: Label, Required: true},
	MatchBilledCost:      {Name: "BilledCost", Type: Decimal, Required: true},
	MatchBillingCurrency: {Name: "BillingCurrency", Type: Label, Required: true},
	MatchDifference:      {Name: "Difference", Type: Decimal, Required: true},
	MatchQuantityPart:    {Name: "QuantityPart", Type: Decimal, Required: true},
	MatchPricePart:       {Name: "PricePart", Type: Decimal, Required: true},
	MatchBillRows:        {Name: "BillRows", Type: Integer, Required: true},
	MatchMeterRows:       {Name: "MeterRows", Type: Integer, Required: true},
	MatchSteps:           {Name: "Steps", Type: Text, Required: true},
}}

// MarginRow is what one account's use of one offering earns, or that of all accounts.
type MarginRow struct {
	// ID is the period, account, offering and currency, joined by slashes; a slash within one is written %2F, and over all
	// accounts the account is empty.
	ID       string
	Period   Period
	Account  AccountID
	Offering OfferingID
	Currency money.Currency
	// Revenue is the sum of the charges, Cost what the peers charge us for what they sell; Margin is Revenue - Cost.
	Revenue money.Decimal
	Cost    money.Decimal
	Margin  money.Decimal
	// Percent is Margin in a hundred of Revenue, rounded to four places; nil where Revenue is 0.
	Percent *money.Decimal
	// RevenueValue, CostValue and MarginValue are these in ValueCurrency, the provider's, without the charges that have no
	// exchange rate, of which there are Unvalued; nil where none has one. RevenueToDate is the part of RevenueValue that counts
	// in a month to date, in full of what is used, and by days of what is charged for days. Rate is that of RateDay where all
	// charges have one of one day, else nil.
	RevenueValue, CostValue, MarginValue *money.Decimal
	RevenueToDate                        *money.Decimal
	ValueCurrency                        money.Currency
	Rate                                 *money.Decimal
	RateDay                              Date

	Charges  int64
	Unvalued int64
	// CorrectedRevenue and CorrectedCost are what of Revenue and Cost corrects earlier periods. They are in no column.
	CorrectedRevenue, CorrectedCost money.Decimal
}

// Own is what the period's own charges earn and cost, corrections of earlier ones left aside.
func (m *MarginRow) Own() (revenue, cost money.Decimal) {
	return m.Revenue.Sub(m.CorrectedRevenue), m.Cost.Sub(m.CorrectedCost)
}

// Loss reports whether the period's own charges earn less than they cost, by more than rounding can have done: half a minor
// unit of the currency for each charge, since charges are rounded and costs are not. What is handed on as it is costs what it
// earns, and what is given back of an earlier period is no loss on this one. Where there is no cost there is no loss: what is
// below zero then was given back, by a credit or a coupon.
func (m *MarginRow) Loss() bool {
	revenue, cost := m.Own()
	if !cost.IsPositive() {
		return false
	}
	margin := revenue.Sub(cost)
	places, ok := money.MinorUnits(m.Currency)
	if !ok {
		return margin.IsNegative()
	}
	half := money.NewDecimal(5, -places-1)
	return margin.Add(half.Mul(money.NewDecimal(m.Charges, 0))).IsNegative()
}

// Positions of the columns of Margins.
const (
	MarginMarginId = iota
	MarginBillingPeriod
	MarginAccountId
	MarginOfferingId
	MarginCurrency
	MarginRevenue
	MarginCost
	MarginMargin
	MarginPercent
	MarginCharges
	MarginProviderCurrency
	MarginExchangeRate
	MarginExchangeDay
	MarginRevenueValue
	MarginCostValue
	MarginMarginValue
	MarginRevenueToDate
	MarginUnvalued
	MarginColumns
)

// Margins is the dataset of margins, sorted by period, account, offering and currency.
var Margins = Table{Name: "margins", Version: "4", Columns: []Column{
	MarginMarginId:      {Name: "MarginId", Type: Text, Required: true},
	MarginBillingPeriod: {Name: "BillingPeriod", Type: Label, Required: true},
	MarginAccountId:     {Name: "AccountId", Type: Label, Required: true},
	MarginOfferingId:    {Name: "OfferingId", Type: Label, Required: true},
	MarginCurrency:      {Name: "Currency", Type: Label, Required: true},
	MarginRevenue:       {Name: "Revenue", Type: Decimal, Required: true},
	MarginCost:          {Name: "Cost", Type: Decimal, Required: true},
	MarginMargin:        {Name: "Margin", Type: Decimal, Required: true},
	MarginPercent:       {Name: "MarginPercent", Type: Decimal},
	MarginCharges:       {Name: "Charges", Type: Integer, Required: true},
	// In the provider's currency, as the charges state it.
	MarginProviderCurrency: {Name: "ProviderCurrency", Type: Label, Required: true},
	MarginExchangeRate:     {Name: "ExchangeRate", Type: Decimal},
	MarginExchangeDay:      {Name: "ExchangeDay", Type: Label},
	MarginRevenueValue:     {Name: "RevenueValue", Type: Decimal},
	MarginCostValue:        {Name: "CostValue", Type: Decimal},
	MarginMarginValue:      {Name: "MarginValue", Type: Decimal},
	MarginRevenueToDate:    {Name: "RevenueToDate", Type: Decimal},
	MarginUnvalued:         {Name: "ChargesWithoutRate", Type: Integer, Required: true},
}}
