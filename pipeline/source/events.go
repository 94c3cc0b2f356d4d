package source

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"daybook/pipeline/source/wire"
	"daybook/schemas"
)

// envelope is what the attributes of a CloudEvent must be: CloudEvents 1.0, section REQUIRED Attributes.
var envelope = []struct{ name, value string }{
	{"specversion", "1.0"}, {"id", ""}, {"source", ""}, {"type", ""},
}

// cloudEvents is the row of CloudEvents: a mapping of the book says what is in them.
var cloudEvents = format{
	name: schemas.CloudEvents10, text: (*decoder).events, columns: eventColumns(),
	key: []string{"source", "id"},
}

// eventColumns is what is asked of CloudEvents: the columns are of our own choosing, so the lists are those of FOCUS, and
// nothing but the charge period is demanded. But an event that lacks a quantity or a cost that the book says it has would
// count as nothing, and a member that is misspelt would be for free.
func eventColumns() (rules [schemas.UseColumns]rule) {
	rules = focusColumns
	for i := range rules {
		rules[i].mandatory, rules[i].notNull = false, false
	}
	for _, i := range []int{schemas.UseChargePeriodStart, schemas.UseChargePeriodEnd} {
		rules[i].mandatory, rules[i].notNull = true, true
	}
	for _, i := range []int{
		schemas.UseConsumedQuantity, schemas.UsePricingQuantity,
		schemas.UseListCost, schemas.UseContractedCost, schemas.UseBilledCost, schemas.UseEffectiveCost,
	} {
		rules[i].notNull = true
	}
	return rules
}

// events decodes the object as CloudEvents 1.0 in JSON, one event on each line, empty lines passed over, or as one array of
// them. A member that something reads may stand only once in its event; which of two would count is not for us to say.
func (d *decoder) events() error {
	e, err := d.layOutEvents()
	if err != nil {
		return err
	}
	none := d.wire.NamesNoJSON()
	err = d.scan(e)
	if _, refused := errors.AsType[*schemas.RefusedError](err); none && d.stats.Kept == 0 && (refused || err == nil && d.stats.Rejected > 0) {
		return d.refuse(schemas.CodeUnreadableObject, "it is no JSON, and none of its lines is an event; %s comes as JSON", d.format.name)
	}
	return err
}

// scan decodes the object by the fields that a scanner was laid out with.
func (d *decoder) scan(e *eventScanner) error {
	w, read := &d.win, d.wire.Fill
	if err := w.Fill(read); err != nil {
		return err
	}
	if bytes.HasPrefix(w.Text(), []byte("\uFEFF")) {
		w.Start += len("\uFEFF")
	}
	if e.array = wire.AsArray(w, d.wire); e.array != nil {
		read = e.array.Read
		if err := w.Fill(read); err != nil {
			return err
		}
	}
	for {
		before := w.Start
		e.array.Begin(w)
		e.scanLines(w)
		if err := d.takeEvents(e, w.Start-before); err != nil {
			return err
		}
		if w.EOF {
			return e.array.End()
		}
		if w.Start = wire.SkipBlanks(w.Buf, w.Start); int64(w.End-w.Start) > d.limits.RowBytes {
			e.rows.n = 0
			e.last++
			e.bad = e.bad[:0]
			e.reject(longEvent(e.last, w.Start, w.End))
			if err := d.takeEvents(e, w.End-w.Start); err != nil {
				return err
			}
			if err := w.SkipLine(read); err != nil {
				return err
			}
		}
		if err := w.Fill(read); err != nil {
			return err
		}
	}
}

func (d *decoder) newScanner() *eventScanner {
	return &eventScanner{d: d, root: newNode(""), rowBytes: int(d.limits.RowBytes), depth: d.limits.Depth}
}

// layOutEvents decides which attributes and members of the data fill which usage columns.
func (d *decoder) layOutEvents() (*eventScanner, error) {
	e := d.newScanner()
	if len(d.src.Types) > 0 {
		if err := d.layOutTypes(e); err != nil {
			return nil, err
		}
		return e, d.layOutEventRest(e)
	}
	if err := d.layOutMapping(e, d.src); err != nil {
		return nil, err
	}
	if err := d.layOutEventKey(e); err != nil {
		return nil, err
	}
	return e, d.layOutEventRest(e)
}

