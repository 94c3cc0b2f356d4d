package parquet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"daybook/pipeline/dataset"
	"daybook/schemas"
)

// node is a part of a schema within a column that holds more than one value a row: a list, a map, or whatever else is
// repeated.
type node struct {
	name string
	kind nodeKind
	// level is the definition level from which on the node is there, and optional says that it may be missing.
	level    int
	optional bool
	// repeat is the repetition level of the node's next entry, where it is repeated, and else 0.
	repeat int
	// quoted says of a leaf that it is written as text whatever it is: in a map of one value to another, which is the form that
	// tags have, and other formats of the same export hold them so.
	quoted   bool
	children []*node
	// leaf is the first of the column's leaves at or below the node; there are leaves of them.
	leaf, leaves int
}

type nodeKind uint8

const (
	nodeLeaf  nodeKind = iota
	nodeGroup          // its children by name
	nodeList           // its only child is repeated: the elements
	nodeMap            // its only child is repeated: groups of a key and a value
)

// element returns what an entry of a list is: the repeated node itself, or its only child, by the rules that the format has
// for files of before there was one way to write lists.
func (n *node) element(list string) *node {
	if n.kind != nodeGroup || len(n.children) != 1 || n.name == "array" || n.name == list+"_tuple" {
		return n
	}
	return n.children[0]
}

// nestedScanner reads a nested column of one row after another as JSON: lists as arrays, groups and maps as objects, numbers
// and truths as they are, everything else as text.
type nestedScanner struct {
	root   *node
	leaves []columnScanner
	json   []byte
}

func newNestedScanner(first columnScanner, c *FileColumn) nestedScanner {
	s := nestedScanner{root: c.nested, leaves: make([]columnScanner, len(c.leaves))}
	for i := range s.leaves {
		leaf := first
		if i > 0 {
			leaf.columnBuffers = &columnBuffers{pages: chunkReader{unpacker: first.pages.unpacker}}
		}
		leaf.leaf, leaf.chunk, leaf.kind = &c.leaves[i].leaf, c.leaves[i].chunk, schemas.Text
		s.leaves[i] = leaf
	}
	return s
}

var errNested = errors.New("the parts of its rows do not match")

// read appends n rows to v.
func (s *nestedScanner) read(v *dataset.Vector, n int, _ *Scanner) error {
	for range n {
		for i := range s.leaves {
			if repeat, more, err := s.leaves[i].peek(); err != nil {
				return err
			} else if !more {
				return io.EOF
			} else if repeat != 0 {
				return errNested
			}
		}
		s.json = s.json[:0]
		least := s.root.level // from which on the column is there, if only as an empty list
		if s.root.repeat > 0 {
			least--
		}
		if int(s.leaves[0].levels[0]) < least {
			if err := s.pass(s.root); err != nil {
				return err
			}
			v.AppendNull()
			continue
		}
		if err := s.value(s.root); err != nil {
			return err
		}
		if len(v.Bytes)+len(s.json) > batchTextBytes {
			return errText
		}
		if v.Type == schemas.Label {
			v.Codes = append(v.Codes, v.Dict.Code(s.json))
			continue
		}
		v.Bytes = append(v.Bytes, s.json...)
		v.Ends = append(v.Ends, uint32(len(v.Bytes)))
	}
	return nil
}

// rest is how many values are left that no row has taken.
func (s *nestedScanner) rest() (n int) {
	for i := range s.leaves {
		n += s.leaves[i].rows + s.leaves[i].unread
	}
	return n
}

// there reports whether a node is, by the next entry of its first leaf.
func (s *nestedScanner) there(n *node) bool { return int(s.leaves[n.leaf].levels[0]) >= n.level }

// pass takes the entry that says of a node that it is null or empty from each of its leaves.
func (s *nestedScanner) pass(n *node) error {
	level := s.leaves[n.leaf].levels[0]
	for i := n.leaf; i < n.leaf+n.leaves; i++ {
		other, _, err := s.entry(i)
		if err != nil {
			return err
		}
		if other != level {
			return errNested
		}
	}
	return nil
}

