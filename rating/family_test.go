package rating_test

import (
	"fmt"
	"math/big"
	"slices"
	"testing"
	"time"

	"daybook/fixtures/effort"
	"daybook/rating"
	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// TestFamilyAgainstRat rates random families by random pooled prices, and holds every share against fractions: the price of
// the sum, rounded, divided by largest remainder in proportion to what each used.
func TestFamilyAgainstRat(t *testing.T) {
	for seed := range uint64(effort.Count(t, 120, 600)) {
		r := random(seed)
		tiers, free := randomTiers(r), decimal(r, 2, 2)
		terms, price := schemas.Terms{Model: schemas.ModelGraduated, Tiers: tiers}, ratGraduated
		if seed%2 == 1 {
			terms.Model, price = schemas.ModelVolume, ratVolume
		}
		catalogue := schemas.Catalogue{
			Meters: []schemas.Meter{{ID: "m", SKUs: []schemas.SKU{"vm"}, Unit: "h"}},
			Offerings: []schemas.Offering{{ID: "o", Name: "o", Included: true, Prices: []schemas.Price{
				{ID: "p", Meter: "m", Currency: "EUR", Terms: terms, Pooled: true, Allowance: &schemas.Allowance{Quantity: free}},
			}}},
		}
		var accounts []schemas.Account
		var used []money.Decimal
		for i := range 1 + r.IntN(7) {
			accounts = append(accounts, schemas.Account{ID: schemas.AccountID(fmt.Sprintf("a%d", i)), Currency: "EUR"})
			used = append(used, decimal(r, 3, r.IntN(4)))
			switch r.IntN(9) {
			case 0:
				used[i] = money.Zero
			case 1:
				used[i] = used[i].Neg()
			}
		}
		plan := compile(t, catalogue, accounts...)
		shares, priced := rateFamily(t, plan, accounts, used)
		sum, left := new(big.Rat), new(big.Rat)
		for _, u := range used {
			sum.Add(sum, u.Rat())
		}
		if left.Sub(sum, free.Rat()); left.Sign() < 0 {
			left.SetInt64(0)
		}
		whole, _ := new(big.Rat).SetString(price(tiers, left).FloatString(2))
		if !slices.ContainsFunc(used, func(u money.Decimal) bool { return !u.IsZero() }) {
			whole.SetInt64(0) // without usage there is no charge
		}
		for i, want := range largestRemainder(whole, used) {
			if shares[i].Rat().Cmp(want) != 0 {
				t.Errorf("seed %d, %s, used %v, %s free: shares %v, and part %d is %s", seed, terms.Model, texts(used), free, texts(shares), i, want.FloatString(2))
			}
		}
		if got := total(shares).Rat(); got.Cmp(whole) != 0 {
			t.Errorf("seed %d: the shares come to %s of %s", seed, got.FloatString(6), whole.FloatString(6))
		}
		if got := total(priced).Rat(); got.Cmp(left) != 0 {
			t.Errorf("seed %d: quantities of %s are priced of %s", seed, got.FloatString(6), left.FloatString(6))
		}
	}
}

// largestRemainder divides an amount of cents in proportion to what was used, of which what is below zero counts as none;
// where nothing was, the first account with any usage pays.
func largestRemainder(whole *big.Rat, used []money.Decimal) []*big.Rat {
	sum, first := new(big.Rat), slices.IndexFunc(used, func(u money.Decimal) bool { return !u.IsZero() })
	for _, u := range used {
		if u.IsPositive() {
			sum.Add(sum, u.Rat())
		}
	}
	type part struct {
		cents *big.Int
		rest  *big.Rat
	}
	parts, order := make([]part, len(used)), make([]int, len(used))
	left := new(big.Int).Quo(new(big.Rat).Mul(whole, big.NewRat(100, 1)).Num(), big.NewInt(1))
	for i, u := range used {
		weight := new(big.Rat)
		switch {
		case u.IsPositive():
			weight.Quo(u.Rat(), sum)
		case sum.Sign() == 0 && i == first:
			weight.SetInt64(1)
		}
		exact := new(big.Rat).Mul(new(big.Rat).Mul(whole, big.NewRat(100, 1)), weight)
		cents := new(big.Int).Quo(exact.Num(), exact.Denom())
		parts[i], order[i] = part{cents, new(big.Rat).Sub(exact, new(big.Rat).SetInt(cents))}, i
		left.Sub(left, cents)
	}
	slices.SortStableFunc(order, func(a, b int) int { return parts[b].rest.Cmp(parts[a].rest) })
	for _, i := range order[:left.Int64()] {
		parts[i].cents.Add(parts[i].cents, big.NewInt(1))
	}
	out := make([]*big.Rat, len(parts))
	for i := range parts {
		out[i] = new(big.Rat).SetFrac(parts[i].cents, big.NewInt(100))
	}
	return out
}

// rateFamily rates accounts as one family, and returns what each pays and for what quantity. Each charge must recompute from
// its steps.
func rateFamily(t *testing.T, plan *rating.Plan, accounts []schemas.Account, used []money.Decimal) (shares, priced []money.Decimal) {
	t.Helper()
	family, tally := rating.NewFamily(), plan.NewTally()
	feed := func(i int) {
		tally.Begin(accounts[i].ID)
		if used[i].IsZero() {
			return
		}
		labels := make([]string, len(plan.Columns()))
		for k, c := range plan.Columns() {
			switch c {
			case schemas.UseSkuId:
				labels[k] = "vm"
			case schemas.UseConsumedUnit:
				labels[k] = "h"
			}
		}
		q, err := money.FixedFromDecimal(used[i])
		if err != nil {
			t.Fatal(err)
		}
		start := time.Date(2024, 9, 5, 0, 0, 0, 0, time.UTC).UnixMicro()
		if code := tally.Add(tally.Resolve(labels)[0], &rating.Row{Start: start, End: start + 1, Quantity: q}); code != "" {
			t.Fatal(code)
		}
	}
	for i := range accounts {
		feed(i)
		if err := plan.AddPooled(family, tally); err != nil {
			t.Fatal(err)
		}
	}
	for i := range accounts {
		feed(i)
		tally.Join(family)
		out, err := plan.Rate(tally, rating.Carried{})
		if err != nil {
			t.Fatal(err)
		}
		share, quantity := money.Zero, money.Zero
		for k := range out.Charges {
			c := &out.Charges[k]
			if err := model.Check(c); err != nil {
				t.Error(err)
			}
			share, quantity = share.Add(c.Amount), quantity.Add(c.Priced)
		}
		shares, priced = append(shares, share), append(priced, quantity)
	}
	return shares, priced
}

// TestFamilyOverVersions: a family pays for versions of the same numbers what it pays for one, tiers and what is included
// shared once.
func TestFamilyOverVersions(t *testing.T) {
	for seed := range uint64(200) {
		r := random(seed)
		p := schemas.Price{
			ID: "p", Meter: "m", Currency: "EUR", Pooled: true, Allowance: &schemas.Allowance{Quantity: decimal(r, 2, 1)},
			Terms: schemas.Terms{Model: schemas.ModelGraduated, Tiers: randomTiers(r)},
		}
		later := p
		later.Version = "2"
		later.Validity.From = day("2024-09-06")
		p.Validity.To = later.Validity.From
		var sums [2]money.Decimal
		ids := []schemas.AccountID{"a", "b", "c"}
		used := [][2]money.Decimal{}
		for range ids {
			used = append(used, [2]money.Decimal{decimal(r, 2, 2), decimal(r, 2, 2)})
		}
		for k, prices := range [2][]schemas.Price{{p, later}, {p}} {
			if k == 1 {
				prices[0].Validity.To = schemas.Date{}
			}
			c := schemas.Catalogue{
				Meters:    []schemas.Meter{{ID: "m", SKUs: []schemas.SKU{"vm"}}},
				Offerings: []schemas.Offering{{ID: "o", Name: "o", Included: true, Prices: prices}},
			}
			var accounts []schemas.Account
			for _, id := range ids {
				accounts = append(accounts, schemas.Account{ID: id, Currency: "EUR"})
			}
			sums[k] = familySum(t, compile(t, c, accounts...), ids, used)
		}
		if !sums[0].Equal(sums[1]) {
			t.Errorf("seed %d: two versions cost %s, one %s", seed, sums[0], sums[1])
		}
	}
}

// familySum rates accounts as a family, each with what it used on the 5th and on the 7th.
func familySum(t *testing.T, plan *rating.Plan, ids []schemas.AccountID, used [][2]money.Decimal) money.Decimal {
	t.Helper()
	family, tally, sum := rating.NewFamily(), plan.NewTally(), money.Zero
	labels := make([]string, len(plan.Columns()))
	for k, c := range plan.Columns() {
		if c == schemas.UseSkuId {
			labels[k] = "vm"
		}
	}
	feed := func(i int) {
		tally.Begin(ids[i])
		for k, q := range used[i] {
			f, err := money.FixedFromDecimal(q)
			if err != nil {
				t.Fatal(err)
			}
			start := time.Date(2024, 9, 5+2*k, 0, 0, 0, 0, time.UTC).UnixMicro()
			if code := tally.Add(tally.Resolve(labels)[0], &rating.Row{Start: start, End: start + 1, Quantity: f}); code != "" {
				t.Fatal(code)
			}
		}
	}
	for i := range ids {
		feed(i)
		if err := plan.AddPooled(family, tally); err != nil {
			t.Fatal(err)
		}
	}
	for i := range ids {
		feed(i)
		tally.Join(family)
		out, err := plan.Rate(tally, rating.Carried{})
		if err != nil {
			t.Fatal(err)
		}
		for k := range out.Charges {
			if err := model.Check(&out.Charges[k]); err != nil {
				t.Error(err)
			}
			sum = sum.Add(out.Charges[k].Amount)
		}
	}
	return sum
}
