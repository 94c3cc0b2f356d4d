package source

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"

	"daybook/pipeline/source/remark"
	"daybook/pipeline/source/wire"
	"daybook/schemas"
)

// eventScanner finds the fields of events in a window. It goes through each line once, expects the members in the order
// in which they came the last time, and looks a name up only where it is mistaken.
type eventScanner struct {
	d    *decoder
	root *node
	// data is the event's data, where the book maps any of it.
	data *node
	// array is set if the lines were made of one.
	array    *wire.Array
	rowBytes int
	depth    int
	// fields is how many fields a row has; bits counts them and the objects that are looked into.
	fields, bits int
	// envelope holds the fields of the required attributes.
	envelope []int
	// paths are the members kept in x_Extra.
	paths []extraPath
	// types are the mappings of the types of events, by type, where the source lists any; typeField is the field that says
	// which. Unread are the fields that the type at hand does not read, with their places among the paths, and first is the
	// place of its first row among the rows scanned.
	types     map[string]*eventType
	typeField int
	unread    []extraField
	first     int

	rows    rows
	numbers []int64
	last    int64
	bad     []wire.BadRow
	extras  []extraCell

	// order are the paths of what was kept of the last row as they stood there, sorted their places in the order of paths, and kept
	// and scratchOf are scratch.
	order, sorted   []int
	kept, scratchOf []extraCell

	// marks are those of the window; there is a word behind the last.
	marks []uint64

	// Of the line at hand: its places, which bits were seen, and what is wrong with it.
	b []byte
	// within says that the events at hand are elements of an array that is on the line.
	within bool
	row    []uint32
	seen   []uint64
	wrong  wire.BadRow
	later  []laterText
	// scratch holds data that was decoded.
	scratch []byte

	// shapes are those known, the last one met first; see learn for credit. misses counts lines since then without any.
	shapes []*shape
	credit int
	misses int
}

// laterText is a string that is decoded in place once its line is known to be whole, because decoding may make line feeds.
type laterText struct {
	// packed texts hold the data of the event, from start to end; base64 says that they are encoded.
	packed, base64 bool
	start, end     int
	// field takes the text, or an extra cell if it is negative: -1 the first.
	field   int
	escaped bool
	json    bool
	path    string
}

// extraPath is a member kept in x_Extra.
type extraPath struct {
	extraField
	note *remark.Note
}

// extraCell is the value of such a member in one row.
type extraCell struct {
	row, path  int
	start, end uint32
}

// scanLines scans the whole lines of w and takes them out of it.
func (e *eventScanner) scanLines(w *wire.Window) {
	stride := 2 * e.fields
	if e.seen == nil {
		e.seen = make([]uint64, (e.bits+63)/64)
		e.credit = firstCredit
	}
	e.b = w.Buf
	blocks := (w.End + 63) / 64
	if len(e.marks) <= blocks {
		e.marks = make([]uint64, len(w.Buf)/64+2)
	}
	first := w.Start / 64
	high := wire.MarkStops(e.marks[first:blocks], w.Buf[64*first:64*blocks])
	e.marks[blocks] = 0
	e.rows = rows{pos: e.rows.pos, stride: stride, plain: high == 0}
	e.numbers, e.bad, e.extras = e.numbers[:0], e.bad[:0], e.extras[:0]
	lines := bytes.LastIndexByte(w.Text(), '\n') + 1
	for end := w.Start + lines; w.Start < end; {
		i := e.lead(w.Start)
		if e.b[i] == '\n' && !e.within {
			w.Start = i + 1
			continue
		}
		e.beginRow()
		w.Start = e.line(i)
	}
	if lines == 0 && !w.EOF && e.joins() {
		e.scanJoined(w)
	}
}

// beginRow makes room for the fields of the next row.
func (e *eventScanner) beginRow() {
	stride := 2 * e.fields
	at := e.rows.n * stride
	if len(e.rows.pos) < at+stride+2 {
		pos := make([]uint32, 2*len(e.rows.pos)+stride*64)
		copy(pos, e.rows.pos)
		e.rows.pos = pos
	}
	e.row = e.rows.pos[at : at+stride+2]
}

