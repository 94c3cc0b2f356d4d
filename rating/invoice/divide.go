package invoice

import (
	"slices"

	"daybook/schemas"
)

// Without takes what corrects certain months off an invoice, whose totals are then those of the rest, and reports whether anything is
// left on it. The error is a sum that overflows.
func Without(inv *schemas.Invoice, corrects func(schemas.Period) bool) (left bool, err error) {
	off := func(p schemas.Period) bool { return p != "" && corrects(p) }
	inv.Lines = slices.DeleteFunc(slices.Clone(inv.Lines), func(l schemas.InvoiceLine) bool { return off(l.Corrects) })
	inv.Taxes = slices.DeleteFunc(slices.Clone(inv.Taxes), func(t schemas.TaxRow) bool { return off(t.Corrects) })
	inv.Applied = slices.DeleteFunc(slices.Clone(inv.Applied), func(a schemas.AppliedRow) bool { return off(a.Corrects) })
	return len(inv.Lines)+len(inv.Taxes)+len(inv.Applied) > 0, total(inv)
}
