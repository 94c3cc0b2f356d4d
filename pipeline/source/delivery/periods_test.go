package delivery_test

import (
	"fmt"
	"strings"
	"testing"

	"daybook/pipeline/source/delivery"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// TestPeriods lists the months that objects are filed under, by each place holder that tells of one.
func TestPeriods(t *testing.T) {
	landing := new(store.Memory)
	for _, key := range []string{
		"s/2024-09/a.csv", "s/2024-10/b.csv", "s/2024-13/c.csv", "s/2024-09/deep/d.csv", "d/x-2024-02-29.csv", "d/x-2024-02-30.csv", "d/x-2023-12-31.csv",
		"y/2024/07/e.csv", "y/07/2024/e.csv", "f/20240501-20240601/g.csv", "f/20240502-20240601/h.csv", "n/20240601.csv", "u/whatever.csv",
		"h/year=2024/month=7/i.csv", "h/year=2024/month=11/j.csv", "h/year=2024/month=08/k.csv", "h/year=2024/month=13/l.csv",
	} {
		if _, err := landing.Create(t.Context(), key, strings.NewReader("x")); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range [][3]string{
		{"s", "{period}/*.csv", "2024-09 2024-10"},
		{"s", "{period}/**", "2024-09 2024-10"},
		{"d", "x-{day}.csv", "2023-12 2024-02"},
		{"y", "{year}/{month}/*.csv", "2024-07"},
		{"f", "{first}-{next}/*", "2024-05"},
		{"n", "{next}.csv", "2024-05"},
		{"h", "year={year}/month={month}/*.csv", "2024-07 2024-08 2024-11"},
		{"u", "*.csv", ""},
		{"none", "{period}/*", ""},
	} {
		src := &schemas.Source{ID: "s", Prefix: c[0], Pattern: c[1], Semantics: schemas.Append}
		found, err := delivery.Periods(t.Context(), landing, src)
		if got := strings.Trim(fmt.Sprint(found), "[]"); err != nil || got != c[2] {
			t.Errorf("%s/%s: found %q (%v), want %q", c[0], c[1], got, err, c[2])
		}
		if want := c[0] == "u"; delivery.Undated(src) != want {
			t.Errorf("%s/%s: undated is %t", c[0], c[1], !want)
		}
	}
}
