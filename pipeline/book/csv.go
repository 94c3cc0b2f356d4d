package book

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits on one row of a CSV file: no row of a book comes near them, and complaints about each of a million columns help
// nobody.
const (
	mostLineBytes = 1 << 20
	mostColumns   = 1000
)

// shortLines complains of the first line that is no row of a list.
func (r *reader) shortLines(f *file) bool {
	line := 1
	for rest := f.text; len(rest) > mostLineBytes; line++ {
		end := bytes.IndexByte(rest, '\n')
		if end < 0 || end > mostLineBytes {
			r.broken = true
			r.found.add(Problem{File: f.name, Line: line, Column: 1, Message: fmt.Sprintf("the line is longer than %d MiB", mostLineBytes>>20), Suggestion: "look for line breaks that are missing"})
			return false
		}
		rest = rest[end+1:]
	}
	return true
}

// listMark separates the entries of a list inside one cell.
const listMark = ";"

// column is how one column of a CSV file becomes a field.
type column struct {
	key      string
	index    []int
	required bool
	set      setter
}

// table reads the rows of one CSV file into structs of one type.
type table struct {
	*reader
	file    *file
	columns []*column // by position
}

// flatFields returns the fields of a struct that fit into a cell, those of structs inside it under dotted names.
func flatFields(sh shapes, t reflect.Type) []field {
	var out []field
	for _, f := range sh.of(t).fields {
		switch {
		case isScalar(f.typ), f.typ.Kind() == reflect.Slice && isScalar(f.typ.Elem()):
			out = append(out, f)
		case f.typ.Kind() == reflect.Struct:
			for _, inner := range flatFields(sh, f.typ) {
				inner.key = f.key + "." + inner.key
				inner.index = append(slices.Clone(f.index), inner.index...)
				inner.required = inner.required && f.required
				out = append(out, inner)
			}
		}
	}
	return out
}

func (r *reader) complainOf(at spot, w *wrong) { r.complain(at, w.suggestion, "%s", w.message) }

// readTable reads a CSV file with a header into structs, row by row, and hands each to row with its spot. The struct is
// reused from row to row, zeroed; row copies it.
func readTable[T any](r *reader, f *file, row func(at spot, v *T)) {
	text, ok := r.utf8(f)
	if !ok || !r.shortLines(f) {
		return
	}
	t := &table{reader: r, file: f}
	in := newCSV(text)
	if !t.readHeader(in, flatFields(r.shapes, reflect.TypeFor[T]())) {
		r.broken = true
		return
	}
	v := new(T)
	t.records(in, func(at spot, record []string) {
		*v = *new(T)
		t.fill(at, record, reflect.ValueOf(v).Elem())
		row(at, v)
	})
}

// readRecords reads a CSV file whose columns are no fields of a struct, row by row. The record is reused from row to row.
func readRecords(r *reader, f *file, row func(at spot, header, record []string)) {
	text, ok := r.utf8(f)
	if !ok || !r.shortLines(f) {
		return
	}
	t := &table{reader: r, file: f}
	in := newCSV(text)
	header, err := in.Read()
	if err != nil {
		t.syntax(err)
		return
	}
	f.header = slices.Clone(header)
	f.rows = append(f.rows, csvRow{line: 1})
	t.records(in, func(at spot, record []string) { row(at, f.header, record) })
}

// records hands on each row after the header, and complains of those that are none.
func (t *table) records(in *csv.Reader, row func(at spot, record []string)) {
	for {
		offset := in.InputOffset()
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.syntax(err)
			continue
		}
		line, _ := in.FieldPos(0)
		at := rowAt(t.file, len(t.file.rows))
		t.file.rows = append(t.file.rows, csvRow{line: int32(line), offset: offset})
		row(at, record)
	}
}

// readHeader reads the first row and finds the field of every column.
func (t *table) readHeader(r *csv.Reader, fields []field) bool {
	record, err := r.Read()
	if err != nil {
		if !errors.Is(err, io.EOF) {
			t.syntax(err)
			return false
		}
		t.found.add(Problem{File: t.file.name, Line: 1, Column: 1, Message: "the file has no header", Suggestion: "name the columns in its first row: " + strings.Join(names(fields), ",")})
		return false
	}
	line, _ := r.FieldPos(0)
	if len(record) > mostColumns {
		t.found.add(Problem{File: t.file.name, Line: line, Column: 1, Message: fmt.Sprintf("the header has %d columns", len(record)), Suggestion: "the columns are " + strings.Join(names(fields), ", ")})
		return false
	}
	t.file.rows = append(t.file.rows, csvRow{line: int32(line)})
	t.file.header = []string{""}
	ok := true
	seen, meant := map[string]bool{}, map[string]bool{} // meant by names that are misspelt, and complained of as such
	t.columns = make([]*column, len(record))
	for i, name := range record {
		line, col := r.FieldPos(i)
		at := Problem{File: t.file.name, Line: line, Column: characters(t.file.text, line, col), Path: clip(name)}
		f := slices.IndexFunc(fields, func(f field) bool { return f.key == name })
		switch {
		case f < 0:
			at.Message, at.Suggestion = unknownColumn(name, names(fields), severalInOne(record))
			if secretName(name) == nil {
				meant[nearest(name, names(fields))] = true
			}
		case seen[name]:
			at.Message, at.Suggestion = "the column stands here twice", "remove one of them"
		default:
			seen[name] = true
			t.columns[i] = &column{key: name, index: fields[f].index, required: fields[f].required, set: cellSetter(fields[f].typ)}
			continue
		}
		t.found.add(at)
		ok = false
	}
	t.file.header = slices.Clone(record)
	if severalInOne(record) {
		return false // no column can be said to be missing
	}
	for _, f := range fields {
		if f.required && !seen[f.key] && !meant[f.key] {
			t.found.add(Problem{File: t.file.name, Line: line, Column: 1, Path: f.key, Message: "the column is missing", Suggestion: "add it: " + wantOf(f.typ)})
			ok = false
		}
	}
	return ok
}

