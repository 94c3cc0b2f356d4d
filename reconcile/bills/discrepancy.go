package bills

import (
	"fmt"
	"strings"

	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/peerbill"
)

// discrepancyID names a discrepancy by what it is of.
func discrepancyID(x *peerbill.Discrepancy) string {
	row := ""
	if x.Row > 0 {
		row = fmt.Sprint(x.Row)
	}
	return schemas.JoinID(string(x.Period), string(x.Peer), string(x.Contract), x.Service, string(x.SKU), x.Region, string(x.Account), x.Resource,
		x.Day.String(), string(x.Class), x.Object, row)
}

// DiscrepancyFinding is the finding of a discrepancy; false of a note, and of what the contract lets pass.
func DiscrepancyFinding(x *peerbill.Discrepancy) (schemas.Finding, bool) {
	if x.Note || x.Tolerated {
		return schemas.Finding{}, false
	}
	place := strings.Join(strings.Fields(strings.Join([]string{string(x.Peer), x.Service, string(x.SKU), x.Region}, " ")), " ")
	if x.Account != "" {
		place += " of account " + string(x.Account)
	}
	if x.Resource != "" {
		place += ", resource " + x.Resource
	}
	place += fmt.Sprintf(", %s", x.Day)
	message := fmt.Sprintf("%s: %s: bills %s %s where %s %s is expected; %s",
		place, x.Class, x.ActualBilled, x.BilledCurrency, x.Expected, x.Currency, advice[x.Class])
	if x.Reached == peerbill.ReachedCustomer {
		message += fmt.Sprintf("; draft %s has %s %s of it", x.Draft, money.RoundTo(x.ReachedAmount, 2, money.HalfEven), x.ReachedCurrency)
	}
	f := schemas.Remark(schemas.CodePeerRow, x.ID, message, x.Amount, x.Currency)
	f.Account = x.Account
	return f, true
}

// advice is what to do about a discrepancy, by its class.
var advice = map[peerbill.Class]string{
	peerbill.DuplicateRow:         "dispute the row, which repeats another one",
	peerbill.BilledAccountUnknown: "add the account to accounts of the peer, or dispute the row",
	peerbill.ResourceUnknown:      "dispute the row, or have the meter count it and a rate cover it",
	peerbill.WrongCurrency:        "have the peer bill in the contract's currency",
	peerbill.WrongPeriod:          "have the peer bill the use in its own period",
	peerbill.MissingInBill:        "expect it on a later bill",
	peerbill.MissingInMeter:       "dispute the row, or mend the meter",
	peerbill.WrongRate:            "dispute the price",
	peerbill.OverUsage:            "dispute the quantity, or mend the meter",
	peerbill.UnderUsage:           "expect the rest on a later bill, or mend the meter",
	peerbill.MissingCredit:        "ask the peer for the credit",
	peerbill.WrongTax:             "dispute the tax, or correct tax_percent in detail of the contract",
	peerbill.WrongRounding:        "have the peer round to the minor unit",
	peerbill.CreditNotDue:         "ask the peer what the credit is for, or add it to credits in detail of the contract",
	peerbill.LateArrival:          "pay it with the bill of the month in which it came",
}
