// Package anomaly says whether an amount is unlike those before it, by their median and the median of how far they lie from it:
// one wild day in the past moves neither. It knows no series and no calendar but the day of the week, and finds no cause.
//
// Start with Judge.
package anomaly

import (
	"daybook/schemas"
	"daybook/schemas/money"
)

// Verdict is what an amount is beside its history.
type Verdict string

// The verdicts.
const (
	Usual   Verdict = "usual"
	Unusual Verdict = "unusual"
	// Insufficient is a history too short to say.
	Insufficient Verdict = "insufficient_history"
)

// Policy says what is unusual.
type Policy struct {
	// Least is how many amounts a history must have; 0 means 10.
	Least int
	// Score is the modified z-score above which an amount is unusual; nil means 3.5.
	Score *money.Decimal
	// Floor is the impact that is borne, however rare: one that it does not exceed is usual. Without tests any impact exceeds it.
	Floor schemas.Threshold
}

// Result is the verdict with its numbers.
type Result struct {
	Verdict Verdict
	// Median is of the history, and Deviation the median of how far its amounts lie from it.
	Median, Deviation money.Decimal
	// Score is 0.6745 × (amount − median) ÷ deviation, to four places; nil where the deviation is 0, and the impact alone decides.
	Score *money.Decimal
	// Impact is amount − median; ImpactPercent is that in a hundred of the median, nil where the median is 0.
	Impact        money.Decimal
	ImpactPercent *money.Decimal
}

// consistent makes the deviation of a normal distribution's middle comparable with its standard deviation.
var consistent = money.MustDecimal("0.6745")

// places is how many decimal places scores and percentages have.
const places = 4

// Judge compares an amount with a history, in any order. The score is compared exactly, not as it is shown.
func Judge(amount money.Decimal, history []money.Decimal, p Policy) Result {
	least, limit := p.Least, money.NewDecimal(35, -1)
	if least == 0 {
		least = 10
	}
	if p.Score != nil {
		limit = *p.Score
	}
	if len(history) < max(least, 1) {
		return Result{Verdict: Insufficient}
	}
	r := Result{Verdict: Usual, Median: money.Median(history)}
	away := make([]money.Decimal, len(history))
	for i, x := range history {
		away[i] = x.Sub(r.Median).Abs()
	}
	r.Deviation = money.Median(away)
	r.Impact = amount.Sub(r.Median)
	r.ImpactPercent = quotient(r.Impact.Shift(2), r.Median.Abs())
	scaled := consistent.Mul(r.Impact)
	r.Score = quotient(scaled, r.Deviation)
	rare := r.Deviation.IsZero() || scaled.Abs().GreaterThan(limit.Mul(r.Deviation))
	if rare && p.Floor.Beyond(r.Impact, r.Median) {
		r.Verdict = Unusual
	}
	return r
}

// quotient is a ÷ b rounded half to even, nil for a b of 0.
func quotient(a, b money.Decimal) *money.Decimal {
	q, err := money.DivRound(a, b, places, money.HalfEven)
	if err != nil {
		return nil
	}
	return &q
}

// Day is the amount of one day.
type Day struct {
	Day    schemas.Date
	Amount money.Decimal
}

// SameWeekday is the history of a day: what the days before it that are of its day of the week came to.
func SameWeekday(series []Day, of schemas.Date) (out []money.Decimal) {
	for _, d := range series {
		if d.Day.Before(of) && d.Day.Weekday() == of.Weekday() {
			out = append(out, d.Amount)
		}
	}
	return out
}
