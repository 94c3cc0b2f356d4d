package book

import (
	"fmt"
	"reflect"
	"strings"

	"daybook/pipeline/book/check"
	"daybook/pipeline/book/parse"
	"daybook/schemas"
	"daybook/schemas/closing"
	"daybook/schemas/sending"
	"daybook/schemas/service"
)

// fieldTables lists every struct that a book is read into, with its keys, each struct once.
func fieldTables(texts map[string]string) string {
	m := tableMaker{shapes: parse.Shapes{}, texts: texts, seen: map[reflect.Type]bool{}}
	m.out.WriteString("# Every field of a book\n\nKeys in bold must be there. A test writes this file from the structs that a book is read into, and from their comments;\n" +
		"README.md says how values are written.\n")
	for _, top := range []struct {
		title string
		t     reflect.Type
	}{
		{"`provider.yaml`", reflect.TypeFor[schemas.Provider]()},
		{"An entry of `sources.yaml`, under `sources`", reflect.TypeFor[schemas.Source]()},
		{"`catalogue/*.yaml`", reflect.TypeFor[schemas.Catalogue]()},
		{"An entry of `customers.yaml`, under `customers`; a row of `customers.csv`", reflect.TypeFor[schemas.Customer]()},
		{"A row of `accounts.csv`; without `customer`, an account in `customers.yaml`", reflect.TypeFor[check.AccountRow]()},
		{"A row of `subscriptions.csv`, an entry of `subscriptions.yaml`; without `account`, in an account", reflect.TypeFor[check.SubscriptionRow]()},
		{"A row of `changes.csv`; without `subscription`, in a subscription", reflect.TypeFor[check.ChangeRow]()},
		{"`peers/*.yaml`", reflect.TypeFor[peerFile]()},
		{"A row of `mapping.csv`", reflect.TypeFor[schemas.Mapping]()},
		{"`plan.yaml`", reflect.TypeFor[schemas.Plan]()},
		{"A row of `plan.csv`", reflect.TypeFor[schemas.PlanLine]()},
		{"`slas.yaml`, `slas/*.yaml`", reflect.TypeFor[slasFile]()},
		{"A row of `problems.csv`", reflect.TypeFor[service.Problem]()},
		{"`disputes/*.yaml`", reflect.TypeFor[disputesFile]()},
		{"`requests/*.yaml`", reflect.TypeFor[requestsFile]()},
		{"`access.yaml`, `access/*.yaml`; an identity or entitlement is a row of `identities.csv` or `entitlements.csv`", reflect.TypeFor[accessFile]()},
		{"`agreements.yaml`", reflect.TypeFor[agreementsFile]()},
		{"A row of `closings.csv`", reflect.TypeFor[closing.Closing]()},
		{"`sending.yaml`", reflect.TypeFor[sending.Sending]()},
		{"A row of `sendings.csv`", reflect.TypeFor[sending.Ruling]()},
		{"A row of `fx.csv`", reflect.TypeFor[schemas.Rate]()},
	} {
		m.table(top.title, top.t)
	}
	return m.out.String()
}

type tableMaker struct {
	shapes parse.Shapes
	texts  map[string]string
	seen   map[reflect.Type]bool
	out    strings.Builder
}

func (m *tableMaker) table(title string, t reflect.Type) {
	if m.seen[t] {
		return
	}
	m.seen[t] = true
	fmt.Fprintf(&m.out, "\n## %s\n\n", title)
	if text := m.texts[t.Name()]; text != "" && strings.HasPrefix(t.PkgPath(), reflect.TypeFor[schemas.Provider]().PkgPath()) {
		fmt.Fprintf(&m.out, "%s\n\n", cellText(text))
	}
	m.out.WriteString("| Key | Value | |\n|---|---|---|\n")
	var inner []reflect.Type
	for _, f := range m.shapes.Of(t).Fields {
		key := "`" + f.Key + "`"
		if f.Required {
			key = "**" + key + "**"
		}
		fmt.Fprintf(&m.out, "| %s | %s | %s |\n", key, cellText(m.kind(f.Type)), cellText(m.texts[fieldName(t, f.Index)]))
		if s := structOf(f.Type); s != nil {
			inner = append(inner, s)
		}
	}
	for _, s := range inner {
		m.table(s.Name(), s)
	}
}

// structOf is the struct inside a pointer, list or map, or nil.
func structOf(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || parse.IsScalar(t) {
		return nil
	}
	return t
}

// kind says what a value looks like.
func (m *tableMaker) kind(t reflect.Type) string {
	switch {
	case parse.IsScalar(t):
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if allowed := parse.AllowedValues(t); allowed != nil && len(allowed) <= 30 {
			return strings.Join(allowed, ", ")
		}
		if t == reflect.TypeFor[schemas.Code]() {
			return "a finding code"
		}
		return strings.TrimPrefix(strings.TrimPrefix(strings.Split(parse.WantOf(t), " such as")[0], "a "), "an ")
	case t.Kind() == reflect.Slice:
		return "list of " + m.kind(t.Elem())
	case t.Kind() == reflect.Map:
		return m.kind(t.Key()) + ": " + m.kind(t.Elem())
	case t.Kind() == reflect.Pointer:
		return m.kind(t.Elem())
	default:
		return t.Name()
	}
}

// cellText keeps a text from breaking a table.
func cellText(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
