// Package receivable has the rows of what customers owe: documents as they are to be paid, what was allocated to them, and what is not
// allocated yet. It computes nothing; package receivables does.
//
// Start with [Document] and [Allocation].
package receivable

import (
	"daybook/schemas"
	"daybook/schemas/money"
)

// Document is an issued document as it is to be paid.
type Document struct {
	Number   string
	Kind     string
	Account  schemas.AccountID
	Name     string
	Period   schemas.Period
	Currency money.Currency
	// Places are those of amounts in the currency.
	Places      int32
	Issued, Due schemas.Date
	// Amount is what is to be paid, below zero for what is to be given back.
	Amount money.Decimal
	// Corrects are the documents that it corrects.
	Corrects []string
	// Lines, Taxes and Applied are what Amount is the sum of.
	Lines   []Line
	Taxes   []Tax
	Applied []Applied
}

// Line is what the lines of an offering come to.
type Line struct {
	Offering schemas.OfferingID
	Category schemas.ChargeCategory
	Amount   money.Decimal
}

// Tax is what a rate of tax comes to, and of what.
type Tax struct {
	Country  string
	Category string
	Percent  money.Decimal
	Base     money.Decimal
	Amount   money.Decimal
	// Reason says why no tax is charged.
	Reason string
}

// Applied is what was paid before the document was issued (below zero), or kept in the customer's favour (above).
type Applied struct {
	Description string
	Amount      money.Decimal
}

// Rule says by what an allocation was found.
type Rule string

// The rules, in the order in which they are tried.
const (
	ByReference Rule = "reference"
	ByEndToEnd  Rule = "end_to_end"
	ByNumber    Rule = "number"
	ByAmount    Rule = "account_and_amount"
	ByAge       Rule = "oldest_first"
	// ByDecision is what the book says, and ByReturn what a bank gave back.
	ByDecision Rule = "decision"
	ByReturn   Rule = "return"
	ByNote     Rule = "corrects"
)

// Kind says what an allocation is.
type Kind string

// The kinds.
const (
	// Paid is money that came.
	Paid Kind = "payment"
	// Charges is what banks kept of it, and we bear.
	Charges Kind = "bank_charges"
	// Discount is what the terms give for paying early.
	Discount Kind = "discount"
	// Difference is so little that it is not asked for.
	Difference Kind = "difference"
	// Refund is money that we gave back.
	Refund Kind = "refund"
	// Returned takes an allocation back, because the money went back.
	Returned Kind = "charge_back"
	// WrittenOff is what nobody expects any more.
	WrittenOff Kind = "write_off"
	// Netted is what a credit note and another document take of one another.
	Netted Kind = "netted"
)

// Allocation is what something settles of a document.
type Allocation struct {
	// Payment is the identifier of the payment; empty of what is none.
	Payment  string
	Document string
	Account  schemas.AccountID
	On       schemas.Date
	Kind     Kind
	Rule     Rule
	// Amount is in the document's currency, above zero for what makes the customer owe less.
	Amount   money.Decimal
	Currency money.Currency
	// Moved is what of the payment's money it took, in the currency in which that came: that of Amount but where somebody paid in another.
	Moved   money.Decimal
	MovedIn money.Currency
	Reason  string
}

// Unapplied is what is left of a payment that belongs to no document.
type Unapplied struct {
	Payment string
	// Account is whose it is, as far as that is known.
	Account  schemas.AccountID
	On       schemas.Date
	Amount   money.Decimal
	Currency money.Currency
	Why      string
}

// WriteOff is a decision of the book to expect no more of a document.
type WriteOff struct {
	Document string
	On       schemas.Date
	// Amount is how much; zero is all that is open then.
	Amount money.Decimal
	By     string
	Reason string
}

// Policy is what the book says of how documents are paid.
type Policy struct {
	// DiscountDays and DiscountPercent are given for paying early; 0 days give none.
	DiscountDays    int
	DiscountPercent money.Decimal
	// Tolerance is how much less than a document a payment may be for the rest not to be asked for.
	Tolerance money.Decimal
	// ApplyUnapplied has money of a known customer that names no document pay the oldest ones.
	ApplyUnapplied bool
	WriteOffs      []WriteOff
}
