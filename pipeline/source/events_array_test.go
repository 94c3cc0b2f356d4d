package source

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"daybook/fixtures/effort"
	"daybook/pipeline/source/wire"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"daybook/pipeline/dataset"
	"daybook/schemas"
)

// numbered returns so many events that differ in their id, in what they say, and in the strings that brackets stand in.
func numbered(n int) (elements []string) {
	for i := range n {
		e := strings.Replace(event, `"e1"`, fmt.Sprintf(`"e%d"`, i), 1)
		switch i % 5 {
		case 1:
			e = strings.Replace(e, "acme", `a]},{[\"\\`, 1)
		case 2:
			e = strings.Replace(e, `"labels"`, `"tags":{"a":[1,[2,{"b":"]"}]]},"labels"`, 1)
		case 3:
			e = strings.Replace(e, "12.5", `"x"`, 1) // a finding
		}
		elements = append(elements, e)
	}
	return elements
}

// sameDecoded fails unless an array came to what its elements come to as lines, but for the remarks on where they stand.
func sameDecoded(t testing.TB, name string, got, want decoded) {
	t.Helper()
	if got.stats.Rows != want.stats.Rows || !slices.Equal(got.rows, want.rows) || len(got.findings) != len(want.findings) {
		t.Fatalf("%s: %+v, as lines %+v\n%q\nas lines\n%q", name, got.stats, want.stats, got.rows, want.rows)
	}
	for i, f := range got.findings {
		g := want.findings[i]
		if f.Code != g.Code || f.Row != g.Row || f.Rows != g.Rows || f.Column != g.Column {
			t.Fatalf("%s: finding %+v, as lines %+v", name, f, g)
		}
	}
}

// TestEventArray asserts that an array, however it is written and packed, comes to what its elements come to as lines.
func TestEventArray(t *testing.T) {
	elements := numbered(40)
	want, err := decodeText(t, meter(), "2024-09", strings.Join(elements, "\n"), 1<<20)
	if err != nil || len(want.rows) != 32 {
		t.Fatal(want.stats, err)
	}
	compact := "[" + strings.Join(elements, ",") + "]"
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, []byte(compact), "\r\n", "\t"); err != nil {
		t.Fatal(err)
	}
	var zipped, zstandard bytes.Buffer
	z := gzip.NewWriter(&zipped)
	s, err := zstd.NewWriter(&zstandard)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []io.WriteCloser{z, s} {
		if _, err := io.WriteString(w, compact); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ name, text string }{
		{"compact", compact},
		{"one a line", "[\n" + strings.Join(elements, ",\n") + "\n]\n"},
		{"comma first", "[ " + strings.Join(elements, "\n, ") + "\n]\r\n"},
		{"far apart", "[" + strings.Join(elements, ","+strings.Repeat(" \n\t", 1000)) + strings.Repeat("\n ", 1000) + "]" + strings.Repeat(" ", 3000)},
		{"a mark and blanks before", "\uFEFF \r\n\t" + compact},
		{"gzip", zipped.String()},
		{"zstd", zstandard.String()},
	} {
		for _, chunk := range []int{1, 7, 1 << 20} {
			got, err := decodeText(t, meter(), "2024-09", c.text, chunk)
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			sameDecoded(t, c.name, got, want)
		}
	}
	got, err := decodeText(t, meter(), "2024-09", pretty.String(), 1<<20)
	if err != nil || !reflect.DeepEqual(got.stats, Stats{Rows: 40, Kept: 32, Rejected: 8, Bytes: int64(pretty.Len())}) {
		t.Errorf("indented: %+v, %v", got.stats, err)
	}
	for _, none := range []string{"[]", " [\n\n ] \n", "[" + strings.Repeat(" ", 3<<20) + "]"} {
		if got, err := decodeText(t, meter(), "2024-09", none, 1<<20); err != nil || got.stats.Rows != 0 || len(got.findings) > 0 {
			t.Errorf("%.9q: %+v, %v", none, got, err)
		}
	}
}

