package source

import (
	"fmt"
	"slices"

	"daybook/pipeline/source/native"
	"daybook/schemas"
	"daybook/schemas/intake"
)

// formats is the table of formats of usage; those of evidence stand in package evidence. A format is a row here, or a file of package native where it is a peer's own.
var formats = append([]format{
	focus(schemas.FOCUS10, since10),
	focus(schemas.FOCUS11, since11),
	focus(schemas.FOCUS12, since12),
	focus(schemas.FOCUS13, since13),
	focus(schemas.FOCUS14, since14),
	cloudEvents,
	mapped,
}, nativeFormats()...)

// format is all that decoding knows of a format. What the book declares of a source comes on top.
type format struct {
	name schemas.Format
	// text decodes objects that are text, and parquet those that are Parquet. A format that does not come so has nil.
	text, parquet func(*decoder) error
	// columns is what it says of each usage column.
	columns [schemas.UseColumns]rule
	// elsewhere names those of its columns that the usage table does not hold, where it has them in this version: they are
	// kept in x_Extra like a stranger's, but are none.
	elsewhere map[string]bool
	// native is set for a peer's own format: what else there is to know of it.
	native *native.Format
	// nulls are texts that mean null, beside the empty one, and times are layouts of times beside those of RFC 3339.
	nulls, times []string
	// key is what identifies a record where the book names nothing; nil if it has nothing of the kind.
	key []string
}

// rule is what a format says about one usage column.
type rule struct {
	// names are what the format calls it; nil is the usage column's own name.
	names []string
	// from says where a peer's own format has it from; nil is one of names.
	from *native.Column
	// read says where the book has it from in the format mapped; nil is nothing.
	read *intake.Reading
	// absent columns are not in the format: what has their name in an object means something else.
	absent bool
	// mandatory columns must be present; notNull ones hold a value in every row.
	mandatory, notNull bool
	// allowed is the closed list of values; nil allows any text.
	allowed []string
	// side columns hold no money and nothing that it is found by: a value that is wrong is left out of the usage, with a
	// remark, and costs no row. Those beside a billed cost are so where the object has BilledCost.
	side, besideBilled bool
	// open lists are looked at, but a value outside of one rejects no row: they classify, and no money hangs on them.
	open bool
	// nullsNoted and othersNoted say that the book tolerates nulls, or values outside the list.
	nullsNoted, othersNoted bool
	// currency columns hold a code of ISO 4217, json columns a JSON object.
	currency, json bool
}

// formatFor returns the row of a source's format, in the view or by the mapping that it declares.
func formatFor(src *schemas.Source) (*format, error) {
	if src.Format == schemas.Mapped {
		return mappedBy(src)
	}
	for i := range formats {
		if f := &formats[i]; f.name == src.Format && f.native != nil && f.native.View == src.View && src.View != "" {
			return f, nil
		}
	}
	return formatOf(src.Format)
}

// formatOf returns the row of a format.
func formatOf(name schemas.Format) (*format, error) {
	i := slices.IndexFunc(formats, func(f format) bool { return f.name == name })
	if i < 0 {
		return nil, fmt.Errorf("format %q is none that can be read: those are %v", name, schemas.Formats)
	}
	return &formats[i], nil
}

// knows reports whether a field that no usage column takes is one of the format's own.
func (f *format) knows(name string) bool {
	return f.elsewhere[name] || f.native != nil && (f.native.Knows(name) || slices.ContainsFunc(f.native.KnownPrefixes, func(prefix string) bool {
		_, is := native.CutPrefix(name, prefix)
		return is
	}))
}

// keeps reports whether a field is kept in x_Extra although usage columns are made of it.
func (f *format) keeps(name string) bool {
	return f.native != nil && slices.ContainsFunc(f.native.Keeps, func(n string) bool { return schemas.LooseName(n) == schemas.LooseName(name) })
}

// recordKey names the columns that identify a record of a source.
func (f *format) recordKey(src *schemas.Source) []string {
	if len(src.Key) > 0 {
		return src.Key
	}
	return f.key
}

// rules returns what holds for the columns of a source with its tolerances taken into account.
func (f *format) rules(src *schemas.Source) [schemas.UseColumns]rule {
	rules := f.columns
	for i := range rules {
		name := schemas.Usage.Columns[i].Name
		period := i == schemas.UseChargePeriodStart || i == schemas.UseChargePeriodEnd
		if rules[i].absent || !period && listed(src.Tolerate.AbsentColumns, name) {
			rules[i].mandatory = false
		}
		rules[i].nullsNoted = !schemas.Usage.Columns[i].Required && listed(src.Tolerate.NullColumns, name)
		rules[i].othersNoted = listed(src.Tolerate.OtherValues, name)
	}
	return rules
}

// listed reports whether a tolerance covers a column, by name or by *.
func listed(names []string, column string) bool {
	for _, n := range names {
		if n == column || n == "*" {
			return true
		}
	}
	return false
}
