package native

import "daybook/schemas"

// databricksUsage is the row of Databricks' system table of billable usage, as CSV, Parquet or JSON lines: system.billing.usage,
// Billable usage table schema. It says what was used and not what it costs. A record that was wrong is taken back by one of type
// RETRACTION, whose quantity is negative, and said anew by one of type RESTATEMENT: use like any other, each with its own
// identifier, so that they sum to what is right.
var databricksUsage = Format{
	Name: schemas.DatabricksUsage, JSON: true, Parquet: true,
	Columns: map[int]Column{
		schemas.UseBillingAccountId:  field("account_id"),
		schemas.UseSubAccountId:      field("workspace_id"),
		schemas.UseProviderName:      always("Databricks"),
		schemas.UsePublisherName:     always("Databricks"),
		schemas.UseInvoiceIssuerName: always("Databricks"),
		schemas.UseServiceName:       field("billing_origin_product"),
		schemas.UseSkuId:             field("sku_name"),
		schemas.UseChargeCategory:    always(usage),
		schemas.UseChargePeriodStart: field("usage_start_time"),
		schemas.UseChargePeriodEnd:   field("usage_end_time"),
		schemas.UseConsumedQuantity:  field("usage_quantity"),
		schemas.UseConsumedUnit:      field("usage_unit"),
		schemas.UseTags:              field("custom_tags"),
	},
	Key: []string{"record_id"},
	Known: names(
		"cloud", "usage_date", "usage_metadata", "identity_metadata", "record_type", "ingestion_date", "billing_origin_product", "product_features", "usage_type",
	),
	Nested: []string{"custom_tags"},
}
