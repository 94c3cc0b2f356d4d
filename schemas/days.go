package schemas

import "daybook/schemas/money"

// DayRow is the month to date of one offering in one region and segment, of one peer's services, at the end of one day.
type DayRow struct {
	// Variance is the identifier of the variance that the days lead to: that of revenue.
	Variance        string
	Period          Period
	Offering        OfferingID
	Region, Segment string
	Peer            PeerID
	Day             Date
	// Revenue is what the day adds; what is recurring or charged once counts on the first day that it is for, what is used
	// on the days on which its meter counted. ToDate is the sum since the first day of the period, and on the last day with
	// use the variance's actual; Expected is what the plan has by that day. All are in Currency.
	Revenue  money.Decimal
	ToDate   money.Decimal
	Expected money.Decimal
	// Cost is what peers charge us since the first day of the period, spread over days as the revenue that it is for, and on the last
	// day with use the actual; nil in runs from before it was known by day.
	Cost     *money.Decimal
	Currency money.Currency
}

// Positions of the columns of Days.
const (
	DayVarianceId = iota
	DayBillingPeriod
	DayOfferingId
	DayRegionId
	DaySegment
	DayPeerId
	DayDay
	DayRevenue
	DayToDate
	DayExpected
	DayCurrency
	DayCostToDate
	DayColumns
)

// Days is the dataset of revenue and cost by day, from the first day of the period to the last with use, sorted by offering, region,
// segment, peer and day. The last row of each of them has the actual of its variance.
var Days = Table{Name: "days", Version: "4", Columns: []Column{
	DayVarianceId:    {Name: "VarianceId", Type: Text, Required: true},
	DayBillingPeriod: {Name: "BillingPeriod", Type: Label, Required: true},
	DayOfferingId:    {Name: "OfferingId", Type: Label, Required: true},
	DayRegionId:      {Name: "RegionId", Type: Label},
	DaySegment:       {Name: "Segment", Type: Label},
	DayPeerId:        {Name: "PeerId", Type: Label},
	DayDay:           {Name: "Day", Type: Label, Required: true},
	DayRevenue:       {Name: "Revenue", Type: Decimal, Required: true},
	DayToDate:        {Name: "RevenueToDate", Type: Decimal, Required: true},
	DayExpected:      {Name: "ExpectedToDate", Type: Decimal, Required: true},
	DayCurrency:      {Name: "Currency", Type: Label, Required: true},
	DayCostToDate:    {Name: "CostToDate", Type: Decimal},
}}
