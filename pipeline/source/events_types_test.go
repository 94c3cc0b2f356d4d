package source

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"daybook/fixtures/effort"
	"daybook/schemas"
)

// mixed is a meter of three types of events with different fields.
func mixed() *schemas.Source {
	return &schemas.Source{
		ID: "mixed", Format: schemas.CloudEvents10, Semantics: schemas.Append,
		Columns:   map[string]string{"SubAccountId": "subject", "ChargePeriodStart": "time", "x_RecordedTime": "time", "RegionId": "data.region"},
		Constants: map[string]string{"ServiceName": "Compute"},
		Types: []schemas.EventType{
			{Type: "machine", Columns: map[string]string{"ConsumedQuantity": "data.hours", "ResourceId": "data.id"}, Constants: map[string]string{"ConsumedUnit": "Hours"}},
			{Type: "disk", Columns: map[string]string{"ConsumedQuantity": "data.gb", "ConsumedUnit": "data.unit", "ChargePeriodEnd": "data.until"}, Constants: map[string]string{"ServiceName": "Disk"}},
			{Type: "model", Columns: map[string]string{"ConsumedQuantity": "data.tokens", "SkuId": "data.model", "Tags": "data.tags", "ServiceName": "data.id"}, Constants: map[string]string{"ConsumedUnit": "Tokens", "RegionId": "eu"}},
		},
	}
}

// mixedEvent writes an event of a type.
func mixedEvent(random *rand.Rand, i int, kind string) string {
	data := map[string]string{
		"machine": `"hours":%d,"id":"m1","region":"north"`,
		"disk":    `"gb":%d,"unit":"GB","until":"2024-09-01T12:00:00Z","region":"south"`,
		"model":   `"model":"large","tokens":%d,"tags":{"a":1},"id":"LLM"`,
	}[kind]
	if data == "" {
		data = `"heartbeat":%d`
	}
	data = fmt.Sprintf(data, random.IntN(100))
	if random.IntN(4) == 0 {
		data += pick(random, `,"odd":"x"`, `,"gb":"7"`, `,"tags":{"b":2}`, `,"region":"é"`)
		if strings.Count(data, `"region"`) > 1 || strings.Count(data, `"gb"`) > 1 || strings.Count(data, `"tags"`) > 1 {
			data = data[:strings.LastIndexByte(data, ',')]
		}
	}
	return fmt.Sprintf(`{"specversion":"1.0","id":"e%d","source":"urn:m","type":%q,"subject":"acme","time":"2024-09-01T10:00:00Z","data":{%s}}`, i, kind, data)
}

// TestEventTypes decodes a stream of several types: each event comes to what it comes to in a source of its type alone, in the
// order of the stream, and events of other types are findings.
func TestEventTypes(t *testing.T) {
	random := rand.New(rand.NewPCG(51, 52))
	for range effort.Count(t, 20, 2000) {
		src := mixed()
		var lines, want []string
		rejected := 0
		kind := "machine"
		for i := range 1 + random.IntN(60) {
			if random.IntN(2) == 0 {
				kind = pick(random, "machine", "disk", "model", "model", "heartbeat")
			}
			line := mixedEvent(random, i, kind)
			if random.IntN(15) == 0 {
				line = pick(random, `{"broken":`, strings.Replace(line, `"data":{`, `"data":{"hours":"x","gb":"y","tokens":"z",`, 1))
			}
			lines = append(lines, line)
			of := slices.IndexFunc(src.Types, func(t schemas.EventType) bool { return t.Type == kind })
			if of < 0 {
				rejected++
				continue
			}
			alone, err := decodeText(t, src.Of(&src.Types[of]), "", line+"\n", 1<<20)
			if err != nil {
				t.Fatal(err)
			}
			if len(alone.rows) == 0 {
				rejected++
				continue
			}
			want = append(want, strings.Replace(alone.rows[0], "x_ObjectRow=1 ", fmt.Sprintf("x_ObjectRow=%d ", i+1), 1))
		}
		got, err := decodeText(t, src, "", strings.Join(lines, "\n")+"\n", pick(random, 1<<20, 500))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got.rows, want) || int(got.stats.Rejected) != rejected {
			t.Fatalf("%s\ncome to\n%s\nwith %d rejected, want\n%s\nwith %d", strings.Join(lines, "\n"), strings.Join(got.rows, "\n"), got.stats.Rejected, strings.Join(want, "\n"), rejected)
		}
		last := int64(0)
		for _, f := range got.findings {
			if f.Rows > 0 && f.Row <= last {
				t.Fatalf("the finding of row %d comes after that of row %d", f.Row, last)
			} else if f.Rows > 0 {
				last = f.Row
			}
			if f.Column == "type" && (f.Value != "heartbeat" || f.Code != schemas.CodeBadValue) {
				t.Fatalf("%+v", f)
			}
		}
	}
}

// TestManyEventTypes has labels begin anew amid a stream of several types.
func TestManyEventTypes(t *testing.T) {
	src := mixed()
	n := fewLabels(t) + 3*batchRows
	var text strings.Builder
	for i := range n {
		kind, id := "machine", "id"
		if i%3 == 0 {
			kind, id = "model", "model"
		}
		fmt.Fprintf(&text, `{"specversion":"1.0","id":"e%d","source":"u","type":%q,"subject":"s%d","time":"2024-09-01T10:00:00Z","data":{%q:"x","hours":1,"tokens":2}}`+"\n", i, kind, i, id)
	}
	src.Types[2].Constants["ServiceName"] = "LLM"
	delete(src.Types[2].Columns, "ServiceName")
	got, err := decodeText(t, src, "", text.String(), 1<<20)
	if err != nil || len(got.rows) != n {
		t.Fatal(len(got.rows), err, got.findings)
	}
	for i, row := range got.rows {
		if !strings.HasPrefix(row, fmt.Sprintf("SubAccountId=s%d ", i)) || strings.Contains(row, "Tokens") != (i%3 == 0) {
			t.Fatalf("row %d is %s", i, row)
		}
	}
}

// fewLabels has dictionaries begin anew, until the test ends, when they have more than this.
func fewLabels(t *testing.T) int {
	before := mostLabels
	t.Cleanup(func() { mostLabels = before })
	mostLabels = 1 << 12
	return mostLabels
}

func TestEventTypeMistakes(t *testing.T) {
	twice := mixed()
	twice.Types = append(twice.Types, twice.Types[0])
	clash := mixed()
	clash.Types[0].Columns["SkuId"] = "data.region.name"
	for want, src := range map[string]*schemas.Source{`"machine" is mapped twice`: twice, "both a value and an object": clash} {
		if _, err := decodeText(t, src, "", "{}\n", 100); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want that %s", err, want)
		}
	}
}
