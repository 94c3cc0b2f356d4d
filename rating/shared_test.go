package rating_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"daybook/rating"
	"daybook/schemas"
)

// TestSharedRows gives rows to two meters and wants each to end in one place: rated by all meters that the account has
// bought, partly rated, or suspended. What a meter lacks is a finding of its own, with its quantity, and rows are counted
// once.
func TestSharedRows(t *testing.T) {
	until, from := perUnit("second", "m2", "10"), perUnit("second", "m2", "10")
	until.Validity.To, from.Validity.From = day("2024-09-10"), day("2024-09-10")
	firstUntil := perUnit("first", "m", "1")
	firstUntil.Validity.To = day("2024-09-20")
	first, second := perUnit("first", "m", "1"), perUnit("second", "m2", "10")
	early, middle, late := gb("2024-09-05", "2"), gb("2024-09-15", "3"), gb("2024-09-25", "4")
	last := gb("2024-08-31T12:00", "7")
	fine := gb("2024-09-06", "0.000000000000000001")
	fine.unit = "MB"
	for _, tt := range []struct {
		name     string
		prices   []schemas.Price
		meter    schemas.Meter
		rows     []use
		partly   int64
		findings []string
	}{
		{"both price all", []schemas.Price{first, second}, schemas.Meter{}, []use{early, late}, 0, nil},
		{"one is not bought", []schemas.Price{first}, schemas.Meter{}, []use{early, late}, 0, nil},
		{"neither is bought", nil, schemas.Meter{}, []use{early, late}, 0, []string{"no_subscription m 2 rows 6 GB"}},
		{"the second has a price for some", []schemas.Price{first, from}, schemas.Meter{}, []use{early, middle, late}, 1, []string{"no_price m2 0 rows 2 GB"}},
		{"the second has a price for all that there is", []schemas.Price{first, from}, schemas.Meter{}, []use{middle, late}, 0, nil},
		{"the first has a price for some", []schemas.Price{firstUntil, second}, schemas.Meter{}, []use{early, late}, 1, []string{"no_price m 0 rows 4 GB"}},
		{"each for some, both, and none", []schemas.Price{firstUntil, until}, schemas.Meter{}, []use{early, middle, late}, 1, []string{"no_price m 1 rows 4 GB", "no_price m2 0 rows 7 GB"}},
		{"the second in another unit", []schemas.Price{first, second}, schemas.Meter{Unit: "Hours"}, []use{early, late}, 2, []string{"unit_mismatch  0 rows 6 GB"}},
		{"the second drops what is late", []schemas.Price{first, second}, schemas.Meter{Late: schemas.LateDrop}, []use{last, early}, 1, []string{"other_period m2 0 rows 7 GB"}},
		{"the first cannot convert", []schemas.Price{first, second}, schemas.Meter{}, []use{early, fine}, 1, []string{"too_precise m 0 rows 0.000000000000000001 MB"}},
		{"one refuses, and the other has no price", []schemas.Price{first, from}, schemas.Meter{}, []use{early, fine}, 1, []string{"no_price m2 0 rows 0.000000000000000001 MB", "no_price m2 0 rows 2 GB", "too_precise m 1 rows 0.000000000000000001 MB"}},
		{"window by window", []schemas.Price{first, from}, schemas.Meter{Window: schemas.WindowHour, WindowAggregation: schemas.AggregateMax}, []use{early, early, middle}, 2, []string{"no_price m2 0 rows 4 GB"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, a := base()
			m := tt.meter
			m.ID, m.SKUs = "m2", []schemas.SKU{"vm"}
			c.Meters = append(c.Meters, m)
			c.Offerings[0].Prices = tt.prices
			plan, err := rating.Compile(rating.Book{Catalogue: c, Zone: time.UTC, Customers: []schemas.Customer{{ID: "c", Accounts: []schemas.Account{a}}}}, rating.Spec{Period: "2024-09"})
			if err != nil {
				t.Fatal(err)
			}
			out := rateShared(t, plan, tt.rows)
			var got []string
			var suspended int64
			for _, f := range out.Findings {
				got = append(got, fmt.Sprintf("%s %s %d rows %s %s", f.Code, f.Column, f.Rows, f.Quantity, f.Unit))
				suspended += f.Rows
				// A finding speaks of other meters only where these bill some of its rows.
				if strings.Contains(f.Message, "billed by another meter") && tt.partly == 0 || strings.Contains(f.Message, "its rows, 0 ") {
					t.Errorf("%d rows, %d partly rated: %s", f.Rows, out.Partly, f.Message)
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, tt.findings) || out.Partly != tt.partly {
				t.Errorf("partly %d, findings %q; want %d, %q", out.Partly, got, tt.partly, tt.findings)
			}
			if n := int64(len(tt.rows)); out.Rows != n || suspended+out.Partly > n {
				t.Errorf("%d rows came in, of %d: %d suspended and %d partly rated", out.Rows, n, suspended, out.Partly)
			}
		})
	}
}

// rateShared is rate for rows that meters may refuse.
func rateShared(t *testing.T, plan *rating.Plan, rows []use) rating.Output {
	t.Helper()
	tally := plan.NewTally()
	tally.Begin("a")
	for _, u := range rows {
		labels := make([]string, len(plan.Columns()))
		labels[slices.Index(plan.Columns(), schemas.UseSkuId)] = u.sku
		labels[slices.Index(plan.Columns(), schemas.UseConsumedUnit)] = u.unit
		for _, h := range tally.Resolve(labels) {
			if !tally.Shared(h) {
				t.Fatal("one meter takes the rows")
			}
			tally.Add(h, rowOf(t, u, tally.Reads(h)))
		}
	}
	out, err := plan.Rate(tally, rating.Carried{})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
