package evidence

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"daybook/pipeline/source/wire"
	"daybook/schemas"
	"daybook/schemas/service"
)

// Input is one object to decode: its key below the landing place, and its bytes from the first on.
type Input struct {
	Key  string
	Body io.Reader
}

// Sink receives the evidence that an object holds. An error from either function ends decoding and is returned as it is.
type Sink struct {
	// Row takes one row, in the order of the object; it is valid until Row returns. Whose it is, the caller knows.
	Row func(*service.EvidenceRow) error
	// Finding takes one finding: those of rows in the order of rows, then the notes about the whole object.
	Finding func(schemas.Finding) error
}

// Decode reads an object of a source of evidence, whose format is the declared one. It returns how many rows there are, of which each
// is handed on or a finding with Rows 1.
//
// The error is a *schemas.RefusedError if the object is truncated, damaged, hostile or not in its format, and otherwise what went
// wrong with reading it, the sink or the source's own description.
func Decode(ctx context.Context, src *schemas.Source, in Input, out Sink) (rows int64, err error) {
	i := slices.IndexFunc(formats, func(f format) bool { return f.name == src.Format })
	if i < 0 {
		return 0, fmt.Errorf("decode %s of source %s: format %q is none of evidence", in.Key, src.ID, src.Format)
	}
	d := &decoder{src: src, in: in, out: out, format: &formats[i], limits: src.Limits.WithDefaults()}
	err = d.decode(ctx)
	if _, refused := errors.AsType[*schemas.RefusedError](err); err != nil && !refused {
		err = fmt.Errorf("decode %s of source %s: %w", in.Key, src.ID, err)
	}
	return d.rows, err
}

// mostStrange is how many columns that a format does not know are noted of an object.
const mostStrange = 100

// decoder is the decoding of one object.
type decoder struct {
	src    *schemas.Source
	format *format
	in     Input
	out    Sink
	limits schemas.Limits
	// rows counts them, and rejected those that are findings.
	rows, rejected int64

	wire *wire.Reader
	win  wire.Window
	// values are those of the row at hand, by column of the format.
	values []string
	// strange are columns that the format does not know, with the first row that has them.
	strange map[string]int64
}

func (d *decoder) decode(ctx context.Context) (err error) {
	if d.wire, err = wire.NewReader(ctx, d.in.Key, d.in.Body, d.limits); err != nil {
		return err
	}
	defer d.wire.Close()
	if d.wire.Packing == wire.Parquet {
		return d.refuse(schemas.CodeUnreadableObject, "it is Parquet, and %s comes as CSV or JSON lines", d.format.name)
	}
	d.values, d.strange = make([]string, len(d.format.columns)), map[string]int64{}
	if err := d.win.Fill(d.wire.Fill); err != nil {
		return err
	}
	text := bytes.TrimPrefix(d.win.Text(), []byte("\uFEFF"))
	if text = bytes.TrimLeft(text, " \t\r\n"); len(text) > 0 && (text[0] == '{' || text[0] == '[') {
		err = d.lines()
	} else {
		err = d.csv()
	}
	if err != nil {
		return err
	}
	return d.notes()
}

func (d *decoder) refuse(code schemas.Code, format string, args ...any) error {
	return &schemas.RefusedError{Code: code, Object: d.in.Key, Reason: fmt.Sprintf(format, args...)}
}

// column is the place of a column in the format, or -1.
func (d *decoder) column(name string) int {
	return slices.IndexFunc(d.format.columns, func(c column) bool { return c.name == name })
}

