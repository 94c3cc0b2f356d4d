package source

import (
	"encoding/json"
	"errors"
	"os"
	"slices"
	"testing"

	"daybook/schemas"
)

// TestRulesAreTheSpecification compares the rules with the tables of FOCUS 1.2, where these are at hand.
func TestRulesAreTheSpecification(t *testing.T) {
	text, err := os.ReadFile("../../../shared/data/focus/columns.json")
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("the tables of FOCUS are not here")
	}
	if err != nil {
		t.Fatal(err)
	}
	var tables struct {
		Columns map[string]struct {
			Level      string   `json:"feature_level"`
			Nullable   bool     `json:"nullable"`
			Type       string   `json:"data_type"`
			Allowed    []string `json:"allowed_values"`
			Introduced string   `json:"introduced"`
		} `json:"cost_and_usage_1_2"`
	}
	if err := json.Unmarshal(text, &tables); err != nil {
		t.Fatal(err)
	}
	since := map[string]int{"1.1": since11, "1.2": since12}
	seen := 0
	for name, c := range tables.Columns {
		use := schemas.Usage.Index(name)
		if use < 0 {
			if at, known := focusElsewhere[name]; !known || at != since[c.Introduced] {
				t.Errorf("%s is neither in usage nor known to be elsewhere", name)
			}
			continue
		}
		seen++
		r := focusColumns[use]
		if r.mandatory != (c.Level == "Mandatory") || r.notNull == c.Nullable || focusSince[use] != since[c.Introduced] {
			t.Errorf("%s: %+v is not %+v", name, r, c)
		}
		if use != schemas.UseServiceSubcategory && !slices.Equal(r.allowed, c.Allowed) {
			t.Errorf("%s allows %q, not %q", name, r.allowed, c.Allowed)
		}
		types := map[string][]schemas.ColumnType{"Decimal": {schemas.Decimal}, "Date/Time": {schemas.Time}, "String": {schemas.Label, schemas.Text}, "JSON": {schemas.Label, schemas.Text}}
		if !slices.Contains(types[c.Type], schemas.Usage.Columns[use].Type) || r.json != (c.Type == "JSON") {
			t.Errorf("%s is %s", name, c.Type)
		}
	}
	if seen < 50 {
		t.Errorf("only %d columns of usage are in the specification", seen)
	}
}

// TestRulesOfSomeColumns looks at columns of each kind, where the tables of FOCUS are not at hand: what must be there, what may
// be null, and since when.
func TestRulesOfSomeColumns(t *testing.T) {
	for _, c := range []struct {
		use                int
		mandatory, notNull bool
		since, values      int
	}{
		{schemas.UseBilledCost, true, true, since10, 0},
		{schemas.UseEffectiveCost, true, true, since10, 0},
		{schemas.UseBillingCurrency, true, true, since10, 0},
		{schemas.UseBillingAccountName, true, false, since10, 0},
		{schemas.UseChargePeriodStart, true, true, since10, 0},
		{schemas.UseChargeCategory, true, true, since10, 5},
		{schemas.UseChargeClass, true, false, since10, 1},
		{schemas.UseChargeFrequency, false, true, since10, 3},
		{schemas.UsePricingCategory, false, false, since10, 4},
		{schemas.UsePricingQuantity, true, false, since10, 0},
		{schemas.UseConsumedQuantity, false, false, since10, 0},
		{schemas.UseServiceSubcategory, false, true, since11, 0},
		{schemas.UseSkuMeter, false, false, since11, 0},
		{schemas.UseCapacityReservationStatus, false, false, since11, 2},
		{schemas.UseInvoiceId, false, false, since12, 0},
		{schemas.UsePricingCurrency, false, false, since12, 0},
		{schemas.UseTags, false, false, since10, 0},
	} {
		r, name := focusColumns[c.use], schemas.Usage.Columns[c.use].Name
		if r.mandatory != c.mandatory || r.notNull != c.notNull || focusSince[c.use] != c.since || len(r.allowed) != c.values {
			t.Errorf("%s: %+v since %d, want %+v", name, r, focusSince[c.use], c)
		}
		for i, format := range []schemas.Format{schemas.FOCUS10, schemas.FOCUS11, schemas.FOCUS12} {
			if f, err := formatOf(format); err != nil || f.columns[c.use].absent != (i < c.since) {
				t.Errorf("%s in %s: absent %v, %v", name, format, f.columns[c.use].absent, err)
			}
		}
	}
}
