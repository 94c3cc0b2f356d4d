package source

import (
	"encoding/csv"
	"fmt"
	"maps"
	"math/big"
	"path/filepath"
	"strings"
	"testing"

	"daybook/schemas"
	"daybook/schemas/money"
)

// meteredFields are the fields of quantities of OpenShift's reports, with what each is a quantity of and how many make one.
var meteredFields = []struct {
	field, sku string
	per        int64
}{
	{"pod_usage_cpu_core_seconds", "pod_usage_cpu", 3600},
	{"pod_request_cpu_core_seconds", "pod_request_cpu", 3600},
	{"pod_usage_memory_byte_seconds", "pod_usage_memory", 3600 << 30},
	{"pod_request_memory_byte_seconds", "pod_request_memory", 3600 << 30},
	{"persistentvolumeclaim_usage_byte_seconds", "persistentvolumeclaim_usage", 3600 << 30},
	{"volume_request_storage_byte_seconds", "persistentvolumeclaim_request", 3600 << 30},
	{"persistentvolumeclaim_capacity_byte_seconds", "persistentvolumeclaim_capacity", 3600 << 30},
}

// meteredIn are the rows that the records of a report come to, each by when, whose and what, as encoding/csv and fractions have them.
func meteredIn(t *testing.T, text string) map[string]string {
	t.Helper()
	all, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, fields := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = fields[i]
		}
		name := row["persistentvolumeclaim"]
		if name == "" {
			name = row["pod"]
		}
		for _, m := range meteredFields {
			if row[m.field] == "" {
				continue
			}
			x, ok := new(big.Rat).SetString(row[m.field])
			if !ok {
				t.Fatalf("%q is no number", row[m.field])
			}
			key := fmt.Sprintf("%s %s %s %s", strings.Replace(row["interval_start"][:19], " ", "T", 1)+"Z", row["namespace"], name, m.sku)
			want[key] = halfEven(x.Quo(x, big.NewRat(m.per, 1)), money.Scale)
		}
	}
	return want
}

// halfEven writes a fraction that is not negative with so many places, rounded half to even.
func halfEven(x *big.Rat, places int64) string {
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(places), nil)
	x = new(big.Rat).Mul(x, new(big.Rat).SetInt(scale))
	whole, rest := new(big.Int).QuoRem(x.Num(), x.Denom(), new(big.Int))
	if half := rest.Lsh(rest, 1).Cmp(x.Denom()); half > 0 || half == 0 && whole.Bit(0) == 1 {
		whole.Add(whole, big.NewInt(1))
	}
	return new(big.Rat).SetFrac(whole, scale).FloatString(int(places))
}

// meteredOf are the decoded rows in the same words.
func meteredOf(t *testing.T, got decoded) map[string]string {
	t.Helper()
	have := map[string]string{}
	for _, row := range got.rows {
		cell := func(name string) string {
			_, rest, _ := strings.Cut(" "+row, " "+name+"=")
			value, _, _ := strings.Cut(rest, " ")
			return value
		}
		x, ok := new(big.Rat).SetString(cell("ConsumedQuantity"))
		key := fmt.Sprintf("%s %s %s %s", cell("ChargePeriodStart"), cell("SubAccountId"), cell("ResourceId"), cell("SkuId"))
		if _, twice := have[key]; twice || !ok {
			t.Fatalf("%s comes twice, or without a number", row)
		}
		have[key] = x.FloatString(money.Scale)
	}
	return have
}

// TestRealMetering decodes real reports of pods and of claims, where they are at hand: each quantity of each record is a row, and
// equal to the last digit; every hour is one, however its end is written.
func TestRealMetering(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(exports, "metering/openshift_metering_payload/*.csv"))
	if err != nil || len(files) == 0 {
		t.Skip("the reports are not here")
	}
	for _, file := range files {
		name, err := filepath.Rel(exports, file)
		if err != nil {
			t.Fatal(err)
		}
		text := readExport(t, name)
		got, err := decodeText(t, &schemas.Source{ID: "s", Format: schemas.OpenShiftMetering}, "", text, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		want, have := meteredIn(t, text), meteredOf(t, got)
		records := int64(strings.Count(text, "\n") - 1)
		if !maps.Equal(want, have) || got.stats.Rejected > 0 || len(got.findings) > 0 || got.stats.Rows-got.stats.Parted != records || int(got.stats.Kept) != len(want) {
			t.Errorf("%s: %s of %d records, want %d rows\n%s", name, counts(got.stats), records, len(want), strings.Join(summary(got.findings), "\n"))
		}
		for _, row := range got.rows {
			if !strings.Contains(row, ":00:00Z ChargePeriodEnd=") || !strings.Contains(row, ":00:00Z ChargeCategory=") {
				t.Errorf("no hour: %s", row)
			}
		}
		t.Logf("%s: %d records, %s, findings %d", name, records, counts(got.stats), len(got.findings))
	}
}

