package einvoice

import "daybook/schemas/money"

// Terms are the terms of a document that people read in another form, or not at all. Those of its lines stand on them; BT and
// BG are the numbers of EN 16931. The amounts of a credit note keep their signs, as those of its lines do.
type Terms struct {
	// Bank is where to pay (BG-17).
	Bank []BankAccount
	// VAT is the breakdown (BG-23), in the order of categories and rates.
	VAT []VAT
	// TaxCurrency is that in which the tax is accounted for where the document is in another one (BT-6), and TaxValue the tax in
	// it (BT-111).
	TaxCurrency money.Currency
	TaxValue    money.Fixed
	// Lines is the sum of the lines (BT-106), Allowances and Charges that of what is taken off and put on the whole (BT-107,
	// BT-108), Net what is left without tax (BT-109), Tax the tax (BT-110), Gross the sum with it (BT-112), Paid what was paid
	// ahead (BT-113), Rounding what makes it payable (BT-114), and Due what is left to pay (BT-115):
	//
	//	Net = Lines - Allowances + Charges
	//	Gross = Net + Tax
	//	Due = Gross - Paid + Rounding
	Lines, Allowances, Charges, Net, Tax, Gross, Paid, Rounding, Due money.Fixed
}

// References are the numbers by which the customer knows what it buys (BT-10, BT-13, BT-12, BT-19).
type References struct {
	Buyer, Order, Contract, CostCentre string
}

// Rate tells rows of tax apart: a category, and the percentage of what is in it.
type Rate struct {
	Category Category
	Percent  money.Fixed
}

// VAT is one row of the breakdown.
type VAT struct {
	Rate
	// Base is what the tax is of (BT-116), and Tax the tax (BT-117).
	Base, Tax money.Fixed
	// Reason and Code say why there is none (BT-120, BT-121).
	Reason, Code string
}

// Tax is how one charge is taxed: a row of the breakdown that it belongs to, and why.
type Tax struct {
	Rate
	Reason, Code string
}

// Kind is what a line of a document is on the electronic invoice.
type Kind string

// The kinds of line.
const (
	// AsLine is a line of an invoice (BG-25).
	AsLine Kind = "line"
	// AsAllowance is taken off the whole (BG-20), and AsCharge put on it (BG-21): its description is the reason.
	AsAllowance Kind = "allowance"
	AsCharge    Kind = "charge"
	// AsRounding makes the sum payable (BT-114).
	AsRounding Kind = "rounding"
)

// Line is what a line says on the electronic invoice:
//
//	amount = Quantity × Price ÷ Per, rounded to the places of the document, - the sum of Allowances + that of Charges
//
// Only lines that stand as such have a quantity. Price is never below zero, so Quantity is where the amount is.
type Line struct {
	Kind Kind
	Tax  Tax
	// Quantity (BT-129) is in units of UnitCode (BT-130), and Price (BT-146) for Per of them (BT-149), 1 where that is all.
	Quantity money.Fixed
	UnitCode string
	Price    money.Fixed
	Per      money.Fixed
	// Allowances and Charges are within the line (BG-27, BG-28).
	Allowances, Charges []Reduction
}

// Reduction is something taken off a line, or put on it: an amount above zero, or below it where the line is given back.
type Reduction struct {
	Reason string
	Amount money.Fixed
	// Percent is what the amount is of Base, where it is so much of that.
	HasPercent    bool
	Base, Percent money.Fixed
}