// csv reads rows below a header.
func (d *decoder) csv() error {
	c := wire.NewCSV(d.wire, d.limits.RowBytes)
	c.Window = d.win
	names, err := c.Header()
	if err != nil {
		return err
	}
	fields := make([]int, len(names))
	for i, name := range names {
		if fields[i] = d.column(name); fields[i] < 0 {
			d.strange[name] = 1
		} else if slices.Contains(fields[:i], fields[i]) {
			return d.refuse(schemas.CodeUnreadableObject, "its header names the column %s twice", name)
		}
	}
	for i := range d.format.columns {
		if x := &d.format.columns[i]; x.required && !slices.Contains(fields, i) {
			return d.refuse(schemas.CodeMissingColumn, "%s is absent, and %s requires it", x.name, d.format.name)
		}
	}
	for {
		more, err := c.Next()
		if err != nil || !more {
			return err
		}
		if err := d.csvRows(c, fields); err != nil {
			return err
		}
	}
}

// csvRows takes the rows at hand, those that have no fields among them, in the order of the object.
func (d *decoder) csvRows(c *wire.CSV, fields []int) error {
	bad := c.Bad
	reject := func(below int64) error {
		for ; len(bad) > 0 && bad[0].Number < below; bad = bad[1:] {
			b := &bad[0]
			if err := d.reject(b.Number, b.Column, b.Code, b.What, string(c.Buf[b.Start:b.End])); err != nil {
				return err
			}
		}
		return nil
	}
	for r := range c.Rows {
		if err := reject(c.Numbers[r]); err != nil {
			return err
		}
		clear(d.values)
		for i, column := range fields {
			if column < 0 {
				continue
			}
			at := r*(c.Fields+1) + i
			text := string(c.Buf[c.Pos[at]+1 : c.Pos[at+1]])
			if strings.HasPrefix(text, `"`) {
				text = strings.ReplaceAll(text[1:len(text)-1], `""`, `"`)
			}
			d.values[column] = text
		}
		if err := d.row(c.Numbers[r]); err != nil {
			return err
		}
	}
	return reject(c.Last + 1)
}

// lines reads an object of JSON on each line.
func (d *decoder) lines() error {
	if bytes.HasPrefix(d.win.Text(), []byte("\uFEFF")) {
		d.win.Start += len("\uFEFF")
	}
	for n := int64(0); ; {
		end := bytes.IndexByte(d.win.Text(), '\n')
		switch {
		case end >= 0:
		case d.win.EOF:
			return nil
		case d.win.End-d.win.Start > int(d.limits.RowBytes):
			n++
			if err := d.reject(n, "", schemas.CodeLongRow, "it is longer than the limit", string(d.win.Text()[:256])); err != nil {
				return err
			}
			if err := d.win.SkipLine(d.wire.Fill); err != nil {
				return err
			}
			continue
		default:
			if err := d.win.Fill(d.wire.Fill); err != nil {
				return err
			}
			continue
		}
		line := bytes.TrimSpace(d.win.Text()[:end])
		d.win.Start += end + 1
		if len(line) == 0 {
			continue
		}
		n++
		if err := d.line(n, line); err != nil {
			return err
		}
	}
}

// line takes an object of JSON; its values are texts, numbers, true, false or null.
func (d *decoder) line(n int64, line []byte) error {
	if len(line) > int(d.limits.RowBytes) {
		return d.reject(n, "", schemas.CodeLongRow, "it is longer than the limit", string(line[:256]))
	}
	if !wire.WellEncoded(line) {
		return d.reject(n, "", schemas.CodeBadEncoding, "the line is not UTF-8", string(line))
	}
	var object map[string]json.RawMessage
	if err := wire.DecodeObject(line, &object); err != nil || object == nil {
		why := "the line is no JSON object"
		if object != nil {
			why = err.Error()
		}
		return d.reject(n, "", schemas.CodeBadJSON, why, string(line))
	}
	clear(d.values)
	for _, name := range slices.Sorted(maps.Keys(object)) {
		column, value := d.column(name), object[name]
		if column < 0 {
			if _, known := d.strange[name]; !known && len(d.strange) < mostStrange {
				d.strange[name] = n
			}
			continue
		}
		text := string(value)
		if d.format.columns[column].set == nil {
			continue
		}
		switch text[0] {
		case '"':
			if err := json.Unmarshal(value, &text); err != nil {
				return d.reject(n, name, schemas.CodeBadJSON, "it is no text", string(value))
			}
		case '{', '[':
			return d.reject(n, name, schemas.CodeBadValue, "it holds values, and one value is read here", text)
		case 'n':
			text = ""
		}
		d.values[column] = text
	}
	return d.row(n)
}

