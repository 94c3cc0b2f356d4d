package book

import (
	"path"
	"reflect"
	"strings"

	"daybook/pipeline/book/parse"
	"daybook/schemas"
)

// FileKind is a kind of file that a book may have.
type FileKind struct {
	// Pattern is the name below the book, as path.Match reads it.
	Pattern string
	// Shape is the struct that a file is read into; where Rows is set, that of one row of it.
	Shape reflect.Type
	Rows  bool
}

// FileKinds lists every kind of file that a book may have, as Load reads them, but for those that others define.
func FileKinds() []FileKind {
	var out []FileKind
	for _, k := range kinds() {
		if k.shape == nil {
			continue
		}
		out = append(out, FileKind{Pattern: k.pattern, Shape: k.shape, Rows: path.Ext(k.pattern) == ".csv"})
	}
	return out
}

// Key is one key that a book may have.
type Key struct {
	// Place is the struct that the key is of, such as Offering, or of one that stands in several places, the place:
	// Account.discounts. It is empty for the list that a file is.
	Place, Key string
	// Type is that of its value; Holds the struct of the group of keys, or of each in the list of groups, that is its value,
	// or nil where it is none.
	Type, Holds reflect.Type
}

// Name is the key behind its place, such as Account.discounts.percent.
func (k Key) Name() string { return strings.TrimPrefix(k.Place+"."+k.Key, ".") }

// Keys are the keys of a book, found by the structs that its files are read into.
type Keys struct {
	shapes parse.Shapes
	// holders counts the keys that hold a struct.
	holders map[reflect.Type]map[string]bool
	all     []Key
}

// NewKeys finds every key that a book may have.
func NewKeys() *Keys {
	k := &Keys{shapes: parse.Shapes{}, holders: map[reflect.Type]map[string]bool{}}
	seen := map[reflect.Type]bool{}
	for _, f := range FileKinds() {
		k.count(f.Shape, seen)
	}
	named := map[string]bool{}
	for _, f := range FileKinds() {
		k.add("", f.Shape, named)
	}
	return k
}

// All lists the keys, each once.
func (k *Keys) All() []Key { return k.all }

// Of lists the keys of a struct; place is the key that holds it, and empty at the top of a file.
func (k *Keys) Of(place string, t reflect.Type) []Key {
	name := placeName(t)
	if place != "" && len(k.holders[t]) > 1 && t != reflect.TypeFor[schemas.Price]() { // a price is compiled alike wherever it stands
		name = place
	}
	var out []Key
	for _, f := range k.shapes.Of(t).Fields {
		out = append(out, Key{Place: name, Key: f.Key, Type: f.Type, Holds: groupOf(f.Type)})
	}
	return out
}

// count counts what holds the structs at and below t.
func (k *Keys) count(t reflect.Type, seen map[reflect.Type]bool) {
	if seen[t] {
		return
	}
	seen[t] = true
	for _, f := range k.shapes.Of(t).Fields {
		group := groupOf(f.Type)
		if group == nil {
			continue
		}
		if name := placeName(t); name != "" {
			if k.holders[group] == nil {
				k.holders[group] = map[string]bool{}
			}
			k.holders[group][name+"."+f.Key] = true
		}
		k.count(group, seen)
	}
}

// add adds the keys at and below t that are not there yet.
func (k *Keys) add(place string, t reflect.Type, named map[string]bool) {
	for _, key := range k.Of(place, t) {
		name := key.Name()
		if !named[name] {
			named[name] = true
			k.all = append(k.all, key)
			if key.Holds != nil {
				k.add(name, key.Holds, named)
			}
		}
	}
}

// placeName is what the keys of a struct are said to be of: a row of a CSV file is what stands in YAML with others, and the
// list that a file is has no name of its own.
func placeName(t reflect.Type) string {
	if t == reflect.TypeFor[peerFile]() {
		return "Peer"
	}
	if strings.HasSuffix(t.Name(), "File") {
		return ""
	}
	return strings.TrimSuffix(t.Name(), "Row")
}

// groupOf is the struct inside a pointer, list or map, or nil.
func groupOf(t reflect.Type) reflect.Type {
	for !parse.IsScalar(t) && (t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map) {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || parse.IsScalar(t) {
		return nil
	}
	return t
}
