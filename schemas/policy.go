package schemas

// RatingPolicy is every choice on which billing systems disagree, as data. A price's policy overrides the catalogue's
// field by field; an empty field takes the level above, and at the top the first of the type's values. Of rounding, the rules of a
// price go before those of the catalogue. What is of documents, accounts or rows, the catalogue says for all: round_at, tax_rounding,
// credit_order, credit_tax and cost_basis.
type RatingPolicy struct {
	TierFlatFee TierFlatFee `yaml:"tier_flat_fee,omitempty"`
	// FlatFeeProration charges the flat fees of a recurring price by graduated or volume tiers by time, or in full: once for
	// each recurring period, those of its highest quantity.
	FlatFeeProration FlatFeeProration `yaml:"flat_fee_proration,omitempty"`
	ZeroUsage        ZeroUsage        `yaml:"zero_usage,omitempty"`
	TierBound        TierBound        `yaml:"tier_bound,omitempty"`
	Negative         Negative         `yaml:"negative,omitempty"`
	PriceChange      PriceChange      `yaml:"price_change,omitempty"`
	TerminationDay   TerminationDay   `yaml:"termination_day,omitempty"`
	DiscountOrder    DiscountOrder    `yaml:"discount_order,omitempty"`
	PercentBase      PercentBase      `yaml:"percent_base,omitempty"`
	MinimumBasis     MinimumBasis     `yaml:"minimum_basis,omitempty"`
	TaxRounding      TaxRounding      `yaml:"tax_rounding,omitempty"`
	CreditOrder      []CreditKey      `yaml:"credit_order,omitempty"`
	// CostBasis is which of a peer's costs counts as ours, for cost-based prices and for margins.
	CostBasis CostBasis `yaml:"cost_basis,omitempty"`
	CreditTax CreditTax `yaml:"credit_tax,omitempty"`
	// RoundAt is line or document; Rounding says how.
	RoundAt  RoundingLevel `yaml:"round_at,omitempty"`
	Rounding Rounding      `yaml:"rounding,omitempty"`
}

// The policy types. The first constant of each is what an empty text means at the top level.
type (
	// MeterValue is the number taken from a usage row.
	MeterValue string
	// Aggregation makes one quantity of many rows.
	Aggregation string
	// Window is a stretch of time on the clock of the account's zone.
	Window string
	// Levels says how rows change a level.
	Levels string
	// LatePolicy says what happens to usage of a period that has been run.
	LatePolicy string
	// FilterOp is a comparison of a label column.
	FilterOp string
	// Model names a price model.
	Model string
	// Cycle is a unit of recurrence.
	Cycle string
	// Timing says whether a recurring price is due before or after its period, or once.
	Timing string
	// Proration says how a part of a period is counted.
	Proration string
	// CycleSplit says to which cycle of a commitment the charges of a billing period count in which one begins or ends.
	CycleSplit string
	// QuantityRounding is none or the name of a rounding mode.
	QuantityRounding string
	// DiscountSpread says how a discount over several lines is divided.
	DiscountSpread string
	// BlockMode says which block tiers count.
	BlockMode string
	// RuleKind is the kind of a rule of rule_groups.
	RuleKind string
	// TierFlatFee says when a tier's flat fee is due.
	TierFlatFee string
	// FlatFeeProration says whether the flat fees of tiers are charged by the time that a quantity is in them.
	FlatFeeProration string
	// ZeroUsage says what a tiered price costs at quantity zero.
	ZeroUsage string
	// TierBound says to which tier a quantity exactly at UpTo belongs.
	TierBound string
	// Negative says what a negative quantity costs.
	Negative string
	// PriceChange says whether tiers and allowances start anew when a price changes inside a period.
	PriceChange string
	// TerminationDay says whether the last day of a subscription is charged.
	TerminationDay string
	// DiscountOrder says in which order discounts apply.
	DiscountOrder string
	// PercentBase says what the second percentage is a percentage of.
	PercentBase string
	// MinimumBasis says whether minimum and maximum look at the amount before or after discounts.
	MinimumBasis string
	// TaxRounding says whether tax is rounded on each line or on the sum of a document.
	TaxRounding string
	// CreditKey is one key of the order in which credits burn.
	CreditKey string
	// CostBasis is a cost column of a peer's rows.
	CostBasis string
	// CreditTax says whether prepaid credits pay before or after tax.
	CreditTax string
)

