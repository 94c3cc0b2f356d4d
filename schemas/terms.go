package schemas

import "daybook/schemas/money"

// Terms is a price model and its numbers. Each model reads the fields that its comment names, and no others; the rating
// package documents each with formula, picture and worked number. Quantities and amounts are exact decimals in major
// units, percentages are written as 12.5 for 12.5%.
type Terms struct {
	Model Model `yaml:"model"`

	// Amount is that of flat.
	Amount *money.Decimal `yaml:"amount,omitempty"`
	// UnitPrice is that of per_unit, and the default of dimension.
	UnitPrice *money.Decimal `yaml:"unit_price,omitempty"`
	// Tiers are those of graduated, volume, stairstep and graduated_percentage, in order of UpTo.
	Tiers []Tier `yaml:"tiers,omitempty"`

	// PackageSize units cost PackagePrice (package); FreeUnits come before; PackageRound says what a started one costs.
	PackageSize  *money.Decimal   `yaml:"package_size,omitempty"`
	PackagePrice *money.Decimal   `yaml:"package_price,omitempty"`
	FreeUnits    *money.Decimal   `yaml:"free_units,omitempty"`
	PackageRound QuantityRounding `yaml:"package_round,omitempty"`

	// Blocks are those of block_tiers, per unit of measure; BlockMode says which tiers count.
	Blocks    []UnitBlocks `yaml:"blocks,omitempty"`
	BlockMode BlockMode    `yaml:"block_mode,omitempty"`
	// Capacities are those of capacity, smallest first.
	Capacities []Capacity `yaml:"capacities,omitempty"`

	// Percent of each event's amount (percentage), with what is free and bounded per event.
	Percent       *money.Decimal `yaml:"percent,omitempty"`
	FixedPerEvent *money.Decimal `yaml:"fixed_per_event,omitempty"`
	FreeEvents    *int64         `yaml:"free_events,omitempty"`
	FreeAmount    *money.Decimal `yaml:"free_amount,omitempty"`
	EventMinimum  *money.Decimal `yaml:"event_minimum,omitempty"`
	EventMaximum  *money.Decimal `yaml:"event_maximum,omitempty"`

	// Multiplier is that of dynamic: the usage is an amount, and this is its factor.
	Multiplier *money.Decimal `yaml:"multiplier,omitempty"`

	// MarkupPercent (cost_plus), MarkdownPercent (markdown) and MarginTiers (tiered_margin) price a peer's cost;
	// pass_through has no number of its own. cost_plus adds UnitPrice per unit of quantity where it is set; without one, usage of
	// our own meter, which costs nothing of a peer's, is not charged by any of them, and waits.
	MarkupPercent   *money.Decimal `yaml:"markup_percent,omitempty"`
	MarkdownPercent *money.Decimal `yaml:"markdown_percent,omitempty"`
	MarginTiers     []MarginTier   `yaml:"margin_tiers,omitempty"`

	// Dimensions is the table of dimension: the first entry that matches the group's values prices it.
	Dimensions []DimensionPrice `yaml:"dimensions,omitempty"`
	// Groups are those of rule_groups: rates and thresholds that add up.
	Groups []RuleGroup `yaml:"groups,omitempty"`

	// ConnectFee is charged once per session by elapsed_bands and time_of_day.
	ConnectFee   *money.Decimal `yaml:"connect_fee,omitempty"`
	ElapsedBands []ElapsedBand  `yaml:"elapsed_bands,omitempty"`
	DayBands     []DayBand      `yaml:"day_bands,omitempty"`
}

// Tier is one stretch of quantity.
type Tier struct {
	// UpTo is the last quantity of the tier; nil on the last tier only, which has no end.
	UpTo      *money.Decimal `yaml:"up_to,omitempty"`
	UnitPrice money.Decimal  `yaml:"unit_price,omitempty"`
	FlatFee   money.Decimal  `yaml:"flat_fee,omitempty"`
	// Percent is the rate of graduated_percentage.
	Percent money.Decimal `yaml:"percent,omitempty"`
}

// UnitBlocks are the block tiers of one unit of measure.
type UnitBlocks struct {
	Unit  string  `yaml:"unit"`
	Tiers []Block `yaml:"tiers"`
}

// Block is a tier that sells blocks of Size units at Price each, at most Max of them (nil: without end).
type Block struct {
	Size  money.Decimal  `yaml:"size"`
	Price money.Decimal  `yaml:"price"`
	Max   *money.Decimal `yaml:"max,omitempty"`
}

// Capacity is one price for a period in which no unit exceeds its limit.
type Capacity struct {
	Limits []UnitLimit   `yaml:"limits"`
	Price  money.Decimal `yaml:"price"`
}

// UnitLimit is the most of a unit that a capacity holds; nil is without end.
type UnitLimit struct {
	Unit string         `yaml:"unit"`
	Max  *money.Decimal `yaml:"max,omitempty"`
}

// MarginTier is one stretch of a peer's cost with the margin we add to it.
type MarginTier struct {
	// UpTo is the last amount of cost of the tier; nil on the last tier only.
	UpTo    *money.Decimal `yaml:"up_to,omitempty"`
	Percent money.Decimal  `yaml:"percent"`
}

// DimensionPrice prices groups whose values match: one row of a dimension table.
type DimensionPrice struct {
	// When gives, for some of the meter's GroupBy columns, the value that must be there; * is any.
	When      []DimensionMatch `yaml:"when,omitempty"`
	UnitPrice money.Decimal    `yaml:"unit_price"`
	FlatFee   money.Decimal    `yaml:"flat_fee,omitempty"`
}

// DimensionMatch is one column's value in a dimension table.
type DimensionMatch struct {
	Column string `yaml:"column"`
	Value  string `yaml:"value"`
}

// RuleGroup is one group of rule_groups. It costs ((highest matching flat + field threshold) × product of the matching
// rates) × quantity + service threshold.
type RuleGroup struct {
	Name  string `yaml:"name,omitempty"`
	Rules []Rule `yaml:"rules"`
}

// Rule is one rule of a group: a flat sum per unit, a rate, or a threshold that begins at Level.
type Rule struct {
	Kind RuleKind `yaml:"kind"`
	// Column and Value are the field that must match; without a column the rule always applies. For a field threshold
	// the column holds the level.
	Column string         `yaml:"column,omitempty"`
	Value  string         `yaml:"value,omitempty"`
	Level  *money.Decimal `yaml:"level,omitempty"`
	Cost   money.Decimal  `yaml:"cost"`
}

// ElapsedBand is a rate from StartSeconds of a session on: Rate per RateSeconds, started IncrementSeconds in full.
type ElapsedBand struct {
	StartSeconds     money.Decimal `yaml:"start_seconds"`
	Rate             money.Decimal `yaml:"rate"`
	RateSeconds      money.Decimal `yaml:"rate_seconds"`
	IncrementSeconds money.Decimal `yaml:"increment_seconds"`
}

// DayBand is a rate between two times of day in the account's zone, on some days of the week.
type DayBand struct {
	// Start and End are HH:MM or HH:MM:SS; End may be 24:00. Start is within the band, End is not. A band that ends
	// before it starts passes midnight.
	Start string `yaml:"start"`
	End   string `yaml:"end"`
	// Days are mon, tue, wed, thu, fri, sat, sun; empty is every day.
	Days        []string      `yaml:"days,omitempty"`
	Rate        money.Decimal `yaml:"rate"`
	RateSeconds money.Decimal `yaml:"rate_seconds"`
	// IncrementSeconds, if above zero, charges a started increment in full.
	IncrementSeconds money.Decimal `yaml:"increment_seconds,omitempty"`
}
