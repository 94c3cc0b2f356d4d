package schemas

// ZeroTotals says what becomes of a draft whose total is zero.
type ZeroTotals string

// NegativeTotals says what becomes of a draft whose total is below zero.
type NegativeTotals string

// CorrectBy says where it is issued that a closed month turned out to be other than it was issued.
type CorrectBy string

// The ways, the default first.
const (
	// CorrectOnInvoice puts corrections on the next invoice; CorrectByNote on a credit or debit note for the document of the month.
	CorrectOnInvoice CorrectBy = "next_invoice"
	CorrectByNote    CorrectBy = "note"
)

// Values lists what a book may say, the default first.
func (CorrectBy) Values() []string { return Texts(CorrectOnInvoice, CorrectByNote) }

// The policies of totals, the defaults first.
const (
	// ZeroNone issues nothing; ZeroDocument issues an invoice of zero.
	ZeroNone     ZeroTotals = "none"
	ZeroDocument ZeroTotals = "document"

	// NegativeCreditNote issues a credit note; NegativeCarry adds what it is for to the next document of the account.
	NegativeCreditNote NegativeTotals = "credit_note"
	NegativeCarry      NegativeTotals = "carry_forward"
)

// Values lists what a book may say, the default first.
func (ZeroTotals) Values() []string { return Texts(ZeroNone, ZeroDocument) }

// Values lists what a book may say, the default first.
func (NegativeTotals) Values() []string { return Texts(NegativeCreditNote, NegativeCarry) }
