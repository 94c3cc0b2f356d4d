package schemas

// Positions of the columns of Usage. The order here is the order in the file: FOCUS 1.2 columns by topic, ours last.
const (
	UseBillingAccountId = iota
	UseBillingAccountName
	UseSubAccountId
	UseSubAccountName
	UseProviderName
	UsePublisherName
	UseInvoiceIssuerName
	UseInvoiceId
	UseServiceCategory
	UseServiceName
	UseServiceSubcategory
	UseSkuId
	UseSkuMeter
	UseSkuPriceId
	UseRegionId
	UseRegionName
	UseAvailabilityZone
	UseResourceId
	UseResourceName
	UseResourceType
	UseChargePeriodStart
	UseChargePeriodEnd
	UseBillingPeriodStart
	UseBillingPeriodEnd
	UseChargeCategory
	UseChargeClass
	UseChargeDescription
	UseChargeFrequency
	UsePricingCategory
	UseConsumedQuantity
	UseConsumedUnit
	UsePricingQuantity
	UsePricingUnit
	UseListUnitPrice
	UseContractedUnitPrice
	UseListCost
	UseContractedCost
	UseBilledCost
	UseEffectiveCost
	UseBillingCurrency
	UsePricingCurrency
	UseCommitmentDiscountCategory
	UseCommitmentDiscountId
	UseCommitmentDiscountName
	UseCommitmentDiscountStatus
	UseCommitmentDiscountType
	UseCommitmentDiscountQuantity
	UseCommitmentDiscountUnit
	UseCapacityReservationId
	UseCapacityReservationStatus
	UseSkuPriceDetails
	UseTags
	UseAccountId
	UsePeerId
	UseSourceId
	UseObjectKey
	UseObjectRow
	UseRecordId
	UseRecordedTime
	UseExtra
	UseLatePeriod
	UseColumns
)