// TestEventArrayMistakes says of each thing that may be wrong with an array where it is.
func TestEventArrayMistakes(t *testing.T) {
	third := len(event)*2 + 3
	for _, c := range []struct {
		name, text string
		row        int64
		want       string // the refusal, or that of the finding
		rows       int    // that are read beside a finding
	}{
		{"unterminated", "[" + event + "," + event, 2, "it is truncated: it ends amid element 2", 0},
		{"ends amid an element", "[" + event + "," + event[:50], 2, fmt.Sprintf("it is truncated: it ends amid element 2, which begins at byte %d", len(event)+2), 0},
		{"ends amid a string", "[" + event + "," + event[:20], 2, "it is truncated: it ends amid element 2", 0},
		{"ends behind a comma", "[" + event + ", ", 2, "it is truncated: its array is not closed after 1 elements", 0},
		{"nothing but a bracket", " [", 1, "it is truncated: its array is not closed after 0 elements", 0},
		{"junk behind", "[" + event + "]\n x", 2, fmt.Sprintf("byte %d is 'x', where nothing may follow its array of 1 elements", len(event)+4), 0},
		{"an object behind", "[" + event + "]\n" + event, 2, fmt.Sprintf("byte %d is '{', where nothing may follow its array of 1 elements", len(event)+3), 0},
		{"a comma behind another array", "[" + event + "]\n[,", 2, fmt.Sprintf("byte %d is ',', where element 2 should begin", len(event)+4), 0},
		{"a trailing comma", "[" + event + ",]", 2, fmt.Sprintf("byte %d is ']', where element 2 should begin", len(event)+2), 0},
		{"a leading comma", "[," + event + "]", 1, "byte 1 is ',', where element 1 should begin", 0},
		{"an empty element", "[" + event + ",," + event + "]", 2, fmt.Sprintf("byte %d is ',', where element 2 should begin", len(event)+2), 0},
		{"a brace too many", "[" + event + "}," + event + "]", 1, fmt.Sprintf("byte %d is a '}' that closes nothing, behind element 1", len(event)+1), 0},
		{"no comma", "[" + event + " " + event + "]", 1, "element 1, which begins at byte 1, is not JSON", 0},
		{"a broken element", "[" + event + "," + event + ",\n" + `{"a":01},` + event + "]", 3, fmt.Sprintf("element 3, which begins at byte %d, is not JSON", third+1), 0},
		{"brackets that differ", `[{"a":[1}},` + event + "]", 1, "element 1, which begins at byte 1, is not JSON", 0},
		{"a line feed in a string", "[" + strings.Replace(event, "acme", "ac\nme", 1) + "]", 1, "element 1, which begins at byte 1, is not JSON", 0},
		{"nesting without end", strings.Repeat("[", 4<<20), 1, "it is truncated: it ends amid element 1, which begins at byte 1", 0},
		{"deep nesting", "[" + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + "]", 1, "element 1, which begins at byte 1, is not JSON, or nests beyond measure", 0},
		{"too deep", "[" + event + "," + strings.Repeat(`{"data":`, 40) + "1" + strings.Repeat("}", 40) + "," + event + "]", 2, "the element begins at byte " + fmt.Sprint(len(event)+2), 2},
		{"no object", "[" + event + ", [" + event + "] ," + event + "]", 2, "the element is not a JSON object; the element begins at byte " + fmt.Sprint(len(event)+3), 2},
		{"a number", "[1," + event + "]", 1, "the element is not a JSON object; the element begins at byte 1", 1},
		{"an escape that is none", "[" + event + "," + strings.Replace(event, "acme", `\ud800`, 1) + "]", 2, "subject: it holds an escape that is none; the element begins at byte " + fmt.Sprint(len(event)+2), 1},
		{"too long", "[" + event + "," + strings.Replace(event, "acme", strings.Repeat("x", 3<<20), 1) + "," + event + "]", 2, "it is longer than the limit; the element begins at byte " + fmt.Sprint(len(event)+2), 2},
	} {
		got, err := decodeText(t, meter(), "2024-09", c.text, 1<<20)
		var refused *schemas.RefusedError
		switch {
		case c.rows > 0:
			if err != nil || len(got.rows) != c.rows || len(got.findings) == 0 || got.findings[0].Row != c.row || !strings.Contains(got.findings[0].Message, c.want) {
				t.Errorf("%s: %+v, %v", c.name, got.findings, err)
			}
		case !errors.As(err, &refused):
			t.Errorf("%s: %v, %+v", c.name, err, got.stats)
		case refused.Row != c.row || !strings.HasPrefix(refused.Reason, c.want) || refused.Code != schemas.CodeUnreadableObject:
			t.Errorf("%s: row %d, %s: %s", c.name, refused.Row, refused.Code, refused.Reason)
		}
	}
}

// endless writes an array of so many equal elements, a piece at a time.
type endless struct {
	piece string
	n     int
	rest  string
}

