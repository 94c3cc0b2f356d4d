package bills

import (
	"daybook/schemas/money"
	"daybook/schemas/peerbill"
)

// BillRow is where a row of a bill lies.
type BillRow struct {
	Object string
	Row    int64
}

// WrongPart is the part of the rows of a discrepancy that is wrong, of their cost or of their quantity: 1 of rows that should not
// be there, below 0 of rows that have too little. It is false where nothing is wrong, or where there is nothing to take a part of.
func WrongPart(x *peerbill.Discrepancy, ofCost bool) (money.Ratio, bool) {
	part := money.Ratio{Num: x.Billed.Sub(x.Metered), Den: x.Billed}
	if ofCost {
		part = money.Ratio{Num: x.Amount, Den: x.Actual}
	}
	return part, !x.Note && !part.Num.IsZero() && !part.Den.IsZero()
}
