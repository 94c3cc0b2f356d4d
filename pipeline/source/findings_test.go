package source

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"daybook/schemas"
	"daybook/schemas/money"
)

// complete is a whole row of FOCUS 1.2 by column.
var complete = map[string]string{
	"BillingAccountId": "0012", "BillingAccountName": "Acme", "SubAccountId": "007", "ProviderName": "P", "PublisherName": "P",
	"InvoiceIssuerName": "P", "ServiceCategory": "Compute", "ServiceName": "VM", "SkuId": "s", "ChargePeriodStart": "2024-09-01T00:00:00Z",
	"ChargePeriodEnd": "2024-09-01T01:00:00Z", "BillingPeriodStart": "2024-09-01T00:00:00Z", "BillingPeriodEnd": "2024-10-01T00:00:00Z",
	"ChargeCategory": "Usage", "ChargeClass": "", "ChargeDescription": "d", "ChargeFrequency": "Usage-Based", "PricingQuantity": "2",
	"PricingUnit": "h", "ConsumedQuantity": "2", "ConsumedUnit": "h", "ListCost": "3", "ContractedCost": "3", "BilledCost": "1.5",
	"EffectiveCost": "1.5", "BillingCurrency": "USD", "Tags": `{"a":"b"}`,
}

// edited returns CSV of two rows, the first with some columns changed; a value of "-" leaves the column out.
func edited(edits ...string) string {
	row := maps.Clone(complete)
	var without []string
	for i := 0; i < len(edits); i += 2 {
		if edits[i+1] == "-" {
			without = append(without, edits[i])
		}
		row[edits[i]] = edits[i+1]
	}
	var header, first, second []string
	for _, name := range slices.Sorted(maps.Keys(row)) {
		if slices.Contains(without, name) {
			continue
		}
		header = append(header, name)
		first = append(first, `"`+strings.ReplaceAll(row[name], `"`, `""`)+`"`)
		second = append(second, `"`+strings.ReplaceAll(complete[name], `"`, `""`)+`"`)
	}
	return strings.Join(header, ",") + "\n" + strings.Join(first, ",") + "\n" + strings.Join(second, ",") + "\n"
}

func peer(t schemas.Tolerate) *schemas.Source {
	return &schemas.Source{ID: "peer", Format: schemas.FOCUS12, Tolerate: t, Limits: schemas.Limits{RowBytes: 4096}}
}

