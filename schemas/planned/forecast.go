package planned

import (
	"daybook/schemas"
	"daybook/schemas/money"
)

// Horizon is what a forecast is of.
type Horizon string

// The horizons.
const (
	// Month is the month at hand, to its end; Year the business year that it is in, to its end.
	Month Horizon = "month"
	Year  Horizon = "year"
)

// Forecast is what a month or a business year has come to, and what it comes to at its end, in one measure of one offering in one
// region and segment; without an offering, region and status it is that of all.
type Forecast struct {
	// ID is the period, horizon, offering, region, segment and peer if there is one, and measure, joined by slashes; in all, period, horizon, total and measure.
	ID       string
	Period   schemas.Period
	Horizon  Horizon
	Offering schemas.OfferingID
	Region   string
	Segment  string
	Peer     schemas.PeerID
	Measure  schemas.Measure
	// Unit is the unit of every number: the provider's currency.
	Unit string
	// Plan is for the whole horizon: of months that are over as their runs compared with it, of the others as it is known.
	Plan money.Decimal
	// Actual is to date, Expected what the plan has by then, and Variance their difference: of a year over the months that have a
	// run. Months says how many, the one at hand included, and Lacking names the others, of which nothing is in these numbers.
	Actual, Expected, Variance money.Decimal
	Months                     int64
	Lacking                    string
	// Forecast is what the horizon comes to, nil where there are no data yet to tell by; Difference is what it is more than Plan.
	Forecast, Difference *money.Decimal
	// Low and High are what it would be if it were as far too high or too low as that of the worst of earlier months on this day of
	// them; nil where too few months tell. Why says what is not known, and why.
	Low, High *money.Decimal
	Why       string
	// Method is how it was made.
	Method string
	// Through is the last day with data. Complete is false where deliveries are missing, or months of the year have no run, or one
	// that is provisional or was made before their end.
	Through  schemas.Date
	Complete bool
	// Favourable is by the measure: more revenue or margin, and less cost. Material is by the plan's materiality.
	Favourable, Material bool
	// Steps is the arithmetic, with numbers.
	Steps []schemas.Step
}

// SumOfLines is the method of what is in all.
const SumOfLines = "sum of the lines"

// Effect is favourable, unfavourable or none; unknown where there is no forecast.
func (f *Forecast) Effect() string {
	switch {
	case f.Difference == nil:
		return "unknown"
	case f.Difference.IsZero():
		return "none"
	case f.Favourable:
		return "favourable"
	}
	return "unfavourable"
}

// Positions of the columns of Forecasts.
const (
	ForecastForecastId = iota
	ForecastBillingPeriod
	ForecastHorizon
	ForecastOfferingId
	ForecastRegionId
	ForecastSegment
	ForecastPeerId
	ForecastMeasure
	ForecastUnit
	ForecastPlan
	ForecastActual
	ForecastExpected
	ForecastVariance
	ForecastMonths
	ForecastLacking
	ForecastForecast
	ForecastDifference
	ForecastLow
	ForecastHigh
	ForecastWhy
	ForecastMethod
	ForecastThrough
	ForecastComplete
	ForecastEffect
	ForecastMaterial
	ForecastSteps
	ForecastColumns
)

// Forecasts is the dataset of the month and the year to date with their forecasts, sorted by horizon, offering, region, segment, peer and measure,
// what is in all first. Runs of books without year_from in the policy of the plan do not write it. Complete and Material are yes or
// no; Steps is a JSON array of Step.
var Forecasts = schemas.Table{Name: "forecasts", Version: "3", Columns: []schemas.Column{
	ForecastForecastId:    {Name: "ForecastId", Type: schemas.Text, Required: true},
	ForecastBillingPeriod: {Name: "BillingPeriod", Type: schemas.Label, Required: true},
	ForecastHorizon:       {Name: "Horizon", Type: schemas.Label, Required: true},
	ForecastOfferingId:    {Name: "OfferingId", Type: schemas.Label},
	ForecastRegionId:      {Name: "RegionId", Type: schemas.Label},
	ForecastSegment:       {Name: "Segment", Type: schemas.Label},
	ForecastPeerId:        {Name: "PeerId", Type: schemas.Label},
	ForecastMeasure:       {Name: "Measure", Type: schemas.Label, Required: true},
	ForecastUnit:          {Name: "Unit", Type: schemas.Label, Required: true},
	ForecastPlan:          {Name: "Plan", Type: schemas.Decimal, Required: true},
	ForecastActual:        {Name: "ActualToDate", Type: schemas.Decimal, Required: true},
	ForecastExpected:      {Name: "ExpectedToDate", Type: schemas.Decimal, Required: true},
	ForecastVariance:      {Name: "VarianceToDate", Type: schemas.Decimal, Required: true},
	ForecastMonths:        {Name: "Months", Type: schemas.Integer, Required: true},
	ForecastLacking:       {Name: "MonthsLacking", Type: schemas.Label},
	ForecastForecast:      {Name: "Forecast", Type: schemas.Decimal},
	ForecastDifference:    {Name: "Difference", Type: schemas.Decimal},
	ForecastLow:           {Name: "Low", Type: schemas.Decimal},
	ForecastHigh:          {Name: "High", Type: schemas.Decimal},
	ForecastWhy:           {Name: "Why", Type: schemas.Text},
	ForecastMethod:        {Name: "Method", Type: schemas.Label, Required: true},
	ForecastThrough:       {Name: "Through", Type: schemas.Label, Required: true},
	ForecastComplete:      {Name: "Complete", Type: schemas.Label, Required: true},
	ForecastEffect:        {Name: "Effect", Type: schemas.Label, Required: true},
	ForecastMaterial:      {Name: "Material", Type: schemas.Label, Required: true},
	ForecastSteps:         {Name: "Steps", Type: schemas.Text, Required: true},
}}
