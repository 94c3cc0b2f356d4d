package source

import (
	"errors"
	"fmt"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/parquet"
	"daybook/pipeline/source/wire"
	"daybook/schemas"
)

const (
	// parquetRatio is how many times more than text Parquet may unpack to: a column of one value takes next to nothing.
	parquetRatio = 10
	// parquetFloor is the size of the text up to which any ratio is well.
	parquetFloor = 16 << 20
)

// parquetRows is how many rows of Parquet are looked at together.
const parquetRows = 4096

// parquet decodes the object as Parquet. Every column is read as the text that a CSV file would have for it, and then as
// CSV is: one reading of values serves both.
func (d *decoder) parquet() error {
	if d.in.At == nil {
		return errors.New("it is Parquet, which is read at any offset; give At and Size")
	}
	f, err := parquet.Open(d.in.At, d.in.Size)
	if err != nil {
		return d.damaged(err)
	}
	table := schemas.Table{Name: "delivery"}
	var names []string
	var from []int
	for i, c := range f.Columns() {
		names, from = append(names, c.Name), append(from, i)
		table.Columns = append(table.Columns, schemas.Column{Name: c.Name, Type: schemas.Text})
	}
	if err := d.layOut(names); err != nil {
		return err
	}
	if err := d.binaryFractions(f, from); err != nil {
		return err
	}
	for i := range d.columns {
		if c := &d.columns[i]; c.field >= 0 && c.field < madeField {
			c.naive = f.Columns()[from[c.field]].Naive
		}
	}
	d.closeFields(table.Columns, from)
	scan, err := f.Scan(&table, parquet.ScanOptions{From: from, BatchRows: parquetRows})
	if err != nil {
		return d.damaged(err)
	}
	return d.takeScanned(scan, dataset.NewBatch(&table))
}

// closeFields leaves out of the scan the columns that nothing reads.
func (d *decoder) closeFields(columns []schemas.Column, from []int) {
	used := make([]bool, len(columns))
	for i := range d.columns {
		for _, f := range d.fieldsOf(&d.columns[i]) {
			used[f] = true
		}
	}
	for _, f := range d.key.fields {
		used[f] = true
	}
	for _, f := range d.extra.fields {
		used[f.field] = true
	}
	for i := range used {
		if !used[i] {
			from[i] = -1
		}
	}
}

// binaryFractions looks for decimals that are stored as binary fractions.
func (d *decoder) binaryFractions(f *parquet.Reader, from []int) error {
	for i := range d.columns {
		c := &d.columns[i]
		fields := d.fieldsOf(c)
		k := slices.IndexFunc(fields, func(field int) bool { return f.Columns()[from[field]].Binary() })
		if k < 0 || schemas.Usage.Columns[c.use].Type != schemas.Decimal {
			continue
		}
		kind := f.Columns()[from[fields[k]]].Description
		switch {
		case d.format.native != nil && d.format.native.Binary:
			c.binary = true
		case d.src.Tolerate.BinaryFractions, c.side:
			d.note(c.name, c.use, schemas.CodeToleratedBinary, "the column is "+kind, "").All(f.Rows())
			c.binary = true
		default:
			return d.refuse(schemas.CodeUnreadableObject,
				"its column %s is %s, which does not hold decimals exactly; set tolerate.binary_fractions of the source to read the shortest decimal of each", c.name, kind)
		}
	}
	return nil
}

// fieldsOf returns the fields of the object that a column is, or is made of.
func (d *decoder) fieldsOf(c *column) []int {
	switch {
	case c.field < 0:
		return nil
	case c.field < madeField:
		return []int{c.field}
	}
	var fields []int
	m := &d.made[c.field-madeField]
	for _, f := range m.inputs {
		if f >= 0 {
			fields = append(fields, f)
		}
	}
	if m.members != nil {
		fields = append(fields, m.members.places...)
	}
	return fields
}

// takeScanned parses what is scanned.
func (d *decoder) takeScanned(scan *parquet.Scanner, b *dataset.Batch) error {
	s := &rows{columns: make([]cells, len(b.Columns)), rawJSON: true}
	for {
		if err := d.ctx.Err(); err != nil {
			return err
		}
		more, err := scan.Next(b)
		if err != nil {
			return d.damaged(err)
		}
		if !more {
			return nil
		}
		first := scan.Row() - int64(b.Rows)
		s.n, s.numbers = b.Rows, s.numbers[:0]
		for r := range b.Rows {
			s.numbers = append(s.numbers, first+int64(r)+1)
		}
		size := 0
		for i := range b.Columns {
			size += len(b.Columns[i].Bytes)
			cellsOf(&s.columns[i], &b.Columns[i], b.Rows)
		}
		d.stats.Bytes += int64(size)
		if d.stats.Bytes > d.limits.ObjectBytes {
			return d.refuse(schemas.CodeHostileObject, "it is larger than the limit of %d bytes when unpacked", d.limits.ObjectBytes)
		}
		// As text, each value has something behind it that parts it from the next, if it is null, too.
		text := d.stats.Bytes + (first+int64(b.Rows))*int64(len(b.Columns))
		if ratio := parquetRatio * d.limits.Ratio; text > parquetFloor && text/ratio > d.in.Size {
			return d.refuse(schemas.CodeHostileObject, "as text it is more than %d times its size, and the source's limits.ratio of %d allows %d times that of Parquet",
				ratio, d.limits.Ratio, parquetRatio)
		}
		if err := d.take(s, nil, size); err != nil {
			return err
		}
	}
}

// cellsOf makes cells of a column of texts; null ones are empty.
func cellsOf(x *cells, v *dataset.Vector, n int) {
	x.pos, x.stride = append(x.pos[:0], 0), 1
	if v.Absent {
		for range n {
			x.pos = append(x.pos, 0)
		}
	} else {
		x.pos = append(x.pos, v.Ends...)
	}
	v.Bytes = append(v.Bytes, make([]byte, wire.Slack-1)...)
	x.text = v.Bytes
}

// damaged turns an error about a Parquet file into a refusal, unless it came from reading it.
func (d *decoder) damaged(err error) error {
	if errors.Is(err, dataset.ErrDamaged) || errors.Is(err, parquet.ErrUnsupported) {
		return d.refuse(schemas.CodeUnreadableObject, "%v", err)
	}
	return fmt.Errorf("read the object: %w", err)
}
