package seen

import (
	"slices"
	"strings"

	"daybook/schemas"
)

// mark tells a format by its columns: all of one list, whatever their case and signs, or one of those that stand with a bar
// between, and, where there is another list, one of that as it is written.
type mark struct {
	format schemas.Format
	all    [][]string
	one    []string
}

// marks are looked at in order; the first that fits is what an object is. A format that says more of the same columns stands
// before one that says less.
var marks = []mark{
	{schemas.AWSCUR20, [][]string{{"lineItem/LineItemType"}, {"lineItem/UnblendedCost"}}, []string{"resource_tags", "cost_category", "product", "discount"}},
	{schemas.AWSCUR, [][]string{{"lineItem/LineItemType"}, {"lineItem/UnblendedCost"}}, nil},
	{schemas.OCICost, [][]string{{"lineItem/referenceNo"}, {"cost/myCost"}}, nil},
	{schemas.GCPBilling, [][]string{{"service.description", "service.id"}, {"sku.id"}, {"usage_start_time"}, {"cost"}}, nil},
	{schemas.DatabricksUsage, [][]string{{"record_id"}, {"sku_name"}, {"usage_quantity"}, {"usage_start_time"}}, nil},
	{schemas.OpenStackSamples, [][]string{{"counter_name"}, {"counter_volume"}, {"counter_type"}}, nil},
	{
		schemas.OpenShiftMetering,
		[][]string{
			{"interval_start"},
			{"namespace"},
			{"pod", "persistentvolumeclaim"},
			{"pod_usage_cpu_core_seconds", "pod_request_cpu_core_seconds", "volume_request_storage_byte_seconds", "persistentvolumeclaim_usage_byte_seconds"},
		},
		nil,
	},
	{schemas.FOCUS13, focusMarks("ServiceProviderName", "ProviderName|PublisherName|AllocatedTags|AllocatedMethodId"), nil}, // read as 1.4 is
	{schemas.FOCUS14, focusMarks("ServiceProviderName"), nil},
	{schemas.FOCUS12, focusMarks("InvoiceId|PricingCurrency|BillingAccountType|SubAccountType"), nil},
	{schemas.FOCUS11, focusMarks("SkuMeter|SkuPriceDetails|ServiceSubcategory|CapacityReservationId|CommitmentDiscountQuantity"), nil},
	{schemas.FOCUS10, focusMarks(), nil},
	{
		schemas.AzureCost,
		[][]string{{"CostInBillingCurrency", "PreTaxCost", "Cost", "ExtendedCost"}, {"MeterCategory", "MeterId"}, {"Date", "UsageDateTime", "UsageDate"}},
		nil,
	},
}

// focusMarks are the columns of every version of FOCUS, and more, of which those with a bar between are one or the other.
func focusMarks(more ...string) [][]string {
	all := [][]string{{"BilledCost"}, {"BillingCurrency"}, {"ChargePeriodStart"}, {"ChargeCategory"}}
	for _, m := range more {
		all = append(all, strings.Split(m, "|"))
	}
	return all
}

// Format returns the format that has columns of these names, or none.
func Format(names []string) schemas.Format {
	loose := map[string]bool{}
	for _, n := range names {
		loose[schemas.LooseName(n)] = true
	}
	has := func(name string) bool { return loose[schemas.LooseName(name)] }
	for i := range marks {
		m := &marks[i]
		lacks := slices.ContainsFunc(m.all, func(oneOf []string) bool { return !slices.ContainsFunc(oneOf, has) })
		if !lacks && (m.one == nil || slices.ContainsFunc(m.one, func(n string) bool { return slices.Contains(names, n) })) {
			return m.format
		}
	}
	return ""
}
