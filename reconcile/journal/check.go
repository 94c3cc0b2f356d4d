package journal

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"daybook/reconcile/receivables"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Balance is what the postings of an account come to in a currency, and their value.
type Balance struct {
	Account  string
	Currency money.Currency
	Amount   money.Decimal
	Value    money.Decimal
}

// Trial is the trial balance: every account and currency, in order.
func Trial(entries []Entry) (out []Balance) {
	type key struct {
		account  string
		currency money.Currency
	}
	all := map[key]*Balance{}
	for i := range entries {
		for _, x := range entries[i].Postings {
			k := key{x.Account, x.Currency}
			if all[k] == nil {
				all[k] = &Balance{Account: x.Account, Currency: x.Currency}
			}
			all[k].Amount, all[k].Value = all[k].Amount.Add(x.Amount), all[k].Value.Add(x.Value)
		}
	}
	for _, b := range all {
		out = append(out, *b)
	}
	slices.SortFunc(out, func(a, b Balance) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Currency, b.Currency))
	})
	return out
}

// Check holds the entries against what they are made of, and says what does not tie: each entry and the trial balance are zero,
// receivables are what is open of documents, what is unapplied is what is left of payments, banks are what was booked, tax is that of
// documents less that of discounts.
func Check(q *Question, entries []Entry) (wrong []string) {
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	whole := money.Zero
	for i := range entries {
		sum := money.Zero
		for _, x := range entries[i].Postings {
			sum = sum.Add(x.Value)
		}
		if whole = whole.Add(sum); !sum.IsZero() {
			say("entry %s is off balance by %s", entries[i].ID, sum)
		}
	}
	if !whole.IsZero() {
		say("the trial balance is off by %s", whole)
	}
	have := map[string]map[money.Currency]money.Decimal{}
	for _, b := range Trial(entries) {
		if have[b.Account] == nil {
			have[b.Account] = map[money.Currency]money.Decimal{}
		}
		have[b.Account][b.Currency] = b.Amount
	}
	for name, want := range wanted(q) {
		currencies := maps.Clone(want)
		maps.Copy(currencies, have[name])
		for c := range currencies {
			if h := have[name][c]; !h.Equal(want[c]) {
				say("account %s comes to %s %s, and what it stands for to %s", name, h, c, want[c])
			}
		}
	}
	slices.Sort(wrong)
	return wrong
}

// wanted are what accounts must come to, from what was issued and paid and not from postings.
func wanted(q *Question) map[string]map[money.Currency]money.Decimal {
	out := map[string]map[money.Currency]money.Decimal{}
	add := func(account string, c money.Currency, amount money.Decimal) {
		if out[account] == nil {
			out[account] = map[money.Currency]money.Decimal{}
		}
		out[account][c] = out[account][c].Add(amount)
	}
	l := q.Ledger
	for _, x := range l.Items(lastDay(l), nil) {
		add(q.Chart.Receivable, x.Document.Currency, x.Open)
	}
	for i := range l.Unapplied {
		add(q.Chart.Unapplied, l.Unapplied[i].Currency, l.Unapplied[i].Amount.Neg())
	}
	for i := range l.Payments {
		add(q.Chart.bank(l.Payments[i].Account), l.Payments[i].Currency, l.Payments[i].Amount)
	}
	return out
}

// lastDay is the last on which anything happened.
func lastDay(l *receivables.Ledger) (last schemas.Date) {
	for i := range l.Documents {
		if on := l.Documents[i].Issued; on.After(last) {
			last = on
		}
	}
	for i := range l.Allocations {
		if on := l.Allocations[i].On; on.After(last) {
			last = on
		}
	}
	return last
}

// Unposted are the entries that are not posted yet, given the identifiers of those that are. What is of a day in a locked month is posted on
// the first day behind the lock: a month that is locked is never changed.
func Unposted(entries []Entry, posted map[string]bool, locked schemas.Period) (out []Entry) {
	for _, e := range entries {
		if posted[e.ID] {
			continue
		}
		if locked != "" && e.On.Period() <= locked {
			e.Posted = firstDay(locked.Next())
		}
		out = append(out, e)
	}
	return out
}

func firstDay(p schemas.Period) schemas.Date {
	on, err := schemas.ParseDate(string(p) + "-01")
	if err != nil {
		return schemas.Date{}
	}
	return on
}

// TaxSum is what documents of a month come to by country, category and rate of tax.
type TaxSum struct {
	Period    schemas.Period
	Country   string
	Category  string
	Percent   money.Decimal
	Currency  money.Currency
	Base, Tax money.Decimal
	Documents int64
}

// Taxes sums documents up by the month of issue, country, category and rate. Reverse charge and the like are rows without tax.
func Taxes(l *receivables.Ledger) (out []TaxSum) {
	all := map[string]*TaxSum{}
	for i := range l.Documents {
		d := &l.Documents[i]
		for _, t := range d.Taxes {
			k := strings.Join([]string{string(d.Issued.Period()), t.Country, t.Category, t.Percent.String(), string(d.Currency)}, "\x00")
			if all[k] == nil {
				all[k] = &TaxSum{Period: d.Issued.Period(), Country: t.Country, Category: t.Category, Percent: t.Percent, Currency: d.Currency}
			}
			s := all[k]
			s.Base, s.Tax, s.Documents = s.Base.Add(t.Base), s.Tax.Add(t.Amount), s.Documents+1
		}
	}
	for _, k := range slices.Sorted(maps.Keys(all)) {
		out = append(out, *all[k])
	}
	return out
}
