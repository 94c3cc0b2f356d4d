package rating_test

import (
	"testing"

	"daybook/rating"
	"daybook/schemas"
	"daybook/schemas/money"
)

// included is a price of 1 with an allowance, and further versions of it from the days that are given on.
func included(a schemas.Allowance, from ...string) []schemas.Price {
	p := perUnit("p", "m", "1")
	p.Allowance = &a
	out := []schemas.Price{p}
	for _, d := range from {
		out[len(out)-1].Validity.To = day(d)
		q := p
		q.Validity.From = day(d)
		out = append(out, q)
	}
	return out
}

// allowanceScenarios are of allowances over a change inside the month: of the price, of the units, of the subscription.
func allowanceScenarios() []scenario {
	const mid = "2024-09-16" // half of the month is over
	prorated := schemas.Allowance{Quantity: *dec("300"), Prorate: true}
	whole := schemas.Allowance{Quantity: *dec("300")}
	rows := func(first, second string) []use { return []use{gb("2024-09-02", first), gb("2024-09-20", second)} }
	seats := func(q, to string) func(*schemas.Catalogue, *schemas.Account) {
		return subscribe(func(s *schemas.Subscription) {
			s.Quantity = dec(q)
			s.Changes = []schemas.Change{{On: day(mid), Kind: schemas.ChangeQuantity, Quantity: dec(to)}}
		})
	}
	perSeat := schemas.Allowance{Quantity: *dec("10"), PerUnit: true}
	proratedSeat := schemas.Allowance{Quantity: *dec("10"), PerUnit: true, Prorate: true}
	shared := schemas.Allowance{Quantity: *dec("300"), Prorate: true, Shared: true}
	grouped := func(c *schemas.Catalogue, _ *schemas.Account) { c.Meters[0].GroupBy = []string{"RegionId"} }
	in := func(region, at string) use {
		return use{sku: "vm", unit: "GB", region: region, at: at, quantity: "100"}
	}
	return []scenario{
		{name: "prorated, two versions", book: sell(included(prorated, mid)...), rows: rows("500", "500"), want: []string{"Usage p 09-01 350", "Usage p 09-16 350"}},
		{name: "prorated, three versions", book: sell(included(prorated, "2024-09-11", "2024-09-21")...), rows: rows("500", "500"), want: []string{"Usage p 09-01 400", "Usage p 09-11 400", "Usage p 09-21 -100"}},
		{name: "what the first half leaves is of use in the second", book: sell(included(prorated, mid)...), rows: rows("100", "500"), want: []string{"Usage p 09-01 0", "Usage p 09-16 300"}},
		{name: "what the second half leaves is given back", book: sell(included(prorated, mid)...), rows: rows("200", "50"), want: []string{"Usage p 09-01 50", "Usage p 09-16 -50"}},
		{name: "the whole, two versions", book: sell(included(whole, mid)...), rows: rows("200", "200"), want: []string{"Usage p 09-01 0", "Usage p 09-16 100"}},
		{
			name: "prorated, none before", book: func(c *schemas.Catalogue, _ *schemas.Account) {
				prices := included(prorated, mid)
				prices[0].Allowance = nil
				c.Offerings[0].Prices = prices
			}, rows: rows("500", "500"), want: []string{"Usage p 09-01 500", "Usage p 09-16 350"},
		},
		{
			name: "prorated, doubled", book: func(c *schemas.Catalogue, _ *schemas.Account) {
				prices := included(prorated, mid)
				prices[1].Allowance = &schemas.Allowance{Quantity: *dec("600"), Prorate: true}
				c.Offerings[0].Prices = prices
			}, rows: rows("500", "500"), want: []string{"Usage p 09-01 350", "Usage p 09-16 200"},
		},
		{
			name: "prorated, each version anew", book: func(c *schemas.Catalogue, _ *schemas.Account) {
				c.Policy.PriceChange, c.Offerings[0].Prices = schemas.ChangeRestart, included(prorated, mid)
			}, rows: rows("100", "500"), want: []string{"Usage p 09-01 0", "Usage p 09-16 350"},
		},
		{name: "prorated, more seats, not for each", book: also(sell(included(prorated)...), seats("2", "5")), rows: rows("200", "200"), want: []string{"Usage p 09-01 100"}},
		{name: "for each seat, prorated", book: also(sell(included(proratedSeat)...), seats("2", "5")), rows: rows("20", "40"), want: []string{"Usage p 09-01 10", "Usage p 09-16 15"}},
		{name: "for each seat, the most", book: also(sell(included(perSeat)...), seats("2", "5")), rows: rows("20", "40"), want: []string{"Usage p 09-01 0", "Usage p 09-16 10"}},
		{name: "for each seat, fewer of them", book: also(sell(included(perSeat)...), seats("5", "2")), rows: rows("40", "20"), want: []string{"Usage p 09-01 0", "Usage p 09-16 10"}},
		{
			name: "paused for ten days", book: also(sell(included(prorated)...), subscribe(func(s *schemas.Subscription) {
				s.Changes = []schemas.Change{{On: day("2024-09-11"), Kind: schemas.ChangePause}, {On: day("2024-09-21"), Kind: schemas.ChangeResume}}
			})), rows: []use{gb("2024-09-02", "150"), gb("2024-09-22", "150")}, want: []string{"Usage p 09-01 50", "Usage p 09-21 50"},
		},
		{
			name: "shared by groups, two versions", book: also(sell(included(shared, mid)...), grouped),
			rows: []use{in("eu", "2024-09-02"), in("eu", "2024-09-20"), in("us", "2024-09-02"), in("us", "2024-09-20")},
			want: []string{"Usage p 09-01 0 RegionId=eu", "Usage p 09-16 0 RegionId=eu", "Usage p 09-01 50 RegionId=us", "Usage p 09-16 50 RegionId=us"},
		},
		{
			name: "a level's is not prorated twice", book: also(sell(included(schemas.Allowance{Quantity: *dec("6"), Prorate: true}, mid)...), func(c *schemas.Catalogue, _ *schemas.Account) {
				c.Meters[0].Aggregation = schemas.AggregateMax
			}), rows: rows("10", "10"), want: []string{"Usage p 09-01 2", "Usage p 09-16 2"},
		},
		{
			name: "what two versions leave rolls over", book: sell(included(schemas.Allowance{Quantity: *dec("300"), Prorate: true, Rollover: 1}, mid)...), rows: rows("100", "40"),
			want: []string{"Usage p 09-01 0", "Usage p 09-16 0"}, left: "allowance 160×1 ",
		},
		{
			name: "what rolled over is of use once", book: sell(included(schemas.Allowance{Quantity: *dec("300"), Rollover: 1}, mid)...), rows: rows("200", "200"),
			carried: rating.Carried{Allowances: []rating.CarriedAllowance{{Subscription: "s", Price: "p", Group: "m\x00\x00", Quantity: *dec("50"), Periods: 1}}},
			want:    []string{"Usage p 09-01 0", "Usage p 09-16 50"},
		},
		{
			name: "what rolled over is of use once, each version anew", book: func(c *schemas.Catalogue, _ *schemas.Account) {
				c.Policy.PriceChange, c.Offerings[0].Prices = schemas.ChangeRestart, included(schemas.Allowance{Quantity: *dec("100"), Rollover: 1}, mid)
			}, rows: rows("200", "200"),
			carried: rating.Carried{Allowances: []rating.CarriedAllowance{{Subscription: "s", Price: "p", Group: "m\x00\x00", Quantity: *dec("50"), Periods: 1}}},
			want:    []string{"Usage p 09-01 50", "Usage p 09-16 100"},
		},
	}
}

