package wire

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestMembersOnce decodes into a struct, which takes names in any case, and into a map, which does not.
func TestMembersOnce(t *testing.T) {
	type place struct{ A, B json.RawMessage }
	for _, c := range []struct {
		text            string
		inStruct, inMap string // the member that stands twice
	}{
		{`{"a":1,"b":{"a":2,"b":[{"a":3},{"a":4}]}}`, "", ""},
		{"\ufeff" + ` {"a":"b","b":"a"} `, "", ""},
		{`{"a":1,"b":2,"a":3}`, "a", "a"},
		{`{"a":1,"\u0061":3}`, "a", "a"},
		{`{"a":1,"A":3}`, "A", ""},
		{`{"a":{"b":1,"c":[[{"d":1,"e":{},"d":[]}]]},"b":2}`, "d", "d"},
		{`{"a":"a","b":["b","b","a"],"c":null,"d":1e999}`, "", ""},
	} {
		var inStruct place
		inMap := map[string]json.RawMessage{}
		for _, x := range []struct {
			into any
			want string
		}{{&inStruct, c.inStruct}, {&inMap, c.inMap}} {
			err := DecodeObject([]byte(c.text), x.into)
			if (err != nil) != (x.want != "") || err != nil && !strings.Contains(err.Error(), `"`+x.want+`" stands twice`) {
				t.Errorf("%s into %T: %v, want %q", c.text, x.into, err, x.want)
			}
		}
	}
	for _, text := range []string{``, `{`, `{"a":1`, `{"a":1}}`, `{"a":1} {"a":2}`, `{"a" 1}`, "\ufeff\ufeff{}"} {
		if err := DecodeObject([]byte(text), new(place)); err == nil {
			t.Errorf("%q passes for an object", text)
		}
	}
}
