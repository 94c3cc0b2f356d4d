package wire

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

// The scanning of JSON (RFC 8259). A text being scanned has a byte below a blank behind it, or ends in a line feed, so
// that no token runs over its end; and slack for words. Line feeds are no blanks here: a value stands on one line.

// SkipBlanks returns the place of the next byte that is no blank.
func SkipBlanks(b []byte, i int) int {
	for b[i] <= ' ' && (b[i] == ' ' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

// ScanString returns the place of the quote that ends the string whose first byte is at i, or -1 if it holds a control
// character first. escaped says that there are escapes in it.
func ScanString(b []byte, i int) (end int, escaped bool) {
	for {
		v := (*[16]byte)(b[i : i+16])
		hit := Stops(binary.LittleEndian.Uint64(v[:8]))*Gather>>56 | Stops(binary.LittleEndian.Uint64(v[8:]))*Gather>>56<<8
		if hit == 0 {
			i += 16
			continue
		}
		i += bits.TrailingZeros64(hit)
		switch b[i] {
		case '"':
			return i, escaped
		case '\\':
			if b[i+1] < ' ' {
				return -1, true
			}
			escaped = true
			i += 2
		default:
			return -1, escaped
		}
	}
}

// Stops sets the upper bit of the first byte of w, and perhaps of others behind it, that ends the plain part of a string: a
// quote, a backslash or a control character. By xor with 2 only the quote and control characters are below 0x21.
func Stops(w uint64) uint64 {
	low, slash := w^2*Each, w^'\\'*Each
	return ((low-0x21*Each)&^low | (slash-Each)&^slash) & Upper
}

// Unescape decodes the string b[start:end] in place and returns its new end, or -1 if an escape is wrong. What it frees
// at the end is left.
func Unescape(b []byte, start, end int) int {
	to := start
	for i := start; i < end; {
		if b[i] != '\\' {
			b[to] = b[i]
			to, i = to+1, i+1
			continue
		}
		c := b[i+1]
		i += 2
		switch c {
		case '"', '\\', '/':
		case 'b':
			c = '\b'
		case 'f':
			c = '\f'
		case 'n':
			c = '\n'
		case 'r':
			c = '\r'
		case 't':
			c = '\t'
		case 'u':
			r, next := escapedRune(b[:end], i)
			if next < 0 {
				return -1
			}
			to += utf8.EncodeRune(b[to:], r)
			i = next
			continue
		default:
			return -1
		}
		b[to] = c
		to++
	}
	return to
}

// escapedRune reads the four digits of \u at i, and the other half of a surrogate pair. next is negative if they are no
// character.
func escapedRune(b []byte, i int) (r rune, next int) {
	r, ok := fourHex(b, i)
	if !ok {
		return 0, -1
	}
	i += 4
	if !utf16.IsSurrogate(r) {
		return r, i
	}
	if i+6 > len(b) || b[i] != '\\' || b[i+1] != 'u' {
		return 0, -1
	}
	low, ok := fourHex(b, i+2)
	r = utf16.DecodeRune(r, low)
	if !ok || r == utf8.RuneError {
		return 0, -1
	}
	return r, i + 6
}

func fourHex(b []byte, i int) (r rune, ok bool) {
	if i+4 > len(b) {
		return 0, false
	}
	for _, c := range b[i : i+4] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// ScanNumber returns the place behind the number at i, or -1. Most have neither sign nor exponent and fit sixteen bytes with
// what follows; then the signs among them are found together.
func ScanNumber(b []byte, i int) int {
	v := (*[16]byte)(b[i : i+16])
	signs := noDigits(binary.LittleEndian.Uint64(v[:8]))*Gather>>56 | noDigits(binary.LittleEndian.Uint64(v[8:]))*Gather>>56<<8
	size := bits.TrailingZeros64(signs | 1<<16)
	if size == 0 || size == 16 || size > 1 && b[i] == '0' {
		return scanAnyNumber(b, i)
	}
	if b[i+size] == '.' {
		whole := size + 1
		if size = bits.TrailingZeros64(signs&(signs-1) | 1<<16); size == whole || size == 16 {
			return scanAnyNumber(b, i)
		}
	}
	if b[i+size]|0x20 == 'e' {
		return scanAnyNumber(b, i)
	}
	return i + size
}

// noDigits sets the upper bit of each byte of w that is no digit.
func noDigits(w uint64) uint64 {
	w ^= '0' * Each
	return (w&lower + 0x76*Each | w) & Upper
}

func scanAnyNumber(b []byte, i int) int {
	if b[i] == '-' {
		i++
	}
	digits := func() bool {
		from := i
		for b[i]-'0' <= 9 {
			i++
		}
		return i > from
	}
	if b[i] == '0' {
		i++
	} else if !digits() {
		return -1
	}
	if b[i] == '.' {
		i++
		if !digits() {
			return -1
		}
	}
	if b[i]|0x20 == 'e' {
		i++
		if b[i] == '+' || b[i] == '-' {
			i++
		}
		if !digits() {
			return -1
		}
	}
	return i
}

// ScanWord returns the place behind true, false or null at i, or -1.
func ScanWord(b []byte, i int) int {
	for _, w := range [...]string{"true", "false", "null"} {
		if b[i] == w[0] && string(b[i:i+len(w)]) == w {
			return i + len(w)
		}
	}
	return -1
}

// ScanValue returns the place behind the value at i, or -1 if it is none or nests deeper than depth.
func ScanValue(b []byte, i, depth int) int {
	switch c := b[i]; {
	case c == '"':
		end, escaped := ScanString(b, i+1)
		if end < 0 || escaped && !ValidEscapes(b[i+1:end]) {
			return -1
		}
		return end + 1
	case c == '{' || c == '[':
		return ScanNested(b, i, depth)
	case c == '-' || c-'0' <= 9:
		return ScanNumber(b, i)
	default:
		return ScanWord(b, i)
	}
}

// ScanNested returns the place behind the object or array at i, or -1.
func ScanNested(b []byte, i, depth int) int {
	if depth <= 0 {
		return -1
	}
	object := b[i] == '{'
	closer := b[i] + 2 // } is { + 2, ] is [ + 2
	if i = SkipBlanks(b, i+1); b[i] == closer {
		return i + 1
	}
	for {
		if object {
			if b[i] != '"' {
				return -1
			}
			if i = ScanValue(b, i, depth); i < 0 {
				return -1
			}
			if i = SkipBlanks(b, i); b[i] != ':' {
				return -1
			}
			i = SkipBlanks(b, i+1)
		}
		if i = ScanValue(b, i, depth-1); i < 0 {
			return -1
		}
		switch i = SkipBlanks(b, i); b[i] {
		case ',':
			i = SkipBlanks(b, i+1)
		case closer:
			return i + 1
		default:
			return -1
		}
	}
}

// ValidEscapes reports whether every escape of a string is one.
func ValidEscapes(b []byte) bool {
	for i := 0; i < len(b); i++ {
		if b[i] != '\\' {
			continue
		}
		if i+1 >= len(b) {
			return false
		}
		switch i++; b[i] {
		case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		case 'u':
			_, next := escapedRune(b, i+1)
			if next < 0 {
				return false
			}
			i = next - 1
		default:
			return false
		}
	}
	return true
}

// ObjectChecker tells JSON objects from other texts.
type ObjectChecker struct {
	// Depth is how deep they may nest.
	Depth   int
	scratch []byte
}

// Valid reports whether text is one JSON object, blanks around it aside. Line feeds between its tokens are taken
// for blanks, for a field in quotes may have them. text has a capacity of Padding bytes more, which are overwritten.
func (o *ObjectChecker) Valid(text []byte) bool {
	n := len(text)
	if n < 2 || text[0] != '{' && text[0] > ' ' {
		return false
	}
	b := text[:n+Padding]
	clear(b[n:])
	b[n] = '\n'
	if bytes.IndexByte(text, '\n') >= 0 { // a carriage return is a blank, but not within a string
		b = append(o.scratch[:0], b...)
		o.scratch = b
		for i := range n {
			if b[i] == '\n' {
				b[i] = '\r'
			}
		}
	}
	i := SkipBlanks(b, 0)
	if b[i] != '{' {
		return false
	}
	i = ScanNested(b, i, o.Depth)
	return i >= 0 && SkipBlanks(b, i) == n
}

// AppendString appends text as a JSON string. Text must be UTF-8; what is not becomes the replacement character.
func AppendString(dst, text []byte) []byte {
	dst = slices.Grow(dst, 2*len(text)+Padding)
	room, to, i := dst[:cap(dst)], len(dst)+1, 0
	room[to-1] = '"'
	for i+8 <= len(text) { // nearly every text is plain but for quotes
		w := binary.LittleEndian.Uint64(text[i:])
		binary.LittleEndian.PutUint64(room[to:], w)
		stops := Stops(w) | w&Upper
		if stops == 0 {
			i, to = i+8, to+8
			continue
		}
		plain := bits.TrailingZeros64(stops) / 8
		i, to = i+plain, to+plain
		if c := text[i]; c != '"' && c != '\\' {
			break
		}
		room[to], room[to+1] = '\\', text[i]
		i, to = i+1, to+2
	}
	if rest := len(text) - i; rest < 8 && cap(text)-i >= 8 { // what stands behind the text does not count
		w := binary.LittleEndian.Uint64(text[i:i+8]) & (1<<(8*rest) - 1)
		binary.LittleEndian.PutUint64(room[to:], w)
		if (Stops(w|'0'*Each<<(8*rest)) | w&Upper) == 0 {
			room[to+rest] = '"'
			return room[:to+rest+1]
		}
	}
	return append(appendEscaped(room[:to], text[i:]), '"')
}

// appendEscaped appends a text as it stands within a JSON string.
func appendEscaped(dst, text []byte) []byte {
	const hex = "0123456789abcdef"
	from := 0
	for i := 0; i < len(text); {
		c := text[i]
		if c >= utf8.RuneSelf {
			_, size := utf8.DecodeRune(text[i:])
			if size == 1 {
				dst = append(append(dst, text[from:i]...), "\uFFFD"...)
				from = i + 1
			}
			i += size
			continue
		}
		if c < ' ' || c == '"' || c == '\\' {
			dst = append(dst, text[from:i]...)
			switch c {
			case '"', '\\':
				dst = append(dst, '\\', c)
			case '\n':
				dst = append(dst, '\\', 'n')
			case '\r':
				dst = append(dst, '\\', 'r')
			case '\t':
				dst = append(dst, '\\', 't')
			default:
				dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
			}
			from = i + 1
		}
		i++
	}
	return append(dst, text[from:]...)
}
