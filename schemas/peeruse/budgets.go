package peeruse

import (
	"daybook/schemas"
	"daybook/schemas/money"
)

// BudgetLine is one threshold of a budget, and when it was reached.
type BudgetLine struct {
	Budget *schemas.Budget
	Peer   schemas.PeerID
	Period schemas.Period
	// Threshold is in a hundred of the budget's amount.
	Threshold money.Decimal
	// Through is the last day of which the peer has delivered use. Actual is what is billed by then, Forecast what the period
	// comes to at that rate, both in the budget's currency.
	Through          schemas.Date
	Actual, Forecast money.Decimal
	// ActualOn is the day since which what is billed has reached the threshold, ForecastOn that since which the forecast has;
	// no day where they have not.
	ActualOn, ForecastOn schemas.Date
}

// ID is the period, the word budget, the peer, the budget and the threshold, joined by slashes: what explain takes.
func (l *BudgetLine) ID() string {
	return schemas.JoinID(string(l.Period), "budget", string(l.Peer), l.Budget.ID, l.Threshold.String())
}

// Positions of the columns of Budgets.
const (
	BudgetBillingPeriod = iota
	BudgetPeerId
	BudgetBudgetId
	BudgetThreshold
	BudgetThrough
	BudgetAmount
	BudgetActual
	BudgetForecast
	BudgetCurrency
	BudgetActualOn
	BudgetForecastOn
	BudgetColumns
)

// Budgets is the dataset of budgets for peers' use, a row for each threshold, sorted by peer, budget and threshold. A run has it
// if its book has a budget in force.
var Budgets = schemas.Table{Name: "budgets", Version: "1", Columns: []schemas.Column{
	BudgetBillingPeriod: {Name: "BillingPeriod", Type: schemas.Label, Required: true},
	BudgetPeerId:        {Name: "PeerId", Type: schemas.Label, Required: true},
	BudgetBudgetId:      {Name: "BudgetId", Type: schemas.Label, Required: true},
	BudgetThreshold:     {Name: "ThresholdPercent", Type: schemas.Decimal, Required: true},
	BudgetThrough:       {Name: "ThroughDay", Type: schemas.Label, Required: true},
	BudgetAmount:        {Name: "Budget", Type: schemas.Decimal, Required: true},
	BudgetActual:        {Name: "Actual", Type: schemas.Decimal, Required: true},
	BudgetForecast:      {Name: "Forecast", Type: schemas.Decimal, Required: true},
	BudgetCurrency:      {Name: "Currency", Type: schemas.Label, Required: true},
	BudgetActualOn:      {Name: "ReachedOn", Type: schemas.Label},
	BudgetForecastOn:    {Name: "ForecastReachedOn", Type: schemas.Label},
}}
