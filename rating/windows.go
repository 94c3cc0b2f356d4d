package rating

import (
	"maps"
	"slices"
	"time"

	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// exactAccumulator aggregates the results of windows, which may be quotients and so are decimals of any length.
type exactAccumulator struct {
	values []money.Decimal
}

func (a *exactAccumulator) add(v money.Decimal) { a.values = append(a.values, v) }

// quantity aggregates the windows by the meter's outer aggregation. Windows without rows are not there: they count for
// neither average nor percentile.
func (a *exactAccumulator) quantity(m *schemas.Meter) money.Decimal {
	if len(a.values) == 0 {
		return money.Zero
	}
	n := money.NewDecimal(int64(len(a.values)), 0)
	switch m.Aggregation {
	case schemas.AggregateCount:
		return n
	case schemas.AggregateMax:
		return slices.MaxFunc(a.values, money.Decimal.Cmp)
	case schemas.AggregateMin:
		return slices.MinFunc(a.values, money.Decimal.Cmp)
	case schemas.AggregateLatest:
		return a.values[len(a.values)-1]
	case schemas.AggregateAverage:
		return model.QuotientRound(a.sum(), n, model.WorkPlaces, money.HalfEven)
	case schemas.AggregatePercentile:
		sorted := slices.Clone(a.values)
		slices.SortFunc(sorted, money.Decimal.Cmp)
		return sorted[rankOf(len(sorted), m.Percentile)]
	case schemas.AggregateSum, schemas.AggregateUnique, schemas.AggregateTimeWeighted, schemas.AggregateEvents:
	}
	return a.sum()
}

func (a *exactAccumulator) sum() money.Decimal {
	total := money.Zero
	for _, v := range a.values {
		total = total.Add(v)
	}
	return total
}

// rankOf is the index of the nearest rank: the first of n sorted samples such that p percent of all are at or below it.
func rankOf(n int, p money.Decimal) int {
	rank := money.RoundTo(model.PercentOf(money.NewDecimal(int64(n), 0), p), 0, money.Ceiling).IntPart()
	return int(min(max(rank, 1), int64(n))) - 1
}

// mergeWindows takes the windows of b; one that both have, because a slice began inside it, becomes one.
func (a *accumulator) mergeWindows(b *accumulator) error {
	if b.windows == nil {
		return nil
	}
	merged := make(map[int64]*accumulator, len(a.windows)+len(b.windows))
	maps.Copy(merged, a.windows)
	for start, w := range b.windows {
		both := accumulator{}
		if mine := merged[start]; mine != nil {
			both = *mine
		}
		if err := both.merge(w.how, w); err != nil {
			return err
		}
		both.how = w.how
		merged[start] = &both
	}
	a.windows = merged
	return nil
}

// windowStart is the first microsecond of the window that holds an instant, by the clock of zone.
func windowStart(micros int64, w schemas.Window, zone *time.Location) int64 {
	at := time.UnixMicro(micros).In(zone)
	switch w {
	case schemas.WindowDay:
		return schemas.DateOf(at, zone).Time(zone).UnixMicro()
	case schemas.WindowMonth:
		start, _ := schemas.PeriodOf(at, zone).Bounds(zone)
		return start.UnixMicro()
	case schemas.WindowSecond, schemas.WindowMinute, schemas.WindowHour, schemas.WindowPeriod:
	}
	_, offset := at.Zone()
	length := windowLength(w).Microseconds()
	local := micros + int64(offset)*1e6
	return micros - ((local%length)+length)%length
}
