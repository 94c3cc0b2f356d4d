package rating_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// given is a case as it is written.
type given struct {
	Params, Usage map[string]json.RawMessage
}

// priceParams are what every price model reads around its own terms.
const priceParams = "min_spend max_spend credits round tax_pct billed_before free_quantity discount_pct zero_usage flat_fee_charged "

// knownParams lists, for each model of the cases, the parameters that it reads.
var knownParams = map[string]string{
	"flat": priceParams + "amount", "per_unit": priceParams + "unit_price", "graduated": priceParams + "tiers",
	"volume": priceParams + "tiers", "stairstep": priceParams + "tiers", "graduated_percentage": priceParams + "tiers",
	"dynamic": priceParams + "multiplier", "package": priceParams + "package_size package_price free_units rounding",
	"percentage":      priceParams + "rate_pct fixed_per_event free_events free_amount per_event_min per_event_max",
	"graduated_slice": "from to unit_price flat_fee", "graduated_percentage_slice": "from to rate_pct flat_fee",
	"volume_prorated": "tiers zero_usage flat_fee_charged", "prorated_graduated": "tiers round", "pass_through": "",
	"package_count": "package_size rounding", "block_tiers": "mode units already_billed", "capacity_tiers": "tiers already_billed",
	"hashmap": "groups", "time_rate_bands": "connect_fee bands round", "time_of_day_bands": "connect_fee bands round",
	"time_weighted_sum": "unit_price period_start period_end carried_in round",
	"unit_conversion":   "op factor round_quantity decimals", "unit_conversion_per_unit": "divide_by round_quantity unit_price decimals",
	"usage_discount": "free_quantity", "increment": "charge min_spend max_spend billed_before",
	"delta_rerating": "charge min_applies", "late_events_period_preserving": "charge min_applies",
	"spend_floor_cap": "min max billed_before discount_pct", "commitment_true_up": "commitment coefficient round tax_pct",
	"progressive_net": "unit_price already_billed", "prorated_flat": "amount ratio round tax_pct",
	"proration_ratio":       "rule period_start period_end decimals fixed_days period_days",
	"plan_change_proration": "remaining_days period_days round", "credit_cap": "original_paid previously_credited",
	"invoice_totals": "tax_pct_default tax_round", "tax": "tax_pct round", "coupon": "kind value already_used",
	"coupon_stack": "coupons spread fee_tax_round invoice_tax_round", "discount_stack": "order coupons",
	"spread_discount": "discount spread", "credit_drawdown": "order wallets", "grant_burndown": "order grants",
	"round_money": "decimals mode", "allocate_largest_remainder": "decimals tie_break",
	"billing_cycles_in_advance": "period bill_cycle_day stub_rule", "next_billing_date": "period interval anchor timezone",
	"whole_periods_between": "period", "advance_periods": "period n", "calendar_days_between": "timezone",
}

// onlyValues are the parameters that name the one way that is built; another value fails. A stub rule of 9 decimals says how the
// source writes its ratios, which the cases give as fractions.
var onlyValues = map[string][]string{
	"min_applies": {"last_phase"},
	"tie_break":   {"input_order"},
	"spread":      {"proportional_to_remaining", "proportional", "in_order", "equal"},
	"mode":        {"all_tiers", "top_tier", "half_up", "half_even", "half_down", "up", "down", "ceiling", "floor", "ceil", "bankers", "half_to_even", "truncate", "trunc"},
	"stub_rule":   {"none needed", "days", "days_in_stub / days_in_enclosing_period", "days_in_stub / days_in_enclosing_period, 9 decimals half up per stub"},
}

// check reports a parameter that the model does not read.
func (g *given) check(model string) error {
	return checkParams(model, g.Params)
}

func checkParams(model string, params map[string]json.RawMessage) error {
	known := strings.Fields(knownParams[model])
	for name, value := range params {
		if string(value) == "null" {
			continue
		}
		if !slices.Contains(known, name) {
			return fmt.Errorf("model %s does not read the parameter %s", model, name)
		}
		var text string
		if only := onlyValues[name]; only != nil && json.Unmarshal(value, &text) == nil && !slices.Contains(only, text) {
			return fmt.Errorf("model %s knows no %s called %q", model, name, text)
		}
	}
	if params["charge"] == nil {
		return nil
	}
	var charge map[string]json.RawMessage
	var of struct{ Model string }
	if err := json.Unmarshal(params["charge"], &charge); err != nil {
		return err
	}
	if err := json.Unmarshal(params["charge"], &of); err != nil {
		return err
	}
	delete(charge, "model")
	return checkParams(of.Model, charge)
}

// TestUnknownParametersFail: no case passes by a parameter that was not looked at.
func TestUnknownParametersFail(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"unknown", `{"model": "per_unit", "params": {"unit_price": "1", "surcharge_pct": "5"}, "usage": {"quantity": "1"}, "expected_amount": "1"}`, "does not read the parameter surcharge_pct"},
		{"of another model", `{"model": "graduated", "params": {"tiers": [{"up_to": null, "unit_price": "1"}], "free_events": "3"}, "usage": {"quantity": "1"}, "expected_amount": "1"}`, "does not read the parameter free_events"},
		{"of the charge", `{"model": "delta_rerating", "params": {"charge": {"model": "per_unit", "unit_price": "1", "cap": "5"}}, "usage": {"cumulative": ["1"]}, "expected_amount": "1"}`, "does not read the parameter cap"},
		{"another way", `{"model": "allocate_largest_remainder", "params": {"tie_break": "random", "decimals": 2}, "usage": {"amount": "1", "weights": []}, "expected_amount": "1"}`, `no tie_break called "random"`},
		{"another policy", `{"model": "graduated", "params": {"tiers": [{"up_to": null, "unit_price": "1"}], "zero_usage": "double"}, "usage": {"quantity": "1"}, "expected_amount": "1"}`, `zero usage is called "double"`},
		{"another rule", `{"model": "proration_ratio", "params": {"rule": "weeks", "period_start": "2024-01-01", "period_end": "2024-02-01"}, "usage": {"from": "2024-01-01", "to": "2024-01-15"}, "expected_amount": "1"}`, `no proration is called "weeks"`},
		{"null is nothing", `{"model": "per_unit", "params": {"unit_price": "1", "surcharge_pct": null}, "usage": {"quantity": "2"}, "expected_amount": "2"}`, ""},
	} {
		var o oracle
		if err := json.Unmarshal([]byte(c.text), &o); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(c.text), &o.Raw); err != nil {
			t.Fatal(err)
		}
		err := runOracle(oracleModels[o.Model], &o)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	for model := range oracleModels {
		if _, ok := knownParams[model]; !ok {
			t.Errorf("model %s lists no parameters", model)
		}
	}
}
