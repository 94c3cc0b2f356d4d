package bills_test

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"daybook/fixtures/effort"
	"daybook/reconcile/bills"
	"daybook/schemas"
	"daybook/schemas/agreed"
	"daybook/schemas/money"
)

// priced is what a rate makes of a quantity, by arithmetic of its own.
func pricedByRat(r *agreed.ContractRate, percent, q money.Decimal) *big.Rat {
	size, sign := new(big.Rat).Abs(q.Rat()), big.NewRat(int64(q.Sign()), 1)
	out := new(big.Rat)
	low := new(big.Rat)
	tiers := r.Tiers
	if len(tiers) == 0 {
		tiers = []agreed.ContractTier{{Price: r.Price}}
	}
	for _, t := range tiers {
		high := size
		if t.UpTo != nil && t.UpTo.Rat().Cmp(size) < 0 {
			high = t.UpTo.Rat()
		}
		out.Add(out, new(big.Rat).Mul(new(big.Rat).Sub(high, low), t.Price.Rat()))
		low = high
	}
	out.Mul(out, sign)
	return out.Mul(out, new(big.Rat).Sub(big.NewRat(1, 1), new(big.Rat).Mul(percent.Rat(), big.NewRat(1, 100))))
}

// missingByRat is what is spent less than an amount.
func missingByRat(amount money.Decimal, spent *big.Rat) *big.Rat {
	if rest := new(big.Rat).Sub(amount.Rat(), spent); rest.Sign() > 0 {
		return rest
	}
	return new(big.Rat)
}

// sides are an amount at our quantity and at the peer's.
type sides struct{ ours, theirs *big.Rat }

func (s *sides) add(o sides) {
	s.ours, s.theirs = new(big.Rat).Add(s.ours, o.ours), new(big.Rat).Add(s.theirs, o.theirs)
}

