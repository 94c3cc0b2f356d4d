package intercloud

import (
	"daybook/schemas"
	"daybook/schemas/money"
)

// Basis is what a debt is for.
type Basis string

// The bases.
const (
	// BilledByPeer is what a peer bills us.
	BilledByPeer Basis = "bill"
	// ChargedByUs is what a peer's accounts are charged.
	ChargedByUs Basis = "charges"
	// CommonPriceList is use of a member of a federation by another, at the common price list.
	CommonPriceList Basis = "price_list"
)

// Standing says whether a debt is netted.
type Standing string

// The standings.
const (
	Netted   Standing = "netted"
	Disputed Standing = "disputed"
	// OtherCurrency is not among those of the agreement.
	OtherCurrency Standing = "other_currency"
)

// Settlement is what one party owes another under an agreement for a period, for one thing.
type Settlement struct {
	// ID is the period, agreement, debtor, creditor, basis, good, currency and standing, joined by slashes.
	ID        string
	Period    schemas.Period
	Agreement AgreementID
	Pattern   Pattern
	// From owes To; our own name is the identifier of the provider.
	From, To string
	Basis    Basis
	// Good is that of the common price list.
	Good string
	// Exact is what rows and prices come to, and Amount that in units of the currency's minor unit. Below zero it is a credit.
	Exact, Amount money.Decimal
	Currency      money.Currency
	Due           schemas.Date
	Standing      Standing
	// Rows counts those of the bill, the charges, or the rows of use.
	Rows        int64
	Provisional bool
	Steps       []schemas.Step
}

// Positions of the columns of Settlements.
const (
	SettleSettlementId = iota
	SettleBillingPeriod
	SettleAgreementId
	SettlePattern
	SettleFrom
	SettleTo
	SettleBasis
	SettleGood
	SettleExact
	SettleAmount
	SettleCurrency
	SettleDue
	SettleStanding
	SettleRows
	SettleProvisional
	SettleSteps
	SettleColumns
)

// Settlements is the dataset of what parties of agreements owe each other, gross, sorted by agreement, debtor, creditor, basis,
// good, currency and standing.
var Settlements = schemas.Table{Name: "settlements", Version: "1", Columns: []schemas.Column{
	SettleSettlementId:  {Name: "SettlementId", Type: schemas.Text, Required: true},
	SettleBillingPeriod: {Name: "BillingPeriod", Type: schemas.Label, Required: true},
	SettleAgreementId:   {Name: "AgreementId", Type: schemas.Label, Required: true},
	SettlePattern:       {Name: "Pattern", Type: schemas.Label, Required: true},
	SettleFrom:          {Name: "Debtor", Type: schemas.Label, Required: true},
	SettleTo:            {Name: "Creditor", Type: schemas.Label, Required: true},
	SettleBasis:         {Name: "Basis", Type: schemas.Label, Required: true},
	SettleGood:          {Name: "Good", Type: schemas.Label},
	SettleExact:         {Name: "ExactAmount", Type: schemas.Decimal, Required: true},
	SettleAmount:        {Name: "Amount", Type: schemas.Decimal, Required: true},
	SettleCurrency:      {Name: "Currency", Type: schemas.Label, Required: true},
	SettleDue:           {Name: "DueDate", Type: schemas.Label, Required: true},
	SettleStanding:      {Name: "Standing", Type: schemas.Label, Required: true},
	SettleRows:          {Name: "SourceRows", Type: schemas.Integer, Required: true},
	SettleProvisional:   {Name: "Provisional", Type: schemas.Label, Required: true},
	SettleSteps:         {Name: "Steps", Type: schemas.Text, Required: true},
}}

// Net is what one party has of what is netted together: with one other party, or under a federation with all others.
type Net struct {
	// ID is the period, agreement, party, counterparty, currency and due day, joined by slashes.
	ID        string
	Period    schemas.Period
	Agreement AgreementID
	Pattern   Pattern
	// Counterparty is empty where it is all other members of a federation.
	Party, Counterparty string
	Currency            money.Currency
	Due                 schemas.Date
	// Receivable and Payable are gross. Netted is what needs no payment: Receivable - Netted = Receives, Payable - Netted = Pays, and
	// one of Receives and Pays is 0.
	Receivable, Payable, Netted, Receives, Pays money.Decimal
	// PaysTo says whom Pays goes to.
	PaysTo      string
	Provisional bool
	Steps       []schemas.Step
}

// Positions of the columns of NetStatements.
const (
	NetStatementId = iota
	NetBillingPeriod
	NetAgreementId
	NetPattern
	NetParty
	NetCounterparty
	NetCurrency
	NetDue
	NetReceivable
	NetPayable
	NetNetted
	NetReceives
	NetPays
	NetPaysTo
	NetProvisional
	NetSteps
	NetColumns
)

// NetStatements is the dataset of what is paid once debts of one currency and due day are netted, sorted by agreement, currency,
// due day, party and counterparty. Disputed debts, and those in other currencies, are not in it. What is received is what is paid.
var NetStatements = schemas.Table{Name: "net_statements", Version: "1", Columns: []schemas.Column{
	NetStatementId:   {Name: "NetStatementId", Type: schemas.Text, Required: true},
	NetBillingPeriod: {Name: "BillingPeriod", Type: schemas.Label, Required: true},
	NetAgreementId:   {Name: "AgreementId", Type: schemas.Label, Required: true},
	NetPattern:       {Name: "Pattern", Type: schemas.Label, Required: true},
	NetParty:         {Name: "Party", Type: schemas.Label, Required: true},
	NetCounterparty:  {Name: "Counterparty", Type: schemas.Label},
	NetCurrency:      {Name: "Currency", Type: schemas.Label, Required: true},
	NetDue:           {Name: "DueDate", Type: schemas.Label, Required: true},
	NetReceivable:    {Name: "Receivable", Type: schemas.Decimal, Required: true},
	NetPayable:       {Name: "Payable", Type: schemas.Decimal, Required: true},
	NetNetted:        {Name: "Netted", Type: schemas.Decimal, Required: true},
	NetReceives:      {Name: "Receives", Type: schemas.Decimal, Required: true},
	NetPays:          {Name: "Pays", Type: schemas.Decimal, Required: true},
	NetPaysTo:        {Name: "PaysTo", Type: schemas.Text},
	NetProvisional:   {Name: "Provisional", Type: schemas.Label, Required: true},
	NetSteps:         {Name: "Steps", Type: schemas.Text, Required: true},
}}