// layOutMapping makes the columns of a source, or of one of its types.
func (d *decoder) layOutMapping(e *eventScanner, src *schemas.Source) error {
	from := maps.Clone(src.Columns)
	start, end := "ChargePeriodStart", "ChargePeriodEnd"
	if _, constant := src.Constants[end]; from[end] == "" && from[start] != "" && !constant {
		from[end] = from[start]
	}
	for use := range schemas.Usage.Columns {
		name := schemas.Usage.Columns[use].Name
		path, mapped := from[name]
		value, constant := src.Constants[name]
		switch {
		case !mapped && !constant:
			if d.rules[use].mandatory {
				return fmt.Errorf("column %s has neither a path into the event nor a constant; map it", name)
			}
			continue
		case slices.Contains(reserved, use):
			return fmt.Errorf("column %s cannot be mapped: it is filled by the run", name)
		case mapped && constant:
			return fmt.Errorf("column %s has both a path and a constant", name)
		case constant:
			if err := d.placeConstant(use, value); err != nil {
				return err
			}
			continue
		}
		field, err := e.leaf(path, d.rules[use].json)
		if err != nil {
			return fmt.Errorf("column %s: %w", name, err)
		}
		d.addColumn(column{use: use, field: field, name: path})
	}
	d.markSides()
	return nil
}

// layOutEventKey finds the attributes that identify an event.
func (d *decoder) layOutEventKey(e *eventScanner) error {
	h := &header{exact: map[string]int{}, loose: map[string]int{}}
	for _, path := range d.format.recordKey(d.src) {
		field, err := e.leaf(path, false)
		if err != nil {
			return fmt.Errorf("key: %w", err)
		}
		h.exact[path] = field
		for len(h.names) <= field {
			h.names, h.used = append(h.names, path), append(h.used, false)
		}
		h.names[field] = path
	}
	var missing []string
	return d.placeKey(h, &missing)
}

// layOutEventRest finds the attributes that are checked, and those that are ignored.
func (d *decoder) layOutEventRest(e *eventScanner) error {
	for i := range envelope {
		field, err := e.leaf(envelope[i].name, false)
		if err != nil {
			return err
		}
		e.envelope = append(e.envelope, field)
	}
	if i, mapped := e.root.byName["data"]; mapped && e.root.members[i].node != nil {
		e.data = e.root.members[i].node
		e.root.child("data_base64").packed = e.data
	}
	for _, path := range append([]string{"datacontenttype"}, d.src.Ignore...) {
		if err := e.ignore(path); err != nil {
			return fmt.Errorf("ignore: %w", err)
		}
	}
	// Whether there will be anything to keep in x_Extra shows only on the way.
	d.vector(schemas.UseExtra).Absent = false
	return nil
}

// node is an object of an event: its members, as far as they are known.
type node struct {
	path    string
	members []member
	byName  map[string]int
	// first is the member that came first the last time.
	first int
	// bit tells a repeated object; see eventScanner.seen.
	bit int
}

func newNode(path string) *node { return &node{path: path, byName: map[string]int{}, first: -1} }

// member is a member of an object and what is done with it: one of node, field, extra and ignored.
type member struct {
	// literal is how it begins when it is written without blanks: "name":.
	literal []byte
	// head is the first eight bytes of literal under headMask, and tail its last eight if it is longer.
	head, headMask, tail uint64
	// next is the member that came after it the last time.
	next int
	// node takes the members of an object.
	node *node
	// field takes a value; it is -1 if none does. json values are objects, kept as they stand.
	field int
	json  bool
	// extra is the place of its path among the paths kept in x_Extra, or -1.
	extra   int
	ignored bool
	// packed is set for the attribute data_base64: the object whose members are in its text.
	packed *node
}

// child returns the member of n by name, making it if need be.
func (n *node) child(name string) *member {
	i, ok := n.byName[name]
	if !ok {
		i = len(n.members)
		n.byName[name] = i
		literal := append(wire.AppendString(nil, []byte(name)), ':')
		m := member{literal: literal, headMask: ^uint64(0), next: -1, field: -1, extra: -1}
		if size := len(literal); size < 8 {
			m.headMask = 1<<(8*size) - 1
		} else {
			m.tail = binary.LittleEndian.Uint64(literal[size-8:])
		}
		m.head = binary.LittleEndian.Uint64(append(slices.Clone(literal), make([]byte, 8)...)) & m.headMask
		n.members = append(n.members, m)
	}
	return &n.members[i]
}

// walkTo returns the member at a path, with the objects above it made.
func (e *eventScanner) walkTo(path string) (*member, error) {
	n := e.root
	parts := strings.Split(path, ".")
	for i, part := range parts {
		m := n.child(part)
		if i == len(parts)-1 {
			return m, nil
		}
		if m.field >= 0 || m.ignored {
			return nil, fmt.Errorf("%s is both a value and an object that holds %s", strings.Join(parts[:i+1], "."), path)
		}
		if m.node == nil {
			m.node = newNode(strings.Join(parts[:i+1], "."))
			m.node.bit = e.newBit()
		}
		n = m.node
	}
	return nil, fmt.Errorf("the path %q is empty", path)
}

