package money_test

import (
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"daybook/fixtures/effort"
	"daybook/schemas/money"
)

func decimals(texts string) (ds []money.Decimal) {
	for text := range strings.FieldsSeq(texts) {
		ds = append(ds, money.MustDecimal(text))
	}
	return ds
}

func TestAllocateCases(t *testing.T) {
	for row := range strings.Lines(strings.TrimSpace(`
		100     2   1 1 1          33.34 33.33 33.33
		-100    2   1 1 1          -33.34 -33.33 -33.33
		0.02    2   1 1 1          0.01 0.01 0
		0.01    2   1 2 1          0 0.01 0
		0       2   1 2            0 0
		10      2   0 1 0          0 10 0
		100     0   0.5 0.3 0.2    50 30 20
		101     0   0.5 0.3 0.2    51 30 20
		7       0   1 1 1 1        2 2 2 1
		1000    -2  1 2            300 700
		1       2   1e-20 1e20     0 1
		0.99    2   17.25 13.75    0.55 0.44
	`)) {
		f := strings.Fields(row)
		n := (len(f) - 2) / 2
		total, places := money.MustDecimal(f[0]), int32(money.MustDecimal(f[1]).IntPart())
		parts, err := money.Allocate(total, decimals(strings.Join(f[2:2+n], " ")), places)
		if err != nil {
			t.Errorf("%s: %v", strings.TrimSpace(row), err)
			continue
		}
		var got []string
		for _, part := range parts {
			got = append(got, part.String())
		}
		if want := f[2+n:]; strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%s of %v = %v, want %v", total, f[2:2+n], got, want)
		}
	}
}

func TestAllocateRefuses(t *testing.T) {
	for _, c := range []struct{ total, weights, want string }{
		{"1.005", "1 1", "allocate 1.005: it has more than 2 decimal places, round it first"},
		{"1", "", "allocate 1: none of the 0 weights is above zero"},
		{"1", "0 0", "allocate 1: none of the 2 weights is above zero"},
		{"1", "1 -1", "allocate 1: weight 2 is negative: -1"},
	} {
		if _, err := money.Allocate(money.MustDecimal(c.total), decimals(c.weights), 2); err == nil || err.Error() != c.want {
			t.Errorf("got  %v\nwant %s", err, c.want)
		}
	}
}

// TestAllocateIsFair holds the method to its definition: parts add up, none is a unit away from its exact share, a
// larger weight never gets less, and among equal weights the earlier never gets less.
func TestAllocateIsFair(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for range effort.Count(t, 2_000, 50_000) {
		places := int32(r.IntN(7)) - 1
		total := money.NewDecimal(r.Int64N(2_000_001)-1_000_000, -places)
		weights := make([]money.Decimal, 1+r.IntN(12))
		sum := new(big.Rat)
		for i := range weights {
			weights[i] = money.NewDecimal(int64(r.IntN(30)*r.IntN(2)), int32(r.IntN(5))-3)
			sum.Add(sum, weights[i].Rat())
		}
		if sum.Sign() == 0 {
			continue
		}
		parts, err := money.Allocate(total, weights, places)
		if err != nil || len(parts) != len(weights) {
			t.Fatalf("%s by %s: %v", total, weights, err)
		}
		left, unit := total, money.NewDecimal(1, -places).Rat()
		for i, part := range parts {
			left = left.Sub(part)
			exact := new(big.Rat).Mul(total.Rat(), weights[i].Rat())
			exact.Quo(exact, sum)
			if off := exact.Sub(exact, part.Rat()); off.Abs(off).Cmp(unit) >= 0 {
				t.Fatalf("%s by %s: part %d is %s, a unit off", total, weights, i+1, part)
			}
			if weights[i].IsZero() && !part.IsZero() || !money.RoundTo(part, places, money.Down).Equal(part) {
				t.Fatalf("%s by %s: part %d is %s", total, weights, i+1, part)
			}
			for j := range i {
				order := weights[j].Cmp(weights[i])
				if got := parts[j].Abs().Cmp(part.Abs()); order >= 0 && got < 0 || order < 0 && got > 0 {
					t.Fatalf("%s by %s: parts %d and %d are %s and %s", total, weights, j+1, i+1, parts[j], part)
				}
			}
		}
		if !left.IsZero() {
			t.Fatalf("%s by %s: parts %s leave %s", total, weights, parts, left)
		}
	}
}
