package compare

import (
	"context"
	"fmt"

	"daybook/pipeline/dataset"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/reconcile"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/planned"
)

// forecasts writes the month and the business year to date with what they come to, where the policy of the plan says when the year
// begins.
func forecasts(ctx context.Context, in *run.Inputs, res *run.Result) ([]planned.Forecast, []schemas.Finding, error) {
	plan := in.Book().PlanAsOf(in.AsOf())
	if plan.Policy.YearFrom == 0 {
		return nil, nil, nil
	}
	totals, err := in.Results(ctx, "reconcile/total")
	if err != nil {
		return nil, nil, err
	}
	left, err := run.Left[Compared](totals[0])
	if err != nil {
		return nil, nil, err
	}
	o := reconcile.Outlook{
		Period: in.Period(), Currency: in.Book().Provider().Currency, Policy: &plan.Policy, Open: in.Open(), Through: left.Through,
		Provisional: left.Unwhole, Now: left.Variances,
	}
	if p := plan.Policy.Places; p != nil {
		o.Places = *p
	} else if o.Places, err = minorUnits(o.Currency); err != nil {
		return nil, nil, err
	}
	if err := earlierMonths(ctx, in, &o); err != nil {
		return nil, nil, err
	}
	if err := monthsAhead(in, &o, plan, left.Through); err != nil {
		return nil, nil, err
	}
	out, found, err := o.Forecasts()
	if err != nil {
		return nil, nil, err
	}
	written, err := in.WriteRead(ctx, &planned.Forecasts, func(write func(*dataset.Batch) error) error {
		return rows.AppendForecasts(out, write)
	}, nil)
	if err != nil {
		return nil, nil, err
	}
	res.Outputs = append(res.Outputs, written)
	for i := range out {
		out[i].Steps = nil
	}
	return out, found, nil
}

func minorUnits(c money.Currency) (int32, error) {
	places, ok := money.MinorUnits(c)
	if !ok {
		return 0, fmt.Errorf("forecast: currency %q has no minor unit; correct the provider's currency", c)
	}
	return places, nil
}

// yearOf are the first and the last month of the business year that a month is in.
func yearOf(p schemas.Period, from int) (first, last schemas.Period) {
	first = p
	for monthOf(first) != from {
		first = first.Previous()
	}
	last = first
	for range 11 {
		last = last.Next()
	}
	return first, last
}

func monthOf(p schemas.Period) int {
	day, _ := p.Days()
	_, month, _ := day.Date()
	return int(month)
}

// earlierMonths takes what the pinned runs of earlier months have: of the year before the month at hand, and for the range of the
// forecast of every whole one.
func earlierMonths(ctx context.Context, in *run.Inputs, o *reconcile.Outlook) error {
	first, _ := yearOf(in.Period(), o.Policy.YearFrom)
	for p := max(first, in.Book().Provider().FirstPeriod); p < in.Period(); p = p.Next() {
		if !run.RanAmong(in.Earlier(), p) {
			o.Lacking = append(o.Lacking, p)
		}
	}
	for _, e := range in.Earlier() {
		m, err := run.ReadEarlier(ctx, in.Store(), e)
		if err != nil {
			return err
		}
		month := reconcile.PastMonth{Period: e.Period, Whole: !m.Provisional && !m.Spec.Open}
		var days []schemas.DayRow
		for _, out := range m.Outputs {
			switch out.Dataset {
			case schemas.Variances.Name:
				if month.Rows, err = rows.ReadVariances(ctx, in.Store(), out.Key); err != nil {
					return err
				}
			case schemas.Days.Name:
				if days, err = rows.ReadDays(ctx, in.Store(), out.Key); err != nil {
					return err
				}
			}
		}
		if e.Period >= first {
			o.Earlier = append(o.Earlier, month)
		}
		if !month.Whole || !o.Open || o.Through.Period() != o.Period {
			continue
		}
		b, err := reconcile.NewBacktest(o.Policy, e.Period, o.Through.Day(), days, month.Rows, o.Places)
		if err != nil {
			return err
		}
		o.Backtest = append(o.Backtest, b)
	}
	return nil
}

// monthsAhead takes the plans of the months of the year that are to come.
func monthsAhead(in *run.Inputs, o *reconcile.Outlook, plan *schemas.Plan, through schemas.Date) error {
	fx := Exchange(in.Book(), in.Period(), through, in.AsOf())
	_, last := yearOf(in.Period(), o.Policy.YearFrom)
	for p := in.Period().Next(); p <= last; p = p.Next() {
		_, end := p.Days()
		c := reconcile.Comparison{
			Period: p, Currency: o.Currency, Plan: plan, FX: fx, Through: end, Actuals: reconcile.NewActuals(reconcile.Calendar{Period: p, Zone: in.Book().Zone()}, plan),
		}
		planned, _, err := reconcile.Compare(c)
		if err != nil {
			return err
		}
		o.Ahead = append(o.Ahead, planned)
	}
	return nil
}