// leaf returns the field that takes the value at a path.
func (e *eventScanner) leaf(path string, json bool) (int, error) {
	m, err := e.walkTo(path)
	switch {
	case err != nil:
		return 0, err
	case m.node != nil:
		return 0, fmt.Errorf("%s is both a value and an object", path)
	case m.field >= 0 && m.json != json:
		return 0, fmt.Errorf("%s is both a plain value and a JSON object", path)
	case m.field < 0:
		m.field, m.json = e.newBit(), json
		e.fields = m.field + 1
	}
	return m.field, nil
}

// ignore drops what is at a path, unless something reads it.
func (e *eventScanner) ignore(path string) error {
	m, err := e.walkTo(path)
	if err == nil && m.field < 0 && m.node == nil && m.packed == nil {
		m.ignored = true
	}
	return err
}

// newBit returns the next number of a field or object.
func (e *eventScanner) newBit() int {
	e.bits++
	return e.bits - 1
}

// takeEvents parses what was scanned.
func (d *decoder) takeEvents(e *eventScanner, textBytes int) error {
	w := &d.win
	n := len(e.bad)
	switch {
	case e.array.Broken() != nil:
		return e.array.Broken()
	case e.array == nil && n > 0 && w.Cut && w.Start == w.End && e.bad[n-1].Number == e.last:
		return &schemas.RefusedError{
			Code: schemas.CodeUnreadableObject, Object: d.in.Key, Row: e.last, Reason: "it is truncated: it ends amid an event",
		}
	}
	s := &e.rows
	s.text, s.numbers = w.Buf[:w.End+wire.Slack-1], e.numbers
	d.event = e
	e.first = 0
	if e.types != nil {
		return d.takeTypes(e, textBytes)
	}
	return d.take(s, e.bad, textBytes)
}

// checkEnvelope looks at the attributes that every event must have.
func (d *decoder) checkEnvelope(s *rows) {
	for i, field := range d.event.envelope {
		x := s.column(field)
		want := envelope[i]
		c := &column{use: -1, name: want.name}
		for r := range s.n {
			start, end := x.cell(r)
			switch {
			case start == end:
				d.defect(&x, r, c, schemas.CodeMissingValue, "CloudEvents requires it", nil)
			case want.value != "" && string(x.text[start:end]) != want.value:
				d.defect(&x, r, c, schemas.CodeBadValue, "only CloudEvents "+want.value+" is read", x.text[start:end])
			}
		}
	}
}

// parseEventExtra makes x_Extra of the members that nothing takes, as parseExtra does of columns.
func (d *decoder) parseEventExtra(s *rows, base int) {
	e, v := d.event, d.vector(schemas.UseExtra)
	rest := e.extras
	v.Bytes = wire.Room(v.Bytes, len(s.text))
	for r := range s.n {
		n := 0
		for n < len(rest) && rest[n].row == e.first+r {
			n++
		}
		of := rest[:n]
		if len(e.unread) > 0 {
			of = e.withUnread(of, s, r)
		}
		from := len(v.Bytes)
		v.Bytes = d.appendExtra(v.Bytes, s, r, of)
		if len(v.Bytes) == from {
			v.SetNull(base + r)
		}
		v.Ends = append(v.Ends, uint32(len(v.Bytes)))
		rest = rest[n:]
	}
	e.extras = rest
}

func (d *decoder) appendExtra(dst []byte, s *rows, r int, of []extraCell) []byte {
	if len(of) == 0 {
		return dst
	}
	e := d.event
	e.sort(of)
	from := len(dst)
	for i, c := range of {
		p := &e.paths[c.path]
		text := s.text[c.start:c.end]
		if i > 0 && of[i-1].path == c.path {
			n := d.note(p.name, schemas.UseExtra, schemas.CodeBadJSON, "it stands twice in the event, and the first counts", string(text))
			n.Severity = schemas.Warning
			n.Hit(s.numbers[r])
			continue
		}
		if !s.plain && !wire.WellEncoded(text) {
			x := cells{rows: s}
			d.defect(&x, r, &column{use: schemas.UseExtra, name: p.name}, schemas.CodeBadEncoding, "it is not UTF-8, or holds a NUL", text)
			continue
		}
		p.note.Hit(s.numbers[r])
		dst = wire.AppendString(append(dst, p.member...), text)
	}
	return wire.CloseObject(dst, from)
}

// sort puts what is kept of a row into the order of its paths, which nearly always is that of the row before.
func (e *eventScanner) sort(of []extraCell) {
	same := len(of) == len(e.order)
	for i := 0; same && i < len(of); i++ {
		same = of[i].path == e.order[i]
	}
	if !same {
		e.order, e.sorted = e.order[:0], e.sorted[:0]
		for i, c := range of {
			e.order, e.sorted = append(e.order, c.path), append(e.sorted, i)
		}
		slices.SortStableFunc(e.sorted, func(a, b int) int { return cmp.Compare(e.paths[of[a].path].name, e.paths[of[b].path].name) })
	}
	e.kept = append(e.kept[:0], of...)
	for i, at := range e.sorted {
		of[i] = e.kept[at]
	}
}
