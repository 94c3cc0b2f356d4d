package markup

import (
	"unicode/utf8"
)

// AppendEscaped appends s as HTML text that is safe between tags and within double quotes. Control characters, those
// that change the direction of text, and bytes that are not UTF-8 become U+FFFD: no document may carry them.
func AppendEscaped(dst []byte, s string) []byte {
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if plain[c] {
				i++
				continue
			}
			dst = append(dst, s[from:i]...)
			dst = append(dst, entity(c)...)
			i++
			from = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 || r >= 0x80 && r < 0xA0 || TurnsText(r) {
			dst = append(dst, s[from:i]...)
			dst = append(dst, "\uFFFD"...)
			from = i + size
		}
		i += size
	}
	return append(dst, s[from:]...)
}

// plain marks the ASCII characters that stand for themselves in HTML.
var plain = plainCharacters()

func plainCharacters() (table [utf8.RuneSelf]bool) {
	for c := range table {
		table[c] = c >= ' ' && c != 0x7F || c == '\n' || c == '\t'
	}
	for _, c := range `&<>"'` {
		table[c] = false
	}
	return table
}

func entity(c byte) string {
	switch c {
	case '&':
		return "&amp;"
	case '<':
		return "&lt;"
	case '>':
		return "&gt;"
	case '"':
		return "&#34;"
	case '\'':
		return "&#39;"
	default:
		return "\uFFFD"
	}
}

// AppendID appends s as an identifier that needs no escaping in an id attribute, a URL fragment or a file name: letters,
// digits, dot, underscore and hyphen stay, every other byte becomes ~ and two hexadecimal digits.
func AppendID(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '.', c == '_', c == '-':
			dst = append(dst, c)
		default:
			dst = append(dst, '~', hex[c>>4], hex[c&15])
		}
	}
	return dst
}

// AppendJSON appends s as a JSON string. Bytes that are not UTF-8 become U+FFFD.
func AppendJSON(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				dst = append(dst, s[from:i]...)
				dst = append(dst, "\uFFFD"...)
				from = i + size
			}
			i += size
			continue
		}
		dst = append(dst, s[from:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
		i++
		from = i
	}
	dst = append(dst, s[from:]...)
	return append(dst, '"')
}

// TurnsText reports whether r changes the direction of the text behind it, so that a name can be made to read as another.
func TurnsText(r rune) bool { return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 }