// TestPartsAreNumberedApart decodes reports of pods and of claims: numbers are the records', times their quantities, whatever a record
// lacks.
func TestPartsAreNumberedApart(t *testing.T) {
	const when = "2024-09-05 10:00:00 +0000 UTC,2024-09-05 11:00:00 +0000 UTC,n,"
	const head = "interval_start,interval_end,namespace,"
	pods := head + "pod,pod_request_memory_byte_seconds,pod_usage_cpu_core_seconds,pod_usage_memory_byte_seconds,pod_request_cpu_core_seconds\n"
	claims := head + "persistentvolumeclaim,volume_request_storage_byte_seconds,persistentvolumeclaim_usage_byte_seconds,persistentvolumeclaim_capacity_byte_seconds\n"
	for _, c := range []struct{ text, want string }{
		{pods + when + "a,1,1,1,1\n" + when + "b,2,,,\n", "1 2 3 4 8"},
		{pods + when + "a,,,,\n" + when + "b,,0,,\n" + when + "c\n" + when + "d,,,,1\n", "5 14"},
		{claims + when + "a,1,1,1\n" + when + "b,,1,\n" + when + "c,1,,1\n", "1 2 3 4 8 9"},
	} {
		for _, chunk := range []int{7, 1 << 20} {
			got, err := decodeText(t, &schemas.Source{ID: "s", Format: schemas.OpenShiftMetering}, "", c.text, chunk)
			if err != nil {
				t.Fatal(err)
			}
			var numbers []string
			for _, row := range got.rows {
				_, rest, _ := strings.Cut(row, "x_ObjectRow=")
				number, _, _ := strings.Cut(rest, " ")
				numbers = append(numbers, number)
			}
			if records := int64(strings.Count(c.text, "\n") - 1); strings.Join(numbers, " ") != c.want || got.stats.Rows-got.stats.Parted != records {
				t.Errorf("rows %v, want %s, of %+v", numbers, c.want, got.stats)
			}
		}
	}
}

// TestQuantitiesOfTheBook reads one quantity of a record as the book says: then a record is a row, and of nothing that it does not say.
func TestQuantitiesOfTheBook(t *testing.T) {
	text := "interval_start,interval_end,namespace,pod,pod_usage_cpu_core_seconds,pod_request_cpu_core_seconds,pod_usage_memory_byte_seconds,pod_request_memory_byte_seconds,pod_limit_cpu_core_seconds\n" +
		"2024-09-05 10:00:00 +0000 UTC,2024-09-05 11:00:00 +0000 UTC,n,p,1,2,3,4,7200\n"
	src := &schemas.Source{
		ID: "s", Format: schemas.OpenShiftMetering, Columns: map[string]string{"ConsumedQuantity": "pod_limit_cpu_core_seconds"},
		Constants: map[string]string{"SkuId": "limit"},
	}
	got, err := decodeText(t, src, "", text, 1<<20)
	if err != nil || len(got.rows) != 1 || !strings.Contains(got.rows[0], "SkuId=limit ") || !strings.Contains(got.rows[0], " ConsumedQuantity=7200 x_") {
		t.Errorf("%v %v", got.rows, err)
	}
}

// TestReportsAreWhole refuses a report that lacks one of the quantities, and one that has none.
func TestReportsAreWhole(t *testing.T) {
	for head, want := range map[string]string{
		"interval_start,interval_end,namespace,pod,pod_usage_cpu_core_seconds,pod_request_cpu_core_seconds,pod_usage_memory_byte_seconds\n": "requires: pod_request_memory_byte_seconds",
		"interval_start,interval_end,node,node_labels\n": "requires: namespace, persistentvolumeclaim, pod_usage_cpu_core_seconds",
	} {
		_, err := decodeText(t, &schemas.Source{ID: "s", Format: schemas.OpenShiftMetering}, "", head, 1<<20)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
