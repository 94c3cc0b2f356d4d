package schemas

import "daybook/schemas/money"

// Invoice is a draft invoice: one account's charges of a period in one currency. It has no number and no date; both are
// given when it is issued.
//
// Its amounts add up exactly: Net is the sum of the lines, Tax that of the taxes, Total is Net + Tax, and each line's
// Amount is its List + Discount.
type Invoice struct {
	Seller, Buyer *Party
	Account       AccountID
	AccountName   string
	Period        Period
	// From and To are the first and last day of the period.
	From, To Date
	Currency money.Currency
	// Places is the number of decimal places that amounts are shown with, at least.
	Places int32
	// Provisional says that deliveries are missing, so that more may be charged.
	Provisional bool
	Lines       []InvoiceLine
	Taxes       []InvoiceLine
	// List is the sum of the lines before discounts, Discount what these take off (at most 0, as a rule).
	List, Discount, Net, Tax, Total money.Fixed
	// Notes are printed at the foot, one paragraph each.
	Notes []string
	// Payment says how to pay, a line per entry.
	Payment []string
}

// Party is who sells or buys.
type Party struct {
	Name         string
	LegalName    string
	Address      []string
	TaxID        string
	Registration string
	Email        string
}

// InvoiceLine is one charge on an invoice.
type InvoiceLine struct {
	Charge      ChargeID
	Offering    OfferingID
	Category    ChargeCategory
	Class       ChargeClass
	Description string
	Region      string
	// Group tells lines of one description apart: the meter's group, such as ServiceName=Storage.
	Group string
	// From and To are the first and last day of the charge period; no days where it has none.
	From, To    Date
	HasQuantity bool
	Quantity    money.Fixed
	Unit        string
	HasPrice    bool
	UnitPrice   money.Fixed
	// List is before discounts, Discount what they add (below 0), Amount their sum.
	List, Discount, Amount money.Fixed
}
