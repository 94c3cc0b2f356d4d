package parse

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// File is one file of the book while it is read.
type File struct {
	// Name is the path below the book, with slashes.
	Name string
	text []byte
	// root is the top node of a YAML file, nil for an empty one; rows are those of a CSV file.
	root *yaml.Node
	rows []csvRow
	// header holds the columns of a CSV file.
	header []string
}

// NewFile is a file that lies below the book under a name with slashes.
func NewFile(name string, text []byte) *File { return &File{Name: name, text: text} }

// Begins reports whether the text of a file begins so, whatever byte-order mark stands before it.
func (f *File) Begins(with string) bool {
	return bytes.HasPrefix(bytes.TrimPrefix(f.text, []byte(byteOrderMark)), []byte(with))
}

const byteOrderMark = "\xef\xbb\xbf"

// csvRow is where a record begins.
type csvRow struct {
	line   int32
	offset int64
}

// Spot is the way to a value of the book: a file, and the keys and indexes that lead to the value. Nothing is looked up
// until a complaint needs a line, so that a spot costs nothing on the way through a hundred thousand rows.
type Spot struct {
	file *File
	up   *Spot
	// key is set for a field; index counts elements of a list, or the rows of a CSV file.
	key   string
	index int
}

// Top is the spot of a whole file.
func Top(f *File) Spot { return Spot{file: f} }

// Field is the spot of a key within this one.
func (p Spot) Field(key string) Spot { return Spot{file: p.file, up: &p, key: key} }

// At is the spot of an entry of this list, from 0.
func (p Spot) At(index int) Spot { return Spot{file: p.file, up: &p, index: index} }

// There reports whether the spot lies in a file at all, which the zero one does not.
func (p Spot) There() bool { return p.file != nil }

// FileName is the file's path below the book.
func (p Spot) FileName() string { return p.file.Name }

// Where returns file and line, such as catalogue/compute.yaml:42.
func (p Spot) Where() string { return p.file.Name + ":" + strconv.Itoa(p.Line()) }

// InCell reports whether the spot is one cell of a row, or one value of a mapping.
func (p Spot) InCell() bool { return p.key != "" }

// Given reports whether a YAML file says anything at the spot itself, and the text of it where it is one value.
func (p Spot) Given() (text string, ok bool) {
	if p.file == nil {
		return "", false
	}
	n, exact := p.node()
	if !exact {
		return "", false
	}
	return n.Value, true
}

// Says is the text of one value of a YAML file, and whether there is one that is not empty; aliases are followed.
func (p Spot) Says() (text string, ok bool) {
	n := p.said()
	if n == nil || n.Kind != yaml.ScalarNode {
		return "", false
	}
	return n.Value, n.Value != ""
}

// Stands reports whether a YAML file has something at the spot itself, of whatever kind.
func (p Spot) Stands() bool { return p.said() != nil }

// IsGroup reports whether it is a group of keys.
func (p Spot) IsGroup() bool {
	n := p.said()
	return n != nil && n.Kind == yaml.MappingNode
}

// said is the node at the spot itself, nil where there is none or it is null.
func (p Spot) said() *yaml.Node {
	n, exact := p.node()
	if !exact {
		return nil
	}
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if isNull(n) {
		return nil
	}
	return n
}

// path returns the way in words: offerings[2].price, and of a CSV file the column alone.
func (p Spot) path() string {
	if p.up == nil {
		return ""
	}
	head := p.up.path()
	switch {
	case p.key == "" && p.file.header != nil:
		return head
	case p.key == "":
		return head + "[" + strconv.Itoa(p.index) + "]"
	case head == "":
		return p.key
	}
	return head + "." + p.key
}

// position returns line and column of the value, or of the nearest thing around it that is there.
func (p Spot) position() (line, column int) {
	if p.file.header != nil {
		return p.csvPosition()
	}
	if n, _ := p.node(); n != nil {
		return n.Line, n.Column
	}
	return 1, 1
}

// Line is the line of the value alone; it is cheap for a row of a CSV file.
func (p Spot) Line() int {
	if p.file.header != nil && p.key == "" && p.up != nil && p.up.up == nil && p.index < len(p.file.rows) {
		return int(p.file.rows[p.index].line)
	}
	line, _ := p.position()
	return line
}

// node finds the YAML node, and reports whether it is the value itself rather than something around it.
func (p Spot) node() (*yaml.Node, bool) {
	if p.up == nil {
		return p.file.root, p.file.root != nil
	}
	outer, exact := p.up.node()
	if !exact {
		return outer, false
	}
	for outer.Kind == yaml.AliasNode {
		outer = outer.Alias
	}
	switch {
	case p.key != "" && outer.Kind == yaml.MappingNode:
		for i := 0; i+1 < len(outer.Content); i += 2 {
			if outer.Content[i].Value == p.key {
				return outer.Content[i+1], true
			}
		}
	case p.key == "" && outer.Kind == yaml.SequenceNode && p.index < len(outer.Content):
		return outer.Content[p.index], true
	}
	return outer, false
}

// csvPosition reads the row again to find its cell.
func (p Spot) csvPosition() (line, column int) {
	var row *csvRow
	cell := -1
	for q := &p; q.up != nil; q = q.up {
		if q.key == "" && q.index < len(q.file.rows) {
			row = &q.file.rows[q.index]
		}
		for i, h := range p.file.header {
			if h == q.key && q.key != "" {
				cell = i
			}
		}
	}
	if row == nil {
		return 1, 1
	}
	if cell < 0 {
		return int(row.line), 1
	}
	text := p.file.text[row.offset:]
	r := newCSV(text)
	if record, err := r.Read(); err != nil || cell >= len(record) {
		return int(row.line), 1
	}
	line, column = r.FieldPos(cell)
	first, _ := r.FieldPos(0)
	return int(row.line) + line - first, characters(text, line, column)
}

// characters turns a column of a line of text, counted in bytes from 1, into one counted in characters.
func characters(text []byte, line, column int) int {
	for ; line > 1; line-- {
		i := bytes.IndexByte(text, '\n')
		if i < 0 {
			return column
		}
		text = text[i+1:]
	}
	if column-1 > len(text) || column < 1 {
		return max(column, 1)
	}
	return utf8.RuneCount(text[:column-1]) + 1
}

// rowAt is the spot of a row of a CSV file.
func rowAt(f *File, index int) Spot { return Spot{file: f, up: &Spot{file: f}, index: index} }

// newCSV reads the dialect of the book's CSV files: commas, quotes, comment lines that begin with #.
func newCSV(text []byte) *csv.Reader {
	r := csv.NewReader(bytes.NewReader(text))
	r.Comment = '#'
	r.ReuseRecord = true
	r.FieldsPerRecord = -1
	return r
}
