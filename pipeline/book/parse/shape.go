package parse

import (
	"encoding"
	"reflect"
	"slices"
	"strings"
)

// Field is one key that a mapping of the book may have.
type Field struct {
	Key string
	// Index leads to the field, through the structs that are written inline.
	Index    []int
	Type     reflect.Type
	Required bool
}

// Shape is what a struct looks like in a file.
type Shape struct {
	name   string
	Fields []Field
	byKey  map[string]int
}

// Shapes remembers the shapes of types while a book is read.
type Shapes map[reflect.Type]*Shape

// Of returns the shape of a struct type, from its yaml tags. A field without omitempty must be there.
func (s Shapes) Of(t reflect.Type) *Shape {
	if known, ok := s[t]; ok {
		return known
	}
	out := &Shape{name: t.Name(), byKey: map[string]int{}}
	out.collect(t, nil, false)
	for i := range out.Fields {
		out.byKey[out.Fields[i].Key] = i
	}
	s[t] = out
	return out
}

func (s *Shape) collect(t reflect.Type, way []int, optional bool) {
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
			s.Fields = append(s.Fields, Field{Key: key, Index: index, Type: f.Type, Required: required})
		}
	}
}

// keys returns the keys in the order of the struct.
func (s *Shape) keys() []string {
	out := make([]string, len(s.Fields))
	for i := range s.Fields {
		out[i] = s.Fields[i].Key
	}
	return out
}

// textual is implemented by the types that are written as one text.
var textual = reflect.TypeFor[encoding.TextUnmarshaler]()

// IsScalar reports whether values of t are written as one text.
func IsScalar(t reflect.Type) bool {
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
