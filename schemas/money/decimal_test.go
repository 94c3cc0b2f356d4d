package money_test

import (
	"encoding/json"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/shopspring/decimal"

	"daybook/fixtures/effort"
	"daybook/schemas/money"
)

// longOrShort draws a number whose coefficient has any length around those at which the arithmetic changes its way.
func longOrShort(r *rand.Rand) (money.Decimal, decimal.Decimal) {
	lengths := []uint{0, 1, 20, 53, 62, 63, 64, 65, 100, 126, 127, 128, 129, 190, 260}
	v := new(big.Int).Lsh(big.NewInt(1), lengths[r.IntN(len(lengths))])
	v.Sub(v, big.NewInt(1))
	if v.Sign() > 0 && r.IntN(2) == 0 {
		for i, bits := 0, v.BitLen(); i < bits; i++ {
			v.SetBit(v, i, uint(r.IntN(2)))
		}
	}
	if r.IntN(3) == 0 {
		v.Mul(v, new(big.Int).Exp(big.NewInt(10), big.NewInt(r.Int64N(30)), nil))
	}
	if r.IntN(2) == 0 {
		v.Neg(v)
	}
	exp := int32(r.IntN(60) - 45)
	return money.DecimalFromBig(v, exp), decimal.NewFromBigInt(v, exp)
}

// sameDecimal compares value and exponent with what shopspring/decimal has.
func sameDecimal(t *testing.T, what string, got money.Decimal, want decimal.Decimal) {
	t.Helper()
	if got.Coefficient().Cmp(want.Coefficient()) != 0 || got.Exponent() != want.Exponent() {
		t.Fatalf("%s is %se%d, want %se%d", what, got.Coefficient(), got.Exponent(), want.Coefficient(), want.Exponent())
	}
	if got.String() != want.String() {
		t.Fatalf("%s reads %s, want %s", what, got, want)
	}
}

func TestDecimalAgainstShopspring(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 11))
	for range effort.Count(t, 4_000, 150_000) {
		a, x := longOrShort(r)
		b, y := longOrShort(r)
		if r.IntN(8) == 0 {
			b, y = a, x
		}
		sameDecimal(t, "a", a, x)
		sameDecimal(t, "a + b", a.Add(b), x.Add(y))
		sameDecimal(t, "a - b", a.Sub(b), x.Sub(y))
		sameDecimal(t, "a × b", a.Mul(b), x.Mul(y))
		sameDecimal(t, "-a", a.Neg(), x.Neg())
		sameDecimal(t, "|a|", a.Abs(), x.Abs())
		sameDecimal(t, "a ÷ 100", a.Shift(-2), x.Shift(-2))
		if a.Cmp(b) != x.Cmp(y) || a.Equal(b) != x.Equal(y) || a.Sign() != x.Sign() || a.IsInteger() != x.IsInteger() ||
			a.LessThan(b) != x.LessThan(y) || a.GreaterThanOrEqual(b) != x.GreaterThanOrEqual(y) {
			t.Fatalf("%s and %s compare as %d, want %d", a, b, a.Cmp(b), x.Cmp(y))
		}
		if a.BigInt().Cmp(x.BigInt()) != 0 || a.Rat().Cmp(x.Rat()) != 0 || a.IntPart() != x.IntPart() {
			t.Fatalf("%s has the whole part %s", a, a.BigInt())
		}
	}
}

// quotient is n ÷ d rounded to places, from its definition.
func quotient(n, d decimal.Decimal, places int32, mode money.Mode) *big.Int {
	exact := new(big.Rat).Quo(n.Rat(), d.Rat())
	scale := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(places, -places))), nil))
	if places < 0 {
		scale.Inv(scale)
	}
	exact.Mul(exact, scale)
	whole, rest := new(big.Int).QuoRem(exact.Num(), exact.Denom(), new(big.Int))
	half := new(big.Int).Lsh(rest, 1).CmpAbs(exact.Denom())
	if rest.Sign() == 0 {
		return whole
	}
	up := false
	switch mode {
	case money.HalfUp:
		up = half >= 0
	case money.HalfDown:
		up = half > 0
	case money.HalfEven:
		up = half > 0 || half == 0 && whole.Bit(0) == 1
	case money.Up:
		up = true
	case money.Ceiling:
		up = exact.Sign() > 0
	case money.Floor:
		up = exact.Sign() < 0
	case money.Down:
	}
	if up {
		whole.Add(whole, big.NewInt(int64(exact.Sign())))
	}
	return whole
}

