package schemas_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"daybook/schemas"
	"daybook/schemas/money"
)

// Each line is day, base, quote, rate and, where it matters, the day it was known.
const rateLines = `
2024-09-27 EUR USD 1.1158
2024-09-30 EUR USD 1.1196
2024-09-30 EUR USD 1.1200 2024-10-15
2024-09-30 EUR JPY 159.82
2024-09-30 GBP EUR 1.1976
2024-09-20 USD CAD 1.35
`

func rates(t *testing.T) []schemas.Rate {
	t.Helper()
	var all []schemas.Rate
	for line := range strings.Lines(strings.TrimSpace(rateLines)) {
		f := strings.Fields(line)
		r := schemas.Rate{Day: day(t, f[0]), Base: money.Currency(f[1]), Quote: money.Currency(f[2]), Value: money.MustDecimal(f[3])}
		if len(f) == 5 {
			r.KnownSince = day(t, f[4])
		}
		all = append(all, r)
	}
	return all
}

func TestRatesFind(t *testing.T) {
	all := rates(t)
	for _, c := range []struct {
		from, to   money.Currency
		day        string
		maxAge     int
		asOf       string
		want, legs string
	}{
		{"EUR", "EUR", "1999-01-01", 0, "", "1/1", ""},
		{"EUR", "USD", "2024-09-27", 0, "", "1.1158/1", "2024-09-27"},
		{"EUR", "USD", "2024-09-29", 3, "", "1.1158/1", "2024-09-27"},
		{"EUR", "USD", "2024-09-29", 1, "", "", ""},
		{"EUR", "USD", "2024-09-26", 9, "", "", ""},
		{"EUR", "USD", "2024-10-02", 9, "", "1.12/1", "2024-09-30"},
		{"EUR", "USD", "2024-10-02", 9, "2024-10-14", "1.1196/1", "2024-09-30"},
		{"EUR", "USD", "2024-10-02", 9, "2024-09-29", "1.1158/1", "2024-09-27"},
		{"USD", "EUR", "2024-09-27", 0, "", "1/1.1158", "2024-09-27"},
		{"USD", "JPY", "2024-09-30", 5, "2024-09-30", "159.82/1.1196", "2024-09-30 2024-09-30"},
		{"GBP", "JPY", "2024-09-30", 5, "", "191.400432/1", "2024-09-30 2024-09-30"},
		{"JPY", "GBP", "2024-09-30", 5, "", "1/191.400432", "2024-09-30 2024-09-30"},
		{"EUR", "CAD", "2024-09-30", 90, "", "", ""}, // CAD is quoted in USD alone, and only the pivot is gone through
		{"USD", "CAD", "2024-09-30", 90, "", "1.35/1", "2024-09-20"},
		{"USD", "CHF", "2024-09-30", 90, "", "", ""},
	} {
		q := schemas.FXQuery{From: c.from, To: c.to, Day: day(t, c.day), MaxAgeDays: c.maxAge}
		if c.asOf != "" {
			q.AsOf = day(t, c.asOf)
		}
		for range 5 {
			got, ok := schemas.NewRates(all, "EUR").Find(q)
			var legs []string
			for _, l := range got.Legs {
				legs = append(legs, l.Day.String())
			}
			if ok != (c.want != "") || ok && got.Factor.String() != c.want || strings.Join(legs, " ") != c.legs {
				t.Errorf("%+v: %s by %v (%v), want %q by %q", q, got.Factor, legs, ok, c.want, c.legs)
			}
			rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		}
	}
}

func TestRatesHas(t *testing.T) {
	r := schemas.NewRates(rates(t), "EUR")
	for _, c := range []struct {
		from, to money.Currency
		want     bool
	}{{"USD", "EUR", true}, {"USD", "JPY", true}, {"CAD", "USD", true}, {"CAD", "EUR", false}, {"CHF", "CHF", true}, {"CHF", "EUR", false}} {
		if r.Has(c.from, c.to) != c.want {
			t.Errorf("Has(%s, %s) is not %v", c.from, c.to, c.want)
		}
	}
}

// A period is converted at the rates of its end once they reach it, and before at the newest there are.
func TestRatesPeriodDay(t *testing.T) {
	week, none, month := 7, 0, 31
	for _, c := range []struct {
		what          string
		maxAge        *int
		through, asOf string
		lines         string
		want          string
	}{
		{"use to the end", &week, "2024-09-30", "", "", "2024-09-30"},
		{"nobody asks how far it has come", &week, "", "", "", "2024-09-30"},
		{"rates of the end though use ended early", &week, "2024-09-05", "", "2024-09-02 2024-09-28", "2024-09-30"},
		{"no use at all", &week, "2024-09-01", "", "2024-09-28", "2024-09-30"},
		{"as old as a rate may be", nil, "2024-09-05", "", "2024-09-23", "2024-09-30"},
		{"a day older", nil, "2024-09-05", "", "2024-09-22", "2024-09-22"},
		{"rates run ahead of use", &week, "2024-09-05", "", "2024-09-02 2024-09-10 2024-08-30", "2024-09-10"},
		{"use runs ahead of rates", &week, "2024-09-12", "", "2024-09-02 2024-09-10", "2024-09-12"},
		{"no rate at all", &week, "2024-09-12", "", "", "2024-09-12"},
		{"only the very day will do", &none, "2024-09-12", "", "2024-09-29", "2024-09-29"},
		{"a rate a month, of its first day", &month, "2024-09-12", "", "2024-09-01", "2024-09-30"},
		{"rates of days to come are not asked", &week, "2024-09-12", "", "2024-10-02", "2024-09-12"},
		{"nor those that were not known", &week, "2024-09-12", "2024-09-15", "2024-09-14 2024-09-28", "2024-09-14"},
		{"looked at when it was over", &week, "2024-09-12", "2024-09-30", "2024-09-14", "2024-09-30"},
	} {
		var list []schemas.Rate
		for i, d := range strings.Fields(c.lines) {
			list = append(list, schemas.Rate{Day: day(t, d), Base: "EUR", Quote: []money.Currency{"USD", "JPY"}[i%2], Value: money.One})
		}
		opt := func(s string) (d schemas.Date) {
			if s != "" {
				d = day(t, s)
			}
			return d
		}
		got := schemas.NewRates(list, "EUR").PeriodDay(schemas.Exchange{MaxAgeDays: c.maxAge}, "2024-09", opt(c.through), opt(c.asOf))
		if got.String() != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
}
