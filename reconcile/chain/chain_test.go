package chain_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"daybook/reconcile/chain"
	"daybook/reconcile/sheet"
	"daybook/schemas"
	"daybook/schemas/intercloud"
	"daybook/schemas/money"
)

func dec(s string) *money.Decimal {
	d := money.MustDecimal(s)
	return &d
}

// TestChainsAddUp makes chains of random charges, credits and losses among them: of every account and offering revenue less credits passed
// on is what is charged, cost less credits received is what peers bill, every charge counts once, and each margin follows from its
// steps.
func TestChainsAddUp(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 9))
	key := []intercloud.LegKey{"", intercloud.ByWeight, intercloud.ByCost, intercloud.ByEven}
	for range 300 {
		agreements := []*intercloud.Agreement{
			{ID: "lines", Pattern: intercloud.Intermediation, Offerings: []schemas.OfferingID{"o1"}, CreditMeters: []schemas.MeterID{"m3"}},
			{
				ID: "legs", Pattern: intercloud.Aggregation, Offerings: []schemas.OfferingID{"o2"}, CreditMeters: []schemas.MeterID{"m3"}, Key: key[rnd.IntN(len(key))],
				Legs: []intercloud.Leg{{ID: "a", Meters: []schemas.MeterID{"m1"}, Weight: dec("2")}, {ID: "b", Meters: []schemas.MeterID{"m2", "m3"}[:1+rnd.IntN(2)], Weight: dec("0.7")}, {ID: "c"}},
			},
		}
		b := chain.New("2024-09", agreements, func(schemas.PeerID) bool { return rnd.IntN(2) == 0 })
		type sold struct {
			account  schemas.AccountID
			offering schemas.OfferingID
		}
		revenue, cost, charges := map[sold]money.Decimal{}, map[sold]money.Decimal{}, map[sold]int64{}
		take := func(x *intercloud.Chain, sign int64) {
			k := sold{x.Account, x.Offering}
			n := money.NewDecimal(sign, 0)
			revenue[k] = revenue[k].Add(x.Revenue.Sub(x.Passed).Mul(n))
			cost[k] = cost[k].Add(x.Cost.Sub(x.Received).Mul(n))
			charges[k] += x.Charges * sign
			if want := x.Revenue.Sub(x.Cost).Add(x.Received).Sub(x.Passed); !x.Margin.Equal(want) {
				t.Errorf("%s: margin %s, not %s", x.ID, x.Margin, want)
			}
			for i, step := range x.Steps {
				if out, err := sheet.Recompute(step); err != nil || out.String() != step.Out {
					t.Errorf("%s: step %d gives %s: %v", x.ID, i+1, out, err)
				}
			}
			if last := x.Steps[len(x.Steps)-1]; last.Out != x.Margin.String() {
				t.Errorf("%s: the last step gives %s", x.ID, last.Out)
			}
		}
		ids := map[string]bool{}
		write := func(x *intercloud.Chain) error {
			if ids[x.ID] {
				t.Errorf("%s stands twice", x.ID)
			}
			ids[x.ID] = true
			take(x, 1)
			return nil
		}
		for _, account := range []schemas.AccountID{"a1", "a2"} {
			for n := range rnd.IntN(9) {
				c := schemas.Charge{
					ID: schemas.ChargeID(string(account) + string(rune('a'+n))), Account: account, Offering: []schemas.OfferingID{"o1", "o2", "o3"}[rnd.IntN(3)], Currency: "EUR",
					Meter: []schemas.MeterID{"", "m1", "m2", "m3"}[rnd.IntN(4)], Amount: money.NewDecimal(rnd.Int64N(2000)-400, -2), HasCost: true, PeerCost: money.NewDecimal(rnd.Int64N(2_000_000)-300_000, -5),
				}
				if err := b.Add(&c, write); err != nil {
					t.Fatal(err)
				}
				if c.Offering == "o3" {
					continue
				}
				k := sold{account, c.Offering}
				revenue[k], cost[k] = revenue[k].Sub(c.Amount), cost[k].Sub(c.PeerCost)
				charges[k]--
			}
		}
		legs, _, err := b.Legs()
		if err != nil {
			t.Fatal(err)
		}
		for i := range legs {
			if err := write(&legs[i]); err != nil {
				t.Fatal(err)
			}
		}
		for k := range revenue {
			if !revenue[k].IsZero() || !cost[k].IsZero() || charges[k] != 0 {
				t.Errorf("%v: %s of revenue, %s of cost and %d charges are lost", k, revenue[k], cost[k], charges[k])
			}
		}
	}
}

// TestLosses are found once: a line of an offering that is none, and not that of one that is a loss as a whole.
func TestLosses(t *testing.T) {
	b := chain.New("2024-09", []*intercloud.Agreement{{ID: "x", Pattern: intercloud.Intermediation, Offerings: []schemas.OfferingID{"o1", "o2"}}}, func(schemas.PeerID) bool { return false })
	add := func(id schemas.ChargeID, account schemas.AccountID, o schemas.OfferingID, amount, cost string, class schemas.ChargeClass) {
		c := schemas.Charge{ID: id, Account: account, Offering: o, Currency: "EUR", Amount: *dec(amount), PeerCost: *dec(cost), HasCost: true, Class: class}
		if err := b.Add(&c, func(*intercloud.Chain) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	add("c1", "a1", "o1", "10", "2", "")
	add("c2", "a1", "o1", "1", "3", "")
	add("c3", "a1", "o2", "1", "3", "")
	add("c4", "a2", "o1", "10", "2", "")
	add("c5", "a2", "o1", "-4", "-1", schemas.ClassCorrection)
	add("c6", "a3", "o1", "5", "5.01", "")
	add("c7", "a3", "o1", "0.01", "0", "")
	var got []string
	for _, f := range b.Findings() {
		got = append(got, f.Value)
	}
	if want := []string{"2024-09/x/a1/o1/EUR/c2/", "2024-09/x/a3/o1/EUR/c6/"}; !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
	if again := b.Findings(); len(again) > 0 {
		t.Errorf("found again: %v", again)
	}
}