// TestFindings has a case for each finding of a row: what is wrong, and the one finding that comes of it.
func TestFindings(t *testing.T) {
	strict := schemas.Tolerate{}
	for _, c := range []struct {
		name     string
		tolerate schemas.Tolerate
		text     string
		kept     int
		want     string // findings as code column value rows cost, joined by ;
	}{
		{"clean", strict, edited(), 2, ""},
		{"bad decimal", strict, edited("EffectiveCost", "$1.00"), 1, "bad_decimal EffectiveCost $1.00 1 1.5USD"},
		{"grouped decimal", strict, edited("EffectiveCost", "1,000"), 1, "bad_decimal EffectiveCost 1,000 1 1.5USD"},
		{"blank around a decimal", strict, edited("EffectiveCost", " 1"), 1, "bad_decimal EffectiveCost  1 1 1.5USD"},
		{"bad cost has no amount", strict, edited("BilledCost", "NaN"), 1, "bad_decimal BilledCost NaN 1 0"},
		{"too large", strict, edited("EffectiveCost", "1e30"), 1, "bad_decimal EffectiveCost 1e30 1 1.5USD"},
		{"large", strict, edited("EffectiveCost", "-999999999999999999.999999999999999999"), 2, ""},
		{"a counter below zero", strict, edited("EffectiveCost", "18446744073709551615"), 1, "bad_decimal EffectiveCost 18446744073709551615 1 1.5USD"},
		{"implausible", strict, edited("EffectiveCost", "1000000000000000000"), 1, "bad_decimal EffectiveCost 1000000000000000000 1 1.5USD"},
		{"implausible below zero", strict, edited("EffectiveCost", "-1e18"), 1, "bad_decimal EffectiveCost -1e18 1 1.5USD"},
		{"too precise", strict, edited("EffectiveCost", "0.0000000000000000001"), 1, "too_precise EffectiveCost 0.0000000000000000001 1 1.5USD"},
		{"zeros are not precision", strict, edited("EffectiveCost", "3.00000000000000000000000"), 2, ""},
		{"bad time", strict, edited("ChargePeriodStart", "2024-09-01 00:00:00"), 1, "bad_time ChargePeriodStart 2024-09-01 00:00:00 1 1.5USD"},
		{"no such day", strict, edited("ChargePeriodEnd", "2024-09-31T00:00:00Z"), 1, "bad_time ChargePeriodEnd 2024-09-31T00:00:00Z 1 1.5USD"},
		{"no such hour", strict, edited("ChargePeriodEnd", "2024-09-01T30:00:00Z"), 1, "bad_time ChargePeriodEnd 2024-09-01T30:00:00Z 1 1.5USD"},
		{"offset", strict, edited("ChargePeriodEnd", "2024-09-01T03:00:00+02:00"), 2, ""},
		{"fraction", strict, edited("ChargePeriodEnd", "2024-09-01T03:00:00.123Z"), 2, ""},
		{"ends before it begins", strict, edited("ChargePeriodEnd", "2024-08-01T00:00:00Z"), 1, "bad_period ChargePeriodEnd 2024-08-01T00:00:00Z 1 1.5USD"},
		{"no end", strict, edited("ChargePeriodEnd", ""), 1, "missing_value ChargePeriodEnd  1 1.5USD"},
		{"instant", strict, edited("ChargePeriodEnd", "2024-09-01T00:00:00Z"), 2, ""},
		{"other period", strict, edited("BillingPeriodStart", "2024-08-01T00:00:00Z"), 1, "other_period BillingPeriodStart 2024-08-01T00:00:00Z 1 1.5USD"},
		{"missing value", strict, edited("ServiceName", ""), 1, "missing_value ServiceName  1 1.5USD"},
		{"undeclared null", strict, edited("EffectiveCost", "NULL"), 1, "bad_decimal EffectiveCost NULL 1 1.5USD"},
		{"bad value", strict, edited("ChargeCategory", "Use"), 1, "bad_value ChargeCategory Use 1 1.5USD"},
		{"undeclared case", strict, edited("ChargeCategory", "usage"), 1, "bad_value ChargeCategory usage 1 1.5USD"},
		{"open list", strict, edited("ServiceCategory", "Database"), 2, "bad_value ServiceCategory Database 0 0"},
		{"unknown currency", strict, edited("BillingCurrency", "Token"), 1, "unknown_currency BillingCurrency Token 1 1.5Token"},
		{"bad JSON", strict, edited("Tags", "{a:1}"), 2, "bad_json Tags {a:1} 0 0"},
		{"JSON over lines", strict, edited("Tags", "{\n\"a\": \"b\"\n}"), 2, ""},
		{"JSON array", strict, edited("Tags", "[1]"), 2, "bad_json Tags [1] 0 0"},
		{"deep JSON", strict, edited("Tags", strings.Repeat(`{"a":`, 33)+"1"+strings.Repeat("}", 33)), 2, "bad_json Tags " + strings.Repeat(`{"a":`, 33) + "1" + strings.Repeat("}", 33) + " 0 0"},
		{"not UTF-8", strict, edited("SkuId", "a\xffb"), 1, "bad_encoding SkuId a\uFFFDb 1 1.5USD"},
		{"NUL", strict, edited("Tags", "a\x00"), 1, "bad_encoding Tags a\x00 1 1.5USD"},
		{"several wrongs", strict, edited("ServiceName", "", "EffectiveCost", "x", "BilledCost", "y"), 1, "missing_value ServiceName  1 0"},
		{"ragged", strict, edited() + "1,2\n", 2, "ragged_row  1,2 1 0"},
		{"bad quote", strict, edited() + "a\"b,2\n", 2, "bad_quote  a\"b,2 1 0"},
		{"long row", strict, edited("ChargeDescription", strings.Repeat("x", 5000)), 1, "long_row  " + edited()[strings.Index(edited(), "\n")+1:][:10] + " 1 0"},
		{"unknown column", strict, edited("Weather", "rain"), 2, "unknown_column Weather  0 0"},
		{"column of a later version", strict, edited("InvoiceId", "1", "SubAccountType", "x"), 2, ""},
		{"null token", schemas.Tolerate{Nulls: []string{"NULL"}}, edited("SkuId", "NULL", "Tags", "NULL"), 2, "tolerated_null SkuId NULL 0 0;tolerated_null Tags NULL 0 0"},
		{"null token where null is forbidden", schemas.Tolerate{Nulls: []string{"NULL"}}, edited("EffectiveCost", "NULL"), 1, "missing_value EffectiveCost  1 1.5USD;tolerated_null EffectiveCost NULL 0 0"},
		{"null where it is tolerated", schemas.Tolerate{NullColumns: []string{"EffectiveCost"}}, edited("EffectiveCost", ""), 2, "tolerated_null EffectiveCost  0 0"},
		{"declared time", schemas.Tolerate{Times: []string{"1/2/06"}}, edited("ChargePeriodStart", "9/1/24"), 2, "tolerated_time ChargePeriodStart 9/1/24 0 0"},
		{"declared case", schemas.Tolerate{Case: true}, edited("ChargeFrequency", "usage-based"), 2, "tolerated_case ChargeFrequency usage-based 0 0"},
		{"declared value", schemas.Tolerate{OtherValues: []string{"BillingCurrency"}}, edited("BillingCurrency", "Token"), 2, "unknown_currency BillingCurrency Token 0 0"},
		{"rounding", schemas.Tolerate{Rounding: ptr(money.Down)}, edited("BilledCost", "1.0000000000000000019"), 2, "rounded BilledCost USD 0 0"},
		{"declared absence", schemas.Tolerate{AbsentColumns: []string{"EffectiveCost"}}, edited("EffectiveCost", "-"), 2, ""},
	} {
		got, err := decodeText(t, peer(c.tolerate), "2024-09", c.text, 1<<20)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var have []string
		for _, f := range got.findings {
			value := f.Value
			if f.Code == schemas.CodeLongRow {
				value = value[:10]
			}
			cost := f.Cost.String() + string(f.Currency)
			have = append(have, fmt.Sprintf("%s %s %s %d %s", f.Code, f.Column, value, f.Rows, cost))
		}
		if text := strings.Join(have, ";"); text != c.want || len(got.rows) != c.kept {
			t.Errorf("%s: kept %d, findings\n%s, not\n%s", c.name, len(got.rows), text, c.want)
		}
	}
}