// startLine forgets what was found on the line.
func (e *eventScanner) startLine(extras int) {
	e.wrong, e.later, e.extras = wire.BadRow{}, e.later[:0], e.extras[:extras]
	clear(e.row)
	clear(e.seen)
}

// line scans the event that begins at i and returns where the next line begins.
func (e *eventScanner) line(i int) int {
	extras := len(e.extras)
	e.startLine(extras)
	next := -1
	if !e.within {
		next = e.known(i)
		if next < 0 {
			next = e.unknown(i)
		}
	}
	if next < 0 && e.joins() {
		if behind := e.joined(i, extras); behind >= 0 {
			return behind
		}
	}
	e.last++
	end := next
	if next < 0 {
		end = i + bytes.IndexByte(e.b[i:], '\n')
	} else if end-i <= e.rowBytes && e.decodeTexts() {
		e.rows.n++
		e.numbers = append(e.numbers, e.last)
		return end + 1
	}
	e.extras, e.within = e.extras[:extras], false
	e.wrong.Number, e.wrong.Start, e.wrong.End = e.last, i, end
	if e.array != nil && next < 0 {
		e.array.Check(&e.wrong, e.b[i:end])
	}
	bad := e.wrong
	switch {
	case end-i > e.rowBytes:
		bad = longEvent(e.last, i, end)
	case bad.Code == "":
		bad.Code, bad.What = schemas.CodeBadJSON, "the line is not one JSON object"
	}
	e.reject(bad)
	return end + 1
}

// reject puts an event among those that are wrong.
func (e *eventScanner) reject(bad wire.BadRow) {
	if e.array != nil {
		e.array.Place(&bad)
	}
	e.bad = append(e.bad, bad)
}

// unknown scans the event at i, of which nothing is known, and returns the place of its line feed, or -1.
func (e *eventScanner) unknown(i int) int {
	if e.b[i] != '{' {
		return -1
	}
	next := e.object(e.root, i, e.depth)
	if next < 0 {
		return -1
	}
	if next = wire.SkipBlanks(e.b, next); e.b[next] != '\n' {
		return -1
	}
	e.learn(i, next)
	return next
}

// longEvent is a line beyond the limit.
func longEvent(number int64, start, end int) wire.BadRow {
	return wire.BadRow{Number: number, Code: schemas.CodeLongRow, What: "it is longer than the limit", Start: start, End: end}
}

// decodeTexts decodes the strings with escapes of the line, and reports whether they are in order.
func (e *eventScanner) decodeTexts() bool {
	for k := 0; k < len(e.later); k++ { // unpacking adds to them
		l := e.later[k]
		if l.packed {
			if !e.unpack(&l) {
				return false
			}
			continue
		}
		var start, end *uint32
		if l.field >= 0 {
			start, end = &e.row[2*l.field], &e.row[2*l.field+1]
		} else {
			x := &e.extras[-1-l.field]
			start, end = &x.start, &x.end
		}
		if l.escaped {
			e.rows.plain = false
			size := wire.Unescape(e.b, int(*start), int(*end))
			if size < 0 {
				e.fail(schemas.CodeBadJSON, l.path, "it holds an escape that is none")
				return false
			}
			*end = uint32(size)
		}
		if l.json && *start < *end && !e.d.json.Valid(slices.Grow(slices.Clone(e.b[*start:*end]), wire.Padding)) {
			e.rows.rawJSON = true // the column judges it
		}
	}
	return true
}

// fail says what is wrong with the line, and returns -1.
func (e *eventScanner) fail(code schemas.Code, column, what string) int {
	if e.wrong.Code == "" {
		e.wrong = wire.BadRow{Code: code, Column: column, What: what}
	}
	return -1
}

