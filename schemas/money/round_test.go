package money_test

import (
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"daybook/fixtures/effort"
	"daybook/schemas/money"
)

// roundCases has a value, a number of places, and the outcome of each mode in the order of money.Modes.
const roundCases = `
value     places  half_up  half_even  half_down  up     down   ceiling  floor
0              0  0        0          0          0      0      0        0
2.4            0  2        2          2          3      2      3        2
2.5            0  3        2          2          3      2      3        2
2.6            0  3        3          3          3      2      3        2
3.5            0  4        4          3          4      3      4        3
-2.4           0  -2       -2         -2         -3     -2     -2       -3
-2.5           0  -3       -2         -2         -3     -2     -2       -3
-2.6           0  -3       -3         -3         -3     -2     -2       -3
-3.5           0  -4       -4         -3         -4     -3     -3       -4
0.5            0  1        0          0          1      0      1        0
-0.5           0  -1       0          0          -1     0      0        -1
2.5000001      0  3        3          3          3      2      3        2
1.005          2  1.01     1          1          1.01   1      1.01     1
1.015          2  1.02     1.02       1.01       1.02   1.01   1.02     1.01
-1.005         2  -1.01    -1         -1         -1.01  -1     -1       -1.01
1.5            2  1.5      1.5        1.5        1.5    1.5    1.5      1.5
1250          -2  1300     1200       1200       1300   1200   1300     1200
1350          -2  1400     1400       1300       1400   1300   1400     1300
-1250         -2  -1300    -1200      -1200      -1300  -1200  -1200    -1300
49            -2  0        0          0          100    0      100      0
50            -2  100      0          0          100    0      100      0
0.0001         2  0        0          0          0.01   0      0.01     0
-0.0001        2  0        0          0          -0.01  0      0        -0.01
`

func TestRoundCases(t *testing.T) {
	rows := strings.Split(strings.TrimSpace(roundCases), "\n")
	if head := strings.Fields(rows[0]); len(head) != 2+len(money.Modes()) {
		t.Fatalf("columns: %v", head)
	}
	for _, row := range rows[1:] {
		f := strings.Fields(row)
		d, places := money.MustDecimal(f[0]), int32(money.MustDecimal(f[1]).IntPart())
		for i, mode := range money.Modes() {
			want := f[2+i]
			if got := money.RoundTo(d, places, mode).String(); got != want {
				t.Errorf("RoundTo(%s, %d, %s) = %s, want %s", d, places, mode, got, want)
			}
			fixed, err := money.FixedFromDecimal(d)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := fixed.Round(places, mode); err != nil || got.String() != want {
				t.Errorf("Fixed %s rounded to %d, %s = %s, %v, want %s", d, places, mode, got, err, want)
			}
		}
	}
}

func TestRoundToStep(t *testing.T) {
	for row := range strings.Lines(strings.TrimSpace(`
		1.02    0.05   half_up    1
		1.025   0.05   half_up    1.05
		1.025   0.05   half_even  1
		1.075   0.05   half_even  1.1
		1.025   0.05   half_down  1
		1.01    0.05   up         1.05
		1.04    0.05   down       1
		-1.01   0.05   ceiling    -1
		-1.01   0.05   floor      -1.05
		-1.025  -0.05  half_up    -1.05
		7       5      half_up    5
		7.5     5      half_up    10
		0.3333  0.25   half_up    0.25
		1.23    0      half_up    1.23
	`)) {
		f := strings.Fields(row)
		mode, err := money.ParseMode(f[2])
		if err != nil {
			t.Fatal(err)
		}
		if got := money.RoundToStep(money.MustDecimal(f[0]), money.MustDecimal(f[1]), mode); got.String() != f[3] {
			t.Errorf("RoundToStep(%s, %s, %s) = %s, want %s", f[0], f[1], mode, got, f[3])
		}
	}
}

