package source

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"daybook/pipeline/dataset"
	"daybook/pipeline/source/native"
	"daybook/pipeline/source/seen"
	"daybook/pipeline/source/wire"
	"daybook/schemas"
	"daybook/schemas/money"
)

// mostColumns bounds the columns of an object.
const mostColumns = 4096

// key is how x_RecordId is made where it is not simply a column.
type key struct {
	// column is the place of x_RecordId among the usage columns, or -1 if the key is none or a single field, which is a
	// column like others.
	column int
	fields []int
	names  []string
}

// reserved are the usage columns that no source may fill.
var reserved = []int{schemas.UsePeerId, schemas.UseSourceId, schemas.UseObjectKey, schemas.UseObjectRow, schemas.UseExtra, schemas.UseLatePeriod}

// ours reports whether a usage column is one of our own, which only the book can map.
func ours(use int) bool { return strings.HasPrefix(schemas.Usage.Columns[use].Name, "x_") }

// header finds columns by name.
type header struct {
	names []string
	// exact and loose find a column by its name as it is, and without case and punctuation; -1 stands for several.
	exact, loose map[string]int
	used         []bool
	// leaf is set where the object is JSON, whose members are known only on the way: it makes the field of a path. Wrong is why
	// there can be none, and object says that the value may be one.
	leaf   func(path string, object bool) (int, error)
	wrong  error
	object bool
}

func newHeader(names []string) *header {
	h := &header{names: names, exact: map[string]int{}, loose: map[string]int{}, used: make([]bool, len(names))}
	for i, n := range names {
		h.exact[n] = i
		if _, taken := h.loose[schemas.LooseName(n)]; taken {
			h.loose[schemas.LooseName(n)] = -1
		} else {
			h.loose[schemas.LooseName(n)] = i
		}
	}
	return h
}

// has reports whether a column answers to a name.
func (h *header) has(name string) bool {
	if h.leaf != nil {
		return true
	}
	_, exact := h.exact[name]
	_, loose := h.loose[schemas.LooseName(name)]
	return exact || loose
}

// find returns the place of a named column, or -1 if there is none, and whether several answer to the name.
func (h *header) find(name string) (place int, several bool) {
	if h.leaf != nil {
		return h.member(name), false
	}
	i, ok := h.exact[name]
	if !ok {
		if i, ok = h.loose[schemas.LooseName(name)]; !ok {
			return -1, false
		}
	}
	if i < 0 {
		return -1, true
	}
	h.used[i] = true
	return i, false
}

// member is find for the member at a path of objects of JSON.
func (h *header) member(path string) int {
	if path == "" {
		return -1
	}
	field, err := h.leaf(path, h.object)
	if err != nil {
		h.wrong = cmp.Or(h.wrong, err)
		return -1
	}
	for len(h.names) <= field {
		h.names, h.used = append(h.names, ""), append(h.used, true)
	}
	h.names[field] = path
	return field
}

// firstOf returns the first of a format's names for a column that is there, or else the first; own is for a format that has
// no names of its own.
func (h *header) firstOf(names []string, own string) string {
	if len(names) == 0 {
		return own
	}
	for _, n := range names {
		if h.has(n) {
			return n
		}
	}
	return names[0]
}

// checkHeader refuses names that do not tell columns apart.
func (d *decoder) checkHeader(names []string) error {
	if len(names) > mostColumns {
		return d.refuse(schemas.CodeHostileObject, "its header has %d columns, more than the %d allowed", len(names), mostColumns)
	}
	seen := make(map[string]bool, len(names))
	for i, n := range names {
		switch {
		case n == "":
			return d.refuse(schemas.CodeUnreadableObject, "column %d of its header has no name", i+1)
		case !wire.WellEncoded([]byte(n)):
			return d.refuse(schemas.CodeUnreadableObject, "the name of column %d of its header is not UTF-8", i+1)
		case len(n) > mostLabelText:
			return d.refuse(schemas.CodeHostileObject, "the name of column %d of its header has %d bytes, more than the %d allowed: %s…",
				i+1, len(n), mostLabelText, schemas.ClipValue(n))
		case seen[n]:
			return d.refuse(schemas.CodeUnreadableObject, "its header names the column %s twice", schemas.ClipValue(n))
		}
		seen[n] = true
	}
	return nil
}

