package payment

import "daybook/schemas"

// Positions of the columns of Payments.
const (
	Period = iota
	ID
	KindOf
	SourceId
	ObjectKey
	ObjectRow
	AccountIBAN
	StatementId
	StatementNumber
	BankReference
	EntryPart
	BookedOn
	ValuedOn
	AmountOf
	CurrencyOf
	IsReversal
	ReturnReason
	PartyName
	PartyIBAN
	StructuredReference
	EndToEndId
	DocumentNumber
	RemittanceText
	ChargesOf
	InstructedAmount
	InstructedIn
	OpeningBalance
	ClosingBalance
	Columns
)

// Payments is the dataset of what banks and card processors delivered for a period, by the day on which it was booked, in the order
// of objects and of the rows in them. What is not booked stands in it, too: Kind says so.
var Payments = schemas.Table{Name: "payments", Version: "1", Columns: []schemas.Column{
	Period:              {Name: "BillingPeriod", Type: schemas.Label, Required: true},
	ID:                  {Name: "PaymentId", Type: schemas.Text, Required: true},
	KindOf:              {Name: "Kind", Type: schemas.Label, Required: true},
	SourceId:            {Name: "SourceId", Type: schemas.Label, Required: true},
	ObjectKey:           {Name: "ObjectKey", Type: schemas.Label, Required: true},
	ObjectRow:           {Name: "ObjectRow", Type: schemas.Integer, Required: true},
	AccountIBAN:         {Name: "BankAccount", Type: schemas.Label, Required: true},
	StatementId:         {Name: "StatementId", Type: schemas.Label},
	StatementNumber:     {Name: "StatementNumber", Type: schemas.Integer},
	BankReference:       {Name: "BankReference", Type: schemas.Text},
	EntryPart:           {Name: "EntryPart", Type: schemas.Integer},
	BookedOn:            {Name: "BookedOn", Type: schemas.Label, Required: true},
	ValuedOn:            {Name: "ValuedOn", Type: schemas.Label},
	AmountOf:            {Name: "Amount", Type: schemas.Decimal, Required: true},
	CurrencyOf:          {Name: "Currency", Type: schemas.Label},
	IsReversal:          {Name: "Reversal", Type: schemas.Label},
	ReturnReason:        {Name: "ReturnReason", Type: schemas.Label},
	PartyName:           {Name: "PartyName", Type: schemas.Text},
	PartyIBAN:           {Name: "PartyAccount", Type: schemas.Text},
	StructuredReference: {Name: "StructuredReference", Type: schemas.Text},
	EndToEndId:          {Name: "EndToEndId", Type: schemas.Text},
	DocumentNumber:      {Name: "DocumentNumber", Type: schemas.Text},
	RemittanceText:      {Name: "RemittanceText", Type: schemas.Text},
	ChargesOf:           {Name: "Charges", Type: schemas.Decimal},
	InstructedAmount:    {Name: "InstructedAmount", Type: schemas.Decimal},
	InstructedIn:        {Name: "InstructedCurrency", Type: schemas.Label},
	OpeningBalance:      {Name: "OpeningBalance", Type: schemas.Decimal},
	ClosingBalance:      {Name: "ClosingBalance", Type: schemas.Decimal},
}}
