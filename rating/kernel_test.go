package rating_test

import (
	"testing"

	"daybook/rating"
	"daybook/schemas"
	"daybook/schemas/money"
)

// TestKernels: a compiled model gives what Price gives, at random quantities and at every bound, under every policy.
func TestKernels(t *testing.T) {
	compiled := 0
	for seed := range uint64(4000) {
		r := random(seed)
		size, price := decimal(r, 3, 3).Add(money.NewDecimal(1, -3)), decimal(r, 1, 12)
		terms := schemas.Terms{
			Model: pick(r, schemas.ModelPerUnit, schemas.ModelGraduated, schemas.ModelVolume, schemas.ModelStairstep, schemas.ModelPackage, schemas.ModelGraduatedPercentage, schemas.ModelDynamic),
			Tiers: randomTiers(r), UnitPrice: &price, PackageSize: &size, PackagePrice: &price, Multiplier: &price,
			PackageRound: pick(r, schemas.QuantityRounding(""), "up", "down"),
		}
		if r.IntN(2) == 0 {
			free := decimal(r, 2, 2)
			terms.FreeUnits = &free
		}
		if n := len(terms.Tiers); r.IntN(5) == 0 && n > 1 {
			terms.Tiers = terms.Tiers[:n-1]
		}
		policy := schemas.RatingPolicy{
			TierFlatFee: pick(r, schemas.FlatFeeOnEntry, schemas.FlatFeeTop, schemas.FlatFeeNever),
			ZeroUsage:   pick(r, schemas.ZeroFirstFlat, schemas.ZeroNothing),
			TierBound:   pick(r, schemas.BoundInclusive, schemas.BoundExclusive),
			Negative:    pick(r, schemas.NegativeMirror, schemas.NegativeZero),
		}
		kernel, ok := rating.CompileKernel(&terms, policy)
		if !ok { // a random number has more than 18 places
			continue
		}
		compiled++
		quantities := []money.Decimal{money.Zero, decimal(r, 4, 6), decimal(r, 4, 6).Neg(), size, size.Mul(money.NewDecimal(3, 0))}
		for _, tier := range terms.Tiers {
			if tier.UpTo != nil {
				step := money.NewDecimal(1, -6)
				quantities = append(quantities, *tier.UpTo, tier.UpTo.Add(step), tier.UpTo.Sub(step), tier.UpTo.Neg())
			}
		}
		for _, q := range quantities {
			want, err := rating.Price(&terms, policy, rating.Usage{Quantity: q})
			if err != nil {
				t.Fatal(err)
			}
			fixed, err := money.FixedFromDecimal(q)
			if err != nil {
				t.Fatal(err)
			}
			got, err := kernel.Amount(fixed)
			if err != nil || !got.Decimal(money.ProductScale).Equal(want.Amount) {
				t.Fatalf("seed %d: %+v under %+v of %s: got %s, want %s (%v)", seed, terms, policy, q, got.Decimal(money.ProductScale), want.Amount, err)
			}
		}
	}
	if compiled < 1000 {
		t.Errorf("only %d of the random terms have a kernel", compiled)
	}
}

// BenchmarkKernel is the time of an exact price on the hot path; it allocates nothing.
func BenchmarkKernel(b *testing.B) {
	for name, terms := range benchTerms() {
		kernel, ok := rating.CompileKernel(&terms, schemas.RatingPolicy{})
		if !ok {
			continue
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			q := money.FixedFromInt(12345)
			for b.Loop() {
				if _, err := kernel.Amount(q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
