// Package payment has the rows of what banks and card processors say was paid: transactions and the balances between which they lie.
// It reads nothing and decides nothing; package bank reads them, and package receivables matches them.
//
// Start with [Row].
package payment

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"daybook/schemas"
	"daybook/schemas/money"
)

// Kind says what a row is, and so whether it counts.
type Kind string

// The kinds. Only Booked and, until a statement reaches their day, Intraday and Advice move money.
const (
	// Booked is a transaction of a statement.
	Booked Kind = "booked"
	// Pending is one that the bank has not booked, and may never.
	Pending Kind = "pending"
	// Information is one that the bank mentions and will not book.
	Information Kind = "information"
	// Intraday is one booked on a report of the day that goes on (camt.052): the statement of the day has it again.
	Intraday Kind = "intraday"
	// Advice is one of a notification (camt.054), which may detail what the statement has as one sum.
	Advice Kind = "advice"
	// Statement is no transaction: a statement itself, with the balances between which its transactions lie.
	Statement Kind = "statement"
)

// Row is what one row of a delivery says. Texts are as they were delivered, but for references, which have no blanks.
type Row struct {
	Kind   Kind
	Source schemas.SourceID
	Object string
	// Number counts the rows of the object from 1: transactions and statements in the order in which they end.
	Number int64
	// Account is the IBAN or number of ours, Bank the statement's identifier, and Sequence its number, where it has one.
	Account, Statement string
	Sequence           int64
	// Reference is the bank's own for the entry; Part counts the transactions of one entry from 1.
	Reference string
	Part      int64
	// Booked and Valued are the days on which it was booked and from which it bears interest; of a statement, its first and last.
	Booked, Valued schemas.Date
	// Amount is above zero for what we receive. A reversal has the sign of what it does, never the other.
	Amount   money.Decimal
	Currency money.Currency
	Reversal bool
	// Return is the bank's code for why the money comes back, as in AC04.
	Return string
	// Party and PartyAccount are the other side's name and account.
	Party, PartyAccount string
	// Structured is the creditor's reference, EndToEnd the identifier that the payer gave, Document a number of a document.
	Structured, EndToEnd, Document string
	Text                           string
	// Charges are what banks or the processor kept of it, at least 0: Amount is without them.
	Charges money.Decimal
	// Instructed is what the payer ordered, in InstructedCurrency; empty where the bank does not say.
	Instructed         money.Decimal
	InstructedCurrency money.Currency
	// Opening and Closing are the balances of a statement, nil where it does not say.
	Opening, Closing *money.Decimal
}

// ID tells rows apart by content: by account, statement, reference, day, amount and what the payer said. The same entry delivered
// twice has the same one; so have two entries of a statement that say the same, of which each counts.
func (r *Row) ID() string {
	sum := sha256.Sum256([]byte(strings.Join([]string{
		string(r.Kind), r.Account, r.Statement, r.Reference, fmt.Sprint(r.Part), r.Booked.String(), r.Amount.String(), string(r.Currency),
		r.Structured, r.EndToEnd, r.Document, r.Text,
	}, "\x00")))
	return hex.EncodeToString(sum[:10])
}
