package source

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"math/big"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"daybook/schemas"
)

// exportOf is a real export, how its source is declared, and what the exports of its format bill by.
type exportOf struct {
	file   string
	source schemas.Source
	costs  []string
}

// specExamples are what the examples of the specification depart in.
var specExamples = schemas.Tolerate{AbsentColumns: []string{"*"}, NullColumns: []string{"*"}, Nulls: []string{"null"}, Times: []string{"1/2/06", "2006-01-02 15:04:05Z07:00"}}

// exportsOf are all exports of bills and of meters that are at hand.
func exportsOf(t *testing.T) (all []exportOf) {
	t.Helper()
	for _, c := range realExports {
		cost := map[schemas.Format][]string{
			schemas.AzureCost: {"CostInBillingCurrency", "PreTaxCost", "Cost"}, schemas.OCICost: {"cost/myCost"}, schemas.AWSCUR: {"lineItem/UnblendedCost"},
		}[c.source.Format]
		all = append(all, exportOf{c.file, c.source, cost})
	}
	aws, azure := schemas.Source{Format: schemas.AWSCUR}, schemas.Source{Format: schemas.AzureCost}
	amortised := azure
	amortised.View = schemas.Amortised
	all = append(all,
		exportOf{"aws_cur/test_cur.csv", aws, []string{"lineItem/UnblendedCost"}},
		exportOf{"aws_cur/s3layout_my-prefix/my-report/20180801-20180901/861af42f-713c-4a42-9562-9158a7625630/my-report-1.csv.gz", aws, []string{"lineItem/UnblendedCost"}},
		exportOf{"azure/azure_azure_version_2.csv", azure, []string{"CostInBillingCurrency"}}, exportOf{"azure/oc_Enterprise.csv", azure, []string{"CostInBillingCurrency"}},
		exportOf{"azure/ftk_EA_AmortizedCost_Small.csv", amortised, []string{"Cost"}},
		exportOf{"focus_1_0/focus_sample_1000_multicloud.csv", *multicloud(), []string{"BilledCost"}})
	for _, pattern := range []string{"focus_1_2/*.csv", "metering/openshift_metering_payload/*.csv"} {
		files, err := filepath.Glob(filepath.Join(exports, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			src := schemas.Source{Format: schemas.FOCUS12, Tolerate: specExamples}
			if strings.HasPrefix(pattern, "metering") {
				src = schemas.Source{Format: schemas.OpenShiftMetering}
			}
			name, err := filepath.Rel(exports, f)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, exportOf{name, src, []string{"BilledCost"}})
		}
	}
	return all
}

// TestTableOfExports decodes every real export that is at hand, and shows what came of it: rows, findings, and what was billed in
// each currency, in the file, in the rows that are kept, and in those that are rejected. The first is the sum of the others, to the
// last digit, but for a file of whose rows nobody can tell the fields. What the file bills is summed by encoding/csv and fractions.
func TestTableOfExports(t *testing.T) {
	for _, e := range exportsOf(t) {
		text := unzipped(t, readExport(t, e.file))
		e.source.ID = "s"
		got, err := decodeText(t, &e.source, "", text, 1<<20)
		if err != nil {
			t.Logf("%s: %v", e.file, err)
			continue
		}
		in, rows := costsIn(t, text, &e)
		out, rejected := costsOf(t, got, e.source.View), map[string]*big.Rat{}
		codes, ragged := map[schemas.Code]int64{}, false
		for _, f := range got.findings {
			codes[f.Code] += max(f.Rows, 1)
			ragged = ragged || f.Code == schemas.CodeRaggedRow // whose fields nobody can tell
			if f.Rows > 0 && !f.Cost.IsZero() {
				addTo(rejected, string(f.Currency), f.Cost.String())
			}
		}
		if rows != got.stats.Rows-got.stats.Parted {
			t.Errorf("%s has %d rows, and %d are counted", e.file, rows, got.stats.Rows-got.stats.Parted)
		}
		var said []string
		for _, c := range slices.Sorted(maps.Keys(codes)) {
			said = append(said, fmt.Sprintf("%s %d", c, codes[c]))
		}
		t.Logf("%s: %s, %d rows in, %d parts more, %d usage rows, %d rejected; %s", e.file, e.source.Format, rows, got.stats.Parted, got.stats.Kept, got.stats.Rejected, strings.Join(said, ", "))
		for _, c := range slices.Sorted(maps.Keys(in)) {
			have := new(big.Rat)
			for _, sums := range []map[string]*big.Rat{out, rejected} {
				if sums[c] != nil {
					have.Add(have, sums[c])
				}
			}
			t.Logf("  %s in %s, out %s, in findings %s", c, shown(in[c]), shown(out[c]), shown(rejected[c]))
			if have.Cmp(in[c]) != 0 && (!ragged || got.stats.Kept > 0) {
				t.Errorf("%s: %s %s in, and %s out\n%s", e.file, c, shown(in[c]), shown(have), strings.Join(summary(got.findings), "\n"))
			}
		}
	}
}

// shown writes a sum with all of its digits.
func shown(x *big.Rat) string {
	if x == nil {
		return "0"
	}
	return strings.TrimSuffix(strings.TrimRight(x.FloatString(40), "0"), ".")
}

