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

// mapScanner reads a map of one row after the other as a JSON object of texts, its keys sorted: what other formats of the
// same export hold in a column of tags.
type mapScanner struct {
	keys, values columnScanner
	entries      []mapEntry
	texts        []byte
	object       []byte
}

// mapEntry is a key and a value in mapScanner.texts.
type mapEntry struct {
	key, value span
	null       bool
}

type span struct{ from, to int }

func newMapScanner(keys columnScanner, value *leafColumn) mapScanner {
	values := keys
	values.columnBuffers = &columnBuffers{pages: chunkReader{unpacker: keys.pages.unpacker}}
	values.leaf, values.chunk = &value.leaf, value.chunk
	keys.kind, values.kind = schemas.Text, schemas.Text
	return mapScanner{keys: keys, values: values}
}

var errMap = errors.New("the keys and values of its maps do not match")

// read appends n rows to v.
func (m *mapScanner) read(v *dataset.Vector, n int, _ *Scanner) error {
	for range n {
		null, err := m.row()
		if err != nil {
			return err
		}
		if null {
			v.AppendNull()
			continue
		}
		m.write()
		if len(v.Bytes)+len(m.object) > batchTextBytes {
			return errText
		}
		if v.Type == schemas.Label {
			v.Codes = append(v.Codes, v.Dict.Code(m.object))
			continue
		}
		v.Bytes = append(v.Bytes, m.object...)
		v.Ends = append(v.Ends, uint32(len(v.Bytes)))
	}
	return nil
}

// row collects the entries of the next row.
func (m *mapScanner) row() (null bool, err error) {
	m.entries, m.texts = m.entries[:0], m.texts[:0]
	there := uint32(m.keys.leaf.repeated)
	for first := true; ; first = false {
		repeat, more, err := m.keys.peek()
		if err != nil {
			return false, err
		}
		if first && (!more || repeat != 0) {
			return false, io.EOF
		}
		if !first && (!more || repeat == 0) {
			return false, nil
		}
		if other, ok, err := m.values.peek(); err != nil {
			return false, err
		} else if !ok || other != repeat {
			return false, errMap
		}
		level, key, err := m.keys.entry()
		if err != nil {
			return false, err
		}
		if level < there {
			valueLevel, _, err := m.values.entry()
			if err == nil && valueLevel != level {
				err = errMap
			}
			// The map is null, or it is there without entries.
			return level+1 < there, err
		}
		if err := m.add(key, there); err != nil {
			return false, err
		}
	}
}

// add appends an entry, whose value is next.
func (m *mapScanner) add(key []byte, there uint32) error {
	var e mapEntry
	e.key = m.keep(key)
	level, value, err := m.values.entry()
	if err != nil {
		return err
	}
	if level < there {
		return errMap
	}
	e.null = level < uint32(m.values.leaf.maxLevel)
	e.value = m.keep(value)
	m.entries = append(m.entries, e)
	if len(m.texts) > maxPageBytes {
		return errText
	}
	return nil
}

func (m *mapScanner) keep(text []byte) span {
	from := len(m.texts)
	m.texts = append(m.texts, text...)
	return span{from, len(m.texts)}
}

func (m *mapScanner) text(s span) []byte { return m.texts[s.from:s.to] }

// write makes the JSON object of the entries. Of equal keys the last counts, as the format says.
func (m *mapScanner) write() {
	slices.SortStableFunc(m.entries, func(a, b mapEntry) int { return bytes.Compare(m.text(a.key), m.text(b.key)) })
	m.object = append(m.object[:0], '{')
	for i, e := range m.entries {
		if i+1 < len(m.entries) && bytes.Equal(m.text(e.key), m.text(m.entries[i+1].key)) {
			continue
		}
		if len(m.object) > 1 {
			m.object = append(m.object, ',')
		}
		m.object = append(appendJSON(m.object, m.text(e.key)), ':')
		if e.null {
			m.object = append(m.object, "null"...)
		} else {
			m.object = appendJSON(m.object, m.text(e.value))
		}
	}
	m.object = append(m.object, '}')
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