// The values of the policy types.
const (
	ValueConsumed   MeterValue = "consumed_quantity"
	ValuePriced     MeterValue = "pricing_quantity"
	ValueRows       MeterValue = "rows"
	ValueEffective  MeterValue = "effective_cost"
	ValueBilled     MeterValue = "billed_cost"
	ValueContracted MeterValue = "contracted_cost"
	ValueList       MeterValue = "list_cost"
	// ValueSeconds is the length of the charge period.
	ValueSeconds MeterValue = "seconds"

	AggregateSum          Aggregation = "sum"
	AggregateCount        Aggregation = "count"
	AggregateMax          Aggregation = "max"
	AggregateMin          Aggregation = "min"
	AggregateUnique       Aggregation = "unique"
	AggregateLatest       Aggregation = "latest"
	AggregateAverage      Aggregation = "average"
	AggregateTimeWeighted Aggregation = "time_weighted"
	AggregatePercentile   Aggregation = "percentile"
	// AggregateEvents keeps each row, for models that price events one by one.
	AggregateEvents Aggregation = "events"

	WindowMinute Window = "minute"
	WindowHour   Window = "hour"
	WindowDay    Window = "day"
	WindowMonth  Window = "month"
	WindowPeriod Window = "period"
	WindowSecond Window = "second"

	// LevelDelta adds the quantity of a row to the level, LevelSet makes it the level.
	LevelDelta Levels = "delta"
	LevelSet   Levels = "set"

	// LateRerate re-rates the period where the use happened and books the difference.
	LateRerate LatePolicy = "rerate"
	// LateNext bills late use as if it happened in the next open period.
	LateNext LatePolicy = "next_period"
	// LateDrop does not bill late use; it becomes a finding.
	LateDrop LatePolicy = "drop"

	FilterIn      FilterOp = "in"
	FilterNotIn   FilterOp = "not_in"
	FilterPrefix  FilterOp = "prefix"
	FilterPresent FilterOp = "present"
	FilterAbsent  FilterOp = "absent"

	ModelFlat                Model = "flat"
	ModelPerUnit             Model = "per_unit"
	ModelGraduated           Model = "graduated"
	ModelVolume              Model = "volume"
	ModelStairstep           Model = "stairstep"
	ModelPackage             Model = "package"
	ModelBlockTiers          Model = "block_tiers"
	ModelCapacity            Model = "capacity"
	ModelPercentage          Model = "percentage"
	ModelGraduatedPercentage Model = "graduated_percentage"
	ModelDynamic             Model = "dynamic"
	ModelPassThrough         Model = "pass_through"
	ModelCostPlus            Model = "cost_plus"
	ModelMarkdown            Model = "markdown"
	ModelTieredMargin        Model = "tiered_margin"
	ModelDimension           Model = "dimension"
	ModelRuleGroups          Model = "rule_groups"
	ModelElapsedBands        Model = "elapsed_bands"
	ModelTimeOfDay           Model = "time_of_day"

	CyclePeriod  Cycle = "period"
	CycleDay     Cycle = "day"
	CycleWeek    Cycle = "week"
	CycleMonth   Cycle = "month"
	CycleQuarter Cycle = "quarter"
	CycleHalf    Cycle = "half_year"
	CycleYear    Cycle = "year"

	TimingArrears Timing = "in_arrears"
	TimingAdvance Timing = "in_advance"
	TimingOnce    Timing = "one_time"

	// ProrateDays counts civil days over the days of the whole period.
	ProrateDays Proration = "actual_days"
	// ProrateThirty counts every month as 30 days.
	ProrateThirty Proration = "fixed_30"
	// ProrateSeconds counts elapsed seconds.
	ProrateSeconds Proration = "seconds"
	// ProrateNone charges a part of a period in full.
	ProrateNone Proration = "none"

	// SplitByDay counts a charge by the days of its charge period that lie in the cycle. SplitByPeriod counts the billing
	// period whole, to the last cycle that is in force in it.
	SplitByDay    CycleSplit = "by_day"
	SplitByPeriod CycleSplit = "by_period"

	QuantityExact QuantityRounding = "none"

	SpreadProportional DiscountSpread = "proportional"
	SpreadInOrder      DiscountSpread = "in_order"
	SpreadEqual        DiscountSpread = "equal"

	// BlocksAll fills the tiers one after the other; BlocksTop charges all blocks at the tier that is reached.
	BlocksAll BlockMode = "all_tiers"
	BlocksTop BlockMode = "top_tier"

	RuleFlat             RuleKind = "flat"
	RuleRate             RuleKind = "rate"
	RuleFieldThreshold   RuleKind = "field_threshold"
	RuleServiceThreshold RuleKind = "service_threshold"

	// FlatFeeOnEntry charges the flat fee of every tier that the quantity enters; FlatFeeTop only of the last entered.
	FlatFeeOnEntry TierFlatFee = "on_tier_entry"
	FlatFeeTop     TierFlatFee = "top_tier"
	FlatFeeNever   TierFlatFee = "never"

	// FlatFeeByTime prorates flat fees with the rest of the price; FlatFeeOnce charges those of the highest quantity of the
	// recurring period in full, where it is reached.
	FlatFeeByTime FlatFeeProration = "by_time"
	FlatFeeOnce   FlatFeeProration = "once"

	ZeroFirstFlat ZeroUsage = "first_tier_flat"
	ZeroNothing   ZeroUsage = "nothing"

	BoundInclusive TierBound = "inclusive"
	BoundExclusive TierBound = "exclusive"

	// NegativeMirror makes a negative quantity cost the opposite of the same quantity above zero, flat fees left out;
	// NegativeZero treats it as zero usage.
	NegativeMirror Negative = "mirror"
	NegativeZero   Negative = "zero"

	// ChangeContinue lets tiers, allowances and bounds count through the period: a slice costs the difference of
	// cumulative totals. ChangeRestart starts each slice at zero.
	ChangeContinue PriceChange = "continue"
	ChangeRestart  PriceChange = "restart"

	TerminationExclusive TerminationDay = "exclusive"
	TerminationInclusive TerminationDay = "inclusive"

	OrderPercentFirst DiscountOrder = "percent_first"
	OrderAsListed     DiscountOrder = "as_listed"
	OrderFixedFirst   DiscountOrder = "fixed_first"

	// BaseRemaining takes each percentage of what is left, BaseOriginal of the amount before any discount.
	BaseRemaining PercentBase = "remaining"
	BaseOriginal  PercentBase = "original"

	MinimumAfterDiscounts  MinimumBasis = "after_discounts"
	MinimumBeforeDiscounts MinimumBasis = "before_discounts"

	TaxPerLine     TaxRounding = "line"
	TaxPerDocument TaxRounding = "document"

	CreditByPriority CreditKey = "priority"
	CreditByExpiry   CreditKey = "expiry"
	CreditByCreation CreditKey = "created"
	// CreditByScope burns credits of the narrower scope first, CreditByBalance the smaller balance, CreditByCost the promotional before the paid.
	CreditByScope   CreditKey = "scope"
	CreditByBalance CreditKey = "balance"
	CreditByCost    CreditKey = "cost"
	// CreditByHighest and CreditByNewest are priority and created the other way round.
	CreditByHighest CreditKey = "highest_priority"
	CreditByNewest  CreditKey = "newest"

	CostEffective CostBasis = "effective_cost"
	CostBilled    CostBasis = "billed_cost"

	CreditBeforeTax CreditTax = "before_tax"
	CreditAfterTax  CreditTax = "after_tax"
)
