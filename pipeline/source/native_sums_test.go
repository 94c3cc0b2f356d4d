package source

import (
	"encoding/csv"
	"errors"
	"math/big"
	"strings"
	"testing"

	"daybook/schemas"
)

// billedIn adds up what the rows of a CSV bill in each currency, read by encoding/csv.
func billedIn(t *testing.T, text string, billed func(map[string]string) []string) map[string]string {
	t.Helper()
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\uFEFF")))
	r.LazyQuotes = true
	all, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string]*big.Rat{}
	for _, fields := range all[1:] {
		row, currency := map[string]string{}, ""
		for i, name := range all[0] {
			row[schemas.LooseName(name)], row[name] = fields[i], fields[i]
		}
		for _, name := range []string{"currency", "lineitemcurrencycode", "billingcurrency", "billingcurrencycode", "costcurrencycode"} {
			if row[name] != "" {
				currency = row[name]
			}
		}
		for _, v := range billed(row) {
			if v == "" {
				continue
			}
			x, ok := new(big.Rat).SetString(v)
			if !ok {
				t.Fatalf("%q is no number", v)
			}
			if sums[currency] == nil {
				sums[currency] = new(big.Rat)
			}
			sums[currency].Add(sums[currency], x)
		}
	}
	return written(sums)
}

// billedOf adds up what decoded rows bill in each currency, with what rounding leaves.
func billedOf(t *testing.T, got decoded) map[string]string {
	t.Helper()
	sums := map[string]*big.Rat{}
	add := func(currency, v string) {
		x, ok := new(big.Rat).SetString(v)
		if !ok {
			t.Fatalf("%q is no number", v)
		}
		if sums[currency] == nil {
			sums[currency] = new(big.Rat)
		}
		sums[currency].Add(sums[currency], x)
	}
	for _, row := range got.rows {
		_, rest, found := strings.Cut(row, " BilledCost=")
		_, currency, both := strings.Cut(row, " BillingCurrency=")
		if found && both {
			add(currency[:3], strings.Fields(rest)[0])
		}
	}
	for _, r := range got.stats.Rounded {
		if r.Column == "BilledCost" {
			add(r.Of, r.Residue.String())
		}
	}
	return written(sums)
}

func written(sums map[string]*big.Rat) map[string]string {
	out := map[string]string{}
	for currency, sum := range sums {
		out[currency] = sum.FloatString(30)
	}
	return out
}

// checkRefused asserts that an error is a fact about the object.
func checkRefused(t *testing.T, err error) {
	t.Helper()
	if _, refused := errors.AsType[*schemas.RefusedError](err); !refused {
		t.Error(err)
	}
}
