package source

import (
	"cmp"
	"slices"

	"daybook/pipeline/source/remark"
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
		n.Severity = schemas.Warning
		n.Hit(x.numbers[r])
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

// note returns the remark of that kind about a column.
func (d *decoder) note(column string, use int, code schemas.Code, what, value string) *remark.Note {
	return d.notes.Of(remark.Kind{Column: column, Use: use, Code: code, What: what}, value)
}

// object remarks on the object as a whole.
func (d *decoder) object(code schemas.Code, what string) {
	d.note("", schemas.UseExtra, code, what, "")
}
