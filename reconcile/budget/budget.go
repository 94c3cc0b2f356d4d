// Package budget holds what peers bill against the budgets of the book. It reads no data and knows no exchange rates: amounts come
// to it by day, in the budget's currency.
//
// Start with Judge.
package budget

import (
	"fmt"

	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/peeruse"
)

// Day is what is billed for one day.
type Day struct {
	// Used is what goes on at its rate for the rest of the period, Fixed what does not: fees, taxes, credits.
	Used, Fixed money.Decimal
}

// ForecastFrom is the day of a period before which its forecast reaches no threshold: few days say little of a month.
const ForecastFrom = 7

// places is how many decimal places a forecast has.
const places = 6

// Judge returns a line for each threshold of a budget. Days are those of the period from its first to the last of which there are
// data; there may be none. A threshold is reached on the first day of those since when the sum has been at it or above without
// a break, so that what is credited again reaches nothing.
//
// The forecast of a day is what is fixed so far, and what is used so far × days of the period ÷ days so far. Of a period that is
// over it is what is billed, and reaches nothing by itself. The error is an amount that no decimal holds.
func Judge(b *schemas.Budget, p schemas.Period, days []Day) ([]peeruse.BudgetLine, error) {
	first, last := p.Days()
	whole := int64(last.Sub(first) + 1)
	thresholds := b.Thresholds
	if len(thresholds) == 0 {
		thresholds = []money.Decimal{money.NewDecimal(50, 0), money.NewDecimal(75, 0), money.NewDecimal(90, 0), money.NewDecimal(100, 0)}
	}
	lines := make([]peeruse.BudgetLine, len(thresholds))
	for i := range lines {
		lines[i] = peeruse.BudgetLine{Budget: b, Period: p, Threshold: thresholds[i], Through: first.AddDays(len(days) - 1)}
	}
	var used, fixed money.Decimal
	for n, d := range days {
		used, fixed = used.Add(d.Used), fixed.Add(d.Fixed)
		day, so := first.AddDays(n), int64(n+1)
		for i := range lines {
			// Amounts × 100 × days so far are compared, which needs no division.
			limit := b.Amount.Mul(lines[i].Threshold).Mul(money.NewDecimal(so, 0))
			actual := used.Add(fixed).Shift(2).Mul(money.NewDecimal(so, 0))
			forecast := used.Mul(money.NewDecimal(whole, 0)).Add(fixed.Mul(money.NewDecimal(so, 0))).Shift(2)
			reach(&lines[i].ActualOn, day, !actual.LessThan(limit))
			reach(&lines[i].ForecastOn, day, so >= ForecastFrom && so < whole && !forecast.LessThan(limit))
		}
	}
	forecast := fixed
	if len(days) > 0 {
		rest, err := money.DivRound(used.Mul(money.NewDecimal(whole, 0)), money.NewDecimal(int64(len(days)), 0), places, money.HalfEven)
		if err != nil {
			return nil, fmt.Errorf("budget %s: %w", b.ID, err)
		}
		forecast = fixed.Add(rest)
	}
	for i := range lines {
		lines[i].Actual, lines[i].Forecast = used.Add(fixed), forecast
	}
	return lines, nil
}

// Findings are those of the thresholds that are reached, one each: by what is billed, or else by the forecast.
func Findings(lines []peeruse.BudgetLine) (out []schemas.Finding) {
	for i := range lines {
		l := &lines[i]
		b, on, what := l.Budget, l.ActualOn, "what is billed"
		if on.IsZero() {
			on, what = l.ForecastOn, "the forecast"
		}
		if on.IsZero() {
			continue
		}
		out = append(out, schemas.Remark(schemas.CodeBudgetReached, string(l.Peer)+"/"+b.ID+"/"+l.Threshold.String(), fmt.Sprintf(
			"budget %s for %s: %s reached %s%% of %s %s on %s; by %s %s %s are billed, and %s are forecast for %s; see the dataset of peers' use for whose it is, or raise amount of the budget",
			b.ID, l.Peer, what, l.Threshold, b.Amount, b.Currency, on, l.Through, shown(l.Actual), b.Currency, shown(l.Forecast), l.Period), l.Actual, b.Currency))
	}
	return out
}

// shown is an amount as messages have it.
func shown(d money.Decimal) string { return money.RoundTo(d, 2, money.HalfEven).String() }

// reach keeps since when something holds.
func reach(since *schemas.Date, day schemas.Date, holds bool) {
	switch {
	case !holds:
		*since = schemas.Date{}
	case since.IsZero():
		*since = day
	}
}
