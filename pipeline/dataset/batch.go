package dataset

import (
	"daybook/schemas"
	"daybook/schemas/money"
)

// Batch is some rows of a table, column by column. A batch is refilled again and again: Reset keeps every buffer and
// every dictionary, so that a steady state allocates nothing.
type Batch struct {
	Table *schemas.Table
	// Rows is the number of rows; every present column holds exactly so many.
	Rows int
	// Columns stand in the order of Table.Columns.
	Columns []Vector
	// wrong is the first mistake of the row that is being appended.
	wrong error
	// Room is how many rows are expected, 0 if that is unknown: columns that come to be present make room for them.
	Room int
}

// Vector is one column of a batch. Only the fields of its type are used:
//
//	Label    Codes into Dict
//	Text     Bytes, Ends: row i is Bytes[Ends[i-1]:Ends[i]], with Ends[-1] read as 0
//	Time     Ints, microseconds since 1970 in UTC
//	Integer  Ints
//	Decimal  Decs, at scale money.Scale
//
// A null row has its bit set in Nulls and a zero value (code 0 may be any entry, text is empty) in its place.
type Vector struct {
	Type schemas.ColumnType
	// Absent says that every row is null and no other field is filled.
	Absent bool
	// Nulls has bit i&63 of word i>>6 set where row i is null. It may be shorter than the rows; what is missing is not null.
	Nulls []uint64
	Codes []uint32
	Dict  *Dictionary
	Bytes []byte
	Ends  []uint32
	Ints  []int64
	Decs  []money.Fixed
}

// NewBatch returns an empty batch of t with every column absent. A label column gets a dictionary of its own; callers
// that share dictionaries between batches (one dictionary per file, say) replace it.
func NewBatch(t *schemas.Table) *Batch {
	b := &Batch{Table: t, Columns: make([]Vector, len(t.Columns))}
	for i := range b.Columns {
		b.Columns[i].Type = t.Columns[i].Type
		b.Columns[i].Absent = true
		if t.Columns[i].Type == schemas.Label {
			b.Columns[i].Dict = NewDictionary()
		}
	}
	return b
}

// Reset empties b for the next rows. Buffers and dictionaries stay; a column that was present stays present.
func (b *Batch) Reset() {
	b.Rows, b.wrong = 0, nil
	for i := range b.Columns {
		v := &b.Columns[i]
		v.Nulls, v.Codes, v.Bytes, v.Ends = v.Nulls[:0], v.Codes[:0], v.Bytes[:0], v.Ends[:0]
		v.Ints, v.Decs = v.Ints[:0], v.Decs[:0]
	}
}

// LabelBytes returns how much text the dictionaries of b hold.
func (b *Batch) LabelBytes() (size int) {
	for i := range b.Columns {
		if d := b.Columns[i].Dict; d != nil {
			size += d.Size()
		}
	}
	return size
}

// IsNull reports whether row i is null.
func (v *Vector) IsNull(i int) bool {
	if v.Absent {
		return true
	}
	w := i >> 6
	return w < len(v.Nulls) && v.Nulls[w]>>(uint(i)&63)&1 == 1
}

// SetNull marks row i as null, growing the bitmap as needed. It does not append the row's place holder.
func (v *Vector) SetNull(i int) {
	for len(v.Nulls) <= i>>6 {
		v.Nulls = append(v.Nulls, 0)
	}
	v.Nulls[i>>6] |= 1 << (uint(i) & 63)
}

// TextAt returns the bytes of row i of a Text or Label column; they are valid until the batch is reset. A null row
// yields nil.
func (v *Vector) TextAt(i int) []byte {
	switch {
	case v.IsNull(i):
		return nil
	case v.Type == schemas.Label:
		return v.Dict.Value(v.Codes[i])
	default:
		var from uint32
		if i > 0 {
			from = v.Ends[i-1]
		}
		return v.Bytes[from:v.Ends[i]]
	}
}

// StringAt is TextAt as a string, which stays valid. Rows with one Label share it.
func (v *Vector) StringAt(i int) string {
	if v.Type == schemas.Label && !v.IsNull(i) {
		return v.Dict.Text(v.Codes[i])
	}
	return string(v.TextAt(i))
}
