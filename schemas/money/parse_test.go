package money_test

import (
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"daybook/fixtures/effort"
	"daybook/schemas/money"
)

// parseCases has the text, what ParseFixed makes of it and what ParseDecimal does; errors by their first letters:
// S(yntax), L(imit), P(recision), O(verflow). A dash stands for the empty text.
const parseCases = `
0                                         0                                         0
-0                                        0                                         0
+1                                        1                                         1
007                                       7                                         7
12.50                                     12.5                                      12.5
.5                                        0.5                                       0.5
5.                                        5                                         5
-.5                                       -0.5                                      -0.5
12345678                                  12345678                                  12345678
1234567.8                                 1234567.8                                 1234567.8
12345678.                                 12345678                                  12345678
.12345678                                 0.12345678                                0.12345678
123456789                                 123456789                                 123456789
1234567890123456                          1234567890123456                          1234567890123456
123456789012345.6                         123456789012345.6                         123456789012345.6
-1234567.12345678                         -1234567.12345678                         -1234567.12345678
0.0123456789012345                        0.0123456789012345                        0.0123456789012345
12345678901234567890                      12345678901234567890                      12345678901234567890
99999999999999999999                      99999999999999999999                      99999999999999999999
-99999999999999999999.999999999999999999  -99999999999999999999.999999999999999999  -99999999999999999999.999999999999999999
100000000000000000000                     O                                         100000000000000000000
0.000000000000000001                      0.000000000000000001                      0.000000000000000001
0.0000000000000000010                     0.000000000000000001                      0.000000000000000001
0.0000000000000000001                     P                                         0.0000000000000000001
1.0000000000000000000000                  1                                         1
5e-06                                     0.000005                                  0.000005
5E-6                                      0.000005                                  0.000005
1.5e+3                                    1500                                      1500
1e19                                      10000000000000000000                      10000000000000000000
1e20                                      O                                         100000000000000000000
1e-18                                     0.000000000000000001                      0.000000000000000001
1e-19                                     P                                         0.0000000000000000001
10e-19                                    0.000000000000000001                      0.000000000000000001
0e64                                      0                                         0
0e-64                                     0                                         0
1e65                                      L                                         L
1e-65                                     L                                         L
1e999999999                               L                                         L
1e-99999999999999999999                   L                                         L
1e99999x                                  S                                         S
-                                         S                                         S
+                                         S                                         S
--1                                       S                                         S
+-1                                       S                                         S
.                                         S                                         S
-.                                        S                                         S
..                                        S                                         S
1..2                                      S                                         S
1.2.3                                     S                                         S
12345678.12.4                             S                                         S
.2345678.1                                S                                         S
1,5                                       S                                         S
1_000                                     S                                         S
0x10                                      S                                         S
NaN                                       S                                         S
Inf                                       S                                         S
-Infinity                                 S                                         S
NULL                                      S                                         S
1e                                        S                                         S
1e+                                       S                                         S
e5                                        S                                         S
.e5                                       S                                         S
1e5.0                                     S                                         S
1e5e5                                     S                                         S
1-                                        S                                         S
12345678-                                 S                                         S
１                                        S                                         S
`

// outcome is a parsed number or its error, in the letters of parseCases.
func outcome(v fmt.Stringer, err error) string {
	for letter, sentinel := range map[string]error{
		"S": money.ErrSyntax, "L": money.ErrLimit, "P": money.ErrPrecision, "O": money.ErrOverflow,
	} {
		if errors.Is(err, sentinel) {
			return letter
		}
	}
	if err != nil {
		return err.Error()
	}
	return v.String()
}

