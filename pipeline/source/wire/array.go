package wire

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/bits"

	"daybook/schemas"
)

// jsonKind is how events stand in a text that does not have one on each line.
type jsonKind uint8

const (
	// jsonArray is an array of them (CloudEvents JSON Event Format, section JSON Batch Format), or several, one behind the
	// other.
	jsonArray jsonKind = iota
	// jsonStream has them one behind the other, with line breaks within.
	jsonStream
	// jsonSequence has a record separator before each: RFC 7464.
	jsonSequence
)

// Array reads events of such a text as lines of them: it writes a line feed over each comma between elements, over the
// closing bracket and over record separators, and a carriage return, which is a blank within a line, over each line feed
// within an event or an array. So each byte keeps its place, nothing is held that a line would not be, and one scanner reads
// all.
//
// On a line of its own, and behind a record separator, which stands in no text, a broken event is the only one that is lost.
// Elsewhere only brackets and quotes say where the next one begins, so that an element which is no JSON makes what follows
// a guess: the object is refused.
type Array struct {
	object string
	kind   jsonKind
	// fresh says that the array at hand has no element so far.
	fresh bool
	// ahead is what was read before the text was known to be an array, and next reads what follows.
	ahead []byte
	next  func([]byte) (int, bool, error)
	// at is the offset of the next byte, base that of the window's first.
	at, base int64
	// number is that of the element at hand, from 1, and begins the offset of its first byte, -1 while there is none.
	number, begins int64
	// depth counts the brackets open around the next byte, the array's own included.
	depth int64
	// quoted says that the next byte is within a string, and escaped that it follows a backslash there.
	quoted, escaped bool
	// wrong is why the array ends where it does, if that is not its end; broken is why an element before that place is none.
	wrong, broken *schemas.RefusedError
}

// AsArray returns the reader of the unread text of w if that is not events one on each line, which shows by its first byte
// that is no blank, or by a first event that goes on behind its line. It then takes the text out of w.
func AsArray(w *Window, r *Reader) *Array {
	text := w.Text()
	if w.Cut {
		text = text[:len(text)-1]
	}
	rest := bytes.TrimLeft(text, " \t\r\n")
	a := &Array{object: r.object, next: r.Fill, number: 1, begins: -1}
	switch {
	case len(rest) == 0:
		return nil
	case rest[0] == '[':
		a.depth, a.fresh, rest = 1, true, rest[1:]
	case rest[0] == RecordSeparator:
		a.kind = jsonSequence
	case rest[0] == '{' && spansLines(rest):
		a.kind = jsonStream
	default:
		return nil
	}
	a.ahead = bytes.Clone(rest)
	a.at = r.Bytes - int64(len(a.ahead))
	*w = Window{Buf: w.Buf}
	return a
}

// spansLines reports whether the object that text begins with goes on behind its first line: whether what follows the line
// can only be more of it. A line that was cut off is followed by another object.
func spansLines(text []byte) bool {
	quoted, depth := false, 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == '\n':
			rest := bytes.TrimLeft(text[i:], " \t\r\n")
			return !quoted && len(rest) > 0 && (rest[0] == '"' || rest[0] == '}' || rest[0] == ']')
		case quoted:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				return false
			}
		}
	}
	return false
}

// Read fills p with lines and reports whether the end was reached, as Reader.Fill does with text.
func (a *Array) Read(p []byte) (n int, end bool, err error) {
	if a.wrong != nil {
		return 0, true, nil
	}
	n = copy(p, a.ahead)
	a.ahead = a.ahead[n:]
	if len(a.ahead) == 0 {
		k, last, err := a.next(p[n:])
		if err != nil {
			return 0, false, err
		}
		n, end = n+k, last
	}
	n = a.lines(p[:n])
	if end && a.wrong == nil && a.depth > 0 {
		if a.begins < 0 && a.kind == jsonArray {
			a.fail("it is truncated: its array is not closed after %d elements", a.number-1)
		} else {
			a.fail("it is truncated: it ends amid element %d, which begins at byte %d", a.number, a.begins)
		}
	}
	return n, end || a.wrong != nil, nil
}

// lines makes lines of p and returns how much of it is well.
func (a *Array) lines(p []byte) int {
	from := a.at
	for i := 0; i < len(p); i++ {
		if a.quoted {
			i = a.passText(p, i)
			continue
		}
		c := p[i]
		switch c {
		case '\n':
			if a.depth > 0 {
				p[i] = '\r'
			}
			continue
		case ' ', '\t', '\r':
			continue
		}
		if a.kind == jsonSequence && c == RecordSeparator {
			p[i] = '\n'
			a.separate()
			continue
		}
		if a.depth <= 1 && !a.top(p, i, from+int64(i)) {
			a.at = from + int64(i)
			return i
		}
		switch c {
		case '"':
			a.quoted = true
		case '{', '[':
			a.depth++
		case '}', ']':
			a.depth = max(a.depth-1, 0)
		}
	}
	a.at = from + int64(len(p))
	return len(p)
}

