package schemas

import "fmt"

// ColumnType is how a column is held in memory and in Parquet.
type ColumnType uint8

// The column types. Money and quantities are always Decimal; there is no floating-point type on purpose.
const (
	// Label is text with few distinct values: dictionary codes in memory, a dictionary page in Parquet (STRING).
	Label ColumnType = iota + 1
	// Text is free text, mostly distinct (STRING).
	Text
	// Time is an instant: INT64 microseconds since 1970 in UTC (TIMESTAMP_MICROS, adjusted to UTC).
	Time
	// Decimal is DECIMAL(38,18): money.Fixed in memory, FIXED_LEN_BYTE_ARRAY(16) in Parquet.
	Decimal
	// Integer is a count or a row number (INT64).
	Integer
)

// Column is one column of a dataset.
type Column struct {
	// Name is the FOCUS name in PascalCase; ours alone begin with x_ and stand last.
	Name string
	Type ColumnType
	// Required columns hold no null.
	Required bool
}

// Table is the schema of a dataset: its name, version and columns in order. Tables are read-only.
type Table struct {
	// Name is the dataset's directory below datasets/.
	Name string
	// Version changes when a column is added, removed or changes meaning; it is written into every footer.
	Version string
	Columns []Column
}

// Index returns the position of the named column, or -1.
func (t *Table) Index(name string) int {
	for i := range t.Columns {
		if t.Columns[i].Name == name {
			return i
		}
	}
	return -1
}

// Check reports a table that no dataset could hold: an unnamed or repeated column, or an unknown type.
func (t *Table) Check() error {
	seen := make(map[string]bool, len(t.Columns))
	for _, c := range t.Columns {
		if c.Name == "" || seen[c.Name] || c.Type < Label || c.Type > Integer {
			return fmt.Errorf("table %s: column %q is unnamed, repeated or of no known type", t.Name, c.Name)
		}
		seen[c.Name] = true
	}
	return nil
}