// severalInOne reports whether the one column of a header is several, told apart by something else than commas.
func severalInOne(header []string) bool {
	return len(header) == 1 && strings.ContainsAny(header[0], ";\t")
}

func unknownColumn(name string, known []string, several bool) (message, suggestion string) {
	if w := secretName(name); w != nil {
		return w.message, w.suggestion
	}
	if several {
		return "the header has one column", "separate columns by commas"
	}
	if name == "" {
		return "a column has no name", "remove it"
	}
	return fmt.Sprintf("%q is not a column that is read here", clip(name)), didYouMean(name, known, "the columns are "+strings.Join(known, ", "))
}

func names(fields []field) []string {
	out := make([]string, len(fields))
	for i := range fields {
		out[i] = fields[i].key
	}
	return out
}

// fill puts a record into a struct. A field that is wrong stays zero, and the row counts all the same, so that what refers
// to it does not dangle.
func (t *table) fill(at spot, record []string, v reflect.Value) {
	if len(record) != len(t.columns) {
		t.complainOf(at, &wrong{
			fmt.Sprintf("the row has %d fields, the header %d", len(record), len(t.columns)),
			"look for a comma that needs quotes around its text",
		})
	}
	for i, text := range record[:min(len(record), len(t.columns))] {
		c := t.columns[i]
		if text == "" {
			if c.required {
				t.complainOf(at.field(c.key), &wrong{c.key + " is empty", "write " + wantOf(v.FieldByIndex(c.index).Type())})
			}
			continue
		}
		w := c.set(v.FieldByIndex(c.index), text)
		if w == nil {
			w = secretValue(text)
		}
		if w != nil {
			t.complainOf(at.field(c.key), w)
		}
	}
}

// cellSetter is scalarSetter, and for lists of scalars reads entries separated by semicolons.
func cellSetter(t reflect.Type) setter {
	if isScalar(t) {
		return scalarSetter(t)
	}
	one := scalarSetter(t.Elem())
	return func(v reflect.Value, text string) *wrong {
		for part := range strings.SplitSeq(text, listMark) {
			e := reflect.New(t.Elem()).Elem()
			if w := one(e, strings.TrimSpace(part)); w != nil {
				return w
			}
			v.Set(reflect.Append(v, e))
		}
		return nil
	}
}

// syntax complains of what the CSV reader could not read.
func (t *table) syntax(err error) {
	t.broken = true
	p := Problem{File: t.file.name, Line: 1, Column: 1, Message: err.Error()}
	if parse, ok := errors.AsType[*csv.ParseError](err); ok {
		p.Line, p.Column = parse.Line, max(parse.Column, 1)
		switch {
		case errors.Is(parse.Err, csv.ErrQuote):
			p.Line, p.Message, p.Suggestion = parse.StartLine, "a quoted text does not end rightly", `end it with one quote, and double the quotes inside: "10"" rack"`
			p.Column = 1
		case errors.Is(parse.Err, csv.ErrBareQuote):
			p.Message, p.Suggestion = "a quote stands inside a text without quotes around it", `put the text into quotes and double those inside: "10"" rack"`
		default:
			p.Message = parse.Err.Error()
		}
	}
	t.found.add(p)
}

// utf8 returns the text of a file without its byte-order mark, and complains where it is not UTF-8.
func (r *reader) utf8(f *file) ([]byte, bool) {
	f.text = bytes.TrimPrefix(f.text, []byte(byteOrderMark))
	if utf8.Valid(f.text) {
		return f.text, true
	}
	good := 0
	for good < len(f.text) {
		c, size := utf8.DecodeRune(f.text[good:])
		if c == utf8.RuneError && size <= 1 {
			break
		}
		good += size
	}
	r.broken = true
	before := f.text[:good]
	line := bytes.Count(before, []byte("\n")) + 1
	start := bytes.LastIndexByte(before, '\n') + 1
	r.found.add(Problem{
		File: f.name, Line: line, Column: utf8.RuneCount(before[start:]) + 1,
		Message: fmt.Sprintf("the byte %#02x is not UTF-8", f.text[good]), Suggestion: "save the file as UTF-8",
	})
	return nil, false
}
