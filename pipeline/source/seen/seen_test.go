package seen

import (
	"strings"
	"testing"

	"daybook/schemas"
)

// TestInstead says which line of the book would read an object that does not fit what is declared.
func TestInstead(t *testing.T) {
	azure := []string{"Date", "MeterId", "CostInBillingCurrency"}
	focus := []string{"BilledCost", "BillingCurrency", "ChargePeriodStart", "ChargeCategory", "ServiceProviderName"}
	for _, c := range []struct {
		declared       schemas.Format
		names, missing []string
		want           string
	}{
		{schemas.AWSCUR, azure, []string{"x"}, "format: azure-cost"},
		{schemas.AzureCost, azure, []string{"x"}, ""},
		{schemas.FOCUS10, focus, []string{"ProviderName"}, "format: focus-1.4"},
		{schemas.FOCUS10, append(focus, "ProviderName"), []string{"x"}, "format: focus-1.3"},
		{schemas.FOCUS14, focus, []string{"x"}, ""},
		{schemas.FOCUS12, focus[:4], []string{"x"}, ""},
		{schemas.FOCUS12, []string{"a", "b"}, []string{"x", "y"}, "columns a, b: format: mapped"},
		{schemas.FOCUS12, []string{"a", "b", "c", "d"}, []string{"x", "y"}, ""},
	} {
		got := Instead(c.declared, c.names, c.missing)
		if !strings.Contains(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s of %s: %q, want %q", c.declared, c.names, got, c.want)
		}
	}
}

// TestListed cuts short what is very wide.
func TestListed(t *testing.T) {
	if got := listed(strings.Split(strings.Repeat("a,", 30), ",")); !strings.HasSuffix(got, ", 19 more") {
		t.Error(got)
	}
}
