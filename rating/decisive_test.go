package rating_test

import (
	"slices"
	"testing"
	"time"

	"daybook/rating"
	"daybook/schemas"
)

// TestDecisiveFor: what a meter of another SKU looks at decides nothing, what a meter of every SKU looks at does.
func TestDecisiveFor(t *testing.T) {
	book := rating.Book{Zone: time.UTC, Catalogue: schemas.Catalogue{Meters: []schemas.Meter{
		{ID: "plain", SKUs: []schemas.SKU{"a"}},
		{ID: "by-region", SKUs: []schemas.SKU{"b"}, GroupBy: []string{"RegionId"}},
		{ID: "of-all", Services: []string{"s"}},
	}}}
	plan, err := rating.Compile(book, rating.Spec{Period: "2024-10"})
	if err != nil {
		t.Fatal(err)
	}
	columns := plan.Columns()
	region, service, sku := slices.Index(columns, schemas.UseRegionId), slices.Index(columns, schemas.UseServiceName), slices.Index(columns, schemas.UseSkuId)
	for _, c := range []struct {
		of                   []bool
		region, service, sku bool
	}{
		{plan.Decisive(), true, true, true},
		{plan.DecisiveFor("a"), false, true, true},
		{plan.DecisiveFor("b"), true, true, true},
		{plan.DecisiveFor("unknown"), false, true, false},
	} {
		if c.of[region] != c.region || c.of[service] != c.service || c.of[sku] != c.sku {
			t.Errorf("%v: region %v, service %v, SKU %v", c.of, c.of[region], c.of[service], c.of[sku])
		}
	}
}