// object scans the object at i and returns the place behind it, or -1.
func (e *eventScanner) object(n *node, i, depth int) int {
	if depth <= 0 {
		return e.fail(schemas.CodeBadJSON, n.path, "it nests too deep")
	}
	b := e.b
	expected, last := n.first, -1
	if i = wire.SkipBlanks(b, i+1); b[i] == '}' {
		return i + 1
	}
	for {
		var m int
		if expected >= 0 && n.members[expected].begins(b, i) {
			m = expected
			i += len(n.members[m].literal)
			if next := e.quickText(&n.members[m], i); next > 0 {
				i, last, expected = next, m, n.members[m].next
				continue
			}
		} else {
			if m, i = e.name(n, i); i < 0 {
				return -1
			}
			if last < 0 {
				n.first = m
			} else {
				n.members[last].next = m
			}
		}
		i = wire.SkipBlanks(b, i)
		if i = e.value(n, m, i, depth); i < 0 {
			return -1
		}
		switch i = wire.SkipBlanks(b, i); b[i] {
		case ',':
			i = wire.SkipBlanks(b, i+1)
		case '}':
			return i + 1
		default:
			return -1
		}
		last, expected = m, n.members[m].next
	}
}

// begins reports whether the member stands at i in b as it is written without blanks.
func (m *member) begins(b []byte, i int) bool {
	size := len(m.literal)
	return binary.LittleEndian.Uint64(b[i:])&m.headMask == m.head &&
		(size <= 8 || i+size <= len(b) && binary.LittleEndian.Uint64(b[i+size-8:]) == m.tail &&
			(size <= 16 || string(b[i+8:i+size-8]) == string(m.literal[8:size-8])))
}

// quickText takes the value of a member at i if it is a string for a plain field, without escapes and directly before the
// comma and quote of the next member, which is where it returns. It returns 0, and takes nothing, if anything is otherwise.
func (e *eventScanner) quickText(m *member, i int) (next int) {
	if m.field < 0 || m.json || e.b[i] != '"' {
		return 0
	}
	end := e.stop(i + 1)
	if e.b[end] != '"' || e.b[end+1] != ',' || e.b[end+2] != '"' || e.repeated(m.field) {
		return 0
	}
	e.row[2*m.field], e.row[2*m.field+1] = uint32(i+1), uint32(end)
	return end + 2
}

// stop returns the place of the first byte from i on that ends the plain part of a string. There is one, the line's feed at
// the latest.
func (e *eventScanner) stop(i int) int {
	m := (*[2]uint64)(e.marks[i>>6:])
	hit := m[0]>>(i&63) | m[1]<<1<<(^i&63)
	for hit == 0 {
		i += 64
		m = (*[2]uint64)(e.marks[i>>6:])
		hit = m[0]>>(i&63) | m[1]<<1<<(^i&63)
	}
	return i + bits.TrailingZeros64(hit)
}

// name reads the name of a member at i and returns the member and the place behind the colon.
func (e *eventScanner) name(n *node, i int) (m, next int) {
	b := e.b
	if b[i] != '"' {
		return 0, -1
	}
	start := i + 1
	end, escaped := wire.ScanString(b, start)
	if end < 0 {
		return 0, -1
	}
	if next = wire.SkipBlanks(b, end+1); b[next] != ':' {
		return 0, -1
	}
	text := b[start:end]
	if escaped {
		text = bytes.Clone(text) // what was read stays as it is, lest a damaged line be shown otherwise
		size := wire.Unescape(text, 0, len(text))
		if size < 0 {
			return 0, -1
		}
		text = text[:size]
	}
	if (escaped || !e.rows.plain) && !wire.WellEncoded(text) {
		return 0, e.fail(schemas.CodeBadEncoding, n.path, "a name is not UTF-8, or holds a NUL")
	}
	m, ok := n.byName[string(text)]
	if !ok {
		if m = e.stranger(n, string(text)); m < 0 {
			return 0, -1
		}
	}
	return m, next + 1
}

