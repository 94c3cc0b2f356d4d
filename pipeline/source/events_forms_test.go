package source

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"daybook/fixtures/effort"
)

// forms are the ways in which events may stand in an object; each writes events that stand on a line.
var forms = []struct {
	name  string
	write func(events []string) string
}{
	{"lines", func(events []string) string { return strings.Join(events, "\n") + "\n" }},
	{"lines without the last break", func(events []string) string { return strings.Join(events, "\n") }},
	{"lines of Windows", func(events []string) string { return strings.Join(events, "\r\n") + "\r\n" }},
	{"one behind the other", func(events []string) string { return strings.Join(events, "") }},
	{"one behind the other, with blanks", func(events []string) string { return " " + strings.Join(events, " \t") + " \n" }},
	{"some on each line", func(events []string) string { return grouped(events, 3, "", "", "") }},
	{"an array", func(events []string) string { return "[" + strings.Join(events, ",") + "]" }},
	{"an array over lines", func(events []string) string { return "[\n  " + strings.Join(events, ",\n  ") + "\n]\n" }},
	{"an array on each line", func(events []string) string { return grouped(events, 3, "[", ",", "]") }},
	{"arrays one behind the other", func(events []string) string {
		return strings.ReplaceAll(grouped(events, 2, "[ ", " , ", " ]"), "\n", "")
	}},
	{"an event, and arrays on lines", func(events []string) string { return events[0] + "\n[]\n" + grouped(events[1:], 4, "[", ",", "]") }},
	{"objects over lines", func(events []string) string { return strings.Join(indented(events), "\n") }},
	{"objects over lines without breaks between", func(events []string) string { return strings.Join(indented(events), "") }},
	{"an array of objects over lines", func(events []string) string { return "[" + strings.Join(indented(events), ",") + "]" }},
	{"a sequence", func(events []string) string { return "\x1e" + strings.Join(events, "\n\x1e") + "\n" }},
	{"a sequence without breaks", func(events []string) string { return "\x1e" + strings.Join(events, "\x1e") }},
	{"a sequence of objects over lines", func(events []string) string { return "\x1e" + strings.Join(indented(events), "\n\x1e") + "\n" }},
	{"a sequence with empty records", func(events []string) string { return "\x1e\x1e\n" + strings.Join(events, "\n\x1e\x1e") + "\n" }},
	{"data in base64", func(events []string) string {
		return dataAs(events, func(data []byte) string {
			return fmt.Sprintf("%q:%q", "data_base64", base64.StdEncoding.EncodeToString(data))
		})
	}},
	{"data in base64 with escapes", func(events []string) string {
		return dataAs(events, func(data []byte) string {
			return `"data_base64":"` + strings.ReplaceAll(base64.StdEncoding.EncodeToString(data), "/", `\/`) + `"`
		})
	}},
	{"data over lines in base64", func(events []string) string {
		return dataAs(events, func(data []byte) string {
			var wide bytes.Buffer
			if err := json.Indent(&wide, data, "", "\t"); err != nil {
				panic(err)
			}
			return fmt.Sprintf("%q:%q", "data_base64", base64.StdEncoding.EncodeToString(wide.Bytes()))
		})
	}},
	{"data as a text", func(events []string) string {
		return dataAs(events, func(data []byte) string {
			text, err := json.Marshal(string(data))
			if err != nil {
				panic(err)
			}
			return `"data":` + string(text)
		})
	}},
}

// grouped writes so many events to each line.
func grouped(events []string, n int, open, between, end string) string {
	var b strings.Builder
	for some := range slices.Chunk(events, n) {
		b.WriteString(open + strings.Join(some, between) + end + "\n")
	}
	return b.String()
}

// indented writes each event over lines.
func indented(events []string) []string {
	out := make([]string, len(events))
	for i, e := range events {
		var b bytes.Buffer
		if err := json.Indent(&b, []byte(e), "", "  "); err != nil {
			panic(err)
		}
		out[i] = b.String()
	}
	return out
}

// dataAs writes the member data of each event, which is its last, in another form.
func dataAs(events []string, write func(data []byte) string) string {
	out := make([]string, len(events))
	for i, e := range events {
		head, data, _ := strings.Cut(e, `"data":`)
		out[i] = head + write([]byte(strings.TrimSuffix(data, "}"))) + "}"
	}
	return strings.Join(out, "\n") + "\n"
}

// randomEvents writes well-formed events of the meter.
func randomEvents(random *rand.Rand, n int) []string {
	out := make([]string, n)
	for i := range out {
		sku := pick(random, "vm", "größe", "a\nb", `q"uote`, "]}[{", "\u2028", strings.Repeat("long ", random.IntN(30)))
		data := map[string]any{"tokens": random.IntN(1000), "labels": map[string]any{"region": sku}}
		if random.IntN(3) == 0 {
			data["tags"] = map[string]any{"a": []any{1, "x", nil}}
		}
		if random.IntN(3) == 0 {
			data["other"] = pick[any](random, 1.5, true, "x", map[string]any{"deep": 1})
		}
		text, err := json.Marshal(data)
		if err != nil {
			panic(err)
		}
		trace := pick(random, "", "", `"traceparent":"00-1",`)
		out[i] = fmt.Sprintf(`{"specversion":"1.0","id":"e%d","source":"urn:m","type":"t","subject":"acme",%s"time":"2024-09-01T10:00:00Z","data":%s}`, i, trace, text)
	}
	return out
}

