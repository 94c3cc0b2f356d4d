package money_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"daybook/fixtures/effort"
	"daybook/schemas/money"
)

func TestWideSums(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	limit := new(big.Int).Lsh(big.NewInt(1), 255)
	for range effort.Count(t, 1_000, 20_000) {
		var sum money.Wide
		exact := new(big.Int)
		for range 20 {
			a, b := randomFixed(r), randomFixed(r)
			exact.Add(exact, new(big.Int).Mul(units(a), units(b)))
			next, err := sum.Add(money.MulWide(a, b))
			if exact.CmpAbs(limit) >= 0 {
				if err != money.ErrOverflow {
					t.Fatalf("sum of %s units: error %v, want overflow", exact, err)
				}
				break
			}
			if err != nil || next.Decimal(0).BigInt().Cmp(exact) != 0 {
				t.Fatalf("sum is %s, %v, want %s", next.Decimal(0), err, exact)
			}
			if next.Sign() != exact.Sign() || next.Neg().Neg() != next || next.Neg().Sign() != -exact.Sign() {
				t.Fatalf("sign of %s is wrong", exact)
			}
			if got, want := next.Cmp(sum), next.Decimal(0).Cmp(sum.Decimal(0)); got != want {
				t.Fatalf("order of %s and %s is %d, want %d", next.Decimal(0), sum.Decimal(0), got, want)
			}
			sum = next
		}
	}
}

func TestWideOverflow(t *testing.T) {
	largest := fixed(new(big.Int).Sub(limit38, big.NewInt(1)))
	for _, factor := range []money.Fixed{largest, largest.Neg()} {
		sum, product := money.Wide{}, money.MulWide(largest, factor)
		for n := 1; n <= 6; n++ { // 5 × 10^76 < 2^255 < 6 × 10^76
			next, err := sum.Add(product)
			if (err == money.ErrOverflow) != (n == 6) {
				t.Errorf("%d products: error %v", n, err)
			}
			sum = next
		}
	}
}

func TestWideRoundAgainstDecimal(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	rounded, overflows := 0, 0
	for range effort.Count(t, 10_000, 100_000) {
		a, b := randomFixed(r), randomFixed(r)
		if r.IntN(3) == 0 { // short factors, so that halves and exact products occur
			a, b = money.FixedFromInt(int64(r.IntN(41)-20)), money.Fixed{Lo: uint64(r.IntN(100)) * 1e15}
		}
		w, from, to := money.MulWide(a, b), int32(r.IntN(90))-10, int32(r.IntN(40))-20
		if r.IntN(2) == 0 {
			from = money.ProductScale
		}
		for _, mode := range money.Modes() {
			got, err := w.Round(from, to, mode)
			if to > money.Scale {
				if err != money.ErrPrecision {
					t.Fatalf("rounding to %d places: error %v, want precision", to, err)
				}
				continue
			}
			want, wantErr := money.FixedFromDecimal(money.RoundTo(w.Decimal(from), to, mode))
			if got != want || err != wantErr {
				t.Fatalf("%s rounded to %d, %s = %s, %v, want %s, %v", w.Decimal(from), to, mode, got, err, want, wantErr)
			}
			if err == nil {
				rounded++
			} else {
				overflows++
			}
		}
	}
	if rounded < 5_000 || overflows < 5_000 {
		t.Errorf("%d rounded, %d overflowed: not much of a test", rounded, overflows)
	}
}

func TestWideRoundTakesAnyScale(t *testing.T) {
	w := money.MulWide(money.FixedFromInt(7), money.FixedFromInt(-1))
	for _, c := range []struct {
		from, to int32
		mode     money.Mode
		want     string
		err      error
	}{
		{math.MaxInt32, math.MinInt32, money.HalfUp, "0", nil},
		{math.MaxInt32, 2, money.Up, "-0.01", nil},
		{math.MaxInt32, math.MinInt32, money.Up, "0", money.ErrOverflow},
		{math.MinInt32, 2, money.HalfUp, "0", money.ErrOverflow},
	} {
		if got, err := w.Round(c.from, c.to, c.mode); got.String() != c.want || err != c.err {
			t.Errorf("Round(%d, %d, %s) = %s, %v, want %s, %v", c.from, c.to, c.mode, got, err, c.want, c.err)
		}
	}
	if got, err := (money.Wide{}).Round(math.MinInt32, math.MinInt32, money.Up); err != nil || !got.IsZero() {
		t.Errorf("0 rounded is %s, %v", got, err)
	}
}

func TestFixedFromDecimalTakesAnyExponent(t *testing.T) {
	for _, c := range []struct {
		d    money.Decimal
		want string
	}{
		{money.NewDecimal(0, math.MaxInt32), "0"},
		{money.NewDecimal(0, math.MinInt32), "0"},
		{money.NewDecimal(1, math.MaxInt32), "O"},
		{money.NewDecimal(1, math.MinInt32), "P"},
		{money.NewDecimal(100, -20), "0.000000000000000001"},
		{money.NewDecimal(101, -20), "P"},
		{money.NewDecimal(1, 19), "10000000000000000000"},
		{money.NewDecimal(-1, 20), "O"},
		{money.DecimalFromBig(limit38, -money.Scale), "O"},
		{money.DecimalFromBig(new(big.Int).Lsh(limit38, 70), -money.Scale), "O"},
		{money.DecimalFromBig(new(big.Int).Sub(limit38, big.NewInt(1)), -money.Scale), "99999999999999999999.999999999999999999"},
	} {
		if got := outcome(money.FixedFromDecimal(c.d)); got != c.want {
			t.Errorf("%v × 10^%d became %s, want %s", c.d.Coefficient(), c.d.Exponent(), got, c.want)
		}
	}
	for _, v := range []int64{0, 1, -1, math.MaxInt64, math.MinInt64} {
		if got := money.FixedFromInt(v).Decimal(); !got.Equal(money.NewDecimal(v, 0)) {
			t.Errorf("%d became %s", v, got)
		}
	}
	if _, err := money.FixedFromBigEndian([16]byte{0x7f}); err != money.ErrOverflow {
		t.Errorf("bytes beyond 38 digits: error %v", err)
	}
	if _, err := money.FixedFromBigEndian([16]byte{0x80}); err != money.ErrOverflow {
		t.Errorf("the least 128 bits: error %v", err)
	}
}