func (e *endless) Read(b []byte) (int, error) {
	if e.rest == "" {
		if e.n == 0 {
			return 0, io.EOF
		}
		e.n--
		e.rest = e.piece
	}
	n := copy(b, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

// TestEventArrayMemory asserts that of an array no more is held than of lines, however long it is.
func TestEventArrayMemory(t *testing.T) {
	for _, c := range []struct {
		name, piece string
		n           int
	}{
		{"many elements", event + ",\n", 200_000},
		{"one long string", `"` + strings.Repeat("x", 1<<20) + `\`, 64},
		{"one deep element", strings.Repeat("[", 1<<20), 64},
		{"blanks", strings.Repeat(" \n", 1<<20), 32},
	} {
		rows := 0
		d, err := newDecoder(t.Context(), meter(), Input{Key: "in/object", Body: io.MultiReader(strings.NewReader("["), &endless{piece: c.piece, n: c.n})}, Sink{
			Rows:    func(b *dataset.Batch) error { rows += b.Rows; return nil },
			Finding: func(schemas.Finding) error { return nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		var refused *schemas.RefusedError
		if err := d.decode(); !errors.As(err, &refused) || !strings.HasPrefix(refused.Reason, "it is truncated") {
			t.Errorf("%s: %v", c.name, err)
		}
		if len(d.win.Buf) > 8<<20 {
			t.Errorf("%s: %d bytes are held", c.name, len(d.win.Buf))
		}
		if c.n == 200_000 && (d.stats.Rows != 200_000 || rows == 0 || len(d.win.Buf) != wire.BlockBytes+wire.Slack) {
			t.Errorf("%s: %+v, %d bytes are held", c.name, d.stats, len(d.win.Buf))
		}
	}
}

// elementsOf returns the elements of the arrays that a text is, and whether it is some.
func elementsOf(text string) (all []json.RawMessage, ok bool) {
	for d := json.NewDecoder(strings.NewReader(text)); ; {
		var elements []json.RawMessage
		switch err := d.Decode(&elements); {
		case err == io.EOF:
			return all, true
		case err != nil || elements == nil:
			return nil, false
		}
		all = append(all, elements...)
	}
}

// checkArray asserts of a text that begins with a bracket: if it is an array, each element comes to what it comes to as a
// line; if it is not JSON, the object is refused, or an escape is a finding.
func checkArray(t testing.TB, text string) {
	t.Helper()
	src := meter()
	src.Ignore = []string{"dropped", "data.dropped"}
	got, err := decodeText(t, src, "2024-09", text, 1<<20)
	var refused *schemas.RefusedError
	if err != nil && !errors.As(err, &refused) {
		t.Fatalf("%q: %v", text, err)
	}
	elements, ok := elementsOf(text)
	if !ok {
		if err == nil && (got.stats.Rejected == 0 || !strings.Contains(text, `\`)) {
			t.Fatalf("%q is no JSON, and was read: %+v", text, got.stats)
		}
		return
	}
	if err != nil {
		t.Fatalf("%q is JSON, and was refused: %v", text, err)
	}
	lines := []string{""} // so that no array is one again
	for _, e := range elements {
		lines = append(lines, strings.NewReplacer("\n", "\r").Replace(string(e)))
	}
	if slices.ContainsFunc(lines, func(line string) bool { return strings.HasPrefix(line, "[") }) {
		return
	}
	want, err := decodeText(t, src, "2024-09", strings.Join(lines, "\n")+"\n", 1<<20)
	if errors.As(err, &refused) && got.stats.Kept == 0 {
		return // lines of which none is an event, and that begin like no JSON, are some other file
	}
	if err != nil {
		t.Fatalf("%q: %v", lines, err)
	}
	sameDecoded(t, text, got, want)
}

// TestRandomEventArrays writes arrays of events of a few kinds, most of them well.
func TestRandomEventArrays(t *testing.T) {
	random := rand.New(rand.NewPCG(13, 14))
	for range effort.Count(t, 60, 6000) {
		kinds := []sketch{randomSketch(random), randomSketch(random)}
		var text strings.Builder
		text.WriteString("[")
		for i := range 1 + random.IntN(12) {
			if i > 0 {
				text.WriteString(pick(random, ",", ",", ",\n", "\r\n , ", ","))
			}
			element := pick(random, kinds...).line(random)
			for tries := 0; tries < 9 && !json.Valid([]byte(element)); tries++ { // else hardly an array would be one
				element = pick(random, kinds...).line(random)
			}
			text.WriteString(element)
		}
		text.WriteString(pick(random, "]", "]", "\n]\n", ",]", "]]"))
		checkArray(t, text.String())
	}
}

// FuzzEventArray takes any text for an array of events.
func FuzzEventArray(f *testing.F) {
	f.Add(event + "," + strings.Replace(event, "acme", `a\u005d\"`, 1) + "]")
	f.Add("\n" + event + "\n,\r\n{}]\n")
	f.Add(`1,"]",null,[{"a":[]}],{"data":{"tokens":[1]}}]`)
	f.Add(event + "]]")
	f.Add("1]")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) < 1<<12 {
			checkArray(t, "["+text)
		}
	})
}
