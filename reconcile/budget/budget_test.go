package budget

import (
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"daybook/schemas"
	"daybook/schemas/money"
)

// TestJudge follows budgets through a month of thirty days.
func TestJudge(t *testing.T) {
	for _, c := range []struct {
		amount, days string // of days used or, with an f, fixed
		want         string // threshold, since when by actual and forecast
	}{
		{"100", "", "50 - - 75 - - 90 - - 100 - -"},
		{"100", "50", "50 1 - 75 - - 90 - - 100 - -"},                                // one day is no forecast
		{"100", "49.99f 0.01f", "50 2 - 75 - - 90 - - 100 - -"},                      // the cent that reaches it
		{"100", "2 2 2 2 2 2 2", "50 - 7 75 - - 90 - - 100 - -"},                     // 14 of 60
		{"100", "3 3 3 3 3 3 3", "50 - 7 75 - 7 90 - 7 100 - -"},                     // 90 exactly
		{"100", "9 1 1 1 1 1 0 0 0 0", "50 - - 75 - - 90 - - 100 - -"},               // 14 × 3 = 42 at last, 60 on the seventh day
		{"100", "9 1 1 1 1 1 0 0 0 0 9", "50 - 11 75 - - 90 - - 100 - -"},            // and again
		{"100", "60f -20f 20f", "50 3 - 75 - - 90 - - 100 - -"},                      // what was credited begins anew
		{"100", "90f 0 0 0 0 0 0 0.1", "50 1 7 75 1 7 90 1 7 100 - -"},               // a fee does not grow
		{"0.03", "0.01 0 0 0 0 0 0", "50 - 7 75 - 7 90 - 7 100 - 7"},                 // exact in small amounts
		{"100", strings.Repeat("1 ", 29) + "71", "50 30 - 75 30 - 90 30 - 100 30 -"}, // the last day is no forecast
	} {
		b := &schemas.Budget{ID: "b", Amount: money.MustDecimal(c.amount), Currency: "EUR"}
		var days []Day
		for word := range strings.FieldsSeq(c.days) {
			if fixed, is := strings.CutSuffix(word, "f"); is {
				days = append(days, Day{Fixed: money.MustDecimal(fixed)})
			} else {
				days = append(days, Day{Used: money.MustDecimal(word)})
			}
		}
		lines, err := Judge(b, "2024-09", days)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for i := range lines {
			got = append(got, lines[i].Threshold.String(), day(lines[i].ActualOn), day(lines[i].ForecastOn))
		}
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%s of %s: %s, want %s", c.days, c.amount, text, c.want)
		}
		reached := 0
		for i := range lines {
			if !lines[i].ActualOn.IsZero() || !lines[i].ForecastOn.IsZero() {
				reached++
			}
		}
		if found := Findings(lines); len(found) != reached {
			t.Errorf("%s of %s: %d findings of %d thresholds reached", c.days, c.amount, len(found), reached)
		}
	}
}

func day(d schemas.Date) string {
	if d.IsZero() {
		return "-"
	}
	return money.NewDecimal(int64(d.Day()), 0).String()
}

// TestJudgeAgain computes random months a second time, in fractions.
func TestJudgeAgain(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 1))
	for range 2000 {
		b := &schemas.Budget{ID: "b", Amount: money.NewDecimal(random.Int64N(5000)+1, -2), Thresholds: []money.Decimal{money.NewDecimal(random.Int64N(150)+1, 0)}}
		days := make([]Day, random.IntN(31))
		var used, fixed big.Rat
		actualOn, forecastOn := 0, 0
		for i := range days {
			days[i] = Day{Used: money.NewDecimal(random.Int64N(300), -2), Fixed: money.NewDecimal(random.Int64N(200)-100, -2)}
			used.Add(&used, days[i].Used.Rat())
			fixed.Add(&fixed, days[i].Fixed.Rat())
			limit := new(big.Rat).Mul(b.Amount.Rat(), new(big.Rat).Quo(b.Thresholds[0].Rat(), big.NewRat(100, 1)))
			since := func(on *int, sum *big.Rat, may bool) {
				if !may || sum.Cmp(limit) < 0 {
					*on = 0
				} else if *on == 0 {
					*on = i + 1
				}
			}
			since(&actualOn, new(big.Rat).Add(&used, &fixed), true)
			rate := new(big.Rat).Mul(&used, big.NewRat(30, int64(i+1)))
			since(&forecastOn, rate.Add(rate, &fixed), i+1 >= 7 && i+1 < 30)
		}
		lines, err := Judge(b, "2024-09", days)
		if err != nil {
			t.Fatal(err)
		}
		is := func(d schemas.Date) int {
			if d.IsZero() {
				return 0
			}
			return d.Day()
		}
		if is(lines[0].ActualOn) != actualOn || is(lines[0].ForecastOn) != forecastOn {
			t.Fatalf("of %v at %s%% of %s: since %s and %s, want days %d and %d", days, b.Thresholds[0], b.Amount, lines[0].ActualOn, lines[0].ForecastOn, actualOn, forecastOn)
		}
	}
}
