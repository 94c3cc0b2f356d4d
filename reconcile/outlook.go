package reconcile

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"daybook/reconcile/forecast"
	"daybook/reconcile/sheet"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/planned"
)

// Outlook is what the month at hand and its business year have come to, and what they come to. Amounts are in the provider's
// currency, Currency, and rounded to Places.
type Outlook struct {
	Period   schemas.Period
	Currency money.Currency
	Places   int32
	Policy   *schemas.PlanPolicy
	// Open says that the month goes on; Through is the last day with data.
	Open    bool
	Through schemas.Date
	// Provisional says that deliveries are missing.
	Provisional bool
	// Now are the variances of the month. Earlier are the months of the year before it that have a run, oldest first, and Lacking
	// those that have none; Ahead are the plans of the months after it.
	Now     []schemas.Variance
	Earlier []PastMonth
	Lacking []schemas.Period
	Ahead   [][]schemas.Variance
	// Backtest is what the run rate of each measure was on this day of earlier months that are whole, and what they came to.
	Backtest []Backtest
}

// PastMonth is what the run of an earlier month has.
type PastMonth struct {
	Period schemas.Period
	Rows   []schemas.Variance
	// Whole is false where the run is provisional, or was made before the month's end.
	Whole bool
}

// leastPast is how many earlier months tell how far a forecast may lie off.
const leastPast = 3

// Forecasts returns the month at hand, of one that goes on, and the business year: for every offering, region, segment and peer, and in all, revenue,
// cost and margin to date, and what they come to. The month comes to its run rate, or to its actual where it is over; the year to the
// months before, that, and for each month to come the same with the steps that are known. Findings are what misses its plan by more
// than the materiality, once the month at hand by itself does not say so. The error is arithmetic that no decimal holds.
func (o *Outlook) Forecasts() ([]planned.Forecast, []schemas.Finding, error) {
	places := o.places()
	var out []planned.Forecast
	var found []schemas.Finding
	for _, h := range []planned.Horizon{planned.Month, planned.Year} {
		if h == planned.Month && !o.Open {
			continue
		}
		var rows []planned.Forecast
		for _, p := range places {
			three, err := o.at(h, p)
			if err != nil {
				return nil, nil, err
			}
			if f, ok := o.atRisk(three, h); ok {
				found = append(found, f)
			}
			rows = append(rows, three...)
		}
		totals, err := o.totals(h, rows)
		if err != nil {
			return nil, nil, err
		}
		out = append(append(out, totals...), rows...)
	}
	return out, found, nil
}

var moneyMeasures = []schemas.Measure{schemas.Revenue, schemas.Cost, schemas.Margin}

// places are all that the month, an earlier or a coming one, or a step has.
func (o *Outlook) places() []placeOf {
	set := map[placeOf]bool{}
	add := func(rows []schemas.Variance) {
		for i := range rows {
			set[placeFor(&rows[i])] = true
		}
	}
	add(o.Now)
	for _, m := range o.Earlier {
		add(m.Rows)
	}
	for _, rows := range o.Ahead {
		add(rows)
	}
	for _, s := range o.Policy.ForecastSteps {
		set[placeOf{s.Offering, s.Region, s.Segment, s.Peer}] = true
	}
	return slices.SortedFunc(maps.Keys(set), comparePlaces)
}

// rowOf finds a measure of a place; nil where there is none.
func rowOf(rows []schemas.Variance, p placeOf, m schemas.Measure) *schemas.Variance {
	for i := range rows {
		if v := &rows[i]; v.Measure == m && placeFor(v) == p {
			return v
		}
	}
	return nil
}

// at is a place's revenue, cost and margin.
func (o *Outlook) at(h planned.Horizon, p placeOf) ([]planned.Forecast, error) {
	var out []planned.Forecast
	for _, m := range moneyMeasures {
		f := o.begin(h, p.id(string(o.Period), string(h)), m)
		f.Offering, f.Region, f.Segment, f.Peer = p.offering, p.region, p.segment, p.peer
		s := &sheet.Sheet{}
		v := rowOf(o.Now, p, m)
		var month *money.Decimal
		if v == nil {
			month = &money.Decimal{}
			f.Through, f.Method = o.Through, "nothing yet"
		} else {
			f.Plan, f.Actual, f.Expected, f.Through = v.Plan, v.Actual, v.Expected, v.Through
			month, f.Method = o.month(v)
		}
		if month != nil {
			s.Given("the month", "forecast", *month)
		} else {
			f.Why = "there is no data yet of what is used"
		}
		if h == planned.Year {
			if err := o.year(&f, s, p, month); err != nil {
				return nil, err
			}
		} else if f.Forecast = month; month != nil {
			if err := o.within(&f, []placeOf{p}); err != nil {
				return nil, err
			}
		}
		o.finish(&f, s)
		out = append(out, f)
	}
	return out, nil
}

