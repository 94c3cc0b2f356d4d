package parse

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Limits on one YAML file. A list that outgrows them belongs into CSV.
const (
	MostYAMLBytes = 2 << 20
	// Following aliases may yield so many values for each that the file holds, and so many besides.
	mostRepeats = 4
	freeRepeats = 10_000
)

// decoder fills structs from YAML nodes and complains of all that does not fit, at once.
type decoder struct {
	file   *File
	shapes Shapes
	report func(Problem)
	// nodes counts values after aliases have been followed; most bounds them.
	nodes, most int
}

func newDecoder(r *Reader, f *File) *decoder {
	return &decoder{file: f, shapes: r.Shapes, report: r.found.add, most: freeRepeats + mostRepeats*countNodes(f.root)}
}

// countNodes counts the values that a file holds, aliases not followed.
func countNodes(root *yaml.Node) int {
	n := 0
	for rest := []*yaml.Node{root}; len(rest) > 0; n++ {
		last := rest[len(rest)-1]
		rest = append(rest[:len(rest)-1], last.Content...)
	}
	return n
}

func (d *decoder) complain(n *yaml.Node, path, suggestion, format string, args ...any) {
	d.report(Problem{
		File: d.file.Name, Line: max(n.Line, 1), Column: max(n.Column, 1),
		Path: path, Message: fmt.Sprintf(format, args...), Suggestion: suggestion,
	})
}

// value fills v from n. A null leaves v as it is. What is read follows the type, so it goes no deeper than the type does,
// whatever the file nests.
func (d *decoder) value(n *yaml.Node, path string, v reflect.Value) {
	d.nodes++
	if d.nodes > d.most {
		if d.nodes == d.most+1 {
			d.complain(n, path, "write the entries out, big lists as CSV", "aliases repeat what the file holds more than %d times", mostRepeats)
		}
		return
	}
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if isNull(n) {
		return
	}
	t := v.Type()
	switch {
	case IsScalar(t):
		d.scalar(n, path, v)
	case t.Kind() == reflect.Pointer:
		v.Set(reflect.New(t.Elem()))
		d.value(n, path, v.Elem())
	case t.Kind() == reflect.Struct:
		d.structure(n, path, v)
	case t.Kind() == reflect.Slice:
		d.list(n, path, v)
	case t.Kind() == reflect.Map:
		d.mapping(n, path, v)
	}
}

func isNull(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null"
}

// readTags are the tags a writer may put before a scalar, beside none.
var readTags = []string{"!!str", "!!int", "!!float", "!!bool", "!!timestamp"}

func (d *decoder) scalar(n *yaml.Node, path string, v reflect.Value) {
	if n.Kind != yaml.ScalarNode {
		d.complain(n, path, "write "+WantOf(v.Type()), "%s stands where one value is read", kindName(n))
		return
	}
	if !slices.Contains(readTags, n.ShortTag()) {
		d.complain(n, path, "remove the tag", "the tag %s is not read", Clip(n.ShortTag()))
		return
	}
	if w := scalarSetter(v.Type())(v, n.Value); w != nil {
		d.complain(n, path, w.Suggestion, "%s", w.Message)
	} else if w := secretValue(n.Value); w != nil {
		d.complain(n, path, w.Suggestion, "%s", w.Message)
	}
}

