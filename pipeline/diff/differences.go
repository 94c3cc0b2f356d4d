package diff

import "daybook/schemas"

// DifferenceKind says how a charge of one run differs from that of another in its place.
type DifferenceKind string

// The kinds of difference.
const (
	// Added is a charge that only the later run has, Gone one that only the earlier run has.
	Added DifferenceKind = "added"
	Gone  DifferenceKind = "gone"
	// Changed is a charge for the same thing of which something else is said in the later run: an amount, a quantity, a time, a
	// version of the price, an exchange rate.
	Changed DifferenceKind = "changed"
)

// Positions of the columns of Differences.
const (
	DiffBillingAccountId = iota
	DiffBillingCurrency
	DiffChargeCategory
	DiffChargeClass
	DiffChargeDescription
	DiffChargePeriodEnd
	DiffChargePeriodStart
	DiffPricingUnit
	DiffRegionId
	DiffSkuId
	DiffChange
	DiffOfferingId
	DiffPriceId
	DiffSubscriptionId
	DiffMeterId
	DiffMeterGroup
	DiffModel
	DiffCorrectedPeriod
	DiffChargeIdBefore
	DiffChargeIdAfter
	DiffPriceVersionBefore
	DiffPriceVersionAfter
	DiffQuantityBefore
	DiffQuantityAfter
	DiffBilledCostBefore
	DiffBilledCostAfter
	DiffBilledCostDifference
	DiffProviderCurrency
	DiffBilledValueBefore
	DiffBilledValueAfter
	DiffBilledValueDifference
	DiffPeerCostBefore
	DiffPeerCostAfter
	DiffColumns
)

// Differences is the dataset of what differs between the charges of two runs of a period, a row for each charge that was added,
// is gone or has changed, sorted by account, offering, price and what else makes it the charge that it is. What describes a
// charge is as the later run has it, or the earlier one where it is gone. Before and After are null where a run has no such
// charge, and values in the provider's currency where there is no exchange rate; a difference takes them for 0. The sum of
// x_BilledCostDifference by BillingCurrency is what the later run charges more than the earlier one.
var Differences = schemas.Table{Name: "differences", Version: "1", Columns: []schemas.Column{
	DiffBillingAccountId:      {Name: "BillingAccountId", Type: schemas.Label, Required: true},
	DiffBillingCurrency:       {Name: "BillingCurrency", Type: schemas.Label, Required: true},
	DiffChargeCategory:        {Name: "ChargeCategory", Type: schemas.Label, Required: true},
	DiffChargeClass:           {Name: "ChargeClass", Type: schemas.Label},
	DiffChargeDescription:     {Name: "ChargeDescription", Type: schemas.Label},
	DiffChargePeriodEnd:       {Name: "ChargePeriodEnd", Type: schemas.Time, Required: true},
	DiffChargePeriodStart:     {Name: "ChargePeriodStart", Type: schemas.Time, Required: true},
	DiffPricingUnit:           {Name: "PricingUnit", Type: schemas.Label},
	DiffRegionId:              {Name: "RegionId", Type: schemas.Label},
	DiffSkuId:                 {Name: "SkuId", Type: schemas.Label},
	DiffChange:                {Name: "x_Change", Type: schemas.Label, Required: true},
	DiffOfferingId:            {Name: "x_OfferingId", Type: schemas.Label},
	DiffPriceId:               {Name: "x_PriceId", Type: schemas.Label},
	DiffSubscriptionId:        {Name: "x_SubscriptionId", Type: schemas.Label},
	DiffMeterId:               {Name: "x_MeterId", Type: schemas.Label},
	DiffMeterGroup:            {Name: "x_MeterGroup", Type: schemas.Label},
	DiffModel:                 {Name: "x_Model", Type: schemas.Label},
	DiffCorrectedPeriod:       {Name: "x_CorrectedPeriod", Type: schemas.Label},
	DiffChargeIdBefore:        {Name: "x_ChargeIdBefore", Type: schemas.Text},
	DiffChargeIdAfter:         {Name: "x_ChargeIdAfter", Type: schemas.Text},
	DiffPriceVersionBefore:    {Name: "x_PriceVersionBefore", Type: schemas.Label},
	DiffPriceVersionAfter:     {Name: "x_PriceVersionAfter", Type: schemas.Label},
	DiffQuantityBefore:        {Name: "x_PricingQuantityBefore", Type: schemas.Decimal},
	DiffQuantityAfter:         {Name: "x_PricingQuantityAfter", Type: schemas.Decimal},
	DiffBilledCostBefore:      {Name: "x_BilledCostBefore", Type: schemas.Decimal},
	DiffBilledCostAfter:       {Name: "x_BilledCostAfter", Type: schemas.Decimal},
	DiffBilledCostDifference:  {Name: "x_BilledCostDifference", Type: schemas.Decimal, Required: true},
	DiffProviderCurrency:      {Name: "x_ProviderCurrency", Type: schemas.Label, Required: true},
	DiffBilledValueBefore:     {Name: "x_BilledValueBefore", Type: schemas.Decimal},
	DiffBilledValueAfter:      {Name: "x_BilledValueAfter", Type: schemas.Decimal},
	DiffBilledValueDifference: {Name: "x_BilledValueDifference", Type: schemas.Decimal, Required: true},
	DiffPeerCostBefore:        {Name: "x_PeerCostBefore", Type: schemas.Decimal},
	DiffPeerCostAfter:         {Name: "x_PeerCostAfter", Type: schemas.Decimal},
}}
