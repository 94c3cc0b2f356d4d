package source

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"daybook/fixtures/bulk"
	"daybook/pipeline/dataset"
	"daybook/schemas"
	"daybook/schemas/intake"
	"daybook/schemas/money"
)

// ownNames maps every column of FOCUS from the column of its own name.
func ownNames() map[string]intake.Reading {
	out := map[string]intake.Reading{}
	for use := range schemas.UseAccountId {
		if name := schemas.Usage.Columns[use].Name; !slices.Contains(reserved, use) {
			out[name] = intake.Reading{From: []string{name}}
		}
	}
	return out
}

// mappedBulk is bulkSource by a mapping.
func mappedBulk() *schemas.Source {
	src := bulkSource(schemas.FOCUS12)
	src.Format, src.Mapping = schemas.Mapped, ownNames()
	return src
}

// TestMappedAsFOCUS reads an export of FOCUS by a mapping: the rows are those of FOCUS.
func TestMappedAsFOCUS(t *testing.T) {
	dir := t.TempDir()
	spec := bulk.Spec{Rows: 3000, PartRows: 3000, Accounts: 40, SKUs: 30, Seed: 7}
	if _, err := bulk.Write(dir, "csv.gz", spec, 1, nil); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "part-00000.csv.gz")
	want, got := decodeFile(t, bulkSource(schemas.FOCUS12), file), decodeFile(t, mappedBulk(), file)
	if !slices.Equal(got.rows, want.rows) || len(got.rows) != 3000 || len(got.findings) > 0 {
		t.Errorf("%d rows and %v, want %d and nothing to remark", len(got.rows), summary(got.findings), len(want.rows))
	}
}

// asGCP maps what Google Cloud exports.
func asGCP() *schemas.Source {
	invoice := intake.Reading{From: []string{"invoice.month"}, Layout: "200601"}
	next := invoice
	next.Plus = intake.SpanMonth
	cost := intake.Reading{From: []string{"cost"}}
	return &schemas.Source{
		ID: "s", Format: schemas.Mapped, Constants: map[string]string{"ProviderName": "Google Cloud", "PublisherName": "Google Cloud", "InvoiceIssuerName": "Google Cloud"},
		Columns: map[string]string{
			"BillingAccountId": "billing_account_id", "SubAccountId": "project.id", "SubAccountName": "project.name", "ServiceName": "service.description",
			"SkuId": "sku.id", "SkuMeter": "sku.description", "ChargeDescription": "sku.description", "AvailabilityZone": "location.zone",
			"ConsumedUnit": "usage.unit", "BillingCurrency": "currency",
		},
		Mapping: map[string]intake.Reading{
			"RegionId":           {From: []string{"location.region", "location.location"}},
			"ChargePeriodStart":  {From: []string{"usage_start_time"}, Layout: "2006-01-02 15:04:05 MST"},
			"ChargePeriodEnd":    {From: []string{"usage_end_time"}, Layout: "2006-01-02 15:04:05 MST"},
			"BillingPeriodStart": invoice, "BillingPeriodEnd": next,
			"ChargeCategory":   {From: []string{"cost_type"}, Values: map[string]string{"regular": "Usage", "tax": "Tax", "rounding_error": "Adjustment"}},
			"ConsumedQuantity": {From: []string{"usage.amount"}, Nulls: []string{"None"}},
			"ContractedCost":   cost, "BilledCost": cost, "EffectiveCost": cost,
		},
		Tolerate: schemas.Tolerate{NullColumns: []string{"ConsumedQuantity"}},
	}
}

