package source

import (
	"encoding/base64"

	"daybook/pipeline/source/wire"
	"daybook/schemas"
)

// The data of an event is JSON, and stands in the event as such; or encoded in data_base64, as binary data does and JSON may;
// or, where a writer took it for a text, as a string that holds JSON. In each form it comes to the same: CloudEvents JSON
// Event Format, section Handling of "data".

// packedValue takes the text at i that holds an event's data, to be read once the line is known to be whole.
func (e *eventScanner) packedValue(m *member, i int) int {
	path := "data"
	if m.packed != nil {
		path = "data_base64"
	}
	if e.b[i] == 'n' {
		return wire.ScanWord(e.b, i)
	}
	if e.b[i] != '"' {
		return e.fail(schemas.CodeBadValue, path, "it is not a text")
	}
	end, escaped := wire.ScanString(e.b, i+1)
	if end < 0 {
		return -1
	}
	if e.repeated(e.data.bit) {
		return e.fail(schemas.CodeBadJSON, path, "the data of the event stands twice")
	}
	e.later = append(e.later, laterText{packed: true, base64: m.packed != nil, start: i + 1, end: end, escaped: escaped, path: path})
	return end + 1
}

// unpack reads the data that a text holds. It decodes it in place, where it is never longer than it was.
func (e *eventScanner) unpack(l *laterText) bool {
	start, end, b := l.start, l.end, e.b
	if l.escaped {
		if end = wire.Unescape(b, start, end); end < 0 {
			e.fail(schemas.CodeBadJSON, l.path, "it holds an escape that is none")
			return false
		}
	}
	if l.base64 {
		text, err := base64.StdEncoding.AppendDecode(e.scratch[:0], b[start:end])
		if e.scratch = text; err != nil {
			e.fail(schemas.CodeBadValue, l.path, "it is not base64")
			return false
		}
		end = start + copy(b[start:], text)
	}
	if end < l.end {
		b[end] = '\n' // no token runs over its end
	}
	for i := start; i < end; i++ {
		if b[i] == '\n' {
			b[i] = '\r' // a blank within a line
		}
	}
	first, last := start/64, (l.end+63)/64
	if wire.MarkStops(e.marks[first:last], b[64*first:64*last]) != 0 || l.base64 || l.escaped {
		e.rows.plain = false
	}
	i := wire.SkipBlanks(b, start)
	if b[i] != '{' {
		e.fail(schemas.CodeBadJSON, l.path, "it holds no JSON object")
		return false
	}
	next := e.object(e.data, i, e.depth-1)
	if next < 0 || wire.SkipBlanks(b, next) != end {
		e.fail(schemas.CodeBadJSON, l.path, "what it holds is not one JSON object")
		return false
	}
	return true
}
