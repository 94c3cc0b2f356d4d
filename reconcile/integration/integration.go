// Package integration holds what peers' services do for our offerings, day by day, against the goals of the book. It reads no data and
// knows no exchange rates: amounts come to it in one currency.
//
// Start with Judge.
package integration

import (
	"fmt"
	"slices"

	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/peeruse"
)

// Day is what a leg did on one day.
type Day struct {
	Day schemas.Date
	// Use is its quantity in the goal's unit, and Cost what the peer bills for it.
	Use, Cost money.Decimal
	// Down is how many seconds of the day it was not available, of the Whole day; Measured is false where there is no evidence.
	Down, Whole int64
	Measured    bool
}

// places is how many decimal places percentages have.
const places = 4

// Judge compares each day on which a goal is in force with it. Revenue is what the offering has earned by this leg in all of the days,
// nil where that is not known; it is spread over days by use, and the parts come to it.
func Judge(p schemas.Period, g *peeruse.Goal, days []Day, revenue *money.Decimal, asOf schemas.Date) ([]peeruse.Integration, error) {
	var all money.Decimal
	for i := range days {
		all = all.Add(days[i].Use)
	}
	var out []peeruse.Integration
	var sofar, given money.Decimal
	for i := range days {
		d := &days[i]
		row := peeruse.Integration{Period: p, Peer: g.Peer, Goal: g.Goal, Day: d.Day, Use: d.Use, Cost: d.Cost}
		if sofar = sofar.Add(d.Use); revenue != nil && all.IsPositive() {
			sum, err := money.DivRound(revenue.Mul(sofar), all, money.Scale, money.HalfEven)
			if err != nil {
				return nil, fmt.Errorf("goal %s: %w", g.ID, err)
			}
			part := sum.Sub(given)
			margin := part.Sub(d.Cost)
			given, row.Revenue, row.Margin, row.MarginPercent = sum, &part, &margin, percent(margin, part)
		}
		if d.Measured && d.Whole > 0 {
			row.Availability = percent(money.NewDecimal(d.Whole-d.Down, 0), money.NewDecimal(d.Whole, 0))
		}
		if g.Validity.Holds(d.Day, asOf) {
			row.Missed = missed(g.Goal, d, &row)
			out = append(out, row)
		}
	}
	return out, nil
}

// percent is a in a hundred of b, rounded half to even; nil for a b of 0.
func percent(a, b money.Decimal) *money.Decimal {
	q, err := money.DivRound(a.Shift(2), b, places, money.HalfEven)
	if err != nil {
		return nil
	}
	return &q
}

// missed names what of a goal a day misses; ratios are compared exactly, not as they are shown.
func missed(g *schemas.Goal, d *Day, row *peeruse.Integration) (out []peeruse.Measure) {
	if g.Use != nil && d.Use.LessThan(*g.Use) {
		out = append(out, peeruse.MeasureUse)
	}
	if g.Availability != nil && d.Measured && money.NewDecimal(d.Whole-d.Down, 2).LessThan(g.Availability.Mul(money.NewDecimal(d.Whole, 0))) {
		out = append(out, peeruse.MeasureAvailability)
	}
	if g.Cost != nil && d.Cost.GreaterThan(*g.Cost) {
		out = append(out, peeruse.MeasureCost)
	}
	if g.MarginPercent != nil && row.Margin != nil && row.Margin.Shift(2).LessThan(g.MarginPercent.Mul(*row.Revenue)) {
		out = append(out, peeruse.MeasureMargin)
	}
	return out
}

// Findings are those of the goals that are missed, one for each goal and measure, with the days and what cost is beyond the goal, or
// margin below it, as the amount, in the given currency.
func Findings(rows []peeruse.Integration, currency money.Currency) (out []schemas.Finding) {
	for _, measure := range [...]peeruse.Measure{peeruse.MeasureUse, peeruse.MeasureAvailability, peeruse.MeasureCost, peeruse.MeasureMargin} {
		for i := 0; i < len(rows); {
			end := i
			var of []*peeruse.Integration
			for ; end < len(rows) && rows[end].Goal == rows[i].Goal; end++ {
				if slices.Contains(rows[end].Missed, measure) {
					of = append(of, &rows[end])
				}
			}
			if len(of) > 0 {
				out = append(out, finding(measure, of, currency))
			}
			i = end
		}
	}
	return out
}

func finding(measure peeruse.Measure, of []*peeruse.Integration, currency money.Currency) schemas.Finding {
	r, g := of[0], of[0].Goal
	var amount money.Decimal
	text := ""
	switch measure {
	case peeruse.MeasureUse:
		text = fmt.Sprintf("use of %s %s, and %s are expected", r.Use, g.Unit, g.Use)
	case peeruse.MeasureAvailability:
		text = fmt.Sprintf("available %s percent of the day, and %s are expected", r.Availability, g.Availability)
	case peeruse.MeasureCost:
		text = fmt.Sprintf("a cost of %s %s, and at most %s are expected", r.Cost, currency, g.Cost)
		for _, x := range of {
			amount = amount.Add(x.Cost.Sub(*g.Cost))
		}
	case peeruse.MeasureMargin:
		text = "a margin of " + money.RoundTo(*r.Margin, 2, money.HalfEven).String() + " " + string(currency)
		if r.MarginPercent != nil {
			text += ", " + r.MarginPercent.String() + " percent"
		}
		text += fmt.Sprintf(", and %s percent are expected", g.MarginPercent)
		for _, x := range of {
			amount = amount.Add(x.Revenue.Mul(*g.MarginPercent).Shift(-2).Sub(*x.Margin))
		}
	}
	f := schemas.Remark(schemas.CodeGoalMissed, string(r.Peer)+"/"+g.ID+"/"+string(measure), fmt.Sprintf("goal %s for %s of %s in %s is missed by its %s on %d %s, first on %s: %s; see integration for the days",
		g.ID, g.Service, r.Peer, g.Offering, measure, len(of), schemas.OneOrMany(len(of), "day", "days"), r.Day, text), amount, currency)
	if amount.IsZero() {
		f.Currency = ""
	}
	return f
}
