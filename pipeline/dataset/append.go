package dataset

import (
	"fmt"

	"daybook/schemas"
	"daybook/schemas/money"
)

// The Append methods fill a batch value by value, for tables of thousands of rows rather than millions: findings,
// charges, variances. Each column takes one value per row, in any order; EndRow closes the row and gives the columns left
// out a null.
//
// A value of the wrong type, a second value in one row, and a null or nothing in a required column is a mistake in the
// caller's code. EndRow reports the first of its row; the row is then taken back.

// AppendText gives column col of the current row a text; the column is a Label or Text.
func (b *Batch) AppendText(col int, text string) {
	v := b.cell(col, schemas.Label, schemas.Text)
	switch {
	case v == nil:
	case v.Type == schemas.Label:
		v.Codes = append(v.Codes, v.Dict.CodeOf(text))
	default:
		v.Bytes = append(v.Bytes, text...)
		v.Ends = append(v.Ends, uint32(len(v.Bytes)))
	}
}

// AppendCode gives the Label column col of the current row the text of a code of its dictionary.
func (b *Batch) AppendCode(col int, code uint32) {
	if v := b.cell(col, schemas.Label, schemas.Label); v != nil {
		v.Codes = append(v.Codes, code)
	}
}

// AppendBytes is AppendText for text that is no string. It copies it.
func (b *Batch) AppendBytes(col int, text []byte) {
	v := b.cell(col, schemas.Label, schemas.Text)
	switch {
	case v == nil:
	case v.Type == schemas.Label:
		v.Codes = append(v.Codes, v.Dict.Code(text))
	default:
		v.Bytes = append(v.Bytes, text...)
		v.Ends = append(v.Ends, uint32(len(v.Bytes)))
	}
}

// AppendTime gives column col of the current row an instant in microseconds since 1970 in UTC.
func (b *Batch) AppendTime(col int, micros int64) {
	if v := b.cell(col, schemas.Time, schemas.Time); v != nil {
		v.Ints = append(v.Ints, micros)
	}
}

// AppendInt gives column col of the current row an integer.
func (b *Batch) AppendInt(col int, n int64) {
	if v := b.cell(col, schemas.Integer, schemas.Integer); v != nil {
		v.Ints = append(v.Ints, n)
	}
}

// AppendDecimal gives column col of the current row a decimal.
func (b *Batch) AppendDecimal(col int, d money.Fixed) {
	if v := b.cell(col, schemas.Decimal, schemas.Decimal); v != nil {
		v.Decs = append(v.Decs, d)
	}
}

// AppendNull gives column col of the current row a null, as leaving it out does.
func (b *Batch) AppendNull(col int) {
	if col < 0 || col >= len(b.Columns) {
		b.fail(fmt.Errorf("table %s has no column %d", b.Table.Name, col))
		return
	}
	v := &b.Columns[col]
	if v.Len() > b.Rows {
		b.fail(fmt.Errorf("column %s of table %s got two values in one row", b.Table.Columns[col].Name, b.Table.Name))
		return
	}
	if !v.Absent {
		v.AppendNull()
	}
}

// EndRow closes the current row. The error names the column that got a wrong value, or none though it needs one.
func (b *Batch) EndRow() error {
	for i := range b.Columns {
		v := &b.Columns[i]
		if !v.Absent && v.Len() == b.Rows {
			v.AppendNull()
		}
		if b.Table.Columns[i].Required && v.IsNull(b.Rows) {
			b.fail(fmt.Errorf("required column %s of table %s got no value", b.Table.Columns[i].Name, b.Table.Name))
		}
	}
	if err := b.wrong; err != nil {
		b.wrong = nil
		b.truncate(b.Rows)
		return fmt.Errorf("append row %d: %w", b.Rows+1, err)
	}
	b.Rows++
	return nil
}

