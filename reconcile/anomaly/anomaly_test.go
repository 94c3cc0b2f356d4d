package anomaly_test

import (
	"fmt"
	"testing"

	"daybook/reconcile/anomaly"
	"daybook/schemas"
	"daybook/schemas/money"
)

func amounts(n ...int64) []money.Decimal {
	out := make([]money.Decimal, len(n))
	for i, x := range n {
		out[i] = money.NewDecimal(x, 0)
	}
	return out
}

func TestJudge(t *testing.T) {
	ten := amounts(10, 10, 11, 9, 10, 12, 10, 8, 11, 9) // median 10, deviation 1
	floor := money.NewDecimal(5, 0)
	for _, c := range []struct {
		amount  int64
		history []money.Decimal
		policy  anomaly.Policy
		want    string
	}{
		{15, ten, anomaly.Policy{}, "usual 5 3.3725"},
		{16, ten, anomaly.Policy{}, "unusual 6 4.047"},
		{4, ten, anomaly.Policy{}, "unusual -6 -4.047"},
		{16, ten, anomaly.Policy{Floor: schemas.Threshold{Absolute: &floor}}, "unusual 6 4.047"},
		{16, amounts(10, 10, 10, 10, 10, 10, 10, 10, 11, 9), anomaly.Policy{Floor: schemas.Threshold{Absolute: &floor}}, "unusual 6 -"},
		{15, amounts(10, 10, 10, 10, 10, 10, 10, 10, 11, 9), anomaly.Policy{Floor: schemas.Threshold{Absolute: &floor}}, "usual 5 -"},
		{10, amounts(10, 10, 10, 10, 10, 10, 10, 10, 10, 10), anomaly.Policy{}, "usual 0 -"},
		{99, ten[:9], anomaly.Policy{}, "insufficient_history 0 -"},
		{99, ten[:9], anomaly.Policy{Least: 9}, "unusual 89 60.0305"},
		{99, nil, anomaly.Policy{Least: -1}, "insufficient_history 0 -"},
	} {
		r := anomaly.Judge(money.NewDecimal(c.amount, 0), c.history, c.policy)
		score := "-"
		if r.Score != nil {
			score = r.Score.String()
		}
		if got := fmt.Sprintf("%s %s %s", r.Verdict, r.Impact, score); got != c.want {
			t.Errorf("%d after %v: %s, want %s", c.amount, c.history, got, c.want)
		}
	}
}

// A score of exactly the limit is usual, though a longer one may be shown as it.
func TestScoreIsStrict(t *testing.T) {
	limit := money.MustDecimal("0.6745")
	history := amounts(0, 0, 0, 1, 1, 1, 2, 2, 2, 1) // median 1, deviation 1
	for amount, want := range map[string]anomaly.Verdict{"2": anomaly.Usual, "2.00001": anomaly.Unusual, "0": anomaly.Usual} {
		if r := anomaly.Judge(money.MustDecimal(amount), history, anomaly.Policy{Score: &limit}); r.Verdict != want {
			t.Errorf("%s: %s, score %s", amount, r.Verdict, r.Score)
		}
	}
}

func TestSameWeekday(t *testing.T) {
	first := schemas.NewDate(2026, 6, 1) // a Monday
	var series []anomaly.Day
	for i := range 30 {
		series = append(series, anomaly.Day{Day: first.AddDays(i), Amount: money.NewDecimal(int64(i), 0)})
	}
	if got := fmt.Sprint(anomaly.SameWeekday(series, first.AddDays(21))); got != "[0 7 14]" {
		t.Errorf("Mondays before the 22nd: %s", got)
	}
	if got := money.Median(nil); !got.IsZero() {
		t.Errorf("the middle of nothing is %s", got)
	}
}
