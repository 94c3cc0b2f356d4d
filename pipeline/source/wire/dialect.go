package wire

import (
	"bytes"
	"fmt"
	"strings"

	"daybook/schemas"
)

// dialect is how a CSV departs from RFC 4180, as far as its beginning shows beyond doubt.
type dialect struct {
	// skip is how much stands before the header: a line that names the delimiter, or comments.
	skip int
	// delimiter stands for the comma, and returns says that carriage returns alone end lines.
	delimiter byte
	returns   bool
	// single says that fields stand in single quotes, as all of the header do.
	single bool
}

// delimiterNames are the delimiters that are told from commas, in words.
var delimiterNames = map[byte]string{';': "semicolons", '\t': "tabs", '|': "bars"}

// String says what is unusual about the dialect; nothing if it is that of RFC 4180.
func (d dialect) String() string {
	var parts []string
	if d.delimiter != ',' {
		parts = append(parts, "its fields are divided by "+delimiterNames[d.delimiter])
	}
	if d.returns {
		parts = append(parts, "its lines end in carriage returns")
	}
	if d.single {
		parts = append(parts, "its fields stand in single quotes")
	}
	if d.skip > 0 {
		parts = append(parts, "a line stands before its header")
	}
	return strings.Join(parts, ", ")
}

// dialectOf looks at the first lines of a text. It says what the text is if that is no CSV.
func dialectOf(text []byte) (d dialect, other string) {
	d = dialect{delimiter: ','}
	switch first := bytes.TrimLeft(text, " \t\r\n"); {
	case len(first) == 0:
	case first[0] == '<':
		return d, "XML or HTML, perhaps what a server answered instead of the object"
	case first[0] == '{' || first[0] == '[':
		return d, "JSON"
	case len(first) > 3 && (first[1] == 0 && first[3] == 0 || first[0] == 0 && first[2] == 0),
		bytes.HasPrefix(first, []byte("\xff\xfe")), bytes.HasPrefix(first, []byte("\xfe\xff")): // packed, for else its reader says so
		return d, "UTF-16 text; deliver it in UTF-8"
	}
	line := firstLine(text)
	if name, ok := bytes.CutPrefix(bytes.ToLower(bytes.TrimRight(line, "\r\n")), []byte("sep=")); ok && len(name) == 1 && (name[0] == ',' || delimiterNames[name[0]] != "") {
		d.delimiter, d.skip = name[0], len(line)
		line = firstLine(text[d.skip:])
	}
	for len(line) > 0 && line[0] == '#' && bytes.IndexByte(line, d.delimiter) < 0 {
		d.skip += len(line)
		line = firstLine(text[d.skip:])
	}
	if d.delimiter == ',' && bytes.IndexByte(line, ',') < 0 {
		for _, c := range []byte(";\t|") {
			if bytes.IndexByte(line, c) >= 0 {
				d.delimiter = c
				break
			}
		}
	}
	d.returns = bytes.HasSuffix(line, []byte("\r"))
	d.single = inSingles(bytes.TrimRight(line, "\r\n"), d.delimiter)
	return d, ""
}

// inSingles reports whether every field of a header stands in single quotes.
func inSingles(line []byte, delimiter byte) bool {
	for name := range bytes.SplitSeq(line, []byte{delimiter}) {
		if n := len(name); n < 3 || name[0] != '\'' || name[n-1] != '\'' || bytes.IndexByte(name[1:n-1], '\'') >= 0 {
			return false
		}
	}
	return true
}

// firstLine returns the first line of a text with its end: a line feed, with or without a carriage return, or a carriage
// return alone. Line breaks in quotes end nothing.
func firstLine(text []byte) []byte {
	quoted := false
	for i, c := range text {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\n':
			return text[:i+1]
		case c == '\r' && i+1 < len(text) && text[i+1] != '\n':
			return text[:i+1]
		}
	}
	return text
}

// transcriber writes CSV of another dialect as that of RFC 4180: fields that hold a comma go into quotes.
type transcriber struct {
	dialect
	fill func([]byte) (int, bool, error)
	// raw is text that was read and is not written yet, from next on; ended says that there is no more.
	raw   []byte
	next  int
	ended bool
	// out is what was written and not taken yet.
	out []byte
	// field is the unquoted field at hand, so far; quoted says that the next byte is within quotes, and opened that the field
	// at hand began with one. Closed says that a single quote stands right before the next byte, which may be the second of a pair.
	field                  []byte
	quoted, opened, closed bool
}