// top looks at the byte at i, which is no blank and stands directly in the array or behind it, and reports whether it may.
func (a *Array) top(p []byte, i int, at int64) bool {
	if a.kind != jsonArray {
		return a.topOfStream(p[i], at)
	}
	switch c := p[i]; {
	case a.depth == 0 && c == '[': // another array
		p[i] = ' '
		a.fresh = true
	case a.depth == 0:
		return a.fail("byte %d is %q, where nothing may follow its array of %d elements", at, c, a.number-1)
	case c == '}':
		return a.fail("byte %d is a %q that closes nothing, behind element %d", at, c, a.number)
	case c == ']' && a.begins < 0 && !a.fresh, c == ',' && a.begins < 0:
		return a.fail("byte %d is %q, where element %d should begin", at, c, a.number)
	case c == ']' && a.begins < 0:
		p[i] = '\n'
	case c == ',' || c == ']':
		p[i] = '\n'
		a.number, a.begins = a.number+1, -1
	case a.begins < 0:
		a.begins, a.fresh = at, false
	}
	return true
}

// separate begins a record of a sequence, whatever became of the one before.
func (a *Array) separate() {
	if a.begins >= 0 {
		a.number++
	}
	a.begins, a.depth, a.quoted, a.escaped = -1, 0, false, false
}

// topOfStream is top where no array is around.
func (a *Array) topOfStream(c byte, at int64) bool {
	switch {
	case a.depth == 0 && a.begins < 0:
		a.begins = at
	case a.depth == 0 && c == '{':
		a.number, a.begins = a.number+1, at
	}
	if (c == '}' || c == ']') && a.depth == 0 && a.kind == jsonStream {
		return a.fail("byte %d is a %q that closes nothing, behind element %d", at, c, a.number)
	}
	return true
}

// passText passes over the rest of a string and returns the place of the quote that ends it, or the end of p.
func (a *Array) passText(p []byte, i int) int {
	for ; i < len(p); i++ {
		if a.escaped {
			a.escaped = false
			if p[i] != '\n' && p[i] != RecordSeparator {
				continue
			}
		}
		for i+8 <= len(p) {
			hit := Stops(binary.LittleEndian.Uint64(p[i:]))
			if hit != 0 {
				i += bits.TrailingZeros64(hit) / 8
				break
			}
			i += 8
		}
		if i == len(p) {
			break
		}
		switch p[i] {
		case '\\':
			a.escaped = true
		case RecordSeparator:
			if a.kind == jsonSequence {
				a.quoted = false
				return i - 1 // lines looks at it again
			}
		case '\n':
			p[i] = '\r' // as wrong as it was
		case '"':
			a.quoted = false
			return i
		}
	}
	return i
}

// fail says why the array ends here, and returns false.
func (a *Array) fail(format string, args ...any) bool {
	a.wrong = a.refusal(a.number, format, args...)
	return false
}

func (a *Array) refusal(number int64, format string, args ...any) *schemas.RefusedError {
	return &schemas.RefusedError{Code: schemas.CodeUnreadableObject, Object: a.object, Row: number, Reason: fmt.Sprintf(format, args...)}
}

// Begin notes where the text of w begins.
func (a *Array) Begin(w *Window) {
	if a == nil {
		return
	}
	a.base = a.at - int64(w.End)
	if w.Cut {
		a.base++
	}
}

// End returns why the array ended where it did, if that is not its end.
func (a *Array) End() error {
	if a == nil || a.wrong == nil {
		return nil
	}
	return a.wrong
}

// Place completes what is wrong with an element with where it begins: few find it by its number.
func (a *Array) Place(bad *BadRow) {
	bad.What += fmt.Sprintf("; the element begins at byte %d", a.base+int64(bad.Start))
}

// Check looks at an element that does not scan as an object. Most are JSON nonetheless.
func (a *Array) Check(bad *BadRow, text []byte) {
	switch {
	case a.broken != nil:
	case a.kind == jsonSequence:
		bad.Code, bad.What = cmp.Or(bad.Code, schemas.CodeBadJSON), cmp.Or(bad.What, "the record is not one JSON object")
	case json.Valid(text):
		if bad.Code != "" {
			return
		}
		bad.Code, bad.What = schemas.CodeBadJSON, "the element is not a JSON object"
		if text[0] == '{' {
			bad.What = "the element nests too deep, or holds an escape that is none"
		}
	case a.wrong != nil && a.wrong.Row == bad.Number:
		a.broken = a.wrong
	default:
		a.broken = a.refusal(bad.Number, "element %d, which begins at byte %d, is not JSON, or nests beyond measure, so that nothing says where the next one begins",
			bad.Number, a.base+int64(bad.Start))
	}
}

// Broken returns why an element is none, so that nothing behind it can be told apart.
func (a *Array) Broken() error {
	if a == nil || a.broken == nil {
		return nil
	}
	return a.broken
}

// OneEach reports whether the lines made of it have one event each.
func (a *Array) OneEach() bool { return a != nil && a.kind == jsonArray }

// RecordSeparator stands before each text of a sequence of JSON: RFC 7464.
const RecordSeparator = 0x1e
