package schemas

import (
	"slices"
	"strings"

	"daybook/schemas/einvoice"
	"daybook/schemas/money"
)

// Catalogue is what the provider meters and sells: meters, offerings with their prices, coupons, taxes and the policies
// by which all of them are applied. It is bitemporal: each entry says from when to when it is in force, and since when
// it was known, so that a period rerun as of an earlier day sees the catalogue of that day.
//
// The choices on which billing systems disagree are values of the named types in policy.go. Every such type has a
// Values method that lists what a book may say; the empty text always means the first of them, or what the level above
// says. Fields without omitempty must be there.
type Catalogue struct {
	Meters    []Meter      `yaml:"meters,omitempty"`
	Offerings []Offering   `yaml:"offerings,omitempty"`
	Coupons   []Coupon     `yaml:"coupons,omitempty"`
	Taxes     []TaxRate    `yaml:"taxes,omitempty"`
	Units     []UnitFactor `yaml:"units,omitempty"`
	Policy    RatingPolicy `yaml:"policy,omitempty"`
}

// Validity says when an entry is in force and since when it was known. Days are civil days in the provider's zone.
type Validity struct {
	// From is the first day in force; no day means always.
	From Date `yaml:"from,omitempty"`
	// To is the first day no longer in force; no day means for good.
	To Date `yaml:"to,omitempty"`
	// KnownSince is the day on which the entry was decided; a run as of an earlier day does not see it. No day means always known.
	KnownSince Date `yaml:"known_since,omitempty"`
}

// Meter says how usage rows become a billable quantity: which rows, which number of each, and how they add up.
type Meter struct {
	ID MeterID `yaml:"id"`
	// Name is the SkuMeter of charges for usage that has none itself.
	Name string `yaml:"name,omitempty"`
	// Rows of this source and this peer only; empty takes any. Own true takes only rows without a peer.
	Source SourceID `yaml:"source,omitempty"`
	Peer   PeerID   `yaml:"peer,omitempty"`
	Own    bool     `yaml:"own,omitempty"`
	// Services (FOCUS ServiceName), SKUs (SkuId) and SkuMeters are lists to choose from; an empty list takes any.
	Services  []string `yaml:"services,omitempty"`
	SKUs      []SKU    `yaml:"skus,omitempty"`
	SkuMeters []string `yaml:"sku_meters,omitempty"`
	// Filters narrow the rows further; all must hold.
	Filters []Filter `yaml:"filters,omitempty"`

	// Value is the number that is taken from each row.
	Value MeterValue `yaml:"value,omitempty"`
	// Unit is the unit of the result. Rows in another unit are converted by the catalogue's units, or suspended. Empty
	// takes rows of any unit as they are; so it is for counts. Of a cost it is ignored.
	Unit string `yaml:"unit,omitempty"`
	// Aggregation makes one quantity of a period's rows.
	Aggregation Aggregation `yaml:"aggregation,omitempty"`
	// Percentile is the one of the percentile aggregation, above 0 and at most 100, such as 95.
	Percentile money.Decimal `yaml:"percentile,omitempty"`
	// UniqueBy is the column whose distinct values the unique aggregation counts, such as ResourceId.
	UniqueBy string `yaml:"unique_by,omitempty"`
	// Window, if set, aggregates each window by WindowAggregation first, and then the windows by Aggregation.
	Window            Window      `yaml:"window,omitempty"`
	WindowAggregation Aggregation `yaml:"window_aggregation,omitempty"`
	// GroupBy names label columns; each combination of their values is metered and priced on its own.
	GroupBy []string `yaml:"group_by,omitempty"`
	// PerTime is the divisor of time-weighted aggregation: hour makes GB-hours of GB, period makes the mean level.
	PerTime Window `yaml:"per_time,omitempty"`
	// Levels says how rows change the level of time-weighted aggregation: by adding to it, or by setting it, for each
	// value of UniqueBy on its own where that is set.
	Levels Levels `yaml:"levels,omitempty"`
	// CarryIn starts latest and time-weighted aggregation at the level on which the period before ended.
	CarryIn bool `yaml:"carry_in,omitempty"`
	// Late says what happens to usage that arrives after its period was run: rerate rates that period again with it, and books
	// the difference as corrections; next_period counts it with the period in which it came; drop makes it a finding.
	Late LatePolicy `yaml:"late,omitempty"`
}

// AddsUp reports whether the result grows with what is used: one of part of a month is of what was used in it. That of any
// other aggregation says how much there is, and what it costs is for all days of the month.
func (m *Meter) AddsUp() bool {
	switch m.Aggregation {
	case "", AggregateSum, AggregateCount, AggregateEvents:
		return true
	default:
		return false
	}
}

