package document

import "daybook/schemas"

// Kind is what an issued document is.
type Kind string

// The kinds of document.
const (
	KindInvoice    Kind = "invoice"
	KindCreditNote Kind = "credit_note"
	// KindDebitNote charges more for a month that was issued; a credit note may also give something of one back.
	KindDebitNote Kind = "debit_note"
)

// Issued is an issued invoice or credit note: a draft with a number and a date, chained to the document before it. The amounts
// of a credit note keep the signs of its charges, so that documents and charges sum to the same.
type Issued struct {
	Kind   Kind
	Number string
	// Date is its own; Due the day on which it is to be paid, no day where the book does not say.
	Date, Due schemas.Date
	// Entity is who issues it, by the book's identifier, and Closing the act of issuing.
	Entity  string
	Closing int
	Run     schemas.RunID
	// Previous is the SHA-256, in hex, of the JSON of the document before it; empty for the first of the entity.
	Previous string
	// Preceding are the documents that this one corrects, one for each period.
	Preceding []Preceding
	Invoice   schemas.Invoice
}

// Preceding is a document that a later one corrects.
type Preceding struct {
	Number string
	Date   schemas.Date
	Period schemas.Period
}
