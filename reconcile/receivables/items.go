package receivables

import (
	"cmp"
	"slices"

	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/receivable"
)

// Item is a document of which something is open.
type Item struct {
	Document *receivable.Document
	Open     money.Decimal
	// Days is how long it is overdue, 0 or less where it is not.
	Days int
	// Disputed is how much of it nobody is to be reminded of.
	Disputed money.Decimal
}

// Items are the open documents as of a day, by account, currency and the day on which they are due. Disputed says how much of a
// document is in dispute; nil has none.
func (l *Ledger) Items(asOf schemas.Date, disputed func(*receivable.Document) money.Decimal) (out []Item) {
	settled := map[string]money.Decimal{}
	for i := range l.Allocations {
		if a := &l.Allocations[i]; !a.On.After(asOf) {
			settled[a.Document] = settled[a.Document].Add(a.Amount)
		}
	}
	for i := range l.Documents {
		d := &l.Documents[i]
		open := d.Amount.Sub(settled[d.Number])
		if d.Issued.After(asOf) || open.IsZero() {
			continue
		}
		item := Item{Document: d, Open: open, Days: asOf.Sub(due(d)), Disputed: money.Zero}
		if disputed != nil && open.IsPositive() {
			item.Disputed = least(disputed(d), open)
		}
		out = append(out, item)
	}
	slices.SortStableFunc(out, func(a, b Item) int {
		return cmp.Or(cmp.Compare(a.Document.Account, b.Document.Account), cmp.Compare(a.Document.Currency, b.Document.Currency), due(a.Document).Compare(due(b.Document)), cmp.Compare(a.Document.Number, b.Document.Number))
	})
	return out
}

// Buckets are how old open items are: not due, to 30 days overdue, to 60, to 90, and older.
var Buckets = []string{"not due", "1 to 30 days", "31 to 60 days", "61 to 90 days", "over 90 days"}

// Age is what is open of an account in a currency, by Buckets. What customers paid and is not applied stands beside it.
type Age struct {
	Account   schemas.AccountID
	Currency  money.Currency
	Open      [5]money.Decimal
	Unapplied money.Decimal
	Disputed  money.Decimal
	Total     money.Decimal
}

// Ages sums items up. Money that is nobody's has no account.
func (l *Ledger) Ages(items []Item) (out []Age) {
	type key struct {
		account  schemas.AccountID
		currency money.Currency
	}
	all := map[key]*Age{}
	at := func(k key) *Age {
		if all[k] == nil {
			all[k] = &Age{Account: k.account, Currency: k.currency}
		}
		return all[k]
	}
	for i := range items {
		x := &items[i]
		a, n := at(key{x.Document.Account, x.Document.Currency}), 0
		if x.Days > 0 {
			n = min((x.Days-1)/30+1, 4)
		}
		a.Open[n], a.Total, a.Disputed = a.Open[n].Add(x.Open), a.Total.Add(x.Open), a.Disputed.Add(x.Disputed)
	}
	for i := range l.Unapplied {
		u := &l.Unapplied[i]
		a := at(key{u.Account, u.Currency})
		a.Unapplied, a.Total = a.Unapplied.Add(u.Amount), a.Total.Sub(u.Amount)
	}
	for _, a := range all {
		out = append(out, *a)
	}
	slices.SortFunc(out, func(a, b Age) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Currency, b.Currency))
	})
	return out
}
