package source

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"daybook/fixtures/effort"
	"daybook/pipeline/source/wire"
	"daybook/schemas"
)

// inRows finds how many rows a remark concerns.
var inRows = regexp.MustCompile(`, in (\d+) rows?`)

// outcome is what lines come to: the row or finding of each, and how many rows each remark concerns.
type outcome struct {
	lines   []string
	remarks map[string]int
}

// outcomeOf decodes lines as one object, behind a line that is wrong, lest the first be taken for a packing or a mark.
func outcomeOf(t testing.TB, src *schemas.Source, lines []string) outcome {
	t.Helper()
	got, err := decodeText(t, src, "2024-09", "?\n"+strings.Join(lines, "\n")+"\n", 1<<20)
	if err != nil {
		t.Fatalf("%q: %v", lines, err)
	}
	o := outcome{lines: make([]string, got.stats.Rows-1), remarks: map[string]int{}}
	for _, row := range got.rows {
		before, after, _ := strings.Cut(row, " x_ObjectRow=")
		number, rest, _ := strings.Cut(after, " ")
		n, err := strconv.Atoi(number)
		if err != nil {
			t.Fatal(err)
		}
		o.lines[n-2] = before + " " + rest
	}
	for _, f := range got.findings {
		if row := f.Row; f.Rows > 0 {
			if f.Row = 0; row > 1 {
				o.lines[row-2] = fmt.Sprintf("%+v", f)
			}
			continue
		}
		if m := inRows.FindStringSubmatchIndex(f.Message); m != nil {
			n, err := strconv.Atoi(f.Message[m[2]:m[3]])
			if err != nil {
				t.Fatal(err)
			}
			o.remarks[string(f.Code)+f.Column+f.Message[:m[0]]+f.Message[m[1]:]] += n
		}
	}
	return o
}

// checkAlone asserts that each line of an object comes to what it comes to as the only one of its object, where no shape is
// known before it. A line may hold several events, or none, as [] does.
func checkAlone(t testing.TB, src *schemas.Source, lines []string) {
	t.Helper()
	got := outcomeOf(t, src, lines)
	remarks, at := map[string]int{}, 0
	for i, line := range lines {
		alone := outcomeOf(t, src, lines[i:i+1])
		to := min(at+len(alone.lines), len(got.lines))
		if !slices.Equal(got.lines[at:to], alone.lines) {
			t.Fatalf("line %d, %q, is\n%q\nand alone\n%q", i+1, line, got.lines[at:to], alone.lines)
		}
		at = to
		for k, n := range alone.remarks {
			remarks[k] += n
		}
	}
	if at != len(got.lines) {
		t.Fatalf("%q: %d rows are of no line", lines, len(got.lines)-at)
	}
	if !maps.Equal(got.remarks, remarks) {
		t.Fatalf("%q: the remarks are\n%v\nand line by line\n%v", lines, got.remarks, remarks)
	}
}

// pick returns one of some values.
func pick[T any](random *rand.Rand, of ...T) T { return of[random.IntN(len(of))] }

// randomText makes a string of JSON, now and then a wrong one.
func randomText(random *rand.Rand) string {
	text := strings.Repeat("x", pick(random, 0, 1, 7, 8, 15, 16, 17, 31, 33, 62, 63, 64, 65, 127, 129, 200))
	if random.IntN(4) == 0 {
		at := random.IntN(len(text) + 1)
		text = text[:at] + pick(random, `\"`, `\\`, `\n`, `é`, `\u00e9`, `\ud83d\ude00`, `\ud83d`, `\u0000`, `\x`, "\x01", "\t", `"`, "\xff", "\x7f", `,"`, `{}`) + text[at:]
	}
	return `"` + text + `"`
}

// randomValue makes a value of JSON, now and then a wrong one.
func randomValue(random *rand.Rand, depth int) string {
	switch kind := random.IntN(12); {
	case kind < 4:
		return randomText(random)
	case kind < 7:
		return pick(random, "0", "1", "12.5", "115.409", "250.167815884", "1e3", "1.5E-2", "-7", "-0.25", "123456789012345", "1234567890123456",
			"12345678901234.5678", "0.0", "0.1234567890123456789", "01", "1.", ".5", "-", "+1", "1e", "1_0", "00")
	case kind < 9:
		return pick(random, "null", "true", "false", "nul", "truth", "null1")
	case depth > 2:
		return pick(random, "{}", "[]", "{ }", "[1,2]")
	case kind == 9:
		return "[" + randomValue(random, depth+1) + pick(random, "", ", 1", ",", "1") + "]"
	default:
		return `{"a":` + randomValue(random, depth+1) + pick(random, "", `,"b": 2`, `,"env":"prod","team":`+randomText(random)) + pick(random, "}", "}", "}", " }", "")
	}
}

