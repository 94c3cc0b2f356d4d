package native

import "daybook/schemas"

// openStackSamples is the row of the samples of OpenStack's Telemetry (Ceilometer) as its messages have them, as JSON or as CSV: Ceilometer,
// Measurements. A sample is taken at an instant. A gauge says how much there is, a delta how much was added since the last sample;
// which of them a meter adds up is the book's to say. A cumulative counter says how much there was since some start, which nothing
// here can take apart: its samples are found fault with by their type.
var openStackSamples = Format{
	Name: schemas.OpenStackSamples, JSON: true,
	Columns: map[int]Column{
		schemas.UseSubAccountId:      field("project_id"),
		schemas.UseSkuId:             field("counter_name"),
		schemas.UseResourceId:        field("resource_id"),
		schemas.UseChargeCategory:    madeOf(meaning(sampleTypes), "counter_type"),
		schemas.UseChargePeriodStart: field("timestamp"),
		schemas.UseChargePeriodEnd:   field("timestamp"),
		schemas.UseConsumedQuantity:  field("counter_volume"),
		schemas.UseConsumedUnit:      field("counter_unit"),
	},
	Key:           []string{"message_id"},
	Demands:       []int{schemas.UseConsumedQuantity, schemas.UseSkuId, schemas.UseChargeCategory},
	Known:         names("user_id", "source", "resource_metadata", "monotonic_time", "message_signature", "recorded_at"),
	KnownPrefixes: []string{"resource_metadata/"},
	Keeps:         []string{"counter_type"},
	Times:         []string{"2006-01-02T15:04:05", "2006-01-02 15:04:05"},
}

// sampleTypes are the types of samples that are use.
var sampleTypes = map[string]string{"gauge": usage, "delta": usage}
