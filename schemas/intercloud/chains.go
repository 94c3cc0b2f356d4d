package intercloud

import (
	"daybook/schemas"
	"daybook/schemas/money"
)

// Chain is what one line earns and what one leg of it costs: a charge, or a leg of what an account is charged for an offering.
type Chain struct {
	// ID is the period, agreement, account, offering, currency, charge and leg, joined by slashes.
	ID        string
	Period    schemas.Period
	Agreement AgreementID
	Pattern   Pattern
	Account   schemas.AccountID
	Offering  schemas.OfferingID
	// Charge is the line, of patterns whose lines are charges; Leg is the part of an aggregation.
	Charge schemas.ChargeID
	Leg    string
	// Peer is who provides it; empty is ourselves.
	Peer schemas.PeerID
	// Margin = Revenue - Cost + Received - Passed, all in Currency. Revenue is what is charged, or the leg's part of it.
	Revenue, Cost, Received, Passed, Margin money.Decimal
	Currency                                money.Currency
	// Charges counts those that it is of; of an aggregation the first leg has all.
	Charges int64
	// Provisional says that the month goes on, or that the bill of a peer is not all there.
	Provisional bool
	Steps       []schemas.Step
}

// Positions of the columns of CostChains.
const (
	ChainChainId = iota
	ChainBillingPeriod
	ChainAgreementId
	ChainPattern
	ChainAccountId
	ChainOfferingId
	ChainChargeId
	ChainLegId
	ChainPeerId
	ChainRevenue
	ChainCost
	ChainCreditsReceived
	ChainCreditsPassedOn
	ChainMargin
	ChainCurrency
	ChainCharges
	ChainProvisional
	ChainSteps
	ChainColumns
)

// CostChains is the dataset of what is sold under agreements and what it costs, line by line, in the order of identifiers within a
// shard. Of an agreement's offerings Revenue less CreditsPassedOn adds up to their charges, and Cost less CreditsReceived to what
// peers bill for these.
var CostChains = schemas.Table{Name: "cost_chains", Version: "1", Columns: []schemas.Column{
	ChainChainId:         {Name: "ChainId", Type: schemas.Text, Required: true},
	ChainBillingPeriod:   {Name: "BillingPeriod", Type: schemas.Label, Required: true},
	ChainAgreementId:     {Name: "AgreementId", Type: schemas.Label, Required: true},
	ChainPattern:         {Name: "Pattern", Type: schemas.Label, Required: true},
	ChainAccountId:       {Name: "AccountId", Type: schemas.Label, Required: true},
	ChainOfferingId:      {Name: "OfferingId", Type: schemas.Label, Required: true},
	ChainChargeId:        {Name: "ChargeId", Type: schemas.Text},
	ChainLegId:           {Name: "LegId", Type: schemas.Label},
	ChainPeerId:          {Name: "PeerId", Type: schemas.Label},
	ChainRevenue:         {Name: "Revenue", Type: schemas.Decimal, Required: true},
	ChainCost:            {Name: "Cost", Type: schemas.Decimal, Required: true},
	ChainCreditsReceived: {Name: "CreditsReceived", Type: schemas.Decimal, Required: true},
	ChainCreditsPassedOn: {Name: "CreditsPassedOn", Type: schemas.Decimal, Required: true},
	ChainMargin:          {Name: "Margin", Type: schemas.Decimal, Required: true},
	ChainCurrency:        {Name: "Currency", Type: schemas.Label, Required: true},
	ChainCharges:         {Name: "Charges", Type: schemas.Integer, Required: true},
	ChainProvisional:     {Name: "Provisional", Type: schemas.Label, Required: true},
	ChainSteps:           {Name: "Steps", Type: schemas.Text, Required: true},
}}