// sketch is an event as its members in order, each a name and the value that it has when nothing is done to it.
type sketch []struct{ name, value string }

// randomSketch makes a kind of event: members in some order, some missing, some more.
func randomSketch(random *rand.Rand) sketch {
	s := sketch{
		{`"specversion"`, `"1.0"`},
		{`"id"`, "text"},
		{`"source"`, `"urn:m"`},
		{`"type"`, "text"},
		{`"subject"`, "text"},
		{`"time"`, `"2024-09-01T10:00:00Z"`},
		{`"datacontenttype"`, "text"},
		{`"data"`, "data"},
	}
	if random.IntN(2) == 0 {
		random.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
	}
	for range random.IntN(3) {
		s = slices.Insert(s, random.IntN(len(s)+1), struct{ name, value string }{
			pick(random, `"stranger"`, `"str\u0061nger"`, `"é"`, `"dropped"`, `"t\u0069me"`, `"id"`, `"a name that is longer than any that is in one word"`), "value",
		})
	}
	if random.IntN(4) == 0 {
		s = slices.Delete(s, 0, 1)
	}
	return s
}

// line writes an event of the kind. Most are as the kind has them; in some a thing is another.
func (s sketch) line(random *rand.Rand) string {
	strange := random.IntN(5) == 0
	blank := func() string {
		if strange && random.IntN(10) == 0 {
			return pick(random, " ", "\t", "  ", "\r")
		}
		return ""
	}
	var b strings.Builder
	b.WriteString(blank() + "{")
	for i, m := range s {
		if i > 0 {
			b.WriteString("," + blank())
		}
		value := m.value
		switch {
		case strange && random.IntN(8) == 0:
			value = randomValue(random, 0)
		case value == "text":
			value = `"` + strings.Repeat("v", random.IntN(70)) + `"`
		case value == "value":
			value = randomValue(random, 0)
		case value == "data":
			value = fmt.Sprintf(`{"tokens":%d.%d,"labels":{"region":"eu-%d"},"tags":{"env":"prod","team":"t-%d"}}`,
				random.IntN(1000), random.IntN(100), random.IntN(30), random.IntN(2000))
			if strange {
				value = fmt.Sprintf(`{"tokens":%s,"labels":%s,"tags":%s,"dropped":%s}`, randomValue(random, 0),
					pick(random, "null", `{"region":`+randomValue(random, 0)+`}`), randomValue(random, 0), randomValue(random, 0))
			}
		}
		b.WriteString(m.name + blank() + ":" + blank() + value + blank())
	}
	b.WriteString(pick(random, "}", "}", "}", "}", "} ", "}\r"))
	text := b.String()
	if strange && random.IntN(6) == 0 {
		text = text[:1+random.IntN(len(text)-1)]
	}
	return text
}

// TestShapes decodes mixtures of events of a few kinds, among them such as leave their kind's shape, and wrong ones.
func TestShapes(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 12))
	for round := range effort.Count(t, 9, 900) {
		src := meter()
		src.Ignore = []string{"dropped", "data.dropped"}
		if round%3 == 0 {
			src.Tolerate.NullColumns = []string{"*"}
		}
		kinds := make([]sketch, 1+random.IntN(7))
		for i := range kinds {
			kinds[i] = randomSketch(random)
		}
		var lines []string
		kind := kinds[0]
		for range 60 {
			if random.IntN(3) == 0 {
				kind = pick(random, kinds...)
			}
			lines = append(lines, kind.line(random))
		}
		checkAlone(t, src, lines)
	}
}

