// Package screen is what a terminal is to show, before it is printed: paragraphs and tables, with amounts and names as people read them
// there. It makes no text safe to print; who prints does.
package screen

import (
	"unicode/utf8"

	"daybook/schemas/money"
)

// Block is a paragraph, or a table under one.
type Block struct {
	Text string
	Rows [][]string
	// Right is the first column that is set to the right.
	Right int
	// Below is a line below the table.
	Below string
}

// Amount is an amount in the places of its currency at least.
func Amount(d money.Decimal, c money.Currency) string {
	places, _ := money.MinorUnits(c)
	return money.Text(d, places)
}

// Blank is Amount, but nothing for nothing.
func Blank(d money.Decimal, c money.Currency) string {
	if d.IsZero() {
		return ""
	}
	return Amount(d, c)
}

// Clip ends a text that is too long for its column.
func Clip(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}