// Filter is one condition on a label column of Usage.
type Filter struct {
	// Column is the FOCUS name, such as RegionId.
	Column string   `yaml:"column"`
	Op     FilterOp `yaml:"op,omitempty"`
	// Values are what Op compares with; present and absent have none.
	Values []string `yaml:"values,omitempty"`
}

// Holds applies the condition to a value of its column; the empty value is absent.
func (f *Filter) Holds(value string) bool {
	switch f.Op {
	case FilterNotIn:
		return !slices.Contains(f.Values, value)
	case FilterPrefix:
		return slices.ContainsFunc(f.Values, func(prefix string) bool { return strings.HasPrefix(value, prefix) })
	case FilterPresent:
		return value != ""
	case FilterAbsent:
		return value == ""
	case FilterIn:
	}
	return slices.Contains(f.Values, value)
}

// UnitFactor converts units: one From is Factor To.
type UnitFactor struct {
	From   string        `yaml:"from"`
	To     string        `yaml:"to"`
	Factor money.Decimal `yaml:"factor"`
}

// Offering is what is sold (TMF620 ProductOffering): a name under which prices stand.
type Offering struct {
	ID   OfferingID `yaml:"id"`
	Name string     `yaml:"name"`
	// Service and ServiceCategory are the FOCUS names on its charges.
	Service         string   `yaml:"service,omitempty"`
	ServiceCategory string   `yaml:"service_category,omitempty"`
	Validity        Validity `yaml:",inline"`
	Prices          []Price  `yaml:"prices"`
	// Discounts apply to every charge of the offering, after those of its price.
	Discounts []Discount `yaml:"discounts,omitempty"`
	// Minimum and Maximum bound what the offering costs per billing period, over all its prices.
	Minimum *money.Decimal `yaml:"minimum,omitempty"`
	Maximum *money.Decimal `yaml:"maximum,omitempty"`
	// TaxCategory chooses the tax rates; empty is standard.
	TaxCategory string `yaml:"tax_category,omitempty"`
	// Parts makes the offering a bundle: its amount is allocated to the parts by their stand-alone selling prices.
	Parts []BundlePart `yaml:"parts,omitempty"`
	// Included subscribes every account to the offering without an entry of its own.
	Included bool `yaml:"included,omitempty"`
	// Corrections says where corrections of its charges are issued, with the other corrections of the same document; an account may say
	// otherwise. Empty is what the provider says.
	Corrections CorrectBy `yaml:"corrections,omitempty"`
}

// BundlePart is one performance obligation of a bundle.
type BundlePart struct {
	Offering OfferingID `yaml:"offering"`
	// SSP is the stand-alone selling price, the weight of the allocation.
	SSP money.Decimal `yaml:"ssp"`
}

// Price is one price of an offering (TMF620 ProductOfferingPrice). Several prices of one meter in one offering follow
// each other in time, or differ in phase or filters; two in force at once for the same rows are an error of the book.
type Price struct {
	ID PriceID `yaml:"id"`
	// Version is text that explain shows, such as 2024-2.
	Version  string   `yaml:"version,omitempty"`
	Name     string   `yaml:"name,omitempty"`
	Validity Validity `yaml:",inline"`
	// Meter is what usage prices measure; empty on recurring and one-time prices.
	Meter MeterID `yaml:"meter,omitempty"`
	// SKU, if set, is the SkuId on the charges; else it is that of the usage where all rows agree.
	SKU SKU `yaml:"sku,omitempty"`
	// Phase restricts the price to that phase of a subscription.
	Phase string `yaml:"phase,omitempty"`
	// Filters restrict the price to groups of the meter; each column must be one of the meter's GroupBy.
	Filters  []Filter       `yaml:"filters,omitempty"`
	Currency money.Currency `yaml:"currency"`
	// CreditUnit prices in a credit unit instead of a currency; the account's grants of that unit pay, and what they do
	// not cover is charged at CreditPrice of Currency for one unit.
	CreditUnit  string         `yaml:"credit_unit,omitempty"`
	CreditPrice *money.Decimal `yaml:"credit_price,omitempty"`

	// Every, Timing and Prorate are for recurring prices.
	Every   Recurrence `yaml:"every,omitempty"`
	Timing  Timing     `yaml:"timing,omitempty"`
	Prorate Proration  `yaml:"prorate,omitempty"`

	// Pooled prices the usage of an account and of all accounts of its family, those below and above it, as one quantity, so
	// that they share tiers, allowance and free quantity; each has its part of the amount, by quantity.
	// A quote prices an account alone.
	Pooled bool `yaml:"pooled,omitempty"`
	// Convert turns the metered quantity into the priced one.
	Convert *UnitConversion `yaml:"convert,omitempty"`
	// Allowance is included and free of charge; FreeQuantity is a usage discount that spans the period.
	Allowance    *Allowance     `yaml:"allowance,omitempty"`
	FreeQuantity *money.Decimal `yaml:"free_quantity,omitempty"`
	// Terms is the price model and its numbers.
	Terms Terms `yaml:",inline"`
	// Discounts apply to the amount in the stated order.
	Discounts []Discount `yaml:"discounts,omitempty"`
	// Minimum and Maximum bound the amount of a billing period; they are prorated with it.
	Minimum *money.Decimal `yaml:"minimum,omitempty"`
	Maximum *money.Decimal `yaml:"maximum,omitempty"`
	// Policy overrides the catalogue's where it says something.
	Policy RatingPolicy `yaml:"policy,omitempty"`
}

