package model

import (
	"testing"
	"time"

	"daybook/schemas"
	"daybook/schemas/money"
)

// BenchmarkChargeID names a charge for use, whose numbers have many digits.
func BenchmarkChargeID(b *testing.B) {
	price := money.MustDecimal("0.161475504")
	c := schemas.Charge{
		Account: "ac-000013", Offering: "ba", Price: "ba-00093", Version: "2024-01-01", Meter: "ba-00093", Model: "graduated", Category: schemas.CategoryUsage,
		Frequency: schemas.FrequencyUsageBased, Description: "Batch BA-00093", Service: "Batch", ServiceCategory: "Compute", SKU: "BA-00093", Region: "eu-central-1",
		PricingKind: "Standard", ConsumedUnit: "vCPU-Hours", PricingUnit: "vCPU-Hours", Currency: "EUR", Start: time.Unix(1725148800, 0), End: time.Unix(1727740800, 0),
		Exact: money.MustDecimal("101361.064781229123456789"), Amount: money.MustDecimal("101361.06"), List: money.MustDecimal("101361.064781229123456789"),
		Residue: money.MustDecimal("0.004781229123456789"), HasQuantity: true, Consumed: money.MustDecimal("1120542.967123"), Priced: money.MustDecimal("1120542.967123"),
		UnitPrice: &price, UsageRows: 16,
	}
	var r Room
	b.ReportAllocs()
	for b.Loop() {
		ChargeID(&c, "2024-09", 0, &r)
	}
}

func BenchmarkDecimalText(b *testing.B) {
	for _, text := range []string{"0", "101361.06", "1120542.967123", "0.004781229123456789", "101361.064781229123456789"} {
		b.Run(text, func(b *testing.B) {
			d, buf := money.MustDecimal(text), make([]byte, 0, 64)
			for b.Loop() {
				buf = d.AppendText(buf[:0])
			}
		})
	}
}
