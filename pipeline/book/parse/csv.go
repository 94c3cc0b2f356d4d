package parse

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
	MostLineBytes = 1 << 20
	mostColumns   = 1000
)

// shortLines complains of the first line that is no row of a list.
func (r *Reader) shortLines(f *File) bool {
	line := 1
	for rest := f.text; len(rest) > MostLineBytes; line++ {
		end := bytes.IndexByte(rest, '\n')
		if end < 0 || end > MostLineBytes {
			r.broken = true
			r.found.add(Problem{File: f.Name, Line: line, Column: 1, Message: fmt.Sprintf("the line is longer than %d MiB", MostLineBytes>>20), Suggestion: "look for line breaks that are missing"})
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
	*Reader
	file    *File
	columns []*column // by position
}

// flatFields returns the fields of a struct that fit into a cell, those of structs inside it under dotted names.
func flatFields(sh Shapes, t reflect.Type) []Field {
	var out []Field
	for _, f := range sh.Of(t).Fields {
		switch {
		case IsScalar(f.Type), f.Type.Kind() == reflect.Slice && IsScalar(f.Type.Elem()):
			out = append(out, f)
		case f.Type.Kind() == reflect.Struct:
			for _, inner := range flatFields(sh, f.Type) {
				inner.Key = f.Key + "." + inner.Key
				inner.Index = append(slices.Clone(f.Index), inner.Index...)
				inner.Required = inner.Required && f.Required
				out = append(out, inner)
			}
		}
	}
	return out
}

func (r *Reader) complainOf(at Spot, w *Wrong) { r.Complain(at, w.Suggestion, "%s", w.Message) }

// ReadTable reads a CSV file with a header into structs, row by row, and hands each to row with its spot. The struct is
// reused from row to row, zeroed; row copies it.
func ReadTable[T any](r *Reader, f *File, row func(at Spot, v *T)) {
	if !r.shortLines(f) { // the text may have been cut off inside of one that is too long
		return
	}
	text, ok := r.utf8(f)
	if !ok {
		return
	}
	t := &table{Reader: r, file: f}
	in := newCSV(text)
	if !t.readHeader(in, flatFields(r.Shapes, reflect.TypeFor[T]())) {
		r.broken = true
		return
	}
	v := new(T)
	t.records(in, func(at Spot, record []string) {
		*v = *new(T)
		t.fill(at, record, reflect.ValueOf(v).Elem())
		row(at, v)
	})
}

// ReadRecords reads a CSV file whose columns are no fields of a struct, row by row. The record is reused from row to row.
func ReadRecords(r *Reader, f *File, row func(at Spot, header, record []string)) {
	if !r.shortLines(f) { // the text may have been cut off inside of one that is too long
		return
	}
	text, ok := r.utf8(f)
	if !ok {
		return
	}
	t := &table{Reader: r, file: f}
	in := newCSV(text)
	header, err := in.Read()
	if err != nil {
		t.syntax(err)
		return
	}
	f.header = slices.Clone(header)
	f.rows = append(f.rows, csvRow{line: 1})
	t.records(in, func(at Spot, record []string) { row(at, f.header, record) })
}

// records hands on each row after the header, and complains of those that are none.
func (t *table) records(in *csv.Reader, row func(at Spot, record []string)) {
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
func (t *table) readHeader(r *csv.Reader, fields []Field) bool {
	record, err := r.Read()
	if err != nil {
		if !errors.Is(err, io.EOF) {
			t.syntax(err)
			return false
		}
		t.found.add(Problem{File: t.file.Name, Line: 1, Column: 1, Message: "the file has no header", Suggestion: "name the columns in its first row: " + strings.Join(names(fields), ",")})
		return false
	}
	line, _ := r.FieldPos(0)
	if len(record) > mostColumns {
		t.found.add(Problem{File: t.file.Name, Line: line, Column: 1, Message: fmt.Sprintf("the header has %d columns", len(record)), Suggestion: "the columns are " + strings.Join(names(fields), ", ")})
		return false
	}
	t.file.rows = append(t.file.rows, csvRow{line: int32(line)})
	t.file.header = []string{""}
	ok := true
	seen, meant := map[string]bool{}, map[string]bool{} // meant by names that are misspelt, and complained of as such
	t.columns = make([]*column, len(record))
	for i, name := range record {
		line, col := r.FieldPos(i)
		at := Problem{File: t.file.Name, Line: line, Column: characters(t.file.text, line, col), Path: Clip(name)}
		f := slices.IndexFunc(fields, func(f Field) bool { return f.Key == name })
		switch {
		case f < 0:
			at.Message, at.Suggestion = unknownColumn(name, names(fields), severalInOne(record))
			if secretName(name) == nil {
				meant[Nearest(name, names(fields))] = true
			}
		case seen[name]:
			at.Message, at.Suggestion = "the column stands here twice", "remove one of them"
		default:
			seen[name] = true
			t.columns[i] = &column{key: name, index: fields[f].Index, required: fields[f].Required, set: cellSetter(fields[f].Type)}
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
		if f.Required && !seen[f.Key] && !meant[f.Key] {
			t.found.add(Problem{File: t.file.Name, Line: line, Column: 1, Path: f.Key, Message: "the column is missing", Suggestion: "add it: " + WantOf(f.Type)})
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
		return w.Message, w.Suggestion
	}
	if several {
		return "the header has one column", "separate columns by commas"
	}
	if name == "" {
		return "a column has no name", "remove it"
	}
	return fmt.Sprintf("%q is not a column that is read here", Clip(name)), DidYouMean(name, known, "the columns are "+strings.Join(known, ", "))
}

func names(fields []Field) []string {
	out := make([]string, len(fields))
	for i := range fields {
		out[i] = fields[i].Key
	}
	return out
}

// fill puts a record into a struct. A field that is wrong stays zero, and the row counts all the same, so that what refers
// to it does not dangle.
func (t *table) fill(at Spot, record []string, v reflect.Value) {
	if len(record) != len(t.columns) {
		t.complainOf(at, &Wrong{
			fmt.Sprintf("the row has %d fields, the header %d", len(record), len(t.columns)),
			"look for a comma that needs quotes around its text",
		})
	}
	for i, text := range record[:min(len(record), len(t.columns))] {
		c := t.columns[i]
		if text == "" {
			if c.required {
				t.complainOf(at.Field(c.key), &Wrong{c.key + " is empty", "write " + WantOf(v.FieldByIndex(c.index).Type())})
			}
			continue
		}
		w := c.set(v.FieldByIndex(c.index), text)
		if w == nil {
			w = secretValue(text)
		}
		if w != nil {
			t.complainOf(at.Field(c.key), w)
		}
	}
}

// cellSetter is scalarSetter, and for lists of scalars reads entries separated by semicolons.
func cellSetter(t reflect.Type) setter {
	if IsScalar(t) {
		return scalarSetter(t)
	}
	one := scalarSetter(t.Elem())
	return func(v reflect.Value, text string) *Wrong {
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
	p := Problem{File: t.file.Name, Line: 1, Column: 1, Message: err.Error()}
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
func (r *Reader) utf8(f *File) ([]byte, bool) {
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
		File: f.Name, Line: line, Column: utf8.RuneCount(before[start:]) + 1,
		Message: fmt.Sprintf("the byte %#02x is not UTF-8", f.text[good]), Suggestion: "save the file as UTF-8",
	})
	return nil, false
}