// row takes the values at hand as row n.
func (d *decoder) row(n int64) error {
	r := service.EvidenceRow{Format: d.format.name, Source: d.src.ID, Peer: d.src.Peer, Object: d.in.Key, Row: n}
	for i := range d.format.columns {
		c, text := &d.format.columns[i], d.values[i]
		switch {
		case !wire.WellEncoded([]byte(text)):
			return d.reject(n, c.name, schemas.CodeBadEncoding, "it is not UTF-8", text)
		case text == "" && c.required:
			return d.reject(n, c.name, schemas.CodeMissingValue, "it is empty", "")
		case text == "", c.set == nil:
			continue
		}
		if wrong := c.set(d, &r, text); wrong != nil {
			return d.reject(n, c.name, wrong.code, wrong.what, text)
		}
	}
	switch {
	case !r.End.IsZero() && r.End.Before(r.Start) && r.Format != schemas.Incidents10: // which of the two is wrong, a person decides
		end := "end"
		if r.Format == schemas.Credentials10 {
			end = "expires"
		}
		return d.reject(n, end, schemas.CodeBadPeriod, "it ends before it begins", "")
	case r.Format == schemas.DisputeAnswers10 && r.Amount != nil && !r.Amount.IsPositive():
		return d.reject(n, "amount", schemas.CodeBadValue, "it is not above zero", r.Amount.String())
	case r.Format == schemas.DisputeAnswers10 && (r.Amount != nil) != (r.Currency != ""):
		return d.reject(n, "currency", schemas.CodeMissingValue, "an amount and its currency stand together", "")
	case r.Format == schemas.CustomerRequests10 && r.Start.Before(r.Known):
		return d.reject(n, "changed", schemas.CodeBadPeriod, "it is before it was received", "")
	case r.Errors > r.Total:
		return d.reject(n, "errors", schemas.CodeBadValue, fmt.Sprintf("more failed than the %d that there were", r.Total), fmt.Sprint(r.Errors))
	}
	d.rows++
	return d.out.Row(&r)
}

// reject makes a finding of row n.
func (d *decoder) reject(n int64, column string, code schemas.Code, what, value string) error {
	d.rows++
	if d.rejected++; d.rejected > d.limits.RejectedRows {
		return d.refuse(schemas.CodeHostileObject, "more than %d of its rows would be rejected; it is not what its source declares", d.limits.RejectedRows)
	}
	f := schemas.Finding{Code: code, Source: d.src.ID, Object: d.in.Key, Row: n, Column: column, Value: value, Message: what, Rows: 1}
	if column != "" {
		f.Message = column + ": " + what
	}
	info, _ := code.Info()
	f.Severity, f.Value, f.Message = info.Severity, schemas.ClipValue(f.Value), f.Message+"; have the source correct the row"
	return d.out.Finding(f)
}

// notes tells of columns that the format does not know.
func (d *decoder) notes() error {
	names := slices.Sorted(maps.Keys(d.strange))
	for _, name := range names[:min(len(names), mostStrange)] {
		f := schemas.Finding{
			Code: schemas.CodeUnknownColumn, Severity: schemas.Note, Source: d.src.ID, Object: d.in.Key, Row: d.strange[name], Column: schemas.ClipValue(name),
			Message: fmt.Sprintf("%s has no such column; it is left out, and its columns are %s", d.format.name, strings.Join(d.names(), ", ")),
		}
		if err := d.out.Finding(f); err != nil {
			return err
		}
	}
	return nil
}

func (d *decoder) names() (out []string) {
	for i := range d.format.columns {
		out = append(out, d.format.columns[i].name)
	}
	return out
}
