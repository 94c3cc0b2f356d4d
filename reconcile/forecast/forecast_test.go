package forecast_test

import (
	"errors"
	"testing"

	"daybook/reconcile/forecast"
	"daybook/schemas"
	"daybook/schemas/money"
)

func dec(s string) money.Decimal { return money.MustDecimal(s) }

func TestMonth(t *testing.T) {
	f := forecast.Forecast{Base: dec("100"), Of: "2026-11", Factor: dec("1.1"), Steps: []forecast.Step{{"2027-01", dec("50")}, {"2026-11", dec("7")}, {"2027-02", dec("-10")}}}
	for _, c := range []struct {
		month schemas.Period
		want  string
	}{
		{"2026-11", "100"}, {"2026-12", "110"}, {"2027-01", "171"}, {"2027-02", "178.1"}, {"2027-03", "195.91"},
	} {
		if got, err := f.Month(c.month, 2); err != nil || !got.Equal(dec(c.want)) {
			t.Errorf("%s: %s, %v, want %s", c.month, got, err, c.want)
		}
	}
	if got, err := f.Sum("2026-12", "2027-02", 2); err != nil || got.String() != "459.1" {
		t.Errorf("three months: %s, %v", got, err)
	}
	if _, err := f.Month("2026-10", 2); err == nil {
		t.Error("a month before the series has a forecast")
	}
	if _, err := f.Sum("2026-10", "2026-12", 2); err == nil {
		t.Error("a month before the series has a forecast")
	}
}

// The range is as wide as earlier forecasts were wrong, and none where nothing tells.
func TestRange(t *testing.T) {
	past := []forecast.Past{{dec("100"), dec("90")}, {dec("0"), dec("5")}, {dec("300"), dec("310")}, {dec("200"), dec("200")}}
	low, high, err := forecast.Range(dec("1000"), past, 2)
	if err != nil || low.String() != "900" || high.String() != "1033.34" {
		t.Errorf("%s to %s, %v", low, high, err)
	}
	if low, high, err = forecast.Range(dec("-1000"), past, 2); err != nil || low.String() != "-1033.34" || high.String() != "-900" {
		t.Errorf("of a loss: %s to %s, %v", low, high, err)
	}
	if _, _, err := forecast.Range(dec("1000"), past[1:2], 2); !errors.Is(err, forecast.ErrNoPast) {
		t.Errorf("without a past: %v", err)
	}
}
