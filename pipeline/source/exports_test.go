package source

import (
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"daybook/schemas"
)

// exports is the directory of real exports beside the checkout; tests that need it are skipped where it is not.
const exports = "../../../shared/data/exports"

func readExport(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(exports, name))
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("the export %s is not here", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// multicloud declares what is odd in the multi-cloud sample of FOCUS 1.0.
func multicloud() *schemas.Source {
	return &schemas.Source{
		ID: "multicloud", Peer: "several", Format: schemas.FOCUS10, Semantics: schemas.Snapshot,
		Key: []string{"Id"},
		Tolerate: schemas.Tolerate{
			Nulls: []string{"NULL"}, Times: []string{"2006-01-02 15:04:05"}, Case: true, NullColumns: []string{"ContractedCost"},
		},
	}
}

// counts writes statistics.
func counts(s Stats) string {
	return fmt.Sprintf("{Rows:%d Kept:%d Rejected:%d Bytes:%d}", s.Rows, s.Kept, s.Rejected, s.Bytes)
}

// summary writes findings as aligned text: code, row, column, rows and the counted remark.
func summary(findings []schemas.Finding) []string {
	out := make([]string, 0, len(findings))
	for _, f := range findings {
		message, _, _ := strings.Cut(f.Message, "; ")
		out = append(out, fmt.Sprintf("%s %s row=%d rows=%d %s", f.Severity, f.Code, f.Row, f.Rows, message))
	}
	return out
}

// TestOwnExport decodes an export of our own making with the oddities of that sample, a row or two of each.
func TestOwnExport(t *testing.T) {
	body, err := os.ReadFile(filepath.Join("testdata", "extracts", "several.csv"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(body)
	got, err := decodeText(t, multicloud(), "2024-09", text, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	checkTotals(t, text, got)
	golden(t, "several", append(append([]string{counts(got.stats)}, summary(got.findings)...), got.rows...))
}

func TestMulticloudSample(t *testing.T) {
	text := readExport(t, "focus_1_0/focus_sample_1000_multicloud.csv")
	got, err := decodeText(t, multicloud(), "2024-09", text, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	checkTotals(t, text, got)
	golden(t, "multicloud", append([]string{counts(got.stats)}, summary(got.findings)...))

	// Without the tolerances every departure rejects its row, and none is lost.
	strict := &schemas.Source{ID: "strict", Format: schemas.FOCUS10}
	got, err = decodeText(t, strict, "2024-09", text, 1<<20)
	if err != nil || got.stats.Rows != 1000 || got.stats.Rejected != 1000 {
		t.Errorf("%+v %v", got.stats, err)
	}
}

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares lines with those of a golden file.
func golden(t *testing.T, name string, lines []string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	have := strings.Join(lines, "\n") + "\n"
	if *update {
		if err := os.WriteFile(path, []byte(have), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if have != string(want) {
		t.Errorf("%s differs; read the difference, and rewrite it by -update\n%s", path, have)
	}
}

// checkTotals compares sums of the decoded rows and the findings with those of encoding/csv and big.Rat.
func checkTotals(t *testing.T, text string, got decoded) {
	t.Helper()
	all, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\uFEFF"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if int(got.stats.Rows) != len(all)-1 {
		t.Errorf("%d rows, want %d", got.stats.Rows, len(all)-1)
	}
	for _, name := range []string{"BilledCost", "EffectiveCost", "ListCost", "ContractedCost", "ConsumedQuantity", "PricingQuantity"} {
		want, have := new(big.Rat), new(big.Rat)
		i := slices.Index(all[0], name)
		for r, row := range all[1:] {
			if v, ok := new(big.Rat).SetString(row[i]); ok && !rejectedRow(got.findings, r+1) {
				want.Add(want, v)
			}
		}
		for _, row := range got.rows {
			for cell := range strings.SplitSeq(row, " ") {
				if v, ok := strings.CutPrefix(cell, name+"="); ok {
					x, _ := new(big.Rat).SetString(v)
					have.Add(have, x)
				}
			}
		}
		if have.Cmp(want) != 0 || want.Sign() == 0 {
			t.Errorf("%s adds up to %s, want %s", name, have.FloatString(18), want.FloatString(18))
		}
	}
}

func rejectedRow(findings []schemas.Finding, row int) bool {
	return slices.ContainsFunc(findings, func(f schemas.Finding) bool { return f.Rows == 1 && f.Row == int64(row) })
}

// TestSpecificationExamples decodes the examples of the specification, which have defects of their own, and the invalid
// fixtures of a mapper, of one defect each.
func TestSpecificationExamples(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(exports, "focus_1_2", "*.csv"))
	if err != nil || len(files) == 0 {
		t.Skip("the examples are not here")
	}
	more, err := filepath.Glob(filepath.Join(exports, "focus_1_2", "invalid_fixtures", "*.csv"))
	if err != nil {
		t.Fatal(err)
	}
	decodeExamples(t, "examples", append(files, more...))
}

// TestOwnExamples does the same with a few examples of our own making.
func TestOwnExamples(t *testing.T) {
	var files []string
	for _, name := range []string{"contract.csv", "lacking.csv", "torn.csv", "telemetry.csv"} {
		files = append(files, filepath.Join("testdata", "extracts", name))
	}
	decodeExamples(t, "extracts", files)
}

// decodeExamples decodes files and compares what comes of them with a golden file.
func decodeExamples(t *testing.T, name string, files []string) {
	t.Helper()
	var lines []string
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		src := &schemas.Source{
			ID: "example", Format: schemas.FOCUS12,
			Tolerate: schemas.Tolerate{AbsentColumns: []string{"*"}, Nulls: []string{"null"}, Times: []string{"1/2/06", "2006-01-02 15:04:05Z07:00"}},
		}
		if strings.HasPrefix(filepath.Base(f), "telemetry") {
			src.Columns = map[string]string{
				"ChargePeriodStart": "billing_date", "ChargePeriodEnd": "billing_date", "BilledCost": "billed_cost",
				"BillingCurrency": "billing_currency", "ResourceId": "billing_resource_id",
			}
			src.Tolerate.Times = []string{"2006-01-02"}
			src.Tolerate.OtherValues = []string{"ChargeClass"}
		}
		got, err := decodeText(t, src, "", string(text), 1<<20)
		lines = append(lines, "", filepath.Base(f))
		if err != nil {
			lines = append(lines, err.Error())
			continue
		}
		lines = append(append(lines, counts(got.stats)), summary(got.findings)...)
	}
	golden(t, name, lines[1:])
}
