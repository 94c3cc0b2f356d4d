package rating

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Row is what a series takes of one usage row. Start and End are microseconds since 1970 in UTC; Cost is 0 and HasCost
// false for our own meters; ID may be reused by the caller.
type Row struct {
	Start, End     int64
	Quantity, Cost money.Fixed
	HasCost        bool
	ID             []byte
}

// accumulator adds up the rows of one series and slice. Sum, cost and rows are kept by every aggregation, because the
// control totals need them.
type accumulator struct {
	rows    int64
	sum     money.Fixed
	cost    money.Fixed
	hasCost bool
	first   int64 // earliest start
	last    int64 // latest end

	extreme  money.Fixed
	latestAt int64
	ids      map[string]struct{}
	points   []model.Point
	windows  map[int64]*accumulator
	how      schemas.Aggregation // of a window, for those who merge it
}

// add takes one row by an aggregation. It fails on overflow only.
func (a *accumulator) add(how schemas.Aggregation, r *Row) error {
	if a.rows == 0 || r.Start < a.first {
		a.first = r.Start
	}
	a.last = max(a.last, r.End)
	sum, ok := money.AddOK(a.sum, r.Quantity)
	if r.HasCost {
		cost, fits := money.AddOK(a.cost, r.Cost)
		a.cost, a.hasCost, ok = cost, true, ok && fits
	}
	if !ok {
		return fmt.Errorf("add %s to %s: %w", r.Quantity, a.sum, money.ErrOverflow)
	}
	a.sum = sum
	switch how {
	case schemas.AggregateMax:
		if a.rows == 0 || r.Quantity.Cmp(a.extreme) > 0 {
			a.extreme = r.Quantity
		}
	case schemas.AggregateMin:
		if a.rows == 0 || r.Quantity.Cmp(a.extreme) < 0 {
			a.extreme = r.Quantity
		}
	case schemas.AggregateLatest:
		// Rows come sorted, so of equal times the later row counts.
		if a.rows == 0 || r.Start >= a.latestAt {
			a.extreme, a.latestAt = r.Quantity, r.Start
		}
	case schemas.AggregateUnique:
		if _, seen := a.ids[string(r.ID)]; !seen {
			if a.ids == nil {
				a.ids = map[string]struct{}{}
			}
			a.ids[string(r.ID)] = struct{}{}
		}
	case schemas.AggregateTimeWeighted, schemas.AggregatePercentile, schemas.AggregateEvents:
		a.points = append(a.points, model.Point{At: r.Start, End: r.End, Value: r.Quantity, ID: string(r.ID)})
	case schemas.AggregateSum, schemas.AggregateCount, schemas.AggregateAverage:
	}
	a.rows++
	return nil
}

// merge takes all that b has; b is of the same aggregation and of later rows.
func (a *accumulator) merge(how schemas.Aggregation, b *accumulator) error {
	if b.rows == 0 {
		return nil
	}
	sum, ok := money.AddOK(a.sum, b.sum)
	cost, fits := money.AddOK(a.cost, b.cost)
	if !ok || !fits {
		return fmt.Errorf("add %s to %s: %w", b.sum, a.sum, money.ErrOverflow)
	}
	switch {
	case a.rows == 0:
		a.extreme, a.latestAt, a.first = b.extreme, b.latestAt, b.first
	case how == schemas.AggregateMax && b.extreme.Cmp(a.extreme) > 0,
		how == schemas.AggregateMin && b.extreme.Cmp(a.extreme) < 0,
		how == schemas.AggregateLatest && b.latestAt >= a.latestAt:
		a.extreme, a.latestAt = b.extreme, b.latestAt
	}
	a.sum, a.cost, a.hasCost, a.rows = sum, cost, a.hasCost || b.hasCost, a.rows+b.rows
	a.first, a.last = min(a.first, b.first), max(a.last, b.last)
	for id := range b.ids {
		if a.ids == nil {
			a.ids = map[string]struct{}{}
		}
		a.ids[id] = struct{}{}
	}
	a.points = append(a.points, b.points...)
	return a.mergeWindows(b)
}

// take is merge into an accumulator that shares what it has with others: it changes none of theirs.
func (a *accumulator) take(how schemas.Aggregation, b *accumulator) error {
	a.ids = maps.Clone(a.ids)
	if len(a.points) > 0 {
		a.points = slices.Clip(a.points)
		return a.merge(how, b)
	}
	c := *b // its points are shared, not copied: the next that are added go elsewhere
	c.points = nil
	if err := a.merge(how, &c); err != nil {
		return err
	}
	a.points = slices.Clip(b.points)
	return nil
}

// aggregate is the quantity of a meter: of its windows, where it has them, in order of time.
func (a *accumulator) aggregate(m *schemas.Meter, s span) money.Decimal {
	if m.Window == "" {
		return a.quantity(m, m.Aggregation, s)
	}
	starts := make([]int64, 0, len(a.windows))
	for start := range a.windows {
		starts = append(starts, start)
	}
	slices.Sort(starts)
	over := exactAccumulator{}
	for _, start := range starts {
		w := a.windows[start]
		over.add(w.quantity(m, m.WindowAggregation, span{start: start, end: w.last, whole: s.whole}))
	}
	return over.quantity(m)
}

