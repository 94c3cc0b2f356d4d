package bank

import (
	"slices"
	"strings"
	"time"

	"daybook/pipeline/source/wire"
	"daybook/schemas"
	"daybook/schemas/intake"
	"daybook/schemas/money"
	"daybook/schemas/payment"
)

// The positions of payment.CSVColumns.
const (
	colAccount = iota
	colStatement
	colReference
	colBooked
	colValued
	colAmount
	colCurrency
	colSign
	colCharges
	colParty
	colIBAN
	colStructured
	colEndToEnd
	colDocument
	colText
	colStatus
)

// csvReader reads one object.
type csvReader struct {
	d *decoder
	// from are the fields that a column of ours comes from, and read how; fixed is what the book says in every row.
	from   [][]int
	read   []intake.Reading
	fixed  []string
	values []string
}

func (d *decoder) csv() error {
	if d.wire.Packing == wire.Parquet {
		return d.refuse(schemas.CodeUnreadableObject, "it is Parquet, and payments come as CSV")
	}
	c := wire.NewCSV(d.wire, d.limits.RowBytes)
	names, err := c.Header()
	if err != nil {
		return err
	}
	r := &csvReader{d: d}
	if err := r.place(names); err != nil {
		return err
	}
	for {
		more, err := c.Next()
		if err != nil || !more {
			return err
		}
		if err := r.rows(c); err != nil {
			return err
		}
	}
}

// place finds where each column comes from.
func (r *csvReader) place(names []string) error {
	for i, name := range payment.CSVColumns() {
		reading, mapped := r.d.src.Mapping[name]
		if from := r.d.src.Columns[name]; !mapped && from != "" {
			reading, mapped = intake.Reading{From: []string{from}}, true
		}
		if !mapped {
			reading.From = []string{name}
		}
		var fields []int
		for _, from := range reading.From {
			if at := slices.Index(names, from); at >= 0 {
				fields = append(fields, at)
			}
		}
		fixed := r.d.src.Constants[name]
		must := i == colAccount || i == colBooked || i == colAmount || i == colCurrency
		if len(fields) == 0 && fixed == "" && (must || mapped) {
			return r.d.refuse(schemas.CodeMissingColumn, "%s is absent, which %s is read from", strings.Join(reading.From, ", "), name)
		}
		r.from, r.read, r.fixed = append(r.from, fields), append(r.read, reading), append(r.fixed, fixed)
	}
	r.values = make([]string, len(r.from))
	return nil
}

// rows takes the rows at hand, those that have no fields among them.
func (r *csvReader) rows(c *wire.CSV) error {
	bad := c.Bad
	reject := func(below int64) error {
		for ; len(bad) > 0 && bad[0].Number < below; bad = bad[1:] {
			if err := r.d.reject("row", bad[0].Code, bad[0].What, string(c.Buf[bad[0].Start:bad[0].End])); err != nil {
				return err
			}
		}
		return nil
	}
	for n := range c.Rows {
		if err := reject(c.Numbers[n]); err != nil {
			return err
		}
		for i := range r.values {
			r.values[i] = r.value(c, n, i)
		}
		row, wrong := r.row()
		var err error
		if wrong != nil {
			err = r.d.reject(wrong.column, wrong.code, wrong.what, wrong.value)
		} else {
			err = r.d.row(&row)
		}
		if err != nil {
			return err
		}
	}
	return reject(c.Last + 1)
}

// value is what column i says in row n.
func (r *csvReader) value(c *wire.CSV, n, i int) string {
	for _, field := range r.from[i] {
		at := n*(c.Fields+1) + field
		text := string(c.Buf[c.Pos[at]+1 : c.Pos[at+1]])
		if strings.HasPrefix(text, `"`) {
			text = strings.ReplaceAll(text[1:len(text)-1], `""`, `"`)
		}
		if text = strings.TrimSpace(text); text == "" || slices.Contains(r.read[i].Nulls, text) {
			continue
		}
		if stands, is := r.read[i].Values[text]; is {
			return stands
		}
		return text
	}
	return r.fixed[i]
}

