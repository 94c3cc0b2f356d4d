package source

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"daybook/pipeline/dataset"
	"daybook/schemas"
)

// natives are the files of our own making in peers' own formats, each named as the format, and more behind an underscore.
func natives(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/native/*")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files (%v)", err)
	}
	return files
}

// nativeSource declares a file's format by its name, and its view where the name says so.
func nativeSource(file string) *schemas.Source {
	name := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
	format, what, _ := strings.Cut(name, "_")
	src := &schemas.Source{ID: "native", Format: schemas.Format(format)}
	if what == string(schemas.Amortised) {
		src.View = schemas.Amortised
	}
	return src
}

// TestNativeFormats decodes a file of each format of peers, plain, packed, and in pieces.
func TestNativeFormats(t *testing.T) {
	var lines []string
	for _, file := range natives(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got, err := decodeText(t, nativeSource(file), "", string(text), 1<<20)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		lines = append(lines, "", filepath.Base(file), counts(got.stats))
		lines = append(append(lines, summary(got.findings)...), got.rows...)
		for _, form := range []string{string(text), gzipped(t, string(text)), zstandard(t, string(text))} {
			again, err := decodeText(t, nativeSource(file), "", form, 7)
			if err != nil || !slices.Equal(again.rows, got.rows) {
				t.Errorf("%s packed or in pieces is read otherwise: %v", file, err)
			}
		}
	}
	golden(t, "native", lines[1:])
}

// TestNativeColumnsAreDemanded takes each of the fields away that says how much, in what and when.
func TestNativeColumnsAreDemanded(t *testing.T) {
	for i := range formats {
		f := &formats[i]
		if f.native == nil {
			continue
		}
		for _, use := range []int{schemas.UseBillingCurrency, schemas.UseChargePeriodStart} {
			if r := &f.columns[use]; !r.absent && r.from.Constant == "" && !r.mandatory {
				t.Errorf("%s does not demand %s", f.name, schemas.Usage.Columns[use].Name)
			}
		}
	}
}

// TestZip reads a CSV in a ZIP archive, and refuses an archive of several files or a damaged one.
func TestZip(t *testing.T) {
	text, err := os.ReadFile("testdata/native/aws-cur.csv")
	if err != nil {
		t.Fatal(err)
	}
	src := &schemas.Source{ID: "s", Format: schemas.AWSCUR}
	plain := decodeBytes(t, src, text)
	one := zipped(t, map[string]string{"rep-1.csv": string(text)})
	if got := decodeBytes(t, src, one); !slices.Equal(got.rows, plain.rows) || len(got.rows) == 0 {
		t.Errorf("%d rows, want %d", len(got.rows), len(plain.rows))
	}
	broken := bytes.Clone(one)
	broken[60] ^= 0x40
	for want, body := range map[string][]byte{
		"2 files": zipped(t, map[string]string{"a.csv": "a\n", "b.csv": "b\n"}), "damaged ZIP": one[:len(one)-30], "compressed stream": broken,
	} {
		_, err := Decode(t.Context(), src, Input{Key: "k", At: bytes.NewReader(body), Size: int64(len(body))}, Sink{
			Rows: func(*dataset.Batch) error { return nil }, Finding: func(schemas.Finding) error { return nil },
		})
		if refused, is := errors.AsType[*schemas.RefusedError](err); !is || !strings.Contains(refused.Reason, want) {
			t.Errorf("%v, want a refusal that says %s", err, want)
		}
	}
}

// zipped packs files into a ZIP archive, in the order of their names.
func zipped(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f, err := w.Create(name)
		if err == nil {
			_, err = f.Write([]byte(files[name]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestViews: of the two views of a bill one has what is billed and used, the other what is effective.
func TestViews(t *testing.T) {
	text := "SubscriptionId,Date,MeterCategory,MeterId,UnitOfMeasure,Quantity,CostInBillingCurrency,BillingCurrencyCode\ns,09/05/2024,V,m,1 Hour,2,3.5,EUR\n"
	for view, want := range map[schemas.View]string{"": "BilledCost=3.5", schemas.Actual: "BilledCost=3.5", schemas.Amortised: "EffectiveCost=3.5"} {
		got, err := decodeText(t, &schemas.Source{ID: "s", Format: schemas.AzureCost, View: view}, "", text, 1000)
		if err != nil {
			t.Fatal(err)
		}
		row := strings.Join(got.rows, "")
		if !strings.Contains(row, want) || strings.Count(row, "3.5") != 1 || strings.Contains(row, "ConsumedQuantity=2") != (view != schemas.Amortised) {
			t.Errorf("view %q: %s", view, row)
		}
	}
}

// FuzzNative decodes any text as each of the formats: whatever it is, every row is kept or found fault with.
func FuzzNative(f *testing.F) {
	for _, file := range natives(f) {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		for i := range formats {
			if formats[i].name != schemas.CloudEvents10 {
				src := &schemas.Source{ID: "s", Format: formats[i].name}
				if src.Format == schemas.Mapped {
					src.Mapping = ownNames()
				}
				if _, err := decodeText(t, src, "2024-09", text, 1000); err != nil {
					checkRefused(t, err)
				}
			}
		}
	})
}

// TestDocumentedNatives holds the tables of MEANING.md against where each format has each column from.
func TestDocumentedNatives(t *testing.T) {
	const path = "../book/MEANING.md"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	old, have := string(text), string(text)
	for i := range formats {
		f := &formats[i]
		if f.native == nil {
			continue
		}
		head := "\n### `" + string(f.name) + "`\n"
		if f.native.View != "" {
			head = "\n### `" + string(f.name) + "`, " + string(f.native.View) + "\n"
		}
		before, rest, found := strings.Cut(have, head)
		prose, rest, table := strings.Cut(rest, "| Column | From |\n|---|---|\n")
		_, after, ended := strings.Cut(rest, "\n\n")
		if !found || !table || !ended {
			t.Errorf("MEANING.md has no section %s with a table", f.name)
			continue
		}
		have = before + head + prose + "| Column | From |\n|---|---|\n" + nativeTable(f) + "\n" + after
	}
	if have != old && *update {
		if err := os.WriteFile(path, []byte(have), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if have != old {
		t.Error("the tables of MEANING.md are older than the formats: go test ./pipeline/source -run DocumentedNatives -update")
	}
}

// nativeTable says where a format has each column from.
func nativeTable(f *format) string {
	var b strings.Builder
	for use := range f.columns {
		r := &f.columns[use]
		if r.absent {
			continue
		}
		var from []string
		switch c := r.from; {
		case c.Constant != "":
			from = []string{"always " + c.Constant}
		case c.Prefix != "":
			from = []string{"all that begin with `" + c.Prefix + "`"}
		case c.Made():
			for _, names := range c.Of {
				from = append(from, "`"+strings.Join(names, "` or `")+"`")
			}
			from = []string{"made of " + strings.Join(from, ", ")}
		default:
			from = []string{"`" + strings.Join(c.Names, "` or `") + "`"}
		}
		fmt.Fprintf(&b, "| %s | %s |\n", schemas.Usage.Columns[use].Name, strings.Join(from, ", "))
	}
	return b.String()
}

// realExports are real exports of peers, and the fields whose sum is what each bills.
var realExports = []struct {
	file   string
	source schemas.Source
	billed func(row map[string]string) []string
}{
	{
		"gcp/gcp_202011_30c31bca571d9b7f3b2c8459dd8bc34a_2020-11-08_2020-11-11.csv",
		schemas.Source{Format: schemas.GCPBilling},
		func(row map[string]string) []string {
			billed := []string{row["cost"]}
			for _, part := range strings.Split(row["credits"], "'amount': ")[1:] {
				amount, _, _ := strings.Cut(part, ",")
				billed = append(billed, amount)
			}
			return billed
		},
	},
	{"azure/azure_ea_export_202309_real.csv", schemas.Source{Format: schemas.AzureCost}, oneOf("CostInBillingCurrency")},
	{"azure/ftk_EA_ActualCost_Small.csv", schemas.Source{Format: schemas.AzureCost}, oneOf("Cost")},
	{"azure/ftk_EA_NoRows.csv", schemas.Source{Format: schemas.AzureCost}, oneOf("Cost")},
	{"azure/oc_EnterpriseCamel.csv", schemas.Source{Format: schemas.AzureCost}, oneOf("costInBillingCurrency")},
	{"azure/oc_PayAsYouGo.csv", schemas.Source{Format: schemas.AzureCost}, oneOf("PreTaxCost")},
	{"oci/oci_cost_report_20231113_real.csv", schemas.Source{Format: schemas.OCICost}, oneOf("cost/myCost")},
	{"aws_cur/aws_cur_legacy_202311_real.csv", schemas.Source{Format: schemas.AWSCUR}, oneOf("lineItem/UnblendedCost")},
	{"aws_cur/aws_2023-06-01.csv", schemas.Source{Format: schemas.AWSCUR}, oneOf("lineItem/UnblendedCost")},
	{"aws_cur/aws_2023-06-01-not-final.csv", schemas.Source{Format: schemas.AWSCUR}, oneOf("lineItem/UnblendedCost")},
}

// oneOf is for exports of which a single field is billed.
func oneOf(field string) func(map[string]string) []string {
	return func(row map[string]string) []string { return []string{row[field]} }
}

// TestRealExports decodes real exports, where they are at hand: no row is lost, and what is billed is what the fields hold, to
// the last digit but for what rounding is said to leave.
func TestRealExports(t *testing.T) {
	for _, c := range realExports {
		text := readExport(t, c.file)
		c.source.ID = "s"
		got, err := decodeText(t, &c.source, "", text, 1<<20)
		if err != nil {
			t.Errorf("%s: %v", c.file, err)
			continue
		}
		want, have := billedIn(t, text, c.billed), billedOf(t, got)
		if !maps.EqualFunc(want, have, func(a, b string) bool { return a == b }) || got.stats.Rejected > 0 {
			t.Errorf("%s: %s billed %v, want %v\n%s", c.file, counts(got.stats), have, want, strings.Join(summary(got.findings), "\n"))
		}
		codes := map[schemas.Code]int{}
		for _, f := range got.findings {
			codes[f.Code]++
		}
		t.Logf("%s: %s, billed %v, findings %v", c.file, counts(got.stats), have, codes)
	}
}
