package source

import (
	"slices"
	"strings"
	"testing"

	"daybook/schemas"
)

// TestEveryFormatHasARow looks for the row of each format that a book may declare, and for what each row must say.
func TestEveryFormatHasARow(t *testing.T) {
	ofUsage := slices.DeleteFunc(slices.Clone(schemas.Formats), schemas.Format.IsEvidence) // the others have a table in package evidence
	for _, name := range ofUsage {
		f, err := formatOf(name)
		if err != nil {
			t.Error(err)
			continue
		}
		if f.text == nil && f.parquet == nil {
			t.Errorf("%s: its row says nothing of its container: %+v", name, f)
		}
		for use := range f.columns {
			if r := &f.columns[use]; r.absent && r.mandatory {
				t.Errorf("%s: %s is absent and mandatory", name, schemas.Usage.Columns[use].Name)
			}
		}
	}
	rows := 0
	for i := range formats {
		if formats[i].native == nil || formats[i].native.View == "" {
			rows++
		}
	}
	if rows != len(ofUsage) {
		t.Errorf("there are %d rows and %d formats", rows, len(ofUsage))
	}
}

func TestUnknownFormat(t *testing.T) {
	for _, name := range []schemas.Format{"focus-2.0", "FOCUS-1.0"} {
		src := plainSource()
		src.Format = name
		if _, err := decodeText(t, src, "", "BilledCost\n1\n", 100); err == nil || !strings.Contains(err.Error(), "focus-1.2") {
			t.Errorf("format %q: %v, want an error that names those there are", name, err)
		}
	}
}

// TestRowOfAFormat decodes by a row that says all that a row can: its own names, nulls, times and key, and no Parquet.
func TestRowOfAFormat(t *testing.T) {
	odd := focus("odd-1", since12)
	odd.parquet, odd.nulls, odd.times, odd.key = nil, []string{"-"}, []string{"2006/01/02 15:04"}, []string{"line"}
	for use := range odd.columns {
		odd.columns[use].mandatory = false
	}
	odd.columns[schemas.UseChargePeriodStart].names = []string{"usage/start", "started"}
	odd.columns[schemas.UseBilledCost].names = []string{"cost"}
	odd.columns[schemas.UseBilledCost].mandatory = true
	formats = append(formats, odd)
	t.Cleanup(func() { formats = formats[:len(formats)-1] })
	src := &schemas.Source{ID: "odd", Format: "odd-1"}
	got, err := decodeText(t, src, "", "line,started,ChargePeriodEnd,cost,RegionName\n7,2024/09/01 10:30,2024-09-01T11:00:00Z,1.5,-\n", 100)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"ChargePeriodStart=2024-09-01T10:30:00Z ChargePeriodEnd=2024-09-01T11:00:00Z BilledCost=1.5 x_ObjectRow=1 x_RecordId=7"}
	if !slices.Equal(got.rows, want) || len(got.findings) > 0 {
		t.Errorf("%q, %+v\nwant %q and nothing to remark", got.rows, got.findings, want)
	}
	if _, err := decodeText(t, src, "", "line,started\n", 100); err == nil || !strings.Contains(err.Error(), "cost") {
		t.Errorf("%v, want that it lacks the column cost", err)
	}
	if _, err := decodeText(t, src, "", "PAR1", 100); err == nil || !strings.Contains(err.Error(), "it is Parquet, and odd-1 comes as text") {
		t.Errorf("%v, want that it does not come as Parquet", err)
	}
}
