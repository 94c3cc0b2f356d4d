package native

import (
	"slices"

	"daybook/schemas"
)

// The cost and usage reports of AWS: the legacy one (Cost and Usage Report, data dictionary), whose names have slashes in CSV and
// underscores in Parquet, and that of Data Exports (CUR 2.0), whose tags and categories are maps. Names are found whatever their
// case and signs, so that one table is both, but for the tags.
//
// What is billed is the unblended cost of every row, so that the rows sum to the invoice: a negation takes back what a savings plan
// covers, whose fee is a row of its own. What is effective is the share of the commitment that a covered use takes, and of a fee
// what was left unused. Split costs are parts of other rows, and no cost of their own.
//
// A line item repeats in every interval, so that both identify a row.
var (
	awsLegacy  = awsReport(schemas.AWSCUR, membersOf("resourceTags/"))
	awsExports = awsReport(schemas.AWSCUR20, field("resource_tags"))
)

func awsReport(name schemas.Format, tags Column) Format {
	return Format{
		Name: name, Parquet: true, Binary: true,
		Columns: map[int]Column{
			schemas.UseBillingAccountId:         field("bill/PayerAccountId"),
			schemas.UseBillingAccountName:       field("bill/PayerAccountName"),
			schemas.UseSubAccountId:             field("lineItem/UsageAccountId"),
			schemas.UseSubAccountName:           field("lineItem/UsageAccountName"),
			schemas.UseProviderName:             always("AWS"),
			schemas.UsePublisherName:            field("lineItem/LegalEntity", "bill/BillingEntity"),
			schemas.UseInvoiceIssuerName:        field("bill/InvoicingEntity", "bill/BillingEntity"),
			schemas.UseInvoiceId:                field("bill/InvoiceId"),
			schemas.UseServiceName:              madeOf(lastText, "lineItem/ProductCode", "product/ProductName"),
			schemas.UseSkuId:                    field("product/sku"),
			schemas.UseSkuMeter:                 field("lineItem/UsageType"),
			schemas.UseSkuPriceId:               field("pricing/RateId"),
			schemas.UseRegionId:                 field("product/regionCode", "product/region"),
			schemas.UseAvailabilityZone:         field("lineItem/AvailabilityZone"),
			schemas.UseResourceId:               field("lineItem/ResourceId"),
			schemas.UseChargePeriodStart:        field("lineItem/UsageStartDate"),
			schemas.UseChargePeriodEnd:          field("lineItem/UsageEndDate"),
			schemas.UseBillingPeriodStart:       field("bill/BillingPeriodStartDate"),
			schemas.UseBillingPeriodEnd:         field("bill/BillingPeriodEndDate"),
			schemas.UseChargeCategory:           madeOf(meaning(awsLineItems), "lineItem/LineItemType"),
			schemas.UseChargeDescription:        field("lineItem/LineItemDescription"),
			schemas.UsePricingCategory:          madeOf(only(awsPricing), "lineItem/LineItemType"),
			schemas.UseConsumedQuantity:         madeOf(awsConsumed, "lineItem/UsageAmount", "lineItem/LineItemType"),
			schemas.UseConsumedUnit:             field("pricing/unit"),
			schemas.UsePricingQuantity:          madeOf(awsQuantity, "lineItem/UsageAmount", "lineItem/LineItemType"),
			schemas.UsePricingUnit:              field("pricing/unit"),
			schemas.UseListUnitPrice:            field("pricing/publicOnDemandRate"),
			schemas.UseContractedUnitPrice:      field("lineItem/UnblendedRate"),
			schemas.UseListCost:                 field("pricing/publicOnDemandCost"),
			schemas.UseBilledCost:               field("lineItem/UnblendedCost"),
			schemas.UseEffectiveCost:            madeOf(awsEffective, awsEffectiveOf...),
			schemas.UseBillingCurrency:          field("lineItem/CurrencyCode"),
			schemas.UsePricingCurrency:          field("pricing/currency"),
			schemas.UseCommitmentDiscountId:     madeOf(behindFirst, "lineItem/LineItemType", "savingsPlan/SavingsPlanARN", "reservation/ReservationARN"),
			schemas.UseCommitmentDiscountStatus: madeOf(only(awsCommitments), "lineItem/LineItemType"),
			schemas.UseTags:                     tags,
		},
		Key:           []string{"identity/LineItemId", "identity/TimeInterval"},
		Known:         names("product", "discount", "cost_category", "tags", "BILLING_PERIOD"),
		KnownPrefixes: []string{"bill/", "identity/", "lineItem/", "product/", "pricing/", "reservation/", "savingsPlan/", "costCategory/", "splitLineItem/", "discount/", "resourceTags/"},
		Keeps:         []string{"lineItem/LineItemType"},
		Times:         []string{"2006-01-02 15:04:05"},
	}
}