// TestEventForms writes the same events in every form: they come to the same rows.
func TestEventForms(t *testing.T) {
	random := rand.New(rand.NewPCG(21, 22))
	for range effort.Count(t, 2, 40) {
		events := randomEvents(random, 1+random.IntN(pick(random, 3, 30, 700)))
		var want []string
		for i, form := range forms {
			text := form.write(events)
			got, err := decodeText(t, meter(), "2024-09", text, pick(random, 1<<20, 1000, 4096))
			if err != nil || got.stats.Rejected > 0 || len(got.rows) != len(events) {
				t.Fatalf("%s: %d of %d events, %v, %+v", form.name, len(got.rows), len(events), err, got.findings[:min(len(got.findings), 1)])
			}
			for k := range got.rows { // blanks in a value that is kept as it stands are its writer's
				got.rows[k] = strings.NewReplacer(`\r`, "", `\t`, "").Replace(strings.Join(strings.Fields(got.rows[k]), ""))
			}
			if i == 0 {
				want = got.rows
			}
			for k := range want {
				if got.rows[k] != want[k] {
					t.Fatalf("%s: event %d is\n%s\nand on lines\n%s", form.name, k, got.rows[k], want[k])
				}
			}
		}
	}
}

// TestBrokenEventForms breaks one event of some: where it is known where the next begins it is the only one that is lost, and
// elsewhere the object is refused.
func TestBrokenEventForms(t *testing.T) {
	events := randomEvents(rand.New(rand.NewPCG(23, 24)), 9)
	events[4] = strings.Replace(events[4], `"source":`, `"source";`, 1)
	for _, c := range []struct {
		name, text string
		lost       int64 // -1: the object is refused
	}{
		{"lines", strings.Join(events, "\n"), 1},
		{"a sequence", "\x1e" + strings.Join(events, "\n\x1e") + "\n", 1},
		{"a sequence cut off within a record", "\x1e" + strings.Join(events[:4], "\n\x1e") + "\n\x1e" + events[4][:70] + "\x1e" + strings.Join(events[5:], "\x1e"), 1},
		{"an array", "[" + strings.Join(events, ",") + "]", -1},
		{"one behind the other", strings.Join(events, ""), -1},
		{"one behind the other, with a break at the end", strings.Join(events, "") + "\n", 1}, // all that is left of the line
		{"a sequence without an end", "\x1e" + strings.Join(events[:4], "\n\x1e") + "\n\x1e" + events[5][:70], -1},
		{"a stream without an end", "{\n" + events[0][1:60], -1},
		{"an array on a line without an end", events[0] + "\n[" + events[1] + "\n" + events[2] + "\n", 1},
		{"an array on a line that ends behind a comma", events[0] + "\n[" + events[1] + ",\n" + events[2] + "\n", 1},
		{"an array on a line that ends behind its bracket", events[0] + "\n[\n" + events[2] + "\n", 1},
		{"an array that ends behind its bracket, at the end", events[0] + "\n[", -1},
		{"an array on a line that holds nothing", events[0] + "\n[ ]\n" + events[2] + "\n", 0},
		{"an array on a line without a comma", events[0] + "\n[" + events[1] + events[2] + "]\n" + events[3] + "\n", 1},
	} {
		got, err := decodeText(t, meter(), "2024-09", c.text, 1<<20)
		if (err != nil) != (c.lost < 0) || err == nil && got.stats.Rejected != c.lost {
			t.Errorf("%s: %+v, %v, %+v; want %d lost", c.name, got.stats, err, got.findings, c.lost)
		}
	}
}

// TestPackedDataMistakes has data that is no JSON object, in each form in which it may be packed.
func TestPackedDataMistakes(t *testing.T) {
	const head = `{"specversion":"1.0","id":"e1","source":"urn:m","type":"t","subject":"acme","time":"2024-09-01T10:00:00Z",`
	pack := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	for _, c := range []struct{ name, data, want string }{
		{"no base64", `"data_base64":"{}"`, "bad_value data_base64"},
		{"binary data", `"data_base64":"` + pack("\x00\x01\x02") + `"`, "bad_json data_base64"},
		{"an array", `"data_base64":"` + pack(`[1]`) + `"`, "bad_json data_base64"},
		{"cut off", `"data_base64":"` + pack(`{"tokens":12.5`) + `"`, "bad_json data_base64"},
		{"two objects", `"data_base64":"` + pack(`{"tokens":12.5}{}`) + `"`, "bad_json data_base64"},
		{"a number", `"data_base64":7`, "bad_value data_base64"},
		{"twice", `"data":{"tokens":1},"data_base64":"` + pack(`{"tokens":12.5}`) + `"`, "bad_json data_base64"},
		{"null", `"data_base64":null`, "missing_value data.tokens"},
		{"empty", `"data_base64":""`, "bad_json data_base64"},
		{"a text", `"data":"twelve"`, "bad_json data"},
		{"an empty text", `"data":""`, "bad_json data"},
		{"a text with an escape that is none", `"data":"{\ud800}"`, "bad_json data"},
		{"a number for data", `"data":12`, "bad_value data"},
		{"ill encoded", `"data_base64":"` + pack("{\"tokens\":1,\"labels\":{\"region\":\"a\xff\"}}") + `"`, "bad_encoding data.labels.region"},
	} {
		line := head + c.data + "}\n"
		got, err := decodeText(t, meter(), "2024-09", strings.Repeat(line, 2), 1<<20)
		if err != nil || len(got.rows) > 0 || len(got.findings) < 2 {
			t.Errorf("%s: %q, %+v, %v", c.name, got.rows, got.findings, err)
			continue
		}
		for _, f := range got.findings[:2] {
			if have := string(f.Code) + " " + f.Column; have != c.want {
				t.Errorf("%s: %s, %s; want %s", c.name, have, f.Message, c.want)
			}
		}
	}
}
