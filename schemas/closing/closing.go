// Package closing holds what a book decides about the closing of months, and the policies of what is issued.
package closing

import "daybook/schemas"

// Closing is a decision to issue the documents of a month: a row of closings.csv. The first of a month issues it; each further one
// issues those of accounts that were held and are not any more.
type Closing struct {
	// Period is the month whose documents are issued.
	Period schemas.Period `yaml:"period"`
	// Issued is the date that the documents bear. It never decreases from one closing to the next, and nothing is issued before it.
	Issued schemas.Date `yaml:"issued"`
	// By is who decided, and Reason why, where there is something to say; both stand in the register.
	By     string `yaml:"by"`
	Reason string `yaml:"reason,omitempty"`
	// Notes issues credit and debit notes for the month, which is closed: of what later runs have found that is not on an invoice.
	Notes bool `yaml:"notes,omitempty"`
}
