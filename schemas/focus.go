package schemas

// The closed lists of FOCUS 1.2, section Cost and Usage, as it spells them.
var (
	ChargeCategories        = []string{"Usage", "Purchase", "Tax", "Credit", "Adjustment"}
	ChargeClasses           = []string{"Correction"}
	ChargeFrequencies       = []string{"One-Time", "Recurring", "Usage-Based"}
	PricingCategories       = []string{"Standard", "Dynamic", "Committed", "Other"}
	CommitmentDiscountKinds = []string{"Spend", "Usage"}
	UsedOrUnused            = []string{"Used", "Unused"}
)

// ClosedList returns the only values that FOCUS allows in a column of [Usage], by its index; nil where any text is.
func ClosedList(column int) []string {
	switch column {
	case UseChargeCategory:
		return ChargeCategories
	case UseChargeClass:
		return ChargeClasses
	case UseChargeFrequency:
		return ChargeFrequencies
	case UsePricingCategory:
		return PricingCategories
	case UseCommitmentDiscountCategory:
		return CommitmentDiscountKinds
	case UseCommitmentDiscountStatus, UseCapacityReservationStatus:
		return UsedOrUnused
	}
	return nil
}
