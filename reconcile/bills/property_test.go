package bills_test

import (
	"bytes"
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"daybook/fixtures/effort"
	"daybook/reconcile/bills"
	"daybook/reconcile/tally"
	"daybook/schemas"
	"daybook/schemas/agreed"
	"daybook/schemas/money"
)

// dice draws the random inputs of the property tests.
type dice struct{ *rand.Rand }

func (d dice) of(values ...string) string { return values[d.IntN(len(values))] }

// amount draws a number of either sign with up to the given places, zero now and then.
func (d dice) amount(places int32) money.Decimal {
	return money.NewDecimal(d.Int64N(2_000_000)-500_000, -d.Int32N(places+1)).Mul(money.NewDecimal(int64(min(d.IntN(9), 1)), 0))
}

func (d dice) fixed(t *testing.T, places int32) money.Fixed {
	t.Helper()
	f, err := money.FixedFromDecimal(d.amount(places))
	must(t, err)
	return f
}

func fxOfTests(from, to money.Currency, _ schemas.Date) (schemas.Conversion, bool) {
	switch {
	case to != "EUR":
		return schemas.Conversion{}, false
	case from == "USD":
		return schemas.Conversion{Factor: ratio("1.07")}, true
	case from == "JPY":
		return schemas.Conversion{Factor: ratio("161.3")}, true
	}
	return schemas.Conversion{}, false
}

// TestMatchesConserve draws bills and meters and asserts that every amount of the bill is in exactly one match.
func TestMatchesConserve(t *testing.T) {
	for seed := range uint64(effort.Count(t, 20, 2_000)) {
		d := dice{rand.New(rand.NewPCG(seed, 2))}
		contracts := bills.NewContracts(d.contracts(), hours, month, schemas.Date{})
		var rows []*bills.UseRow
		billed := map[money.Currency]*big.Rat{"EUR": new(big.Rat), "USD": new(big.Rat), "GBP": new(big.Rat)}
		whole, sharded := bills.NewUse(contracts), bills.NewUse(contracts)
		for range d.IntN(200) {
			r := d.useRow(t)
			rows = append(rows, r)
			must(t, whole.Add(r))
			if r.Peer != "" {
				billed[r.Currency].Add(billed[r.Currency], r.Billed.Decimal().Rat())
			}
		}
		d.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		for i := range 3 {
			part := bills.NewUse(contracts)
			for j := i; j < len(rows); j += 3 {
				must(t, part.Add(rows[j]))
			}
			p := tally.Read(bytesOf(part))
			sharded.Exchange(p)
			must(t, p.End())
		}
		if a, b := bytesOf(whole), bytesOf(sharded); !bytes.Equal(a, b) {
			t.Fatalf("seed %d: sums differ by shard:\n%q\n%q", seed, a, b)
		}
		matches, _, err := bills.Match(contracts, sharded, fxOfTests, nil)
		must(t, err)
		ids := map[string]bool{}
		for i := range matches {
			m := &matches[i]
			checkMatch(t, m)
			if ids[m.ID] {
				t.Errorf("seed %d: two matches %s", seed, m.ID)
			}
			ids[m.ID] = true
			billed[m.BilledCurrency].Sub(billed[m.BilledCurrency], m.ActualBilled.Rat())
		}
		for c, rest := range billed {
			if rest.Sign() != 0 {
				t.Errorf("seed %d: %s %s of the bill is in no match, or in two", seed, rest.RatString(), c)
			}
		}
	}
}

// bytesOf is what a task leaves of its use.
func bytesOf(u *bills.Use) []byte {
	p := tally.Write()
	u.Exchange(p)
	return p.Bytes()
}

func (d dice) contracts() []agreed.Contract {
	var out []agreed.Contract
	for _, peer := range []schemas.PeerID{"p", "q"} {
		c := agreed.Contract{ID: schemas.ContractID("c-" + peer), Peer: peer, Currency: money.Currency(d.of("EUR", "USD")), Accepted: []schemas.ChargeCategory{schemas.CategoryTax}}
		for range d.IntN(8) {
			day, _ := schemas.ParseDate(fmt.Sprintf("2022-09-%02d", 1+d.IntN(30)))
			r := agreed.ContractRate{
				Service: d.of("VM", "DB"), SKU: schemas.SKU(d.of("", "s1", "s2")), Region: d.of("", "east"), Basis: schemas.RateBasis(d.of("", "bill", "meter", "list")),
				Metered: []schemas.SKU{schemas.SKU(d.of("m1", "m2"))}, Unit: d.of("Hours", "Seconds", "GB", ""), Price: d.amount(6).Abs(),
			}
			if d.IntN(2) == 0 {
				r.Validity.From = day
			}
			c.Rates = append(c.Rates, r)
		}
		out = append(out, c)
	}
	return out
}

func (d dice) useRow(t *testing.T) *bills.UseRow {
	t.Helper()
	day, _ := schemas.ParseDate(fmt.Sprintf("2022-09-%02d", 1+d.IntN(30)))
	return &bills.UseRow{
		Peer: schemas.PeerID(d.of("", "p", "q")), Service: d.of("VM", "DB", "else"), SKU: schemas.SKU(d.of("s1", "s2", "m1", "m2")), Region: d.of("", "east", "west"),
		Category: schemas.ChargeCategory(d.of("", "Usage", "Purchase", "Tax", "Credit")), Day: day, ConsumedUnit: d.of("Hours", "Seconds", "GB"), PricingUnit: d.of("Hours", "GB", ""),
		Currency: money.Currency(d.of("EUR", "USD", "GBP")),
		UseSums:  bills.UseSums{Consumed: d.fixed(t, 9), Priced: d.fixed(t, 9), List: d.fixed(t, 12), Billed: d.fixed(t, 12), Rows: 1},
	}
}
