package einvoice

import "daybook/schemas/money"

// Document is an issued document as EN 16931 sees it: every term that a syntax writes, and none that it has to work out. Amounts,
// and the quantities of lines, are above zero where the document says what it is for: those of a credit note are what is credited.
// Days are written YYYY-MM-DD, and empty where there is none.
type Document struct {
	// Specification (BT-24) and Process (BT-23) say whose rules the document keeps.
	Specification, Process string
	// Number is BT-1, Issued BT-2, Due BT-9 and Type BT-3.
	Number, Issued, Due string
	Type                Type
	// Note is BT-22.
	Note string
	// Currency is BT-5.
	Currency money.Currency
	References
	// From and To are the invoicing period (BG-14), and Preceding the documents that are corrected (BG-3).
	From, To      string
	Preceding     []Preceding
	Seller, Buyer Trader
	// DeliveredTo is the country where the service is used (BT-80), said where the tax depends on it.
	DeliveredTo string
	// Means is how to pay (BT-81), Remittance what to name then (BT-83), and Conditions when (BT-20).
	Means, Remittance, Conditions string
	// Adjustments are the allowances and charges on the whole (BG-20, BG-21).
	Adjustments []Adjustment
	Terms
	// Items are the lines (BG-25).
	Items []Item
}

// Type is a code of UNTDID 1001. A debit note is an invoice that names the document before it.
type Type string

// The types of document.
const (
	Invoice    Type = "380"
	CreditNote Type = "381"
)

// Preceding is a document that is corrected (BT-25, BT-26).
type Preceding struct{ Number, Issued string }

// Trader is a party with its tax identifiers told apart.
type Trader struct {
	*Party
	// EndpointScheme and EndpointID are where it sends or takes electronic invoices (BT-34, BT-49).
	EndpointScheme, EndpointID string
	// VAT is its VAT identifier (BT-31, BT-48), and Other another number at the tax office (BT-32) or, of a buyer, by which it is
	// known (BT-46).
	VAT, Other string
}

// Adjustment is an allowance or a charge on the whole.
type Adjustment struct {
	Charge bool
	Reason string
	Amount money.Fixed
	Tax    Tax
}

// Item is a line.
type Item struct {
	// ID is BT-126: lines are counted from 1. Name is BT-153, and Description BT-154.
	ID                string
	Name, Description string
	// From and To are the line's own period (BG-26), within that of the document.
	From, To string
	// Amount is without tax (BT-131).
	Amount money.Fixed
	Line
}
