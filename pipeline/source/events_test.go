package source

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"daybook/schemas"
	"daybook/schemas/money"
)

// meter reads events of token use.
func meter() *schemas.Source {
	return &schemas.Source{
		ID: "meter", Format: schemas.CloudEvents10, Semantics: schemas.Append,
		Columns: map[string]string{
			"SubAccountId": "subject", "SkuMeter": "type", "ChargePeriodStart": "time", "x_RecordedTime": "time",
			"ConsumedQuantity": "data.tokens", "RegionId": "data.labels.region", "Tags": "data.tags",
		},
		Constants: map[string]string{"ConsumedUnit": "tokens", "ServiceName": "LLM"},
	}
}

const event = `{"specversion":"1.0","id":"e1","source":"urn:m","type":"t","subject":"acme","time":"2024-09-01T10:00:00Z","data":{"tokens":12.5,"labels":{"region":"eu"}}}`

func TestEvents(t *testing.T) {
	whole := `SubAccountId=acme ServiceName=LLM SkuMeter=t RegionId=eu ChargePeriodStart=2024-09-01T10:00:00Z ` +
		`ChargePeriodEnd=2024-09-01T10:00:00Z ConsumedQuantity=12.5 ConsumedUnit=tokens`
	end := ` x_ObjectRow=1 x_RecordId=urn:m|e1 x_RecordedTime=2024-09-01T10:00:00Z`
	for _, c := range []struct {
		name, old, new string // an edit of the event
		want           string // the row, or the finding as code column
	}{
		{"as it is", "", "", whole + end},
		{"number as a string", `12.5`, `"12.5"`, whole + end},
		{"with an exponent", `12.5`, `1.25E1`, whole + end},
		{"escapes", `acme`, `\u0061c\u006De`, whole + end},
		{"blanks", `,"subject":"acme"`, ` , "subject" :  "acme"` + "\t", whole + end},
		{"surrogates", `"e1"`, `"\ud83d\ude00"`, whole + strings.Replace(end, "e1", "😀", 1)},
		{"line feed by escape", `"e1"`, `"a\nb"`, whole + strings.Replace(end, "e1", "a\nb", 1)},
		{"key with a bar", `"e1"`, `"a|b\\"`, whole + strings.Replace(end, "e1", `a\|b\\`, 1)},
		{"tags", `"labels"`, `"tags":{"a": [1,{"b":null}]},"labels"`, whole + ` Tags={"a": [1,{"b":null}]}` + end},
		{"tags as text", `"labels"`, `"tags":"{\"a\":1}","labels"`, whole + ` Tags={"a":1}` + end},
		{"tags are no object", `"labels"`, `"tags":"x","labels"`, whole + end},
		{"tags are an array", `"labels"`, `"tags":[1],"labels"`, whole + end},
		{"strangers", `"labels"`, `"b":true,"a":{"x":1},"labels"`, whole + end + ` x_Extra={"data.a":"{\"x\":1}","data.b":"true"}`},
		{"null stranger", `"labels"`, `"b":null,"labels"`, whole + end},
		{"repeated stranger", `"labels"`, `"b":1,"b":2,"labels"`, whole + end + ` x_Extra={"data.b":"1"}`},
		{"repeated member", `"subject":"acme"`, `"subject":"acme","subject":"acme"`, "bad_json subject"},
		{"repeated object", `"data":{`, `"data":{},"data":{`, "bad_json data"},
		{"null data", `"data":{"tokens":12.5,"labels":{"region":"eu"}}`, `"data":null`, "missing_value data.tokens"},
		{"misspelt quantity", `"tokens"`, `"tokes"`, "missing_value data.tokens"},
		{"null quantity", `12.5`, `null`, "missing_value data.tokens"},
		{"null label", `"eu"`, `null`, strings.Replace(whole, " RegionId=eu", "", 1) + end},
		{"object for a value", `12.5`, `{"n":1}`, "bad_value data.tokens"},
		{"value for an object", `{"region":"eu"}`, `"eu"`, "bad_value data.labels"},
		{"no version", `"specversion":"1.0",`, ``, "missing_value specversion"},
		{"other version", `"1.0"`, `"0.3"`, "bad_value specversion"},
		{"no id", `"id":"e1",`, ``, "missing_value id"},
		{"empty source", `"urn:m"`, `""`, "missing_value source"},
		{"no type", `"type":"t",`, ``, "missing_value type"},
		{"no time", `"time":"2024-09-01T10:00:00Z",`, ``, "missing_value time"},
		{"time without offset", `10:00:00Z`, `10:00:00`, "bad_time time"},
		{"other period", `2024-09-01T10`, `2024-10-01T10`, "other_period time"},
		{"not a number", `12.5`, `"twelve"`, "bad_decimal data.tokens"},
		{"too precise", `12.5`, `0.1234567890123456789`, "too_precise data.tokens"},
		{"hexadecimal", `12.5`, `0x10`, "bad_json "},
		{"leading zero", `12.5`, `012.5`, "bad_json "},
		{"wrong escape", `acme`, `\x`, "bad_json subject"},
		{"lone surrogate", `acme`, `\ud800`, "bad_json subject"},
		{"NUL", `acme`, `a\u0000`, "bad_encoding subject"},
		{"not UTF-8", `acme`, "a\xff", "bad_encoding subject"},
		{"not JSON", `{"specversion"`, `{specversion`, "bad_json "},
		{"trailing text", `}}}`, `}}} x`, "bad_json "},
		{"array amid lines", `{"spec`, `x[{"spec`, "bad_json "},
		{"too deep", `12.5`, strings.Repeat(`{"tokens":`, 40) + `1` + strings.Repeat(`}`, 40), "bad_json "},
	} {
		line := strings.Replace(event, c.old, c.new, 1)
		got, err := decodeText(t, meter(), "2024-09", line+"\n"+strings.Replace(event, "e1", "e2", 1)+"\n", 1<<20)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got.stats.Rows != 2 || len(got.rows) == 0 || !strings.HasPrefix(got.rows[len(got.rows)-1], whole+" x_ObjectRow=2") {
			t.Errorf("%s: the next row is lost: %+v %q", c.name, got.stats, got.rows)
		}
		have := ""
		if len(got.rows) == 2 {
			have = got.rows[0]
		} else if len(got.findings) > 0 && got.findings[0].Row == 1 {
			have = fmt.Sprintf("%s %s", got.findings[0].Code, got.findings[0].Column)
		}
		if have != c.want {
			t.Errorf("%s:\n%s\nis  %s\nnot %s", c.name, line, have, c.want)
		}
	}
}

