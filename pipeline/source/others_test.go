package source

import (
	"slices"
	"strings"
	"testing"

	"daybook/fixtures/deliver"
	"daybook/schemas"
)

// TestSingleQuotes reads CSV all of whose fields stand in single quotes as that of double ones, and no other so.
func TestSingleQuotes(t *testing.T) {
	for _, c := range []struct{ single, double string }{
		{"'SkuId','RegionId'\n'a','b, ''c'' \"d\"'\n'','x'\n", "SkuId,RegionId\na,\"b, 'c' \"\"d\"\"\"\n,x\n"},
		{"'SkuId';'RegionId'\r\n'two\r\nlines';'a,b'\r\n", "SkuId,RegionId\r\n\"two\r\nlines\",\"a,b\"\r\n"},
		{"'SkuId'\t'RegionId'\r'a'\t'''b'''\r", "SkuId,RegionId\na,'b'\n"},
		{"'SkuId','RegionId'\n'a','b'", "SkuId,RegionId\na,b"},
	} {
		want, err := decodeText(t, plainSource(), "", c.double, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		for _, chunk := range []int{1, 7, 1 << 20} {
			got, err := decodeText(t, plainSource(), "", c.single, chunk)
			if err != nil || !slices.Equal(got.rows, want.rows) || len(got.rows) == 0 {
				t.Errorf("%q in pieces of %d: %q, %v, want %q", c.single, chunk, got.rows, err, want.rows)
			}
		}
	}
	got, err := decodeText(t, plainSource(), "", "SkuId,RegionId\n'a',b\n", 1<<20)
	if err != nil || len(got.rows) != 1 || !strings.Contains(got.rows[0], "SkuId='a'") {
		t.Errorf("quotes that are part of a text: %q, %v", got.rows, err)
	}
}

// TestOtherEncodings refuses text of 16 bits within a packing as it does bare, and finds fault with a field of another encoding
// that a column is made of.
func TestOtherEncodings(t *testing.T) {
	if _, err := decodeText(t, plainSource(), "", gzipped(t, "\xff\xfeS\x00k\x00u\x00\n\x00"), 1<<20); err == nil || !strings.Contains(err.Error(), "UTF-16") {
		t.Errorf("UTF-16 in gzip: %v", err)
	}
	text := "usage_start_time,usage_end_time,cost,currency,invoice.month,labels,service.description,sku.id\n" +
		"2024-09-05T10:00:00Z,2024-09-05T11:00:00Z,1,EUR,202409,\"[{'key': 'env', 'value': '\xe4'}]\",S,K\n"
	got, err := decodeText(t, &schemas.Source{ID: "s", Format: schemas.GCPBilling}, "", text, 1<<20)
	if err != nil || len(got.rows) > 0 || len(got.findings) == 0 || got.findings[0].Code != schemas.CodeBadEncoding {
		t.Errorf("labels in another encoding: %q, %+v, %v", got.rows, got.findings, err)
	}
}

// TestNoEvents refuses what is no JSON for what it is.
func TestNoEvents(t *testing.T) {
	for _, text := range []string{"id,time\ne1,2024-09-01T00:00:00Z\n", "id,time", "id;time\re1;x\r"} {
		_, err := decodeText(t, meter(), "", text, 1<<20)
		if err == nil || !strings.Contains(err.Error(), "comes as JSON") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestLiteralZ: a Z at the end of a declared layout is UTC, whatever the zone of the source.
func TestLiteralZ(t *testing.T) {
	src := plainSource()
	src.Constants, src.Zone, src.Tolerate.Times = nil, "Europe/Berlin", []string{"2006-01-02T15:04Z", "2006-01-02 15:04"}
	got, err := decodeText(t, src, "", "SkuId,ChargePeriodStart,ChargePeriodEnd\na,2024-09-05T10:00Z,2024-09-05 13:00\n", 1<<20)
	if err != nil || len(got.rows) != 1 || !strings.Contains(got.rows[0], "ChargePeriodStart=2024-09-05T10:00:00Z ChargePeriodEnd=2024-09-05T11:00:00Z") {
		t.Errorf("%q, %v, %+v", got.rows, err, got.findings)
	}
}

// TestGroupsOfParquet reads a group of columns as the object that it is, as programs write objects whose members they know.
func TestGroupsOfParquet(t *testing.T) {
	table := deliver.Table{Header: []string{"SkuId", "Tags.env", "Tags.team"}, Rows: [][]string{{"a", "prod", `a "b"`}, {"a", "", `a "b"`}, {"a", "", ""}}}
	file, err := table.Parquet()
	if err != nil {
		t.Fatal(err)
	}
	got := decodeBytes(t, plainSource(), file)
	want := []string{`Tags={"env":"prod","team":"a \"b\""}`, `Tags={"team":"a \"b\""}`, ""}
	for i, row := range got.rows {
		if _, tags, _ := strings.Cut(row, "Tags="); !strings.HasPrefix("Tags="+tags, want[i]) || want[i] == "" && tags != "" {
			t.Errorf("row %d: %s, want %s", i+1, row, want[i])
		}
	}
	if len(got.rows) != 3 || len(got.findings) > 0 {
		t.Errorf("%d rows, %+v", len(got.rows), got.findings)
	}
}
