package reconcile

import (
	"fmt"
	"slices"
	"time"

	"daybook/schemas"
	"daybook/schemas/money"
)

// Elapsed returns how much of a period's weight lies on or before the day through, as a fraction of the whole: 12/30
// for twelve days of thirty with linear accrual. A day before the period gives 0 of the whole, one after it the whole.
// The error is that of a policy by which the period has no weight at all.
//
// The run rate is the actual to date divided by it, and what is expected to date the plan multiplied by it. With
// profile weights that is the seasonal method: actual ÷ profile to date × profile of the month.
func Elapsed(p *schemas.PlanPolicy, accrual schemas.Accrual, period schemas.Period, through schemas.Date) (money.Ratio, error) {
	if accrual == "" {
		accrual = p.Accrual
	}
	first, last := period.Days()
	if accrual == schemas.AccrueUpfront {
		if through.Before(first) {
			return money.NewRatio(money.Zero, money.One)
		}
		return money.NewRatio(money.One, money.One)
	}
	gone, whole := money.Zero, money.Zero
	for d := first; !d.After(last); d = d.AddDays(1) {
		w, err := weight(p, accrual, d)
		if err != nil {
			return money.Ratio{}, err
		}
		whole = whole.Add(w)
		if !d.After(through) {
			gone = gone.Add(w)
		}
	}
	if !whole.IsPositive() {
		return money.Ratio{}, fmt.Errorf("plan: %s accrual gives the days of %s no weight; look at weekdays and holidays", accrual, period)
	}
	return money.NewRatio(gone, whole)
}

// weight returns what one day counts.
func weight(p *schemas.PlanPolicy, accrual schemas.Accrual, d schemas.Date) (money.Decimal, error) {
	weekday := (int(d.Weekday()) + 6) % 7 // from Monday, 0, to Sunday, 6
	switch accrual {
	case "", schemas.AccrueLinear:
		return money.One, nil
	case schemas.AccrueWorkingDays:
		if weekday > int(time.Friday)-1 || slices.Contains(p.Holidays, d) {
			return money.Zero, nil
		}
		return money.One, nil
	case schemas.AccrueProfile:
		if len(p.Weekdays) != 7 {
			return money.Zero, fmt.Errorf("plan: profile accrual needs 7 weekdays from Monday to Sunday, and the policy has %d", len(p.Weekdays))
		}
		return p.Weekdays[weekday], nil
	default:
		return money.Zero, fmt.Errorf("plan: %q is no accrual; it is one of %v", accrual, accrual.Values())
	}
}