func (o *Outlook) begin(h planned.Horizon, id string, m schemas.Measure) planned.Forecast {
	f := planned.Forecast{
		ID: id + "/" + string(m), Period: o.Period, Horizon: h, Measure: m, Unit: string(o.Currency), Months: 1, Complete: !o.Provisional,
	}
	if h == planned.Year {
		f.Months += int64(len(o.Earlier))
		lacking := make([]string, len(o.Lacking))
		for i, p := range o.Lacking {
			lacking[i] = string(p)
		}
		f.Lacking = strings.Join(lacking, " ")
		f.Complete = f.Complete && len(lacking) == 0 && !slices.ContainsFunc(o.Earlier, func(m PastMonth) bool { return !m.Whole })
	}
	return f
}

// month is what the month at hand comes to, and by which method; nil where nothing tells.
func (o *Outlook) month(v *schemas.Variance) (*money.Decimal, string) {
	if !o.Open {
		actual := v.Actual
		return &actual, "actual of the month"
	}
	method := "run rate, " + string(v.Accrual)
	if v.Accrual == schemas.AccrueProfile {
		method = "run rate, by the weekdays of the profile"
	}
	return v.RunRate, method
}

// year adds the months before and to come to the month at hand.
func (o *Outlook) year(f *planned.Forecast, s *sheet.Sheet, p placeOf, month *money.Decimal) error {
	before := money.Zero
	for _, m := range o.Earlier {
		if v := rowOf(m.Rows, p, f.Measure); v != nil {
			s.Given(string(m.Period), "actual", v.Actual)
			before = before.Add(v.Actual)
			f.Plan, f.Expected = f.Plan.Add(v.Plan), f.Expected.Add(v.Expected)
		}
	}
	f.Actual = f.Actual.Add(before)
	for _, rows := range o.Ahead {
		if v := rowOf(rows, p, f.Measure); v != nil {
			f.Plan = f.Plan.Add(v.Plan)
		}
	}
	f.Why = cmp.Or(f.Why, "no earlier year tells how far it may lie off")
	if month == nil {
		return nil
	}
	sum := s.Add("months so far", sheet.Named("earlier months", before), sheet.Named("the month", *month))
	if n := len(o.Ahead); n > 0 {
		series := forecast.Forecast{Base: *month, Of: o.Period, Steps: o.steps(p, f.Measure, s)}
		last := o.Period
		for range n {
			last = last.Next()
		}
		rest, err := series.Sum(o.Period.Next(), last, o.Places)
		if err != nil {
			return err
		}
		f.Method += "; months to come as it"
		if len(series.Steps) > 0 {
			f.Method += ", with dated steps"
		}
		s.Given(fmt.Sprintf("%d months to come, each as the month and its steps", n), "rest of the year", rest)
		sum = s.Add("year", sheet.Named("months so far", sum), sheet.Named("rest of the year", rest))
	}
	f.Forecast = &sum
	return s.Err
}

// steps are those of a place after the month at hand, each as it counts for a measure, and are recorded with their reasons.
func (o *Outlook) steps(p placeOf, m schemas.Measure, s *sheet.Sheet) (out []forecast.Step) {
	for _, x := range o.Policy.ForecastSteps {
		amount := map[schemas.Measure]money.Decimal{schemas.Revenue: x.Revenue, schemas.Cost: x.Cost, schemas.Margin: x.Revenue.Sub(x.Cost)}[m]
		if (placeOf{x.Offering, x.Region, x.Segment, x.Peer}) == p && x.From > o.Period && !amount.IsZero() {
			s.Given("each month from "+string(x.From)+" on: "+x.Reason, "more", amount)
			out = append(out, forecast.Step{From: x.From, Amount: amount})
		}
	}
	return out
}

// within gives the month's forecast its range, by how the same day's run rates of earlier months turned out: of those in which there was
// more than nothing on that day.
func (o *Outlook) within(f *planned.Forecast, of []placeOf) error {
	var past []forecast.Past
	for _, b := range o.Backtest {
		var sum forecast.Past
		for _, p := range of {
			x := b.at[measureAt{p, f.Measure}]
			sum.Forecast, sum.Actual = sum.Forecast.Add(x.Forecast), sum.Actual.Add(x.Actual)
		}
		if sum.Forecast.IsPositive() && (b.costs || f.Measure == schemas.Revenue) {
			past = append(past, sum)
		}
	}
	if len(past) < leastPast {
		f.Why = fmt.Sprintf("insufficient history: %d earlier %s where %d tell how far it may lie off", len(past), schemas.OneOrMany(len(past), "month", "months"), leastPast)
		return nil
	}
	low, high, err := forecast.Range(*f.Forecast, past, o.Places)
	if errors.Is(err, forecast.ErrNoPast) {
		return nil
	}
	if err == nil {
		f.Low, f.High = &low, &high
	}
	return err
}

// finish computes the variance to date and the difference from the plan.
func (o *Outlook) finish(f *planned.Forecast, s *sheet.Sheet) {
	f.Variance = s.Subtract("variance to date", sheet.Named("actual", f.Actual), sheet.Named("expected", f.Expected))
	if f.Forecast != nil {
		d := s.Subtract("forecast beside plan", sheet.Named("forecast", *f.Forecast), sheet.Named("plan", f.Plan))
		f.Difference = &d
		f.Favourable = d.IsPositive()
		if f.Measure == schemas.Cost {
			f.Favourable = d.IsNegative()
		}
		f.Material = o.Policy.Materiality.Beyond(d, f.Plan)
	}
	f.Steps = s.Steps
}