// cell prepares column col for a value of one of two types; it returns nil when it cannot take one.
func (b *Batch) cell(col int, one, other schemas.ColumnType) *Vector {
	if col < 0 || col >= len(b.Columns) {
		b.fail(fmt.Errorf("table %s has no column %d", b.Table.Name, col))
		return nil
	}
	v, c := &b.Columns[col], &b.Table.Columns[col]
	if v.Type != one && v.Type != other {
		b.fail(fmt.Errorf("column %s of table %s got a value of another type", c.Name, b.Table.Name))
		return nil
	}
	v.Fill(b.Rows)
	if v.Len() > b.Rows {
		b.fail(fmt.Errorf("column %s of table %s got two values in one row", c.Name, b.Table.Name))
		return nil
	}
	return v
}

// fail keeps the first mistake of a row.
func (b *Batch) fail(err error) {
	if b.wrong == nil {
		b.wrong = err
	}
}

// truncate takes back what lies past the first rows.
func (b *Batch) truncate(rows int) {
	for i := range b.Columns {
		if v := &b.Columns[i]; !v.Absent {
			v.Truncate(rows)
		}
	}
	b.Rows = rows
}

// Len returns the number of rows that v holds; 0 if it is absent.
func (v *Vector) Len() int {
	switch {
	case v.Absent:
		return 0
	case v.Type == schemas.Label:
		return len(v.Codes)
	case v.Type == schemas.Text:
		return len(v.Ends)
	case v.Type == schemas.Decimal:
		return len(v.Decs)
	default:
		return len(v.Ints)
	}
}

// Fill makes an absent column present, with the given number of nulls.
func (v *Vector) Fill(rows int) {
	if !v.Absent {
		return
	}
	v.Absent = false
	v.Truncate(0)
	v.AppendNulls(rows)
}

// AppendNull appends a null to a present column.
func (v *Vector) AppendNull() {
	v.SetNull(v.Len())
	switch v.Type {
	case schemas.Label:
		v.Codes = append(v.Codes, 0)
	case schemas.Text:
		v.Ends = append(v.Ends, uint32(len(v.Bytes)))
	case schemas.Decimal:
		v.Decs = append(v.Decs, money.Fixed{})
	default:
		v.Ints = append(v.Ints, 0)
	}
}

// AppendNulls appends n nulls.
func (v *Vector) AppendNulls(n int) {
	if n <= 0 {
		return
	}
	at := v.Len()
	v.setNulls(at, at+n)
	switch v.Type {
	case schemas.Label:
		v.Codes = Grow(v.Codes, n)
		clear(v.Codes[at:])
	case schemas.Text:
		v.Ends = Grow(v.Ends, n)
		for i := range n {
			v.Ends[at+i] = uint32(len(v.Bytes))
		}
	case schemas.Decimal:
		v.Decs = Grow(v.Decs, n)
		clear(v.Decs[at:])
	case schemas.Time, schemas.Integer:
		v.Ints = Grow(v.Ints, n)
		clear(v.Ints[at:])
	}
}

// setNulls is SetNull for rows [from, to), of which there is at least one.
func (v *Vector) setNulls(from, to int) {
	v.SetNull(to - 1)
	first, last := from>>6, (to-1)>>6
	head, tail := ^uint64(0)<<(uint(from)&63), ^uint64(0)>>(63-uint(to-1)&63)
	if first == last {
		v.Nulls[first] |= head & tail
		return
	}
	v.Nulls[first] |= head
	for i := first + 1; i < last; i++ {
		v.Nulls[i] = ^uint64(0)
	}
	v.Nulls[last] |= tail
}

// Truncate keeps the first rows of a present column.
func (v *Vector) Truncate(rows int) {
	words := (rows + 63) / 64
	if len(v.Nulls) > words {
		v.Nulls = v.Nulls[:words]
	}
	if len(v.Nulls) == words && rows&63 != 0 {
		v.Nulls[words-1] &= 1<<(uint(rows)&63) - 1
	}
	switch v.Type {
	case schemas.Label:
		v.Codes = v.Codes[:min(rows, len(v.Codes))]
	case schemas.Text:
		v.Ends = v.Ends[:min(rows, len(v.Ends))]
		size := uint32(0)
		if n := len(v.Ends); n > 0 {
			size = v.Ends[n-1]
		}
		v.Bytes = v.Bytes[:size]
	case schemas.Decimal:
		v.Decs = v.Decs[:min(rows, len(v.Decs))]
	default:
		v.Ints = v.Ints[:min(rows, len(v.Ints))]
	}
}
