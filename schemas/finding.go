package schemas

import (
	"strings"

	"daybook/schemas/money"
)

// Severity says what a finding does to the run.
type Severity string

// The severities, mildest first.
const (
	// Note is a declared tolerance that was used: the row is kept, and the reader can see what was read into it.
	Note Severity = "note"
	// Warning is a row or fact that is kept but should be looked at.
	Warning Severity = "warning"
	// Suspended is a row that is valid but cannot be used until the book knows its account, meter, SKU or currency.
	Suspended Severity = "suspended"
	// Rejected is a row that cannot be used at all.
	Rejected Severity = "rejected"
	// Blocking is a fact about a whole delivery or account that keeps the period from closing.
	Blocking Severity = "blocking"
)

// Severities lists the severities, mildest first.
var Severities = []Severity{Note, Warning, Suspended, Rejected, Blocking}

// Code names one kind of finding. Codes are stable: reports, fixtures and people's filters use them.
type Code string

// Finding is a row or fact that is wrong. It always says where, and carries the quantity and cost it keeps out of the
// datasets, so that control totals balance with it.
type Finding struct {
	Code     Code
	Severity Severity
	// Source, Object, Row and Column are the place: Row counts from 1 (0: the whole object), Column is the source's own name for it.
	Source SourceID
	Object string
	Row    int64
	Column string
	// Account is the customer concerned, where one is known.
	Account AccountID
	// Value is the offending text, cut to 200 bytes.
	Value string
	// Message says what is wrong and what to do about it, in one sentence each.
	Message string
	// Rows is how many rows the finding stands for; 1 for a row, 0 for a note about a row that is kept.
	Rows int64
	// Quantity of Unit and Cost in Currency are what those rows hold, where they can be read.
	Quantity money.Fixed
	Unit     string
	Cost     money.Fixed
	Currency money.Currency
}

// Remark is a finding about what is kept, of an amount of money. Its row count is 0: no usage row is kept out by it.
func Remark(code Code, value, message string, cost money.Decimal, currency money.Currency) Finding {
	severity := Warning
	if info, ok := code.Info(); ok {
		severity = info.Severity
	}
	f := Finding{Code: code, Severity: severity, Value: clip(value), Message: message, Currency: currency}
	// The amount is for the reader; one that a dataset cannot hold stands in the message alone.
	if amount, err := money.FixedFromDecimal(cost); err == nil {
		f.Cost = amount
	}
	return f
}

// clip cuts a text to the 200 bytes that a finding's value may have, at a letter's boundary.
func clip(s string) string {
	const most = 200
	if len(s) <= most {
		return s
	}
	cut := most
	for cut > 0 && s[cut]&0xC0 == 0x80 {
		cut--
	}
	return strings.Clone(s[:cut])
}

// OneOrMany chooses between the words that follow a count in a message: 1 row is, 2 rows are.
func OneOrMany[N int | int64](n N, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// Positions of the columns of Findings.
const (
	FindCode = iota
	FindSeverity
	FindSourceId
	FindObjectKey
	FindObjectRow
	FindColumn
	FindAccountId
	FindValue
	FindMessage
	FindRows
	FindQuantity
	FindUnit
	FindCost
	FindCurrency
	FindColumns
)

// Findings is the dataset of findings, sorted by source, object, row, column and code.
var Findings = Table{Name: "findings", Version: "1", Columns: []Column{
	FindCode:      {Name: "Code", Type: Label, Required: true},
	FindSeverity:  {Name: "Severity", Type: Label, Required: true},
	FindSourceId:  {Name: "SourceId", Type: Label},
	FindObjectKey: {Name: "ObjectKey", Type: Label},
	FindObjectRow: {Name: "ObjectRow", Type: Integer},
	FindColumn:    {Name: "Column", Type: Label},
	FindAccountId: {Name: "AccountId", Type: Label},
	FindValue:     {Name: "Value", Type: Text},
	FindMessage:   {Name: "Message", Type: Text, Required: true},
	FindRows:      {Name: "Rows", Type: Integer, Required: true},
	FindQuantity:  {Name: "Quantity", Type: Decimal},
	FindUnit:      {Name: "Unit", Type: Label},
	FindCost:      {Name: "Cost", Type: Decimal},
	FindCurrency:  {Name: "Currency", Type: Label},
}}
