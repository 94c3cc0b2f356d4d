package check

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"daybook/pipeline/book/parse"
	"daybook/schemas"
	"daybook/schemas/money"
)

// constant complains of a constant that its column cannot hold, by which every object of the source would be refused.
func (c *checker) constant(at parse.Spot, s *schemas.Source, name, value string) {
	i := schemas.Usage.Index(name)
	if i < 0 {
		return
	}
	switch schemas.Usage.Columns[i].Type {
	case schemas.Decimal:
		if _, err := money.ParseFixed([]byte(value)); err != nil {
			c.Complain(at, "write a plain decimal such as 12.5, with at most 18 decimal places", "%s is a number, and %q is none", name, parse.Clip(value))
		}
	case schemas.Time:
		if !isTime(value, s.Tolerate.Times) {
			c.Complain(at, "write it as 2024-09-01T00:00:00Z", "%s is a time, and %q is none", name, parse.Clip(value))
		}
	case schemas.Label, schemas.Text, schemas.Integer:
		allowed := schemas.ClosedList(i)
		if allowed != nil && !slices.Contains(allowed, value) {
			c.Complain(at, parse.DidYouMean(value, allowed, "write one of "+strings.Join(allowed, ", ")), "FOCUS knows no %s %q", name, parse.Clip(value))
		}
	}
}

// plainTime is a time as RFC 3339 has it.
var plainTime = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$`)

func isTime(text string, layouts []string) bool {
	if plainTime.MatchString(text) {
		_, err := time.Parse(time.RFC3339, text)
		return err == nil
	}
	return slices.ContainsFunc(layouts, func(layout string) bool {
		t, err := time.Parse(layout, text)
		return err == nil && t.Year() >= 1 && t.Year() <= 9999
	})
}

// timeLayouts complains of formats in which no day could be written, such as YYYY-MM-DD.
func (c *checker) timeLayouts(list parse.Spot, layouts []string) {
	day := time.Date(2024, time.November, 28, 17, 45, 39, 0, time.UTC)
	for i, layout := range layouts {
		if t, err := time.Parse(layout, day.Format(layout)); err != nil || t.YearDay() != day.YearDay() || t.Year() != day.Year() {
			c.Complain(list.At(i), "write how 2 January 2006, 15:04:05 would look, such as 02.01.2006 15:04", "%q is no format of a time", parse.Clip(layout))
		}
	}
}

// eventPath is a path into an event, and where the book names it. Those of a JSON column take an object, those that are
// ignored whatever there is.
type eventPath struct {
	path string
	at   parse.Spot
	json bool
}

// eventTypes complains of the mapping of a source's events, or of each type of them.
func (c *checker) eventTypes(at parse.Spot, s *schemas.Source) {
	if len(s.Types) == 0 {
		c.events(at, s)
		return
	}
	if s.Format != schemas.CloudEvents10 {
		c.Complain(at.Field("types"), "remove it", "only events have types, and the format is %s", declared(s))
		return
	}
	for i := range s.Types {
		t, here := &s.Types[i], at.Field("types").At(i)
		if slices.ContainsFunc(s.Types[:i], func(other schemas.EventType) bool { return other.Type == t.Type }) {
			c.Complain(here.Field("type"), "keep one of them", "the type %q is mapped already", parse.Clip(t.Type))
		}
		c.mapping(here, s, t.Columns, t.Constants)
		c.events(here, s.Of(t))
	}
}

// events complains of columns that CloudEvents must fill, and of paths into an event of which one is a value and another
// leads through it. A JSON value cannot be both.
func (c *checker) events(at parse.Spot, s *schemas.Source) {
	if s.Format != schemas.CloudEvents10 {
		return
	}
	start, end := schemas.Usage.Columns[schemas.UseChargePeriodStart].Name, schemas.Usage.Columns[schemas.UseChargePeriodEnd].Name
	filled := func(name string) bool {
		misspelt := false // and complained of as such
		for key := range s.Columns {
			misspelt = misspelt || schemas.Usage.Index(key) < 0 && parse.Nearest(key, []string{start, end}) == name
		}
		return misspelt || s.Columns[name] != "" || s.Constants[name] != ""
	}
	switch {
	case !filled(start):
		c.Complain(at.Field("columns").Field(start), "add "+start+": time, or the path of the time of use", "nothing says when a record's use began")
	case s.Constants[start] != "" && !filled(end):
		c.Complain(at.Field("columns").Field(end), "add "+end+": and the path of the end of use", "nothing says when a record's use ended")
	}
	values := []eventPath{{path: "specversion"}, {path: "id"}, {path: "source"}, {path: "type"}}
	for _, name := range slices.Sorted(maps.Keys(s.Columns)) {
		column := schemas.Usage.Index(name)
		p := eventPath{s.Columns[name], at.Field("columns").Field(name), column == schemas.UseTags || column == schemas.UseSkuPriceDetails}
		if p.path != "" {
			values = append(values, p)
		}
	}
	for i, key := range s.Key {
		values = append(values, eventPath{path: key, at: at.Field("key").At(i)})
	}
	for i, p := range values {
		if q := slices.IndexFunc(values[:i], func(q eventPath) bool { return p.clashes(&q) }); q >= 0 {
			c.Complain(p.at, "correct one of the two paths", "%s is read as a value of another kind than %s", parse.Clip(p.path), parse.Clip(values[q].path))
		}
	}
	dropped := []eventPath{{path: "datacontenttype"}}
	for i, path := range s.Ignore {
		p := eventPath{path: path, at: at.Field("ignore").At(i)}
		if slices.ContainsFunc(append(values, dropped...), func(q eventPath) bool { return strings.HasPrefix(p.path, q.path+".") }) {
			c.Complain(p.at, "remove it", "%s lies in a value that is read or ignored whole", parse.Clip(p.path))
			continue
		}
		dropped = append(dropped, p)
	}
}

// clashes reports whether two paths cannot both be read.
func (p *eventPath) clashes(q *eventPath) bool {
	if p.path == q.path {
		return p.json != q.json
	}
	return strings.HasPrefix(p.path, q.path+".") || strings.HasPrefix(q.path, p.path+".")
}
