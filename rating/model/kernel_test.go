package model_test

import (
	"math/rand/v2"
	"testing"

	"daybook/fixtures/effort"
	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// TestKernels: a compiled model gives what Price gives, at random quantities and at every bound, under every policy.
func TestKernels(t *testing.T) {
	compiled := map[schemas.Model]int{}
	tries := effort.Count(t, 1500, 12000)
	for seed := range uint64(tries) {
		r := random(seed)
		terms := randomTerms(r)
		policy := schemas.RatingPolicy{
			TierFlatFee: pick(r, schemas.FlatFeeOnEntry, schemas.FlatFeeTop, schemas.FlatFeeNever),
			ZeroUsage:   pick(r, schemas.ZeroFirstFlat, schemas.ZeroNothing),
			TierBound:   pick(r, schemas.BoundInclusive, schemas.BoundExclusive),
			Negative:    pick(r, schemas.NegativeMirror, schemas.NegativeZero),
		}
		kernel, ok := model.CompileKernel(&terms, policy)
		if !ok { // a random number has more than 18 places
			continue
		}
		compiled[terms.Model]++
		region := pick(r, "eu", "us", "")
		for _, q := range telling(r, &terms) {
			u := model.Usage{
				Quantity: q, Cost: pick(r, q, decimal(r, 4, 6), decimal(r, 4, 6).Neg(), money.Zero),
				Labels: []schemas.DimensionMatch{{Column: "RegionId", Value: region}},
			}
			want, err := price(&terms, policy, u)
			if err != nil && terms.Model == schemas.ModelDimension {
				continue // no row matches
			}
			if err != nil {
				t.Fatal(err)
			}
			got, err := kernel.Amount(fixedOf(t, q), fixedOf(t, u.Cost), u.Labels)
			if err != nil || !got.Decimal(money.ProductScale).Equal(want) {
				t.Fatalf("seed %d: %+v under %+v of %+v: got %s, want %s (%v)", seed, terms, policy, u, got.Decimal(money.ProductScale), want, err)
			}
		}
	}
	for _, model := range []schemas.Model{
		schemas.ModelFlat, schemas.ModelPerUnit, schemas.ModelGraduated, schemas.ModelVolume, schemas.ModelStairstep, schemas.ModelPackage,
		schemas.ModelBlockTiers, schemas.ModelCapacity, schemas.ModelGraduatedPercentage, schemas.ModelDynamic, schemas.ModelPassThrough,
		schemas.ModelCostPlus, schemas.ModelMarkdown, schemas.ModelTieredMargin, schemas.ModelDimension,
	} {
		if compiled[model] < tries/120 {
			t.Errorf("only %d of the random terms of %s have a kernel", compiled[model], model)
		}
	}
}

// randomTerms are of any model, with the numbers of all.
func randomTerms(r *rand.Rand) schemas.Terms {
	size, price, percent := decimal(r, 3, 3).Add(money.NewDecimal(1, -3)), decimal(r, 1, 12), decimal(r, 2, 2)
	free, fee, most := decimal(r, 2, 2), decimal(r, 1, 4), money.NewDecimal(r.Int64N(5), 0)
	terms := schemas.Terms{
		Model: schemas.Model(pick(r, schemas.Model("").Values()...)), Amount: &price, UnitPrice: &price, Tiers: randomTiers(r),
		PackageSize: &size, PackagePrice: &price, PackageRound: pick(r, schemas.QuantityRounding(""), "up", "down"), Multiplier: &price,
		MarkupPercent: &percent, MarkdownPercent: &percent,
		Blocks:     []schemas.UnitBlocks{{Tiers: []schemas.Block{{Size: size, Price: price, Max: &most}, {Size: size.Mul(money.NewDecimal(7, 0)), Price: fee}}}},
		BlockMode:  pick(r, schemas.BlocksTop, ""),
		Capacities: []schemas.Capacity{{Limits: []schemas.UnitLimit{{Max: &size}}, Price: fee}, {Limits: []schemas.UnitLimit{{}}, Price: price}},
		Dimensions: []schemas.DimensionPrice{
			{When: []schemas.DimensionMatch{{Column: "RegionId", Value: "eu"}}, UnitPrice: price, FlatFee: fee},
			{When: []schemas.DimensionMatch{{Column: "RegionId", Value: "us"}}, UnitPrice: fee},
		},
	}
	for i, tier := range terms.Tiers {
		terms.MarginTiers = append(terms.MarginTiers, schemas.MarginTier{UpTo: tier.UpTo, Percent: decimal(r, 1+i%2, 2)})
	}
	if r.IntN(2) == 0 {
		terms.FreeUnits = &free
	}
	if n := len(terms.Tiers); r.IntN(5) == 0 && n > 1 {
		terms.Tiers = terms.Tiers[:n-1]
	}
	if r.IntN(3) == 0 && terms.Model != schemas.ModelPerUnit {
		terms.UnitPrice = nil
	}
	return terms
}

// telling are quantities at, above and below every bound of the terms.
func telling(r *rand.Rand, terms *schemas.Terms) []money.Decimal {
	size := *terms.PackageSize
	bounds := []money.Decimal{size, size.Mul(money.NewDecimal(3, 0)), size.Mul(*terms.Blocks[0].Tiers[0].Max)}
	for _, tier := range terms.Tiers {
		if tier.UpTo != nil {
			bounds = append(bounds, *tier.UpTo)
		}
	}
	out := []money.Decimal{money.Zero, decimal(r, 4, 6), decimal(r, 4, 6).Neg()}
	for _, b := range bounds {
		step := money.NewDecimal(1, -6)
		out = append(out, b, b.Add(step), b.Sub(step), b.Neg())
	}
	return out
}
