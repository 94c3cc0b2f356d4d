package request

import "daybook/schemas"

// Positions of the columns of Requests.
const (
	ReqRequestId = iota
	ReqBillingPeriod
	ReqAccountId
	ReqKind
	ReqState
	ReqReceivedOn
	ReqAge
	ReqBy
	ReqText
	ReqPeriod
	ReqLines
	ReqCharges
	ReqFindings
	ReqResults
	ReqDisputes
	ReqChanges
	ReqApplied
	ReqOutcome
	ReqDecidedOn
	ReqDecidedBy
	ReqDecision
	ReqAnsweredOn
	ReqAnsweredBy
	ReqAnswer
	ReqClosedOn
	ReqSourceId
	ReqObjectKey
	ReqObjectRow
	ReqDeliveredState
	ReqDeliveredOn
	ReqColumns
)

// Requests is the dataset of customers' requests as they stand in a month, sorted by number: of books that have some, or to which some are
// delivered. Those of a month were received by its last day, and not closed before its first. What is several is on a line each.
var Requests = schemas.Table{Name: "requests", Version: "1", Columns: []schemas.Column{
	ReqRequestId:     {Name: "RequestId", Type: schemas.Text, Required: true},
	ReqBillingPeriod: {Name: "BillingPeriod", Type: schemas.Label, Required: true},
	ReqAccountId:     {Name: "AccountId", Type: schemas.Label, Required: true},
	ReqKind:          {Name: "Kind", Type: schemas.Label, Required: true},
	// State is open, answered or closed.
	ReqState:      {Name: "State", Type: schemas.Label, Required: true},
	ReqReceivedOn: {Name: "ReceivedOn", Type: schemas.Label, Required: true},
	// Age is in days, to the end of the month, or the day of which the run knows, or the day on which it was closed.
	ReqAge:  {Name: "Age", Type: schemas.Integer, Required: true},
	ReqBy:   {Name: "RequestedBy", Type: schemas.Text},
	ReqText: {Name: "Text", Type: schemas.Text},
	// AboutPeriod is the month that it is about, Lines what of that month's charges the customer named, and ChargeIds which these are.
	ReqPeriod:  {Name: "AboutPeriod", Type: schemas.Label, Required: true},
	ReqLines:   {Name: "Lines", Type: schemas.Text},
	ReqCharges: {Name: "ChargeIds", Type: schemas.Text},
	// Findings are codes, SLAResults and Disputes identifiers.
	ReqFindings: {Name: "Findings", Type: schemas.Text},
	ReqResults:  {Name: "SLAResults", Type: schemas.Text},
	ReqDisputes: {Name: "Disputes", Type: schemas.Text},
	// ChangesAsked are what is asked for, and ChangesMade what stands in changes.csv with the number.
	ReqChanges:    {Name: "ChangesAsked", Type: schemas.Text},
	ReqApplied:    {Name: "ChangesMade", Type: schemas.Text},
	ReqOutcome:    {Name: "Outcome", Type: schemas.Label},
	ReqDecidedOn:  {Name: "DecidedOn", Type: schemas.Label},
	ReqDecidedBy:  {Name: "DecidedBy", Type: schemas.Label},
	ReqDecision:   {Name: "Decision", Type: schemas.Text},
	ReqAnsweredOn: {Name: "AnsweredOn", Type: schemas.Label},
	ReqAnsweredBy: {Name: "AnsweredBy", Type: schemas.Label},
	ReqAnswer:     {Name: "Answer", Type: schemas.Text},
	ReqClosedOn:   {Name: "ClosedOn", Type: schemas.Label},
	// SourceId and what follows are of what was delivered: where, and its state there, since when.
	ReqSourceId:       {Name: "SourceId", Type: schemas.Label},
	ReqObjectKey:      {Name: "ObjectKey", Type: schemas.Label},
	ReqObjectRow:      {Name: "ObjectRow", Type: schemas.Integer},
	ReqDeliveredState: {Name: "DeliveredState", Type: schemas.Label},
	ReqDeliveredOn:    {Name: "DeliveredOn", Type: schemas.Label},
}}
