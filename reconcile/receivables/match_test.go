package receivables_test

import (
	"fmt"
	"strings"
	"testing"

	"daybook/reconcile/receivables"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/payment"
	"daybook/schemas/receivable"
)

func day(text string) schemas.Date {
	d, err := schemas.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

// doc reads number account issued amount currency, and what it corrects.
func doc(text string) receivable.Document {
	f := strings.Fields(text)
	amount := money.MustDecimal(f[3])
	d := receivable.Document{
		Number: f[0], Account: schemas.AccountID(f[1]), Issued: day(f[2]), Due: day(f[2]).AddDays(14), Amount: amount, Currency: money.Currency(f[4]), Places: 2, Kind: "invoice", Corrects: f[5:],
		Lines: []receivable.Line{{Offering: "vm", Amount: amount}},
	}
	if amount.IsNegative() {
		d.Kind = "credit_note"
	}
	return d
}

// paid reads day amount currency, and what=value of the rest, in which _ is a blank.
func paid(text string) payment.Row {
	f := strings.Fields(text)
	r := payment.Row{Kind: payment.Booked, Account: "OURS", Booked: day(f[0]), Amount: money.MustDecimal(f[1]), Currency: money.Currency(f[2])}
	for _, x := range f[3:] {
		name, value, _ := strings.Cut(strings.ReplaceAll(x, "_", " "), "=")
		switch name {
		case "rf":
			r.Structured = payment.CreditorReference(value)
		case "badrf":
			r.Structured = value
		case "e2e":
			r.EndToEnd = value
		case "text":
			r.Text = value
		case "iban":
			r.PartyAccount = value
		case "return":
			r.Return = value
		case "charges":
			r.Charges = money.MustDecimal(value)
		case "ordered":
			amount, currency, _ := strings.Cut(value, " ")
			r.Instructed, r.InstructedCurrency = money.MustDecimal(amount), money.Currency(currency)
		}
	}
	return r
}

// TestMatch has a row for each way in which money finds its documents: what is allocated, and what is open and left in the end.
func TestMatch(t *testing.T) {
	for _, x := range []struct{ name, docs, payments, want string }{
		{"the reference", "2024-000001 a 2024-10-01 119 EUR", "2024-10-05 119 EUR rf=2024-000001", "payment reference 119"},
		{"a reference with wrong check digits is none", "2024-000001 a 2024-10-01 119 EUR", "2024-10-05 119 EUR badrf=RF002024000001", "open 2024-000001 119, left 119 of nobody"},
		{"the payer's identifier", "2024-000001 a 2024-10-01 119 EUR", "2024-10-05 119 EUR e2e=2024-000001", "payment end_to_end 119"},
		{"a number in the text, spaced otherwise", "EX-2024-000001 a 2024-10-01 119 EUR", "2024-10-05 119 EUR text=Rechnung_ex_2024/000001_danke", "payment number 119"},
		{"two numbers in the text", "2024-000001 a 2024-10-01 119 EUR|2024-000002 a 2024-10-02 1 EUR", "2024-10-05 120 EUR text=2024-000002+2024000001", "payment number 1, payment number 119"},
		{"a reference goes before a number", "2024-000001 a 2024-10-01 9 EUR|2024-000002 a 2024-10-02 9 EUR", "2024-10-05 9 EUR rf=2024-000002 text=2024-000001", "payment reference 9, open 2024-000001 9"},
		{
			"the account and the amount, once it is known whose it is", "2024-000001 a 2024-10-01 9 EUR|2024-000002 a 2024-10-02 8 EUR|2024-000003 a 2024-10-02 7 EUR",
			"2024-10-05 9 EUR rf=2024-000001 iban=I|2024-10-06 7 EUR iban=I", "payment reference 9, payment account_and_amount 7, open 2024-000002 8",
		},
		{"all that is open", "1a a 2024-10-01 9 EUR|2a a 2024-10-02 8 EUR|3a a 2024-10-02 7 EUR", "2024-10-05 9 EUR rf=1a iban=I|2024-10-06 15 EUR iban=I", "payment reference 9, payment account_and_amount 8, payment account_and_amount 7"},
		{"the oldest first", "1a a 2024-10-01 9 EUR|2a a 2024-10-02 8 EUR|3a a 2024-10-03 7 EUR", "2024-10-05 9 EUR rf=1a iban=I|2024-10-06 10 EUR iban=I", "payment reference 9, payment oldest_first 8, payment oldest_first 2, open 3a 5"},
		{"nobody's", "1a a 2024-10-01 9 EUR", "2024-10-05 9 EUR text=hello iban=J", "open 1a 9, left 9 of nobody"},
		{"a part", "1a a 2024-10-01 9 EUR", "2024-10-05 5 EUR rf=1a", "payment reference 5, open 1a 4"},
		{"too much", "1a a 2024-10-01 9 EUR", "2024-10-05 10 EUR rf=1a", "payment reference 9, left 1 of a"},
		{"too much pays what comes later", "1a a 2024-10-01 9 EUR|2a a 2024-11-01 9 EUR", "2024-10-05 10 EUR rf=1a", "payment reference 9, payment oldest_first 1, open 2a 8"},
		{"what the bank kept", "1a a 2024-10-01 100 EUR", "2024-10-20 98.5 EUR rf=1a charges=1.5", "payment reference 98.5, bank_charges reference 1.5"},
		{"what the payer ordered", "1a a 2024-10-01 100 EUR", "2024-10-20 98.5 EUR rf=1a ordered=100_EUR", "payment reference 98.5, bank_charges reference 1.5"},
		{"early", "1a a 2024-10-01 100 EUR", "2024-10-08 98 EUR rf=1a", "payment reference 98, discount reference 2"},
		{"too late for a discount", "1a a 2024-10-01 100 EUR", "2024-10-09 98 EUR rf=1a", "payment reference 98, open 1a 2"},
		{"more than the discount", "1a a 2024-10-01 100 EUR", "2024-10-08 97 EUR rf=1a", "payment reference 97, open 1a 3"},
		{"too little to ask for", "1a a 2024-10-01 100 EUR", "2024-10-20 99.95 EUR rf=1a", "payment reference 99.95, difference reference 0.05"},
		{"another currency, as ordered", "1a a 2024-10-01 100 EUR", "2024-10-05 110 USD rf=1a ordered=100_EUR", "payment reference 100"},
		{"another currency, by the rate", "1a a 2024-10-01 100 EUR", "2024-10-05 220 USD rf=1a", "payment reference 100, left 110 of a USD"},
		{"without a rate", "1a a 2024-10-01 100 EUR", "2024-10-05 100 GBP rf=1a", "open 1a 100, left 100 of a GBP"},
		{"a charge-back with a fee", "1a a 2024-10-01 100 EUR", "2024-10-05 100 EUR rf=1a e2e=E|2024-10-09 -104.4 EUR e2e=E return=AC04", "payment reference 100, charge_back return -100, open 1a 100, fee 4.4"},
		{"a charge-back of a discount, too", "1a a 2024-10-01 100 EUR", "2024-10-05 98 EUR rf=1a iban=I|2024-10-09 -98 EUR iban=I return=MD06", "payment reference 98, discount reference 2, charge_back return -2, charge_back return -98, open 1a 100"},
		{"a part goes back", "1a a 2024-10-01 100 EUR", "2024-10-05 100 EUR rf=1a e2e=E|2024-10-09 -30 EUR e2e=E return=AC04", "payment reference 100, charge_back return -30, open 1a 30"},
		{"a note nets what it corrects", "1a a 2024-10-01 100 EUR|2a a 2024-11-01 -30 EUR 1a", "2024-10-05 50 EUR rf=1a", "payment reference 50, netted corrects 30, netted corrects -30, open 1a 20"},
		{"a note is given back", "1a a 2024-10-01 100 EUR|2a a 2024-10-10 -30 EUR 1a", "2024-10-05 100 EUR rf=1a|2024-10-20 -30 EUR text=2a", "payment reference 100, refund number -30"},
		{"an overpayment is given back", "1a a 2024-10-01 100 EUR", "2024-10-05 120 EUR rf=1a iban=I|2024-10-20 -20 EUR iban=I", "payment reference 100, refund return 20, refund return -20"},
		{"written off by decision", "bad a 2024-10-01 100 EUR", "2024-10-05 40 EUR text=bad", "payment number 40, write_off decision 60"},
	} {
		q := question(x.docs, x.payments)
		l := receivables.Match(q)
		if got := outcome(l, q.AsOf); got != x.want {
			t.Errorf("%s:\n got %s\nwant %s", x.name, got, x.want)
		}
		conserved(t, x.name, l)
	}
}

func question(docs, payments string) *receivables.Question {
	q := &receivables.Question{
		AsOf: day("2024-12-31"), Convert: func(a money.Decimal, from, to money.Currency, _ schemas.Date) (money.Decimal, bool) {
			return money.RoundTo(a.Mul(money.MustDecimal("0.909091")), 2, money.HalfUp), from == "USD" && to == "EUR"
		},
		Policy: receivable.Policy{
			DiscountDays: 7, DiscountPercent: money.NewDecimal(2, 0), Tolerance: money.MustDecimal("0.05"), ApplyUnapplied: true,
			WriteOffs: []receivable.WriteOff{{Document: "bad", On: day("2024-11-30"), By: "Ann", Reason: "gone"}},
		},
	}
	for text := range strings.SplitSeq(docs, "|") {
		q.Documents = append(q.Documents, doc(text))
	}
	for text := range strings.SplitSeq(payments, "|") {
		q.Payments = append(q.Payments, paid(text))
	}
	return q
}

func outcome(l *receivables.Ledger, asOf schemas.Date) string {
	var out []string
	for _, a := range l.Allocations {
		out = append(out, fmt.Sprintf("%s %s %s", a.Kind, a.Rule, a.Amount))
	}
	for _, x := range l.Items(asOf, nil) {
		out = append(out, fmt.Sprintf("open %s %s", x.Document.Number, x.Open))
	}
	for _, u := range l.Unapplied {
		text := fmt.Sprintf("left %s of %s", u.Amount, u.Account)
		if u.Account == "" {
			text += "nobody"
		}
		if u.Currency != "EUR" {
			text += " " + string(u.Currency)
		}
		out = append(out, text)
	}
	for _, id := range l.IDs {
		if fee, is := l.Fees[id]; is {
			out = append(out, "fee "+fee.String())
		}
	}
	return strings.Join(out, ", ")
}

// conserved fails where anything is lost: a payment is what was allocated of it, what is left and the bank's fee, and a statement of account
// adds up to what is open less what is left.
func conserved(t *testing.T, name string, l *receivables.Ledger) {
	t.Helper()
	moved := map[string]money.Decimal{}
	for _, a := range l.Allocations {
		moved[a.Payment] = moved[a.Payment].Add(a.Moved)
	}
	for _, u := range l.Unapplied {
		moved[u.Payment] = moved[u.Payment].Add(u.Amount)
	}
	for i, id := range l.IDs {
		if sum := moved[id].Sub(l.Fees[id]); !sum.Equal(l.Payments[i].Amount) {
			t.Errorf("%s: %s was paid, and %s became of it", name, l.Payments[i].Amount, sum)
		}
	}
	last := day("2030-01-01")
	items := l.Items(last, nil)
	for _, age := range l.Ages(items) {
		if age.Account == "" {
			continue
		}
		found := false
		for _, s := range l.Statement(age.Account, day("2024-10-06"), last, items) {
			sum := s.Opening
			for _, e := range s.Entries {
				if sum = sum.Add(e.Amount); !sum.Equal(e.Balance) {
					t.Errorf("%s: %s is the balance after %v, which come to %s", name, e.Balance, e, sum)
				}
			}
			if found = found || s.Currency == age.Currency; s.Currency == age.Currency && (!s.Closing.Equal(age.Total) || !s.Unapplied.Equal(age.Unapplied)) {
				t.Errorf("%s: the statement closes with %s and %s on account, and %s is owed, %s on account", name, s.Closing, s.Unapplied, age.Total, age.Unapplied)
			}
		}
		if !found {
			t.Errorf("%s: no statement of %s in %s", name, age.Account, age.Currency)
		}
	}
}

func TestCount(t *testing.T) {
	row := func(object string, number int64, kind payment.Kind, text string) payment.Row {
		r := paid(text)
		r.Source, r.Object, r.Number, r.Kind, r.Statement = "bank", object, number, kind, "S"
		return r
	}
	hundred, seventy := money.NewDecimal(100, 0), money.NewDecimal(70, 0)
	first := row("1", 9, payment.Statement, "2024-10-01 0 EUR")
	first.Valued, first.Opening, first.Closing = day("2024-10-02"), &hundred, &hundred
	second := first
	second.Object, second.Statement, second.Booked, second.Valued, second.Opening = "2", "T", day("2024-10-03"), day("2024-10-04"), &seventy
	c := receivables.Count([]payment.Row{
		row("1", 1, payment.Booked, "2024-10-01 5 EUR text=a"), row("1", 2, payment.Booked, "2024-10-01 5 EUR text=a"), row("1", 3, payment.Pending, "2024-10-02 6 EUR"), first,
		row("1again", 1, payment.Booked, "2024-10-01 5 EUR text=a"), row("1again", 2, payment.Booked, "2024-10-01 5 EUR text=a"), second,
		row("r", 1, payment.Intraday, "2024-10-02 7 EUR"), row("r", 2, payment.Intraday, "2024-10-05 8 EUR"), row("n", 1, payment.Advice, "2024-10-05 8 EUR"),
	})
	var amounts []string
	for _, r := range c.Rows {
		amounts = append(amounts, r.Amount.String())
	}
	if got := strings.Join(amounts, " "); got != "5 5 8" || c.Duplicates != 2 || c.Superseded != 2 || c.Apart != 1 {
		t.Errorf("%s count, %d are duplicates, %d superseded, %d apart", got, c.Duplicates, c.Superseded, c.Apart)
	}
	if len(c.Findings) != 1 || c.Findings[0].Code != schemas.CodeStatementUnbalanced || c.Findings[0].Cost.String() != "-30" {
		t.Errorf("%+v", c.Findings)
	}
	if got := c.Closing[receivables.BankAccount{Account: "OURS", Currency: "EUR"}]; !got.Equal(hundred) {
		t.Errorf("it closes with %s", got)
	}
}
