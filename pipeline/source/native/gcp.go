package native

import (
	"time"

	"daybook/pipeline/source/wire"
	"daybook/schemas"
	"daybook/schemas/money"
)

const google = "Google Cloud"

// gcpBilling is the row of the BigQuery export of Google Cloud billing, standard and detailed, as JSON lines or as CSV with its
// records flattened into names with points or underscores: Cloud Billing, Structure of standard and of detailed data export. An invoice is of a
// month, whatever the time of use; a row without a project is a tax, a rounding or a charge of the account.
//
// A row's credits lie within it. What is billed is its cost and all of them, so that no cost is repeated for each; they stay in
// x_Extra. The export tells no committed use apart otherwise, so that what is effective is what is billed.
var gcpBilling = Format{
	Name: schemas.GCPBilling, JSON: true,
	Columns: map[int]Column{
		schemas.UseBillingAccountId:    field("billing_account_id"),
		schemas.UseSubAccountId:        field("project.id"),
		schemas.UseSubAccountName:      field("project.name"),
		schemas.UseProviderName:        always(google),
		schemas.UsePublisherName:       madeOf(gcpSeller, "billing_account_id", "seller_name"),
		schemas.UseInvoiceIssuerName:   always(google),
		schemas.UseServiceName:         field("service.description"),
		schemas.UseSkuId:               field("sku.id"),
		schemas.UseSkuMeter:            field("sku.description"),
		schemas.UseChargeDescription:   field("sku.description"),
		schemas.UseRegionId:            madeOf(firstText, "location.region", "location.location"),
		schemas.UseAvailabilityZone:    field("location.zone"),
		schemas.UseResourceId:          field("resource.global_name"),
		schemas.UseResourceName:        field("resource.name"),
		schemas.UseChargePeriodStart:   field("usage_start_time"),
		schemas.UseChargePeriodEnd:     field("usage_end_time"),
		schemas.UseBillingPeriodStart:  madeOf(invoiceMonth(0), "invoice.month"),
		schemas.UseBillingPeriodEnd:    madeOf(invoiceMonth(1), "invoice.month"),
		schemas.UseChargeCategory:      madeOf(meaning(gcpCostTypes), "cost_type"),
		schemas.UseConsumedQuantity:    field("usage.amount"),
		schemas.UseConsumedUnit:        field("usage.unit"),
		schemas.UsePricingQuantity:     field("usage.amount_in_pricing_units"),
		schemas.UsePricingUnit:         field("usage.pricing_unit"),
		schemas.UseContractedUnitPrice: field("price.effective_price"),
		schemas.UseListCost:            field("cost_at_list"),
		schemas.UseContractedCost:      field("cost"),
		schemas.UseBilledCost:          gcpCost,
		schemas.UseEffectiveCost:       gcpCost,
		schemas.UseBillingCurrency:     field("currency"),
		schemas.UseTags:                madeOf(labelList, "labels"),
		schemas.UseRecordedTime:        field("export_time"),
	},
	Known: names(
		"service.id", "project.number", "project.ancestry_numbers", "project.ancestry", "project.labels", "system_labels",
		"location.location", "location.country", "currency_conversion_rate", "adjustment_info", "adjustment_info.id", "adjustment_info.description",
		"adjustment_info.mode", "adjustment_info.type", "partition_date", "tags", "transaction_type", "cost_type", "subscription", "subscription.instance_id",
		"price", "price.tier_start_amount", "price.unit", "price.pricing_unit_quantity", "price.list_price", "cost_at_effective_price_default",
		"cost_at_list_consumption_model", "consumption_model", "invoice.publisher_type",
	),
	Keeps:  []string{"credits", "credits.amount"},
	Nested: []string{"credits", "labels"},
	Nulls:  []string{"None"},
	Times:  []string{"2006-01-02 15:04:05 MST"},
}

// gcpCost is what is billed and what is effective, made once for both.
var gcpCost = madeOf(costAndCredits, "cost", "credits|credits.amount")

// gcpCostTypes are the values of cost_type.
var gcpCostTypes = map[string]string{
	"regular": usage, "tax": tax, "adjustment": adjustment, "rounding_error": adjustment,
}

// gcpSeller writes who sells, which is Google where the row names nobody.
func gcpSeller(_ *Context, dst []byte, in [][]byte) []byte {
	if len(in[1]) == 0 {
		return append(dst, google...)
	}
	return append(dst, in[1]...)
}

// invoiceMonth writes when the month of an invoice, such as 202409, begins in the source's zone, or so many months later.
func invoiceMonth(later int) func(*Context, []byte, [][]byte) []byte {
	return func(c *Context, dst []byte, in [][]byte) []byte {
		month, err := time.ParseInLocation("200601", string(in[0]), c.Zone)
		if err != nil {
			return append(dst, in[0]...)
		}
		return month.AddDate(0, later, 0).UTC().AppendFormat(dst, time.RFC3339)
	}
}

// costAndCredits writes a cost with its credits added: a list of them, or their sum.
func costAndCredits(_ *Context, dst []byte, in [][]byte) []byte {
	if len(in[0]) == 0 || len(in[1]) == 0 || string(in[1]) == "[]" {
		return append(dst, in[0]...)
	}
	var total money.Decimal
	if in[1][0] != '[' {
		v, err := decimal(in[1])
		if err != nil {
			return append(dst, in[1]...)
		}
		return addTo(dst, in[0], v)
	}
	var l literal
	good := true
	ok := l.objects(in[1], func(name, value []byte) {
		if string(name) == "amount" {
			v, err := decimal(value)
			good = good && err == nil
			total = total.Add(v)
		}
	}, func() {})
	if !ok || !good {
		return append(dst, in[1]...)
	}
	return addTo(dst, in[0], total)
}

// labelList writes a list of keys and values as one object, of a key that stands twice the first.
func labelList(_ *Context, dst []byte, in [][]byte) []byte {
	if len(in[0]) == 0 || in[0][0] != '[' {
		return append(dst, in[0]...)
	}
	var l literal
	from, open := len(dst), byte('{')
	var key, value []byte
	seen := map[string]bool{}
	ok := l.objects(in[0], func(name, text []byte) {
		switch string(name) {
		case "key":
			key = text
		case "value":
			value = text
		}
	}, func() {
		if len(key) > 0 && !seen[string(key)] {
			seen[string(key)] = true
			dst = wire.AppendString(append(dst, open), key)
			dst = wire.AppendString(append(dst, ':'), value)
			open = ','
		}
		key, value = nil, nil
	})
	switch {
	case !ok:
		return append(dst[:from], in[0]...)
	case open == '{': // no labels
		return dst[:from]
	}
	return append(dst, '}')
}
