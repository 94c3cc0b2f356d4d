package source

import "daybook/schemas"

// rule is what a format says about one usage column.
type rule struct {
	// since is the first version of FOCUS with the column, as an index into focusVersions.
	since uint8
	// mandatory columns must be present; notNull ones hold a value in every row.
	mandatory, notNull bool
	// allowed is the closed list of values; nil allows any text.
	allowed []string
	// open lists are looked at, but a value outside of one rejects no row: they classify, and no money hangs on them.
	open bool
	// nullsNoted and othersNoted say that the book tolerates nulls, or values outside the list.
	nullsNoted, othersNoted bool
	// currency columns hold a code of ISO 4217, json columns a JSON object.
	currency, json bool
}

// The versions of FOCUS, oldest first.
const (
	since10 = iota
	since11
	since12
)

// focusVersion returns the index of a FOCUS format.
func focusVersion(f schemas.Format) uint8 {
	switch f {
	case schemas.FOCUS11:
		return since11
	case schemas.FOCUS12:
		return since12
	default:
		return since10
	}
}

// serviceCategoryList is the list of ServiceCategory, which is looked at and held against nothing.
var serviceCategoryList = []string{
	"AI and Machine Learning", "Analytics", "Business Applications", "Compute", "Databases", "Developer Tools",
	"Multicloud", "Identity", "Integration", "Internet of Things", "Management and Governance", "Media", "Migration",
	"Mobile", "Networking", "Security", "Storage", "Web", "Other",
}

// focusRules is the FOCUS specification by usage column: presence, nulls and closed lists as in version 1.2, section
// Cost and Usage; since tells in which version a column came in. Columns left out are optional text of any value. The
// eighty subcategories of services are not held against their list: they grow with every version, and nothing is billed
// by them.
var focusRules = [schemas.UseColumns]rule{
	schemas.UseBillingAccountId:           {mandatory: true, notNull: true},
	schemas.UseBillingAccountName:         {mandatory: true},
	schemas.UseProviderName:               {mandatory: true, notNull: true},
	schemas.UsePublisherName:              {mandatory: true, notNull: true},
	schemas.UseInvoiceIssuerName:          {mandatory: true, notNull: true},
	schemas.UseInvoiceId:                  {since: since12},
	schemas.UseServiceCategory:            {mandatory: true, notNull: true, allowed: serviceCategoryList, open: true},
	schemas.UseServiceName:                {mandatory: true, notNull: true},
	schemas.UseServiceSubcategory:         {since: since11, notNull: true},
	schemas.UseSkuMeter:                   {since: since11},
	schemas.UseChargePeriodStart:          {mandatory: true, notNull: true},
	schemas.UseChargePeriodEnd:            {mandatory: true, notNull: true},
	schemas.UseBillingPeriodStart:         {mandatory: true, notNull: true},
	schemas.UseBillingPeriodEnd:           {mandatory: true, notNull: true},
	schemas.UseChargeCategory:             {mandatory: true, notNull: true, allowed: schemas.ChargeCategories},
	schemas.UseChargeClass:                {mandatory: true, allowed: schemas.ChargeClasses},
	schemas.UseChargeDescription:          {mandatory: true},
	schemas.UseChargeFrequency:            {notNull: true, allowed: schemas.ChargeFrequencies},
	schemas.UsePricingCategory:            {allowed: schemas.PricingCategories},
	schemas.UsePricingQuantity:            {mandatory: true},
	schemas.UsePricingUnit:                {mandatory: true},
	schemas.UseListCost:                   {mandatory: true, notNull: true},
	schemas.UseContractedCost:             {mandatory: true, notNull: true},
	schemas.UseBilledCost:                 {mandatory: true, notNull: true},
	schemas.UseEffectiveCost:              {mandatory: true, notNull: true},
	schemas.UseBillingCurrency:            {mandatory: true, notNull: true, currency: true},
	schemas.UsePricingCurrency:            {since: since12},
	schemas.UseCommitmentDiscountCategory: {allowed: schemas.CommitmentDiscountKinds},
	schemas.UseCommitmentDiscountStatus:   {allowed: schemas.UsedOrUnused},
	schemas.UseCommitmentDiscountQuantity: {since: since11},
	schemas.UseCommitmentDiscountUnit:     {since: since11},
	schemas.UseCapacityReservationId:      {since: since11},
	schemas.UseCapacityReservationStatus:  {since: since11, allowed: schemas.UsedOrUnused},
	schemas.UseSkuPriceDetails:            {since: since11, json: true},
	schemas.UseTags:                       {json: true},
}

// focusElsewhere names the columns of FOCUS that the usage table does not hold, with the version that brought them; they
// are kept in x_Extra like a stranger's, but are none.
var focusElsewhere = map[string]uint8{
	"BillingAccountType": since12, "SubAccountType": since12, "PricingCurrencyContractedUnitPrice": since12,
	"PricingCurrencyEffectiveCost": since12, "PricingCurrencyListUnitPrice": since12,
}

// eventRules is what is asked of CloudEvents: the columns are of our own choosing, so the lists are those of FOCUS, and
// nothing but the charge period is demanded. But an event that lacks a quantity or a cost that the book says it has would
// count as nothing, and a member that is misspelt would be for free.
func eventRules() (rules [schemas.UseColumns]rule) {
	rules = focusRules
	for i := range rules {
		rules[i].mandatory, rules[i].notNull = false, false
	}
	for _, i := range []int{schemas.UseChargePeriodStart, schemas.UseChargePeriodEnd} {
		rules[i].mandatory, rules[i].notNull = true, true
	}
	for _, i := range []int{
		schemas.UseConsumedQuantity, schemas.UsePricingQuantity,
		schemas.UseListCost, schemas.UseContractedCost, schemas.UseBilledCost, schemas.UseEffectiveCost,
	} {
		rules[i].notNull = true
	}
	return rules
}

// rulesOf returns the rules of a source's format with its tolerances taken into account.
func rulesOf(src *schemas.Source) (rules [schemas.UseColumns]rule) {
	if src.Format == schemas.CloudEvents10 {
		rules = eventRules()
	} else {
		rules = focusRules
	}
	for i := range rules {
		name := schemas.Usage.Columns[i].Name
		if src.Format != schemas.CloudEvents10 && rules[i].since > focusVersion(src.Format) {
			rules[i].mandatory = false
		}
		period := i == schemas.UseChargePeriodStart || i == schemas.UseChargePeriodEnd
		if !period && listed(src.Tolerate.AbsentColumns, name) {
			rules[i].mandatory = false
		}
		rules[i].nullsNoted = listed(src.Tolerate.NullColumns, name)
		rules[i].othersNoted = listed(src.Tolerate.OtherValues, name)
	}
	return rules
}

// listed reports whether a tolerance covers a column, by name or by *.
func listed(names []string, column string) bool {
	for _, n := range names {
		if n == column || n == "*" {
			return true
		}
	}
	return false
}