func TestParseCases(t *testing.T) {
	for line := range strings.Lines(strings.TrimSpace(parseCases)) {
		f := strings.Fields(line)
		text, wantFixed, wantDecimal := f[0], f[1], f[2]
		if text == "-" {
			text = ""
		}
		checkParse(t, text, wantFixed, wantDecimal)
	}
	// What no field of a table can hold: blanks, other bytes, and the bound on digits.
	for _, text := range []string{" 1", "1 ", "1 2", "12345678\n", "\x001", "1\x00", "\xff", "-", "1234567\xb0", "1\x80\x80"} {
		checkParse(t, text, "S", "S")
	}
	long := strings.Repeat("0", 63) + "1"
	checkParse(t, long, "1", "1")
	checkParse(t, "0"+long, "L", "L")
	checkParse(t, "0."+strings.Repeat("0", 64), "L", "L")
	checkParse(t, strings.Repeat("9", 1<<20), "L", "L")
}

func checkParse(t *testing.T, text, wantFixed, wantDecimal string) {
	t.Helper()
	if got := outcome(money.ParseFixed([]byte(text))); got != wantFixed {
		t.Errorf("ParseFixed(%.60q) = %s, want %s", text, got, wantFixed)
	}
	if got := outcome(money.ParseDecimal(text)); got != wantDecimal {
		t.Errorf("ParseDecimal(%.60q) = %s, want %s", text, got, wantDecimal)
	}
}

func TestParseDecimalNamesTheText(t *testing.T) {
	_, err := money.ParseDecimal("1,5")
	want := `read "1,5" as a number: not a decimal number: ` +
		`write an optional sign, digits with at most one point, and an optional exponent`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	if _, err := money.ParseDecimal(strings.Repeat("x", 1<<20)); len(err.Error()) > 300 {
		t.Errorf("a message of %d bytes", len(err.Error()))
	}
}

func TestText(t *testing.T) {
	for row := range strings.Lines(strings.TrimSpace(`
		12.5      2   12.50
		12        2   12.00
		12        0   12
		-0.5      3   -0.500
		0.125     2   0.125
		1200e-2   2   12.00
		1.2e3     1   1200.0
		0         2   0.00
		1250      -2  1250
	`)) {
		f := strings.Fields(row)
		places := int32(money.MustDecimal(f[1]).IntPart())
		if got := money.Text(money.MustDecimal(f[0]), places); got != f[2] {
			t.Errorf("Text(%s, %d) = %s, want %s", f[0], places, got, f[2])
		}
	}
}

// randomText returns numbers of every length and form that the parsers read.
func randomText(r *rand.Rand) string {
	var b strings.Builder
	b.WriteString([]string{"", "", "-", "+"}[r.IntN(4)])
	whole, fraction := r.IntN(22), r.IntN(22)
	if r.IntN(4) == 0 {
		fraction = 0
	}
	for range whole {
		b.WriteByte(byte('0' + r.IntN(10)*min(1, r.IntN(3))))
	}
	if fraction > 0 || r.IntN(8) == 0 {
		b.WriteByte('.')
	}
	for range fraction {
		b.WriteByte(byte('0' + r.IntN(10)*min(1, r.IntN(3))))
	}
	if r.IntN(5) == 0 {
		fmt.Fprintf(&b, "e%d", r.IntN(40)-20)
	}
	return b.String()
}

func TestParseAgainstRat(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for range effort.Count(t, 20_000, 1_000_000) {
		agreeWithRat(t, randomText(r))
	}
}

