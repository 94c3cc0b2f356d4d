package source

import (
	"fmt"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/pipeline/source/remark"
	"daybook/pipeline/source/wire"
	"daybook/schemas"
)

// A stream may hold events of several types with different fields. Each type has columns of its own; a column that only some
// of them fill is null in the rows of the others. The rows of a stretch are taken run by run of one type, so that they come
// out in their order.

// eventType is the mapping of a type of events.
type eventType struct {
	columns []column
	// unread are the fields that other types read; their values are kept in x_Extra. field is that of the row, and the place
	// among the scanner's paths is in places.
	unread []extraField
}

// layOutTypes makes the columns of every type that the source lists.
func (d *decoder) layOutTypes(e *eventScanner) error {
	e.types = map[string]*eventType{}
	if err := d.layOutEventKey(e); err != nil {
		return err
	}
	shared := d.columns // the key's, if it is one column
	var order []*eventType
	for i := range d.src.Types {
		t := &d.src.Types[i]
		if e.types[t.Type] != nil {
			return fmt.Errorf("type %q is mapped twice", t.Type)
		}
		d.columns = slices.Clone(shared)
		if err := d.layOutMapping(e, d.src.Of(t)); err != nil {
			return fmt.Errorf("type %q: %w", t.Type, err)
		}
		of := &eventType{columns: d.columns}
		e.types[t.Type] = of
		order = append(order, of)
	}
	var err error
	if e.typeField, err = e.leaf("type", false); err != nil {
		return err
	}
	d.completeTypes(e, order)
	d.columns = nil
	return nil
}

// completeTypes gives each type a null column for each that only others fill, and has what only others read kept.
func (d *decoder) completeTypes(e *eventScanner, order []*eventType) {
	paths := map[int]string{} // of fields
	for _, t := range order {
		for i := range t.columns {
			if c := &t.columns[i]; c.field >= 0 && c.use != schemas.UseRecordId {
				paths[c.field] = c.name
			}
		}
	}
	for _, t := range order {
		read := map[int]bool{e.typeField: true}
		filled := [schemas.UseColumns]bool{schemas.UseObjectRow: true, schemas.UseExtra: true}
		if d.key.column >= 0 {
			filled[d.key.column] = true
		}
		for _, f := range d.key.fields {
			read[f] = true
		}
		for i := range t.columns {
			filled[t.columns[i].use] = true
			read[t.columns[i].field] = true
		}
		for use := range filled {
			if !filled[use] && !d.vector(use).Absent {
				t.columns = append(t.columns, column{use: use, field: -1, null: true, name: schemas.Usage.Columns[use].Name})
			}
		}
		for field := range e.fields {
			if path, known := paths[field]; known && !read[field] && !envelopeHas(path) {
				t.unread = append(t.unread, extraField{field: field, name: path})
			}
		}
	}
}

// envelopeHas reports whether a path is one of the attributes that every event has.
func envelopeHas(path string) bool {
	for i := range envelope {
		if envelope[i].name == path {
			return true
		}
	}
	return false
}

