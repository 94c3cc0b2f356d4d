package invoice

import (
	"cmp"
	"slices"

	"daybook/schemas"
	"daybook/schemas/money"
)

// Join puts what an invoice of an earlier period is for on one of the same account and currency, before its own: lines, taxes and
// what pays, each as it was. The totals are those of both. The error is a sum that overflows.
func Join(inv, before *schemas.Invoice) error {
	inv.Lines = slices.Concat(before.Lines, inv.Lines)
	inv.Taxes = slices.Concat(before.Taxes, inv.Taxes)
	inv.Applied = slices.Concat(before.Applied, inv.Applied)
	if before.From.Before(inv.From) {
		inv.From = before.From
	}
	if inv.Electronic == nil || before.Electronic == nil { // one of both does not say what that asks for
		inv.Electronic = nil
		for i := range inv.Lines {
			inv.Lines[i].Electronic = nil
		}
		for i := range inv.Taxes {
			inv.Taxes[i].Electronic, inv.Taxes[i].Value = nil, money.Fixed{}
		}
	} else {
		inv.Electronic.TaxCurrency = cmp.Or(inv.Electronic.TaxCurrency, before.Electronic.TaxCurrency)
	}
	return total(inv)
}
