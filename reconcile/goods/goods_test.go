package goods_test

import (
	"math/rand/v2"
	"testing"

	"daybook/reconcile/bills"
	"daybook/reconcile/goods"
	"daybook/reconcile/sheet"
	"daybook/schemas"
	"daybook/schemas/agreed"
	"daybook/schemas/intercloud"
	"daybook/schemas/money"
)

func dec(s string) *money.Decimal {
	d := money.MustDecimal(s)
	return &d
}

// market is an arbitrage between two peers, of which the second has tiers, in dollars and thousands.
func market() *goods.Market {
	a := &intercloud.Agreement{
		ID: "m", Pattern: intercloud.Arbitrage, Currencies: []money.Currency{"EUR"},
		Goods: []intercloud.Good{{ID: "disk", Unit: "GB", Items: []intercloud.Item{
			{Peer: "a", Service: "Disk", SKU: "d", Unit: "GB", Egress: dec("0.01")}, {Peer: "b", Service: "Volumes", SKU: "v", Unit: "TB", Factor: dec("1000")},
		}}},
		Candidates: []intercloud.Candidate{{Peer: "a", Commitment: dec("15")}, {Peer: "b", Minimum: dec("9")}},
	}
	contracts := []agreed.Contract{
		{ID: "ca", Peer: "a", Currency: "EUR", Rates: []agreed.ContractRate{{Service: "Disk", SKU: "d", Unit: "GB", Price: *dec("0.1")}}},
		{ID: "cb", Peer: "b", Currency: "USD", Rates: []agreed.ContractRate{{Service: "Volumes", SKU: "v", Unit: "TB", Tiers: []agreed.ContractTier{{UpTo: dec("0.1"), Price: *dec("50")}, {Price: *dec("20")}}}}},
	}
	fx := func(from, to money.Currency, _ schemas.Date) (schemas.Conversion, bool) {
		return schemas.Conversion{Factor: money.Ratio{Num: money.One, Den: *dec("1.25")}}, from == "USD" && to == "EUR"
	}
	return &goods.Market{
		Period: "2024-09", Agreement: a, Contracts: bills.NewContracts(contracts, nil, "2024-09", schemas.Date{}), FX: fx, Provisional: func(schemas.PeerID) bool { return false },
	}
}

// TestChoices computes an arbitrage by hand: 300 GB at the first peer cost 30; at the second they are 0.3 TB, 0.1 × 50 + 0.2 × 20 = 9 dollars,
// 7.20 euros, which its minimum raises to 9; moving costs 3, and the commitment to the first peer stays.
func TestChoices(t *testing.T) {
	m := market()
	index := goods.NewIndex([]*intercloud.Agreement{m.Agreement})
	var sums goods.Sums
	for _, r := range []goods.Row{
		{Peer: "a", Service: "Disk", SKU: "d", Category: schemas.CategoryUsage, Day: schemas.NewDate(2024, 9, 3), PricingUnit: "GB", Priced: money.FixedFromInt(100), Billed: money.FixedFromInt(10), Currency: "EUR"},
		{Peer: "a", Service: "Disk", SKU: "d", Category: schemas.CategoryUsage, Day: schemas.NewDate(2024, 9, 20), PricingUnit: "GB", Priced: money.FixedFromInt(200), Billed: money.FixedFromInt(20), Currency: "EUR"},
		{Peer: "a", Service: "Disk", SKU: "d", Category: schemas.CategoryTax, Day: schemas.NewDate(2024, 9, 20), Billed: money.FixedFromInt(7), Currency: "EUR"},
		{Peer: "a", Service: "Other", SKU: "d", Category: schemas.CategoryUsage, Day: schemas.NewDate(2024, 9, 20), Billed: money.FixedFromInt(7), Currency: "EUR"},
	} {
		if err := sums.Add(index, &r); err != nil {
			t.Fatal(err)
		}
	}
	m.Sums, m.Billed = sums.All(), map[schemas.PeerID]map[money.Currency]money.Decimal{"a": {"EUR": *dec("30")}}
	choices, found, err := goods.Arbitrage(m)
	if err != nil {
		t.Fatal(err)
	}
	want := []struct {
		id                                                       string
		billed, cost, minimum, commitment, egress, total, saving string
		best                                                     bool
	}{
		{"2024-09/m/a/disk/as_used", "30", "30", "0", "0", "0", "30", "0", false},
		{"2024-09/m/a/disk/compared", "30", "30", "0", "0", "0", "30", "0", false},
		{"2024-09/m/a//compared", "30", "30", "0", "0", "0", "30", "0", false},
		{"2024-09/m/b/disk/compared", "30", "7.2", "0", "0", "3", "10.2", "19.8", false},
		{"2024-09/m/b//compared", "30", "7.2", "1.8", "15", "3", "27", "3", true},
	}
	if len(choices) != len(want) || len(found) != 1 || found[0].Value != want[4].id {
		t.Fatalf("%+v %+v", choices, found)
	}
	for i := range want {
		w, c := want[i], &choices[i]
		for name, pair := range map[string][2]money.Decimal{
			"billed": {c.Billed, *dec(w.billed)}, "cost": {c.Cost, *dec(w.cost)}, "minimum": {c.Minimum, *dec(w.minimum)}, "commitment": {c.Commitment, *dec(w.commitment)},
			"egress": {c.Egress, *dec(w.egress)}, "total": {c.Total, *dec(w.total)}, "saving": {c.Saving, *dec(w.saving)},
		} {
			if !pair[0].Equal(pair[1]) {
				t.Errorf("%s: %s is %s, not %s", w.id, name, pair[0], pair[1])
			}
		}
		if c.ID != w.id || c.Best != w.best || c.Hypothetical == (c.Status == intercloud.AsUsed) {
			t.Errorf("%s: %+v", w.id, c)
		}
	}
}

