package source

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"daybook/schemas"
)

// styles write a field, and end a line, in ways that mean the same.
var styles = []struct {
	name  string
	field func(i int, text string) string
	end   string
}{
	{"bare", func(_ int, text string) string {
		if strings.ContainsAny(text, ",\"\n") {
			return quote(text)
		}
		return text
	}, "\n"},
	{"quoted", func(_ int, text string) string { return quote(text) }, "\n"},
	{"every third quoted, carriage returns", func(i int, text string) string {
		if i%3 == 0 || strings.ContainsAny(text, ",\"\n") {
			return quote(text)
		}
		return text
	}, "\r\n"},
	{"empty lines", func(_ int, text string) string { return quote(text) }, "\n\r\n\n"},
}

func quote(text string) string { return `"` + strings.ReplaceAll(text, `"`, `""`) + `"` }

// pool holds values of each kind, good and bad.
var pool = []string{
	"", "NULL", "a", "Usage", "usage", "USD", "EUR", "1", "-0.000000000000000001", "12345678901234567890.5", "1e-3", "0x1", "1,000", "é", "\xff", "a\nb",
	`{"a":"b"}`, `{"a":"b"`, "2024-09-01T00:00:00Z", "2024-09-30T23:59:59.999999Z", "2024-10-01T00:00:00Z", "2024-09-02 00:00:00", "2024-09-31T00:00:00Z",
	"a \"quoted\" word", strings.Repeat("long ", 20), "Compute", "Standard", "Correction", "One-Time",
}

// TestStylesAgree decodes rows of random values, written in every style and read in pieces of every size: the same rows
// and findings must come of them.
func TestStylesAgree(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	columns := []string{
		"BillingAccountId", "ServiceCategory", "SkuId", "ResourceId", "ChargePeriodStart", "ChargePeriodEnd", "BillingPeriodStart", "ChargeCategory",
		"ConsumedQuantity", "BilledCost", "BillingCurrency", "Tags", "SkuPriceDetails", "Own", "x_Id",
	}
	usual := []string{"7", "Compute", "s", "r", "2024-09-01T00:00:00Z", "2024-09-02T00:00:00Z", "2024-09-01T00:00:00Z", "Usage", "1", "2.5", "USD", `{"a":"b"}`, "", "o", "id"}
	var rows [][]string
	for range 2000 {
		row := slices.Clone(usual)
		for range random.IntN(4) {
			row[random.IntN(len(row))] = pool[random.IntN(len(pool))]
		}
		rows = append(rows, row)
	}
	src := &schemas.Source{
		ID: "s", Format: schemas.FOCUS12, Key: []string{"x_Id", "SkuId"},
		Tolerate: schemas.Tolerate{AbsentColumns: []string{"*"}, Nulls: []string{"NULL"}, Case: true, Times: []string{"2006-01-02 15:04:05"}, NullColumns: []string{"BilledCost"}},
	}
	var want []string
	for _, style := range styles {
		var text strings.Builder
		for _, row := range append([][]string{columns}, rows...) {
			for i, field := range row {
				if i > 0 {
					text.WriteByte(',')
				}
				text.WriteString(style.field(i, field))
			}
			text.WriteString(style.end)
		}
		for _, chunk := range []int{100, 1 << 20} {
			got, err := decodeText(t, src, "2024-09", text.String(), chunk)
			if err != nil {
				t.Fatal(err)
			}
			have := got.rows
			for _, f := range got.findings {
				have = append(have, fmt.Sprintf("%+v", f))
			}
			if want == nil {
				want = have
			}
			if got.stats.Rejected < 500 || got.stats.Kept < 500 {
				t.Errorf("%+v: the rows are not mixed", got.stats)
			}
			if !slices.Equal(have, want) {
				for i := range min(len(have), len(want)) {
					if have[i] != want[i] {
						t.Fatalf("%s in pieces of %d:\n%s\nnot\n%s", style.name, chunk, have[i], want[i])
					}
				}
				t.Fatalf("%s in pieces of %d: %d lines, not %d", style.name, chunk, len(have), len(want))
			}
		}
	}
}
