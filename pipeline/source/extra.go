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
}

// extraField is a field and the text that begins its member in a JSON object: "name":.
type extraField struct {
	field  int
	name   string
	member []byte
}

func (e *extra) add(field int, name string) {
	member := append(wire.AppendString(nil, []byte(name)), ':')
	e.fields = append(e.fields, extraField{field, name, member})
}

func (e *extra) sort() {
	slices.SortFunc(e.fields, func(a, b extraField) int { return cmp.Compare(a.name, b.name) })
}

// parseExtra makes x_Extra of the rows: a JSON object of texts with its keys sorted, without those that are null.
func (d *decoder) parseExtra(s *rows, base int) {
	if len(d.extra.fields) == 0 {
		return
	}
	v := d.vector(schemas.UseExtra)
	for r := range s.n {
		from := len(v.Bytes)
		if s.plain && s.again(r) {
			v.Bytes = append(v.Bytes, v.TextAt(base+r-1)...)
		} else {
			v.Bytes = d.appendMembers(v.Bytes, s, r, d.extra.fields)
		}
		if len(v.Bytes) == from {
			v.SetNull(base + r)
		}
		v.Ends = append(v.Ends, uint32(len(v.Bytes)))
	}
}

// appendMembers appends a JSON object of the fields of row r that hold anything, or nothing if none does.
func (d *decoder) appendMembers(dst []byte, s *rows, r int, fields []extraField) []byte {
	open := byte('{')
	for i := range fields {
		f := &fields[i]
		x := s.column(f.field)
		text := d.value(&x, r)
		if len(text) == 0 || d.isNull(text) {
			continue
		}
		if !s.plain && !wire.WellEncoded(text) {
			d.defect(&x, r, &column{use: schemas.UseExtra, name: f.name}, schemas.CodeBadEncoding, "it is not UTF-8, or holds a NUL", text)
			continue
		}
		dst = append(append(dst, open), f.member...)
		dst = wire.AppendString(dst, text)
		open = ','
	}
	if open == ',' {
		dst = append(dst, '}')
	}
	return dst
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