// totals add the rows of each measure up. Where one has no forecast, there is none in all.
func (o *Outlook) totals(h planned.Horizon, rows []planned.Forecast) ([]planned.Forecast, error) {
	var out []planned.Forecast
	for _, m := range moneyMeasures {
		f := o.begin(h, schemas.JoinID(string(o.Period), string(h), "total"), m)
		f.Method, f.Through = planned.SumOfLines, o.Through
		s := &sheet.Sheet{}
		sum, known := money.Zero, true
		var parts []sheet.Amount
		var places []placeOf
		for i := range rows {
			r := &rows[i]
			if r.Measure != m {
				continue
			}
			f.Plan, f.Actual, f.Expected = f.Plan.Add(r.Plan), f.Actual.Add(r.Actual), f.Expected.Add(r.Expected)
			places = append(places, placeOf{r.Offering, r.Region, r.Segment, r.Peer})
			if r.Forecast == nil {
				known = false
				continue
			}
			sum = sum.Add(*r.Forecast)
			parts = append(parts, sheet.Named(r.ID, *r.Forecast))
		}
		switch {
		case !known:
			f.Why = "there is no data yet of what is used of some lines"
		case h == planned.Year:
			f.Why = "no earlier year tells how far it may lie off"
		}
		if known {
			s.Add("forecast of all lines", parts...)
			f.Forecast = &sum
			if h == planned.Month {
				if err := o.within(&f, places); err != nil {
					return nil, err
				}
			}
		}
		o.finish(&f, s)
		out = append(out, f)
	}
	return out, nil
}

// atRisk finds the gravest measure of a place that will miss its plan.
func (o *Outlook) atRisk(rows []planned.Forecast, h planned.Horizon) (schemas.Finding, bool) {
	var worst *planned.Forecast
	for i := range rows {
		f := &rows[i]
		now := rowOf(o.Now, placeOf{f.Offering, f.Region, f.Segment, f.Peer}, f.Measure)
		if f.Difference == nil || f.Favourable || !f.Material || h == planned.Month && now != nil && now.Material {
			continue
		}
		if worst == nil || f.Difference.Abs().GreaterThan(worst.Difference.Abs()) {
			worst = f
		}
	}
	if worst == nil {
		return schemas.Finding{}, false
	}
	place := placeOf{worst.Offering, worst.Region, worst.Segment, worst.Peer}
	return schemas.Remark(schemas.CodePlanAtRisk, worst.ID, fmt.Sprintf(
		"%s of %s comes to %s %s in the %s, where %s is planned (%s, data through %s); decide what to do before its end, or revise the plan by a version",
		worst.Measure, place, worst.Forecast, worst.Unit, h, worst.Plan, worst.Method, worst.Through), *worst.Difference, o.Currency), true
}

// Backtest is what the run rate of each place's revenue, cost and margin was on a day of an earlier month, and what the month came to.
type Backtest struct {
	at map[measureAt]forecast.Past
	// costs is false of a month whose run did not write them by day.
	costs bool
}

type measureAt struct {
	placeOf
	measure schemas.Measure
}

// NewBacktest takes the days and the variances of an earlier month that is whole, and the day of the month at hand. The error is that
// of a policy by which the month has no weight.
func NewBacktest(p *schemas.PlanPolicy, period schemas.Period, day int, days []schemas.DayRow, rows []schemas.Variance, places int32) (Backtest, error) {
	first, last := period.Days()
	through := first.AddDays(min(day, last.Day()) - 1)
	out := Backtest{at: map[measureAt]forecast.Past{}, costs: true}
	soFar := map[measureAt]money.Decimal{}
	for i := range days {
		d := &days[i]
		cost := money.Zero
		if out.costs = out.costs && d.Cost != nil; d.Cost != nil {
			cost = *d.Cost
		}
		for m, toDate := range map[schemas.Measure]money.Decimal{schemas.Revenue: d.ToDate, schemas.Cost: cost, schemas.Margin: d.ToDate.Sub(cost)} {
			at := measureAt{placeOf{d.Offering, d.Region, d.Segment, d.Peer}, m}
			if !d.Day.After(through) {
				soFar[at] = toDate
			}
			past := out.at[at]
			past.Actual = toDate // in the order of days
			out.at[at] = past
		}
	}
	for at, past := range out.at {
		v := rowOf(rows, at.placeOf, at.measure)
		if v == nil {
			continue
		}
		elapsed, err := Elapsed(p, v.Accrual, period, through)
		if err != nil {
			return out, err
		}
		if !elapsed.Num.IsPositive() {
			continue
		}
		if past.Forecast, err = money.MulDivRound(soFar[at], elapsed.Den, elapsed.Num, places, money.HalfEven); err != nil {
			return out, err
		}
		out.at[at] = past
	}
	return out, nil
}
