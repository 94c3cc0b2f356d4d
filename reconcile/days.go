package reconcile

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"daybook/reconcile/tally"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Days sums charges by the days that they are for, and has what meters counted on each day; money is in the provider's currency. Partial sums of shards merge
// in any order to the same totals. It is not safe for concurrent use.
type Days struct {
	Calendar
	regions *regions
	sums    map[stretchKey]*daySums
	metered map[schemas.MeterID][]money.Fixed
}

// stretchKey is what charges are for: days of the period, of a meter where they grow with what it counts.
type stretchKey struct {
	Offering schemas.OfferingID
	Region   string
	Segment  string
	Peer     schemas.PeerID
	Meter    schemas.MeterID
	stretch
}

func (k *stretchKey) place() placeOf { return placeOf{k.Offering, k.Region, k.Segment, k.Peer} }

// daySums are what charges come to, and what peers charge us for what they sell.
type daySums struct{ Amount, Cost money.Fixed }

type stretchLine struct {
	stretchKey
	daySums
}

// meteredLine is what a meter took on each day of the period.
type meteredLine struct {
	meter schemas.MeterID
	byDay []money.Fixed
}

// newDays returns empty sums, by the regions of what is compared with the plan.
func newDays(k Calendar, r *regions) *Days {
	k.first, k.last = k.Period.Days()
	d := &Days{Calendar: k, regions: r, sums: map[stretchKey]*daySums{}, metered: map[schemas.MeterID][]money.Fixed{}}
	r.fold = append(r.fold, d.fold)
	return d
}

// fold adds what was summed of regions that gave way to the others.
func (d *Days) fold() error {
	return foldSums(d.regions, d.sums, func(k stretchKey) placeOf { return placeOf{offering: k.Offering, region: k.Region} }, func(k stretchKey, region string, s *daySums) error {
		k.Region = region
		return d.add(&stretchLine{k, *s})
	})
}

// Add counts a charge that earns revenue. The error is an amount that no dataset could hold, or a sum that overflows.
func (d *Days) Add(c *schemas.Charge) error {
	if !c.EarnsRevenue() {
		return nil
	}
	if !c.Value.Known { // left out, as in the comparison
		return nil
	}
	amount, err := money.FixedFromDecimal(c.Value.Amount)
	if err != nil {
		return fmt.Errorf("sum charge %s: value %s: %w", c.ID, c.Value.Amount, err)
	}
	cost := money.Fixed{}
	if c.HasCost {
		if cost, err = money.FixedFromDecimal(c.Value.Cost); err != nil {
			return fmt.Errorf("sum charge %s: value of its cost %s: %w", c.ID, c.Value.Cost, err)
		}
	}
	at, err := d.regions.at(c)
	if err != nil {
		return fmt.Errorf("sum charge %s: %w", c.ID, err)
	}
	k := stretchKey{Offering: at.offering, Region: at.region, Segment: at.segment, Peer: at.peer, stretch: d.stretchOf(c)}
	if k.Due == dueAsUsed {
		k.Meter = c.Meter
	}
	return d.add(&stretchLine{k, daySums{amount, cost}})
}

func (d *Days) add(l *stretchLine) error {
	s := d.sums[l.stretchKey]
	if s == nil {
		s = new(daySums)
		d.sums[l.stretchKey] = s
	}
	return tally.AddAll("revenue", string(l.Offering), []*money.Fixed{&s.Amount, &s.Cost}, []money.Fixed{l.Amount, l.Cost})
}

// AddMetered counts what a meter took on each day of the period, from its first on. The error is a sum that overflows.
func (d *Days) AddMetered(m schemas.MeterID, byDay []money.Fixed) error {
	sums := d.metered[m]
	if sums == nil {
		sums = make([]money.Fixed, d.last.Sub(d.first)+1)
		d.metered[m] = sums
	}
	if len(byDay) > len(sums) {
		return fmt.Errorf("meter %s has %d days of a period of %d", m, len(byDay), len(sums))
	}
	for i := range byDay {
		sum, ok := money.AddOK(sums[i], byDay[i])
		if !ok {
			return fmt.Errorf("sum what meter %s took on %s: %w", m, d.first.AddDays(i), money.ErrOverflow)
		}
		sums[i] = sum
	}
	return nil
}

