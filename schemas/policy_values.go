package schemas

import "daybook/schemas/money"

// Texts turns the constants of a policy type into the texts that a book may hold.
func Texts[T ~string](values ...T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

// Values lists what a book may say, the default first.
func (MeterValue) Values() []string {
	return Texts(ValueConsumed, ValuePriced, ValueRows, ValueEffective, ValueBilled, ValueContracted, ValueList, ValueSeconds)
}

// IsCost reports whether the number is money: what peers bill, contract or list.
func (v MeterValue) IsCost() bool {
	return v == ValueEffective || v == ValueBilled || v == ValueContracted || v == ValueList
}

// Values lists what a book may say, the default first.
func (Aggregation) Values() []string {
	return Texts(AggregateSum, AggregateCount, AggregateMax, AggregateMin, AggregateUnique, AggregateLatest,
		AggregateAverage, AggregateTimeWeighted, AggregatePercentile, AggregateEvents)
}

// Values lists what a book may say.
func (Window) Values() []string {
	return Texts(WindowSecond, WindowMinute, WindowHour, WindowDay, WindowMonth, WindowPeriod)
}

// Values lists what a book may say, the default first.
func (LatePolicy) Values() []string { return Texts(LateRerate, LateNext, LateDrop) }

// Values lists what a book may say, the default first.
func (FilterOp) Values() []string {
	return Texts(FilterIn, FilterNotIn, FilterPrefix, FilterPresent, FilterAbsent)
}

// Values lists what a book may say.
func (Model) Values() []string {
	return Texts(ModelFlat, ModelPerUnit, ModelGraduated, ModelVolume, ModelStairstep, ModelPackage, ModelBlockTiers,
		ModelCapacity, ModelPercentage, ModelGraduatedPercentage, ModelDynamic, ModelPassThrough, ModelCostPlus,
		ModelMarkdown, ModelTieredMargin, ModelDimension, ModelRuleGroups, ModelElapsedBands, ModelTimeOfDay)
}

// Values lists what a book may say, the default first.
func (Cycle) Values() []string {
	return Texts(CyclePeriod, CycleDay, CycleWeek, CycleMonth, CycleQuarter, CycleHalf, CycleYear)
}

// Values lists what a book may say, the default first.
func (Timing) Values() []string { return Texts(TimingArrears, TimingAdvance, TimingOnce) }

// Values lists what a book may say, the default first.
func (Proration) Values() []string {
	return Texts(ProrateDays, ProrateThirty, ProrateSeconds, ProrateNone)
}

// Values lists what a book may say, the default first.
func (CycleSplit) Values() []string { return Texts(SplitByDay, SplitByPeriod) }

// Values lists what a book may say, the default first.
func (QuantityRounding) Values() []string {
	out := Texts(QuantityExact)
	for _, m := range money.Modes() {
		out = append(out, m.String())
	}
	return out
}

// Values lists what a book may say, the default first.
func (DiscountSpread) Values() []string { return Texts(SpreadProportional, SpreadInOrder, SpreadEqual) }

// Values lists what a book may say, the default first.
func (BlockMode) Values() []string { return Texts(BlocksAll, BlocksTop) }

// Values lists what a book may say.
func (RuleKind) Values() []string {
	return Texts(RuleFlat, RuleRate, RuleFieldThreshold, RuleServiceThreshold)
}

// Values lists what a book may say, the default first.
func (FlatFeeProration) Values() []string { return Texts(FlatFeeByTime, FlatFeeOnce) }

// Values lists what a book may say, the default first.
func (TierFlatFee) Values() []string { return Texts(FlatFeeOnEntry, FlatFeeTop, FlatFeeNever) }

// Values lists what a book may say, the default first.
func (ZeroUsage) Values() []string { return Texts(ZeroFirstFlat, ZeroNothing) }

// Values lists what a book may say, the default first.
func (TierBound) Values() []string { return Texts(BoundInclusive, BoundExclusive) }

// Values lists what a book may say, the default first.
func (Negative) Values() []string { return Texts(NegativeMirror, NegativeZero) }

// Values lists what a book may say, the default first.
func (PriceChange) Values() []string { return Texts(ChangeContinue, ChangeRestart) }

// Values lists what a book may say, the default first.
func (TerminationDay) Values() []string { return Texts(TerminationExclusive, TerminationInclusive) }

// Values lists what a book may say, the default first.
func (DiscountOrder) Values() []string {
	return Texts(OrderPercentFirst, OrderAsListed, OrderFixedFirst)
}

// Values lists what a book may say, the default first.
func (PercentBase) Values() []string { return Texts(BaseRemaining, BaseOriginal) }

// Values lists what a book may say, the default first.
func (MinimumBasis) Values() []string { return Texts(MinimumAfterDiscounts, MinimumBeforeDiscounts) }

// Values lists what a book may say, the default first.
func (TaxRounding) Values() []string { return Texts(TaxPerLine, TaxPerDocument) }

// Values lists what a book may say.
func (CreditKey) Values() []string {
	return Texts(CreditByPriority, CreditByExpiry, CreditByCreation, CreditByScope, CreditByBalance, CreditByCost,
		CreditByHighest, CreditByNewest)
}

// Values lists what a book may say, the default first.
func (CreditTax) Values() []string { return Texts(CreditBeforeTax, CreditAfterTax) }

// Values lists what a book may say, the default first.
func (CostBasis) Values() []string { return Texts(CostEffective, CostBilled) }

// Values lists what a book may say, the default first.
func (Levels) Values() []string { return Texts(LevelDelta, LevelSet) }