func TestMessagesNameEveryWrong(t *testing.T) {
	got, err := decodeText(t, peer(schemas.Tolerate{}), "", edited("ServiceName", "", "EffectiveCost", "x", "BilledCost", "y"), 1<<20)
	if err != nil || len(got.findings) != 1 {
		t.Fatal(got.findings, err)
	}
	want := "ServiceName: it is empty, and tolerate.null_columns of the source does not name the column; also wrong: BilledCost, EffectiveCost; have the source fill it"
	if f := got.findings[0]; f.Message != want || f.Severity != schemas.Rejected || f.Source != "peer" || f.Object != "in/object" || f.Row != 1 {
		t.Errorf("%+v", f)
	}
}

func TestColumns(t *testing.T) {
	src := plainSource()
	src.Format = schemas.FOCUS10
	src.Constants["ProviderName"] = "Constant"
	src.Columns = map[string]string{"SkuId": "sku", "x_AccountId": "acct", "x_RecordedTime": "seen"}
	src.Key = []string{"lineItem/Id", "interval"}
	src.Ignore = []string{"noise"}
	text := "\uFEFFline_item_id,Interval,SKU,region_id,acct,seen,noise,x_AccountId,SkuMeter,PricingCurrency\n" +
		"1|2,a,007,r,c1,2024-09-01T00:00:00Z,zzz,theirs,m,\n3,b,08,,c2,,zzz,\"q\"\"q\",,EUR\n"
	got, err := decodeText(t, src, "", text, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	period := " ChargePeriodStart=2024-09-01T00:00:00Z ChargePeriodEnd=2024-09-02T00:00:00Z"
	want := []string{
		`ProviderName=Constant SkuId=007 RegionId=r` + period + ` x_AccountId=c1 x_ObjectRow=1 x_RecordId=1\|2|a x_RecordedTime=2024-09-01T00:00:00Z x_Extra={"SkuMeter":"m","x_AccountId":"theirs"}`,
		`ProviderName=Constant SkuId=08` + period + ` x_AccountId=c2 x_ObjectRow=2 x_RecordId=3|b x_Extra={"PricingCurrency":"EUR","x_AccountId":"q\"q"}`,
	}
	if !slices.Equal(got.rows, want) {
		t.Errorf("%s", strings.Join(got.rows, "\n"))
	}
	var columns []string
	for _, f := range got.findings {
		columns = append(columns, f.Column)
	}
	if !slices.Equal(columns, []string{"PricingCurrency", "SkuMeter", "x_AccountId"}) {
		t.Errorf("%v", columns)
	}
}

func TestEmptyKeyIsAFinding(t *testing.T) {
	src := plainSource()
	src.Key = []string{"a", "b"}
	got, err := decodeText(t, src, "", "a,b,SkuId\n1,2,x\n,2,x\n1,,x\n", 1<<20)
	if err != nil || len(got.rows) != 1 || len(got.findings) != 2 {
		t.Fatal(got, err)
	}
	for i, column := range []string{"a", "b"} {
		if f := got.findings[i]; f.Code != schemas.CodeMissingValue || f.Column != column || f.Row != int64(i+2) {
			t.Errorf("%+v", f)
		}
	}
}

func TestMissingColumns(t *testing.T) {
	for _, c := range []struct {
		edits []string
		want  string
	}{
		{[]string{"BilledCost", "-", "ChargeClass", "-"}, "ChargeClass, BilledCost"},
		{[]string{"ChargePeriodStart", "-"}, "ChargePeriodStart"},
	} {
		_, err := decodeText(t, peer(schemas.Tolerate{}), "", edited(c.edits...), 1<<20)
		refused, ok := err.(*schemas.RefusedError)
		if !ok || refused.Code != schemas.CodeMissingColumn || !strings.HasSuffix(refused.Reason, ": "+c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
	src := peer(schemas.Tolerate{AbsentColumns: []string{"*"}})
	if _, err := decodeText(t, src, "", "SkuId\na\n", 1<<20); err == nil || !strings.Contains(err.Error(), "ChargePeriodStart, ChargePeriodEnd") {
		t.Errorf("the charge period is never optional, but: %v", err)
	}
}

// TestManyBatches checks what holds across batches: row numbers, dictionaries that begin anew, texts.
func TestManyBatches(t *testing.T) {
	src := plainSource()
	var text strings.Builder
	text.WriteString("SkuId,ResourceId,ListCost\n")
	n := fewLabels(t) + 3*batchRows
	for i := range n {
		cost := fmt.Sprint(i)
		if i%1000 == 999 {
			cost = "x"
		}
		fmt.Fprintf(&text, "sku-%d,\"r\"\"%d\",%s\n", i, i, cost)
	}
	got, err := decodeText(t, src, "", text.String(), 1<<20)
	if err != nil || len(got.rows) != n-n/1000 || len(got.findings) != n/1000 {
		t.Fatal(len(got.rows), len(got.findings), err)
	}
	at := 0
	for i := range n {
		if i%1000 == 999 {
			if f := got.findings[i/1000]; f.Row != int64(i+1) || f.Value != "x" {
				t.Fatalf("%+v", f)
			}
			continue
		}
		want := fmt.Sprintf("SkuId=sku-%d ResourceId=r\"%d ChargePeriodStart=2024-09-01T00:00:00Z ChargePeriodEnd=2024-09-02T00:00:00Z ListCost=%d x_ObjectRow=%d", i, i, i, i+1)
		if got.rows[at] != want {
			t.Fatalf("%s, not %s", got.rows[at], want)
		}
		at++
	}
}

// TestCostInNoCurrency: what a row that is rejected costs stands under what it says where the currency should be, and never
// under none, where it would be added to that of others.
func TestCostInNoCurrency(t *testing.T) {
	for said, want := range map[string]money.Currency{"RMB": "RMB", "€": "€", "": "unknown", strings.Repeat("Credits ", 9): "Credits Credits Credits Credits …"} {
		got, err := decodeText(t, peer(schemas.Tolerate{}), "", edited("BillingCurrency", said), 1<<20)
		if err != nil || len(got.findings) != 1 {
			t.Fatal(got.findings, err)
		}
		if f := got.findings[0]; f.Currency != want || f.Cost.IsZero() {
			t.Errorf("of a row in %q the cost is %s under %q, want it under %q", said, f.Cost, f.Currency, want)
		}
	}
}