func (d *decoder) list(n *yaml.Node, path string, v reflect.Value) {
	if n.Kind != yaml.SequenceNode {
		d.complain(n, path, "begin each entry on a line of its own with a hyphen", "%s stands where a list is read", kindName(n))
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
	for i, c := range n.Content {
		at := fmt.Sprintf("%s[%d]", path, i)
		if isNull(c) {
			hint := "remove it"
			if c.Value != "" { // NULL and ~ are no texts in YAML
				hint = "remove it, or put it in quotes if the text " + Clip(c.Value) + " is meant"
			}
			d.complain(c, at, hint, "the entry is empty")
			continue
		}
		d.value(c, at, v.Index(i))
	}
}

func (d *decoder) mapping(n *yaml.Node, path string, v reflect.Value) {
	if n.Kind != yaml.MappingNode {
		d.complain(n, path, "write key: value lines, indented", "%s stands where key: value lines are read", kindName(n))
		return
	}
	t := v.Type()
	v.Set(reflect.MakeMap(t))
	seen := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		if !d.key(k, n.Content[i+1], path, seen) {
			continue
		}
		key, val := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
		d.value(k, join(path, k.Value), key)
		d.value(n.Content[i+1], join(path, k.Value), val)
		v.SetMapIndex(key, val)
	}
}

func (d *decoder) structure(n *yaml.Node, path string, v reflect.Value) {
	s := d.shapes.Of(v.Type())
	if n.Kind != yaml.MappingNode {
		d.complain(n, path, "begin with "+s.Fields[0].Key+":", "%s stands where key: value lines are read", kindName(n))
		return
	}
	seen := map[string]*yaml.Node{}
	meant := map[string]bool{} // by keys that are misspelt, and complained of as such
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		if !d.key(k, n.Content[i+1], path, seen) {
			continue
		}
		f, ok := s.byKey[k.Value]
		if !ok {
			meant[d.unknown(k, path, s)] = true
			continue
		}
		d.value(n.Content[i+1], join(path, k.Value), v.FieldByIndex(s.Fields[f].Index))
	}
	for i := range s.Fields {
		if f := &s.Fields[i]; f.Required && (seen[f.Key] != nil || !meant[f.Key]) {
			d.require(n, join(path, f.Key), f, seen)
		}
	}
}

// require complains of a required key that is absent or empty.
func (d *decoder) require(n *yaml.Node, path string, f *Field, seen map[string]*yaml.Node) {
	val, there := seen[f.Key]
	switch {
	case !there:
		d.complain(n, path, "add "+f.Key+": "+WantOf(f.Type), "%s is missing", f.Key)
	case isNull(val), val.Kind == yaml.ScalarNode && strings.TrimSpace(val.Value) == "":
		d.complain(val, path, "write "+WantOf(f.Type), "%s is empty", f.Key)
	}
}

// unknown complains of a key that the struct does not have, and returns the one that was meant where it suggests one.
func (d *decoder) unknown(k *yaml.Node, path string, s *Shape) (meant string) {
	if w := secretName(k.Value); w != nil {
		d.complain(k, join(path, k.Value), w.Suggestion, "%s", w.Message)
		return ""
	}
	d.complain(k, join(path, k.Value), DidYouMean(k.Value, s.keys(), "remove it; the schema lists what is read here"),
		"%q is not a key that is read here", Clip(k.Value))
	return Nearest(k.Value, s.keys())
}

// key checks a key of a mapping and remembers its value; it reports whether the key can be used.
func (d *decoder) key(k, value *yaml.Node, path string, seen map[string]*yaml.Node) bool {
	switch {
	case k.Kind != yaml.ScalarNode:
		d.complain(k, path, "write a plain name before the colon", "%s stands where a key is read", kindName(k))
		return false
	case k.ShortTag() == "!!merge":
		d.complain(k, path, "write the fields out", "merge keys are not read")
		return false
	}
	if _, twice := seen[k.Value]; twice {
		d.complain(k, join(path, k.Value), "keep one of them", "the key %s stands here twice", Clip(k.Value))
		return false
	}
	seen[k.Value] = value
	return true
}

func join(path, key string) string {
	key = Clip(key)
	if path == "" {
		return key
	}
	return path + "." + key
}

func kindName(n *yaml.Node) string {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	switch n.Kind {
	case yaml.MappingNode:
		return "a group of keys"
	case yaml.SequenceNode:
		return "a list"
	default:
		return "one value"
	}
}
