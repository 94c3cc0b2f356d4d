package schemas

import "daybook/schemas/money"

// texts turns the constants of a policy type into the texts that a book may hold.
func texts[T ~string](values ...T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

// Values lists what a book may say, the default first.
func (MeterValue) Values() []string {
	return texts(ValueConsumed, ValuePriced, ValueRows, ValueEffective, ValueBilled, ValueContracted, ValueList, ValueSeconds)
}

// IsCost reports whether the number is money: what peers bill, contract or list.
func (v MeterValue) IsCost() bool {
	return v == ValueEffective || v == ValueBilled || v == ValueContracted || v == ValueList
}

// Values lists what a book may say, the default first.
func (Aggregation) Values() []string {
	return texts(AggregateSum, AggregateCount, AggregateMax, AggregateMin, AggregateUnique, AggregateLatest,
		AggregateAverage, AggregateTimeWeighted, AggregatePercentile, AggregateEvents)
}

// Values lists what a book may say.
func (Window) Values() []string {
	return texts(WindowSecond, WindowMinute, WindowHour, WindowDay, WindowMonth, WindowPeriod)
}

// Values lists what a book may say, the default first.
func (LatePolicy) Values() []string { return texts(LateRerate, LateNext, LateDrop) }

// Values lists what a book may say, the default first.
func (FilterOp) Values() []string {
	return texts(FilterIn, FilterNotIn, FilterPrefix, FilterPresent, FilterAbsent)
}

// Values lists what a book may say.
func (Model) Values() []string {
	return texts(ModelFlat, ModelPerUnit, ModelGraduated, ModelVolume, ModelStairstep, ModelPackage, ModelBlockTiers,
		ModelCapacity, ModelPercentage, ModelGraduatedPercentage, ModelDynamic, ModelPassThrough, ModelCostPlus,
		ModelMarkdown, ModelTieredMargin, ModelDimension, ModelRuleGroups, ModelElapsedBands, ModelTimeOfDay)
}

// Values lists what a book may say, the default first.
func (Cycle) Values() []string {
	return texts(CyclePeriod, CycleDay, CycleWeek, CycleMonth, CycleQuarter, CycleHalf, CycleYear)
}

// Values lists what a book may say, the default first.
func (Timing) Values() []string { return texts(TimingArrears, TimingAdvance, TimingOnce) }

// Values lists what a book may say, the default first.
func (Proration) Values() []string {
	return texts(ProrateDays, ProrateThirty, ProrateSeconds, ProrateNone)
}

// Values lists what a book may say, the default first.
func (CycleSplit) Values() []string { return texts(SplitByDay, SplitByPeriod) }

// Values lists what a book may say, the default first.
func (QuantityRounding) Values() []string {
	out := texts(QuantityExact)
	for _, m := range money.Modes() {
		out = append(out, m.String())
	}
	return out
}

// Values lists what a book may say, the default first.
func (DiscountSpread) Values() []string { return texts(SpreadProportional, SpreadInOrder, SpreadEqual) }

// Values lists what a book may say, the default first.
func (BlockMode) Values() []string { return texts(BlocksAll, BlocksTop) }

// Values lists what a book may say.
func (RuleKind) Values() []string {
	return texts(RuleFlat, RuleRate, RuleFieldThreshold, RuleServiceThreshold)
}

// Values lists what a book may say, the default first.
func (FlatFeeProration) Values() []string { return texts(FlatFeeByTime, FlatFeeOnce) }

// Values lists what a book may say, the default first.
func (TierFlatFee) Values() []string { return texts(FlatFeeOnEntry, FlatFeeTop, FlatFeeNever) }

// Values lists what a book may say, the default first.
func (ZeroUsage) Values() []string { return texts(ZeroFirstFlat, ZeroNothing) }

// Values lists what a book may say, the default first.
func (TierBound) Values() []string { return texts(BoundInclusive, BoundExclusive) }

// Values lists what a book may say, the default first.
func (Negative) Values() []string { return texts(NegativeMirror, NegativeZero) }

// Values lists what a book may say, the default first.
func (PriceChange) Values() []string { return texts(ChangeContinue, ChangeRestart) }

// Values lists what a book may say, the default first.
func (TerminationDay) Values() []string { return texts(TerminationExclusive, TerminationInclusive) }

// Values lists what a book may say, the default first.
func (DiscountOrder) Values() []string {
	return texts(OrderPercentFirst, OrderAsListed, OrderFixedFirst)
}

// Values lists what a book may say, the default first.
func (PercentBase) Values() []string { return texts(BaseRemaining, BaseOriginal) }

// Values lists what a book may say, the default first.
func (MinimumBasis) Values() []string { return texts(MinimumAfterDiscounts, MinimumBeforeDiscounts) }

// Values lists what a book may say, the default first.
func (TaxRounding) Values() []string { return texts(TaxPerLine, TaxPerDocument) }

// Values lists what a book may say.
func (CreditKey) Values() []string {
	return texts(CreditByPriority, CreditByExpiry, CreditByCreation, CreditByScope, CreditByBalance, CreditByCost,
		CreditByHighest, CreditByNewest)
}

// Values lists what a book may say, the default first.
func (CreditTax) Values() []string { return texts(CreditBeforeTax, CreditAfterTax) }

// Values lists what a book may say, the default first.
func (CostBasis) Values() []string { return texts(CostEffective, CostBilled) }

// Values lists what a book may say, the default first.
func (Levels) Values() []string { return texts(LevelDelta, LevelSet) }
