// Package peerbill is the vocabulary of comparing peers' bills row by row: the rows of the datasets discrepancies and peer_bills. It
// holds no rule; what is wrong with a bill, reconcile/bills finds.
//
// Start with Discrepancy.
package peerbill

import (
	"daybook/schemas"
	"daybook/schemas/money"
)

// Class is why a row of a peer's bill, or what our meters counted for one, is not as it should be.
type Class string

// The classes, in the order in which the first cause of a row owns its amount; the last two stand apart.
const (
	// DuplicateRow: the bill has the row again, with the same resource, SKU, charge period, quantity and cost.
	DuplicateRow Class = "duplicate"
	// BilledAccountUnknown: the account of the row is no customer's and not of our own use.
	BilledAccountUnknown Class = "unknown_account"
	// ResourceUnknown: our meters never saw the resource in the period, or no rate of a contract covers the SKU.
	ResourceUnknown Class = "unknown_resource"
	// WrongCurrency: the row is in another currency than its contract.
	WrongCurrency Class = "wrong_currency"
	// WrongPeriod: what was used one day (or one month) before or after is billed.
	WrongPeriod Class = "wrong_period"
	// MissingInBill: our meters counted it, and the bill has no row for it.
	MissingInBill Class = "missing_in_bill"
	// MissingInMeter: the bill has it, and our meters did not count it.
	MissingInMeter Class = "missing_in_meter"
	// WrongRate: the peer's price is not the contract's.
	WrongRate Class = "wrong_rate"
	// OverUsage and UnderUsage: the peer's quantity is more, or less, than ours.
	OverUsage  Class = "over_usage"
	UnderUsage Class = "under_usage"
	// MissingCredit: a credit that is due is not on the bill.
	MissingCredit Class = "missing_credit"
	// WrongTax: the tax is not the contract's percentage of what is billed.
	WrongTax Class = "tax"
	// WrongRounding: an amount is off by more than half a minor unit of its currency, and by no more than a whole one.
	WrongRounding Class = "rounding"
	// CreditNotDue: the bill has a credit that nobody promised.
	CreditNotDue Class = "credit_not_due"
	// LateArrival: use of an earlier period that its own bill lacked.
	LateArrival Class = "late_arrival"
)

// Classes lists the classes in their order.
var Classes = []Class{
	DuplicateRow, BilledAccountUnknown, ResourceUnknown, WrongCurrency, WrongPeriod, MissingInBill, MissingInMeter, WrongRate, OverUsage,
	UnderUsage, MissingCredit, WrongTax, WrongRounding, CreditNotDue, LateArrival,
}

// Objection says to a peer what is wrong.
func (c Class) Objection() string { return objections[c] }

var objections = map[Class]string{
	DuplicateRow:         "the row repeats another one",
	BilledAccountUnknown: "the account is not ours",
	ResourceUnknown:      "we have not used it, or have agreed no price for it",
	WrongCurrency:        "it is in another currency than was agreed",
	WrongPeriod:          "it was used in another charge period",
	MissingInBill:        "the bill lacks what we have used",
	MissingInMeter:       "we have counted no use",
	WrongRate:            "the price is not the one agreed",
	OverUsage:            "we have counted less use",
	UnderUsage:           "we have counted more use",
	MissingCredit:        "a credit that was promised is not there",
	WrongTax:             "the tax is not that of what is billed",
	WrongRounding:        "the amount is not rounded to the minor unit",
	CreditNotDue:         "nobody knows what the credit is for",
	LateArrival:          "it is of an earlier bill",
}

// Discrepancy is one row of a peer's bill, or what our meters counted for one, that is not as it should be.
type Discrepancy struct {
	// ID is the period, peer, contract, service, SKU, region, account, resource, day, class, and the object and row where the class
	// is of one row, joined by slashes; a slash within one is written %2F.
	ID       string
	Period   schemas.Period
	Peer     schemas.PeerID
	Contract schemas.ContractID
	Service  string
	SKU      schemas.SKU
	Region   string
	Account  schemas.AccountID
	// Resource is empty where the contract is matched by SKU.
	Resource string
	// Day is the first day of the charge period: of a day, or of the month where the contract is matched by month.
	Day   schemas.Date
	Class Class
	// Note marks a second cause on a row whose amount another class owns: its Amount is 0.
	Note bool
	// Tolerated marks what the contract lets pass.
	Tolerated bool
	// Metered and Billed are quantities in Unit.
	Metered money.Decimal
	Billed  money.Decimal
	Unit    string
	// Expected and Actual are in Currency, the contract's. Actual is what the bill has, converted where it is in another, and
	// ActualBilled the same in BilledCurrency.
	Expected       money.Decimal
	Actual         money.Decimal
	Currency       money.Currency
	ActualBilled   money.Decimal
	BilledCurrency money.Currency
	// Amount is Actual - Expected, and 0 of a note. UsageEffect, RateEffect and OtherEffect add up to Actual - Expected.
	Amount      money.Decimal
	UsageEffect money.Decimal
	RateEffect  money.Decimal
	OtherEffect money.Decimal
	BillRows    int64
	// Object and Row are where the first row of the bill lies; empty where it has none.
	Object string
	Row    int64
	// Invoice is the number of the invoice that the row names.
	Invoice string
	// Reached says whether what is wrong is in what a customer is charged; Draft is the draft invoice that it is in, and
	// ReachedAmount, in ReachedCurrency, by how much: see [Reach].
	Reached         Reach
	Draft           string
	ReachedAmount   money.Decimal
	ReachedCurrency money.Currency
}