// TestEventsWithoutQuantity asserts that the book may let a quantity be absent, and is told of it.
func TestEventsWithoutQuantity(t *testing.T) {
	src := meter()
	src.Tolerate.NullColumns = []string{"ConsumedQuantity"}
	got, err := decodeText(t, src, "2024-09", strings.Replace(event, `"tokens":12.5,`, "", 1)+"\n", 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.rows) != 1 || strings.Contains(got.rows[0], "ConsumedQuantity") {
		t.Errorf("rows %q", got.rows)
	}
	if len(got.findings) != 1 || got.findings[0].Code != schemas.CodeToleratedNull || got.findings[0].Column != "data.tokens" {
		t.Errorf("findings %+v", got.findings)
	}
}

func TestEventsOfAnOtherOrder(t *testing.T) {
	// The order of members is predicted; a wrong prediction must not matter.
	lines := []string{
		event,
		`{"data":{"labels":{"region":"eu"},"tokens":12.5},"time":"2024-09-01T10:00:00Z","subject":"acme","type":"t","source":"urn:m","id":"e1","specversion":"1.0"}`,
		event, "", "  \r",
		`{"id":"e1","specversion":"1.0","source":"urn:m","type":"t","subject":"acme","time":"2024-09-01T10:00:00Z","data":{"tokens":12.5,"labels":{"region":"eu"}}}`,
	}
	for _, chunk := range []int{1, 7, 1 << 20} {
		got, err := decodeText(t, meter(), "2024-09", strings.Join(lines, "\n"), chunk)
		if err != nil || len(got.rows) != 4 {
			t.Fatal(got, err)
		}
		for i, row := range got.rows {
			if want := strings.Replace(got.rows[0], "x_ObjectRow=1", fmt.Sprintf("x_ObjectRow=%d", i+1), 1); row != want {
				t.Errorf("%s\nis not\n%s", row, want)
			}
		}
	}
}

func TestEventTimes(t *testing.T) {
	line := strings.Replace(event, "10:00:00Z", "10:00:00.1234567Z", 1)
	got, err := decodeText(t, meter(), "2024-09", line, 1<<20)
	if err != nil || len(got.rows) != 1 || !strings.Contains(got.rows[0], "ChargePeriodStart=2024-09-01T10:00:00.123456Z") {
		t.Fatal(got, err)
	}
	want := "note tolerated_time row=1 rows=0 time as ChargePeriodStart: times finer than a microsecond, cut to it, in 1 row"
	if notes := summary(got.findings); len(notes) != 3 || notes[0] != want {
		t.Errorf("%q", notes)
	}
}

func TestTruncatedEvents(t *testing.T) {
	_, err := decodeText(t, meter(), "2024-09", event+"\n"+event[:100], 1<<20)
	var refused *schemas.RefusedError
	if !errors.As(err, &refused) || refused.Code != schemas.CodeUnreadableObject || refused.Row != 2 {
		t.Fatal(err)
	}
}