func TestDecimalRoundsAgainstFractions(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	one := decimal.New(1, 0)
	for range effort.Count(t, 4_000, 150_000) {
		a, x := longOrShort(r)
		b, y := longOrShort(r)
		places, mode := int32(r.IntN(30)-4), money.Modes()[r.IntN(len(money.Modes()))]
		if r.IntN(4) == 0 { // halves
			a = money.NewDecimal(r.Int64N(1000)*10+5, -places-1)
			x = decimal.NewFromBigInt(a.Coefficient(), a.Exponent())
		}
		if got := money.RoundTo(a, places, mode); -a.Exponent() > places {
			sameDecimal(t, a.String()+" rounded "+mode.String(), got, decimal.NewFromBigInt(quotient(x, one, places, mode), -places))
		}
		if b.IsZero() {
			continue
		}
		got, err := money.DivRound(a, b, places, mode)
		if err != nil {
			t.Fatal(err)
		}
		sameDecimal(t, a.String()+" ÷ "+b.String()+" "+mode.String(), got, decimal.NewFromBigInt(quotient(x, y, places, mode), -places))
	}
}

func TestDecimalJSON(t *testing.T) {
	for _, text := range []string{"0", "-1.5", "340282366920938463463374607431768211455", "340282366920938463463374607431768211456.25"} {
		d := money.MustDecimal(text)
		b, err := json.Marshal(d)
		if err != nil || string(b) != `"`+text+`"` {
			t.Fatalf("%s is written %s, %v", text, b, err)
		}
		var back, bare money.Decimal
		if err := json.Unmarshal(b, &back); err != nil || !back.Equal(d) {
			t.Errorf("%s is read as %s, %v", b, back, err)
		}
		if err := json.Unmarshal([]byte(text), &bare); err != nil || !bare.Equal(d) {
			t.Errorf("%s is read as %s, %v", text, bare, err)
		}
	}
}

func TestBelow(t *testing.T) {
	for text, want := range map[string]bool{
		"0": true, "1": true, "999": true, "-999.999999999999999999999999999999999999999999999999": true, "1e2": true,
		"1000": false, "-1000": false, "1e3": false, "1000.000": false, "999.9": true, "1000.00000000000000000000000000000000000000001": false,
		"-1e40": false, "1e-60": true, "9.99e2": true, "0e60": true, "0.1e4": false,
	} {
		d, err := money.ParseDecimal(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Below(3); got != want {
			t.Errorf("%s below 10^3: %v", text, got)
		}
	}
}

func TestDecimalOfMoneyDoesNotAllocate(t *testing.T) {
	q, p := money.MustDecimal("123456.789012"), money.MustDecimal("0.00045")
	whole := money.Fixed{Hi: 1 << 62, Lo: 1}
	buf := make([]byte, 0, 64)
	n := testing.AllocsPerRun(100, func() {
		v := q.Mul(p).Add(p).Sub(q)
		v = money.RoundTo(v, 2, money.HalfEven)
		if w, err := money.DivRound(v, q, money.Scale, money.HalfEven); err != nil || w.IsZero() {
			t.Fatal(err)
		}
		f, err := money.FixedFromDecimal(v)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := money.MulDivRound(f.Decimal(), q, whole.Decimal(), money.Scale, money.HalfEven); err != nil {
			t.Fatal(err)
		}
		buf = v.AppendText(buf[:0])
	})
	if n != 0 {
		t.Errorf("arithmetic of money allocates %v times", n)
	}
}
