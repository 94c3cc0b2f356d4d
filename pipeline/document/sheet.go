package document

import (
	"fmt"

	"daybook/schemas"
	"daybook/schemas/money"
)

// Sheet is what one page shows of an invoice: all of it, or some of the lines of one that is too long for a page.
type Sheet struct {
	Invoice *schemas.Invoice
	// Issued is the document that the invoice was issued as; nil for a draft.
	Issued *Issued
	// Number counts the sheets of the invoice from 1 to Of.
	Number, Of int
	// From and To bound the lines that it shows: the first one, and the one after the last.
	From, To int
	// Carried is the sum of the lines before, Through that of all up to its last.
	Carried, Through money.Fixed
	// Before and After are the pages of the invoice's other sheets, relative to this one; empty where there is none.
	Before, After string
}

// Whole is the one sheet of an invoice that one page holds.
func Whole(inv *schemas.Invoice) Sheet {
	return Sheet{Invoice: inv, Number: 1, Of: 1, To: len(inv.Lines), Through: inv.Net}
}

// Rows is how many rows of a table an invoice's lines take.
func Rows(inv *schemas.Invoice) (n int) {
	for i := range inv.Lines {
		n += rowsOf(&inv.Lines[i])
	}
	return n
}

// Sheets divides an invoice into sheets of so many rows at most; a line stays whole, however many it takes. The error is a
// sum that overflows.
func Sheets(inv *schemas.Invoice, most int) ([]Sheet, error) {
	out := []Sheet{{Invoice: inv}}
	rows, sum := 0, money.Fixed{}
	for i := range inv.Lines {
		l := &inv.Lines[i]
		if n := rowsOf(l); rows > 0 && rows+n > most {
			out = append(out, Sheet{Invoice: inv, From: i, Carried: sum})
			rows = 0
		}
		var err error
		if sum, err = sum.Add(l.Amount); err != nil {
			return nil, fmt.Errorf("carry over the lines of account %s: %w", inv.Account, err)
		}
		last := &out[len(out)-1]
		rows += rowsOf(l)
		last.To, last.Through = i+1, sum
	}
	for i := range out {
		out[i].Number, out[i].Of = i+1, len(out)
	}
	return out, nil
}