// Fill fills p as [Reader.Fill] does.
func (t *transcriber) Fill(p []byte) (n int, end bool, err error) {
	for n < len(p) {
		if len(t.out) == 0 {
			if t.next == len(t.raw) && t.ended {
				return n, true, nil
			}
			if err := t.more(); err != nil {
				return n, false, err
			}
			continue
		}
		k := copy(p[n:], t.out)
		n, t.out = n+k, t.out[k:]
	}
	return n, false, nil
}

// more writes some text.
func (t *transcriber) more() error {
	if t.next == len(t.raw) && !t.ended {
		buf := t.raw[:cap(t.raw)]
		if len(buf) < BlockBytes/2 {
			buf = make([]byte, BlockBytes/2)
		}
		n, end, err := t.fill(buf)
		if err != nil {
			return err
		}
		t.raw, t.next, t.ended = buf[:n], 0, end
	}
	t.out = t.out[:0]
	for ; t.next < len(t.raw); t.next++ {
		t.put(t.raw[t.next])
	}
	if t.ended {
		if t.closed {
			t.out, t.closed = append(t.out, '"'), false
		}
		t.endField()
	}
	return nil
}

// put writes a byte of the text.
func (t *transcriber) put(c byte) {
	if t.single && t.putSingle(c) {
		return
	}
	switch {
	case t.quoted:
		t.quoted = c != '"'
		t.out = append(t.out, c)
	case c == '"' && (t.opened || len(t.field) == 0): // the first of a field, or the second of a pair
		t.quoted, t.opened = true, true
		t.out = append(t.out, c)
	case c == t.delimiter:
		t.endField()
		t.out = append(t.out, ',')
	case c == '\n', c == '\r' && t.returns:
		t.endField()
		t.out = append(t.out, '\n')
	case t.opened: // behind the closing quote, where the index complains of it
		t.out = append(t.out, c)
	default:
		t.field = append(t.field, c)
	}
}

// putSingle writes a byte of a field in single quotes, and reports whether it was that.
func (t *transcriber) putSingle(c byte) bool {
	switch {
	case t.closed:
		if t.closed = false; c == '\'' { // the second of a pair
			t.quoted = true
			t.out = append(t.out, c)
			return true
		}
		t.out = append(t.out, '"')
		return false
	case t.quoted && c == '\'':
		t.quoted, t.closed = false, true
	case t.quoted && c == '"':
		t.out = append(t.out, '"', '"')
	case t.quoted:
		t.out = append(t.out, c)
	case c == '\'' && len(t.field) == 0 && !t.opened:
		t.quoted, t.opened = true, true
		t.out = append(t.out, '"')
	default:
		return false
	}
	return true
}

// endField writes the unquoted field at hand.
func (t *transcriber) endField() {
	field := t.field
	carriage := bytes.HasSuffix(field, []byte("\r"))
	if carriage {
		field = field[:len(field)-1]
	}
	if bytes.IndexByte(field, ',') >= 0 && bytes.IndexByte(field, '"') < 0 {
		t.out = append(append(append(t.out, '"'), field...), '"')
	} else {
		t.out = append(t.out, field...)
	}
	if carriage {
		t.out = append(t.out, '\r')
	}
	t.field, t.opened = t.field[:0], false
}

// speak finds the dialect of the text in the window, which is its beginning, and has it read as CSV of RFC 4180.
func (c *CSV) speak() error {
	w := &c.Window
	text := w.Text()
	if w.Cut {
		text = text[:len(text)-1]
	}
	d, other := dialectOf(text)
	if other != "" {
		return c.r.refuse(schemas.CodeUnreadableObject, "it is %s", other)
	}
	if c.Dialect = d.String(); c.Dialect == "" {
		return nil
	}
	if d.delimiter == ',' && !d.returns && !d.single {
		w.Start += d.skip
		return nil
	}
	t := &transcriber{dialect: d, fill: c.fill, raw: bytes.Clone(text[d.skip:]), ended: w.EOF}
	c.fill, *w = t.Fill, Window{Buf: w.Buf}
	return w.Fill(c.fill)
}

// nameColumns gives columns without a name one by their place, and reports whether any has a name of its own.
func nameColumns(names []string) (some bool) {
	for i, n := range names {
		if n != "" {
			some = true
			continue
		}
		names[i] = fmt.Sprintf("(column %d)", i+1)
	}
	return some
}
