package settlement_test

import (
	"math/rand/v2"
	"testing"

	"daybook/reconcile/settlement"
	"daybook/reconcile/sheet"
	"daybook/schemas"
	"daybook/schemas/intercloud"
	"daybook/schemas/money"
)

// TestSettlementsSumToNothing settles random debts, disputed ones, credits and other currencies among them: what is owed is kept gross to the
// last digit, what is received is what is paid, and each statement follows from its debts.
func TestSettlementsSumToNothing(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 5))
	peers := []schemas.PeerID{"p1", "p2", "p3"}
	for range 300 {
		federation := intercloud.Agreement{ID: "f", Pattern: intercloud.Federation, Currencies: []money.Currency{"EUR"}, PayableDays: 10}
		later := 20
		peering := intercloud.Agreement{ID: "p", Pattern: intercloud.Peering, Currencies: []money.Currency{"EUR", "USD"}, PayableDays: 30}
		if rnd.IntN(2) == 0 {
			peering.ReceivableDays = &later
		}
		c := settlement.Case{
			Period: "2024-09", Us: "us", Agreements: []*intercloud.Agreement{&peering, &federation}, Provisional: func(p schemas.PeerID) bool { return p == "p2" },
			Withheld: map[schemas.PeerID]map[money.Currency]money.Decimal{"p1": {"EUR": money.NewDecimal(rnd.Int64N(100_000), -3)}},
		}
		exact := map[money.Currency]money.Decimal{}
		seen := map[[4]string]bool{}
		for range rnd.IntN(12) {
			x := settlement.Sum{Agreement: "p", To: peers[rnd.IntN(3)], Basis: intercloud.BilledByPeer, Currency: []money.Currency{"EUR", "USD", "JPY"}[rnd.IntN(3)]}
			switch rnd.IntN(3) {
			case 0:
				x.From, x.To, x.Basis = x.To, "", intercloud.ChargedByUs
			case 1:
				x.Agreement, x.From, x.Basis, x.Good, x.Currency = "f", append([]schemas.PeerID{""}, peers...)[rnd.IntN(4)], intercloud.CommonPriceList, "vm", "EUR"
			}
			if x.From == x.To || seen[[4]string{string(x.Agreement), string(x.From), string(x.To), string(x.Currency)}] {
				continue
			}
			seen[[4]string{string(x.Agreement), string(x.From), string(x.To), string(x.Currency)}] = true
			x.Exact, x.Rows = money.NewDecimal(rnd.Int64N(10_000_000)-2_000_000, -5), 1+rnd.Int64N(5)
			exact[x.Currency] = exact[x.Currency].Add(x.Exact)
			c.Sums = append(c.Sums, x)
		}
		debts, nets, found, err := settlement.Settle(&c)
		if err != nil {
			t.Fatal(err)
		}
		payable, paid, others := map[money.Currency]money.Decimal{}, map[money.Currency]money.Decimal{}, 0
		for i := range debts {
			d := &debts[i]
			exact[d.Currency] = exact[d.Currency].Sub(d.Exact)
			if d.Standing == intercloud.Netted {
				payable[d.Currency] = payable[d.Currency].Sub(d.Amount)
			}
			if d.Standing == intercloud.OtherCurrency {
				others++
			}
			places, _ := money.MinorUnits(d.Currency)
			if !money.RoundTo(d.Amount, places, money.Down).Equal(d.Amount) || d.Exact.Sub(d.Amount).Abs().GreaterThan(money.NewDecimal(5, -places-1)) {
				t.Errorf("%s: %s is not %s rounded", d.ID, d.Amount, d.Exact)
			}
			check(t, d.ID, d.Steps, d.Amount, false)
		}
		for i := range nets {
			n := &nets[i]
			payable[n.Currency], paid[n.Currency] = payable[n.Currency].Add(n.Payable), paid[n.Currency].Add(n.Receives).Sub(n.Pays)
			if !n.Receivable.Sub(n.Netted).Equal(n.Receives) || !n.Payable.Sub(n.Netted).Equal(n.Pays) || !n.Pays.IsZero() && !n.Receives.IsZero() || n.Pays.IsNegative() || n.Receives.IsNegative() {
				t.Errorf("%+v", n)
			}
			check(t, n.ID, n.Steps, n.Netted, true)
		}
		if len(found) != others {
			t.Errorf("%d debts are in other currencies, and %d are found", others, len(found))
		}
		for _, sums := range []map[money.Currency]money.Decimal{exact, payable, paid} {
			for currency, left := range sums {
				if !left.IsZero() {
					t.Errorf("%s %s are left", left, currency)
				}
			}
		}
	}
}

// check computes steps again, of which the last gives a figure, if that is so.
func check(t *testing.T, id string, steps []schemas.Step, figure money.Decimal, last bool) {
	t.Helper()
	for i, step := range steps {
		if out, err := sheet.Recompute(step); err != nil || out.String() != step.Out {
			t.Errorf("%s: step %d gives %s: %v", id, i+1, out, err)
		}
	}
	if out := steps[len(steps)-1].Out; last && out != figure.String() || len(steps) == 0 {
		t.Errorf("%s: the last step gives %s, not %s", id, out, figure)
	}
}
