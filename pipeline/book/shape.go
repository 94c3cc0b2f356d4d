package book

import (
	"encoding"
	"reflect"
	"slices"
	"strings"
)

// field is one key that a mapping of the book may have.
type field struct {
	key string
	// index leads to the field, through the structs that are written inline.
	index    []int
	typ      reflect.Type
	required bool
}

// shape is what a struct looks like in a file.
type shape struct {
	name   string
	fields []field
	byKey  map[string]int
}

// shapes remembers the shapes of types while a book is read.
type shapes map[reflect.Type]*shape

// of returns the shape of a struct type, from its yaml tags. A field without omitempty must be there.
func (s shapes) of(t reflect.Type) *shape {
	if known, ok := s[t]; ok {
		return known
	}
	out := &shape{name: t.Name(), byKey: map[string]int{}}
	out.collect(t, nil, false)
	for i := range out.fields {
		out.byKey[out.fields[i].key] = i
	}
	s[t] = out
	return out
}

func (s *shape) collect(t reflect.Type, way []int, optional bool) {
	for i := range t.NumField() {
		f := t.Field(i)
		tag, tagged := f.Tag.Lookup("yaml")
		key, options, _ := strings.Cut(tag, ",")
		index := append(slices.Clone(way), i)
		switch {
		case !f.IsExported() || !tagged || key == "-":
		case key == "" && strings.Contains(options, "inline"):
			s.collect(f.Type, index, optional || strings.Contains(options, "omitempty"))
		default:
			required := !optional && !strings.Contains(options, "omitempty")
			s.fields = append(s.fields, field{key: key, index: index, typ: f.Type, required: required})
		}
	}
}

// keys returns the keys in the order of the struct.
func (s *shape) keys() []string {
	out := make([]string, len(s.fields))
	for i := range s.fields {
		out[i] = s.fields[i].key
	}
	return out
}

// textual is implemented by the types that are written as one text.
var textual = reflect.TypeFor[encoding.TextUnmarshaler]()

// isScalar reports whether values of t are written as one text.
func isScalar(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if reflect.PointerTo(t).Implements(textual) {
		return true
	}
	switch t.Kind() {
	case reflect.String, reflect.Bool, reflect.Int, reflect.Int32, reflect.Int64:
		return true
	default:
		return false
	}
}
