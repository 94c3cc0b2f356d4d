package source

import (
	"cmp"
	"fmt"
	"slices"

	"daybook/pipeline/source/wire"
	"daybook/schemas"
	"daybook/schemas/money"
)

// defect is something wrong with one row of the rows at hand.
type defect struct {
	// number is the row's in the object, row its place among the rows at hand, or -1 if it has no fields.
	number int64
	row    int
	use    int
	column string
	code   schemas.Code
	what   string
	value  string
}

// defect notes that something is wrong with row r.
// In a side column that is only a remark, unless it is no UTF-8: then the row was written in another encoding, and nothing says
// which of its texts mean what they seem to.
func (d *decoder) defect(x *cells, r int, c *column, code schemas.Code, what string, value []byte) {
	if c.side && code != schemas.CodeBadEncoding {
		if code != schemas.CodeMissingValue {
			what += ", and is left out"
		}
		n := d.note(c.name, c.use, code, what, clipped(value))
		n.severity = schemas.Warning
		n.hit(x.numbers[r])
		return
	}
	name := c.name
	if c.from != nil && c.from.Parts && x.which != nil && c.field >= madeField {
		name = c.from.Of[x.which[r]][0]
	}
	d.defects = append(d.defects, defect{x.numbers[r], r, c.use, name, code, what, clipped(value)})
}

// clipped is what a finding holds of a value, without a copy of a long one.
func clipped(value []byte) string {
	const enough = 256
	return schemas.ClipValue(string(value[:min(len(value), enough)]))
}

// reject turns the defects and the bad rows into findings, one for each row, in the order of rows, and takes the rows
// that have any out of the batch. It returns how many rows are rejected.
func (d *decoder) reject(s *rows, bad []wire.BadRow, base int) (int, error) {
	if len(d.defects) == 0 && len(bad) == 0 {
		return 0, nil
	}
	for _, b := range bad {
		d.defects = append(d.defects, defect{b.Number, -1, -1, b.Column, b.Code, b.What, clipped(s.text[b.Start:b.End])})
	}
	slices.SortStableFunc(d.defects, func(a, b defect) int {
		return cmp.Or(cmp.Compare(a.number, b.number), cmp.Compare(a.use, b.use))
	})
	rejected := 0
	var drop []int
	for rest := d.defects; len(rest) > 0; rejected++ {
		n := 1
		for n < len(rest) && rest[n].number == rest[0].number {
			n++
		}
		if err := d.out.Finding(d.rowFinding(rest[:n], base)); err != nil {
			return rejected, err
		}
		if r := rest[0].row; r >= 0 {
			drop = append(drop, base+r)
		}
		rest = rest[n:]
	}
	d.batch.Drop(drop)
	return rejected, nil
}

// rowFinding makes one finding of a row's defects: the first is its code, the others are named.
func (d *decoder) rowFinding(of []defect, base int) schemas.Finding {
	first := of[0]
	f := schemas.Finding{
		Code: first.code, Source: d.src.ID, Object: d.in.Key, Row: first.number, Column: first.column, Value: first.value,
		Message: first.what, Rows: 1,
	}
	if first.column != "" {
		f.Message = first.column + ": " + first.what
	}
	named, before := []string{first.column}, "; also wrong: "
	for _, o := range of[1:] {
		if !slices.Contains(named, o.column) {
			named = append(named, o.column)
			f.Message += before + o.column
			before = ", "
		}
	}
	if first.row >= 0 {
		d.amounts(&f, base+first.row)
	}
	for _, o := range of {
		if o.use == schemas.UseBillingCurrency && f.Currency == "" { // amounts in what is no currency are not those in another
			f.Currency = saidCurrency(o.value)
		}
		if o.value == o.column && o.value != "" {
			f.Code, f.Column, f.Value = schemas.CodeJoinedFiles, "", ""
			f.Message = "the header stands here again, as where files are joined"
			break
		}
	}
	if f.Currency == "" && !f.Cost.IsZero() {
		f.Currency = unknownCurrency
	}
	return f.WithFix()
}

