// Package peeruse is the vocabulary of what becomes of peers' use: whose it is, its figures by day, those of them that are
// unlike the days before, and how it stands against budgets.
//
// It is vocabulary alone: packages of reconcile judge.
package peeruse

import (
	"daybook/schemas"
	"daybook/schemas/money"
)

// Series is what the days of peers' use are told apart by.
type Series struct {
	Peer    schemas.PeerID `json:"peer"`
	Service string         `json:"service,omitempty"`
	// By is what Customer tells apart: that of the peer's anomalies.
	By schemas.AnomalyBy `json:"by"`
	// Customer is empty where services alone are told apart, and of use that is nobody's or our own.
	Customer string         `json:"customer,omitempty"`
	Currency money.Currency `json:"currency,omitempty"`
}

// Day is what a peer bills of a series for one day.
type Day struct {
	Series
	Day schemas.Date `json:"day"`
	// Fixed is what says nothing of the day: fees, taxes, credits, and use whose charge period is longer than a day.
	Fixed  bool        `json:"fixed,omitempty"`
	Rows   int64       `json:"rows"`
	Billed money.Fixed `json:"billed"`
}

// Positions of the columns of Days.
const (
	DayBillingPeriod = iota
	DayPeerId
	DayServiceName
	DayBy
	DayCustomerId
	DayDay
	DayKind
	DayRows
	DayBilledCost
	DayBillingCurrency
	DayColumns
)

// The kinds of a row of Days.
const (
	KindUse   = "use"
	KindFixed = "fixed"
)

// Days is the dataset of what peers bill by day, sorted by peer, service, what is told apart, customer, currency, day and kind. A run has it
// if a peer of its book has anomalies. Its sums by currency are what these peers bill; what is of days outside of the period
// stands on the nearest within.
var Days = schemas.Table{Name: "peer_days", Version: "1", Columns: []schemas.Column{
	DayBillingPeriod: {Name: "BillingPeriod", Type: schemas.Label, Required: true},
	DayPeerId:        {Name: "PeerId", Type: schemas.Label, Required: true},
	DayServiceName:   {Name: "ServiceName", Type: schemas.Label},
	DayBy:            {Name: "SeriesBy", Type: schemas.Label, Required: true},
	DayCustomerId:    {Name: "CustomerId", Type: schemas.Label},
	DayDay:           {Name: "Day", Type: schemas.Label, Required: true},
	// Kind is use, or fixed of what says nothing of its day.
	DayKind:            {Name: "Kind", Type: schemas.Label, Required: true},
	DayRows:            {Name: "UsageRows", Type: schemas.Integer, Required: true},
	DayBilledCost:      {Name: "BilledCost", Type: schemas.Decimal, Required: true},
	DayBillingCurrency: {Name: "BillingCurrency", Type: schemas.Label},
}}

// Anomaly is a day of a series beside those before it that are of the same day of the week.
type Anomaly struct {
	Period schemas.Period
	Series
	Day    schemas.Date
	Billed money.Decimal
	// Points are how many days there are to compare with.
	Points int
	// Verdict is that of package anomaly, and what follows its numbers, as far as they are Known; Score and ImpactPercent are nil
	// where there is none.
	Verdict           string
	Known             bool
	Median, Deviation money.Decimal
	Impact            money.Decimal
	Score             *money.Decimal
	ImpactPercent     *money.Decimal
}

// ID is the period, the word anomaly, the peer, the service, the customer, the day and the currency, joined by slashes: what explain
// takes.
func (a *Anomaly) ID() string {
	return schemas.JoinID(string(a.Period), "anomaly", string(a.Peer), a.Service, a.Customer, a.Day.String(), string(a.Currency))
}

// Positions of the columns of Anomalies.
const (
	AnomalyBillingPeriod = iota
	AnomalyPeerId
	AnomalyServiceName
	AnomalyBy
	AnomalyCustomerId
	AnomalyDay
	AnomalyBilledCost
	AnomalyPoints
	AnomalyMedian
	AnomalyDeviation
	AnomalyScore
	AnomalyImpact
	AnomalyImpactPercent
	AnomalyVerdict
	AnomalyBillingCurrency
	AnomalyColumns
)

// Anomalies is the dataset of the days of peers' use beside the same days of the week before, sorted by peer, service, what is told apart,
// customer, currency and day. A run has it if a peer of its book has anomalies.
var Anomalies = schemas.Table{Name: "anomalies", Version: "1", Columns: []schemas.Column{
	AnomalyBillingPeriod: {Name: "BillingPeriod", Type: schemas.Label, Required: true},
	AnomalyPeerId:        {Name: "PeerId", Type: schemas.Label, Required: true},
	AnomalyServiceName:   {Name: "ServiceName", Type: schemas.Label},
	AnomalyBy:            {Name: "SeriesBy", Type: schemas.Label, Required: true},
	AnomalyCustomerId:    {Name: "CustomerId", Type: schemas.Label},
	AnomalyDay:           {Name: "Day", Type: schemas.Label, Required: true},
	AnomalyBilledCost:    {Name: "BilledCost", Type: schemas.Decimal, Required: true},
	// Points are the days of the same day of the week before. Without enough of them there are no figures.
	AnomalyPoints:    {Name: "Points", Type: schemas.Integer, Required: true},
	AnomalyMedian:    {Name: "Median", Type: schemas.Decimal},
	AnomalyDeviation: {Name: "MedianDeviation", Type: schemas.Decimal},
	// Score is 0.6745 × (BilledCost − Median) ÷ MedianDeviation, and null of a deviation of 0.
	AnomalyScore:         {Name: "Score", Type: schemas.Decimal},
	AnomalyImpact:        {Name: "Impact", Type: schemas.Decimal},
	AnomalyImpactPercent: {Name: "ImpactPercent", Type: schemas.Decimal},
	// Verdict is usual, unusual or insufficient_history.
	AnomalyVerdict:         {Name: "Verdict", Type: schemas.Label, Required: true},
	AnomalyBillingCurrency: {Name: "BillingCurrency", Type: schemas.Label},
}}
