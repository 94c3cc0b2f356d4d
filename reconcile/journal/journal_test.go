package journal_test

import (
	"bytes"
	"os/exec"
	"testing"

	"daybook/reconcile/journal"
	"daybook/reconcile/receivables"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/payment"
	"daybook/schemas/receivable"
)

func question() *journal.Question {
	d := func(n int) schemas.Date { return schemas.NewDate(2024, 10, n) }
	doc := func(number string, c money.Currency, net, tax int64) receivable.Document {
		return receivable.Document{
			Number: number, Kind: "invoice", Account: "a", Issued: d(1), Amount: money.NewDecimal(net+tax, 0), Currency: c, Places: 2,
			Lines: []receivable.Line{{Offering: "vm", Amount: money.NewDecimal(net, 0)}},
			Taxes: []receivable.Tax{{Country: "DE", Percent: money.NewDecimal(19, 0), Base: money.NewDecimal(net, 0), Amount: money.NewDecimal(tax, 0)}},
		}
	}
	pay := func(on schemas.Date, amount string, c money.Currency, number string) payment.Row {
		return payment.Row{Kind: payment.Booked, Account: "OURS", Booked: on, Amount: money.MustDecimal(amount), Currency: c, Text: number, Party: "A \"b\"; c\nd", EndToEnd: "E" + number}
	}
	back := pay(d(20), "-123.4", "EUR", "none")
	back.EndToEnd, back.Return = "E2024-000002", "AC04"
	l := receivables.Match(&receivables.Question{
		AsOf: d(30), Documents: []receivable.Document{doc("2024-000001", "USD", 100, 19), doc("2024-000002", "EUR", 100, 19), doc("2024-000003", "EUR", 200, 38), doc("2024-000004", "EUR", 50, 0)},
		Payments: []payment.Row{pay(d(3), "119", "USD", "2024-000001"), pay(d(4), "119", "EUR", "2024-000002"), pay(d(5), "233.24", "EUR", "2024-000003"), pay(d(6), "7", "EUR", "nobody's"), back},
		Policy:   receivable.Policy{DiscountDays: 7, DiscountPercent: money.NewDecimal(2, 0), WriteOffs: []receivable.WriteOff{{Document: "2024-000004", On: d(25), By: "Ann", Reason: "gone"}}},
	})
	return &journal.Question{Ledger: l, Chart: journal.DefaultChart(), Currency: "EUR", Places: 2, Convert: func(a money.Decimal, _ money.Currency, on schemas.Date) (money.Decimal, bool) {
		return money.RoundTo(a.Mul(money.NewDecimal(int64(90+on.Day()), -2)), 2, money.HalfUp), true
	}}
}

// TestPost posts payments in another currency, a discount, a charge-back with a fee and a write-off. All ties, and what is posted twice or off does not.
func TestPost(t *testing.T) {
	q := question()
	entries, err := journal.Post(q)
	if err != nil {
		t.Fatal(err)
	}
	if wrong := journal.Check(q, entries); len(wrong) > 0 {
		t.Errorf("%q", wrong)
	}
	if wrong := journal.Check(q, append(entries, entries[0])); len(wrong) == 0 {
		t.Error("an entry that is posted twice ties")
	}
	posted := map[string]bool{}
	for i := range entries {
		posted[entries[i].ID] = true
	}
	if len(posted) != len(entries) || len(journal.Unposted(entries, posted, "")) > 0 {
		t.Error("what was posted is posted again")
	}
	for _, e := range journal.Unposted(entries, nil, "2024-10") {
		if e.Posted.String() != "2024-11-01" {
			t.Errorf("%s of a locked month is posted on %s", e.ID, e.Posted)
		}
	}
	for _, x := range []struct {
		program string
		text    []byte
		args    []string
	}{{"hledger", journal.Hledger(entries, "EUR"), []string{"-f", "-", "check", "--strict"}}, {"bean-check", journal.Beancount(entries, "EUR"), []string{"/dev/stdin"}}} {
		if _, err := exec.LookPath(x.program); err != nil {
			t.Logf("%s is not there, so it says nothing", x.program)
			continue
		}
		command := exec.CommandContext(t.Context(), x.program, x.args...)
		command.Stdin = bytes.NewReader(x.text)
		if out, err := command.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s\n%s", x.program, err, out, x.text)
		}
	}
}