// unknownCurrency is that of the cost of a row that is rejected and names none.
const unknownCurrency money.Currency = "unknown"

// saidCurrency is what a row says where a currency should be, cut to what sums may be called.
func saidCurrency(text string) money.Currency {
	const most = 32
	if r := []rune(text); len(r) > most {
		text = string(r[:most]) + "…"
	}
	return money.Currency(text)
}

// amounts gives a finding the quantity consumed and the cost billed of row i of the batch, where they could be read: what
// control totals add up.
func (d *decoder) amounts(f *schemas.Finding, i int) {
	if v := d.vector(schemas.UseConsumedQuantity); !v.IsNull(i) {
		f.Quantity, f.Unit = v.Decs[i], string(d.vector(schemas.UseConsumedUnit).TextAt(i))
	}
	if v := d.vector(schemas.UseBilledCost); !v.IsNull(i) {
		f.Cost, f.Currency = v.Decs[i], money.Currency(d.vector(schemas.UseBillingCurrency).TextAt(i))
	}
}

// notes are remarks about columns of the object, each with how many rows it concerns.
type notes struct {
	byKey map[noteKey]*note
	list  []*note
	// beyond counts the remarks for which there was no more room.
	beyond int64
}

// mostNotes bounds the remarks about one object; a hostile one could have a new column in every row.
const mostNotes = 4096

// noteKey tells remarks apart.
type noteKey struct {
	column string
	use    int
	code   schemas.Code
	what   string
}

// note is one remark.
type note struct {
	noteKey
	value    string
	severity schemas.Severity
	// rows counts the rows, first is the number of the first of them; 0 for a remark on the column as a whole.
	rows, first int64
}

func (n *note) hit(row int64) {
	if n.rows == 0 {
		n.first = row
	}
	n.rows++
}

// note returns the remark of that kind about a column, making it at its first use.
func (d *decoder) note(column string, use int, code schemas.Code, what, value string) *note {
	key := noteKey{column, use, code, what}
	if n, known := d.notes.byKey[key]; known {
		return n
	}
	n := &note{noteKey: key, value: value}
	if len(d.notes.list) >= mostNotes {
		d.notes.beyond++
		return n
	}
	if d.notes.byKey == nil {
		d.notes.byKey = map[noteKey]*note{}
	}
	d.notes.byKey[key] = n
	d.notes.list = append(d.notes.list, n)
	return n
}

// object remarks on the object as a whole.
func (d *decoder) object(code schemas.Code, what string) {
	d.note("", schemas.UseExtra, code, what, "")
}

// emitNotes hands the remarks to the sink, by usage column, code and text.
func (d *decoder) emitNotes() error {
	slices.SortStableFunc(d.notes.list, func(a, b *note) int {
		return cmp.Or(cmp.Compare(a.use, b.use), cmp.Compare(a.column, b.column), cmp.Compare(a.code, b.code), cmp.Compare(a.what, b.what))
	})
	for _, n := range d.notes.list {
		f := schemas.Finding{
			Code: n.code, Severity: n.severity, Source: d.src.ID, Object: d.in.Key, Row: n.first, Column: n.column, Value: n.value,
			Message: n.column + ": " + n.what,
		}
		if n.column == "" {
			f.Message = n.what
		}
		if into := schemas.Usage.Columns[n.use].Name; into != n.column && n.use != schemas.UseExtra && n.column != "" {
			f.Message = n.column + " as " + into + ": " + n.what
		}
		if n.rows > 0 {
			f.Message += fmt.Sprintf(", in %d %s", n.rows, schemas.OneOrMany(n.rows, "row", "rows"))
		}
		if err := d.out.Finding(f.WithFix()); err != nil {
			return err
		}
	}
	if d.notes.beyond > 0 {
		return d.out.Finding(schemas.Finding{
			Code: schemas.CodeUnknownColumn, Source: d.src.ID, Object: d.in.Key,
			Message: fmt.Sprintf("there are %d more remarks like these than can be listed", d.notes.beyond),
		}.WithFix())
	}
	return nil
}
