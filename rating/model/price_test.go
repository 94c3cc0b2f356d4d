package model_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"daybook/fixtures/effort"
	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// The properties run on random terms and usage, each from its own seed, against sums in math/big.Rat that share no code with
// the package.

func random(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 7)) }

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

// price is what a usage costs by terms. Every step must recompute.
func price(terms *schemas.Terms, policy schemas.RatingPolicy, u model.Usage) (money.Decimal, error) {
	if err := model.CheckTerms(terms); err != nil {
		return money.Zero, err
	}
	policy = model.Resolve(policy)
	m := model.Model{Terms: terms, Policy: &policy}
	if !m.Prices(u.Labels) {
		return money.Zero, fmt.Errorf("nothing of the table matches %v", u.Labels)
	}
	var t model.Trail
	amount := m.Price(&t, &u)
	for i, step := range t.Steps {
		if out, err := model.Recompute(step); err != nil || out != step.Out {
			return money.Zero, fmt.Errorf("step %d %v recomputes to %s: %w", i+1, step, out, err)
		}
	}
	return amount.V, nil
}

func fixedOf(t *testing.T, d money.Decimal) money.Fixed {
	t.Helper()
	f, err := money.FixedFromDecimal(d)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// decimal is a random number below 10^digits with up to places decimal places.
func decimal(r *rand.Rand, digits, places int) money.Decimal {
	return money.NewDecimal(r.Int64N(pow(digits+places)), int32(-places)).Shift(int32(-r.IntN(places + 1)))
}

func pow(n int) int64 {
	v := int64(1)
	for range n {
		v *= 10
	}
	return v
}

func randomTiers(r *rand.Rand) []schemas.Tier {
	var out []schemas.Tier
	at := money.Zero
	for range r.IntN(5) {
		at = at.Add(decimal(r, 3, 2)).Add(money.NewDecimal(1, -2))
		up := at
		out = append(out, schemas.Tier{UpTo: &up, UnitPrice: decimal(r, 1, 12), FlatFee: decimal(r, 2, 2), Percent: decimal(r, 1, 3)})
	}
	return append(out, schemas.Tier{UnitPrice: decimal(r, 1, 12), FlatFee: decimal(r, 2, 2), Percent: decimal(r, 1, 3)})
}

// ratGraduated is the graduated price of q ≥ 0 with flat fees on entry, the first always.
func ratGraduated(tiers []schemas.Tier, q *big.Rat) *big.Rat {
	total, from := new(big.Rat), new(big.Rat)
	for i, t := range tiers {
		if i > 0 && q.Cmp(from) <= 0 {
			break
		}
		to := q
		if t.UpTo != nil && t.UpTo.Rat().Cmp(q) < 0 {
			to = t.UpTo.Rat()
		}
		total.Add(total, new(big.Rat).Mul(new(big.Rat).Sub(to, from), t.UnitPrice.Rat()))
		total.Add(total, t.FlatFee.Rat())
		if t.UpTo != nil {
			from = t.UpTo.Rat()
		}
	}
	return total
}

// ratVolume prices all of q at the tier it lands in.
func ratVolume(tiers []schemas.Tier, q *big.Rat) *big.Rat {
	for _, t := range tiers {
		if t.UpTo == nil || q.Cmp(t.UpTo.Rat()) <= 0 {
			return new(big.Rat).Add(new(big.Rat).Mul(q, t.UnitPrice.Rat()), t.FlatFee.Rat())
		}
	}
	return new(big.Rat)
}

// TestModelsAgainstRat: models of one number cost what fractions make of it.
func TestModelsAgainstRat(t *testing.T) {
	for seed := range uint64(effort.Count(t, 300, 2000)) {
		r := random(seed)
		tiers, q := randomTiers(r), decimal(r, 4, 6)
		size, each := decimal(r, 2, 2).Add(money.One), decimal(r, 2, 4)
		packages := new(big.Rat).Quo(q.Rat(), size.Rat())
		count := new(big.Int).Quo(packages.Num(), packages.Denom())
		if !packages.IsInt() {
			count.Add(count, big.NewInt(1))
		}
		for _, x := range []struct {
			terms schemas.Terms
			want  *big.Rat
		}{
			{schemas.Terms{Model: schemas.ModelPerUnit, UnitPrice: &each}, new(big.Rat).Mul(q.Rat(), each.Rat())},
			{schemas.Terms{Model: schemas.ModelGraduated, Tiers: tiers}, ratGraduated(tiers, q.Rat())},
			{schemas.Terms{Model: schemas.ModelVolume, Tiers: tiers}, ratVolume(tiers, q.Rat())},
			{schemas.Terms{Model: schemas.ModelPackage, PackageSize: &size, PackagePrice: &each}, new(big.Rat).Mul(new(big.Rat).SetInt(count), each.Rat())},
			{schemas.Terms{Model: schemas.ModelCostPlus, MarkupPercent: &each}, new(big.Rat).Mul(q.Rat(), new(big.Rat).Add(big.NewRat(1, 1), new(big.Rat).Quo(each.Rat(), big.NewRat(100, 1))))},
		} {
			got, err := price(&x.terms, schemas.RatingPolicy{}, model.Usage{Quantity: q, Cost: q})
			if err != nil {
				t.Fatalf("seed %d: %s of %s: %v", seed, x.terms.Model, q, err)
			}
			if got.Rat().Cmp(x.want) != 0 {
				t.Fatalf("seed %d: %s of %s: got %s, want %s", seed, x.terms.Model, q, got, x.want.FloatString(20))
			}
		}
	}
}
