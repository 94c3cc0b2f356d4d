package source

import (
	"fmt"
	"slices"
	"strings"

	"daybook/pipeline/source/native"
	"daybook/schemas"
	"daybook/schemas/intake"
)

// mapped is the row of CSV or JSON of any columns. What they mean is the book's to say: see mappedBy.
var mapped = format{name: schemas.Mapped, text: (*decoder).mappedRows, columns: eventColumns()}

// mappedBy is the row of mapped as a source's book has it: of the usage columns those that it names, and no others. One that is
// named must be there, and so must be a value where a cost, a quantity or a time comes from.
func mappedBy(src *schemas.Source) (*format, error) {
	f := mapped
	for use := range f.columns {
		r, name := &f.columns[use], schemas.Usage.Columns[use].Name
		reading, read := src.Mapping[name]
		from, named := src.Columns[name]
		_, constant := src.Constants[name]
		switch {
		case read && (named || constant):
			return nil, fmt.Errorf("column %s is mapped twice", name)
		case read && slices.Contains(reserved, use):
			return nil, fmt.Errorf("column %s cannot be mapped: it is filled by the run", name)
		case read:
			r.read = &reading
		case named && !slices.Contains(reserved, use):
			r.read = &intake.Reading{From: []string{from}}
		case constant:
			r.absent, r.mandatory = false, false
			continue
		default:
			r.absent = true
		}
		r.mandatory = r.read != nil
	}
	start, end := &f.columns[schemas.UseChargePeriodStart], &f.columns[schemas.UseChargePeriodEnd]
	if start.read == nil {
		return nil, fmt.Errorf("nothing says when its use was; name the column in from of ChargePeriodStart, under mapping")
	}
	if end.absent {
		*end = *start
	}
	return &f, nil
}

// placeMapped decides what fills a usage column of mapped: a field as it stands, or a column that is made of those that may
// hold the value.
func (d *decoder) placeMapped(h *header, use int, missing *[]string) error {
	r := &d.rules[use]
	h.object = r.json
	defer func() { h.object = false }()
	var names []string
	var fields []int
	for _, name := range r.read.From {
		field, several := h.find(name)
		switch {
		case several:
			return d.refuse(schemas.CodeUnreadableObject, "several of its columns could be %s", name)
		case field >= 0 && !slices.Contains(fields, field):
			names, fields = append(names, h.names[field]), append(fields, field)
		}
	}
	name := strings.Join(names, " or ")
	switch {
	case len(fields) == 0 && r.mandatory:
		*missing = append(*missing, schemas.Usage.Columns[use].Name)
	case len(fields) == 0:
	case len(fields) == 1 && r.read.AsItStands():
		d.addColumn(column{use: use, field: fields[0], name: name})
	default:
		c := madeColumn{use: use, write: native.ReadingOf(r.read), inputs: fields}
		c.makeRoom()
		d.addMade(c, name)
	}
	return nil
}

// mappedRows decodes the object as textRows does, and refuses one that the mapping does not fit.
func (d *decoder) mappedRows() error {
	if err := d.textRows(); err != nil || d.event == nil {
		return err
	}
	var missing, seen []string
	for i := range d.columns {
		if c := &d.columns[i]; c.read != nil && c.lacking > 0 && c.lacking == d.stats.Rows-d.stats.LeftOut {
			missing = append(missing, schemas.Usage.Columns[c.use].Name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	for i := range d.event.paths {
		seen = append(seen, d.event.paths[i].name)
	}
	slices.Sort(seen)
	return d.unfit(missing, slices.Compact(seen))
}

// unfit refuses an object that has nothing for usage columns of the mapping, and says what it has besides what was found.
func (d *decoder) unfit(missing, seen []string) error {
	var wants, lines []string
	for _, column := range missing {
		from := d.rules[schemas.Usage.Index(column)].read.From
		wants = append(wants, strings.Join(from, " or ")+" for "+column)
		if name := native.Likely(column, from, seen); name != "" {
			lines = append(lines, fmt.Sprintf("%s: {from: [%q]}", column, name))
		}
	}
	const most = 20
	others := seen
	if len(seen) > most {
		others = append(slices.Clone(seen[:most]), fmt.Sprintf("%d more", len(seen)-most))
	}
	reason := "the mapping does not fit it: it lacks " + strings.Join(wants, ", ")
	if len(others) > 0 {
		reason += "; what is not mapped of it is " + schemas.ClipValue(strings.Join(others, ", "))
	}
	if len(lines) > 0 {
		reason += "; under mapping of the source, " + strings.Join(lines, ", ") + " would read it"
	} else {
		reason += "; name what it has in from, or the column in tolerate.absent_columns of the source"
	}
	return d.refuse(schemas.CodeMissingColumn, "%s", reason)
}
