package bank

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"daybook/pipeline/source/wire"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/payment"
)

// Input is one object to decode: its key below the landing place, and its bytes from the first on.
type Input struct {
	Key  string
	Body io.Reader
}

// Sink receives what an object holds. An error from either function ends decoding and is returned as it is.
type Sink struct {
	// Row takes one row, in the order of the object; it is valid until Row returns.
	Row func(*payment.Row) error
	// Finding takes one finding. One with Rows 1 stands for a row that is not handed on; others are about what was.
	Finding func(schemas.Finding) error
}

// The bounds of what an object may hold, beyond those of its source: a text, and the transactions of one entry, which are held
// until the entry's sum is known.
const (
	mostText         = 64 << 10
	mostTransactions = 100_000
)

// Decode reads an object of a source of payments. It returns how many rows there are, of which each is handed on or a finding with
// Rows 1.
//
// The error is a *schemas.RefusedError if the object is truncated, damaged, hostile or not in its format, and otherwise what went
// wrong with reading it or with the sink.
func Decode(ctx context.Context, src *schemas.Source, in Input, out Sink) (rows int64, err error) {
	d := &decoder{src: src, in: in, out: out, limits: src.Limits.WithDefaults()}
	if d.wire, err = wire.NewReader(ctx, in.Key, in.Body, d.limits); err != nil {
		return 0, err
	}
	defer d.wire.Close()
	switch src.Format {
	case schemas.Camt:
		err = d.camt()
	case schemas.MT940:
		err = d.mt940()
	case schemas.Payments10:
		err = d.csv()
	default:
		return 0, fmt.Errorf("decode %s of source %s: format %q is none of payments", in.Key, src.ID, src.Format)
	}
	if _, refused := errors.AsType[*schemas.RefusedError](err); err != nil && !refused {
		err = fmt.Errorf("decode %s of source %s: %w", in.Key, src.ID, err)
	}
	return d.rows, err
}

// decoder is the decoding of one object.
type decoder struct {
	src    *schemas.Source
	in     Input
	out    Sink
	limits schemas.Limits
	wire   *wire.Reader
	// rows counts them, and rejected those that are findings; both are numbers of rows.
	rows, rejected int64
}

// text is the object as a stream.
type text struct{ d *decoder }

// Read reads on.
func (t text) Read(p []byte) (int, error) {
	n, end, err := t.d.wire.Fill(p)
	if err == nil && end && n == 0 {
		err = io.EOF
	}
	return n, err
}

func (d *decoder) refuse(code schemas.Code, format string, args ...any) error {
	return &schemas.RefusedError{Code: code, Object: d.in.Key, Reason: fmt.Sprintf(format, args...)}
}

// row hands a row on.
func (d *decoder) row(r *payment.Row) error {
	d.rows++
	r.Source, r.Object, r.Number = d.src.ID, d.in.Key, d.rows
	return d.out.Row(r)
}

// reject makes a finding of a row that cannot be taken.
func (d *decoder) reject(column string, code schemas.Code, what, value string) error {
	d.rows++
	if d.rejected++; d.rejected > d.limits.RejectedRows {
		return d.refuse(schemas.CodeHostileObject, "more than %d of its rows would be rejected; it is not what its source declares", d.limits.RejectedRows)
	}
	f := schemas.Finding{Code: code, Source: d.src.ID, Object: d.in.Key, Row: d.rows, Column: column, Value: value, Message: column + ": " + what, Rows: 1}
	return d.out.Finding(f.WithFix())
}

// note makes a finding about rows that are handed on.
func (d *decoder) note(f schemas.Finding) error {
	f.Source, f.Object, f.Row = d.src.ID, d.in.Key, d.rows
	return d.out.Finding(f.WithFix())
}

// wrongValue is what is wrong with a value of a row.
type wrongValue struct {
	column string
	code   schemas.Code
	what   string
	value  string
}

// amount reads one as it stands in XML, which has a point and no sign.
func amount(column, value string) (money.Decimal, *wrongValue) {
	a, err := money.ParseDecimal(strings.TrimSpace(value))
	if err != nil {
		return money.Zero, &wrongValue{column, schemas.CodeBadDecimal, "it is not a decimal number", value}
	}
	if _, err := money.FixedFromDecimal(a); err != nil {
		return money.Zero, &wrongValue{column, schemas.CodeTooPrecise, "it has more than 18 fraction digits, or 20 before the point", value}
	}
	return a, nil
}

func currency(column, value string) (money.Currency, *wrongValue) {
	if _, known := money.MinorUnits(money.Currency(value)); !known {
		return "", &wrongValue{column, schemas.CodeBadValue, "it is no currency of ISO 4217", value}
	}
	return money.Currency(value), nil
}

// day reads a date, or a time of which the day is taken as it is written: a bank's day is where the bank is.
func day(column, value string) (schemas.Date, *wrongValue) {
	value = strings.TrimSpace(value)
	if len(value) > len("2006-01-02") && (value[10] == 'T' || value[10] == '+' || value[10] == 'Z' || value[10] == '-') {
		value = value[:10]
	}
	on, err := schemas.ParseDate(value)
	if err != nil {
		return on, &wrongValue{column, schemas.CodeBadTime, "it is no day such as 2024-09-01", value}
	}
	return on, nil
}

// balance is the running check of one statement.
type balance struct {
	opening, closing *money.Decimal
	// in are their currencies, and booked what its transactions come to.
	openingIn, closingIn money.Currency
	booked               money.Decimal
	// mixed says that something of it is in another currency than the balance.
	mixed bool
}

// statement hands a statement on, and says whether its balances and transactions agree.
func (d *decoder) statement(r *payment.Row, b *balance) error {
	r.Kind, r.Opening, r.Closing = payment.Statement, b.opening, b.closing
	r.Currency = b.closingIn
	if r.Currency == "" {
		r.Currency = b.openingIn
	}
	if err := d.row(r); err != nil || b.opening == nil || b.closing == nil {
		return err
	}
	f := schemas.Finding{Code: schemas.CodeStatementUnbalanced, Value: r.Statement, Currency: r.Currency}
	off := b.closing.Sub(b.opening.Add(b.booked))
	switch {
	case b.openingIn != b.closingIn || b.mixed:
		f.Message = fmt.Sprintf("statement %q opens in %s, closes in %s and has transactions in other currencies", schemas.ClipValue(r.Statement), b.openingIn, b.closingIn)
	case off.IsZero():
		return nil
	default:
		f.Message = fmt.Sprintf("statement %q opens with %s, closes with %s, and its booked transactions come to %s", schemas.ClipValue(r.Statement), b.opening, b.closing, b.booked)
		if cost, err := money.FixedFromDecimal(off); err == nil {
			f.Cost = cost
		}
	}
	return d.note(f)
}