// quantity is the result of an aggregation without windows.
func (a *accumulator) quantity(m *schemas.Meter, how schemas.Aggregation, span span) money.Decimal {
	switch how {
	case schemas.AggregateCount:
		return money.NewDecimal(a.rows, 0)
	case schemas.AggregateLatest:
		if a.rows == 0 && len(span.carried) > 0 {
			return span.carried[0].level.Decimal()
		}
		return a.extreme.Decimal()
	case schemas.AggregateMax, schemas.AggregateMin:
		return a.extreme.Decimal()
	case schemas.AggregateUnique:
		return money.NewDecimal(int64(len(a.ids)), 0)
	case schemas.AggregateAverage:
		return model.QuotientRound(a.sum.Decimal(), money.NewDecimal(a.rows, 0), model.WorkPlaces, money.HalfEven)
	case schemas.AggregatePercentile:
		return percentile(a.points, m.Percentile)
	case schemas.AggregateTimeWeighted:
		return timeWeighted(a.points, m, span)
	case schemas.AggregateSum, schemas.AggregateEvents:
	}
	return a.sum.Decimal()
}

// percentile is the value of nearest rank: the smallest sample such that p percent of all are at or below it.
func percentile(points []model.Point, p money.Decimal) money.Decimal {
	if len(points) == 0 {
		return money.Zero
	}
	values := make([]money.Fixed, len(points))
	for i := range points {
		values[i] = points[i].Value
	}
	slices.SortFunc(values, money.Fixed.Cmp)
	return values[rankOf(len(values), p)].Decimal()
}

// span is a stretch of time in microseconds, within a whole that a level per period is measured against.
type span struct {
	start, end int64
	whole      int64 // length of the billing period
	carried    []levelAt
}

// levelAt is the level of one resource, or of all with the empty identifier, at the start of a span.
type levelAt struct {
	id    string
	level money.Fixed
}

// timeWeighted is the integral of the level over the span, divided by the meter's unit of time.
func timeWeighted(points []model.Point, m *schemas.Meter, s span) money.Decimal {
	total := money.Zero
	for _, l := range levels(points, m, s.carried) {
		total = total.Add(integral(l, s))
	}
	per := money.NewDecimal(s.whole, 0)
	if m.PerTime != "" && m.PerTime != schemas.WindowPeriod {
		per = money.NewDecimal(windowLength(m.PerTime).Microseconds(), 0)
	}
	return model.QuotientRound(total, per, model.WorkPlaces, money.HalfEven)
}

// track is the history of one resource's level: changes in order of time.
type track struct {
	id      string
	level   money.Fixed
	changes []model.Point
}

// levels sorts changes into one track for each resource, or one for all where changes are deltas.
func levels(points []model.Point, m *schemas.Meter, carried []levelAt) []track {
	var tracks []track
	at := map[string]int{}
	find := func(id string) *track {
		i, ok := at[id]
		if !ok {
			i = len(tracks)
			at[id] = i
			tracks = append(tracks, track{id: id})
		}
		return &tracks[i]
	}
	for _, c := range carried {
		find(c.id).level = c.level
	}
	sorted := slices.Clone(points)
	slices.SortStableFunc(sorted, func(a, b model.Point) int { return cmp.Compare(a.At, b.At) })
	for _, p := range sorted {
		if m.Levels != schemas.LevelSet {
			p.ID = ""
		}
		tr := find(p.ID)
		tr.changes = append(tr.changes, p)
	}
	if m.Levels != schemas.LevelSet {
		for i := range tracks { // a delta becomes the level that it makes
			level := tracks[i].level
			for j := range tracks[i].changes {
				sum, err := level.Add(tracks[i].changes[j].Value)
				if err != nil {
					sum = level
				}
				level = sum
				tracks[i].changes[j].Value = level
			}
		}
	}
	return tracks
}

// integral is level × microseconds over the span.
func integral(tr track, s span) money.Decimal {
	total, at, level := money.Zero, s.start, tr.level
	for _, c := range tr.changes {
		until := min(max(c.At, s.start), s.end)
		total = total.Add(level.Decimal().Mul(money.NewDecimal(until-at, 0)))
		at, level = until, c.Value
	}
	return total.Add(level.Decimal().Mul(money.NewDecimal(s.end-at, 0)))
}

// windowLength is the length of a window of fixed length.
func windowLength(w schemas.Window) time.Duration {
	switch w {
	case schemas.WindowSecond:
		return time.Second
	case schemas.WindowMinute:
		return time.Minute
	case schemas.WindowDay:
		return 24 * time.Hour
	case schemas.WindowMonth: // the mean month, as prices per GB-month use it
		return 730 * time.Hour
	case schemas.WindowHour, schemas.WindowPeriod:
	}
	return time.Hour
}

// checkAggregation reports a meter whose way of adding up lacks something.
func checkAggregation(m *schemas.Meter) error {
	for _, how := range [2]schemas.Aggregation{m.Aggregation, m.WindowAggregation} {
		switch {
		case how != "" && !slices.Contains(how.Values(), string(how)):
			return fmt.Errorf("aggregation %q is none of %v", how, how.Values())
		case how == schemas.AggregateUnique && m.UniqueBy == "":
			return fmt.Errorf("the unique aggregation needs unique_by, such as ResourceId")
		case how == schemas.AggregatePercentile && (!m.Percentile.IsPositive() || m.Percentile.GreaterThan(money.NewDecimal(100, 0))):
			return fmt.Errorf("percentile %s is not above 0 and at most 100", m.Percentile)
		}
	}
	if m.Window != "" && (m.Window == schemas.WindowPeriod || m.WindowAggregation == "") {
		return fmt.Errorf("a window needs window_aggregation, and a length below the period")
	}
	return nil
}
