// Package dispute is the vocabulary of challenges to what was billed, by peers to us or by us to customers: the decisions of the book, what
// a peer answers, and the datasets of how each stands. It holds no rule; how a dispute stands, reconcile/standing finds.
//
// Start with Dispute.
package dispute

import (
	"daybook/schemas"
	"daybook/schemas/money"
)

// Dispute is a challenge to a bill: to a peer's, which we raised, or to ours, which a customer did.
type Dispute struct {
	// ID is what the peer's answers call it, and what stands on notes about it.
	ID string `yaml:"id"`
	// Contract is that of a peer's bill, and Account the one whose bill a customer challenges: a dispute has one of them.
	Contract schemas.ContractID `yaml:"contract,omitempty"`
	Account  schemas.AccountID  `yaml:"account,omitempty"`
	// Case is what a customer's ticket calls it.
	Case string `yaml:"case,omitempty"`
	// Period is the month that is billed; Invoice the number of its invoice.
	Period  schemas.Period `yaml:"period"`
	Invoice string         `yaml:"invoice,omitempty"`
	// Items are the discrepancies that it is about, by their identifiers: the dispute file names it beside them.
	Items []string `yaml:"items,omitempty"`
	// Service is the ServiceName of the rows that will credit it, of the category Credit or Adjustment; empty where they have none.
	Service string `yaml:"service,omitempty"`
	// Lines are what of the bill a customer challenges; without any it is all of the account's.
	Lines []Line `yaml:"lines,omitempty"`
	// Amount is what is not to be paid, in the currency of the contract, or of the account and then with tax.
	Amount money.Decimal `yaml:"amount"`
	// Reason says why, and By who decided to raise it.
	Reason string       `yaml:"reason"`
	Raised schemas.Date `yaml:"raised"`
	By     string       `yaml:"by"`
	// WriteOff gives the rest up of what a peer was to credit.
	WriteOff *WriteOff `yaml:"write_off,omitempty"`
	// Decisions are ours about what a customer challenges, oldest first.
	Decisions []Decision `yaml:"decisions,omitempty"`
}

// WriteOff is the decision to give up what a dispute has not brought.
type WriteOff struct {
	On     schemas.Date `yaml:"on"`
	By     string       `yaml:"by"`
	Reason string       `yaml:"reason"`
	// Amount is how much; without it all that has not been credited.
	Amount *money.Decimal `yaml:"amount,omitempty"`
}

// AnswerKind is what a peer says of a dispute.
type AnswerKind string

// What peers say.
const (
	Acknowledges AnswerKind = "acknowledged"
	Accepts      AnswerKind = "accepted"
	Rejects      AnswerKind = "rejected"
)

// Values lists what an answer may say.
func (AnswerKind) Values() []string {
	return []string{string(Acknowledges), string(Accepts), string(Rejects)}
}

// Answer is what a peer says of a dispute on a day.
type Answer struct {
	Peer    schemas.PeerID
	Dispute string
	Day     schemas.Date
	Kind    AnswerKind
	// Amount is how much is accepted or rejected; nil for all that is open.
	Amount   *money.Decimal
	Currency money.Currency
	Reason   string
	// Object and Row are where it was delivered.
	Object string
	Row    int64
}

// State says how a dispute stands.
type State string

// The states. Before a dispute is raised there is what was detected and may be challenged until the contract's window closes.
const (
	Detected       State = "detected"
	Expired        State = "expired"
	Raised         State = "raised"
	Acknowledged   State = "acknowledged"
	Accepted       State = "accepted"
	PartlyAccepted State = "partly_accepted"
	Rejected       State = "rejected"
	// Credited and WrittenOff are of the month in which the last of it was settled; Closed is from the next one on.
	Credited   State = "credited"
	WrittenOff State = "written_off"
	Closed     State = "closed"
)

