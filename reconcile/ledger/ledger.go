// Package ledger says what was issued, as known on a day, and what makes it right. What was issued stays as it is: it is put
// right by a further entry, so that issued + corrections = right, always. It numbers and writes no document.
//
// Start with Correct.
package ledger

import (
	"daybook/schemas"
	"daybook/schemas/money"
)

// Entry is an amount that was issued, or that corrects what was. Entries are added and never changed.
type Entry struct {
	Document string
	// For is the day that the amount is of, and Known that on which it was issued.
	For, Known schemas.Date
	Amount     money.Decimal
}

// Standing is what entries come to for a day, as it was known on the day asOf; no day stands for every one.
func Standing(entries []Entry, of, asOf schemas.Date) money.Decimal {
	sum := money.Zero
	for _, e := range entries {
		if (of.IsZero() || e.For == of) && (asOf.IsZero() || !e.Known.After(asOf)) {
			sum = sum.Add(e.Amount)
		}
	}
	return sum
}

// Document is what an amount is corrected by.
type Document string

// The documents.
const (
	NoDocument Document = "none"
	CreditNote Document = "credit_note"
	DebitNote  Document = "debit_note"
)

// Correction is what is missing to what is right.
type Correction struct {
	Document Document
	// Adjustment is added to what stands, below zero for a credit note; Amount is its size, as the document shows it.
	Adjustment, Amount money.Decimal
}

// Correct makes what stands right.
func Correct(standing, right money.Decimal) Correction {
	c := Correction{Document: NoDocument, Adjustment: right.Sub(standing)}
	c.Amount = c.Adjustment.Abs()
	switch {
	case c.Adjustment.IsNegative():
		c.Document = CreditNote
	case c.Adjustment.IsPositive():
		c.Document = DebitNote
	}
	return c
}
