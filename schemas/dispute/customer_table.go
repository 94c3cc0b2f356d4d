package dispute

import "daybook/schemas"

// Positions of the columns of Challenges.
const (
	ChalDisputeId = iota
	ChalBillingPeriod
	ChalDisputedPeriod
	ChalAccountId
	ChalInvoiceId
	ChalCaseId
	ChalState
	ChalCurrency
	ChalClaimed
	ChalAccepted
	ChalRejected
	ChalOpen
	ChalHeld
	ChalRaisedOn
	ChalBy
	ChalReason
	ChalLines
	ChalAnswerBy
	ChalDecidedOn
	ChalDecidedBy
	ChalAnswer
	ChalEffects
	ChalColumns
)

// Challenges is the dataset of customers' disputes about our bills as they stand in a period, sorted by identifier: of books that have
// some. Claimed is always Accepted + Rejected + Open.
var Challenges = schemas.Table{Name: "disputes", Version: "1", Columns: []schemas.Column{
	ChalDisputeId:      {Name: "DisputeId", Type: schemas.Label, Required: true},
	ChalBillingPeriod:  {Name: "BillingPeriod", Type: schemas.Label, Required: true},
	ChalDisputedPeriod: {Name: "DisputedPeriod", Type: schemas.Label, Required: true},
	ChalAccountId:      {Name: "AccountId", Type: schemas.Label, Required: true},
	// InvoiceId is the number of the document, where the customer named it.
	ChalInvoiceId: {Name: "InvoiceId", Type: schemas.Label},
	ChalCaseId:    {Name: "CaseId", Type: schemas.Label},
	ChalState:     {Name: "State", Type: schemas.Label, Required: true},
	ChalCurrency:  {Name: "Currency", Type: schemas.Label, Required: true},
	ChalClaimed:   {Name: "Claimed", Type: schemas.Decimal, Required: true},
	ChalAccepted:  {Name: "Accepted", Type: schemas.Decimal, Required: true},
	ChalRejected:  {Name: "Rejected", Type: schemas.Decimal, Required: true},
	ChalOpen:      {Name: "Open", Type: schemas.Decimal, Required: true},
	// HeldFromDunning is how much of the month's document nobody is to be reminded of: what is open.
	ChalHeld:      {Name: "HeldFromDunning", Type: schemas.Decimal, Required: true},
	ChalRaisedOn:  {Name: "RaisedOn", Type: schemas.Label, Required: true},
	ChalBy:        {Name: "RaisedBy", Type: schemas.Label},
	ChalReason:    {Name: "Reason", Type: schemas.Text},
	ChalLines:     {Name: "Lines", Type: schemas.Text},
	ChalAnswerBy:  {Name: "DecideBefore", Type: schemas.Label},
	ChalDecidedOn: {Name: "DecidedOn", Type: schemas.Label},
	ChalDecidedBy: {Name: "DecidedBy", Type: schemas.Label},
	ChalAnswer:    {Name: "Decision", Type: schemas.Text},
	ChalEffects:   {Name: "Effects", Type: schemas.Text},
}}