func TestEventMistakes(t *testing.T) {
	for _, c := range []struct {
		edit func(*schemas.Source)
		want string
	}{
		{func(s *schemas.Source) { delete(s.Columns, "ChargePeriodStart") }, "column ChargePeriodStart has neither a path"},
		{func(s *schemas.Source) { s.Columns["SkuId"] = "data" }, "data is both a value and an object"},
		{func(s *schemas.Source) { s.Columns["SkuId"] = "data.tokens.x" }, "data.tokens is both a value and an object"},
		{func(s *schemas.Source) { s.Columns["SkuId"] = "data.tags" }, "data.tags is both a plain value and a JSON object"},
		{func(s *schemas.Source) { s.Columns["x_ObjectKey"] = "id" }, "x_ObjectKey cannot be mapped"},
		{func(s *schemas.Source) { s.Columns["ConsumedUnit"] = "data.unit" }, "both a path and a constant"},
		{func(s *schemas.Source) { s.Constants["BilledCost"] = "x" }, "constant of BilledCost"},
		{func(s *schemas.Source) { s.Constants["ChargeCategory"] = "x" }, "constant of ChargeCategory"},
		{func(s *schemas.Source) { s.Zone = "Mars" }, "zone \"Mars\""},
	} {
		src := meter()
		c.edit(src)
		if _, err := decodeText(t, src, "", event, 1<<20); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}

// referenceEvent reads an event by encoding/json and returns its row as the decoder writes it, or "" if it is wrong.
func referenceEvent(line string) string {
	if !json.Valid([]byte(line)) {
		return ""
	}
	type top struct {
		SpecVersion, ID, Source, Type, Subject, Time *string
		Data                                         *struct{ Tokens json.RawMessage }
	}
	var e top
	if json.Unmarshal([]byte(line), &e) != nil || e.Data == nil || e.ID == nil || e.Source == nil || e.Type == nil || e.Time == nil {
		return ""
	}
	text := string(e.Data.Tokens)
	if strings.HasPrefix(text, `"`) {
		if json.Unmarshal(e.Data.Tokens, &text) != nil {
			return ""
		}
	}
	f, err := money.ParseFixed([]byte(text))
	at, bad := time.Parse(time.RFC3339, *e.Time)
	if err != nil || bad != nil {
		return ""
	}
	return *e.ID + " " + f.String() + " " + at.UTC().Format(time.RFC3339)
}

// FuzzEvents asserts that a line is a row or a finding, that lines around it are not disturbed, and that what is read of a
// valid event is what encoding/json reads.
func FuzzEvents(f *testing.F) {
	f.Add(event)
	f.Add(`{"a":[1,2,{"b":"\u00e9"}],` + event[1:])
	f.Add(strings.Replace(event, "acme", `\"\\\/\b\f\n\r\t`, 1))
	f.Add(`{"specversion":"1.0"`)
	f.Add("\x00{}\xff")
	f.Fuzz(func(t *testing.T, line string) {
		if strings.ContainsAny(line, "\n\x1e") || strings.TrimLeft(line, " \t\r\uFEFF") == "" || len(line) > 1<<12 {
			return
		}
		src := meter()
		src.Tolerate.NullColumns = nil
		got, err := decodeText(t, src, "", event+"\n"+line+"\n"+event+"\n", 512)
		if err != nil {
			t.Fatal(err)
		}
		if got.stats.Rows != 3 || len(got.rows) < 2 || got.rows[0] != strings.Replace(got.rows[len(got.rows)-1], "x_ObjectRow=3", "x_ObjectRow=1", 1) {
			t.Fatalf("%q: %+v\n%q", line, got.stats, got.rows)
		}
		if want := referenceEvent(line); want != "" && len(got.rows) == 3 {
			fields := strings.SplitN(want, " ", 2)
			if !strings.Contains(got.rows[1], "|") || strings.Contains(fields[0], "=") {
				return
			}
			number, _, _ := strings.Cut(fields[1], " ")
			if !strings.Contains(got.rows[1], "ConsumedQuantity="+number+" ") && !repeats(line) {
				t.Fatalf("%q: %q, want %s", line, got.rows[1], number)
			}
		}
		if len(got.rows) == 3 && !json.Valid([]byte(line)) {
			t.Fatalf("%q is a row, and no JSON", line)
		}
	})
}

// repeats reports whether a line may hold tokens more than once, or in another casing, which encoding/json reads
// otherwise than we do.
func repeats(line string) bool {
	return strings.Count(strings.ToLower(line), "tokens") != 1 || slices.ContainsFunc([]rune(line), func(r rune) bool { return r > 127 }) ||
		strings.Contains(line, `\u`) || strings.Count(strings.ToLower(line), "data") != 1
}
