package schemas

import (
	"slices"
	"testing"

	"daybook/schemas/money"
)

func date(t *testing.T, s string) Date {
	t.Helper()
	d, err := ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestRoundingFor(t *testing.T) {
	one, step := int32(1), money.MustDecimal("0.05")
	rules := Rounding{
		{Version: "later", Currency: "EUR", Level: RoundLine, Places: &one, Validity: Validity{From: date(t, "2024-06-01")}},
		{Version: "secret", Currency: "EUR", Places: &one, Validity: Validity{KnownSince: date(t, "2024-12-01")}},
		{Version: "cash", Currency: "CHF", Level: RoundDocument, Step: &step},
		{Version: "rest", Mode: money.HalfEven},
	}
	for _, c := range []struct {
		currency  money.Currency
		level     RoundingLevel
		day, asOf string
		version   string
		amount    string
		want      string
		ok        bool
	}{
		{"EUR", RoundLine, "2024-07-01", "2024-07-02", "later", "1.25", "1.3", true},
		{"EUR", RoundLine, "2024-05-31", "2024-07-02", "rest", "1.125", "1.12", true},
		{"EUR", RoundTax, "2024-07-01", "2024-11-30", "rest", "1.125", "1.12", true},
		{"EUR", RoundTax, "2024-07-01", "2024-12-01", "secret", "1.25", "1.3", true},
		{"CHF", RoundDocument, "2024-07-01", "2024-07-02", "cash", "1.03", "1.05", true},
		{"CHF", RoundLine, "2024-07-01", "2024-07-02", "rest", "1.035", "1.04", true},
		{"JPY", RoundLine, "2024-07-01", "2024-07-02", "rest", "1.5", "2", true},
		{"XAU", RoundLine, "2024-07-01", "2024-07-02", "rest", "", "", false},
	} {
		rule, ok := rules.For(c.currency, c.level, date(t, c.day), date(t, c.asOf))
		if ok != c.ok || rule.Version != c.version {
			t.Errorf("%+v: got rule %q, %v", c, rule.Version, ok)
			continue
		}
		if ok && rule.Apply(money.MustDecimal(c.amount)).String() != c.want {
			t.Errorf("%+v: %s", c, rule.Apply(money.MustDecimal(c.amount)))
		}
	}
	rule, ok := Rounding(nil).For("BHD", RoundLine, date(t, "2024-07-01"), Date{})
	if !ok || rule.Apply(money.MustDecimal("1.2345")).String() != "1.235" {
		t.Errorf("without rules BHD rounds to %v", rule.Apply(money.MustDecimal("1.2345")))
	}
}

func TestPolicyValues(t *testing.T) {
	for name, values := range map[string][]string{
		"value": ValueConsumed.Values(), "aggregation": AggregateSum.Values(), "window": WindowHour.Values(), "late": LateRerate.Values(),
		"filter": FilterIn.Values(), "model": ModelFlat.Values(), "cycle": CycleDay.Values(), "timing": TimingOnce.Values(),
		"proration": ProrateDays.Values(), "quantity": QuantityExact.Values(), "spread": SpreadEqual.Values(), "blocks": BlocksAll.Values(),
		"rule": RuleFlat.Values(), "flat fee": FlatFeeTop.Values(), "flat fee proration": FlatFeeOnce.Values(), "zero": ZeroNothing.Values(), "bound": BoundInclusive.Values(),
		"negative": NegativeZero.Values(), "price change": ChangeRestart.Values(), "termination": TerminationInclusive.Values(),
		"order": OrderAsListed.Values(), "base": BaseOriginal.Values(), "minimum": MinimumAfterDiscounts.Values(),
		"tax": TaxPerLine.Values(), "rounding": RoundTax.Values(), "credit": CreditByExpiry.Values(), "credit tax": CreditAfterTax.Values(),
		"cost": CostBilled.Values(), "levels": LevelSet.Values(), "change": ChangePause.Values(), "effect": EffectNow.Values(),
	} {
		if len(values) < 2 || slices.Contains(values, "") {
			t.Errorf("%s has the values %q", name, values)
		}
		sorted := slices.Clone(values)
		slices.Sort(sorted)
		if len(slices.Compact(sorted)) != len(values) {
			t.Errorf("%s has a value twice: %q", name, values)
		}
	}
}
