package source

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"daybook/schemas"
)

// TestNaiveParquet reads timestamps that are not adjusted to UTC as the source's zone has them, in columns of times and where
// nothing reads them, and others as they are.
func TestNaiveParquet(t *testing.T) {
	body, err := os.ReadFile(filepath.Join("testdata", "naive.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	for zone, starts := range map[string][]string{
		"":              {"2024-09-01T00:30:00Z", "2024-10-27T02:30:00Z", "2024-03-31T02:30:00Z", "2024-10-27T01:59:59.999999Z"},
		"Europe/Berlin": {"2024-08-31T22:30:00Z", "2024-10-27T00:30:00Z", "2024-03-31T01:30:00Z", "2024-10-26T23:59:59.999999Z"},
	} {
		src := &schemas.Source{ID: "s", Format: schemas.FOCUS12, Zone: zone, Tolerate: schemas.Tolerate{AbsentColumns: []string{"*"}}}
		src.Columns = map[string]string{"x_RecordedTime": "Sent"}
		got := decodeBytes(t, src, body)
		if len(got.rows) != len(starts) {
			t.Fatalf("%q, %+v", got.rows, got.findings)
		}
		for i, want := range starts {
			if !strings.Contains(got.rows[i], "ChargePeriodStart="+want+" ") || !strings.Contains(got.rows[i], "x_RecordedTime=2024-") {
				t.Errorf("in zone %q row %d is %s, want its start at %s", zone, i+1, got.rows[i], want)
			}
		}
		if !strings.Contains(got.rows[0], `x_RecordedTime=2024-09-01T00:30:00Z x_Extra={"Seen":"2024-09-01T00:30:00"}`) {
			t.Errorf("in zone %q a time that is adjusted, or one that nothing reads, is moved: %s", zone, got.rows[0])
		}
		doubts := 0
		for _, f := range got.findings {
			if f.Severity == schemas.Warning && f.Code == schemas.CodeToleratedTime {
				doubts++
			}
		}
		if zone != "" && doubts != 2 || zone == "" && doubts != 0 {
			t.Errorf("in zone %q there are %d remarks on the change of clocks: %q", zone, doubts, summary(got.findings))
		}
	}
}

// TestTimesOfFormatsAgree has the same times in CSV and in Parquet come to the same.
func TestTimesOfFormatsAgree(t *testing.T) {
	body, err := os.ReadFile(filepath.Join("testdata", "naive.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	src := &schemas.Source{
		ID: "s", Format: schemas.FOCUS12, Zone: "Europe/Berlin", Ignore: []string{"Seen", "Sent"},
		Tolerate: schemas.Tolerate{AbsentColumns: []string{"*"}, Times: []string{"2006-01-02T15:04:05"}},
	}
	parquet := decodeBytes(t, src, body)
	csv := decodeBytes(t, src, []byte("BilledCost,ChargePeriodEnd,ChargePeriodStart\n"+
		"1,2024-09-01T02:30:00,2024-09-01T00:30:00\n1.01,2024-10-27T04:30:00.000000001,2024-10-27T02:30:00\n"+
		"1.02,2024-03-31T04:30:00.000000002,2024-03-31T02:30:00\n1.03,2024-10-27T03:59:59.999999003,2024-10-27T01:59:59.999999\n"))
	if !slices.Equal(parquet.rows, csv.rows) {
		t.Errorf("Parquet\n%s\nCSV\n%s", strings.Join(parquet.rows, "\n"), strings.Join(csv.rows, "\n"))
	}
}