// TestMappedAsGCP reads an export of Google Cloud by a mapping, as CSV and as JSON: the rows are those of its own format.
func TestMappedAsGCP(t *testing.T) {
	const (
		header = "billing_account_id,service.description,sku.id,sku.description,usage_start_time,usage_end_time,project.id,project.name,location.location,location.region,location.zone,cost,currency,usage.amount,usage.unit,invoice.month,cost_type\n"
		rows   = "01A,Compute,K,Core,2024-09-05 10:00:00 UTC,2024-09-05 11:00:00.5 UTC,shop,Shop,eu,eu-west,eu-west-a,7.25,EUR,3600.0,seconds,202409,regular\n" +
			"01A,Disks,D,\"Disk, \"\"fast\"\"\",2024-09-30 23:00:00 UTC,2024-10-01 00:00:00 UTC,shop,,global,,,5e-06,EUR,24909,bytes,202412,regular\n" +
			"01A,Invoice,T,Tax,2024-09-01 07:00:00 UTC,2024-10-01 07:00:00 UTC,,,,,,0.8,EUR,None,,202409,tax\n" +
			"01A,Invoice,R,Rest,2024-09-01 07:00:00 UTC,2024-10-01 07:00:00 UTC,,,,,,-5e-06,EUR,,,202409,rounding_error\n"
		object = `{"billing_account_id":"01A","service":{"description":"Compute"},"sku":{"id":"K","description":"Core"},"usage_start_time":"2024-09-05 10:00:00 UTC",` +
			`"usage_end_time":"2024-09-05 11:00:00 UTC","project":{"id":"shop","name":"Sh\u006fp"},"location":{"location":"eu"},"cost":7.25,"currency":"EUR",` +
			`"usage":{"amount":3600.0,"unit":"seconds"},"invoice":{"month":"202409"},"cost_type":"regular"}` + "\n"
	)
	for _, text := range []string{header + rows, strings.Repeat(object, 3)} {
		want, err := decodeText(t, &schemas.Source{ID: "s", Format: schemas.GCPBilling}, "", text, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, size := range []int{7, 1000} {
			got, err := decodeText(t, asGCP(), "", text, size)
			if err != nil {
				t.Fatal(err)
			}
			if inside := regexp.MustCompile(` x_Extra=.*`); !slices.Equal(got.rows, each(want.rows, func(row string) string { return inside.ReplaceAllString(row, "") })) || len(got.rows) < 3 {
				t.Errorf("rows\n%s\nwant\n%s", strings.Join(got.rows, "\n"), strings.Join(want.rows, "\n"))
			}
		}
	}
}

func each(texts []string, f func(string) string) []string {
	out := make([]string, len(texts))
	for i, text := range texts {
		out[i] = f(text)
	}
	return out
}

// mappedOne is a source that maps a time, and one other column.
func mappedOne(column string, r intake.Reading) *schemas.Source {
	return &schemas.Source{
		ID: "s", Format: schemas.Mapped, Columns: map[string]string{"ChargePeriodStart": "t"}, Mapping: map[string]intake.Reading{column: r},
		Tolerate: schemas.Tolerate{AbsentColumns: []string{"*"}},
	}
}

// TestReadings reads one value in each way that a book may say, in CSV and in JSON.
func TestReadings(t *testing.T) {
	factor := func(text string) *money.Decimal { d := money.MustDecimal(text); return &d }
	for _, c := range []struct {
		column string
		r      intake.Reading
		zone   string
		text   string
		want   string // what the column holds, or what is said of it
	}{
		{"BilledCost", intake.Reading{Factor: factor("-1")}, "", "12.50", "-12.5"},
		{"BilledCost", intake.Reading{Factor: factor("0.001")}, "", "-7", "-0.007"},
		{"BilledCost", intake.Reading{Factor: factor("1000")}, "", "0.000000000000000000001", "0.000000000000000001"},
		{"BilledCost", intake.Reading{Factor: factor("0.001")}, "", "0.0000000000000000012", "v: it has more than 18 fraction digits"},
		{"BilledCost", intake.Reading{Factor: factor("2")}, "", "a lot", "v: it is not a decimal number"},
		{"BilledCost", intake.Reading{Factor: factor("2"), Values: map[string]string{"free": "0", "flat": "5"}}, "", "flat", "5"},
		{"BilledCost", intake.Reading{Nulls: []string{"-1"}}, "", "-1", "v: it is empty"},
		{"BilledCost", intake.Reading{}, "", "", "v: it is empty"},
		{"RegionId", intake.Reading{Nulls: []string{"n/a"}}, "", "n/a", ""},
		{"RegionId", intake.Reading{Values: map[string]string{"e": "eu"}}, "", "e", "eu"},
		{"RegionId", intake.Reading{Values: map[string]string{"e": "eu"}}, "", "us", "us"},
		{"ChargeCategory", intake.Reading{Values: map[string]string{"u": "Usage"}}, "", "u", "Usage"},
		{"ChargeCategory", intake.Reading{Values: map[string]string{"u": "Usage"}}, "", "x", "v: it is none of"},
		{"x_RecordedTime", intake.Reading{Layout: "02.01.2006 15:04"}, "", "05.09.2024 10:30", "2024-09-05T10:30:00Z"},
		{"x_RecordedTime", intake.Reading{Layout: "02.01.2006 15:04"}, "Asia/Tokyo", "05.09.2024 10:30", "2024-09-05T01:30:00Z"},
		{"x_RecordedTime", intake.Reading{Layout: "02.01.2006 15:04", Zone: "Europe/Berlin"}, "Asia/Tokyo", "05.09.2024 10:30", "2024-09-05T08:30:00Z"},
		{"x_RecordedTime", intake.Reading{Layout: "2006-01-02T15:04:05Z", Zone: "Europe/Berlin"}, "", "2024-09-05T10:30:00Z", "2024-09-05T08:30:00Z"},
		{"x_RecordedTime", intake.Reading{Layout: "2006-01-02", Plus: intake.SpanDay, Zone: "Europe/Berlin"}, "", "2024-10-27", "2024-10-27T23:00:00Z"},
		{"x_RecordedTime", intake.Reading{Layout: "200601", Plus: intake.SpanMonth}, "", "202412", "2025-01-01T00:00:00Z"},
		{"x_RecordedTime", intake.Reading{Plus: intake.SpanSecond}, "", "2024-09-05T10:59:59Z", "2024-09-05T11:00:00Z"},
		{"x_RecordedTime", intake.Reading{Plus: intake.SpanMinute}, "", "2024-09-05T10:59:00Z", "2024-09-05T11:00:00Z"},
		{"x_RecordedTime", intake.Reading{Plus: intake.SpanHour, Epoch: intake.EpochSeconds}, "", "1725530400", "2024-09-05T11:00:00Z"},
		{"x_RecordedTime", intake.Reading{Epoch: intake.EpochSeconds}, "", "1725530400.25", "2024-09-05T10:00:00.25Z"},
		{"x_RecordedTime", intake.Reading{Epoch: intake.EpochMillis}, "", "1725530400250", "2024-09-05T10:00:00.25Z"},
		{"x_RecordedTime", intake.Reading{Epoch: intake.EpochMicros}, "", "1725530400250001", "2024-09-05T10:00:00.250001Z"},
		{"x_RecordedTime", intake.Reading{Epoch: intake.EpochNanos}, "", "1725530400250001999", "2024-09-05T10:00:00.250001Z"},
		{"x_RecordedTime", intake.Reading{Epoch: intake.EpochNanos}, "", "-1", "1969-12-31T23:59:59.999999Z"},
		{"x_RecordedTime", intake.Reading{Epoch: intake.EpochMillis}, "", "1725530400e3", "v: it is not a time"},
		{"x_RecordedTime", intake.Reading{Epoch: intake.EpochSeconds}, "", "1725530400000", "v: it is not a time"},
		{"x_RecordedTime", intake.Reading{Layout: "200601", Nulls: []string{"0"}}, "", "0", ""},
		{"x_RecordedTime", intake.Reading{Layout: "200601"}, "", "2024-09", "v: it is not a time"},
	} {
		c.r.From = []string{"other", "v"}
		src := mappedOne(c.column, c.r)
		src.Zone, src.Tolerate.AbsentColumns = c.zone, nil
		for _, text := range []string{
			"t,v\n2024-09-01T00:00:00Z," + c.text + "\n2024-09-01T00:00:00Z,\"" + c.text + "\"\n",
			strings.Repeat(fmt.Sprintf(`{"t": "2024-09-01T00:00:00Z", "v": %q}`+"\n", c.text), 2) + `{"t": "2024-09-01T00:00:00Z", "v": "1"}`,
		} {
			got, err := decodeText(t, src, "", text, 1000)
			if err != nil {
				t.Fatal(err)
			}
			var have []string
			for _, row := range got.rows {
				if _, rest, found := strings.Cut(row, c.column+"="); found {
					value, _, _ := strings.Cut(rest, " ")
					have = append(have, value)
				} else {
					have = append(have, "")
				}
			}
			if strings.HasPrefix(c.want, "v: ") {
				have = have[:0]
				for _, f := range got.findings {
					if f.Rows > 0 {
						have = append(have, strings.Replace(f.Message, "other or v: ", "v: ", 1))
					}
				}
			}
			if len(have) < 2 || !strings.HasPrefix(have[0], c.want) || !strings.HasPrefix(have[1], c.want) || c.want == "" && have[0] != "" {
				t.Errorf("%s %+v of %q: %q, want %q\n%s", c.column, c.r, c.text, have, c.want, strings.Join(summary(got.findings), "\n"))
			}
		}
	}
}

// TestFirstOfReading takes the first of several columns that holds a value, row by row.
func TestFirstOfReading(t *testing.T) {
	src := mappedOne("BilledCost", intake.Reading{From: []string{"a", "b", "c"}, Nulls: []string{"-"}})
	for _, text := range []string{
		"t,c,a\n2024-09-01T00:00:00Z,1,2\n2024-09-01T00:00:00Z,3,\n2024-09-01T00:00:00Z,5,-\n2024-09-01T00:00:00Z,,x\n",
		`{"t":"2024-09-01T00:00:00Z","c":1,"a":2}{"t":"2024-09-01T00:00:00Z","c":3}{"t":"2024-09-01T00:00:00Z","c":5,"b":null,"a":"-"}{"t":"2024-09-01T00:00:00Z","a":"x"}`,
	} {
		got, err := decodeText(t, src, "", text, 1000)
		if err != nil {
			t.Fatal(err)
		}
		all := strings.Join(got.rows, " ")
		rejected := slices.DeleteFunc(got.findings, func(f schemas.Finding) bool { return f.Rows == 0 })
		if !strings.Contains(all, "BilledCost=2 ") || !strings.Contains(all, "BilledCost=3 ") || !strings.Contains(all, "BilledCost=5 ") || len(got.rows) != 3 ||
			len(rejected) != 1 || rejected[0].Row != 4 || rejected[0].Value != "x" || !strings.Contains(rejected[0].Column, "a or ") {
			t.Errorf("%s\n%+v", all, rejected)
		}
	}
}

// TestTake leaves rows out before anything in them is read, and counts them.
func TestTake(t *testing.T) {
	src := mappedOne("BilledCost", intake.Reading{From: []string{"cost"}})
	src.Take = []intake.Taking{{Column: "kind", Is: []string{"use", "fee"}}, {Column: "state", Not: []string{"void", ""}}}
	var csv, lines strings.Builder
	csv.WriteString("t,kind,state,cost,more\n")
	for i := range 300 {
		kind, state, cost := []string{"use", "total", "fee"}[i%3], []string{"good", "good", "void", ""}[i%4], fmt.Sprint(i)
		if kind == "total" {
			cost = "none"
		}
		fmt.Fprintf(&csv, "2024-09-01T00:00:00Z,%s,\"%s\",%s,m%d\n", kind, state, cost, i)
		fmt.Fprintf(&lines, `{"t":"2024-09-01T00:00:00Z","kind":%q,"state":%q,"cost":%q,"more":"m%d"}`+"\n", kind, state, cost, i)
	}
	for _, text := range []string{csv.String(), lines.String()} {
		for _, size := range []int{50, 1 << 20} {
			got, err := decodeText(t, src, "", text, size)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for i := range 300 {
				if i%3 != 1 && i%4 < 2 {
					want = append(want, fmt.Sprintf(`BilledCost=%d x_ObjectRow=%d x_Extra={"more":"m%d"}`, i, i+1, i))
				}
			}
			have := each(got.rows, func(row string) string { return row[strings.Index(row, "BilledCost="):] })
			if !slices.Equal(have, want) || got.stats.LeftOut != int64(300-len(want)) || got.stats.Rejected != 0 {
				t.Errorf("%d rows, %+v, want %d\n%s", len(have), got.stats, len(want), strings.Join(have[:3], "\n"))
			}
			left := slices.IndexFunc(got.findings, func(f schemas.Finding) bool { return f.Code == schemas.CodeLeftOut })
			if left < 0 || got.findings[left].Rows != got.stats.LeftOut {
				t.Errorf("nothing says how many rows are left out: %v", summary(got.findings))
			}
		}
	}
}

// TestMappingDoesNotFit refuses what a mapping does not fit, and says what was seen and what would read it.
func TestMappingDoesNotFit(t *testing.T) {
	src := mappedOne("BilledCost", intake.Reading{From: []string{"cost", "amount"}})
	src.Tolerate = schemas.Tolerate{}
	const want = "the mapping does not fit it: it lacks cost or amount for BilledCost; what is not mapped of it is Cost EUR, kind; " +
		`under mapping of the source, BilledCost: {from: ["Cost EUR"]} would read it`
	for _, text := range []string{
		"t,Cost EUR,kind\n2024-09-01T00:00:00Z,1,x\n",
		strings.Repeat(`{"t":"2024-09-01T00:00:00Z","Cost EUR":1,"kind":"x"}`+"\n", 3),
	} {
		if _, err := decodeText(t, src, "", text, 9); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nwant %s", err, want)
		}
	}
	src.Mapping["BilledCost"] = intake.Reading{From: []string{"Cost EUR"}}
	if _, err := decodeText(t, src, "", "t,Cost EUR,kind\n2024-09-01T00:00:00Z,1,x\n", 9); err != nil {
		t.Errorf("the line that was proposed does not read it: %v", err)
	}
	src.Mapping["BilledCost"] = intake.Reading{From: []string{"cost", "cost.eur"}}
	_, err := decodeText(t, src, "", `{"t":"2024-09-01T00:00:00Z","cost":1}`+"\n", 9)
	checkRefused(t, err)
}

