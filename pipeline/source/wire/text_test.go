package wire

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// slacked returns text as bytes with slack behind them.
func slacked(text string) []byte {
	return append([]byte(text), make([]byte, Slack)...)[:len(text)+Slack-1]
}

// FuzzJSON compares the scanning of JSON with encoding/json.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{
		`{}`, `{"a":1}`, ` {"a":[1,-2.5e+3,true,false,null,"x\u00e9\n\ud83d\ude00"]} `, `{"a":01}`, `{"a":1.}`, `{"a":.5}`, `{"a":-}`,
		`{"a":1e}`, `{"a":"\x"}`, `{"a":"\ud800"}`, `{,}`, `{"a":1,}`, `{"a" 1}`, `[1]`, `"x"`, `{"a":"` + "\x01" + `"}`, "{\n\"a\"\r\n:\t1}", `{"a":tru}`, `{"a":nul`,
		`{"a":{"a":{"a":{}}}}`, `{"` + strings.Repeat("a", 30) + `\"":1}`, `{"a":"\`, `{"a":"\u12`, "{\"a\n\":1}",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		o := ObjectChecker{Depth: 1000}
		got := o.Valid(slices.Grow([]byte(text), Padding))
		trimmed := strings.Trim(text, " \t\r\n")
		want := json.Valid([]byte(text)) && strings.HasPrefix(trimmed, "{")
		if got && !want {
			t.Fatalf("%q is no JSON object", text)
		}
		if want && !got && !loneSurrogate(text) && strings.Count(text, "{")+strings.Count(text, "[") < 1000 {
			t.Fatalf("%q is a JSON object", text)
		}
	})
}

// loneSurrogate reports whether encoding/json has to replace half a character that an escape names; we take it for wrong.
func loneSurrogate(text string) bool {
	return strings.Contains(strings.ToLower(text), `\ud`)
}

// FuzzStrings compares the decoding of JSON strings, and the writing of them, with encoding/json.
func FuzzStrings(f *testing.F) {
	for _, s := range []string{`a`, `\n\t\"\\\/\b\f\r`, `\u00e9\u20ac`, `\ud83d\ude00`, `é😀`, `\u0000`, `12345678\"12345678`, "a\x7fb", `<>&`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		b := slacked(text + `"` + "\n")
		end, escaped := ScanString(b, 0)
		var want string
		err := json.Unmarshal([]byte(`"`+text+`"`), &want)
		if end != len(text) || escaped && !ValidEscapes(b[:end]) {
			if err == nil && !loneSurrogate(text) {
				t.Fatalf("%q is a string", text)
			}
			return
		}
		if err != nil {
			t.Fatalf("%q is no string: %v", text, err)
		}
		if !WellEncoded([]byte(text)) {
			return
		}
		if escaped {
			end = Unescape(b, 0, end)
		}
		if got := string(b[:end]); got != want {
			t.Fatalf("%q is %q, not %q", text, got, want)
		}
		var again string
		if err := json.Unmarshal(AppendString(nil, []byte(want)), &again); err != nil || again != want {
			t.Fatalf("%q is written as %s: %v", want, AppendString(nil, []byte(want)), err)
		}
	})
}

// TestUnquoting takes quotes away from cells of every length and arrangement of quotes.
func TestUnquoting(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 20000 {
		var text []byte
		for range random.IntN(40) {
			text = append(text, "ab\""[random.IntN(3)])
		}
		cell := `"` + strings.ReplaceAll(string(text), `"`, `""`) + `"`
		padded := slacked("," + cell + `,"""""""`)
		got := AppendUnquoted(slices.Grow([]byte("before"), len(cell)+Padding), padded, 1, uint32(1+len(cell)))
		if !bytes.Equal(got, append([]byte("before"), text...)) {
			t.Fatalf("%s is %q, not %q", cell, got[6:], text)
		}
	}
}
