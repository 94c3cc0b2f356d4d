package model_test

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"daybook/fixtures/effort"
	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// edges are numbers where something ends: places, digits, bits, blocks that are counted, signs.
var edges = []string{
	"0", "1", "-1", "3", "0.1", "0.000000000000000001", "-0.000000000000000001", "0.000000000000000003", "0.0000000000000000001",
	"4611686018427387903", "4611686018427387904", "4611686018427387905", "4.611686018427387904", "9223372036854775807", "9223372036854775808",
	"18446744073709551616", "10000000000000000000", "99999999999999999999", "99999999999999999999.999999999999999999",
	"-99999999999999999999.999999999999999999", "100000000000000000000",
}

func anEdge(r *rand.Rand) money.Decimal { return money.MustDecimal(edges[r.IntN(len(edges))]) }

// toEdges puts edges in the place of some of the decimals in v, one in so many.
func toEdges(r *rand.Rand, v reflect.Value, in int) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			whole := reflect.New(v.Type().Elem()) // several fields may share what they point to
			whole.Elem().Set(v.Elem())
			v.Set(whole)
			toEdges(r, whole.Elem(), in)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[money.Decimal]() {
			if r.IntN(in) == 0 {
				v.Set(reflect.ValueOf(anEdge(r)))
			}
			return
		}
		for _, field := range v.Fields() {
			toEdges(r, field, in)
		}
	case reflect.Slice:
		for i := range v.Len() {
			toEdges(r, v.Index(i), in)
		}
	default: // holds no decimal
	}
}

// TestKernelsAtEdges: terms and usage of numbers at the edges are priced as Price does, or are an overflow.
func TestKernelsAtEdges(t *testing.T) {
	priced := 0
	tries := effort.Count(t, 2000, 20000)
	for seed := range uint64(tries) {
		r := random(seed)
		terms := randomTerms(r)
		toEdges(r, reflect.ValueOf(&terms).Elem(), 2+r.IntN(20))
		policy := schemas.RatingPolicy{TierBound: pick(r, schemas.BoundInclusive, schemas.BoundExclusive), Negative: pick(r, schemas.NegativeMirror, schemas.NegativeZero)}
		kernel, ok := model.CompileKernel(&terms, policy)
		if !ok {
			continue
		}
		for range 4 {
			u := model.Usage{Quantity: pick(r, anEdge(r), decimal(r, 4, 6)), Cost: anEdge(r), Labels: []schemas.DimensionMatch{{Column: "RegionId", Value: "eu"}}}
			q, err := money.FixedFromDecimal(u.Quantity)
			cost, err2 := money.FixedFromDecimal(u.Cost)
			if err != nil || err2 != nil {
				continue
			}
			got, err := kernel.Amount(q, cost, u.Labels)
			if err != nil {
				continue
			}
			priced++
			want, err := price(&terms, policy, u)
			if err != nil || !got.Decimal(money.ProductScale).Equal(want) {
				t.Fatalf("seed %d: %+v under %+v of %+v: got %s, want %s (%v)", seed, terms, policy, u, got.Decimal(money.ProductScale), want, err)
			}
		}
	}
	if priced < tries/2 {
		t.Errorf("only %d amounts were compared", priced)
	}
}
