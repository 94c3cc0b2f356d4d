package receivables

import (
	"cmp"
	"maps"
	"slices"

	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/receivable"
)

// Entry is a line of a statement of account: what it adds to what the customer owes, and what that comes to.
type Entry struct {
	On   schemas.Date
	What string
	// Document is the number of the document that it is, or that it settles.
	Document string
	// Payment is the identifier of the payment that it is of.
	Payment string
	Text    string
	Amount  money.Decimal
	Balance money.Decimal
}

// Account is a statement of account in a currency: Opening and the amounts of its entries sum to Closing, which is what is open of
// documents less what was paid and is not applied.
type Account struct {
	Account  schemas.AccountID
	Name     string
	Currency money.Currency
	Places   int32
	// From and To are its first and last day.
	From, To schemas.Date
	Opening  money.Decimal
	Entries  []Entry
	Closing  money.Decimal
	Items    []Item
	// Unapplied is what was paid and belongs to no document.
	Unapplied money.Decimal
}

// The lines of a statement beside documents, which are called by their kind.
const (
	WhatPayment = "payment"
	WhatBack    = "money given back"
)

// Statement is what an account owed from a day to another, in each currency in which it has anything.
func (l *Ledger) Statement(account schemas.AccountID, from, to schemas.Date, items []Item) (out []Account) {
	all := map[money.Currency]*Account{}
	at := func(c money.Currency) *Account {
		if all[c] == nil {
			places, _ := money.MinorUnits(c)
			all[c] = &Account{Account: account, Currency: c, Places: places, From: from, To: to}
		}
		return all[c]
	}
	add := func(c money.Currency, e Entry) {
		switch a := at(c); {
		case e.On.After(to) || e.Amount.IsZero():
		case e.On.Before(from):
			a.Opening = a.Opening.Add(e.Amount)
		default:
			a.Entries = append(a.Entries, e)
		}
	}
	for i := range l.Documents {
		if d := &l.Documents[i]; d.Account == account {
			add(d.Currency, Entry{On: d.Issued, What: d.Kind, Document: d.Number, Text: string(d.Period), Amount: d.Amount})
			at(d.Currency).Name = d.Name
		}
	}
	l.moved(account, add)
	for i := range items {
		if x := &items[i]; x.Document.Account == account {
			at(x.Document.Currency).Items = append(at(x.Document.Currency).Items, *x)
		}
	}
	for _, c := range slices.Sorted(maps.Keys(all)) {
		a := all[c]
		slices.SortStableFunc(a.Entries, func(x, y Entry) int { return x.On.Compare(y.On) })
		a.Closing = a.Opening
		for i := range a.Entries {
			a.Closing = a.Closing.Add(a.Entries[i].Amount)
			a.Entries[i].Balance = a.Closing
		}
		a.Unapplied = a.Closing.Neg()
		for i := range a.Items {
			a.Unapplied = a.Unapplied.Add(a.Items[i].Open)
		}
		out = append(out, *a)
	}
	return out
}

// moved adds what settles documents, and what of payments is on account. What a note and a document take of one another changes
// nothing of what is owed. Money in another currency than the document's changes it by what it was worth.
func (l *Ledger) moved(account schemas.AccountID, add func(money.Currency, Entry)) {
	places := map[string]int{}
	for i, id := range l.IDs {
		places[id] = i
	}
	text := func(id string) string {
		if i, is := places[id]; is {
			return cmp.Or(l.Payments[i].Party, l.Payments[i].Text)
		}
		return ""
	}
	for i := range l.Allocations {
		a := &l.Allocations[i]
		if a.Account != account || a.Kind == receivable.Netted || a.Document == "" {
			continue
		}
		add(a.Currency, Entry{On: a.On, What: string(a.Kind), Document: a.Document, Payment: a.Payment, Text: cmp.Or(a.Reason, text(a.Payment)), Amount: a.Amount.Neg()})
	}
	// What is on account came with the payment and went with what was applied of it later: as one line on the day of the payment, and one
	// when it was applied.
	for _, x := range l.onAccount() {
		if x.Account == account {
			what := WhatPayment
			if x.Amount.IsNegative() {
				what = WhatBack
			}
			add(x.Currency, Entry{On: x.On, What: what, Payment: x.Payment, Text: cmp.Or(x.Why, text(x.Payment)), Amount: x.Amount.Neg()})
		}
	}
}

// onAccount is what payments put on account and took from there: what is left of one on its day, with what was applied of it only
// later, and that again with the other sign when it was.
func (l *Ledger) onAccount() (out []receivable.Unapplied) {
	booked := map[string]schemas.Date{}
	for i, id := range l.IDs {
		booked[id] = l.Payments[i].Booked
	}
	for i := range l.Allocations {
		a := &l.Allocations[i]
		on, paid := booked[a.Payment]
		switch {
		case a.Document == "":
			// Both sides of money that met lie on account: the one that came from its day on, the other from its own.
			out = append(out, receivable.Unapplied{Payment: a.Payment, Account: a.Account, On: on, Amount: a.Moved, Currency: a.MovedIn, Why: string(a.Kind)})
		case paid && a.On.After(on) && a.Kind == receivable.Paid:
			out = append(
				out, receivable.Unapplied{Payment: a.Payment, Account: a.Account, On: on, Amount: a.Moved, Currency: a.MovedIn},
				receivable.Unapplied{Payment: a.Payment, Account: a.Account, On: a.On, Amount: a.Moved.Neg(), Currency: a.MovedIn, Why: "applied"},
			)
		}
	}
	return append(out, l.Unapplied...)
}
