package reconcile

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"daybook/schemas"
	"daybook/schemas/money"
)

// Days sums charges by the days that they are for, and has what meters counted on each day. Partial sums of shards merge
// in any order to the same totals. It is not safe for concurrent use.
type Days struct {
	zone        *time.Location
	first, last schemas.Date
	sums        map[stretchKey]*money.Fixed
	metered     map[schemas.MeterID][]money.Fixed
}

// stretchKey is what charges are for: days of the period from From to To, of a meter where they grow with what it counts.
type stretchKey struct {
	Offering schemas.OfferingID `json:"offering"`
	Region   string             `json:"region"`
	Currency money.Currency     `json:"currency"`
	Meter    schemas.MeterID    `json:"meter"`
	From     schemas.Date       `json:"from"`
	To       schemas.Date       `json:"to"`
}

type stretchLine struct {
	stretchKey
	Amount money.Fixed `json:"amount"`
}

// NewDays returns empty sums of a period, whose days begin in zone.
func NewDays(p schemas.Period, zone *time.Location) *Days {
	first, last := days(p)
	return &Days{zone: zone, first: first, last: last, sums: map[stretchKey]*money.Fixed{}, metered: map[schemas.MeterID][]money.Fixed{}}
}

// Add counts a charge of any category but Tax. What is recurring or charged once counts on its first day, as in the
// comparison with the plan. The error is an amount that no dataset could hold, or a sum that overflows.
func (d *Days) Add(c *schemas.Charge) error {
	if c.Category == categoryTax {
		return nil
	}
	amount, err := money.FixedFromDecimal(c.Amount)
	if err != nil {
		return fmt.Errorf("sum charge %s: amount %s: %w", c.ID, c.Amount, err)
	}
	k := stretchKey{Offering: c.Offering, Region: c.Region, Currency: c.Currency, From: schemas.DateOf(c.Start, d.zone)}
	k.To = k.From
	if c.Frequency == "Usage-Based" {
		k.Meter, k.To = c.Meter, schemas.DateOf(c.End.Add(-time.Microsecond), d.zone)
	}
	k.From = d.within(k.From, d.first, d.last)
	k.To = d.within(k.To, k.From, d.last)
	return d.add(&stretchLine{k, amount})
}

func (d *Days) within(day, first, last schemas.Date) schemas.Date {
	if day.Before(first) {
		return first
	}
	if day.After(last) {
		return last
	}
	return day
}

func (d *Days) add(l *stretchLine) error {
	s := d.sums[l.stretchKey]
	if s == nil {
		s = new(money.Fixed)
		d.sums[l.stretchKey] = s
	}
	return addAll("revenue of "+string(l.Offering), []*money.Fixed{s}, []money.Fixed{l.Amount})
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
		if err := addAll("days of meter "+string(m), []*money.Fixed{&sums[i]}, byDay[i:i+1]); err != nil {
			return err
		}
	}
	return nil
}

func (d *Days) rows() []stretchLine {
	out := make([]stretchLine, 0, len(d.sums))
	for k, s := range d.sums {
		out = append(out, stretchLine{k, *s})
	}
	slices.SortFunc(out, func(a, b stretchLine) int {
		return cmp.Or(cmp.Compare(a.Offering, b.Offering), cmp.Compare(a.Region, b.Region), cmp.Compare(a.Currency, b.Currency),
			cmp.Compare(a.Meter, b.Meter), a.From.Compare(b.From), a.To.Compare(b.To))
	})
	return out
}

type daysJSON struct {
	Charges []stretchLine                     `json:"charges"`
	Metered map[schemas.MeterID][]money.Fixed `json:"metered"`
}

// MarshalJSON writes the sums in order, so that equal sums are equal bytes.
func (d *Days) MarshalJSON() ([]byte, error) { return json.Marshal(daysJSON{d.rows(), d.metered}) }

// UnmarshalJSON adds the sums of what MarshalJSON wrote, of the same period, to those already there.
func (d *Days) UnmarshalJSON(data []byte) error {
	var in daysJSON
	if err := json.Unmarshal(data, &in); err != nil {
		return fmt.Errorf("read sums of days: %w", err)
	}
	for i := range in.Charges {
		if err := d.add(&in.Charges[i]); err != nil {
			return err
		}
	}
	for _, m := range slices.Sorted(maps.Keys(in.Metered)) {
		if err := d.AddMetered(m, in.Metered[m]); err != nil {
			return err
		}
	}
	return nil
}

