package native

import (
	"maps"
	"time"

	"daybook/schemas"
)

const microsoft = "Microsoft"

// azureActual is the row of Azure's cost details: Enterprise Agreement, Microsoft Customer Agreement and pay-as-you-go, with names
// in camel case or with blanks, or behind those of another language, as in "Währung (Currency)". A day is given without its end,
// and a billing period by its last day; tags may lack their braces.
//
// Cost comes in two views of one bill. The actual view has what is invoiced. The amortised one spreads commitments over their use
// and leaves their purchases out: it tells what is effective, and nothing else that the actual view does not tell already, so that
// neither cost nor use is counted twice where both are delivered. Which view a source has is declared.
var azureActual = Format{
	Name: schemas.AzureCost, Parquet: true, Binary: true, Bracketed: true,
	Columns: map[int]Column{
		schemas.UseBillingAccountId:       field("BillingAccountId", "EnrollmentNumber"),
		schemas.UseBillingAccountName:     field("BillingAccountName"),
		schemas.UseSubAccountId:           field("SubscriptionId", "SubscriptionGuid"),
		schemas.UseSubAccountName:         field("SubscriptionName"),
		schemas.UseProviderName:           always(microsoft),
		schemas.UsePublisherName:          field("PublisherName"),
		schemas.UseInvoiceIssuerName:      always(microsoft),
		schemas.UseInvoiceId:              field("InvoiceId"),
		schemas.UseServiceName:            field("MeterCategory"),
		schemas.UseSkuId:                  field("MeterId"),
		schemas.UseSkuMeter:               field("MeterName"),
		schemas.UseSkuPriceId:             field("PartNumber"),
		schemas.UseRegionId:               field("ResourceLocation"),
		schemas.UseAvailabilityZone:       field("AvailabilityZone"),
		schemas.UseResourceId:             field("ResourceId", "InstanceId", "InstanceName"),
		schemas.UseResourceName:           field("ResourceName"),
		schemas.UseResourceType:           field("ResourceType"),
		schemas.UseChargePeriodStart:      madeOf(dayAfter(0), "Date|UsageDateTime|UsageDate"),
		schemas.UseChargePeriodEnd:        madeOf(dayAfter(1), "Date|UsageDateTime|UsageDate"),
		schemas.UseBillingPeriodStart:     madeOf(azurePeriod(false), "BillingPeriodStartDate|BillingPeriodStart", "Date|UsageDateTime|UsageDate"),
		schemas.UseBillingPeriodEnd:       madeOf(azurePeriod(true), "BillingPeriodEndDate|BillingPeriodEnd", "Date|UsageDateTime|UsageDate"),
		schemas.UseChargeCategory:         madeOf(azureCategory, azureCosts, "ChargeType"),
		schemas.UseChargeDescription:      field("ProductName", "Product"),
		schemas.UseChargeFrequency:        madeOf(meaning(azureFrequencies), "Frequency"),
		schemas.UsePricingCategory:        madeOf(meaning(azurePricing), "PricingModel"),
		schemas.UseConsumedQuantity:       field("Quantity", "UsageQuantity", "ConsumedQuantity"),
		schemas.UseConsumedUnit:           field("UnitOfMeasure"),
		schemas.UsePricingQuantity:        field("Quantity", "UsageQuantity", "ConsumedQuantity"),
		schemas.UsePricingUnit:            field("UnitOfMeasure"),
		schemas.UseListUnitPrice:          field("PayGPrice"),
		schemas.UseContractedUnitPrice:    field("UnitPrice", "ResourceRate"),
		schemas.UseBilledCost:             field("CostInBillingCurrency", "PreTaxCost", "Cost", "ExtendedCost"),
		schemas.UseBillingCurrency:        field("BillingCurrencyCode", "BillingCurrency", "Currency"),
		schemas.UsePricingCurrency:        field("PricingCurrency", "PricingCurrencyCode"),
		schemas.UseCommitmentDiscountId:   madeOf(firstText, "ReservationId|BenefitId", "BenefitId"),
		schemas.UseCommitmentDiscountName: madeOf(firstText, "ReservationName|BenefitName", "BenefitName"),
		schemas.UseTags:                   madeOf(bracedTags, "Tags"),
	},
	Known: names(
		"InvoiceSectionName", "InvoiceSectionId", "InvoiceSection", "AccountName", "AccountOwnerId", "ResourceGroup", "ResourceGroupName", "MeterSubCategory",
		"MeterRegion", "EffectivePrice", "CostCenter", "ConsumedService", "OfferId", "AdditionalInfo", "ServiceInfo1", "ServiceInfo2", "ProductOrderId",
		"ProductOrderName", "Term", "PublisherType", "PublisherId", "BillingProfileId", "BillingProfileName", "IsAzureCreditEligible", "PlanName", "ServiceFamily",
		"CostAllocationRuleName", "ChargeType", "PricingModel", "PartnerName", "ResellerName", "ResellerMpnId", "CustomerTenantId", "CustomerName",
		"PreviousInvoiceId", "ServicePeriodStartDate", "ServicePeriodEndDate", "ProductId", "Location", "CostInPricingCurrency", "CostInUsd",
		"PaygCostInBillingCurrency", "PaygCostInUsd", "ExchangeRatePricingToBilling", "ExchangeRateDate", "PartnerEarnedCreditRate",
		"PartnerEarnedCreditApplied", "ServiceName", "ServiceTier", "Provider", "BenefitId", "BenefitName", "ReservationId", "SubscriptionGuid",
	),
	Keeps: []string{"ChargeType", "PricingModel"},
	Times: []string{"1/2/2006", "1/2/06", "2006-01-02"},
}

