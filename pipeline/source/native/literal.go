package native

import "daybook/pipeline/source/wire"

// Lists within a field come as JSON, or, where a script wrote them, as Python writes lists: in single quotes, with None, True
// and False. Both are read alike.

// literal reads such a list of flat objects.
type literal struct {
	text []byte
	at   int
}

// objects calls member with the name and value of each member of each object of a list, and done at the end of each object. A
// value that is null is nil; texts are valid until the next call. It reports false if the text is no list of flat objects.
func (l *literal) objects(text []byte, member func(name, value []byte), done func()) bool {
	l.text, l.at = text, 0
	if !l.take('[') {
		return false
	}
	for first := true; !l.take(']'); first = false {
		if !first && !l.take(',') || !l.object(member) {
			return false
		}
		done()
	}
	l.blanks()
	return l.at == len(l.text)
}

// object reads an object.
func (l *literal) object(member func(name, value []byte)) bool {
	if !l.take('{') {
		return false
	}
	for first := true; !l.take('}'); first = false {
		if !first && !l.take(',') {
			return false
		}
		name, ok := l.value()
		if !ok || !l.take(':') {
			return false
		}
		value, ok := l.value()
		if !ok {
			return false
		}
		member(name, value)
	}
	return true
}

func (l *literal) blanks() {
	for l.at < len(l.text) && isBlank(l.text[l.at]) {
		l.at++
	}
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// endsWord reports whether a sign ends a number or a word.
func endsWord(c byte) bool {
	return c == ',' || c == ':' || c == ']' || c == '}' || c == '[' || c == '{' || isBlank(c)
}

// take passes over a sign, and reports whether it is there.
func (l *literal) take(sign byte) bool {
	l.blanks()
	if l.at < len(l.text) && l.text[l.at] == sign {
		l.at++
		return true
	}
	return false
}

// value reads a text, a number or a word.
func (l *literal) value() ([]byte, bool) {
	l.blanks()
	if l.at == len(l.text) {
		return nil, false
	}
	if c := l.text[l.at]; c == '"' || c == '\'' {
		return l.quoted(c)
	}
	start := l.at
	for l.at < len(l.text) && !endsWord(l.text[l.at]) {
		l.at++
	}
	switch word := l.text[start:l.at]; string(word) {
	case "":
		return nil, false
	case "null", "None":
		return nil, true
	default:
		return word, true
	}
}

// quoted reads a text in quotes. Escapes are those of JSON, and \' of Python; its others are no text.
func (l *literal) quoted(quote byte) ([]byte, bool) {
	from := l.at + 1
	var text []byte
	escaped := false
	for i := from; i < len(l.text); i++ {
		switch c := l.text[i]; {
		case c == quote:
			l.at = i + 1
			if !escaped {
				return l.text[from:i:i], true
			}
			text = append(text, l.text[from:i]...)
			n := wire.Unescape(text, 0, len(text))
			return text[:max(n, 0)], n >= 0
		case c == '\\' && i+1 < len(l.text):
			text, escaped = append(text, l.text[from:i]...), true
			from = i
			if i++; l.text[i] == '\'' {
				from = i
			}
		}
	}
	return nil, false
}