// TestVersionsCostWhatOneCosts: a price that gets new versions of the same numbers inside the month costs what it costs
// without, whatever is included, however units change, and in every group.
func TestVersionsCostWhatOneCosts(t *testing.T) {
	for seed := range uint64(400) {
		r := random(seed)
		a := schemas.Allowance{Quantity: money.NewDecimal(r.Int64N(500), 0), PerUnit: r.IntN(2) == 0, Prorate: r.IntN(2) == 0, Shared: r.IntN(2) == 0, Rollover: r.IntN(3)}
		p := schemas.Price{ID: "p", Meter: "m", Currency: "EUR", Allowance: &a, Terms: schemas.Terms{Model: schemas.ModelPerUnit, UnitPrice: dec("0.25")}}
		var total [2]money.Decimal
		var left [2]string
		changeDay, changeTo, grouped := r.IntN(30), money.NewDecimal(r.Int64N(9), 0), r.IntN(2) == 0
		cuts := []int{1 + r.IntN(14), 15 + r.IntN(14)}
		used := make([]usedRow, 1+r.IntN(9))
		for i := range used {
			used[i] = usedRow{meter: "m", start: firstOf("2024-09").AddDays(r.IntN(30)).Time(newTrial().zone), quantity: decimal(r, 2, 2)}
			used[i].labels = []schemas.DimensionMatch{{Column: "RegionId", Value: pick(r, "eu", "us", "ap")}}
		}
		for i := range total {
			x := newTrial()
			m := schemas.Meter{ID: "m"}
			if grouped {
				m.GroupBy = []string{"RegionId"}
			}
			x.measure(m)
			x.sell(p)
			for _, cut := range cuts[:i*len(cuts)] {
				prices := x.offering().Prices
				next := prices[len(prices)-1]
				next.Validity.From = firstOf(x.period).AddDays(cut)
				prices[len(prices)-1].Validity.To = next.Validity.From
				x.sell(next)
			}
			s := x.subscription()
			s.Quantity = dec("4")
			s.Changes = []schemas.Change{{On: firstOf(x.period).AddDays(changeDay), Kind: schemas.ChangeQuantity, Quantity: &changeTo}}
			x.used = used
			out, err := x.rate()
			if err != nil {
				t.Fatal(err)
			}
			total[i], left[i] = sumWhere(out.Charges, everything), carriedText(out.Carried)
		}
		if !money.RoundTo(total[0], 9, money.HalfEven).Equal(money.RoundTo(total[1], 9, money.HalfEven)) || left[0] != left[1] {
			t.Errorf("seed %d: %+v: one version costs %s and leaves %q, three cost %s and leave %q", seed, a, total[0], left[0], total[1], left[1])
		}
	}
}