// azureAmortised is the other view of the same bill.
var azureAmortised = amortised()

func amortised() Format {
	f := azureActual
	f.View = schemas.Amortised
	f.Columns, f.Known = maps.Clone(f.Columns), maps.Clone(f.Known)
	maps.Copy(f.Known, names("Quantity", "UsageQuantity", "ConsumedQuantity", "UnitOfMeasure"))
	f.Columns[schemas.UseEffectiveCost] = f.Columns[schemas.UseBilledCost]
	f.Columns[schemas.UseCommitmentDiscountStatus] = madeOf(azureCommitment, azureCosts, "ChargeType", "PricingModel")
	for _, use := range []int{
		schemas.UseBilledCost, schemas.UseConsumedQuantity, schemas.UseConsumedUnit, schemas.UsePricingQuantity, schemas.UsePricingUnit,
	} {
		delete(f.Columns, use)
	}
	return f
}

// azureCosts are the names of the cost, which every export has.
const azureCosts = "CostInBillingCurrency|PreTaxCost|Cost|ExtendedCost"

var (
	azureCategories = map[string]string{
		"": usage, "UnusedReservation": usage, "UnusedSavingsPlan": usage, "Refund": credit, "RoundingAdjustment": adjustment,
	}
	azureFrequencies = map[string]string{
		"OneTime": string(schemas.FrequencyOneTime), "UsageBased": string(schemas.FrequencyUsageBased),
	}
	azurePricing = map[string]string{
		"OnDemand": string(schemas.PricingStandard), "Spot": string(schemas.PricingDynamic), "Reservation": string(schemas.PricingCommitted),
		"SavingsPlan": string(schemas.PricingCommitted),
	}
)

// azureCategory writes the category of a charge; pay-as-you-go has use alone.
func azureCategory(c *Context, dst []byte, in [][]byte) []byte {
	return meaning(azureCategories)(c, dst, in[1:])
}

// azureCommitment writes whether a commitment was used.
func azureCommitment(_ *Context, dst []byte, in [][]byte) []byte {
	switch kind, model := string(in[1]), string(in[2]); {
	case kind == "UnusedReservation" || kind == "UnusedSavingsPlan":
		return append(dst, unused...)
	case kind == usage && (model == "Reservation" || model == "SavingsPlan"):
		return append(dst, used...)
	}
	return dst
}

// dayAfter writes when a day begins, or so many days after it.
func dayAfter(days int) Writer {
	return func(c *Context, dst []byte, in [][]byte) []byte {
		t, ok := c.Instant(string(in[0]))
		if !ok {
			return append(dst, in[0]...)
		}
		return t.In(c.Zone).AddDate(0, 0, days).UTC().AppendFormat(dst, time.RFC3339)
	}
}

// azurePeriod writes when a billing period begins, or ends after its last day; where a row names none, it is the month of its day.
func azurePeriod(end bool) Writer {
	days, months := 0, 0
	if end {
		days, months = 1, 1
	}
	return func(c *Context, dst []byte, in [][]byte) []byte {
		if len(in[0]) > 0 {
			return dayAfter(days)(c, dst, in)
		}
		t, ok := c.Instant(string(in[1]))
		if !ok {
			return append(dst, in[1]...)
		}
		t = t.In(c.Zone)
		return time.Date(t.Year(), t.Month()+time.Month(months), 1, 0, 0, 0, 0, c.Zone).UTC().AppendFormat(dst, time.RFC3339)
	}
}

// bracedTags writes tags with the braces that they may lack.
func bracedTags(_ *Context, dst []byte, in [][]byte) []byte {
	if len(in[0]) == 0 || in[0][0] == '{' {
		return append(dst, in[0]...)
	}
	return append(append(append(dst, '{'), in[0]...), '}')
}
