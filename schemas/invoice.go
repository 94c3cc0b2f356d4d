package schemas

import (
	"strings"

	"daybook/schemas/einvoice"
	"daybook/schemas/money"
)

// Invoice is a draft invoice: one account's charges of a period in one currency. It has no number and no date; both are
// given when it is issued. Everything in it may be shown to the customer: no cost and no margin of ours is.
//
// Its amounts add up exactly: Net is the sum of the lines, Tax that of the taxes, Total is Net + Tax, and Due is Total and
// the sum of what was applied to it, which is below zero.
type Invoice struct {
	Seller, Buyer *einvoice.Party
	// Series is that from which the invoice takes its number when it is issued; empty where the book names none.
	Series      string
	Account     AccountID
	AccountName string
	Period      Period
	// From and To are the first and last day of the period.
	From, To Date
	Currency money.Currency
	// Places is the number of decimal places that amounts are shown with, at least.
	Places int32
	// Provisional says that deliveries are missing, so that more may be charged.
	Provisional bool
	Lines       []InvoiceLine
	Taxes       []TaxRow
	// Applied is prepaid credit that pays after tax.
	Applied []AppliedRow
	// Discount is what discounts take off within the lines (at most 0, as a rule), and List what the lines sum to without.
	List, Discount, Net, Tax, Total, Paid, Due money.Fixed
	// TaxReason says why no tax is charged, such as reverse charge; empty where tax is.
	TaxReason string
	// PaymentDays counts from the date of the invoice to the day on which it is due; 0 says nothing of it.
	PaymentDays int
	// PaymentTerms says in a sentence how and when to pay.
	PaymentTerms string
	// Notes are printed at the foot, one paragraph each.
	Notes []string
	// Payment says how to pay, a line per entry.
	Payment []string
	// References are the customer's own numbers; Electronic are the terms of an electronic invoice, nil where none is sent.
	References einvoice.References
	Electronic *einvoice.Terms
}

// InvoiceLine is one charge on an invoice.
type InvoiceLine struct {
	Charge   ChargeID
	Offering OfferingID
	Category ChargeCategory
	Class    ChargeClass
	// Corrects is the period of which a Correction says what is right; empty on other lines, and where it is not known.
	Corrects    Period
	Description string
	Region      string
	// Group tells lines of one description apart: the meter's group, such as ServiceName=Storage.
	Group string
	// From and To are the first and last day of the charge period where the account is; no days where it has none.
	From, To Date
	// Used is the metered quantity, rounded for people, where no part says it.
	HasUsed  bool
	Used     money.Fixed
	UsedUnit string
	// Parts say how the amount comes about, and sum to it; none where there is nothing to say.
	Parts []LinePart
	// Left is what a credit or coupon still holds after this line, where that is bounded.
	HasLeft bool
	Left    money.Fixed
	// Discount is the sum of the parts that are discounts.
	Discount, Amount money.Fixed
	// Electronic is what the line is on an electronic invoice, nil where none is sent.
	Electronic *einvoice.Line
}

// GroupValues is a group as a customer reads it: Storage, large of ServiceName=Storage, SkuId=large.
func GroupValues(group string) string {
	var values []string
	for part := range strings.SplitSeq(group, ", ") {
		_, value, named := strings.Cut(part, "=")
		switch {
		case named:
			values = append(values, value)
		case len(values) > 0: // the value before has a comma
			values[len(values)-1] += ", " + part
		}
	}
	return strings.Join(values, ", ")
}

// PartKind says what a part of a line is beside a quantity at a price.
type PartKind string

// The kinds of part; the empty one is a quantity at a price, or an amount.
const (
	// PartIncluded is a quantity that costs nothing.
	PartIncluded PartKind = "included"
	// PartDiscount takes something off.
	PartDiscount PartKind = "discount"
	// PartRounding is what rounding the whole moved beyond the sum of the rounded parts.
	PartRounding PartKind = "rounding"
)

// LinePart is one step of a line's amount as people reckon it. Where it has a quantity,
//
//	Amount = Quantity × UnitPrice × each factor's Times ÷ its Over
//
// of the numbers as they are shown, rounded once to the places of the invoice; a UnitPrice in percent counts hundredths.
type LinePart struct {
	Kind PartKind
	// Text says what the part is, such as Tier 2; empty where the line says it.
	Text        string
	HasQuantity bool
	// Quantity is rounded for people, to no fewer digits than the product needs to come out.
	Quantity  money.Fixed
	Unit      string
	UnitPrice money.Fixed
	Percent   bool
	// Currency is that of the price where it is not the invoice's.
	Currency money.Currency
	Factors  []PartFactor
	Amount   money.Fixed
}

// PartFactor is what a part is multiplied by: days of a period, an exchange rate.
type PartFactor struct {
	// Text is how people say it, such as 19 of 30 days.
	Text        string
	Times, Over money.Fixed
}

// TaxRow is one rate of tax on an invoice; taxes of earlier periods that are corrected have rows of their own.
type TaxRow struct {
	Charges     []ChargeID
	Description string
	Corrects    Period
	// Base is what the tax is of, and Percent its rate: not known of corrections.
	HasBase       bool
	Base, Percent money.Fixed
	// Apart says why Base × Percent is not Amount; empty where it is.
	Apart  string
	Amount money.Fixed
	// Electronic is the row of an electronic invoice's breakdown that it belongs to, and Value the tax in the provider's currency.
	Electronic *einvoice.Tax
	Value      money.Fixed
}

// AppliedRow is what one grant of prepaid credit pays of a total; what it paid of an earlier period, and is corrected, has a row of its own.
type AppliedRow struct {
	Charges     []ChargeID
	Description string
	Corrects    Period
	// Left is what the grant still holds after this invoice.
	HasLeft bool
	Left    money.Fixed
	Amount  money.Fixed
}