// stranger makes a member that nothing takes, to be kept in x_Extra.
func (e *eventScanner) stranger(n *node, name string) int {
	path := name
	if n.path != "" {
		path = n.path + "." + name
	}
	if len(e.paths) >= mostColumns {
		return e.fail(schemas.CodeBadJSON, path, "the object has too many different members that nothing takes; map or ignore what holds them")
	}
	n.child(name).extra = len(e.paths)
	note := &remark.Note{} // of one that the format has there is nothing to say
	if !e.d.format.knows(path) {
		note = e.d.note(path, schemas.UseExtra, schemas.CodeUnknownColumn, "the member is mapped to nothing and is kept in x_Extra", "")
	}
	e.paths = append(e.paths, extraPath{newExtra(-1, path), note})
	return n.byName[name]
}

// value scans the value of member m at i and returns the place behind it, or -1.
func (e *eventScanner) value(n *node, at, i, depth int) int {
	m := &n.members[at]
	switch {
	case m.field >= 0:
		return e.fieldValue(n, m, i, depth)
	case m.packed != nil, m.node == e.data && m.node != nil && e.b[i] == '"':
		return e.packedValue(m, i)
	case m.node != nil && e.b[i] == '{':
		if e.repeated(m.node.bit) {
			return e.fail(schemas.CodeBadJSON, m.node.path, "it stands twice in the event")
		}
		return e.object(m.node, i, depth-1)
	case m.ignored || m.extra < 0 && e.b[i] == 'n':
		return wire.ScanValue(e.b, i, depth-1)
	case m.extra < 0:
		return e.fail(schemas.CodeBadValue, m.node.path, "it is not an object")
	default:
		return e.extraValue(m, i, depth)
	}
}

// repeated marks a bit as seen and reports whether it already was.
func (e *eventScanner) repeated(bit int) bool {
	word, mask := &e.seen[bit>>6], uint64(1)<<(bit&63)
	was := *word&mask != 0
	*word |= mask
	return was
}

// fieldValue scans the value of a field.
func (e *eventScanner) fieldValue(n *node, m *member, i, depth int) int {
	if e.repeated(m.field) {
		return e.fail(schemas.CodeBadJSON, n.pathTo(m), "it stands twice in the event")
	}
	start, end, next, escaped := e.plainValue(i, depth)
	if next < 0 {
		return -1
	}
	switch c := e.b[i]; {
	case c == '{' && m.json, c == 'n':
	case m.json && c != '"': // which the column judges
		e.rows.rawJSON = true
	case c == '{' || c == '[':
		return e.fail(schemas.CodeBadValue, n.pathTo(m), "it is an object or an array, where a plain value belongs")
	case escaped || m.json:
		e.later = append(e.later, laterText{field: m.field, escaped: escaped, json: m.json, path: n.pathTo(m)})
	}
	e.row[2*m.field], e.row[2*m.field+1] = uint32(start), uint32(end)
	return next
}

// extraValue scans a value that is kept in x_Extra, objects and arrays as they stand.
func (e *eventScanner) extraValue(m *member, i, depth int) int {
	start, end, next, escaped := e.plainValue(i, depth)
	if next < 0 || start == end {
		return next
	}
	if escaped {
		e.later = append(e.later, laterText{field: -1 - len(e.extras), escaped: true, path: e.paths[m.extra].name})
	}
	e.extras = append(e.extras, extraCell{e.rows.n, m.extra, uint32(start), uint32(end)})
	return next
}

// plainValue scans the value at i and returns where its text begins and ends, the place behind it or -1, and whether the
// text is a string yet to be decoded. Null has an empty text, objects and arrays have theirs.
func (e *eventScanner) plainValue(i, depth int) (start, end, next int, escaped bool) {
	b := e.b
	switch b[i] {
	case '"':
		end, escaped := wire.ScanString(b, i+1)
		if end < 0 {
			return 0, 0, -1, false
		}
		return i + 1, end, end + 1, escaped
	case 'n':
		return 0, 0, wire.ScanWord(b, i), false
	case '{', '[':
		next = wire.ScanNested(b, i, depth-1)
		return i, next, next, false
	default:
		next = wire.ScanValue(b, i, depth-1)
		return i, next, next, false
	}
}

// pathTo returns the path of a member.
func (n *node) pathTo(m *member) string {
	name := string(m.literal[1 : len(m.literal)-2])
	if n.path == "" {
		return name
	}
	return n.path + "." + name
}