// TestMappedAllocates holds that what a mapping makes of a row allocates nothing: ten times the rows allocate hardly more.
func TestMappedAllocates(t *testing.T) {
	factor := money.MustDecimal("-0.001")
	src := mappedOne("BilledCost", intake.Reading{From: []string{"c", "d"}, Factor: &factor, Nulls: []string{"-"}})
	src.Columns = nil
	src.Mapping["ChargePeriodStart"] = intake.Reading{From: []string{"t"}, Layout: "02.01.2006 15:04:05", Zone: "Europe/Berlin"}
	src.Mapping["ChargePeriodEnd"] = intake.Reading{From: []string{"e"}, Epoch: intake.EpochSeconds}
	src.Mapping["ConsumedUnit"] = intake.Reading{From: []string{"u"}, Values: map[string]string{"h": "Hours"}}
	src.Take = []intake.Taking{{Column: "u", Not: []string{"x"}}}
	allocations := func(rows int) float64 {
		var b strings.Builder
		b.WriteString("t,e,u,c,d\n")
		for i := range rows {
			fmt.Fprintf(&b, "0%d.09.2024 10:%02d:%02d,%d,%s,%d.%03d,\n", i%9+1, i/60%60, i%60, 1727000000+i, []string{"h", "x", "Days"}[i%3], i, i%1000)
		}
		text := []byte(b.String())
		return testing.AllocsPerRun(3, func() {
			_, err := Decode(context.Background(), src, Input{Key: "k", Body: bytes.NewReader(text)}, Sink{
				Rows: func(*dataset.Batch) error { return nil }, Finding: func(f schemas.Finding) error {
					if f.Code != schemas.CodeLeftOut {
						return fmt.Errorf("%+v", f)
					}
					return nil
				},
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
	if few, many := allocations(2000), allocations(20000); many > few+200 {
		t.Errorf("%.0f allocations for 2,000 rows, and %.0f for 20,000", few, many)
	}
}