// roundRat is the definition: the two neighbours of x at the given places, and which of them each mode takes. It shares
// nothing with the code under test.
func roundRat(x *big.Rat, places int32, mode money.Mode) *big.Rat {
	unit := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(places, -places))), nil))
	if places > 0 {
		unit.Inv(unit)
	}
	scaled := new(big.Rat).Quo(x, unit)
	low := new(big.Int).Div(scaled.Num(), scaled.Denom()) // Euclidean, so the floor
	below := new(big.Rat).SetInt(low)
	if below.Cmp(scaled) == 0 {
		return new(big.Rat).Set(x)
	}
	above := new(big.Rat).Add(below, big.NewRat(1, 1))
	toward, from := below, above
	if x.Sign() < 0 {
		toward, from = above, below
	}
	side := new(big.Rat).Sub(scaled, below).Cmp(new(big.Rat).Sub(above, scaled))
	var choice *big.Rat
	switch {
	case mode == money.Up:
		choice = from
	case mode == money.Down:
		choice = toward
	case mode == money.Ceiling:
		choice = above
	case mode == money.Floor:
		choice = below
	case side < 0:
		choice = below
	case side > 0:
		choice = above
	case mode == money.HalfUp:
		choice = from
	case mode == money.HalfDown:
		choice = toward
	case low.Bit(0) == 0: // half even
		choice = below
	default:
		choice = above
	}
	return choice.Mul(choice, unit)
}

// randomDecimal returns decimals of up to 30 digits, small and round ones often enough for halves to occur.
func randomDecimal(r *rand.Rand) money.Decimal {
	exponent := int32(r.IntN(16)) - 12
	if r.IntN(2) == 0 {
		return money.NewDecimal(int64(r.IntN(401)-200)*5, exponent)
	}
	v := new(big.Int).SetUint64(r.Uint64())
	v.Mul(v, big.NewInt(r.Int64N(1_000_000_000)-500_000_000))
	return money.DecimalFromBig(v, exponent)
}

func TestRoundingAgainstRat(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for range effort.Count(t, 1_500, 60_000) {
		d, places := randomDecimal(r), int32(r.IntN(16))-4
		n, by, step := randomDecimal(r), randomDecimal(r), money.NewDecimal(int64(1+r.IntN(40)), int32(r.IntN(6))-4)
		for _, mode := range money.Modes() {
			if got, want := money.RoundTo(d, places, mode).Rat(), roundRat(d.Rat(), places, mode); got.Cmp(want) != 0 {
				t.Fatalf("RoundTo(%s, %d, %s) = %v, want %v", d, places, mode, got, want)
			}
			steps := roundRat(new(big.Rat).Quo(d.Rat(), step.Rat()), 0, mode)
			if got, want := money.RoundToStep(d, step, mode).Rat(), steps.Mul(steps, step.Rat()); got.Cmp(want) != 0 {
				t.Fatalf("RoundToStep(%s, %s, %s) = %v, want %v", d, step, mode, got, want)
			}
			got, err := money.MulDivRound(d, n, by, places, mode)
			if by.IsZero() {
				if !errors.Is(err, money.ErrZero) {
					t.Fatalf("%s × %s ÷ 0: error %v", d, n, err)
				}
				continue
			}
			exact := new(big.Rat).Mul(d.Rat(), n.Rat())
			if want := roundRat(exact.Quo(exact, by.Rat()), places, mode); err != nil || got.Rat().Cmp(want) != 0 {
				t.Fatalf("%s × %s ÷ %s at %d, %s = %s, %v, want %v", d, n, by, places, mode, got, err, want)
			}
		}
	}
}

