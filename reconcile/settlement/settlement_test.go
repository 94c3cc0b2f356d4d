package settlement_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"daybook/fixtures/effort"
	"daybook/reconcile/settlement"
	"daybook/schemas"
	"daybook/schemas/money"
)

var (
	may  = schemas.NewDate(2026, 5, 31)
	june = schemas.NewDate(2026, 6, 30)
)

func owes(from, to settlement.Party, amount string, currency money.Currency, due schemas.Date) settlement.Debt {
	return settlement.Debt{From: from, To: to, Amount: money.MustDecimal(amount), Currency: currency, Due: due, Reference: string(from + to)}
}

// Only what is of one currency and day is netted, and nothing that is disputed.
func TestPools(t *testing.T) {
	held := owes("us", "a", "1000", "EUR", may)
	held.Disputed = true
	pools, disputed, err := settlement.Net([]settlement.Debt{
		owes("us", "a", "30", "EUR", may), owes("a", "us", "12.50", "EUR", may), owes("us", "a", "7", "USD", may), owes("us", "b", "9", "EUR", june),
		held, owes("us", "a", "-2.5", "EUR", may), owes("b", "a", "15", "EUR", may),
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range pools {
		text := fmt.Sprintf("%s %s gross %s settled %s:", p.Currency, p.Due, p.Gross, p.Settled)
		for _, x := range p.Positions {
			text += fmt.Sprintf(" %s %s", x.Party, x.Net)
		}
		text += ";"
		for _, x := range append(p.Pairs, p.Payments...) {
			text += fmt.Sprintf(" %s>%s %s", x.From, x.To, x.Amount)
		}
		got = append(got, text)
	}
	want := []string{
		"EUR 2026-05-31 gross 55 settled 30: a 30 b -15 us -15; b>a 15 us>a 15 b>a 15 us>a 15",
		"EUR 2026-06-30 gross 9 settled 9: b 9 us -9; us>b 9 us>b 9",
		"USD 2026-05-31 gross 7 settled 7: a 7 us -7; us>a 7 us>a 7",
	}
	if a, b := strings.Join(got, "\n"), strings.Join(want, "\n"); a != b {
		t.Errorf("got\n%s\nwant\n%s", a, b)
	}
	if len(disputed) != 1 || !disputed[0].Disputed {
		t.Errorf("disputed: %+v", disputed)
	}
	s := pools[0].Statements("us")
	if len(s) != 1 || s[0].Counterparty != "a" || s[0].Receivable.String() != "12.5" || s[0].Payable.String() != "27.5" || s[0].Net.String() != "-15" || len(s[0].Debts) != 3 {
		t.Errorf("statement: %+v", s)
	}
	if _, _, err := settlement.Net([]settlement.Debt{owes("a", "a", "1", "EUR", may)}); err == nil || !strings.Contains(err.Error(), `a owes itself 1 EUR by "aa"`) {
		t.Errorf("a debt to oneself: %v", err)
	}
}

// However random debts are, and in whatever order, positions add up to nothing, payments bring every position to nothing, and
// statements of a party add up to its position.
func TestNetConserves(t *testing.T) {
	for seed := range uint64(effort.Count(t, 50, 2_000)) {
		d := rand.New(rand.NewPCG(seed, 3))
		var debts []settlement.Debt
		names := []settlement.Party{"a", "b", "c", "d", "us"}
		for range d.IntN(40) {
			i, j := d.IntN(5), d.IntN(4)
			if j >= i {
				j++
			}
			debts = append(debts, settlement.Debt{From: names[i], To: names[j], Amount: money.NewDecimal(d.Int64N(100_000)-20_000, -2), Currency: "EUR", Due: may, Reference: fmt.Sprint(d.IntN(9))})
		}
		pools, _, err := settlement.Net(debts)
		if err != nil {
			t.Fatal(err)
		}
		d.Shuffle(len(debts), func(i, j int) { debts[i], debts[j] = debts[j], debts[i] })
		again, _, err := settlement.Net(debts)
		if err != nil || fmt.Sprint(again) != fmt.Sprint(pools) {
			t.Fatalf("seed %d: another order gives %v, %v", seed, again, err)
		}
		for _, p := range pools {
			left, sum, paid := map[settlement.Party]money.Decimal{}, money.Zero, money.Zero
			for _, x := range p.Positions {
				left[x.Party], sum = x.Net, sum.Add(x.Net)
				net := money.Zero
				for _, s := range p.Statements(x.Party) {
					net = net.Add(s.Net)
				}
				if !net.Equal(x.Net) {
					t.Fatalf("seed %d: the statements of %s come to %s, its position is %s", seed, x.Party, net, x.Net)
				}
			}
			for _, x := range p.Payments {
				left[x.From], left[x.To] = left[x.From].Add(x.Amount), left[x.To].Sub(x.Amount)
				paid = paid.Add(x.Amount)
				if !x.Amount.IsPositive() {
					t.Fatalf("seed %d: a payment of %s", seed, x.Amount)
				}
			}
			for party, x := range left {
				if !x.IsZero() {
					t.Fatalf("seed %d: %s is left with %s", seed, party, x)
				}
			}
			if !sum.IsZero() || !paid.Equal(p.Settled) || len(p.Payments) >= max(len(p.Positions), 1) {
				t.Fatalf("seed %d: positions sum up to %s; %d payments of %s settle %s", seed, sum, len(p.Payments), paid, p.Settled)
			}
		}
	}
}
