package native

import (
	"fmt"
	"strings"
	"testing"
)

// TestLiterals reads lists as JSON and as Python write them.
func TestLiterals(t *testing.T) {
	for _, c := range []struct {
		text string
		want string
		ok   bool
	}{
		{`[]`, "", true},
		{` [ ] `, "", true},
		{`[{}]`, ";", true},
		{`[{"a": 1, "b": null}, {"a": "x\"y"}]`, `a=1 b=<nil> ;a=x"y ;`, true},
		{`[{'a': -5e-06, 'b': None, 'c': True, 'd': 'it\'s', 'e': "it's", 'f': 'a\\'}]`, `a=-5e-06 b=<nil> c=True d=it's e=it's f=a\ ;`, true},
		{`[{"a": "\u00e4"}]`, "a=ä ;", true},
		{`[{"a": "\ud83d"}]`, "", false},
		{`[{'a': '\x41'}]`, "", false},
		{`[{"a": [1]}]`, "", false},
		{`[{"a": {"b": 1}}]`, "", false},
		{`[{"a" 1}]`, "", false},
		{`[{"a": 1} {"a": 2}]`, "a=1 ;", false},
		{`[{"a": 1}]]`, "a=1 ;", false},
		{`[{"a": 1}`, "a=1 ;", false},
		{`[{"a": "1}]`, "", false},
		{`[{"a": 1,}]`, "a=1 ", false},
		{`{"a": 1}`, "", false},
		{``, "", false},
		{`[`, "", false},
	} {
		var l literal
		var got strings.Builder
		ok := l.objects([]byte(c.text), func(name, value []byte) {
			if value == nil {
				fmt.Fprintf(&got, "%s=<nil> ", name)
			} else {
				fmt.Fprintf(&got, "%s=%s ", name, value)
			}
		}, func() { got.WriteString(";") })
		if ok != c.ok || ok && got.String() != c.want {
			t.Errorf("%s: %q %v, want %q %v", c.text, got.String(), ok, c.want, c.ok)
		}
	}
}
