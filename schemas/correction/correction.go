// Package correction is the vocabulary of what a run corrects of earlier periods, line by line, and why.
//
// It is vocabulary alone: package rating/correct tells causes apart.
package correction

import (
	"time"

	"daybook/schemas"
	"daybook/schemas/money"
)

// Cause is a part of what a run follows from, which was replaced by today's.
type Cause string

// The causes, in the order in which parts are replaced.
const (
	// Code is today's code on the facts and the usage of then, less what was charged.
	Code Cause = "code"
	// Usage is what came late.
	Usage Cause = "usage"
	// Customer is what the book says of customers: accounts, subscriptions and changes, and whose usage is whose.
	Customer Cause = "customer"
	Meter    Cause = "meter"
	Price    Cause = "price"
	// Policy is how is rated.
	Policy Cause = "policy"
	Tax    Cause = "tax"
	// ExchangeRate is exchange rates, and by which of them is converted.
	ExchangeRate Cause = "exchange rate"
	// Dispute is what was decided about a dispute with the customer.
	Dispute Cause = "dispute"
	// Untold is all of a difference where the store does not keep the book of then.
	Untold Cause = "untold"
)

// Causes lists them in their order.
func Causes() []Cause {
	return []Cause{Code, Usage, Customer, Meter, Price, Policy, Tax, ExchangeRate, Dispute, Untold}
}

// Row is a line of an earlier period that a run corrects.
type Row struct {
	Period, Corrects schemas.Period
	// Basis is the run by whose book and usage what was charged so far comes about.
	Basis schemas.RunID

	Account      schemas.AccountID
	Subscription schemas.SubscriptionID
	Offering     schemas.OfferingID
	Price        schemas.PriceID
	Version      string
	Meter        schemas.MeterID
	Group        string
	Category     schemas.ChargeCategory
	Description  string
	Start, End   time.Time
	Currency     money.Currency

	// Issued is what the run of the period charged, Corrected by how much later ones corrected that, and RightNow what the line is
	// rated as by all that is known now.
	Issued, Corrected, RightNow, Difference money.Decimal
	// By is the difference by cause, in the order of Causes.
	By []money.Decimal
	// Evidence names what is behind each cause that has an amount, in their order: object and row, or file and line of the book.
	Evidence []string
}

// Positions of the columns of Corrections.
const (
	BillingPeriod = iota
	CorrectedPeriod
	BasisRun
	AccountId
	SubscriptionId
	OfferingId
	PriceId
	PriceVersion
	MeterId
	MeterGroup
	ChargeCategory
	ChargeDescription
	ChargePeriodStart
	ChargePeriodEnd
	BillingCurrency
	IssuedCost
	CorrectedCost
	RightCost
	DifferenceCost
	ByCode
	ByUsage
	ByCustomer
	ByMeter
	ByPrice
	ByPolicy
	ByTax
	ByExchangeRate
	ByDispute
	ByUntold
	EvidenceText
	Columns
)

// Corrections is the dataset of what a run corrects of earlier periods, a row for each account, period and line, sorted by account and
// corrected period. A run has it if it corrects anything, or if causes weigh each other out. Costs are in the billing currency; those
// by cause add up to the difference.
var Corrections = schemas.Table{Name: "corrections", Version: "2", Columns: []schemas.Column{
	BillingPeriod:     {Name: "BillingPeriod", Type: schemas.Label, Required: true},
	CorrectedPeriod:   {Name: "CorrectedPeriod", Type: schemas.Label, Required: true},
	BasisRun:          {Name: "BasisRun", Type: schemas.Label},
	AccountId:         {Name: "AccountId", Type: schemas.Label, Required: true},
	SubscriptionId:    {Name: "SubscriptionId", Type: schemas.Label},
	OfferingId:        {Name: "OfferingId", Type: schemas.Label},
	PriceId:           {Name: "PriceId", Type: schemas.Label},
	PriceVersion:      {Name: "PriceVersion", Type: schemas.Label},
	MeterId:           {Name: "MeterId", Type: schemas.Label},
	MeterGroup:        {Name: "MeterGroup", Type: schemas.Label},
	ChargeCategory:    {Name: "ChargeCategory", Type: schemas.Label, Required: true},
	ChargeDescription: {Name: "ChargeDescription", Type: schemas.Label},
	ChargePeriodStart: {Name: "ChargePeriodStart", Type: schemas.Time, Required: true},
	ChargePeriodEnd:   {Name: "ChargePeriodEnd", Type: schemas.Time, Required: true},
	BillingCurrency:   {Name: "BillingCurrency", Type: schemas.Label, Required: true},
	IssuedCost:        {Name: "IssuedCost", Type: schemas.Decimal, Required: true},
	CorrectedCost:     {Name: "CorrectedCost", Type: schemas.Decimal, Required: true},
	RightCost:         {Name: "RightCost", Type: schemas.Decimal, Required: true},
	DifferenceCost:    {Name: "DifferenceCost", Type: schemas.Decimal, Required: true},
	ByCode:            {Name: "ByCode", Type: schemas.Decimal, Required: true},
	ByUsage:           {Name: "ByUsage", Type: schemas.Decimal, Required: true},
	ByCustomer:        {Name: "ByCustomer", Type: schemas.Decimal, Required: true},
	ByMeter:           {Name: "ByMeter", Type: schemas.Decimal, Required: true},
	ByPrice:           {Name: "ByPrice", Type: schemas.Decimal, Required: true},
	ByPolicy:          {Name: "ByPolicy", Type: schemas.Decimal, Required: true},
	ByTax:             {Name: "ByTax", Type: schemas.Decimal, Required: true},
	ByExchangeRate:    {Name: "ByExchangeRate", Type: schemas.Decimal, Required: true},
	ByDispute:         {Name: "ByDispute", Type: schemas.Decimal, Required: true},
	ByUntold:          {Name: "ByUntold", Type: schemas.Decimal, Required: true},
	EvidenceText:      {Name: "Evidence", Type: schemas.Text},
}}