// TestActualPeer: whatever is used, pricing it at the peer that it was had of comes to what that peer billed by its rates, and saves nothing.
func TestActualPeer(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		m := market()
		peer := []schemas.PeerID{"a", "b"}[rnd.IntN(2)]
		m.Agreement.Candidates = []intercloud.Candidate{{Peer: peer}}
		item, unit := &m.Agreement.Goods[0].Items[0], "GB"
		if peer == "b" {
			item, unit = &m.Agreement.Goods[0].Items[1], "TB"
			m.Agreement.Currencies[0] = "USD"
		}
		index := goods.NewIndex([]*intercloud.Agreement{m.Agreement})
		var sums goods.Sums
		quantity := money.Zero
		for range 1 + rnd.IntN(6) {
			q, err := money.FixedFromDecimal(money.NewDecimal(rnd.Int64N(900_000), -3))
			if err != nil {
				t.Fatal(err)
			}
			quantity = quantity.Add(q.Decimal())
			r := goods.Row{Peer: peer, Service: item.Service, SKU: item.SKU, Day: schemas.NewDate(2024, 9, 1+rnd.IntN(30)), PricingUnit: unit, Priced: q, Currency: m.Agreement.Currencies[0]}
			if err := sums.Add(index, &r); err != nil {
				t.Fatal(err)
			}
		}
		rate, ok := m.Contracts.RateOn(peer, item.Service, item.SKU, "", schemas.NewDate(2024, 9, 1))
		if !ok {
			t.Fatal("no rate")
		}
		billed := rate.Price(&sheet.Sheet{}, "", quantity)
		m.Sums = sums.All()
		var err error
		if m.Sums[0].Billed, err = money.FixedFromDecimal(billed); err != nil {
			t.Fatal(err)
		}
		choices, found, err := goods.Arbitrage(m)
		if err != nil || len(choices) != 3 || len(found) > 0 {
			t.Fatal(choices, found, err)
		}
		for i := range choices {
			if c := &choices[i]; !c.Cost.Equal(billed) || !c.Billed.Equal(billed) || !c.Saving.IsZero() {
				t.Errorf("%s: cost %s, billed %s, saving %s; want %s and nothing", c.ID, c.Cost, c.Billed, c.Saving, billed)
			}
		}
	}
}
