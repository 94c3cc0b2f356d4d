package money_test

import (
	"math/rand/v2"
	"testing"

	"daybook/schemas/money"
)

// TestDigits writes coefficients of every length, many of them with runs of zeros, as they were read.
func TestDigits(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for length := 1; length <= 38; length++ {
		for range 200 {
			text := make([]byte, length)
			for i := range text {
				if text[i] = '0'; rng.IntN(2) == 0 {
					text[i] += byte(rng.IntN(10))
				}
			}
			text[0] = '1' + byte(rng.IntN(9))
			d, err := money.ParseDecimal(string(text))
			if err != nil {
				t.Fatal(err)
			}
			if got := d.String(); got != string(text) {
				t.Fatalf("%s is written as %s", text, got)
			}
		}
	}
}
