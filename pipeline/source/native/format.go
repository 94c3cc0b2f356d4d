package native

import (
	"strings"
	"time"

	"daybook/schemas"
)

// Formats is the table of peers' own formats.
var Formats = []Format{gcpBilling, azureActual, azureAmortised, awsLegacy, awsExports, databricksUsage, ociCost, openStackSamples, openShiftMetering}

// Format is all that there is to know of a format: where it has each usage column from, and what its fields are like.
type Format struct {
	Name schemas.Format
	// View is the view of the bill that it is, where there are several; empty is the one that a source has if it declares none.
	View schemas.View
	// Columns are by usage column; it has no others.
	Columns map[int]Column
	// Key names the fields that identify a record together; nil if nothing does.
	Key []string
	// Demands are usage columns that must be there and hold a value, beside those that every format must fill.
	Demands []int
	// Together are fields that are all there where one of them is.
	Together [][]string
	// Known are further fields of its own, by their loose names, and KnownPrefixes how the names of others begin: no column takes them.
	Known         map[string]bool
	KnownPrefixes []string
	// Keeps names fields that are kept in x_Extra although columns are made of them, Nested those that hold an object or a list
	// where they come as JSON.
	Keeps, Nested []string
	// Nulls are texts that mean null, Times layouts of times.
	Nulls, Times []string
	// Parquet says that it comes as Parquet, too, and Binary that decimals there are binary fractions. JSON says that it comes as
	// JSON, too.
	Parquet, Binary, JSON bool
	// Bracketed says that names may stand in brackets behind what they are called in another language.
	Bracketed bool
}

// Column is where a format has a usage column from: one of Names, Constant, Write with Of, or Prefix.
type Column struct {
	// Names are what the field is called, the first that is there.
	Names []string
	// Constant is the value in every row.
	Constant string
	// Of are the fields that the column is made of, each by the names that it may have. Without the first of them the column is not
	// there; others that are missing are empty.
	Of    [][]string
	Write Writer
	// Prefix is what the names of the fields begin with of which the column is a JSON object, under the rest of their names.
	Prefix string
	// Parts says that a record comes to a row for each of the fields that holds a value. Any of them will do for the column to be there.
	Parts bool
}

// Knows reports whether a field that no column takes is one of the format's own, whatever its case and signs.
func (f *Format) Knows(name string) bool { return f.Known[schemas.LooseName(name)] }

// Made reports whether the column is no field but made of fields.
func (c *Column) Made() bool { return c.Write != nil || c.Prefix != "" }

// IsLike reports whether two columns are made as one: those that share their fields.
func (c *Column) IsLike(other *Column) bool {
	return len(c.Of) > 0 && len(other.Of) > 0 && &c.Of[0] == &other.Of[0]
}

// Writer appends the text of a column, given those of the fields that it is made of; nothing is null. What it cannot read it
// appends as it stands, so that reading the column finds fault with it. The texts are valid until it returns.
type Writer func(c *Context, dst []byte, in [][]byte) []byte

// Context is what a Writer needs to know of the source.
type Context struct {
	// Zone is that of times without an offset.
	Zone *time.Location
	// Instant reads a time as columns are read.
	Instant func(text string) (time.Time, bool)
	// Part is the place among the fields, of the one for which there is the row, where a format has parts.
	Part int
}

// What FOCUS calls kinds of charges.
const (
	usage      = string(schemas.CategoryUsage)
	purchase   = string(schemas.CategoryPurchase)
	tax        = string(schemas.CategoryTax)
	credit     = string(schemas.CategoryCredit)
	adjustment = string(schemas.CategoryAdjustment)
	used       = "Used"
	unused     = "Unused"
)

// field is a column that is a field of one of several names.
func field(names ...string) Column { return Column{Names: names} }

// always is a column of one value.
func always(value string) Column { return Column{Constant: value} }

// madeOf is a column that is made of fields, each of one or several names, parted by |.
func madeOf(write Writer, fields ...string) Column {
	c := Column{Write: write}
	for _, f := range fields {
		c.Of = append(c.Of, strings.Split(f, "|"))
	}
	return c
}

// membersOf is a column that holds all fields whose names begin with a prefix.
func membersOf(prefix string) Column { return Column{Prefix: prefix} }

// names makes a set of names without case and signs.
func names(of ...string) map[string]bool {
	set := make(map[string]bool, len(of))
	for _, n := range of {
		set[schemas.LooseName(n)] = true
	}
	return set
}
