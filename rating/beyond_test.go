package rating

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"daybook/schemas"
	"daybook/schemas/money"
)

// TestBeyondTheUnrated uses more SKUs that no meter takes than are told apart, in an account that the book knows and in one that
// it does not: every row is in a finding, once, those beyond in one for each unit, and the next account begins anew.
func TestBeyondTheUnrated(t *testing.T) {
	const most, skus = 5, 30
	plan, err := Compile(Book{
		Zone:      time.UTC,
		Catalogue: schemas.Catalogue{Meters: []schemas.Meter{{ID: "vm", SKUs: []schemas.SKU{"vm"}}}},
		Customers: []schemas.Customer{{ID: "c", Accounts: []schemas.Account{{ID: "a", Currency: "EUR"}}}},
	}, Spec{Period: "2024-09"})
	if err != nil {
		t.Fatal(err)
	}
	tally := plan.NewTally()
	tally.mostUnrated = most
	start, _ := plan.Bounds()
	for _, id := range []schemas.AccountID{"a", "nobody", "a"} {
		tally.Begin(id)
		var remembered []*Labels // as a caller may, from account to account
		for i := range 2*skus + 2 {
			labels := make([]string, len(plan.Columns()))
			labels[labelSource], labels[labelSKU], labels[labelConsumedUnit] = "meter", fmt.Sprintf("sku-%02d", i/2), []string{"h", "GB"}[i%2]
			if i < 2 { // too long to be kept, though the first
				labels[labelService] = strings.Repeat("s", longLabels)
			}
			x := tally.Known(labels)
			remembered = append(remembered, x)
			for _, h := range tally.ResolveAgain(x) {
				if code := tally.Add(h, &Row{Start: start.UnixMicro(), End: start.UnixMicro() + 1, Quantity: money.FixedFromInt(1)}); code != "" {
					t.Fatal(code)
				}
			}
		}
		if n := len(tally.combos); n != most+2 {
			t.Errorf("%s: %d sets of labels are told apart, want %d and two that stand for the others", id, n, most)
		}
		out, err := plan.Rate(tally, Carried{})
		if err != nil {
			t.Fatal(err)
		}
		var rows, beyond int64
		for _, f := range out.Findings {
			rows += f.Rows
			if strings.Contains(f.Message, "all that is like this beyond the first 5 SKUs") {
				beyond++
				if f.Value != "" || f.Rows < skus+1-most || f.Quantity != money.FixedFromInt(f.Rows) {
					t.Errorf("%s: %+v", id, f)
				}
			}
		}
		if rows != 2*skus+2 || beyond != 2 || len(out.Findings) != most+2 {
			t.Errorf("%s: %d rows in %d findings, %d of them of others", id, rows, len(out.Findings), beyond)
		}
		for _, x := range remembered[2 : most+2] {
			if x.Beyond() {
				t.Errorf("%s: the first are not told apart", id)
			}
		}
	}
}