// layOut decides what fills each usage column, given the names of the object's fields.
func (d *decoder) layOut(names []string) error {
	if d.format.native != nil && d.format.native.Bracketed {
		names = native.Unbracketed(names)
	}
	if err := d.checkHeader(names); err != nil {
		return err
	}
	h := newHeader(names)
	if err := d.layOutColumns(h); err != nil {
		return err
	}
	d.layOutRest(h)
	return nil
}

// layOutColumns decides what fills each usage column.
func (d *decoder) layOutColumns(h *header) error {
	var missing []string
	for use := range schemas.Usage.Columns {
		if err := d.place(h, use, &missing); err != nil {
			return err
		}
	}
	if len(missing) > 0 && h.wrong == nil && d.format.name == schemas.Mapped {
		return d.unfit(missing, h.unused())
	}
	if err := d.placeKey(h, &missing); err != nil {
		return err
	}
	if of := d.format.native; of != nil {
		for _, fields := range of.Together {
			missing = append(missing, h.lacking(fields)...)
		}
	}
	if err := d.layOutTaking(h, &missing); err != nil {
		return err
	}
	if h.wrong != nil {
		return d.refuse(schemas.CodeUnreadableObject, "it is JSON, of which not all that its source names can be read: %v", h.wrong)
	}
	if len(missing) > 0 {
		return d.refuse(schemas.CodeMissingColumn, "it lacks the columns that %s requires: %s%s", d.src.Format, strings.Join(slices.Compact(missing), ", "), seen.Instead(d.src.Format, h.names, missing))
	}
	d.markSides()
	return nil
}

// unused are the names that nothing has found.
func (h *header) unused() []string {
	var names []string
	for i, name := range h.names {
		if !h.used[i] {
			names = append(names, name)
		}
	}
	return names
}

// markSides marks the columns that are side columns beside those there are.
func (d *decoder) markSides() {
	billed := func(c column) bool { return c.use == schemas.UseBilledCost }
	if !slices.ContainsFunc(d.columns, billed) {
		return
	}
	for i := range d.columns {
		c := &d.columns[i]
		c.side = c.side || c.besideBilled
	}
}

// place decides what fills one usage column.
func (d *decoder) place(h *header, use int, missing *[]string) error {
	name := schemas.Usage.Columns[use].Name
	from, mapped := d.src.Columns[name]
	value, constant := d.src.Constants[name]
	switch {
	case d.rules[use].read != nil:
		return d.placeMapped(h, use, missing)
	case (mapped || constant) && slices.Contains(reserved, use):
		return fmt.Errorf("column %s cannot be mapped: it is filled by the run", name)
	case mapped && constant:
		return fmt.Errorf("column %s has both a source column and a constant", name)
	case constant:
		return d.placeConstant(use, value)
	case !mapped && (ours(use) && d.rules[use].from == nil || d.rules[use].absent):
		return nil
	case !mapped && d.ignores(name):
		return d.dropColumn(h, use)
	case !mapped && d.rules[use].from != nil:
		return d.placeNative(h, use, missing)
	case !mapped:
		from = h.firstOf(d.rules[use].names, name)
	}
	return d.placeField(h, use, from, missing)
}

// placeField fills a usage column with a field.
func (d *decoder) placeField(h *header, use int, from string, missing *[]string) error {
	name := schemas.Usage.Columns[use].Name
	_, mapped := d.src.Columns[name]
	h.object = d.rules[use].json
	field, several := h.find(from)
	h.object = false
	switch {
	case several:
		return d.refuse(schemas.CodeUnreadableObject, "several of its columns could be %s", from)
	case field >= 0:
		d.addColumn(column{use: use, field: field, name: h.names[field]})
	case d.placeGroup(h, use, from):
	case d.rules[use].mandatory, mapped && !listed(d.src.Tolerate.AbsentColumns, name):
		*missing = append(*missing, from)
	}
	return nil
}

