package source

import (
	"bytes"
	"strings"

	"daybook/schemas"
)

// csv decodes the object as CSV: RFC 4180, with line feeds alone as line ends too, empty lines passed over, and a header.
func (d *decoder) csv() error {
	w := &d.win
	if err := w.fill(d.read); err != nil {
		return err
	}
	if bytes.HasPrefix(w.text(), []byte("\uFEFF")) {
		w.start += len("\uFEFF")
	}
	names, err := d.csvHeader()
	if err != nil {
		return err
	}
	if err := d.layOut(names); err != nil {
		return err
	}
	x := &index{fields: len(names), rowBytes: int(d.limits.RowBytes)}
	for {
		x.reset()
		before := w.start
		d.indexRows(x)
		if err := d.takeIndexed(x, w.start-before); err != nil {
			return err
		}
		if w.eof && w.start == w.end {
			return nil
		}
		if w.eof {
			continue
		}
		if err := w.fill(d.read); err != nil {
			return err
		}
		if x.skip {
			if err := w.skipLine(d.read); err != nil {
				return err
			}
		}
	}
}

// indexRows indexes the rows in the window: quickly as long as nothing is unusual, row by row where something is.
func (d *decoder) indexRows(x *index) {
	w := &d.win
	for w.start < w.end {
		doubt := x.scan(w)
		if w.start == w.end {
			return
		}
		// What is left is the beginning of a row whose end is not in sight, or a row that is in doubt.
		final := w.eof || w.end-w.start > x.rowBytes
		if !doubt && !final || !x.careful(w, final) {
			return
		}
	}
}

// takeIndexed parses what was indexed. A last row that is broken and has no line end shows that the object is not whole.
func (d *decoder) takeIndexed(x *index, textBytes int) error {
	w := &d.win
	if x.torn || w.cut && w.start == w.end && len(x.bad) > 0 && x.bad[len(x.bad)-1].number == x.last {
		return &schemas.RefusedError{
			Code: schemas.CodeUnreadableObject, Object: d.in.Key, Row: x.last, Reason: "it is truncated: it ends amid a row",
		}
	}
	text := w.buf[:w.end+slack-1]
	plain := x.plain && bytes.IndexByte(w.buf[:w.start], 0) < 0
	s := &rows{text: text, pos: x.pos, stride: x.fields + 1, n: x.rows, numbers: x.numbers, quoted: true, rawJSON: true, plain: plain}
	return d.take(s, x.bad, textBytes)
}

// csvHeader takes the header out of the window and returns its names.
func (d *decoder) csvHeader() ([]string, error) {
	w := &d.win
	for {
		for w.start < w.end && (w.buf[w.start] == '\n' || w.buf[w.start] == '\r' && w.buf[w.start+1] == '\n') {
			w.start++
		}
		names, next, whole, ok := splitRow(w.buf[:w.end], w.start)
		switch {
		case whole && !ok:
			return nil, d.refuse(schemas.CodeUnreadableObject, "the quotes of its header are wrong")
		case whole:
			w.start = next
			return names, nil
		case w.eof && w.start == w.end:
			return nil, d.refuse(schemas.CodeUnreadableObject, "it is empty: not even a header is there")
		case w.eof:
			return nil, d.refuse(schemas.CodeUnreadableObject, "its header is not whole")
		case int64(w.end-w.start) > d.limits.RowBytes:
			return nil, d.refuse(schemas.CodeHostileObject, "its header is longer than the limit of %d bytes", d.limits.RowBytes)
		}
		if err := w.fill(d.read); err != nil {
			return nil, err
		}
	}
}

// splitRow splits the row at i into its fields.
func splitRow(b []byte, i int) (fields []string, next int, whole, ok bool) {
	for {
		end, whole, ok := field(b, i)
		if !whole || !ok {
			return nil, i, whole, ok
		}
		text := string(b[i:end])
		if b[end] == '\n' {
			text = strings.TrimSuffix(text, "\r")
		}
		if len(text) > 0 && text[0] == '"' {
			text = strings.ReplaceAll(text[1:len(text)-1], `""`, `"`)
		}
		fields = append(fields, text)
		if b[end] == '\r' {
			end++
		}
		i = end + 1
		if b[end] == '\n' {
			return fields, i, true, true
		}
	}
}