// Recurrence is how often a recurring price falls due: every Count Units, such as 3 months. The zero value is the billing period itself.
type Recurrence struct {
	Unit  Cycle `yaml:"unit,omitempty"`
	Count int   `yaml:"count,omitempty"`
}

// Months returns how many months a recurrence lasts, of which the billing period is one; 0 for days and weeks, which are no whole number of them.
func (r Recurrence) Months() int {
	n := max(r.Count, 1)
	switch r.Unit {
	case CycleDay, CycleWeek:
		return 0
	case CycleQuarter:
		return 3 * n
	case CycleHalf:
		return 6 * n
	case CycleYear:
		return 12 * n
	case CycleMonth, CyclePeriod:
	}
	return n
}

// UnitConversion turns a metered quantity into a priced one: multiplied or divided by a factor, then rounded.
type UnitConversion struct {
	// Unit is the pricing unit.
	Unit     string         `yaml:"unit"`
	Multiply *money.Decimal `yaml:"multiply,omitempty"`
	Divide   *money.Decimal `yaml:"divide,omitempty"`
	// Round is none or a rounding mode; Places are the decimal places it keeps.
	Round  QuantityRounding `yaml:"round,omitempty"`
	Places int32            `yaml:"places,omitempty"`
}

// Allowance is a quantity that a price includes.
type Allowance struct {
	Quantity money.Decimal `yaml:"quantity"`
	// PerUnit multiplies the quantity by that of the subscription, such as 10 GB per seat.
	PerUnit bool `yaml:"per_unit,omitempty"`
	// Prorate reduces the allowance of a part of a period by the same ratio as a recurring price.
	Prorate bool `yaml:"prorate,omitempty"`
	// Rollover carries what is left into the next Rollover periods; the oldest is used first.
	Rollover int `yaml:"rollover,omitempty"`
	// RolloverLimit bounds what is carried.
	RolloverLimit *money.Decimal `yaml:"rollover_limit,omitempty"`
	// Shared gives one allowance to all groups of the meter, in order of group; else each group has its own.
	Shared bool `yaml:"shared,omitempty"`
}

// Discount reduces an amount by a percentage or a fixed sum.
type Discount struct {
	ID   string `yaml:"id,omitempty"`
	Name string `yaml:"name,omitempty"`
	// Percent is of the amount, such as 12.5; Fixed is in the price's currency. One of them is set.
	Percent  *money.Decimal `yaml:"percent,omitempty"`
	Fixed    *money.Decimal `yaml:"fixed,omitempty"`
	Validity Validity       `yaml:",inline"`
}

// Coupon is a discount with limits that accounts redeem. It applies to the lines of a bill run, spread over them.
type Coupon struct {
	ID       string         `yaml:"id"`
	Name     string         `yaml:"name,omitempty"`
	Percent  *money.Decimal `yaml:"percent,omitempty"`
	Fixed    *money.Decimal `yaml:"fixed,omitempty"`
	Currency money.Currency `yaml:"currency,omitempty"`
	// Offerings restricts the coupon to charges of these; empty is all.
	Offerings []OfferingID `yaml:"offerings,omitempty"`
	// Uses is how many billing periods one redemption lasts, 0 without end; Total is the sum of all it may take off.
	Uses     int            `yaml:"uses,omitempty"`
	Total    *money.Decimal `yaml:"total,omitempty"`
	Spread   DiscountSpread `yaml:"spread,omitempty"`
	Validity Validity       `yaml:",inline"`
}

// TaxRate is the tax of one category in one jurisdiction.
type TaxRate struct {
	ID string `yaml:"id"`
	// Name is what the invoice shows, such as VAT.
	Name string `yaml:"name,omitempty"`
	// Country (ISO 3166 alpha-2) and Region restrict the rate to accounts there; empty is anywhere.
	Country string `yaml:"country,omitempty"`
	Region  string `yaml:"region,omitempty"`
	// Category is the tax_category of the offerings that it is for; empty is standard.
	Category string        `yaml:"category,omitempty"`
	Percent  money.Decimal `yaml:"percent"`
	// Included is true where prices contain the tax.
	Included      bool `yaml:"included,omitempty"`
	einvoice.Levy `yaml:",inline"`
	Validity      Validity `yaml:",inline"`
}
