package intercloud

import (
	"daybook/schemas"
	"daybook/schemas/money"
)

// Comparability says what an arbitrage makes of use at a peer.
type Comparability string

// What it makes of it.
const (
	// AsUsed is use of a peer as it was, at that peer's own rates.
	AsUsed Comparability = "as_used"
	// Compared is what the same use would have cost at the peer.
	Compared Comparability = "compared"
	// NotComparable is use that the peer has no price for.
	NotComparable Comparability = "not_comparable"
)

// Choice is what use of a good, or of all goods that can be compared, costs at one peer.
type Choice struct {
	// ID is the period, agreement, peer, good and comparability, joined by slashes.
	ID        string
	Period    schemas.Period
	Agreement AgreementID
	Peer      schemas.PeerID
	// Good is empty where it is all that can be compared.
	Good   string
	Status Comparability
	// Reason is why it cannot be compared.
	Reason string
	// Quantity is what was used of the good, in Unit.
	Quantity money.Decimal
	Unit     string
	// Billed is what peers billed for it, and of all goods what minimums and commitments would have added; Cost is what the peer's
	// rates make of it. Amounts are in Currency.
	Billed, Cost money.Decimal
	// Minimum and Commitment are what those of all candidates add, and Egress what moving costs; they are of all goods together.
	Minimum, Commitment, Egress money.Decimal
	// Total = Cost + Minimum + Commitment + Egress, and Saving = Billed - Total.
	Total, Saving money.Decimal
	Currency      money.Currency
	// Best is the peer with the largest saving, where any saves.
	Best bool
	// Hypothetical says that it was not used so.
	Hypothetical bool
	Provisional  bool
	Steps        []schemas.Step
}

// Positions of the columns of Choices.
const (
	ChoiceArbitrageId = iota
	ChoiceBillingPeriod
	ChoiceAgreementId
	ChoicePeerId
	ChoiceGood
	ChoiceStatus
	ChoiceReason
	ChoiceQuantity
	ChoiceUnit
	ChoiceBilledCost
	ChoiceCost
	ChoiceMinimum
	ChoiceCommitment
	ChoiceEgress
	ChoiceTotal
	ChoiceSaving
	ChoiceCurrency
	ChoiceBest
	ChoiceHypothetical
	ChoiceProvisional
	ChoiceSteps
	ChoiceColumns
)

// Choices is the dataset of what the month's use costs at each peer that it could be had of, sorted by agreement, peer and good, what
// was used before what could have been; rows without a good are the sums of what can be compared.
var Choices = schemas.Table{Name: "arbitrage", Version: "1", Columns: []schemas.Column{
	ChoiceArbitrageId:   {Name: "ArbitrageId", Type: schemas.Text, Required: true},
	ChoiceBillingPeriod: {Name: "BillingPeriod", Type: schemas.Label, Required: true},
	ChoiceAgreementId:   {Name: "AgreementId", Type: schemas.Label, Required: true},
	ChoicePeerId:        {Name: "PeerId", Type: schemas.Label, Required: true},
	ChoiceGood:          {Name: "Good", Type: schemas.Label},
	ChoiceStatus:        {Name: "Status", Type: schemas.Label, Required: true},
	ChoiceReason:        {Name: "Reason", Type: schemas.Text},
	ChoiceQuantity:      {Name: "Quantity", Type: schemas.Decimal},
	ChoiceUnit:          {Name: "Unit", Type: schemas.Label},
	ChoiceBilledCost:    {Name: "BilledCost", Type: schemas.Decimal, Required: true},
	ChoiceCost:          {Name: "Cost", Type: schemas.Decimal, Required: true},
	ChoiceMinimum:       {Name: "Minimum", Type: schemas.Decimal, Required: true},
	ChoiceCommitment:    {Name: "Commitment", Type: schemas.Decimal, Required: true},
	ChoiceEgress:        {Name: "Egress", Type: schemas.Decimal, Required: true},
	ChoiceTotal:         {Name: "Total", Type: schemas.Decimal, Required: true},
	ChoiceSaving:        {Name: "Saving", Type: schemas.Decimal, Required: true},
	ChoiceCurrency:      {Name: "Currency", Type: schemas.Label, Required: true},
	ChoiceBest:          {Name: "Best", Type: schemas.Label, Required: true},
	ChoiceHypothetical:  {Name: "Hypothetical", Type: schemas.Label, Required: true},
	ChoiceProvisional:   {Name: "Provisional", Type: schemas.Label, Required: true},
	ChoiceSteps:         {Name: "Steps", Type: schemas.Text, Required: true},
}}