// ByDay leads each offering's and region's revenue from the first day of the period to its actual through Through, which
// variances, of Compare, have. What is used is spread over its days as its meter counted on them in all; over all of them
// evenly where a meter does not add rows up. Each sum to date is rounded once, and what that leaves is the last day's.
func (c *Comparison) ByDay(d *Days, variances []schemas.Variance) ([]schemas.DayRow, error) {
	places, err := c.places()
	if err != nil {
		return nil, err
	}
	cells := map[[2]string][]money.Decimal{}
	for i := range variances {
		if v := &variances[i]; v.Measure == schemas.Revenue {
			cells[[2]string{string(v.Offering), v.Region}] = make([]money.Decimal, d.until(c.Through)+1)
		}
	}
	for _, l := range d.rows() {
		byDay := cells[[2]string{string(l.Offering), l.Region}]
		if byDay == nil {
			byDay = cells[[2]string{string(l.Offering), ""}]
		}
		if byDay == nil {
			return nil, fmt.Errorf("revenue of %s in region %q by day is in no variance", l.Offering, l.Region)
		}
		if err := c.spread(d, &l, byDay); err != nil {
			return nil, err
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
		rows, err := c.daysOf(d, v, cells[[2]string{string(v.Offering), v.Region}], elapsed[v.Accrual], places)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}

// until is the position of the last day that the actuals hold.
func (d *Days) until(through schemas.Date) int {
	return d.within(through, d.first, d.last).Sub(d.first)
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

// spread adds a sum of charges, in the common currency, to the days that it is for. What has no exchange rate is left
// out, as in the comparison.
func (c *Comparison) spread(d *Days, l *stretchLine, byDay []money.Decimal) error {
	day := schemas.Date{}
	if c.Actuals != nil && c.Actuals.ByDay != nil {
		day = l.From
	}
	rate, ok := c.rate(l.Currency, day)
	if !ok {
		return nil
	}
	amount, err := money.MulDivRound(l.Amount.Decimal(), rate.Num, rate.Den, money.Scale, money.HalfEven)
	if err != nil {
		return fmt.Errorf("revenue of %s by day, in %s: %w", l.Offering, c.Currency, err)
	}
	last := len(byDay) - 1
	from, to := min(l.From.Sub(d.first), last), min(l.To.Sub(d.first), last)
	weights, whole := d.weights(l.Meter, from, to)
	before, gone := money.Zero, money.Zero
	for i, w := range weights {
		gone = gone.Add(w)
		at, err := money.MulDivRound(amount, gone, whole, money.Scale, money.HalfEven)
		if err != nil {
			return fmt.Errorf("revenue of %s by day: %w", l.Offering, err)
		}
		byDay[from+i] = byDay[from+i].Add(at.Sub(before))
		before = at
	}
	return nil
}

// weights are what the days from one to another count: what the meter took on them, or one each where it took nothing, or
// less than nothing, or does not add up.
func (d *Days) weights(m schemas.MeterID, from, to int) (weights []money.Decimal, whole money.Decimal) {
	weights, whole = make([]money.Decimal, to-from+1), money.Zero
	negative := false
	if sums := d.metered[m]; sums != nil {
		for i := range weights {
			weights[i] = sums[from+i].Decimal()
			whole, negative = whole.Add(weights[i]), negative || weights[i].IsNegative()
		}
	}
	if whole.IsPositive() && !negative {
		return weights, whole
	}
	for i := range weights {
		weights[i] = money.One
	}
	return weights, money.NewDecimal(int64(len(weights)), 0)
}

// daysOf are the rows of one variance.
func (c *Comparison) daysOf(d *Days, v *schemas.Variance, byDay []money.Decimal, elapsed []money.Ratio, places int32) ([]schemas.DayRow, error) {
	out := make([]schemas.DayRow, len(byDay))
	sum, before := money.Zero, money.Zero
	for i := range out {
		sum = sum.Add(byDay[i])
		toDate := money.RoundTo(sum, places, money.HalfEven)
		if i == len(out)-1 {
			toDate = v.Actual
		}
		expected, err := elapsed[i].Apply(v.Plan, places, money.HalfEven)
		if err != nil {
			return nil, fmt.Errorf("plan of %s by day: %w", v.Offering, err)
		}
		out[i] = schemas.DayRow{
			Variance: v.ID, Period: v.Period, Offering: v.Offering, Region: v.Region, Day: d.first.AddDays(i),
			Revenue: toDate.Sub(before), ToDate: toDate, Expected: expected, Currency: c.Currency,
		}
		before = toDate
	}
	return out, nil
}