// TestLeavingShapes decodes lines of a shape, and then one that differs from them in what is easily overlooked.
func TestLeavingShapes(t *testing.T) {
	long := strings.Replace(event, `"data"`, `"a name that is longer than words are, by far":1,"data"`, 1)
	for _, c := range []struct{ shape, line string }{
		{`{"data":null,` + event[1:], `{"data":{},` + event[1:]},
		{long, strings.Replace(long, "by far", "by fat", 1)},
		{event, strings.Replace(event, "acme", `ac\me`, 1)},
		{event, strings.Replace(event, "acme", `ac\"`, 1)},
		{event, strings.Replace(event, "acme", "ac\x01e", 1)},
		{event, strings.Replace(event, "acme", "ac\",\"", 1)},
		{event, strings.Replace(event, `acme"`, `acme\`, 1)},
		{event, strings.Replace(event, `acme"`, "acme\x01", 1)},
		{event, strings.Replace(event, "acme", strings.Repeat("x", 100), 1)},
		{event, strings.Replace(event, "acme", strings.Repeat("x", 100)+`\u0041`, 1)},
		{event, strings.Replace(event, `"acme"`, "7", 1)},
		{event, strings.Replace(event, `"acme"`, "null", 1)},
		{event, strings.Replace(event, "12.5", `"12.5"`, 1)},
		{event, strings.Replace(event, "12.5", "012.5", 1)},
		{event, strings.Replace(event, "12.5", "12.5.", 1)},
		{event, strings.Replace(event, "12.5", "{}", 1)},
		{event, strings.Replace(event, "}}}", "}},\"id\":\"e\"}", 1)},
		{event, event + "}"},
		{event, event[:len(event)-1]},
	} {
		src := meter()
		for _, before := range []int{1, 40} {
			checkAlone(t, src, append(slices.Repeat([]string{c.shape}, before), c.line, c.shape, c.line))
		}
	}
}

// TestShapesAreUsed asserts that lines of few kinds are scanned by their shapes, and that a run of ever new shapes does not learn
// them all.
func TestShapesAreUsed(t *testing.T) {
	kinds := []string{event, strings.Replace(event, `"subject":"acme",`, "", 1), strings.Replace(event, `"data":{`, `"data":{"tags":{"a":"b"},`, 1)}
	var same, ever strings.Builder
	for i := range 3000 {
		same.WriteString(strings.Replace(kinds[i%3], "12.5", fmt.Sprint(i), 1) + "\n")
		ever.WriteString(strings.Replace(event, `"data"`, fmt.Sprintf(`"x%d":1,"data"`, i%500), 1) + "\n")
	}
	for _, c := range []struct {
		name, text   string
		least, most  int
		leastUnknown int
	}{
		{"three kinds", same.String(), 3, 3, 0},
		{"ever new kinds", ever.String(), 4, 4, 2000},
	} {
		d, err := newDecoder(context.Background(), meter(), Input{Key: "in/object", Body: strings.NewReader(c.text)}, Sink{})
		if err != nil {
			t.Fatal(err)
		}
		e, err := d.layOutEvents()
		if err != nil {
			t.Fatal(err)
		}
		w := wire.Window{Buf: append([]byte(c.text), make([]byte, wire.Slack)...), End: len(c.text)}
		e.scanLines(&w)
		if len(e.bad) > 0 || e.last != 3000 || len(e.shapes) < c.least || len(e.shapes) > c.most || e.misses < c.leastUnknown {
			t.Errorf("%s: %d lines, %d of them bad, %d shapes, %d lines since one was met", c.name, e.last, len(e.bad), len(e.shapes), e.misses)
		}
		if c.leastUnknown == 0 && e.misses > 0 {
			t.Errorf("%s: the last line was not met", c.name)
		}
	}
}

// TestTruncatedShape asserts that a line of a known shape that is not whole is taken for truncated.
func TestTruncatedShape(t *testing.T) {
	for size := range len(event) {
		text := strings.Repeat(event+"\n", 3) + event[:size]
		got, err := decodeText(t, meter(), "2024-09", text, 1<<20)
		var refused *schemas.RefusedError
		if size == 0 {
			if err != nil || len(got.rows) != 3 {
				t.Fatal(got, err)
			}
		} else if !errors.As(err, &refused) || refused.Row != 4 {
			t.Fatalf("%d bytes of an event: %v", size, err)
		}
	}
	for _, end := range []string{"", "\n", "\r\n", " \n"} {
		got, err := decodeText(t, meter(), "2024-09", "\uFEFF"+strings.Repeat(event+"\r\n", 3)+event+end, 1<<20)
		if err != nil || len(got.rows) != 4 {
			t.Fatalf("%q: %v %v", end, got, err)
		}
	}
}

// FuzzShapes takes any two lines for events, one after the other, so that each may meet the shape of either.
func FuzzShapes(f *testing.F) {
	f.Add(event, strings.Replace(event, "acme", `a\u0063me`, 1))
	f.Add(strings.Replace(event, `"data":{`, `"data":{"tags":{"a":"b","c":[1,{"d":null}]},`, 1), strings.Replace(event, `"labels"`, `"tags":null,"labels"`, 1))
	f.Add(`{"data":null,`+event[1:], `{"data":{},`+event[1:])
	f.Fuzz(func(t *testing.T, a, b string) {
		for _, line := range []string{a, b} {
			text := strings.TrimLeft(line, " \t\r")
			if strings.ContainsAny(line, "\n") || text == "" || !strings.ContainsAny(text[:1], "{[") || len(line) > 1<<12 {
				return // what begins like no JSON is alone another file, and beside events a rejected row
			}
		}
		src := meter()
		src.Ignore = []string{"dropped"}
		checkAlone(t, src, []string{a, b, a, a, b, b, event})
	})
}
