package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"daybook/schemas"
)

// DecodeObject decodes a JSON object that is no larger than memory takes, such as a manifest, perhaps behind a byte-order mark. A
// member that stands twice is an error, since one reader takes the first of them and another the last. A struct takes names in any
// case, and so one in two cases is twice there.
func DecodeObject(text []byte, into any) error {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if err := json.Unmarshal(text, into); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	fold := strings.ToLower
	if _, exact := into.(*map[string]json.RawMessage); exact {
		fold = func(name string) string { return name }
	}
	return membersOnce(d, fold)
}

// membersOnce reads a value, whose text is JSON, and complains of a name that stands twice in one object.
func membersOnce(d *json.Decoder, fold func(string) string) error {
	type level struct {
		names map[string]bool // nil in a list
		value bool            // a name has been read, and its value follows
	}
	var open []level
	for {
		token, err := d.Token()
		if err != nil {
			return err
		}
		var top *level
		if len(open) > 0 {
			top = &open[len(open)-1]
		}
		if name, is := token.(string); is && top != nil && top.names != nil && !top.value {
			if top.names[fold(name)] {
				return fmt.Errorf("the member %q stands twice in one object", schemas.ClipValue(name))
			}
			top.names[fold(name)], top.value = true, true
			continue
		}
		if top != nil {
			top.value = false
		}
		switch token {
		case json.Delim('{'):
			open = append(open, level{names: map[string]bool{}})
		case json.Delim('['):
			open = append(open, level{})
		case json.Delim('}'), json.Delim(']'):
			open = open[:len(open)-1]
		}
		if len(open) == 0 {
			return nil
		}
	}
}
