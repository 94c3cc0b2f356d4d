package money_test

import (
	"testing"

	"daybook/schemas/money"
)

func BenchmarkParseFixed(b *testing.B) {
	for _, text := range []string{"7", "0.05", "123.456789", "-98765.4321", "0.0000123400", "0.0123456789012345", "1234567890.123456789012345", "5e-06"} {
		b.Run(text, func(b *testing.B) {
			in := []byte(text)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := money.ParseFixed(in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("mixed", func(b *testing.B) {
		in := [][]byte{[]byte("123.456789"), []byte("0.05"), []byte("7"), []byte("41.5"), []byte("-98765.4321"), []byte("0.0000123400"), []byte("1000"), []byte("3.14159")}
		b.ReportAllocs()
		i := uint64(0)
		for b.Loop() {
			i = i*6364136223846793005 + 1442695040888963407
			if _, err := money.ParseFixed(in[i>>61]); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkFixedAdd(b *testing.B) {
	terms := make([]money.Fixed, 1024)
	for i := range terms {
		terms[i] = money.FixedFromInt(int64(i - 500))
	}
	b.ReportAllocs()
	for b.Loop() {
		var sum money.Fixed
		for _, term := range terms {
			next, ok := money.AddOK(sum, term)
			if !ok {
				b.Fatal("overflow")
			}
			sum = next
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(terms)), "ns/add")
}

func BenchmarkFixedText(b *testing.B) {
	v := money.FixedFromInt(123456)
	buf := make([]byte, 0, 64)
	b.ReportAllocs()
	for b.Loop() {
		buf = v.AppendText(buf[:0])
	}
}

// BenchmarkDecimalText writes amounts of a fixed scale, whose last digits are zeros, and one that has none.
func BenchmarkDecimalText(b *testing.B) {
	buf := make([]byte, 0, 64)
	for _, text := range []string{"12.340000000000000000", "1234567.890000000000000000", "0.000000000000000000", "12.345678901234567891"} {
		d := money.MustDecimal(text)
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				buf = d.AppendText(buf[:0])
			}
		})
	}
}

func BenchmarkWide(b *testing.B) {
	price, quantity := money.FixedFromInt(3), money.FixedFromInt(41)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := money.MulWide(price, quantity).Round(money.ProductScale, 2, money.HalfEven); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkMulDivRound takes a day's share of an amount, by quantities of nine places.
func BenchmarkMulDivRound(b *testing.B) {
	amount, gone, whole := money.MustDecimal("291050.7"), money.MustDecimal("513927.123456789"), money.MustDecimal("1577283.886212345")
	for _, digits := range []struct {
		name    string
		a, n, d money.Decimal
	}{
		{"short", amount, gone, whole},
		{"at 18 places", fixedOf(b, amount).Decimal(), fixedOf(b, gone).Decimal(), fixedOf(b, whole).Decimal()},
		{"of 18 places", fixedOf(b, amount).Decimal(), money.MustDecimal("513927.123456789123456789"), money.MustDecimal("1577283.886212345123456789")},
	} {
		b.Run(digits.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := money.MulDivRound(digits.a, digits.n, digits.d, money.Scale, money.HalfEven); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func fixedOf(b *testing.B, d money.Decimal) money.Fixed {
	b.Helper()
	f, err := money.FixedFromDecimal(d)
	if err != nil {
		b.Fatal(err)
	}
	return f
}

func BenchmarkParseDecimal(b *testing.B) {
	for _, text := range []string{"7", "0.05", "-98765.4321", "0.161475504", "1120056.967", "101282590.123456789012345678", "1.5e3"} {
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := money.ParseDecimal(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
