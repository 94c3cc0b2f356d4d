package source

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"daybook/fixtures/effort"
	"daybook/schemas"
)

// spoken writes rows of fields in a dialect of CSV.
func spoken(rows [][]string, delimiter, end string) string {
	var b strings.Builder
	for _, row := range rows {
		for i, field := range row {
			if i > 0 {
				b.WriteString(delimiter)
			}
			if strings.ContainsAny(field, "\"\r\n"+delimiter) || field == "" && len(row) == 1 {
				field = quote(field)
			}
			b.WriteString(field)
		}
		b.WriteString(end)
	}
	return b.String()
}

// TestDialectsAgree writes the same rows in every dialect that is told beyond doubt: they come to the same.
func TestDialectsAgree(t *testing.T) {
	random := rand.New(rand.NewPCG(41, 42))
	dialects := []struct{ name, before, delimiter, end, says string }{
		{"commas", "", ",", "\n", ""},
		{"commas and carriage returns", "", ",", "\r\n", ""},
		{"semicolons", "", ";", "\n", "divided by semicolons"},
		{"semicolons and carriage returns", "\uFEFF", ";", "\r\n", "divided by semicolons"},
		{"tabs", "", "\t", "\n", "divided by tabs"},
		{"bars", "", "|", "\n", "divided by bars"},
		{"carriage returns alone", "", ",", "\r", "end in carriage returns"},
		{"semicolons and carriage returns alone", "", ";", "\r", "divided by semicolons, its lines end in carriage returns"},
		{"a line that says commas", "sep=,\r\n", ",", "\r\n", "a line stands before its header"},
		{"a line that says semicolons", "\uFEFFsep=;\n", ";", "\n", "divided by semicolons"},
		{"comments", "# by a tool\n# on a day\n", ",", "\n", "a line stands before its header"},
	}
	for range effort.Count(t, 20, 2000) {
		rows := [][]string{{"SkuId", "Own", "ChargeDescription", "BillingAccountId"}}
		for range 1 + random.IntN(pick(random, 3, 40)) {
			row := []string{"s"}
			for range 3 {
				row = append(row, pick(random, "", "a", "1,5", "a;b", "a\tb", "a|b", `say "x"`, "two\nlines", ",", "\"", "é", "a b", strings.Repeat("long,", random.IntN(20)), "sep=;", "# x"))
			}
			rows = append(rows, row)
		}
		src := plainSource()
		src.Tolerate.NullColumns = []string{"*"}
		var want []string
		for i, d := range dialects {
			text := d.before + spoken(rows, d.delimiter, d.end)
			got, err := decodeText(t, src, "", text, pick(random, 1<<20, 7, 100))
			if err != nil || got.stats.Rejected > 0 {
				t.Fatalf("%s: %v, %+v\n%q", d.name, err, got.findings, text)
			}
			if i == 0 {
				want = got.rows
			}
			if !slices.Equal(got.rows, want) {
				t.Fatalf("%s: %q comes to\n%s\nand not to\n%s", d.name, text, strings.Join(got.rows, "\n"), strings.Join(want, "\n"))
			}
			says := ""
			for _, f := range got.findings {
				if f.Code == schemas.CodeDialect {
					says += f.Message
				}
			}
			if !strings.Contains(says, d.says) || d.says == "" && says != "" {
				t.Errorf("%s: it says %q, want %q", d.name, says, d.says)
			}
		}
	}
}

// TestOddCSV has what is no dialect but often sent.
func TestOddCSV(t *testing.T) {
	for _, c := range []struct {
		name, text string
		rows       int
		found      string // the codes of the findings
	}{
		{"a comma behind every row", "SkuId,RegionId,\na,b,\nc,d,\n", 2, "unknown_column"},
		{"a comma behind every row, and once a value", "SkuId,RegionId,\na,b,\nc,d,e\n", 2, "unknown_column"},
		{"numbers of rows without a name", ",SkuId,RegionId\n0,a,b\n1,c,d\n", 2, "unknown_column"},
		{"no line break at the end", "SkuId,RegionId\na,b\nc,d", 2, "dialect"},
		{"decimal commas", "SkuId;BilledCost\na;1,5\n", 0, "bad_decimal dialect"},
		{"commas within semicolons", "SkuId;Own,er\na;b\n", 0, "ragged_row unknown_column unknown_column"}, // its header is of commas
		{"the header again", "SkuId,BilledCost\na,1\nSkuId,BilledCost\nb,2\n", 2, "joined_files"},
		{"a currency that is none", "SkuId,BilledCost,BillingCurrency\na,1,RMB\nb,2,€\n", 0, "unknown_currency unknown_currency"},
	} {
		src := plainSource()
		got, err := decodeText(t, src, "", c.text, 1<<20)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var codes []string
		for _, f := range got.findings {
			codes = append(codes, string(f.Code))
			if f.Code == schemas.CodeUnknownCurrency && (string(f.Currency) != f.Value || f.Cost.IsZero()) {
				t.Errorf("%s: %+v, want its amount in its own currency", c.name, f)
			}
		}
		slices.Sort(codes)
		if len(got.rows) != c.rows || strings.Join(codes, " ") != c.found {
			t.Errorf("%s: %d rows, %q, want %d and %s", c.name, len(got.rows), codes, c.rows, c.found)
		}
	}
}