// Reach says whether what is wrong with a bill is in what a customer is charged. It is empty of a note, and of what is of a bill
// as a whole: taxes and credits, which are compared over all accounts.
//
// A charge that goes by what the peer charges has the part of it that is wrong of the rows' cost; one that goes by the peer's
// quantity has that of their quantity, and nothing of a wrong price. The amount is that part of the charge, at what this costs on
// average and before it is rounded, so that parts of a charge add up to it; discounts of the account as a whole, credits and taxes
// come after it.
type Reach string

// What became of it.
const (
	ReachedCustomer Reach = "yes"
	NotReached      Reach = "no"
)

// Positions of the columns of Discrepancies.
const (
	DiscDiscrepancyId = iota
	DiscBillingPeriod
	DiscPeerId
	DiscContractId
	DiscServiceName
	DiscSkuId
	DiscRegionId
	DiscAccountId
	DiscResourceId
	DiscDay
	DiscClass
	DiscNote
	DiscTolerated
	DiscMeteredQuantity
	DiscBilledQuantity
	DiscUnit
	DiscExpected
	DiscActual
	DiscCurrency
	DiscBilledCost
	DiscBillingCurrency
	DiscAmount
	DiscUsageEffect
	DiscRateEffect
	DiscOtherEffect
	DiscBillRows
	DiscObjectKey
	DiscObjectRow
	DiscInvoiceId
	DiscReached
	DiscDraftInvoiceId
	DiscReachedAmount
	DiscReachedCurrency
	DiscColumns
)

// Discrepancies is the dataset of what is wrong with peers' bills, row by row, for contracts that ask for it by detail. Within a
// shard it is sorted by account, peer, service, SKU, region, resource and day. Summed per peer, contract and currency, Amount is
// what the bill has more than is expected, but for what rounding each row leaves.
var Discrepancies = schemas.Table{Name: "discrepancies", Version: "3", Columns: []schemas.Column{
	DiscDiscrepancyId:   {Name: "DiscrepancyId", Type: schemas.Text, Required: true},
	DiscBillingPeriod:   {Name: "BillingPeriod", Type: schemas.Label, Required: true},
	DiscPeerId:          {Name: "PeerId", Type: schemas.Label, Required: true},
	DiscContractId:      {Name: "ContractId", Type: schemas.Label, Required: true},
	DiscServiceName:     {Name: "ServiceName", Type: schemas.Label},
	DiscSkuId:           {Name: "SkuId", Type: schemas.Label},
	DiscRegionId:        {Name: "RegionId", Type: schemas.Label},
	DiscAccountId:       {Name: "AccountId", Type: schemas.Label},
	DiscResourceId:      {Name: "ResourceId", Type: schemas.Text},
	DiscDay:             {Name: "Day", Type: schemas.Label, Required: true},
	DiscClass:           {Name: "Class", Type: schemas.Label, Required: true},
	DiscNote:            {Name: "Note", Type: schemas.Label, Required: true},
	DiscTolerated:       {Name: "Tolerated", Type: schemas.Label, Required: true},
	DiscMeteredQuantity: {Name: "MeteredQuantity", Type: schemas.Decimal, Required: true},
	DiscBilledQuantity:  {Name: "BilledQuantity", Type: schemas.Decimal, Required: true},
	DiscUnit:            {Name: "Unit", Type: schemas.Label},
	DiscExpected:        {Name: "Expected", Type: schemas.Decimal, Required: true},
	DiscActual:          {Name: "Actual", Type: schemas.Decimal, Required: true},
	DiscCurrency:        {Name: "Currency", Type: schemas.Label, Required: true},
	DiscBilledCost:      {Name: "BilledCost", Type: schemas.Decimal, Required: true},
	DiscBillingCurrency: {Name: "BillingCurrency", Type: schemas.Label, Required: true},
	DiscAmount:          {Name: "Amount", Type: schemas.Decimal, Required: true},
	DiscUsageEffect:     {Name: "UsageEffect", Type: schemas.Decimal, Required: true},
	DiscRateEffect:      {Name: "RateEffect", Type: schemas.Decimal, Required: true},
	DiscOtherEffect:     {Name: "OtherEffect", Type: schemas.Decimal, Required: true},
	DiscBillRows:        {Name: "BillRows", Type: schemas.Integer, Required: true},
	DiscObjectKey:       {Name: "ObjectKey", Type: schemas.Label},
	DiscObjectRow:       {Name: "ObjectRow", Type: schemas.Integer},
	DiscInvoiceId:       {Name: "InvoiceId", Type: schemas.Label},
	DiscReached:         {Name: "Reached", Type: schemas.Label},
	DiscDraftInvoiceId:  {Name: "DraftInvoiceId", Type: schemas.Label},
	DiscReachedAmount:   {Name: "ReachedAmount", Type: schemas.Decimal},
	DiscReachedCurrency: {Name: "ReachedCurrency", Type: schemas.Label},
}}

