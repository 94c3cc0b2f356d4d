package schemas

// Positions of the columns of Charges.
const (
	ChargeAvailabilityZone = iota
	ChargeBilledCost
	ChargeBillingAccountId
	ChargeBillingAccountName
	ChargeBillingAccountType
	ChargeBillingCurrency
	ChargeBillingPeriodEnd
	ChargeBillingPeriodStart
	ChargeCapacityReservationId
	ChargeCapacityReservationStatus
	ChargeChargeCategory
	ChargeChargeClass
	ChargeChargeDescription
	ChargeChargeFrequency
	ChargeChargePeriodEnd
	ChargeChargePeriodStart
	ChargeCommitmentDiscountCategory
	ChargeCommitmentDiscountId
	ChargeCommitmentDiscountName
	ChargeCommitmentDiscountQuantity
	ChargeCommitmentDiscountStatus
	ChargeCommitmentDiscountType
	ChargeCommitmentDiscountUnit
	ChargeConsumedQuantity
	ChargeConsumedUnit
	ChargeContractedCost
	ChargeContractedUnitPrice
	ChargeEffectiveCost
	ChargeInvoiceIssuerName
	ChargeListCost
	ChargeListUnitPrice
	ChargePricingCategory
	ChargePricingCurrency
	ChargePricingCurrencyContractedUnitPrice
	ChargePricingCurrencyEffectiveCost
	ChargePricingCurrencyListUnitPrice
	ChargePricingQuantity
	ChargePricingUnit
	ChargeProviderName
	ChargePublisherName
	ChargeRegionId
	ChargeRegionName
	ChargeResourceId
	ChargeResourceName
	ChargeResourceType
	ChargeServiceCategory
	ChargeServiceName
	ChargeServiceSubcategory
	ChargeSkuId
	ChargeSkuMeter
	ChargeSkuPriceDetails
	ChargeSkuPriceId
	ChargeSubAccountId
	ChargeSubAccountName
	ChargeSubAccountType
	ChargeTags
	ChargeChargeId
	ChargeOfferingId
	ChargePriceId
	ChargePriceVersion
	ChargeSubscriptionId
	ChargeMeterId
	ChargeModel
	ChargeDraftInvoiceId
	ChargeUnitPrice
	ChargePeerId
	ChargePeerCost
	ChargeMargin
	ChargeExactCost
	ChargeResidue
	ChargeUsageRows
	ChargeSteps
	ChargeStepNumbers
	ChargeMeterGroup
	ChargeCorrectedPeriod
	ChargeProviderCurrency
	ChargeExchangeRate
	ChargeExchangeDay
	ChargeBilledValue
	ChargePeerCostValue
	ChargeCustomerId
	ChargeSegment
	ChargeTaxCategory
	ChargeColumns
)

