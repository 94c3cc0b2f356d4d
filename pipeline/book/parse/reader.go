package parse

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Reader reads the files of one book and gathers what is wrong with them.
type Reader struct {
	found  complaints
	Shapes Shapes
	// broken says that a file could not be read at all, so that references into it would dangle for no good reason.
	broken bool
	unread map[unreadable]bool
}

// NewReader returns a reader that has read nothing yet.
func NewReader() *Reader { return &Reader{Shapes: Shapes{}} }

// Refuse complains of a whole file.
func (r *Reader) Refuse(name, message, suggestion string) {
	r.broken = true
	r.found.add(Problem{File: name, Line: 1, Column: 1, Message: message, Suggestion: suggestion})
}

// Complain reports a problem at a spot.
func (r *Reader) Complain(at Spot, suggestion, format string, args ...any) {
	line, column := at.position()
	p := Problem{
		File: at.file.Name, Line: line, Column: column, Path: at.path(),
		Message: fmt.Sprintf(format, args...), Suggestion: suggestion,
	}
	if !r.unread[spotOf(&p)] {
		r.found.add(p)
	}
}

// unreadable is where a value stands that could not be read.
type unreadable struct {
	file, path   string
	line, column int
}

func spotOf(p *Problem) unreadable { return unreadable{p.File, p.Path, p.Line, p.Column} }

// Read puts a text into what v points to, a value that is written as one text. It complains where the text is none, and
// reports whether it is.
func (r *Reader) Read(at Spot, v any, text string) bool {
	into := reflect.ValueOf(v).Elem()
	w := scalarSetter(into.Type())(into, text)
	if w != nil {
		r.complainOf(at, w)
	}
	return w == nil
}

// Report adds a complaint that has no spot.
func (r *Reader) Report(p Problem) { r.found.add(p) }

// Readable reports whether every file so far could be read, so that a reference that dangles is a fault of the book.
func (r *Reader) Readable() bool { return !r.broken }

// Problems returns all complaints so far, sorted.
func (r *Reader) Problems() Problems { return r.found.sorted() }

// NoteUnread remembers what could not be read: such a value is zero, and what the check would say of the zero is no second
// fault of the book.
func (r *Reader) NoteUnread() {
	r.unread = make(map[unreadable]bool, len(r.found.list))
	for i := range r.found.list {
		r.unread[spotOf(&r.found.list[i])] = true
	}
}

// DecodeYAML reads a YAML file into a struct. It reports whether the file could be parsed.
func (r *Reader) DecodeYAML(f *File, into any) bool {
	text, ok := r.utf8(f)
	if !ok {
		return false
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	var doc yaml.Node
	if err := dec.Decode(&doc); err != nil && !errors.Is(err, io.EOF) {
		r.yamlSyntax(f, err)
		return false
	}
	var next yaml.Node
	if err := dec.Decode(&next); err == nil {
		r.found.add(Problem{File: f.Name, Line: max(next.Line, 1), Column: 1, Message: "a second document begins here", Suggestion: "remove the line of three hyphens, or put it into a file of its own"})
	} else if !errors.Is(err, io.EOF) {
		r.yamlSyntax(f, err)
		return false
	}
	root := &yaml.Node{Kind: yaml.MappingNode, Line: 1, Column: 1}
	if len(doc.Content) > 0 && !isNull(doc.Content[0]) {
		root = doc.Content[0]
	}
	f.root = root
	d := newDecoder(r, f)
	d.value(root, "", reflect.ValueOf(into).Elem())
	r.broken = r.broken || d.nodes > d.most
	return true
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

// yamlSyntax complains of what the YAML parser could not read. It names a line but no column; the first character of
// the line stands for it.
func (r *Reader) yamlSyntax(f *File, err error) {
	r.broken = true
	p := Problem{File: f.Name, Line: 1, Column: 1, Message: err.Error(), Suggestion: "look at the indentation, quotes and colons around this line"}
	if m := yamlLine.FindStringSubmatch(strings.ReplaceAll(err.Error(), "\n", " ")); m != nil {
		p.Message = m[2]
		if n, err := strconv.Atoi(m[1]); err == nil {
			p.Line = n
		}
	}
	if strings.Contains(p.Message, "cannot start any token") && bytes.ContainsRune(f.text, '\t') {
		p.Suggestion = "indent by blanks, not tabs"
	}
	lines := bytes.SplitN(f.text, []byte("\n"), p.Line+1)
	if p.Line <= len(lines) {
		line := lines[p.Line-1]
		p.Column = len(line) - len(bytes.TrimLeft(line, " \t")) + 1
	}
	r.found.add(p)
}