// The types of line items.
const (
	coveredUsage    = "SavingsPlanCoveredUsage"
	negation        = "SavingsPlanNegation"
	planFee         = "SavingsPlanRecurringFee"
	planUpfront     = "SavingsPlanUpfrontFee"
	discountedUsage = "DiscountedUsage"
	reservationFee  = "RIFee"
	fee             = "Fee"
)

// awsLineItems says of what category a type of line items is; one that is not listed is a finding.
var awsLineItems = map[string]string{
	usage: usage, coveredUsage: usage, discountedUsage: usage, negation: usage,
	fee: purchase, reservationFee: purchase, planFee: purchase, planUpfront: purchase,
	tax: tax, credit: credit, "Refund": credit,
	"EdpDiscount": adjustment, "BundledDiscount": adjustment, "PrivateRateDiscount": adjustment, "RiVolumeDiscount": adjustment,
	"Discount": adjustment, "DistributorDiscount": adjustment, "SppDiscount": adjustment,
}

// awsPricing and awsCommitments say how a type of line items is priced, and whether its commitment is used.
var (
	awsPricing = map[string]string{
		usage: string(schemas.PricingStandard), coveredUsage: string(schemas.PricingCommitted), discountedUsage: string(schemas.PricingCommitted),
	}
	awsCommitments = map[string]string{coveredUsage: used, discountedUsage: used, planFee: unused, reservationFee: unused}
)

// awsConsumed writes how much was used; fees and negations repeat what use says.
func awsConsumed(_ *Context, dst []byte, in [][]byte) []byte {
	switch string(in[1]) {
	case usage, coveredUsage, discountedUsage:
		return append(dst, in[0]...)
	}
	return dst
}

// awsQuantity writes how much was priced, of which a negation is no part.
func awsQuantity(_ *Context, dst []byte, in [][]byte) []byte {
	if string(in[1]) == negation {
		return dst
	}
	return append(dst, in[0]...)
}

// awsEffectiveOf are the fields of awsEffective.
var awsEffectiveOf = []string{
	"lineItem/UnblendedCost", "lineItem/LineItemType", "savingsPlan/SavingsPlanEffectiveCost", "savingsPlan/TotalCommitmentToDate",
	"savingsPlan/UsedCommitment", "reservation/EffectiveCost", "reservation/UnusedAmortizedUpfrontFeeForBillingPeriod",
	"reservation/UnusedRecurringFee", "reservation/ReservationARN",
}

// awsEffective writes what a row costs with commitments spread over their use: Cost and Usage Report, Understanding your
// amortised reservation and savings plans data.
func awsEffective(_ *Context, dst []byte, in [][]byte) []byte {
	switch string(in[1]) {
	case coveredUsage:
		return append(dst, in[2]...)
	case negation, planUpfront:
		return append(dst, '0')
	case planFee: // what was committed and not used
		return difference(dst, in[3], in[4])
	case discountedUsage:
		return append(dst, in[5]...)
	case reservationFee:
		return total(dst, in[6], in[7])
	case fee:
		if len(in[8]) > 0 { // paid up front, and spread over its use
			return append(dst, '0')
		}
	}
	return append(dst, in[0]...)
}

// difference writes a number less another; one that is none is written instead.
func difference(dst, a, b []byte) []byte {
	if len(b) == 0 {
		return append(dst, a...)
	}
	v, err := decimal(b)
	if err != nil {
		return append(dst, b...)
	}
	return addTo(dst, a, v.Neg())
}

// total writes the sum of two numbers, of which either may be nothing.
func total(dst, a, b []byte) []byte {
	if len(a) == 0 {
		return append(dst, b...)
	}
	if len(b) == 0 {
		return append(dst, a...)
	}
	v, err := decimal(b)
	if err != nil {
		return append(dst, b...)
	}
	return addTo(dst, a, v)
}

// lastText writes the last of the texts that is not empty.
func lastText(_ *Context, dst []byte, in [][]byte) []byte {
	for _, text := range slices.Backward(in) {
		if len(text) > 0 {
			return append(dst, text...)
		}
	}
	return dst
}

// behindFirst writes the first of the texts behind the first that is not empty.
func behindFirst(c *Context, dst []byte, in [][]byte) []byte { return firstText(c, dst, in[1:]) }
