// Package forecast says what coming months come to, and how far from it they may lie. What the month at hand comes to, linear
// or by the days of the week, is the run rate of package reconcile; this goes on from there. It reads no data.
//
// Start with Forecast.
package forecast

import (
	"errors"
	"fmt"

	"daybook/schemas"
	"daybook/schemas/money"
)

// Forecast is a series of months that goes on from an amount: it grows by a factor each month, and changes by dated steps.
type Forecast struct {
	// Base is the amount of the month Of.
	Base money.Decimal
	Of   schemas.Period
	// Factor is what each month is of the one before; the zero value is no growth, as 1 is.
	Factor money.Decimal
	// Steps are added from their month on, and grow with it.
	Steps []Step
}

// Step is an amount by which a month and all after it differ.
type Step struct {
	From   schemas.Period
	Amount money.Decimal
}

// Month is what a month comes to, rounded once to places. The error is a month before the base's.
func (f *Forecast) Month(p schemas.Period, places int32) (money.Decimal, error) {
	if p < f.Of {
		return money.Zero, fmt.Errorf("forecast of %s: the series begins with %s", p, f.Of)
	}
	return money.RoundTo(f.exact(p), places, money.HalfEven), nil
}

// exact is the unrounded amount of a month.
func (f *Forecast) exact(p schemas.Period) money.Decimal {
	factor := f.Factor
	if factor.IsZero() {
		factor = money.One
	}
	v := f.Base
	for month := f.Of; ; month = month.Next() {
		for _, s := range f.Steps {
			if s.From == month && month != f.Of {
				v = v.Add(s.Amount)
			}
		}
		if month >= p {
			return v
		}
		v = v.Mul(factor)
	}
}

// Sum is what several months come to, rounded once to places: the year's rest, or a year at the rate of a month.
func (f *Forecast) Sum(from, to schemas.Period, places int32) (money.Decimal, error) {
	if from < f.Of {
		return money.Zero, fmt.Errorf("forecast of %s: the series begins with %s", from, f.Of)
	}
	sum := money.Zero
	for p := from; p <= to; p = p.Next() {
		sum = sum.Add(f.exact(p))
	}
	return money.RoundTo(sum, places, money.HalfEven), nil
}

// Past is what was forecast of an earlier month on this day of it, and what it came to.
type Past struct {
	Forecast, Actual money.Decimal
}

// ErrNoPast says that no earlier forecast can be held against what came.
var ErrNoPast = errors.New("no earlier month's forecast tells how far this one may lie off")

// Range is between what a forecast would come to if it were as much too high, and as much too low, as the worst of earlier ones,
// rounded outward to places. The error is ErrNoPast.
func Range(forecast money.Decimal, past []Past, places int32) (low, high money.Decimal, err error) {
	found := false
	for _, p := range past {
		if p.Forecast.IsZero() {
			continue
		}
		down, errDown := money.MulDivRound(forecast, p.Actual, p.Forecast, places, money.Floor)
		up, errUp := money.MulDivRound(forecast, p.Actual, p.Forecast, places, money.Ceiling)
		if err := errors.Join(errDown, errUp); err != nil {
			return low, high, fmt.Errorf("range of a forecast: %w", err)
		}
		if !found || down.LessThan(low) {
			low = down
		}
		if !found || up.GreaterThan(high) {
			high = up
		}
		found = true
	}
	if !found {
		return low, high, ErrNoPast
	}
	return low, high, nil
}
