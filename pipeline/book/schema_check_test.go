package book

import (
	"encoding/json"
	"fmt"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestStarterFitsItsSchemas validates every YAML file of the starter, and of the sound book of the error cases, by the
// schema that its first line names, as an editor would.
func TestStarterFitsItsSchemas(t *testing.T) {
	files := Starter()
	checked := 0
	for name, text := range files {
		if path.Ext(name) != ".yaml" {
			continue
		}
		first, _, _ := strings.Cut(string(text), "\n")
		where, ok := strings.CutPrefix(first, "# yaml-language-server: $schema=")
		if !ok {
			t.Errorf("%s does not name its schema in the first line", name)
			continue
		}
		schema, ok := files[path.Join(path.Dir(name), where)]
		if !ok {
			t.Errorf("%s names the schema %s, which the starter does not have", name, where)
			continue
		}
		for _, complaint := range validate(t, schema, text) {
			t.Errorf("%s: %s", name, complaint)
		}
		checked++
	}
	if checked < 7 {
		t.Errorf("only %d files were checked", checked)
	}
	base := baseBook(t)
	for name, schema := range map[string]string{"provider.yaml": "provider.json", "sources.yaml": "sources.json", "catalogue/main.yaml": "catalogue.json", "peers/atlas.yaml": "peer.json"} {
		for _, complaint := range validate(t, files[".schemas/"+schema], base[name]) {
			t.Errorf("base %s: %s", name, complaint)
		}
	}
}

// TestSchemasComplain gives the schemas what Load complains of too.
func TestSchemasComplain(t *testing.T) {
	base := baseBook(t)
	provider := string(base["provider.yaml"])
	for _, c := range []struct{ from, to, want string }{
		{"currency: EUR", "curency: EUR", "curency"},
		{"currency: EUR", "currency: euro", "pattern"},
		{"name: North Cloud\n", "", "name is missing"},
		{"first_period: 2024-01", "first_period: January", "pattern"},
		{"country: DE", "country: [DE]", "type"},
		{"time_zone: Europe/Berlin", "time_zone: Europe/Berlin\nwaivers: [{name: a, reason: b, period: 2024-01, code: nonsense}]", "allowed"},
	} {
		text := strings.Replace(provider, c.from, c.to, 1)
		got := strings.Join(validate(t, Schemas()["provider.json"], []byte(text)), "; ")
		if !strings.Contains(got, c.want) {
			t.Errorf("with %q for %q the schema says %q, want something about %q", c.to, c.from, got, c.want)
		}
	}
}

// TestSchemasKnowColumns: a source fills columns that usage has, and that are not daybook's to fill.
func TestSchemasKnowColumns(t *testing.T) {
	for _, c := range []struct{ from, to string }{
		{"ChargePeriodStart: time", "ChargePeriodStrat: time"},
		{"ChargePeriodStart: time", "x_AccountId: time"},
	} {
		text := strings.Replace(string(baseBook(t)["sources.yaml"]), c.from, c.to, 1)
		if got := validate(t, Schemas()["sources.json"], []byte(text)); len(got) != 1 || !strings.Contains(got[0], "is not allowed") {
			t.Errorf("with %q the schema says %q", c.to, got)
		}
	}
}

// validate checks YAML by the part of JSON Schema that Schemas uses.
func validate(t *testing.T, schema, text []byte) []string {
	t.Helper()
	var root jsonSchema
	if err := json.Unmarshal(schema, &root); err != nil {
		t.Fatal(err)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	v := validator{definitions: root.Definitions}
	v.check(&root, doc.Content[0], "")
	return v.complaints
}

type validator struct {
	definitions map[string]*jsonSchema
	complaints  []string
}

func (v *validator) complain(at, format string, args ...any) {
	v.complaints = append(v.complaints, at+": "+fmt.Sprintf(format, args...))
}

func (v *validator) check(s *jsonSchema, n *yaml.Node, at string) {
	if s.Ref != "" {
		s = v.definitions[strings.TrimPrefix(s.Ref, "#/definitions/")]
	}
	for _, all := range s.AllOf {
		v.check(all, n, at)
	}
	if s.Type == nil {
		if s.Enum != nil && !slices.Contains(s.Enum, n.Value) {
			v.complain(at, "%s is not allowed", n.Value)
		}
		return
	}
	types := strings.Fields(strings.Trim(fmt.Sprint(s.Type), "[]"))
	if is := jsonType(n); !slices.Contains(types, is) && (is != "integer" || !slices.Contains(types, "number")) {
		v.complain(at, "the type is %s, want %s", is, types)
		return
	}
	switch n.Kind { //nolint:exhaustive // a document is unwrapped before, and the starter has no aliases
	case yaml.MappingNode:
		v.object(s, n, at)
	case yaml.SequenceNode:
		for i, e := range n.Content {
			v.check(s.Items, e, fmt.Sprintf("%s[%d]", at, i))
		}
	case yaml.ScalarNode:
		if s.Enum != nil && !slices.Contains(s.Enum, n.Value) {
			v.complain(at, "%s is not allowed", n.Value)
		}
		if s.Pattern != "" && jsonType(n) == "string" && !regexp.MustCompile(s.Pattern).MatchString(n.Value) {
			v.complain(at, "%s is not of the pattern %s", n.Value, s.Pattern)
		}
	}
}

func (v *validator) object(s *jsonSchema, n *yaml.Node, at string) {
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i].Value
		seen[key] = true
		if p, ok := s.Properties[key]; ok {
			v.check(p, n.Content[i+1], at+"."+key)
			continue
		}
		if s.PropertyNames != nil {
			v.check(s.PropertyNames, n.Content[i], at)
		}
		if open, ok := s.AdditionalProperties.(map[string]any); ok {
			var inner jsonSchema
			text, _ := json.Marshal(open)
			if err := json.Unmarshal(text, &inner); err != nil {
				v.complain(at, "%v", err)
			}
			v.check(&inner, n.Content[i+1], at+"."+key)
			continue
		}
		if reflect.DeepEqual(s.AdditionalProperties, false) {
			v.complain(at, "%s is not a property", key)
		}
	}
	for _, key := range s.Required {
		if !seen[key] {
			v.complain(at, "%s is missing", key)
		}
	}
}

// jsonType is the JSON type of a YAML value, as YAML 1.2 reads it.
func jsonType(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "object"
	case n.Kind == yaml.SequenceNode:
		return "array"
	case n.ShortTag() == "!!int":
		return "integer"
	case n.ShortTag() == "!!float":
		return "number"
	case n.ShortTag() == "!!bool":
		return "boolean"
	}
	return "string"
}