// agreeWithRat checks both parsers against math/big, whose grammar is wider: what it reads and they do not must break
// one of the rules that they state.
func agreeWithRat(t *testing.T, text string) {
	t.Helper()
	fixed, errFixed := money.ParseFixed([]byte(text))
	dec, errDecimal := money.ParseDecimal(text)
	if errors.Is(errDecimal, money.ErrSyntax) || errors.Is(errDecimal, money.ErrLimit) {
		if !errors.Is(errDecimal, errFixed) {
			t.Fatalf("%q: ParseFixed says %v, ParseDecimal %v", text, errFixed, errDecimal)
		}
		if _, ok := new(big.Rat).SetString(text); ok && plain(text) && errors.Is(errDecimal, money.ErrSyntax) {
			t.Fatalf("%q is a number but was refused: %v", text, errDecimal)
		}
		return
	}
	want, ok := new(big.Rat).SetString(text)
	if errDecimal != nil || !ok || dec.Rat().Cmp(want) != 0 {
		t.Fatalf("ParseDecimal(%q) = %s, %v, want %v", text, dec, errDecimal, want)
	}
	// An exponent of nought takes another way, to the same digits and places.
	if same, err := money.ParseDecimal(text + "e0"); err == nil && (same.Exponent() != dec.Exponent() || same.Coefficient().Cmp(dec.Coefficient()) != 0) {
		t.Fatalf("ParseDecimal(%q) has %s, %d, and with e0 %s, %d", text, dec.Coefficient(), dec.Exponent(), same.Coefficient(), same.Exponent())
	}
	in := new(big.Rat).Mul(want, new(big.Rat).SetInt(scale18))
	tooLarge := new(big.Rat).Abs(in).Cmp(new(big.Rat).SetInt(limit38)) >= 0
	switch {
	case !in.IsInt() && tooLarge:
		if errFixed != money.ErrPrecision && errFixed != money.ErrOverflow {
			t.Fatalf("ParseFixed(%q): error %v, want precision or overflow", text, errFixed)
		}
	case !in.IsInt():
		if errFixed != money.ErrPrecision {
			t.Fatalf("ParseFixed(%q): error %v, want precision", text, errFixed)
		}
	case tooLarge:
		if errFixed != money.ErrOverflow {
			t.Fatalf("ParseFixed(%q): error %v, want overflow", text, errFixed)
		}
	case errFixed != nil || units(fixed).Cmp(in.Num()) != 0:
		t.Fatalf("ParseFixed(%q) = %s, %v, want %s units", text, fixed, errFixed, in.Num())
	}
}

// plain reports whether a text that math/big reads is free of its extensions: fractions, other bases, underscores.
func plain(text string) bool { return !strings.ContainsAny(text, "/_xXbBoOpP") }

func FuzzParse(f *testing.F) {
	for line := range strings.Lines(strings.TrimSpace(parseCases)) {
		f.Add(strings.Fields(line)[0])
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 200 { // math/big, not the code under test, is slow on huge exponents
			return
		}
		if i := strings.IndexAny(text, "eEpP"); i >= 0 && len(text)-i > 6 {
			_, _ = money.ParseFixed([]byte(text))
			_, _ = money.ParseDecimal(text)
			return
		}
		agreeWithRat(t, text)
	})
}

func TestHotPathDoesNotAllocate(t *testing.T) {
	good, slow, bad := []byte("123.456789"), []byte("1234567890.1234567890e-2"), []byte("12,5")
	buf := make([]byte, 0, 64)
	a, b := money.FixedFromInt(7), money.FixedFromInt(-3)
	var sink money.Fixed
	for name, do := range map[string]func(){
		"ParseFixed":       func() { sink, _ = money.ParseFixed(good) },
		"ParseFixed, slow": func() { sink, _ = money.ParseFixed(slow) },
		"ParseFixed, bad":  func() { sink, _ = money.ParseFixed(bad) },
		"Add":              func() { sink, _ = a.Add(b) },
		"AddOK":            func() { sink, _ = money.AddOK(a, b) },
		"AppendText":       func() { buf = a.AppendText(buf[:0]) },
		"BigEndian":        func() { sink, _ = money.FixedFromBigEndian(a.BigEndian()) },
		"Round":            func() { sink, _ = a.Round(-1, money.HalfEven) },
		"MulWide, Round":   func() { sink, _ = money.MulWide(a, b).Round(money.ProductScale, 2, money.HalfUp) },
	} {
		if n := testing.AllocsPerRun(100, do); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
	_ = sink
}
