package rating

import (
	"fmt"
	"time"

	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Part is a stretch of time within a whole period: the numerator and denominator of a proration. From and To lie between
// Start and End; civil days are counted in Zone.
type Part struct {
	From, To   time.Time
	Start, End time.Time
	Zone       *time.Location
}

// Points returns the part as two points of a whole, in the policy's unit: days, thirtieths of months, or seconds. The
// part is (to - from) ÷ of. A boundary inside a day counts as at the day's beginning, so that adjoining parts adjoin.
// With ProrateNone every part is the whole.
func (p Part) Points(how schemas.Proration) (from, to, of money.Decimal) {
	switch how {
	case schemas.ProrateNone:
		return money.Zero, money.One, money.One
	case schemas.ProrateSeconds:
		return model.Seconds(p.From.Sub(p.Start)), model.Seconds(p.To.Sub(p.Start)), model.Seconds(p.End.Sub(p.Start))
	case schemas.ProrateThirty:
		start, end := schemas.DateOf(p.Start, p.Zone), schemas.DateOf(p.End, p.Zone)
		whole := FixedMonthDays(start, end, 30)
		if whole%30 != 0 { // an anchor day that a short month lacks: the period still has 30 days a month
			whole = max(monthsBetween(start, end), 1) * 30
		}
		point := func(t time.Time) money.Decimal {
			if t.Equal(p.End) {
				return money.NewDecimal(int64(whole), 0)
			}
			return money.NewDecimal(int64(FixedMonthDays(start, schemas.DateOf(t, p.Zone), 30)), 0)
		}
		return point(p.From), point(p.To), money.NewDecimal(int64(whole), 0)
	case schemas.ProrateDays:
	}
	days := func(t time.Time) money.Decimal { return money.NewDecimal(int64(CivilDays(p.Start, t, p.Zone)), 0) }
	return days(p.From), days(p.To), days(p.End)
}

// Ratio is the part as a fraction of the whole, with numerator and denominator as counted.
func (p Part) Ratio(how schemas.Proration) money.Ratio {
	from, to, of := p.Points(how)
	return money.Ratio{Num: to.Sub(from), Den: of}
}

// CivilDays counts the days on the calendar of zone between two instants; a day of 23 or 25 hours is one day.
func CivilDays(from, to time.Time, zone *time.Location) int {
	return schemas.DateOf(to, zone).Sub(schemas.DateOf(from, zone))
}

// FixedMonthDays counts the days between two dates as if every month had the given number of days.
func FixedMonthDays(from, to schemas.Date, month int) int {
	return monthsBetween(from, to)*month + to.Day() - from.Day()
}

// ProrateRound returns the part of an amount, exact but for the WorkPlaces of a quotient that does not end. Adjoining
// parts of one whole add up to it exactly.
func ProrateRound(amount money.Decimal, how schemas.Proration, part Part) money.Decimal {
	t := model.Trail{Quiet: true}
	return prorate(&t, model.Given(amount), how, part).V
}

// prorate takes the part of an amount and leaves the whole as it is.
func prorate(t *model.Trail, amount model.Number, how schemas.Proration, part Part) model.Number {
	from, to, of := part.Points(how)
	if to.Sub(from).Equal(of) || of.IsZero() {
		return amount
	}
	note := fmt.Sprintf("%s of %s %s", to.Sub(from), of, prorationUnit(how))
	return t.ProrateRound(note, model.In("amount", amount), model.Fact("from", from), model.Fact("to", to), model.Fact("of", of))
}

func prorationUnit(how schemas.Proration) string {
	switch how {
	case schemas.ProrateSeconds:
		return "seconds"
	case schemas.ProrateThirty:
		return "days, 30 to the month"
	case schemas.ProrateDays, schemas.ProrateNone:
	}
	return "days"
}
