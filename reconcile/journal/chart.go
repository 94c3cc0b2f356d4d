package journal

import (
	"strings"

	"daybook/schemas"
	"daybook/schemas/money"
)

// Chart is a chart of accounts. Names have parts divided by colons, the first of which is Assets, Liabilities, Equity, Income or
// Expenses, as hledger and beancount have it.
type Chart struct {
	Receivable string
	// Unapplied is what customers paid that belongs to no document; Netting is between documents, or payments, that settle one another.
	Unapplied, Netting string
	// Banks are those of our accounts with banks and processors; others are below Bank, by their names.
	Banks map[string]string
	Bank  string
	// Offerings are where revenue of an offering goes, and Revenue is below what others are, by their names.
	Offerings map[schemas.OfferingID]string
	Revenue   string
	// Tax is below what tax is, by country and rate.
	Tax string
	// Prepaid is what customers paid for before it was earned, and balances in their favour.
	Prepaid                                   string
	BankCharges, Discounts, Rounding, BadDebt string
	ExchangeGain, ExchangeLoss                string
}

// DefaultChart is that of a book that has none.
func DefaultChart() Chart {
	return Chart{
		Receivable: "Assets:Receivable", Unapplied: "Liabilities:Customers:Unapplied", Netting: "Assets:Netting", Bank: "Assets:Bank", Revenue: "Income:Revenue",
		Tax: "Liabilities:Tax", Prepaid: "Liabilities:Customers:Prepaid", BankCharges: "Expenses:Bank", Discounts: "Expenses:Discounts", Rounding: "Expenses:Differences",
		BadDebt: "Expenses:BadDebt", ExchangeGain: "Income:Exchange", ExchangeLoss: "Expenses:Exchange",
	}
}

func (c *Chart) revenue(id schemas.OfferingID, category schemas.ChargeCategory) string {
	if account := c.Offerings[id]; account != "" {
		return account
	}
	if id == "" {
		return c.Revenue + ":" + part(string(category))
	}
	return c.Revenue + ":" + part(string(id))
}

func (c *Chart) tax(country string, percent money.Decimal) string {
	return c.Tax + ":" + part(country) + ":" + part(percent.String())
}

func (c *Chart) bank(account string) string {
	if name := c.Banks[account]; name != "" {
		return name
	}
	return c.Bank + ":" + part(account)
}

// part is a text as a part of an account's name: letters, digits and hyphens, of which the first is a capital or a digit. What stands
// for another character tells it apart.
func part(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9', r >= 'A' && r <= 'Z':
			b.WriteRune(r)
		case r >= 'a' && r <= 'z':
			if b.Len() == 0 {
				r += 'A' - 'a'
			}
			b.WriteRune(r)
		default:
			if b.Len() == 0 {
				b.WriteByte('X')
			}
			b.WriteByte('-')
		}
	}
	if b.Len() == 0 {
		return "None"
	}
	return b.String()
}