// Usage is the dataset of normalised usage records: one row of metered or billed use, own or a peer's, in FOCUS 1.2
// terms. Rows are sorted by x_AccountId, ServiceName, SkuId, ChargePeriodStart, x_ObjectKey and x_ObjectRow, nulls first,
// text by bytes: a total order, because an object's row is one row.
//
// Own meters fill quantities and leave the cost columns null; peers fill both.
var Usage = Table{Name: "usage", Version: "2", Columns: []Column{
	UseBillingAccountId:           {Name: "BillingAccountId", Type: Label},
	UseBillingAccountName:         {Name: "BillingAccountName", Type: Label},
	UseSubAccountId:               {Name: "SubAccountId", Type: Label},
	UseSubAccountName:             {Name: "SubAccountName", Type: Label},
	UseProviderName:               {Name: "ProviderName", Type: Label},
	UsePublisherName:              {Name: "PublisherName", Type: Label},
	UseInvoiceIssuerName:          {Name: "InvoiceIssuerName", Type: Label},
	UseInvoiceId:                  {Name: "InvoiceId", Type: Label},
	UseServiceCategory:            {Name: "ServiceCategory", Type: Label},
	UseServiceName:                {Name: "ServiceName", Type: Label},
	UseServiceSubcategory:         {Name: "ServiceSubcategory", Type: Label},
	UseSkuId:                      {Name: "SkuId", Type: Label},
	UseSkuMeter:                   {Name: "SkuMeter", Type: Label},
	UseSkuPriceId:                 {Name: "SkuPriceId", Type: Label},
	UseRegionId:                   {Name: "RegionId", Type: Label},
	UseRegionName:                 {Name: "RegionName", Type: Label},
	UseAvailabilityZone:           {Name: "AvailabilityZone", Type: Label},
	UseResourceId:                 {Name: "ResourceId", Type: Text},
	UseResourceName:               {Name: "ResourceName", Type: Text},
	UseResourceType:               {Name: "ResourceType", Type: Label},
	UseChargePeriodStart:          {Name: "ChargePeriodStart", Type: Time, Required: true},
	UseChargePeriodEnd:            {Name: "ChargePeriodEnd", Type: Time, Required: true},
	UseBillingPeriodStart:         {Name: "BillingPeriodStart", Type: Time},
	UseBillingPeriodEnd:           {Name: "BillingPeriodEnd", Type: Time},
	UseChargeCategory:             {Name: "ChargeCategory", Type: Label},
	UseChargeClass:                {Name: "ChargeClass", Type: Label},
	UseChargeDescription:          {Name: "ChargeDescription", Type: Label},
	UseChargeFrequency:            {Name: "ChargeFrequency", Type: Label},
	UsePricingCategory:            {Name: "PricingCategory", Type: Label},
	UseConsumedQuantity:           {Name: "ConsumedQuantity", Type: Decimal},
	UseConsumedUnit:               {Name: "ConsumedUnit", Type: Label},
	UsePricingQuantity:            {Name: "PricingQuantity", Type: Decimal},
	UsePricingUnit:                {Name: "PricingUnit", Type: Label},
	UseListUnitPrice:              {Name: "ListUnitPrice", Type: Decimal},
	UseContractedUnitPrice:        {Name: "ContractedUnitPrice", Type: Decimal},
	UseListCost:                   {Name: "ListCost", Type: Decimal},
	UseContractedCost:             {Name: "ContractedCost", Type: Decimal},
	UseBilledCost:                 {Name: "BilledCost", Type: Decimal},
	UseEffectiveCost:              {Name: "EffectiveCost", Type: Decimal},
	UseBillingCurrency:            {Name: "BillingCurrency", Type: Label},
	UsePricingCurrency:            {Name: "PricingCurrency", Type: Label},
	UseCommitmentDiscountCategory: {Name: "CommitmentDiscountCategory", Type: Label},
	UseCommitmentDiscountId:       {Name: "CommitmentDiscountId", Type: Label},
	UseCommitmentDiscountName:     {Name: "CommitmentDiscountName", Type: Label},
	UseCommitmentDiscountStatus:   {Name: "CommitmentDiscountStatus", Type: Label},
	UseCommitmentDiscountType:     {Name: "CommitmentDiscountType", Type: Label},
	UseCommitmentDiscountQuantity: {Name: "CommitmentDiscountQuantity", Type: Decimal},
	UseCommitmentDiscountUnit:     {Name: "CommitmentDiscountUnit", Type: Label},
	UseCapacityReservationId:      {Name: "CapacityReservationId", Type: Label},
	UseCapacityReservationStatus:  {Name: "CapacityReservationStatus", Type: Label},
	UseSkuPriceDetails:            {Name: "SkuPriceDetails", Type: Label},
	UseTags:                       {Name: "Tags", Type: Text},
	// x_AccountId is the customer of ours the row belongs to; null where the book assigns the row to nobody.
	UseAccountId: {Name: "x_AccountId", Type: Label},
	// x_PeerId is the peer that billed us; null on our own meters.
	UsePeerId:   {Name: "x_PeerId", Type: Label},
	UseSourceId: {Name: "x_SourceId", Type: Label, Required: true},
	// x_ObjectKey and x_ObjectRow are where the row came from: key below the landing place, row counted from 1 (a CSV
	// header is not a row; of a JSON array each element is one).
	UseObjectKey: {Name: "x_ObjectKey", Type: Label, Required: true},
	UseObjectRow: {Name: "x_ObjectRow", Type: Integer, Required: true},
	// x_RecordId is the identifier that the format deduplicates by; null where it has none.
	UseRecordId: {Name: "x_RecordId", Type: Text},
	// x_RecordedTime is when the meter recorded the use, where the format says so.
	UseRecordedTime: {Name: "x_RecordedTime", Type: Time},
	// x_Extra holds the source's columns that no column above has, as a JSON object of strings, keys sorted.
	UseExtra: {Name: "x_Extra", Type: Text},
	// x_LatePeriod is the period in which the use happened, YYYY-MM, where that period had been run before the row came; null
	// on use of the billing period itself.
	UseLatePeriod: {Name: "x_LatePeriod", Type: Label},
}}

// Restated is the dataset of rows of peers' bills of closed months that were delivered anew: what the usage of these would be made of
// now. Months that follow are rated by it, and by what they differ from what was issued they are corrected.
var Restated = Table{Name: "restated", Version: Usage.Version, Columns: Usage.Columns}