func (s *nestedScanner) entry(leaf int) (level uint32, text []byte, err error) {
	if _, more, err := s.leaves[leaf].peek(); err != nil {
		return 0, nil, err
	} else if !more {
		return 0, nil, errNested
	}
	return s.leaves[leaf].entry()
}

// value appends a node that the entries at hand begin with.
func (s *nestedScanner) value(n *node) error {
	if len(s.json) > maxPageBytes {
		return errText
	}
	if _, more, err := s.leaves[n.leaf].peek(); err != nil {
		return err
	} else if !more {
		return errNested
	}
	if n.optional && !s.there(n) {
		s.json = append(s.json, "null"...)
		return s.pass(n)
	}
	switch n.kind {
	case nodeList:
		return s.list(n.children[0], n.children[0].element(n.name))
	case nodeMap:
		return s.object(n.children[0])
	case nodeLeaf, nodeGroup:
	}
	if n.repeat > 0 {
		return s.list(n, n)
	}
	return s.own(n)
}

// own appends a leaf or the children of a group, whatever repeats them.
func (s *nestedScanner) own(n *node) error {
	if n.kind == nodeLeaf {
		level, text, err := s.entry(n.leaf)
		if err == nil && int(level) != s.leaves[n.leaf].leaf.maxLevel {
			err = errNested
		}
		if err != nil {
			return err
		}
		if n.quoted {
			s.json = appendJSON(s.json, text)
		} else {
			s.json = s.leaves[n.leaf].leaf.appendJSON(s.json, text)
		}
		return nil
	}
	s.json = append(s.json, '{')
	for i, child := range n.children {
		if i > 0 {
			s.json = append(s.json, ',')
		}
		s.json = append(appendJSON(s.json, []byte(child.name)), ':')
		if err := s.value(child); err != nil {
			return err
		}
	}
	s.json = append(s.json, '}')
	return nil
}

// eachEntry visits the entries of a repeated node, none if it is empty.
func (s *nestedScanner) eachEntry(n *node, visit func() error) error {
	if !s.there(n) {
		return s.pass(n)
	}
	for {
		if err := visit(); err != nil {
			return err
		}
		repeat, more, err := s.leaves[n.leaf].peek()
		switch {
		case err != nil:
			return err
		case !more || int(repeat) < n.repeat:
			return nil
		case int(repeat) > n.repeat || !s.there(n):
			return errNested
		}
	}
}

// list appends the entries of a repeated node, each as element.
func (s *nestedScanner) list(n, element *node) error {
	s.json = append(s.json, '[')
	first := true
	err := s.eachEntry(n, func() error {
		if !first {
			s.json = append(s.json, ',')
		}
		first = false
		if element == n {
			return s.own(n)
		}
		return s.value(element)
	})
	s.json = append(s.json, ']')
	return err
}

// object appends the entries of a map, sorted by their keys. Of equal keys the last counts, as the format says.
func (s *nestedScanner) object(n *node) error {
	type entry struct{ key, value span }
	var entries []entry
	from := len(s.json)
	err := s.eachEntry(n, func() error {
		level, text, err := s.entry(n.children[0].leaf)
		if err == nil && int(level) != s.leaves[n.children[0].leaf].leaf.maxLevel {
			err = errNested
		}
		if err != nil {
			return err
		}
		key := span{from: len(s.json)}
		s.json = append(s.json, text...)
		key.to = len(s.json)
		if err := s.value(n.children[1]); err != nil {
			return err
		}
		entries = append(entries, entry{key, span{key.to, len(s.json)}})
		return nil
	})
	if err != nil {
		return err
	}
	parts := slices.Clone(s.json[from:])
	text := func(p span) []byte { return parts[p.from-from : p.to-from] }
	slices.SortStableFunc(entries, func(a, b entry) int { return bytes.Compare(text(a.key), text(b.key)) })
	s.json = append(s.json[:from], '{')
	for i, e := range entries {
		if i+1 < len(entries) && bytes.Equal(text(e.key), text(entries[i+1].key)) {
			continue
		}
		if len(s.json) > from+1 {
			s.json = append(s.json, ',')
		}
		s.json = append(append(appendJSON(s.json, text(e.key)), ':'), text(e.value)...)
	}
	s.json = append(s.json, '}')
	return nil
}