// Charges is the dataset of charges: FOCUS 1.2 cost and usage, ours as the provider, with lineage and arithmetic in the
// x_ columns. Columns of FOCUS for which we have nothing to say are there and null. Rows are sorted by BillingAccountId, ServiceName, SkuId, ChargePeriodStart and x_ChargeId.
var Charges = Table{Name: "charges", Version: "6", Columns: []Column{
	ChargeAvailabilityZone:                   {Name: "AvailabilityZone", Type: Label},
	ChargeBilledCost:                         {Name: "BilledCost", Type: Decimal, Required: true},
	ChargeBillingAccountId:                   {Name: "BillingAccountId", Type: Label, Required: true},
	ChargeBillingAccountName:                 {Name: "BillingAccountName", Type: Label},
	ChargeBillingAccountType:                 {Name: "BillingAccountType", Type: Label, Required: true},
	ChargeBillingCurrency:                    {Name: "BillingCurrency", Type: Label, Required: true},
	ChargeBillingPeriodEnd:                   {Name: "BillingPeriodEnd", Type: Time, Required: true},
	ChargeBillingPeriodStart:                 {Name: "BillingPeriodStart", Type: Time, Required: true},
	ChargeCapacityReservationId:              {Name: "CapacityReservationId", Type: Label},
	ChargeCapacityReservationStatus:          {Name: "CapacityReservationStatus", Type: Label},
	ChargeChargeCategory:                     {Name: "ChargeCategory", Type: Label, Required: true},
	ChargeChargeClass:                        {Name: "ChargeClass", Type: Label},
	ChargeChargeDescription:                  {Name: "ChargeDescription", Type: Label},
	ChargeChargeFrequency:                    {Name: "ChargeFrequency", Type: Label, Required: true},
	ChargeChargePeriodEnd:                    {Name: "ChargePeriodEnd", Type: Time, Required: true},
	ChargeChargePeriodStart:                  {Name: "ChargePeriodStart", Type: Time, Required: true},
	ChargeCommitmentDiscountCategory:         {Name: "CommitmentDiscountCategory", Type: Label},
	ChargeCommitmentDiscountId:               {Name: "CommitmentDiscountId", Type: Label},
	ChargeCommitmentDiscountName:             {Name: "CommitmentDiscountName", Type: Label},
	ChargeCommitmentDiscountQuantity:         {Name: "CommitmentDiscountQuantity", Type: Decimal},
	ChargeCommitmentDiscountStatus:           {Name: "CommitmentDiscountStatus", Type: Label},
	ChargeCommitmentDiscountType:             {Name: "CommitmentDiscountType", Type: Label},
	ChargeCommitmentDiscountUnit:             {Name: "CommitmentDiscountUnit", Type: Label},
	ChargeConsumedQuantity:                   {Name: "ConsumedQuantity", Type: Decimal},
	ChargeConsumedUnit:                       {Name: "ConsumedUnit", Type: Label},
	ChargeContractedCost:                     {Name: "ContractedCost", Type: Decimal, Required: true},
	ChargeContractedUnitPrice:                {Name: "ContractedUnitPrice", Type: Decimal},
	ChargeEffectiveCost:                      {Name: "EffectiveCost", Type: Decimal, Required: true},
	ChargeInvoiceIssuerName:                  {Name: "InvoiceIssuerName", Type: Label, Required: true},
	ChargeListCost:                           {Name: "ListCost", Type: Decimal, Required: true},
	ChargeListUnitPrice:                      {Name: "ListUnitPrice", Type: Decimal},
	ChargePricingCategory:                    {Name: "PricingCategory", Type: Label},
	ChargePricingCurrency:                    {Name: "PricingCurrency", Type: Label},
	ChargePricingCurrencyContractedUnitPrice: {Name: "PricingCurrencyContractedUnitPrice", Type: Decimal},
	ChargePricingCurrencyEffectiveCost:       {Name: "PricingCurrencyEffectiveCost", Type: Decimal},
	ChargePricingCurrencyListUnitPrice:       {Name: "PricingCurrencyListUnitPrice", Type: Decimal},
	ChargePricingQuantity:                    {Name: "PricingQuantity", Type: Decimal},
	ChargePricingUnit:                        {Name: "PricingUnit", Type: Label},
	ChargeProviderName:                       {Name: "ProviderName", Type: Label, Required: true},
	ChargePublisherName:                      {Name: "PublisherName", Type: Label, Required: true},
	ChargeRegionId:                           {Name: "RegionId", Type: Label},
	ChargeRegionName:                         {Name: "RegionName", Type: Label},
	ChargeResourceId:                         {Name: "ResourceId", Type: Text},
	ChargeResourceName:                       {Name: "ResourceName", Type: Text},
	ChargeResourceType:                       {Name: "ResourceType", Type: Label},
	ChargeServiceCategory:                    {Name: "ServiceCategory", Type: Label, Required: true},
	ChargeServiceName:                        {Name: "ServiceName", Type: Label, Required: true},
	ChargeServiceSubcategory:                 {Name: "ServiceSubcategory", Type: Label, Required: true},
	ChargeSkuId:                              {Name: "SkuId", Type: Label},
	ChargeSkuMeter:                           {Name: "SkuMeter", Type: Label},
	ChargeSkuPriceDetails:                    {Name: "SkuPriceDetails", Type: Label},
	ChargeSkuPriceId:                         {Name: "SkuPriceId", Type: Label},
	ChargeSubAccountId:                       {Name: "SubAccountId", Type: Label},
	ChargeSubAccountName:                     {Name: "SubAccountName", Type: Label},
	ChargeSubAccountType:                     {Name: "SubAccountType", Type: Label},
	ChargeTags:                               {Name: "Tags", Type: Text},
	// x_ChargeId digests what makes the charge the charge it is; explain takes it.
	ChargeChargeId:       {Name: "x_ChargeId", Type: Text, Required: true},
	ChargeOfferingId:     {Name: "x_OfferingId", Type: Label},
	ChargePriceId:        {Name: "x_PriceId", Type: Label},
	ChargePriceVersion:   {Name: "x_PriceVersion", Type: Label},
	ChargeSubscriptionId: {Name: "x_SubscriptionId", Type: Label},
	ChargeMeterId:        {Name: "x_MeterId", Type: Label},
	ChargeModel:          {Name: "x_Model", Type: Label},
	// x_DraftInvoiceId names the draft that shows the charge. InvoiceId is left out until there is an invoice.
	ChargeDraftInvoiceId: {Name: "x_DraftInvoiceId", Type: Label, Required: true},
	// x_UnitPrice is the price of the catalogue where one price is all there is to it; ContractedUnitPrice is the average
	// that tiers, discounts and bounds come to.
	ChargeUnitPrice: {Name: "x_UnitPrice", Type: Decimal},
	ChargePeerId:    {Name: "x_PeerId", Type: Label},
	ChargePeerCost:  {Name: "x_PeerCost", Type: Decimal},
	ChargeMargin:    {Name: "x_Margin", Type: Decimal},
	// x_ExactCost is the amount before rounding, as exact decimal text; x_Residue is x_ExactCost - BilledCost, likewise.
	ChargeExactCost: {Name: "x_ExactCost", Type: Text, Required: true},
	ChargeResidue:   {Name: "x_Residue", Type: Text, Required: true},
	ChargeUsageRows: {Name: "x_UsageRows", Type: Integer, Required: true},
	// x_Steps is the arithmetic with a place for each number, such as {1}: few formulas, each of many charges. Its steps stand
	// in order, each as operation(operands) = result "note"; an operand amount@3 is the result of the third step, and a result
	// that is the only operand's value is left out. x_StepNumbers are the numbers of the places in order, with semicolons
	// between them; null where there is none.
	ChargeSteps:       {Name: "x_Steps", Type: Label, Required: true},
	ChargeStepNumbers: {Name: "x_StepNumbers", Type: Text},
	// x_MeterGroup is the group that the charge is for where its meter groups, such as RegionId=eu-1.
	ChargeMeterGroup: {Name: "x_MeterGroup", Type: Label},
	// x_CorrectedPeriod is the billing period, YYYY-MM, whose charges a Correction changes; null on other charges.
	ChargeCorrectedPeriod: {Name: "x_CorrectedPeriod", Type: Label},
	// What the charge comes to in the provider's currency, by the exchange rate of the day: x_BilledValue of BilledCost, rounded
	// to the currency's minor unit, and x_PeerCostValue of x_PeerCost. The sum of x_BilledValue of what is neither Tax nor a
	// prepaid credit is the revenue of the report. Rate, day and values are null where the book has no rate.
	ChargeProviderCurrency: {Name: "x_ProviderCurrency", Type: Label, Required: true},
	ChargeExchangeRate:     {Name: "x_ExchangeRate", Type: Decimal},
	ChargeExchangeDay:      {Name: "x_ExchangeDay", Type: Label},
	ChargeBilledValue:      {Name: "x_BilledValue", Type: Decimal},
	ChargePeerCostValue:    {Name: "x_PeerCostValue", Type: Decimal},
	// Whose account it is, and what the book calls the segment of the account; null where the book does not say.
	ChargeCustomerId: {Name: "x_CustomerId", Type: Label},
	ChargeSegment:    {Name: "x_Segment", Type: Label},
	// x_TaxCategory is the tax_category by which it is taxed, or of a Tax whose tax it is; null where no tax is of it.
	ChargeTaxCategory: {Name: "x_TaxCategory", Type: Label},
}}