// Revenue is the sum of all charges that are spread over days. The error is one that overflows.
func (d *Days) Revenue() (sum money.Fixed, err error) {
	for _, l := range d.rows() {
		if sum, err = sum.Add(l.Amount); err != nil {
			return sum, fmt.Errorf("sum revenue by day: %w", err)
		}
	}
	return sum, nil
}

// rows returns the sums in order, those of the same days of a meter together.
func (d *Days) rows() []stretchLine {
	out := make([]stretchLine, 0, len(d.sums))
	for k, s := range d.sums {
		out = append(out, stretchLine{k, *s})
	}
	slices.SortFunc(out, func(a, b stretchLine) int {
		return cmp.Or(cmp.Compare(a.Meter, b.Meter), a.compare(&b.stretch),
			comparePlaces(a.place(), b.place()))
	})
	return out
}

func (d *Days) exchange(p *tally.Pack) {
	var stretches []stretchLine
	var meters []meteredLine
	if !p.Reads() {
		stretches = d.rows()
		for _, m := range slices.Sorted(maps.Keys(d.metered)) {
			meters = append(meters, meteredLine{m, d.metered[m]})
		}
	}
	tally.Exchange(p, stretches, (*stretchLine).fields, func(l *stretchLine) (err error) {
		if l.Region, err = d.regions.of(l.Offering, l.Region); err != nil {
			return err
		}
		return d.add(l)
	})
	tally.Exchange(p, meters, (*meteredLine).fields, func(l *meteredLine) error { return d.AddMetered(l.meter, l.byDay) })
}

func (l *stretchLine) fields(p *tally.Pack) {
	tally.Text(p, &l.Offering)
	tally.Text(p, &l.Region)
	tally.Text(p, &l.Segment)
	tally.Text(p, &l.Peer)
	tally.Text(p, &l.Meter)
	l.stretch.fields(p)
	p.Number(&l.Amount)
	p.Number(&l.Cost)
}

func (l *meteredLine) fields(p *tally.Pack) {
	tally.Text(p, &l.meter)
	if n := p.Length(len(l.byDay)); p.Reads() {
		l.byDay = slices.Grow(l.byDay[:0], n)[:n]
	}
	for i := range l.byDay {
		p.Number(&l.byDay[i])
	}
}

