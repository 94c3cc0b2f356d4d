package source

import (
	"slices"

	"daybook/schemas"
)

// Rows of FOCUS and of peers' own formats come as JSON, too: as objects on lines, as an array of them, or one behind the other.
// They are scanned as events are, and differ in what is looked for: the names of the format, as paths into the objects. Which of
// them an object has shows only on the way, so that a column which it lacks is one without values.

// nested names the fields of a format that hold objects or lists.
func (f *format) nested() []string {
	if f.native == nil {
		return nil
	}
	return f.native.Nested
}

// textRows decodes the object as CSV, or as JSON if it begins as that does.
func (d *decoder) textRows() error {
	if !d.wire.BeginsJSON() {
		return d.csv()
	}
	e := d.newScanner()
	nested := d.format.nested()
	h := &header{leaf: func(path string, object bool) (int, error) {
		return e.leaf(path, object || slices.Contains(nested, path))
	}}
	for use := range d.rules { // what may be absent may be null: the two are one here
		if r := &d.rules[use]; d.format.native == nil && !r.mandatory {
			r.notNull = false
		}
	}
	if err := d.layOutColumns(h); err != nil {
		return err
	}
	for _, path := range d.src.Ignore {
		if err := e.ignore(path); err != nil {
			return d.refuse(schemas.CodeUnreadableObject, "it is JSON, of which ignore of its source names what cannot be told apart: %v", err)
		}
	}
	for field, path := range h.names {
		if d.format.keeps(path) {
			e.unread = append(e.unread, extraField{field: field, name: path})
		}
	}
	d.vector(schemas.UseExtra).Absent = false
	return d.scan(e)
}
