package book

import (
	_ "embed"
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"daybook/pipeline/book/check"
	"daybook/pipeline/book/parse"
	"daybook/schemas"
	"daybook/schemas/money"
)

// descriptions says what each field is for, a line each: Type.Field, a tab, the text. A test writes it from the comments
// in package schemas, which are the only place where these texts are kept.
//
//go:embed descriptions.txt
var descriptions string

// Schemas returns a JSON Schema (draft 7) for every kind of YAML file, by the name it has below .schemas/. They are made
// from the structs that the files are read into, so an editor offers and checks what Load reads.
func Schemas() map[string][]byte {
	texts := map[string]string{}
	for line := range strings.Lines(descriptions) {
		if name, text, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t"); ok {
			texts[name] = text
		}
	}
	out := map[string][]byte{}
	for name, top := range map[string]struct {
		t     reflect.Type
		title string
	}{
		"provider.json":      {reflect.TypeFor[schemas.Provider](), "provider.yaml of a daybook book"},
		"sources.json":       {reflect.TypeFor[sourcesFile](), "sources.yaml of a daybook book"},
		"catalogue.json":     {reflect.TypeFor[schemas.Catalogue](), "a file of catalogue/ of a daybook book"},
		"customers.json":     {reflect.TypeFor[customersFile](), "customers.yaml of a daybook book"},
		"subscriptions.json": {reflect.TypeFor[subscriptionsFile](), "subscriptions.yaml of a daybook book"},
		"peer.json":          {reflect.TypeFor[peerFile](), "a file of peers/ of a daybook book"},
		"slas.json":          {reflect.TypeFor[slasFile](), "slas.yaml, or a file of slas/, of a daybook book"},
		"disputes.json":      {reflect.TypeFor[disputesFile](), "a file of disputes/ of a daybook book"},
		"requests.json":      {reflect.TypeFor[requestsFile](), "a file of requests/ of a daybook book"},
		"access.json":        {reflect.TypeFor[accessFile](), "access.yaml, or a file of access/, of a daybook book"},
		"plan.json":          {reflect.TypeFor[schemas.Plan](), "plan.yaml of a daybook book"},
	} {
		s := schemaMaker{shapes: parse.Shapes{}, texts: texts, definitions: map[string]*jsonSchema{}}
		root := s.structure(top.t)
		root.Schema, root.Title, root.Definitions = "http://json-schema.org/draft-07/schema#", top.title, s.definitions
		text, err := json.MarshalIndent(root, "", "  ")
		if err != nil { // the structs hold nothing that JSON cannot
			continue
		}
		out[name] = append(text, '\n')
	}
	return out
}

// jsonSchema is the part of JSON Schema that a book needs.
type jsonSchema struct {
	Schema               string                 `json:"$schema,omitempty"`
	Title                string                 `json:"title,omitempty"`
	Description          string                 `json:"description,omitempty"`
	Ref                  string                 `json:"$ref,omitempty"`
	AllOf                []*jsonSchema          `json:"allOf,omitempty"`
	Type                 any                    `json:"type,omitempty"`
	Enum                 []string               `json:"enum,omitempty"`
	Pattern              string                 `json:"pattern,omitempty"`
	Items                *jsonSchema            `json:"items,omitempty"`
	Properties           map[string]*jsonSchema `json:"properties,omitempty"`
	PropertyNames        *jsonSchema            `json:"propertyNames,omitempty"`
	Required             []string               `json:"required,omitempty"`
	AdditionalProperties any                    `json:"additionalProperties,omitempty"`
	Definitions          map[string]*jsonSchema `json:"definitions,omitempty"`
}

// schemaMaker turns types into schemas; each struct is defined once.
type schemaMaker struct {
	shapes      parse.Shapes
	texts       map[string]string
	definitions map[string]*jsonSchema
}

func (m *schemaMaker) of(t reflect.Type) *jsonSchema {
	if parse.IsScalar(t) {
		return scalarSchema(t)
	}
	switch t.Kind() {
	case reflect.Pointer:
		return m.of(t.Elem())
	case reflect.Slice:
		return &jsonSchema{Type: "array", Items: m.of(t.Elem())}
	case reflect.Map:
		return &jsonSchema{Type: "object", PropertyNames: m.of(t.Key()), AdditionalProperties: m.of(t.Elem())}
	default:
		name := t.Name()
		if _, known := m.definitions[name]; !known {
			m.definitions[name] = nil // a type may hold itself
			m.definitions[name] = m.structure(t)
		}
		return &jsonSchema{Ref: "#/definitions/" + name}
	}
}

func (m *schemaMaker) structure(t reflect.Type) *jsonSchema {
	s := &jsonSchema{Type: "object", Properties: map[string]*jsonSchema{}, AdditionalProperties: false, Description: m.texts[t.Name()]}
	for _, f := range m.shapes.Of(t).Fields {
		p := m.of(f.Type)
		switch fieldName(t, f.Index) {
		case "Source.Columns", "Source.Constants":
			p.PropertyNames = &jsonSchema{Enum: fillable()}
		}
		if text := m.texts[fieldName(t, f.Index)]; text != "" {
			if p.Ref != "" {
				p = &jsonSchema{AllOf: []*jsonSchema{p}} // draft 7 ignores what stands beside a reference
			}
			p.Description = text
		}
		s.Properties[f.Key] = p
		if f.Required {
			s.Required = append(s.Required, f.Key)
		}
	}
	return s
}

// fillable are the usage columns that a source may fill.
func fillable() []string {
	var out []string
	for i, c := range schemas.Usage.Columns {
		if !slices.Contains(check.FilledByDaybook(), i) {
			out = append(out, c.Name)
		}
	}
	return out
}

// fieldName returns Type.Field for the field that an index leads to, Type being the struct that declares it.
func fieldName(t reflect.Type, index []int) string {
	for _, i := range index[:len(index)-1] {
		t = t.Field(i).Type
	}
	return t.Name() + "." + t.Field(index[len(index)-1]).Name
}

// scalarSchema describes a type that is written as one text. A book may leave the quotes off, so texts that look like
// numbers are let pass as numbers.
func scalarSchema(t reflect.Type) *jsonSchema {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t {
	case reflect.TypeFor[money.Decimal]():
		return &jsonSchema{Type: []string{"number", "string"}, Pattern: `^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$`}
	case reflect.TypeFor[schemas.Date]():
		return &jsonSchema{Type: "string", Pattern: `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`}
	case reflect.TypeFor[schemas.Period]():
		return &jsonSchema{Type: "string", Pattern: `^[0-9]{4}-[0-9]{2}$`}
	case reflect.TypeFor[money.Currency]():
		return &jsonSchema{Type: "string", Pattern: `^[A-Z]{3}$`}
	}
	if allowed := parse.AllowedValues(t); allowed != nil {
		return &jsonSchema{Type: "string", Enum: allowed}
	}
	switch t.Kind() {
	case reflect.Bool:
		return &jsonSchema{Type: "boolean"}
	case reflect.Int, reflect.Int32, reflect.Int64:
		return &jsonSchema{Type: "integer"}
	default:
		return &jsonSchema{Type: []string{"string", "number"}}
	}
}