// ignores reports whether the book drops a usage column.
func (d *decoder) ignores(name string) bool {
	return slices.ContainsFunc(d.src.Ignore, func(n string) bool { return n == name || schemas.LooseName(n) == schemas.LooseName(name) })
}

// dropColumn leaves a usage column out on purpose.
func (d *decoder) dropColumn(h *header, use int) error {
	name := schemas.Usage.Columns[use].Name
	if use == schemas.UseChargePeriodStart || use == schemas.UseChargePeriodEnd {
		return fmt.Errorf("column %s cannot be ignored: it says when the use was", name)
	}
	h.find(name)
	return nil
}

// addColumn adds a column to those that are filled.
func (d *decoder) addColumn(c column) {
	c.rule, c.form = d.rules[c.use], d.forms[c.use]
	d.columns = append(d.columns, c)
	v := d.vector(c.use)
	v.Absent = false
	if v.Type == schemas.Label && v.Dict == nil {
		v.Dict = dataset.NewDictionary()
	}
}

// placeConstant makes a column of one value.
func (d *decoder) placeConstant(use int, value string) error {
	c := column{use: use, field: -1, name: schemas.Usage.Columns[use].Name}
	c.constant.text = []byte(value)
	switch schemas.Usage.Columns[use].Type {
	case schemas.Time:
		m, ok := d.readTime(value)
		if !ok {
			return fmt.Errorf("constant of %s: %q is not a time; write it as 2006-01-02T15:04:05Z", c.name, value)
		}
		c.constant.time = m.Micros
	case schemas.Decimal:
		f, err := money.ParseFixed([]byte(value))
		if err != nil {
			return fmt.Errorf("constant of %s: %q: %w", c.name, value, err)
		}
		c.constant.decimal = f
	case schemas.Label, schemas.Text, schemas.Integer:
		if allowed := d.rules[use].allowed; allowed != nil && !d.rules[use].open && !d.rules[use].side && !slices.Contains(allowed, value) {
			return fmt.Errorf("constant of %s: %q is none of %s", c.name, value, strings.Join(allowed, ", "))
		}
	}
	d.addColumn(c)
	return nil
}

// placeKey finds the columns of the record key. One column is x_RecordId; several are joined.
func (d *decoder) placeKey(h *header, missing *[]string) error {
	names := d.format.recordKey(d.src)
	if len(names) == 0 {
		return nil
	}
	if !d.vector(schemas.UseRecordId).Absent {
		return fmt.Errorf("x_RecordId has both a key and a source column or constant")
	}
	for _, name := range names {
		field, several := h.find(name)
		if several {
			return d.refuse(schemas.CodeUnreadableObject, "several of its columns could be %s", name)
		}
		if field < 0 {
			*missing = append(*missing, name)
			continue
		}
		d.key.fields = append(d.key.fields, field)
		d.key.names = append(d.key.names, h.names[field])
	}
	if len(d.key.fields) == 0 {
		return nil
	}
	d.rules[schemas.UseRecordId].notNull = true
	if len(names) == 1 {
		d.addColumn(column{use: schemas.UseRecordId, field: d.key.fields[0], name: d.key.names[0]})
		return nil
	}
	d.key.column = schemas.UseRecordId
	d.vector(schemas.UseRecordId).Absent = false
	return nil
}

// layOutRest keeps the columns that nothing reads in x_Extra, and says so, unless the book ignores them.
func (d *decoder) layOutRest(h *header) {
	for _, name := range d.src.Ignore {
		h.find(name)
	}
	for i, name := range h.names {
		keeps := d.format.keeps(name)
		if h.used[i] && !keeps {
			continue
		}
		d.extra.add(i, name)
		if !keeps && !d.format.knows(name) {
			what := "the column is not in " + string(d.src.Format)
			if d.src.Format == schemas.Mapped {
				what = "the column is mapped to nothing"
			}
			d.note(name, schemas.UseExtra, schemas.CodeUnknownColumn, what+" and is kept in x_Extra", "")
		}
	}
	d.extra.sort()
	if len(d.extra.fields) > 0 {
		d.vector(schemas.UseExtra).Absent = false
	}
}