func (r *csvReader) row() (row payment.Row, wrong *wrongValue) {
	v := r.values
	row = payment.Row{
		Kind: payment.Booked, Account: payment.Plain(v[colAccount]), Statement: v[colStatement], Reference: v[colReference], Part: 1, Party: v[colParty],
		PartyAccount: payment.Plain(v[colIBAN]), Structured: payment.Plain(v[colStructured]), EndToEnd: v[colEndToEnd], Document: v[colDocument], Text: v[colText],
	}
	for i, text := range v {
		if !wire.WellEncoded([]byte(text)) {
			return row, &wrongValue{payment.CSVColumns()[i], schemas.CodeBadEncoding, "it is not UTF-8", text}
		}
	}
	if row.Account == "" {
		return row, &wrongValue{"account", schemas.CodeMissingValue, "it is empty", ""}
	}
	if row.Amount, wrong = r.number(colAmount); wrong != nil {
		return row, wrong
	}
	if v[colCharges] != "" {
		if row.Charges, wrong = r.number(colCharges); wrong != nil {
			return row, wrong
		}
		row.Charges = row.Charges.Abs()
	}
	if row.Currency, wrong = currency("currency", v[colCurrency]); wrong != nil {
		return row, wrong
	}
	if row.Booked, wrong = r.on(colBooked); wrong != nil {
		return row, wrong
	}
	row.Valued = row.Booked
	if v[colValued] != "" {
		if row.Valued, wrong = r.on(colValued); wrong != nil {
			return row, wrong
		}
	}
	return row, r.judged(&row)
}

// judged takes sign and status.
func (r *csvReader) judged(row *payment.Row) *wrongValue {
	switch sign := r.values[colSign]; sign {
	case "":
	case "credit", "debit":
		if row.Amount.IsNegative() {
			return &wrongValue{"amount", schemas.CodeBadValue, "it is below zero, and sign says which way money goes", row.Amount.String()}
		}
		if sign == "debit" {
			row.Amount = row.Amount.Neg()
		}
	default:
		return &wrongValue{"sign", schemas.CodeBadValue, "it is neither credit nor debit", sign}
	}
	switch status := r.values[colStatus]; status {
	case "", string(payment.Booked):
	case string(payment.Pending), string(payment.Information):
		row.Kind = payment.Kind(status)
	default:
		return &wrongValue{"status", schemas.CodeBadValue, "it is none of booked, pending and information", status}
	}
	return nil
}

// number reads an amount as its layout says: 1.234,56 has a decimal comma, and 1,234.56 commas between thousands.
func (r *csvReader) number(i int) (money.Decimal, *wrongValue) {
	text := r.values[i]
	switch r.read[i].Layout {
	case "1.234,56":
		text = strings.Replace(strings.ReplaceAll(text, ".", ""), ",", ".", 1)
	case "1,234.56":
		text = strings.ReplaceAll(text, ",", "")
	}
	a, wrong := amount(payment.CSVColumns()[i], strings.TrimPrefix(text, "+"))
	if wrong == nil && r.read[i].Factor != nil {
		a = a.Mul(*r.read[i].Factor)
		_, wrong = amount(payment.CSVColumns()[i], a.String())
	}
	return a, wrong
}

// on reads a day, by the layout where there is one.
func (r *csvReader) on(i int) (schemas.Date, *wrongValue) {
	text := r.values[i]
	layout := r.read[i].Layout
	if layout == "" {
		return day(payment.CSVColumns()[i], text)
	}
	at, err := time.Parse(layout, text)
	if err != nil {
		return schemas.Date{}, &wrongValue{payment.CSVColumns()[i], schemas.CodeBadTime, "it is not written as " + layout, text}
	}
	return schemas.DateOf(at, at.Location()), nil
}