// Standing is how a dispute stands in a period, or what of a bill may still be challenged.
type Standing struct {
	// ID is the dispute's; of what was detected, the month of the bill, the peer and the contract, joined by slashes.
	ID       string
	Period   schemas.Period
	Bill     schemas.Period
	Peer     schemas.PeerID
	Contract schemas.ContractID
	// Account and Case are of a customer's dispute, of which Lines say what is challenged, and Effects what follows from the decisions.
	Account        schemas.AccountID
	Case           string
	Lines, Effects string
	Invoice        string
	State          State
	Currency       money.Currency
	// Detected is what of the bill was found too dear, and Unraised what of that no dispute is about; both are 0 of a dispute.
	Detected, Unraised money.Decimal
	// Claimed is what was raised: it is Accepted + Rejected + Open. Credited is what bills have given of it, CreditedNow that of this
	// period, and GivenUp what was written off.
	Claimed, Accepted, Rejected, Open money.Decimal
	Credited, CreditedNow, GivenUp    money.Decimal
	RaisedOn                          schemas.Date
	By, Reason                        string
	// RaiseBy, AnswerBy and CreditBy are the last days; zero where the contract has none, or nothing is waited for.
	RaiseBy, AnswerBy, CreditBy schemas.Date
	// Answered is the day of the last answer, and Answer its reason.
	Answered schemas.Date
	Answer   string
	// DecidedBy is who decided a customer's dispute on that day.
	DecidedBy string
	// GivenUpOn is the day of the write-off, with who decided it and why.
	GivenUpOn                schemas.Date
	GivenUpBy, GivenUpReason string
}

// Positions of the columns of Disputes.
const (
	DispDisputeId = iota
	DispBillingPeriod
	DispBillPeriod
	DispPeerId
	DispContractId
	DispInvoiceId
	DispState
	DispCurrency
	DispDetected
	DispUnraised
	DispRaised
	DispAccepted
	DispRejected
	DispOpen
	DispCredited
	DispCreditedNow
	DispWrittenOff
	DispRaisedOn
	DispBy
	DispReason
	DispRaiseBy
	DispAnswerBy
	DispCreditBy
	DispAnsweredOn
	DispAnswer
	DispWrittenOffOn
	DispWrittenOffBy
	DispWrittenOffReason
	DispColumns
)

// Disputes is the dataset of disputes with peers as they stand in a period, sorted by identifier: of books that have some, or whose
// contracts give them deadlines. Raised is always Accepted + Rejected + Open.
var Disputes = schemas.Table{Name: "peer_disputes", Version: "1", Columns: []schemas.Column{
	DispDisputeId:     {Name: "DisputeId", Type: schemas.Label, Required: true},
	DispBillingPeriod: {Name: "BillingPeriod", Type: schemas.Label, Required: true},
	// BillPeriod is the month of the bill that is disputed.
	DispBillPeriod: {Name: "BillPeriod", Type: schemas.Label, Required: true},
	DispPeerId:     {Name: "PeerId", Type: schemas.Label, Required: true},
	DispContractId: {Name: "ContractId", Type: schemas.Label, Required: true},
	DispInvoiceId:  {Name: "InvoiceId", Type: schemas.Label},
	DispState:      {Name: "State", Type: schemas.Label, Required: true},
	DispCurrency:   {Name: "Currency", Type: schemas.Label, Required: true},
	DispDetected:   {Name: "Detected", Type: schemas.Decimal, Required: true},
	DispUnraised:   {Name: "Unraised", Type: schemas.Decimal, Required: true},
	DispRaised:     {Name: "Raised", Type: schemas.Decimal, Required: true},
	DispAccepted:   {Name: "Accepted", Type: schemas.Decimal, Required: true},
	DispRejected:   {Name: "Rejected", Type: schemas.Decimal, Required: true},
	DispOpen:       {Name: "Open", Type: schemas.Decimal, Required: true},
	DispCredited:   {Name: "Credited", Type: schemas.Decimal, Required: true},
	// CreditedNow is what bills of this period gave of Credited.
	DispCreditedNow:      {Name: "CreditedNow", Type: schemas.Decimal, Required: true},
	DispWrittenOff:       {Name: "WrittenOff", Type: schemas.Decimal, Required: true},
	DispRaisedOn:         {Name: "RaisedOn", Type: schemas.Label},
	DispBy:               {Name: "RaisedBy", Type: schemas.Label},
	DispReason:           {Name: "Reason", Type: schemas.Text},
	DispRaiseBy:          {Name: "RaiseBefore", Type: schemas.Label},
	DispAnswerBy:         {Name: "AnswerBefore", Type: schemas.Label},
	DispCreditBy:         {Name: "CreditBefore", Type: schemas.Label},
	DispAnsweredOn:       {Name: "AnsweredOn", Type: schemas.Label},
	DispAnswer:           {Name: "Answer", Type: schemas.Text},
	DispWrittenOffOn:     {Name: "WrittenOffOn", Type: schemas.Label},
	DispWrittenOffBy:     {Name: "WrittenOffBy", Type: schemas.Label},
	DispWrittenOffReason: {Name: "WrittenOffReason", Type: schemas.Text},
}}
