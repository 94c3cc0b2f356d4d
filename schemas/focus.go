package schemas

import "strings"

// The columns of FOCUS that have a closed list of values and decide what a row is.
type (
	// ChargeCategory is the highest-level kind of a charge; empty where a peer does not say.
	ChargeCategory string
	// ChargeClass tells a row that corrects an earlier period from all others, for which it is empty.
	ChargeClass string
	// ChargeFrequency says how often a charge comes.
	ChargeFrequency string
	// PricingCategory says by which kind of price a charge came about; empty where there is none.
	PricingCategory string
)

// The values of those columns, as FOCUS 1.2 spells them.
const (
	CategoryUsage      ChargeCategory = "Usage"
	CategoryPurchase   ChargeCategory = "Purchase"
	CategoryTax        ChargeCategory = "Tax"
	CategoryCredit     ChargeCategory = "Credit"
	CategoryAdjustment ChargeCategory = "Adjustment"

	ClassCorrection ChargeClass = "Correction"

	FrequencyOneTime    ChargeFrequency = "One-Time"
	FrequencyRecurring  ChargeFrequency = "Recurring"
	FrequencyUsageBased ChargeFrequency = "Usage-Based"

	PricingStandard  PricingCategory = "Standard"
	PricingDynamic   PricingCategory = "Dynamic"
	PricingCommitted PricingCategory = "Committed"
	PricingOther     PricingCategory = "Other"
)

// The closed lists of FOCUS 1.2, section Cost and Usage, as texts to compare deliveries with.
var (
	ChargeCategories        = Texts(CategoryUsage, CategoryPurchase, CategoryTax, CategoryCredit, CategoryAdjustment)
	ChargeClasses           = Texts(ClassCorrection)
	ChargeFrequencies       = Texts(FrequencyOneTime, FrequencyRecurring, FrequencyUsageBased)
	PricingCategories       = Texts(PricingStandard, PricingDynamic, PricingCommitted, PricingOther)
	CommitmentDiscountKinds = []string{"Spend", "Usage"}
	UsedOrUnused            = []string{"Used", "Unused"}
)

// LooseName drops what names of one column differ in: case, blanks and the signs between words (lineItem/UsageAmount, line_item_usage_amount).
func LooseName(name string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" _/-.:", r) {
			return -1
		}
		return r
	}, strings.ToLower(name))
}

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