// unzipped is a text without the gzip around it.
func unzipped(t *testing.T, text string) string {
	t.Helper()
	if !strings.HasPrefix(text, "\x1f\x8b") {
		return text
	}
	z, err := gzip.NewReader(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(plain)
}

// costsIn sums what a file bills in each currency, and counts its rows.
func costsIn(t *testing.T, text string, e *exportOf) (sums map[string]*big.Rat, rows int64) {
	t.Helper()
	text = strings.TrimPrefix(text, "\uFEFF")
	if !strings.Contains(text, "\n") || strings.Count(text, "\r") > strings.Count(text, "\n") {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	}
	r := csv.NewReader(bytes.NewReader([]byte(text)))
	r.LazyQuotes, r.FieldsPerRecord = true, -1
	all, err := r.ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", e.file, err)
	}
	sums = map[string]*big.Rat{}
	for _, fields := range all[1:] {
		row, currency := map[string]string{}, "unknown"
		for i, name := range all[0] {
			if i < len(fields) {
				row[schemas.LooseName(name)] = fields[i]
			}
		}
		for _, name := range []string{"currency", "lineitemcurrencycode", "billingcurrency", "billingcurrencycode", "costcurrencycode"} {
			if row[name] != "" {
				currency = row[name]
			}
		}
		values := []string{}
		for _, name := range e.costs {
			if v := row[schemas.LooseName(name)]; v != "" {
				values = append(values, v)
				break
			}
		}
		if e.source.Format == schemas.GCPBilling {
			values = realExports[0].billed(map[string]string{"cost": row["cost"], "credits": row["credits"]})
		}
		for _, v := range values {
			if v != "" && v != "null" && v != "NULL" {
				addTo(sums, currency, v)
			}
		}
	}
	return sums, int64(len(all) - 1)
}

// addTo adds an amount to the sum of its currency, if it is a number.
func addTo(sums map[string]*big.Rat, currency, amount string) {
	x, ok := new(big.Rat).SetString(strings.TrimPrefix(amount, "$"))
	if !ok {
		return
	}
	if sums[currency] == nil {
		sums[currency] = new(big.Rat)
	}
	sums[currency].Add(sums[currency], x)
}

// costsOf sums what kept rows bill in each currency, with what rounding leaves; of the amortised view what is effective.
func costsOf(t *testing.T, got decoded, view schemas.View) map[string]*big.Rat {
	t.Helper()
	column, sums := "BilledCost", map[string]*big.Rat{}
	if view == schemas.Amortised {
		column = "EffectiveCost"
	}
	for _, row := range got.rows {
		_, rest, found := strings.Cut(row, " "+column+"=")
		if !found {
			continue
		}
		currency := "unknown"
		if _, c, both := strings.Cut(row, " BillingCurrency="); both {
			currency, _, _ = strings.Cut(c, " ")
		}
		amount, _, _ := strings.Cut(rest, " ")
		addTo(sums, currency, amount)
	}
	for _, r := range got.stats.Rounded {
		if r.Column == column {
			addTo(sums, r.Of, r.Residue.String())
		}
	}
	return sums
}

// unequalListCosts are rows of the specification's examples whose ListCost is not the unit price times the quantity.
var unequalListCosts = []string{
	"one_hundred_percent_utilization_with_commitment_discount_flexibility_with_1_resource.csv row 2: 3 is not 0.999",
}

// TestTermsOfCommitments: over its term, what is billed for a commitment is what it costs in effect, and a list cost is its unit
// price times the quantity, in the specification's own examples. Those that depart from it there are named.
func TestTermsOfCommitments(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(exports, "focus_1_2", "*.csv"))
	if err != nil || len(files) == 0 {
		t.Skip("the examples are not here")
	}
	var unequal []string
	terms := 0
	for _, file := range files {
		name := filepath.Base(file)
		src := &schemas.Source{ID: "s", Format: schemas.FOCUS12, Tolerate: specExamples}
		got, err := decodeText(t, src, "", readExport(t, filepath.Join("focus_1_2", name)), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		billed, effective := map[string]*big.Rat{}, map[string]*big.Rat{}
		for _, row := range got.rows {
			v := columnsOf(row)
			if id := v["CommitmentDiscountId"]; id != "" {
				addTo(billed, id, v["BilledCost"])
				addTo(effective, id, v["EffectiveCost"])
			}
			price, ok := new(big.Rat).SetString(v["ListUnitPrice"])
			quantity, also := new(big.Rat).SetString(v["PricingQuantity"])
			cost, too := new(big.Rat).SetString(v["ListCost"])
			if ok && also && too && price.Mul(price, quantity).Cmp(cost) != 0 {
				unequal = append(unequal, fmt.Sprintf("%s row %s: %s is not %s", name, v["x_ObjectRow"], shown(cost), shown(price)))
			}
		}
		for id := range billed {
			t.Logf("%s: %s is billed %s, and costs %s", name, id, shown(billed[id]), shown(effective[id]))
			if strings.Contains(name, "_utilization_") { //nolint:misspell // a file is called so; the others are parts of a term
				terms++
				if billed[id].Cmp(effective[id]) != 0 {
					t.Errorf("%s: %s is billed %s over its term, and costs %s", name, id, shown(billed[id]), shown(effective[id]))
				}
			}
		}
	}
	if !slices.Equal(unequal, unequalListCosts) {
		t.Errorf("list costs that are not price times quantity: %q, want %q", unequal, unequalListCosts)
	}
	if terms != 3 {
		t.Errorf("there are %d terms", terms)
	}
}

// columnsOf parts a row as rowText writes it.
func columnsOf(row string) map[string]string {
	values := map[string]string{}
	for cell := range strings.SplitSeq(row, " ") {
		if name, value, found := strings.Cut(cell, "="); found {
			values[name] = value
		}
	}
	return values
}
