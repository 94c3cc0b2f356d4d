package money_test

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"daybook/fixtures/effort"
	"daybook/schemas/money"
)

var scale18 = new(big.Int).Exp(big.NewInt(10), big.NewInt(money.Scale), nil)

// limit38 is 10^38, the first magnitude that a Fixed does not hold.
var limit38 = new(big.Int).Exp(big.NewInt(10), big.NewInt(38), nil)

// units returns f as the integer that it is.
func units(f money.Fixed) *big.Int {
	v := new(big.Int).Lsh(big.NewInt(f.Hi), 64)
	return v.Add(v, new(big.Int).SetUint64(f.Lo))
}

// fixed returns the Fixed of an integer within range.
func fixed(v *big.Int) money.Fixed {
	var b [16]byte
	new(big.Int).Abs(v).FillBytes(b[:])
	f, err := money.FixedFromBigEndian(b)
	if err != nil {
		panic(err)
	}
	if v.Sign() < 0 {
		return f.Neg()
	}
	return f
}

// randomFixed returns numbers of every magnitude, the edges of 64 and 128 bits and of 38 digits among them.
func randomFixed(r *rand.Rand) money.Fixed {
	v := new(big.Int)
	switch r.IntN(6) {
	case 0:
		v.SetInt64(int64(r.IntN(5)) - 2)
	case 1:
		v.Sub(limit38, big.NewInt(1+int64(r.IntN(3))))
	case 2:
		v.Lsh(big.NewInt(1), uint(r.IntN(126)))
		v.Sub(v, big.NewInt(int64(r.IntN(3))))
	default:
		v.SetUint64(r.Uint64()).Lsh(v, 64).Add(v, new(big.Int).SetUint64(r.Uint64()))
		v.Rsh(v, uint(r.IntN(128))).Mod(v, limit38)
	}
	if r.IntN(2) == 0 {
		v.Neg(v)
	}
	return fixed(v)
}

func TestFixedArithmetic(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	overflows := 0
	for range effort.Count(t, 15_000, 300_000) {
		a, b := randomFixed(r), randomFixed(r)
		x, y := units(a), units(b)
		for name, got := range map[string]struct {
			fixed money.Fixed
			err   error
			want  *big.Int
		}{
			"add": result(a.Add(b))(new(big.Int).Add(x, y)),
			"sub": result(a.Sub(b))(new(big.Int).Sub(x, y)),
		} {
			if got.want.CmpAbs(limit38) >= 0 {
				overflows++
				if got.err != money.ErrOverflow {
					t.Fatalf("%s of %s and %s: error %v, want overflow", name, a, b, got.err)
				}
			} else if got.err != nil || units(got.fixed).Cmp(got.want) != 0 {
				t.Fatalf("%s of %s and %s = %s, %v, want %s units", name, a, b, got.fixed, got.err, got.want)
			}
		}
		if a.Cmp(b) != x.Cmp(y) || a.Sign() != x.Sign() || a.IsZero() != (x.Sign() == 0) {
			t.Fatalf("order of %s and %s is wrong", a, b)
		}
		if units(a.Neg()).Cmp(new(big.Int).Neg(x)) != 0 || units(a.Abs()).Cmp(new(big.Int).Abs(x)) != 0 {
			t.Fatalf("sign of %s is wrong", a)
		}
		if wide := money.MulWide(a, b).Decimal(0).BigInt(); wide.Cmp(new(big.Int).Mul(x, y)) != 0 {
			t.Fatalf("%s × %s = %s units", a, b, wide)
		}
	}
	if overflows < 500 {
		t.Errorf("only %d overflows tried", overflows)
	}
}

func result(f money.Fixed, err error) func(*big.Int) struct {
	fixed money.Fixed
	err   error
	want  *big.Int
} {
	return func(want *big.Int) struct {
		fixed money.Fixed
		err   error
		want  *big.Int
	} {
		return struct {
			fixed money.Fixed
			err   error
			want  *big.Int
		}{f, err, want}
	}
}

func TestSum(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	overflows := 0
	for range effort.Count(t, 10_000, 100_000) {
		numbers := make([]money.Fixed, r.IntN(9))
		want := new(big.Int)
		for i := range numbers {
			numbers[i] = randomFixed(r)
			want.Add(want, units(numbers[i]))
		}
		got, ok := money.Sum(numbers)
		if fits := want.CmpAbs(limit38) < 0; ok != fits || ok && units(got).Cmp(want) != 0 {
			t.Fatalf("the sum of %v is %s, %t, want %s", numbers, got, ok, want)
		}
		if !ok {
			overflows++
		}
	}
	if overflows < 500 {
		t.Errorf("only %d overflows tried", overflows)
	}
}

func TestFixedRoundTrips(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for range effort.Count(t, 10_000, 200_000) {
		a := randomFixed(r)
		if got, err := money.ParseFixed([]byte(a.String())); err != nil || got != a {
			t.Fatalf("text %s came back as %s, %v", a, got, err)
		}
		if want := money.DecimalFromBig(units(a), -money.Scale); a.String() != want.String() || !a.Decimal().Equal(want) {
			t.Fatalf("%s is %s as a decimal, want %s", a, a.Decimal(), want)
		}
		if got, err := money.FixedFromDecimal(a.Decimal()); err != nil || got != a {
			t.Fatalf("decimal %s came back as %s, %v", a, got, err)
		}
		if got, err := money.FixedFromBigEndian(a.BigEndian()); err != nil || got != a {
			t.Fatalf("bytes of %s came back as %s, %v", a, got, err)
		}
	}
}
