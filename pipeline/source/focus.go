package source

import (
	"daybook/schemas"
)

// The versions of FOCUS, oldest first.
const (
	since10 = iota
	since11
	since12
	since13
	since14
)

// focus is the row of a version of FOCUS, which comes as CSV, as JSON or as Parquet.
func focus(name schemas.Format, version int) format {
	f := format{
		name: name, text: (*decoder).textRows, parquet: (*decoder).parquet,
		columns: focusColumns, elsewhere: map[string]bool{},
	}
	for use, since := range focusSince {
		f.columns[use].absent = since > version
	}
	for column, since := range focusElsewhere {
		f.elsewhere[column] = since <= version
	}
	if version >= since13 { // where the older two are deprecated, and then gone
		f.columns[schemas.UseProviderName].names = []string{"ServiceProviderName", "ProviderName"}
		f.columns[schemas.UsePublisherName].names = []string{"HostProviderName", "PublisherName"}
		f.columns[schemas.UsePublisherName].notNull = false
	}
	return f
}

// focusSince says in which version a column came in that the first did not have.
var focusSince = map[int]int{
	schemas.UseInvoiceId: since12, schemas.UsePricingCurrency: since12,
	schemas.UseServiceSubcategory: since11, schemas.UseSkuMeter: since11, schemas.UseSkuPriceDetails: since11,
	schemas.UseCommitmentDiscountQuantity: since11, schemas.UseCommitmentDiscountUnit: since11,
	schemas.UseCapacityReservationId: since11, schemas.UseCapacityReservationStatus: since11,
}

// serviceCategoryList is the list of ServiceCategory, which is looked at and held against nothing.
var serviceCategoryList = []string{
	"AI and Machine Learning", "Analytics", "Business Applications", "Compute", "Databases", "Developer Tools",
	"Multicloud", "Identity", "Integration", "Internet of Things", "Management and Governance", "Media", "Migration",
	"Mobile", "Networking", "Security", "Storage", "Web", "Other",
}

// focusColumns is the FOCUS specification by usage column: presence, nulls and closed lists as in version 1.2, section
// Cost and Usage. Columns left out are optional text of any value. The eighty subcategories of services are not held
// against their list: they grow with every version, and nothing is billed by them.
//
// Side columns are those that no account, price, contract or period is found by: names, descriptions, what classifies,
// prices that others state, labels. No meter measures a unit price, and list and contracted cost are for comparison
// where there is a billed one.
var focusColumns = [schemas.UseColumns]rule{
	schemas.UseBillingAccountId:           {mandatory: true, notNull: true},
	schemas.UseBillingAccountName:         {mandatory: true, side: true},
	schemas.UseProviderName:               {mandatory: true, notNull: true, side: true},
	schemas.UsePublisherName:              {mandatory: true, notNull: true, side: true},
	schemas.UseInvoiceIssuerName:          {mandatory: true, notNull: true, side: true},
	schemas.UseServiceCategory:            {mandatory: true, notNull: true, allowed: serviceCategoryList, side: true},
	schemas.UseServiceName:                {mandatory: true, notNull: true},
	schemas.UseServiceSubcategory:         {notNull: true, side: true},
	schemas.UseChargePeriodStart:          {mandatory: true, notNull: true},
	schemas.UseChargePeriodEnd:            {mandatory: true, notNull: true},
	schemas.UseBillingPeriodStart:         {mandatory: true, notNull: true},
	schemas.UseBillingPeriodEnd:           {mandatory: true, notNull: true},
	schemas.UseChargeCategory:             {mandatory: true, notNull: true, allowed: schemas.ChargeCategories},
	schemas.UseChargeClass:                {mandatory: true, allowed: schemas.ChargeClasses},
	schemas.UseChargeDescription:          {mandatory: true, side: true},
	schemas.UseChargeFrequency:            {notNull: true, allowed: schemas.ChargeFrequencies, side: true},
	schemas.UsePricingCategory:            {allowed: schemas.PricingCategories, side: true},
	schemas.UsePricingQuantity:            {mandatory: true},
	schemas.UsePricingUnit:                {mandatory: true},
	schemas.UseListCost:                   {mandatory: true, notNull: true, besideBilled: true},
	schemas.UseContractedCost:             {mandatory: true, notNull: true, besideBilled: true},
	schemas.UseBilledCost:                 {mandatory: true, notNull: true},
	schemas.UseEffectiveCost:              {mandatory: true, notNull: true},
	schemas.UseBillingCurrency:            {mandatory: true, notNull: true, currency: true},
	schemas.UseCommitmentDiscountCategory: {allowed: schemas.CommitmentDiscountKinds, side: true},
	schemas.UseCommitmentDiscountStatus:   {allowed: schemas.UsedOrUnused, side: true},
	schemas.UseCapacityReservationStatus:  {allowed: schemas.UsedOrUnused, side: true},
	schemas.UseSkuPriceDetails:            {json: true, side: true},
	schemas.UseSubAccountName:             {side: true},
	schemas.UseAvailabilityZone:           {side: true},
	schemas.UseRegionName:                 {side: true},
	schemas.UseResourceName:               {side: true},
	schemas.UseResourceType:               {side: true},
	schemas.UseListUnitPrice:              {side: true},
	schemas.UseContractedUnitPrice:        {side: true},
	schemas.UsePricingCurrency:            {side: true},
	schemas.UseCommitmentDiscountName:     {side: true},
	schemas.UseCommitmentDiscountType:     {side: true},
	schemas.UseCommitmentDiscountQuantity: {side: true},
	schemas.UseCommitmentDiscountUnit:     {side: true},
	schemas.UseCapacityReservationId:      {side: true},
	schemas.UseTags:                       {json: true, side: true},
}

// focusElsewhere names the columns of FOCUS that the usage table does not hold, with the version that brought them; they
// are kept in x_Extra like a stranger's, but are none.
var focusElsewhere = map[string]int{
	"BillingAccountType": since12, "SubAccountType": since12, "PricingCurrencyContractedUnitPrice": since12,
	"PricingCurrencyEffectiveCost": since12, "PricingCurrencyListUnitPrice": since12,
	"AllocatedMethodDetails": since13, "AllocatedMethodId": since13, "AllocatedResourceId": since13, "AllocatedResourceName": since13,
	"AllocatedTags": since13, "ContractApplied": since13, "InvoiceDetailId": since13, "ProviderName": since13, "PublisherName": since13,
}