// appendJSON appends text as a JSON string. Bytes that are not UTF-8 become the replacement character.
func appendJSON(out, text []byte) []byte {
	out = append(out, '"')
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		switch {
		case r == '"' || r == '\\':
			out = append(out, '\\', byte(r))
		case r < ' ':
			out = fmt.Appendf(out, "\\u%04x", r)
		default:
			out = utf8.AppendRune(out, r)
		}
		text = text[n:]
	}
	return append(out, '"')
}

// peek returns the repetition level of the next entry, and whether there is one.
func (c *columnScanner) peek() (uint32, bool, error) {
	for c.rows == 0 {
		if c.unread == 0 {
			return 0, false, nil
		}
		if _, err := c.nextPage(nil, nil, 0); err != nil {
			return 0, false, err
		}
	}
	return c.repeats[0], true, nil
}

// entry returns the next entry's definition level, and its text if it has one, valid until the next page. There is one:
// peek has said so.
func (c *columnScanner) entry() (level uint32, text []byte, err error) {
	level = c.levels[0]
	c.rows--
	c.repeats, c.levels = c.repeats[1:], c.levels[1:]
	if level < uint32(c.leaf.maxLevel) {
		return level, nil, nil
	}
	if c.indexed {
		if err := c.meaning(nil); err != nil {
			return 0, nil, err
		}
		text = c.meant.textAt(c.index[c.used])
	} else {
		text = c.plain.textAt(uint32(c.used))
	}
	c.used++
	return level, text, nil
}

type span struct{ from, to int }

// appendJSON appends the text of a value of the column as JSON has it.
func (l *leaf) appendJSON(out, text []byte) []byte {
	switch l.meaning {
	case meansInteger, meansUnsigned, meansDecimal, meansBoolean:
		return append(out, text...)
	case meansFloat:
		if last := text[len(text)-1]; last >= '0' && last <= '9' { // NaN and infinities have no number in JSON
			return append(out, text...)
		}
	default: // text, in quotes
	}
	return appendJSON(out, text)
}

// nestedNode makes the node of a schema's element, whose leaves are columns of the file from first on.
func (w *schemaWalk) nestedNode(around nesting, first, depth int) (*node, error) {
	if len(w.elements) == 0 || depth == 0 {
		return nil, errSchema
	}
	e := &w.elements[0]
	w.elements = w.elements[1:]
	around, err := around.within(e)
	if err != nil {
		return nil, err
	}
	n := &node{
		name: e.Name, level: around.level, optional: isOptional(e), leaf: len(w.leaves) - first,
	}
	if isRepeated(e) {
		n.repeat = around.repeats
	}
	w.path = append(w.path, e.Name)
	defer func() { w.path = w.path[:len(w.path)-1] }()
	if e.Type.Valid {
		n.leaves = 1
		return n, w.nestedLeaf(around, e)
	}
	if e.NumChildren.V < 1 {
		return nil, fmt.Errorf("group %q has no columns: %w", e.Name, errSchema)
	}
	n.kind = nodeGroup
	for range e.NumChildren.V {
		child, err := w.nestedNode(around, first, depth-1)
		if err != nil {
			return nil, err
		}
		n.children = append(n.children, child)
		n.leaves += child.leaves
	}
	if only := n.children[0]; n.repeat == 0 && len(n.children) == 1 && only.repeat > 0 {
		switch {
		case isMap(e) && only.kind == nodeGroup && len(only.children) == 2 && only.children[0].kind == nodeLeaf && !only.children[0].optional:
			n.kind = nodeMap
		case isList(e) || isMap(e):
			n.kind = nodeList
		}
	}
	return n, nil
}