// takeTypes parses what was scanned, run by run of one type.
func (d *decoder) takeTypes(e *eventScanner, textBytes int) error {
	s, bad := e.rows, e.bad
	x := s.column(e.typeField)
	typeOf := func(r int) (text []byte, start, end int) {
		from, to := x.cell(r)
		return x.text[from:to], int(from), int(to)
	}
	for from := 0; from < s.n; {
		name, start, end := typeOf(from)
		to := from + 1
		for to < s.n {
			if next, _, _ := typeOf(to); string(next) != string(name) {
				break
			}
			to++
		}
		before := len(bad)
		if to < s.n {
			before, _ = slices.BinarySearchFunc(bad, s.numbers[to], func(b wire.BadRow, number int64) int { return int(b.Number - number) })
		}
		t := e.types[string(name)]
		if t == nil {
			mine := slices.Clone(bad[:before])
			for r := from; r < to; r++ {
				mine = append(mine, wire.BadRow{
					Number: s.numbers[r], Code: schemas.CodeBadValue, Column: "type", What: "the source maps no events of this type; add it to types of the source", Start: start, End: end,
				})
			}
			if err := d.takeTyped(e, &eventType{columns: e.anyType().columns}, &rows{text: s.text, stride: s.stride}, mine, textBytes); err != nil {
				return err
			}
			e.passExtras(to)
		} else {
			part := rows{
				n: to - from, numbers: s.numbers[from:to], text: s.text, pos: s.pos[from*s.stride:], stride: s.stride, plain: s.plain, rawJSON: s.rawJSON,
			}
			e.first = from
			if err := d.takeTyped(e, t, &part, bad[:before], textBytes); err != nil {
				return err
			}
		}
		bad, textBytes, from = bad[before:], 0, to
	}
	if len(bad) > 0 {
		return d.takeTyped(e, e.anyType(), &rows{text: s.text, stride: s.stride}, bad, textBytes)
	}
	return nil
}

// anyType returns a type, for rows of none.
func (e *eventScanner) anyType() *eventType { return e.types[e.d.src.Types[0].Type] }

// passExtras leaves out what was to be kept of rows before one.
func (e *eventScanner) passExtras(row int) {
	n := 0
	for n < len(e.extras) && e.extras[n].row < row {
		n++
	}
	e.extras = e.extras[n:]
}

// takeTyped is take for rows of one type.
func (d *decoder) takeTyped(e *eventScanner, t *eventType, s *rows, bad []wire.BadRow, textBytes int) error {
	d.columns, e.unread = t.columns, t.unread
	return d.take(s, bad, textBytes)
}

// withUnread adds the values of fields that the type at hand does not read to what is kept of a row.
func (e *eventScanner) withUnread(of []extraCell, s *rows, r int) []extraCell {
	of = append(e.scratchOf[:0], of...)
	for _, f := range e.unread {
		x := s.column(f.field)
		if start, end := x.cell(r); start < end {
			of = append(of, extraCell{e.first + r, e.unreadPath(f.name), start, end})
		}
	}
	e.scratchOf = of
	return of
}

// unreadPath returns the place of such a field among the paths, adding it where it is new.
func (e *eventScanner) unreadPath(name string) int {
	for i := range e.paths {
		if e.paths[i].name == name {
			return i
		}
	}
	note := &remark.Note{}
	if e.types != nil {
		note = e.d.note(name, schemas.UseExtra, schemas.CodeUnknownColumn, "the member is mapped to nothing in events of its type and is kept in x_Extra", "")
	}
	e.paths = append(e.paths, extraPath{newExtra(-1, name), note})
	return len(e.paths) - 1
}

// eachColumn calls do for every column that may be filled.
func (d *decoder) eachColumn(do func(*column)) {
	if d.event == nil || d.event.types == nil {
		for i := range d.columns {
			do(&d.columns[i])
		}
		return
	}
	for i := range d.src.Types {
		t := d.event.types[d.src.Types[i].Type]
		for k := range t.columns {
			do(&t.columns[k])
		}
	}
}

// forgetLabels begins new dictionaries for the columns of which too many labels are known.
func (d *decoder) forgetLabels() {
	var large [schemas.UseColumns]bool
	all := 0
	d.eachColumn(func(c *column) { all += c.labels.Size() })
	d.eachColumn(func(c *column) {
		large[c.use] = large[c.use] || c.labels.Len() > mostLabels || all > mostLabelBytes && c.labels.Size() > someLabelBytes
	})
	d.eachColumn(func(c *column) {
		if large[c.use] {
			c.labels.Reset()
			c.verdicts = c.verdicts[:0]
		}
	})
	for use := range large {
		if large[use] {
			d.batch.Columns[use].Dict = dataset.NewDictionary()
		}
	}
}