// ByDay leads the revenue and the cost of each offering, region, segment and peer from the first day of the period to its actual through
// Through, which variances, of Compare, have. What is used is spread over its days as its meter counted on them in all; over all of them
// evenly where it counted nothing. What is charged for days is spread over these evenly, as far as they are over. Each sum to
// date is rounded once, and what that leaves is the last day's.
func (c *Comparison) ByDay(d *Days, variances []schemas.Variance) ([]schemas.DayRow, error) {
	places, err := c.places()
	if err != nil {
		return nil, err
	}
	cells, rows := map[placeOf]*dayCell{}, NewRows(variances)
	for i := range variances {
		v := &variances[i]
		x := cells[placeFor(v)]
		if x == nil {
			n := d.until(c.Through) + 1
			x = &dayCell{accrual: v.Accrual, revenue: make([]money.Decimal, n), cost: make([]money.Decimal, n)}
			cells[placeFor(v)] = x
		}
		if v.Measure == schemas.Cost {
			x.costs = v.Actual
		}
	}
	var at weighed
	var gone []money.Decimal
	for _, l := range d.rows() {
		place, there := rows.find(l.place())
		if !there {
			return nil, fmt.Errorf("revenue of %s by day is in no variance", place)
		}
		x := cells[place]
		last := min(l.through(c.Through).Sub(d.first), len(x.revenue)-1)
		next, ok := d.weigh(&l, x.accrual, last)
		if !ok {
			continue // of days to come
		}
		if gone == nil || next != at { // rows of the same days of a meter follow each other
			at, gone = next, d.gone(next)
		}
		for _, to := range [...]struct {
			amount money.Fixed
			byDay  []money.Decimal
		}{{l.Amount, x.revenue}, {l.Cost, x.cost}} {
			if err := spread(&l, to.amount.Decimal(), gone, to.byDay[at.from:last+1]); err != nil {
				return nil, err
			}
		}
	}
	elapsed := map[schemas.Accrual][]money.Ratio{}
	var out []schemas.DayRow
	for i := range variances {
		v := &variances[i]
		if v.Measure != schemas.Revenue {
			continue
		}
		if elapsed[v.Accrual] == nil {
			if elapsed[v.Accrual], err = c.elapsedByDay(d, v.Accrual); err != nil {
				return nil, err
			}
		}
		rows, err := c.daysOf(d, v, cells[placeFor(v)], elapsed[v.Accrual], places)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}

// dayCell is one offering in one region, to one segment, its revenue and cost of each day so far, and all of its costs.
type dayCell struct {
	accrual       schemas.Accrual
	revenue, cost []money.Decimal
	costs         money.Decimal
}

// weighed are days by their positions in the period, the last included, and the meter whose counts weigh them, if any does.
type weighed struct {
	meter    schemas.MeterID
	from, to int
}

// weigh finds the days that a sum is spread over, through is the last; false where none of them has come.
func (d *Days) weigh(l *stretchLine, a schemas.Accrual, through int) (weighed, bool) {
	w := weighed{l.Meter, l.From.Sub(d.first), l.To.Sub(d.first)}
	switch {
	case l.Due == dueAsUsed: // there is none of days to come
		w.from, w.to = min(w.from, through), min(w.to, through)
	case l.Due == dueByDay && a == schemas.AccrueUpfront:
		w.to = w.from
	}
	return w, w.from <= through
}

// until is the position of the last day that the actuals hold.
func (d *Days) until(through schemas.Date) int {
	return within(through, d.first, d.last).Sub(d.first)
}

func (c *Comparison) elapsedByDay(d *Days, a schemas.Accrual) ([]money.Ratio, error) {
	out := make([]money.Ratio, d.until(c.Through)+1)
	for i := range out {
		var err error
		if out[i], err = Elapsed(&c.Plan.Policy, a, c.Period, d.first.AddDays(i)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// spread adds a sum of charges to the days that it is for, of whose weights so much is gone at the end of each.
func spread(l *stretchLine, amount money.Decimal, gone, byDay []money.Decimal) error {
	whole, before := gone[len(gone)-1], money.Zero
	for i := range min(len(gone), len(byDay)) {
		at, err := money.MulDivRound(amount, gone[i], whole, money.Scale, money.HalfEven)
		if err != nil {
			return fmt.Errorf("revenue of %s by day: %w", l.Offering, err)
		}
		byDay[i] = byDay[i].Add(at.Sub(before))
		before = at
	}
	return nil
}

// gone adds up, to the end of each of the days, what the meter took on them, or one for each where it took nothing, or less
// than nothing, or does not add up.
func (d *Days) gone(days weighed) []money.Decimal {
	out := make([]money.Decimal, days.to-days.from+1)
	sum, negative := money.Zero, false
	if sums := d.metered[days.meter]; sums != nil {
		for i := range out {
			sum, negative = sum.Add(sums[days.from+i].Decimal()), negative || sums[days.from+i].Sign() < 0
			out[i] = sum
		}
	}
	if sum.IsPositive() && !negative {
		return out
	}
	for i := range out {
		out[i] = money.NewDecimal(int64(i+1), 0)
	}
	return out
}

// daysOf are the rows of one variance.
func (c *Comparison) daysOf(d *Days, v *schemas.Variance, x *dayCell, elapsed []money.Ratio, places int32) ([]schemas.DayRow, error) {
	out := make([]schemas.DayRow, len(x.revenue))
	sum, before, costs := money.Zero, money.Zero, money.Zero
	for i := range out {
		sum, costs = sum.Add(x.revenue[i]), costs.Add(x.cost[i])
		toDate, costToDate := money.RoundTo(sum, places, money.HalfEven), money.RoundTo(costs, places, money.HalfEven)
		if i == len(out)-1 {
			toDate, costToDate = v.Actual, x.costs
		}
		expected := money.Zero
		if due := min(i, v.Through.Sub(d.first)); due >= 0 { // of days without data nothing is expected
			var err error
			if expected, err = elapsed[due].Apply(v.Plan, places, money.HalfEven); err != nil {
				return nil, fmt.Errorf("plan of %s by day: %w", v.Offering, err)
			}
		}
		out[i] = schemas.DayRow{
			Variance: v.ID, Period: v.Period, Offering: v.Offering, Region: v.Region, Segment: v.Segment, Peer: v.Peer, Day: d.first.AddDays(i),
			Revenue: toDate.Sub(before), ToDate: toDate, Cost: &costToDate, Expected: expected, Currency: c.Currency,
		}
		before = toDate
	}
	return out, nil
}