// TestContractPrices draws contracts with tiers, discounts, minimums and commitments, and holds what is expected of each part of a bill,
// and the effects of usage and of rates, against fractions: E(Qb) - E(Qo) and Qb·Rb - E(Qb), which add up to billed - expected.
func TestContractPrices(t *testing.T) {
	for seed := range uint64(effort.Count(t, 200, 20_000)) {
		d := dice{rand.New(rand.NewPCG(seed, 3))}
		kinds := []string{"", "compute", "storage"}
		c := agreed.Contract{ID: "c", Peer: "p", Currency: "EUR"}
		percent := map[string]money.Decimal{"": money.Zero, "compute": money.Zero, "storage": money.Zero}
		if d.IntN(2) == 0 {
			all := money.NewDecimal(d.Int64N(1000)+1, -1)
			c.Discounts = append(c.Discounts, agreed.ContractDiscount{Percent: all})
			percent = map[string]money.Decimal{"": all, "compute": all, "storage": all}
		}
		if d.IntN(2) == 0 {
			percent["compute"] = money.NewDecimal(d.Int64N(100)+1, 0)
			c.Discounts = append(c.Discounts, agreed.ContractDiscount{Kind: "compute", Percent: percent["compute"]})
		}
		minimum, commitment := d.amount(2).Abs().Add(money.One), d.amount(1).Abs().Add(money.One)
		ofMinimum, ofCommitment := kinds[d.IntN(3)], kinds[d.IntN(3)]
		c.Minimums = []agreed.ContractMinimum{{Service: "Minimum", Kind: ofMinimum, Amount: minimum}}
		c.Commitments = []agreed.ContractCommitment{{Service: "Commitment", Kind: ofCommitment, Amount: commitment, From: "2022-08", Months: int64(1 + d.IntN(3))}}
		var rows []*bills.UseRow
		want, actual := map[string]sides{}, map[string]*big.Rat{}
		spent := map[string]*sides{}
		for _, kind := range kinds {
			spent[kind] = &sides{new(big.Rat), new(big.Rat)}
		}
		for i, service := range []string{"A", "B", "C", "D"} {
			r := d.rate(service, kinds[i%3])
			ours, theirs, cost := d.amount(3), d.amount(3), d.fixed(t, 9)
			if i%2 == 0 {
				c.PriceLists = append(c.PriceLists, agreed.PriceList{ID: service, Rates: []agreed.ContractRate{r}})
			} else {
				c.Rates = append(c.Rates, r)
			}
			rows = append(rows, ownRow(t, service, ours), peerRow(t, service, theirs, cost))
			want[service] = sides{pricedByRat(&r, percent[r.Kind], ours), pricedByRat(&r, percent[r.Kind], theirs)}
			actual[service] = cost.Decimal().Rat()
			spent[r.Kind].add(want[service])
		}
		total := func(kind string) sides {
			out := sides{new(big.Rat), new(big.Rat)}
			for k, s := range spent {
				if kind == "" || k == kind {
					out.add(*s)
				}
			}
			return out
		}
		for _, service := range []string{"Minimum", "Commitment"} {
			actual[service] = new(big.Rat)
			if d.IntN(3) > 0 {
				cost := d.fixed(t, 2)
				rows, actual[service] = append(rows, peerRow(t, service, money.Zero, cost)), cost.Decimal().Rat()
			}
		}
		counts := total(ofMinimum)
		want["Minimum"] = sides{missingByRat(minimum, counts.ours), missingByRat(minimum, counts.theirs)}
		spent[ofMinimum].add(want["Minimum"])
		counts = total(ofCommitment)
		before := bills.Spent{Contract: "c", Service: "Commitment", Metered: d.amount(2), Peer: d.amount(2)}
		if months := c.Commitments[0].Months; months > 1 {
			counts.add(sides{before.Metered.Rat(), before.Peer.Rat()})
		}
		want["Commitment"] = sides{new(big.Rat), new(big.Rat)}
		if c.Commitments[0].Months < 3 {
			want["Commitment"] = sides{missingByRat(commitment, counts.ours), missingByRat(commitment, counts.theirs)}
		}
		contracts := bills.NewContracts([]agreed.Contract{c}, nil, month, schemas.Date{})
		use := bills.NewUse(contracts)
		d.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		for _, r := range rows {
			must(t, use.Add(r))
		}
		matches, _, err := bills.Match(contracts, use, nil, []bills.Spent{before})
		must(t, err)
		if len(matches) != len(want) {
			t.Errorf("seed %d: %d matches, want %d", seed, len(matches), len(want))
		}
		for i := range matches {
			m := &matches[i]
			checkMatch(t, m)
			w := want[m.Service]
			for _, x := range []struct {
				what string
				got  money.Decimal
				want *big.Rat
			}{
				{"expected", m.Expected, w.ours},
				{"effect of usage", m.QuantityPart, new(big.Rat).Sub(w.theirs, w.ours)},
				{"effect of rates", m.PricePart, new(big.Rat).Sub(actual[m.Service], w.theirs)},
				{"difference", m.Difference, new(big.Rat).Sub(actual[m.Service], w.ours)},
			} {
				if x.got.Rat().Cmp(x.want) != 0 {
					t.Errorf("seed %d: %s of %s is %s, want %s", seed, x.what, m.Service, x.got, x.want.FloatString(20))
				}
			}
		}
	}
}

// rate draws a flat price or tiers for a service that our meters count.
func (d dice) rate(service, kind string) agreed.ContractRate {
	r := agreed.ContractRate{Service: service, Kind: kind, Basis: schemas.BasisMeter, Metered: []schemas.SKU{schemas.SKU("own-" + service)}, Unit: "Hours"}
	if d.IntN(2) == 0 {
		r.Price = d.amount(4).Abs()
		return r
	}
	first := money.NewDecimal(1+d.Int64N(100_000), -2)
	second := first.Add(money.NewDecimal(1+d.Int64N(100_000), -1))
	r.Tiers = []agreed.ContractTier{{UpTo: &first, Price: d.amount(3).Abs()}, {UpTo: &second, Price: d.amount(3).Abs()}, {Price: d.amount(3).Abs()}}
	return r
}

func ownRow(t *testing.T, service string, q money.Decimal) *bills.UseRow {
	t.Helper()
	f, err := money.FixedFromDecimal(q)
	must(t, err)
	return &bills.UseRow{SKU: schemas.SKU("own-" + service), ConsumedUnit: "Hours", Day: day(t, "2022-09-05"), UseSums: bills.UseSums{Consumed: f, Rows: 1}}
}

func peerRow(t *testing.T, service string, q money.Decimal, cost money.Fixed) *bills.UseRow {
	t.Helper()
	f, err := money.FixedFromDecimal(q)
	must(t, err)
	return &bills.UseRow{
		Peer: "p", Service: service, Category: schemas.CategoryUsage, PricingUnit: "Hours", Currency: "EUR", Day: day(t, "2022-09-06"),
		UseSums: bills.UseSums{Priced: f, Billed: cost, Rows: 1},
	}
}
