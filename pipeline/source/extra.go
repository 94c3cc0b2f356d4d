package source

import (
	"cmp"
	"slices"

	"daybook/pipeline/source/wire"
	"daybook/schemas"
)

// extra is the fields that no usage column takes, by name.
type extra struct {
	fields []extraField
	// places are those of the fields in an object.
	places []int
}

// extraField is a field and the text that begins its member in a JSON object, behind another: ,"name":.
type extraField struct {
	field  int
	name   string
	member []byte
}

func newExtra(field int, name string) extraField {
	return extraField{field, name, append(wire.AppendString([]byte{','}, []byte(name)), ':')}
}

func (e *extra) add(field int, name string) { e.fields = append(e.fields, newExtra(field, name)) }

func (e *extra) sort() {
	slices.SortFunc(e.fields, func(a, b extraField) int { return cmp.Compare(a.name, b.name) })
	for _, f := range e.fields {
		e.places = append(e.places, f.field)
	}
}

// parseExtra makes x_Extra of the rows: a JSON object of texts with its keys sorted, without those that are null.
func (d *decoder) parseExtra(s *rows, base int) {
	if len(d.extra.fields) == 0 {
		return
	}
	v := d.vector(schemas.UseExtra)
	v.Bytes = wire.Room(v.Bytes, len(s.text))
	for r := range s.n {
		from := len(v.Bytes)
		if s.plain && s.again(r) {
			v.Bytes = append(v.Bytes, v.TextAt(base+r-1)...)
		} else {
			v.Bytes = d.appendMembers(v.Bytes, s, r, &d.extra)
		}
		if len(v.Bytes) == from {
			v.SetNull(base + r)
		}
		v.Ends = append(v.Ends, uint32(len(v.Bytes)))
	}
}

// appendMembers appends a JSON object of the fields of row r that hold anything, or nothing if none does.
func (d *decoder) appendMembers(dst []byte, s *rows, r int, of *extra) []byte {
	from := len(dst)
	for i, field := range of.places {
		var text []byte
		if s.quoted && s.columns == nil {
			start, end := s.pos[r*s.stride+field]+1, s.pos[r*s.stride+field+1]
			if start == end {
				continue // most fields of most rows
			}
			text = s.text[start:end]
		}
		if text == nil || text[0] == '"' {
			x := s.column(field)
			text = d.value(&x, r)
		}
		if len(text) == 0 || d.isNull(text) {
			continue
		}
		f := &of.fields[i]
		if !s.plain && !wire.WellEncoded(text) {
			d.defect(&cells{rows: s}, r, &column{use: schemas.UseExtra, name: f.name}, schemas.CodeBadEncoding, "it is not UTF-8, or holds a NUL", text)
			continue
		}
		dst = wire.AppendString(append(dst, f.member...), text)
	}
	return wire.CloseObject(dst, from)
}

// parseKey makes x_RecordId of several fields: their texts joined by |, with \ before any | or \ within them, so that
// different keys stay different.
func (d *decoder) parseKey(s *rows, base int) {
	v := d.vector(schemas.UseRecordId)
	columns := make([]cells, len(d.key.fields))
	for i, f := range d.key.fields {
		columns[i] = s.column(f)
	}
	for r := range s.n {
		from := len(v.Bytes)
		for i := range columns {
			x := &columns[i]
			text := d.value(x, r)
			if i > 0 {
				v.Bytes = append(v.Bytes, '|')
			}
			if len(text) == 0 || d.isNull(text) {
				d.defect(x, r, &column{use: schemas.UseRecordId, name: d.key.names[i]}, schemas.CodeMissingValue, "it is empty, but identifies the record", nil)
			} else if !s.plain && !wire.WellEncoded(text) {
				d.defect(x, r, &column{use: schemas.UseRecordId, name: d.key.names[i]}, schemas.CodeBadEncoding, "it is not UTF-8, or holds a NUL", text)
			}
			v.Bytes = wire.AppendKeyPart(v.Bytes, text)
		}
		if len(v.Bytes) == from {
			v.SetNull(base + r)
		}
		v.Ends = append(v.Ends, uint32(len(v.Bytes)))
	}
}
