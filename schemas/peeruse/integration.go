package peeruse

import (
	"daybook/schemas"
	"daybook/schemas/money"
)

// Goal is a goal of the book with its peer.
type Goal struct {
	Peer schemas.PeerID
	*schemas.Goal
}

// Measure is what of a goal may be missed.
type Measure string

// The measures.
const (
	MeasureUse          Measure = "use"
	MeasureAvailability Measure = "availability"
	MeasureCost         Measure = "cost"
	MeasureMargin       Measure = "margin"
)

// Integration is what a peer's service did for an offering on a day, beside its goal. Amounts are in the provider's currency; what is
// nil is not known.
type Integration struct {
	Period        schemas.Period
	Peer          schemas.PeerID
	Goal          *schemas.Goal
	Day           schemas.Date
	Use, Cost     money.Decimal
	Availability  *money.Decimal
	Revenue       *money.Decimal
	Margin        *money.Decimal
	MarginPercent *money.Decimal
	Missed        []Measure
}

// ID is the period, the word integration, the peer, the goal and the day, joined by slashes: what explain takes.
func (r *Integration) ID() string {
	return schemas.JoinID(string(r.Period), "integration", string(r.Peer), r.Goal.ID, r.Day.String())
}

// Positions of the columns of Integrations.
const (
	IntBillingPeriod = iota
	IntPeerId
	IntGoalId
	IntOfferingId
	IntServiceName
	IntDay
	IntUse
	IntUseGoal
	IntUnit
	IntAvailability
	IntAvailabilityGoal
	IntCost
	IntCostGoal
	IntRevenue
	IntMargin
	IntMarginPercent
	IntMarginGoal
	IntCurrency
	IntMissed
	IntColumns
)

// Integrations is the dataset of what peers' services do for offerings beside their goals, sorted by peer, goal and day. A run has it if
// a peer of its book has goals.
var Integrations = schemas.Table{Name: "integration", Version: "1", Columns: []schemas.Column{
	IntBillingPeriod:    {Name: "BillingPeriod", Type: schemas.Label, Required: true},
	IntPeerId:           {Name: "PeerId", Type: schemas.Label, Required: true},
	IntGoalId:           {Name: "GoalId", Type: schemas.Label, Required: true},
	IntOfferingId:       {Name: "OfferingId", Type: schemas.Label, Required: true},
	IntServiceName:      {Name: "ServiceName", Type: schemas.Label, Required: true},
	IntDay:              {Name: "Day", Type: schemas.Label, Required: true},
	IntUse:              {Name: "Use", Type: schemas.Decimal, Required: true},
	IntUseGoal:          {Name: "UseExpected", Type: schemas.Decimal},
	IntUnit:             {Name: "Unit", Type: schemas.Label, Required: true},
	IntAvailability:     {Name: "AvailabilityPercent", Type: schemas.Decimal},
	IntAvailabilityGoal: {Name: "AvailabilityExpected", Type: schemas.Decimal},
	IntCost:             {Name: "Cost", Type: schemas.Decimal, Required: true},
	IntCostGoal:         {Name: "CostExpected", Type: schemas.Decimal},
	// Revenue is the leg's part of the offering's, spread over days by use.
	IntRevenue:       {Name: "Revenue", Type: schemas.Decimal},
	IntMargin:        {Name: "Margin", Type: schemas.Decimal},
	IntMarginPercent: {Name: "MarginPercent", Type: schemas.Decimal},
	IntMarginGoal:    {Name: "MarginExpected", Type: schemas.Decimal},
	IntCurrency:      {Name: "Currency", Type: schemas.Label, Required: true},
	// Missed are what of the goal was missed, joined by commas.
	IntMissed: {Name: "Missed", Type: schemas.Label},
}}