// Bill is one peer's bill in one currency under one contract, for a period: what it comes to, and what we make of it.
type Bill struct {
	Period         schemas.Period
	Peer           schemas.PeerID
	Contract       schemas.ContractID
	BilledCurrency money.Currency
	// Billed is the sum of the bill's rows, in BilledCurrency; the other amounts are in Currency, the contract's.
	Billed   money.Decimal
	BillRows int64
	Currency money.Currency
	Actual   money.Decimal
	Expected money.Decimal
	// Disputed is the sum of discrepancies that are not tolerated, Tolerated of those that are, and Rounding what rounding the rows
	// leaves: Actual - Expected = Disputed + Tolerated + Rounding.
	Disputed  money.Decimal
	Tolerated money.Decimal
	Rounding  money.Decimal
	// Rolled is what has been tolerated up to now and has not been raised: that of the period before and Tolerated, and 0 once it
	// passed the contract's limit.
	Rolled money.Decimal
	// SafeToPay is Actual without the discrepancies above zero that are not tolerated, which are Withheld; what our meters counted
	// and the bill lacks is Accrued. LaterBilled is what came for accruals of the period before, and LaterAccrued what those were.
	SafeToPay    money.Decimal
	Withheld     money.Decimal
	Accrued      money.Decimal
	LaterBilled  money.Decimal
	LaterAccrued money.Decimal
	// Discrepancies counts those that are not tolerated, notes aside.
	Discrepancies int64
}

// ID names a bill: its period, the word bill, its peer, contract and currency.
func (b *Bill) ID() string {
	return schemas.JoinID(string(b.Period), "bill", string(b.Peer), string(b.Contract), string(b.BilledCurrency))
}

// Positions of the columns of Bills.
const (
	BillBillingPeriod = iota
	BillPeerId
	BillContractId
	BillBillingCurrency
	BillBilledCost
	BillBillRows
	BillCurrency
	BillActual
	BillExpected
	BillDisputed
	BillTolerated
	BillRounding
	BillRolled
	BillSafeToPay
	BillWithheld
	BillAccrued
	BillLaterBilled
	BillLaterAccrued
	BillDiscrepancies
	BillColumns
)

// Bills is the dataset of peers' bills under contracts that ask for detail, sorted by peer, contract and billing currency.
// BilledCost per currency is the sum of those peers' bills.
var Bills = schemas.Table{Name: "peer_bills", Version: "1", Columns: []schemas.Column{
	BillBillingPeriod:   {Name: "BillingPeriod", Type: schemas.Label, Required: true},
	BillPeerId:          {Name: "PeerId", Type: schemas.Label, Required: true},
	BillContractId:      {Name: "ContractId", Type: schemas.Label, Required: true},
	BillBillingCurrency: {Name: "BillingCurrency", Type: schemas.Label, Required: true},
	BillBilledCost:      {Name: "BilledCost", Type: schemas.Decimal, Required: true},
	BillBillRows:        {Name: "BillRows", Type: schemas.Integer, Required: true},
	BillCurrency:        {Name: "Currency", Type: schemas.Label, Required: true},
	BillActual:          {Name: "Actual", Type: schemas.Decimal, Required: true},
	BillExpected:        {Name: "Expected", Type: schemas.Decimal, Required: true},
	BillDisputed:        {Name: "Disputed", Type: schemas.Decimal, Required: true},
	BillTolerated:       {Name: "Tolerated", Type: schemas.Decimal, Required: true},
	BillRounding:        {Name: "Rounding", Type: schemas.Decimal, Required: true},
	BillRolled:          {Name: "Rolled", Type: schemas.Decimal, Required: true},
	BillSafeToPay:       {Name: "SafeToPay", Type: schemas.Decimal, Required: true},
	BillWithheld:        {Name: "Withheld", Type: schemas.Decimal, Required: true},
	BillAccrued:         {Name: "Accrued", Type: schemas.Decimal, Required: true},
	BillLaterBilled:     {Name: "LaterBilled", Type: schemas.Decimal, Required: true},
	BillLaterAccrued:    {Name: "LaterAccrued", Type: schemas.Decimal, Required: true},
	BillDiscrepancies:   {Name: "Discrepancies", Type: schemas.Integer, Required: true},
}}
