package native

import "daybook/schemas"

// ociCost is the row of the cost reports of Oracle Cloud Infrastructure, a CSV in gzip: Cost and Usage Reports Overview, cost report
// schema. A correction is a row of its own beside the one that it corrects, so that all rows sum to what is billed. Attributed
// costs are shares of other rows, and no cost of their own. A line is known by its reference number.
var ociCost = Format{
	Name: schemas.OCICost,
	Columns: map[int]Column{
		schemas.UseBillingAccountId:    field("lineItem/tenantId"),
		schemas.UseSubAccountId:        field("product/compartmentId"),
		schemas.UseSubAccountName:      field("product/compartmentName"),
		schemas.UseProviderName:        always("Oracle"),
		schemas.UsePublisherName:       always("Oracle"),
		schemas.UseInvoiceIssuerName:   always("Oracle"),
		schemas.UseServiceName:         field("product/service"),
		schemas.UseSkuId:               field("cost/productSku"),
		schemas.UseRegionId:            field("product/region"),
		schemas.UseAvailabilityZone:    field("product/availabilityDomain"),
		schemas.UseResourceId:          field("product/resourceId"),
		schemas.UseChargePeriodStart:   field("lineItem/intervalUsageStart"),
		schemas.UseChargePeriodEnd:     field("lineItem/intervalUsageEnd"),
		schemas.UseChargeCategory:      always(usage),
		schemas.UseChargeDescription:   field("product/Description"),
		schemas.UseConsumedQuantity:    field("usage/billedQuantity"),
		schemas.UseConsumedUnit:        field("cost/skuUnitDescription", "cost/billingUnitReadable"),
		schemas.UsePricingQuantity:     field("usage/billedQuantity"),
		schemas.UsePricingUnit:         field("cost/skuUnitDescription", "cost/billingUnitReadable"),
		schemas.UseContractedUnitPrice: field("cost/unitPrice"),
		schemas.UseContractedCost:      field("cost/myCost"),
		schemas.UseBilledCost:          field("cost/myCost"),
		schemas.UseEffectiveCost:       field("cost/myCost"),
		schemas.UseBillingCurrency:     field("cost/currencyCode"),
		schemas.UseTags:                membersOf("tags/"),
	},
	Key:           []string{"lineItem/referenceNo"},
	KnownPrefixes: []string{"lineItem/", "product/", "usage/", "cost/"},
	Times:         []string{"2006-01-02T15:04Z07:00"},
}
