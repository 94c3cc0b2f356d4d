package journal

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"daybook/schemas/money"
)

// Hledger is the journal as hledger reads it, also with --strict.
func Hledger(entries []Entry, base money.Currency) []byte {
	var b strings.Builder
	accounts, currencies := used(entries)
	for _, c := range currencies {
		fmt.Fprintf(&b, "commodity 1000.00 %s\n", c)
	}
	for _, a := range accounts {
		fmt.Fprintf(&b, "account %s\n", a)
	}
	for i := range entries {
		e := &entries[i]
		fmt.Fprintf(&b, "\n%s (%s) %s\n", e.Posted, e.ID, plain(e.title()))
		for _, x := range e.Postings {
			fmt.Fprintf(&b, "    %s  %s\n", x.Account, cost(&x, base))
		}
	}
	return []byte(b.String())
}

// Beancount is the journal as beancount reads it.
func Beancount(entries []Entry, base money.Currency) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "option \"operating_currency\" \"%s\"\n\n", base)
	accounts, _ := used(entries)
	for _, a := range accounts {
		fmt.Fprintf(&b, "1970-01-01 open %s\n", a)
	}
	for i := range entries {
		e := &entries[i]
		fmt.Fprintf(&b, "\n%s * \"%s\"\n  id: \"%s\"\n", e.Posted, plain(e.title()), e.ID)
		for _, x := range e.Postings {
			fmt.Fprintf(&b, "  %s  %s\n", x.Account, cost(&x, base))
		}
	}
	return []byte(b.String())
}

// title is what an entry is about.
func (e *Entry) title() string {
	return strings.Join(slices.DeleteFunc([]string{e.Kind, e.Document, e.Payment, e.Text}, func(s string) bool { return s == "" }), " ")
}

// plain is a text that means nothing to either program: on one line, and without what ends a text or begins a comment.
func plain(text string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || strings.ContainsRune(`"\;|()*!=#`, r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, " "))), " ")
}

// cost is an amount with what it is worth, where that is another.
func cost(x *Posting, base money.Currency) string {
	text := fmt.Sprintf("%s %s", money.Text(x.Amount, 2), x.Currency)
	if x.Currency != base {
		text += fmt.Sprintf(" @@ %s %s", money.Text(x.Value.Abs(), 2), base)
	}
	return text
}

// used are the accounts and currencies of entries, in order.
func used(entries []Entry) (accounts []string, currencies []money.Currency) {
	as, cs := map[string]bool{}, map[money.Currency]bool{}
	for i := range entries {
		for _, x := range entries[i].Postings {
			as[x.Account], cs[x.Currency] = true, true
		}
	}
	return slices.Sorted(maps.Keys(as)), slices.Sorted(maps.Keys(cs))
}