// TestMulDivRoundOfWords draws coefficients of two words that are at the edges of a word, where a digit of a long division is
// guessed wrong.
func TestMulDivRoundOfWords(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 7))
	word := func() uint64 {
		edges := []uint64{0, 1, 1<<63 - 1, 1 << 63, 1<<63 + 1, math.MaxUint64 - 1, math.MaxUint64, r.Uint64()}
		return edges[r.IntN(len(edges))]
	}
	number := func(exponent int32) money.Decimal {
		v := new(big.Int).Lsh(new(big.Int).SetUint64(word()), 64)
		v.Or(v, new(big.Int).SetUint64(word()))
		if r.IntN(4) == 0 {
			v.Neg(v)
		}
		return money.DecimalFromBig(v, exponent)
	}
	for range effort.Count(t, 10_000, 400_000) {
		a, n, d := number(-18), number(-r.Int32N(3)), number(-18)
		if d.IsZero() {
			continue
		}
		mode, places := money.Modes()[r.IntN(len(money.Modes()))], r.Int32N(4)
		got, err := money.MulDivRound(a, n, d, places, mode)
		exact := new(big.Rat).Mul(a.Rat(), n.Rat())
		if want := roundRat(exact.Quo(exact, d.Rat()), places, mode); err != nil || got.Rat().Cmp(want) != 0 || !got.IsZero() && got.Exponent() != -places {
			t.Fatalf("%s × %s ÷ %s at %d, %s = %s, %v, want %v", a, n, d, places, mode, got, err, want)
		}
	}
}

func TestDivRoundRoundsOnce(t *testing.T) {
	// 0.4449…: rounding to four places first would make it 0.4450, then 0.45 and 0.5.
	got, err := money.DivRound(money.MustDecimal("4449999"), money.MustDecimal("10000000"), 1, money.HalfUp)
	if err != nil || got.String() != "0.4" {
		t.Errorf("got %s, %v, want 0.4", got, err)
	}
	if _, err := money.DivRound(money.One, money.Zero, 2, money.HalfUp); !errors.Is(err, money.ErrZero) {
		t.Errorf("1 ÷ 0: error %v", err)
	}
}

func TestModeText(t *testing.T) {
	for i, mode := range money.Modes() {
		text, err := mode.MarshalText()
		if err != nil || int(mode) != i {
			t.Fatalf("mode %d: %v", i, err)
		}
		var back money.Mode
		if err := back.UnmarshalText(text); err != nil || back != mode {
			t.Errorf("%s came back as %s, %v", mode, back, err)
		}
	}
	const want = `unknown rounding mode "bankers": choose one of half_up, half_even, half_down, up, down, ceiling, floor`
	if _, err := money.ParseMode("bankers"); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	if _, err := money.Mode(99).MarshalText(); err == nil {
		t.Error("mode 99 has a text")
	}
}

func TestRatio(t *testing.T) {
	days, err := money.NewRatio(money.NewDecimal(17, 0), money.NewDecimal(31, 0))
	if err != nil || days.String() != "17/31" || days.IsOne() {
		t.Fatalf("ratio %s, %v", days, err)
	}
	half, _ := money.NewRatio(money.One, money.NewDecimal(2, 0))
	if days.Cmp(half) <= 0 || half.Cmp(days) >= 0 || days.Cmp(days) != 0 {
		t.Errorf("%s and %s are in the wrong order", days, half)
	}
	if got := days.Mul(half); got.String() != "17/62" {
		t.Errorf("17/31 × 1/2 = %s", got)
	}
	if got, err := days.Apply(money.NewDecimal(100, 0), 2, money.HalfUp); err != nil || got.String() != "54.84" {
		t.Errorf("17/31 of 100 = %s, %v", got, err)
	}
	if _, err := (money.Ratio{}).Apply(money.One, 2, money.HalfUp); !errors.Is(err, money.ErrZero) {
		t.Errorf("the zero ratio applies: %v", err)
	}
	for _, den := range []money.Decimal{money.Zero, money.NewDecimal(-1, 0)} {
		if _, err := money.NewRatio(money.One, den); err == nil {
			t.Errorf("ratio 1/%s is accepted", den)
		}
	}
}
