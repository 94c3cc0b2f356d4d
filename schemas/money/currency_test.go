package money_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"daybook/schemas/money"
)

func TestMinorUnits(t *testing.T) {
	for row := range strings.Lines(strings.TrimSpace(`
		EUR 2
		USD 2
		JPY 0
		KRW 0
		ISK 0
		BHD 3
		KWD 3
		OMR 3
		TND 3
		JOD 3
		IQD 3
		LYD 3
		CLF 4
		UYW 4
		XCG 2
		ZWG 2
		HRK 2
		BYR 0
	`)) {
		f := strings.Fields(row)
		want := int32(money.MustDecimal(f[1]).IntPart())
		if got, ok := money.MinorUnits(money.Currency(f[0])); !ok || got != want {
			t.Errorf("%s has %d minor digits, %t, want %d", f[0], got, ok, want)
		}
	}
	for _, c := range []money.Currency{"XAU", "XXX", "XTS"} {
		if _, ok := money.MinorUnits(c); ok || !money.ValidCurrency(c) {
			t.Errorf("%s is a code without a minor unit", c)
		}
	}
	for _, c := range []money.Currency{"", "eur", "EUR ", "EU", "ZZZ", "BTC"} {
		if _, ok := money.MinorUnits(c); ok || money.ValidCurrency(c) {
			t.Errorf("%q is not a currency", c)
		}
	}
}

func TestCurrencyTableIsSound(t *testing.T) {
	all := money.Currencies()
	if len(all) != 178+11 { // list one, and those withdrawn; fewer when a code stands twice
		t.Errorf("%d codes", len(all))
	}
	for _, c := range all {
		if len(c) != 3 || strings.ToUpper(string(c)) != string(c) {
			t.Errorf("%q is not a code", c)
		}
	}
}

// TestCurrenciesCoverFOCUS compares with codes that the FOCUS validator accepts: some of every kind, and its whole list
// where that is at hand.
func TestCurrenciesCoverFOCUS(t *testing.T) {
	for name, least := range map[string]int{"testdata/focus_currencies.csv": 10, "../../../shared/data/focus/currency_codes.csv": 150} {
		text, err := os.ReadFile(name)
		if errors.Is(err, os.ErrNotExist) && !strings.HasPrefix(name, "testdata/") {
			t.Logf("%s is not here", name)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for line := range strings.Lines(string(text)) {
			if _, code, ok := strings.Cut(strings.TrimSpace(line), ","); ok && code != "currency_codes" {
				if n++; !money.ValidCurrency(money.Currency(code)) {
					t.Errorf("%s is missing", code)
				}
			}
		}
		if n < least {
			t.Errorf("only %d codes compared", n)
		}
		t.Logf("%d codes of %s", n, name)
	}
}
