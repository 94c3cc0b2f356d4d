package peeruse

import (
	"daybook/schemas"
	"daybook/schemas/money"
)

// Share is what becomes of a part of a shared cost.
type Share struct {
	// ID is the period, the word shared, the peer, the shared cost, the currency and the customer, joined by slashes.
	ID       string
	Period   schemas.Period
	Peer     schemas.PeerID
	Shared   string
	Standing ShareStanding
	// Customer bears it; empty is ourselves.
	Customer string
	Key      schemas.ShareKey
	// Weight is the customer's of all Weights, which are counted in Unit; of costs that is the provider's currency.
	Weight, Weights money.Decimal
	Unit            string
	// Billed is what is divided, of so many rows of the bill; the first row of those that it is divided into has them all.
	Billed money.Decimal
	Rows   int64
	// Amount is in Currency, and Value in ValueCurrency, the provider's; nil where there is no exchange rate.
	Amount        money.Decimal
	Currency      money.Currency
	Value         *money.Decimal
	ValueCurrency money.Currency
	Steps         []schemas.Step
}

// ShareStanding is what a part of a shared cost is.
type ShareStanding string

// The standings.
const (
	// Borne is a customer's part.
	Borne ShareStanding = "borne"
	// Rest is what of the cost is no whole minor unit of its currency, and stays ours.
	Rest ShareStanding = "rest"
	// Undivided is all of a cost of which nobody has a part.
	Undivided ShareStanding = "undivided"
)

// Positions of the columns of Shares.
const (
	ShareShareId = iota
	ShareBillingPeriod
	SharePeerId
	ShareSharedId
	ShareStandingColumn
	ShareCustomerId
	ShareKey
	ShareWeight
	ShareWeights
	ShareUnit
	ShareBilledCost
	ShareRows
	ShareAmount
	ShareCurrency
	ShareValue
	ShareValueCurrency
	ShareSteps
	ShareColumns
)

// Shares is the dataset of what peers bill for our own use, divided among customers: in the order of peers, shared costs of the book,
// currencies and customers. A run has it if a peer of its book has shared costs. Amount adds up to what is billed of these.
var Shares = schemas.Table{Name: "shared_costs", Version: "1", Columns: []schemas.Column{
	ShareShareId:        {Name: "ShareId", Type: schemas.Text, Required: true},
	ShareBillingPeriod:  {Name: "BillingPeriod", Type: schemas.Label, Required: true},
	SharePeerId:         {Name: "PeerId", Type: schemas.Label, Required: true},
	ShareSharedId:       {Name: "SharedId", Type: schemas.Label, Required: true},
	ShareStandingColumn: {Name: "Standing", Type: schemas.Label, Required: true},
	ShareCustomerId:     {Name: "CustomerId", Type: schemas.Label},
	ShareKey:            {Name: "Key", Type: schemas.Label, Required: true},
	// Weight of Weights is the customer's part of the key, and Unit what these are counted in.
	ShareWeight:  {Name: "Weight", Type: schemas.Decimal},
	ShareWeights: {Name: "Weights", Type: schemas.Decimal},
	ShareUnit:    {Name: "Unit", Type: schemas.Label},
	// BilledCost is what is divided; do not add it up.
	ShareBilledCost: {Name: "BilledCost", Type: schemas.Decimal, Required: true},
	// UsageRows are those of the bill, all with the first part.
	ShareRows:          {Name: "UsageRows", Type: schemas.Integer, Required: true},
	ShareAmount:        {Name: "Amount", Type: schemas.Decimal, Required: true},
	ShareCurrency:      {Name: "Currency", Type: schemas.Label},
	ShareValue:         {Name: "Value", Type: schemas.Decimal},
	ShareValueCurrency: {Name: "ValueCurrency", Type: schemas.Label, Required: true},
	ShareSteps:         {Name: "Steps", Type: schemas.Text, Required: true},
}}
