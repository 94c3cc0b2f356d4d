package wire

import (
	"bytes"
	"strings"

	"daybook/schemas"
)

// CSV reads an object as CSV: RFC 4180, with line feeds alone as line ends too, empty lines passed over, and a header.
type CSV struct {
	Window
	Index
	// TextBytes is how much text the rows at hand came from.
	TextBytes int

	// Dialect says in words how the object departs from RFC 4180; empty is in nothing that is read otherwise.
	Dialect string

	r     *Reader
	fill  func([]byte) (int, bool, error)
	begun bool
}

// NewCSV returns a reader of rows of at most rowBytes.
func NewCSV(r *Reader, rowBytes int64) *CSV {
	return &CSV{r: r, fill: r.Fill, Index: Index{RowBytes: int(rowBytes)}}
}

// Next indexes the rows of the next stretch of the object, which Index then holds. It reports false at the end of the
// object, and refuses one that ends amid a row.
func (c *CSV) Next() (more bool, err error) {
	switch {
	case !c.begun:
		c.begun = true
	case c.EOF && c.Start == c.End:
		return false, nil
	case !c.EOF:
		if err := c.Fill(c.fill); err != nil {
			return false, err
		}
		if c.Skip {
			if err := c.SkipLine(c.fill); err != nil {
				return false, err
			}
		}
	}
	c.Reset()
	before := c.Start
	c.Take(&c.Window)
	c.TextBytes = c.Start - before
	// A last row that is broken and has no line end shows that the object is not whole.
	if n := len(c.Bad); c.Torn || c.Cut && c.Start == c.End && n > 0 && c.Bad[n-1].Number == c.Last {
		return false, &schemas.RefusedError{
			Code: schemas.CodeUnreadableObject, Object: c.r.object, Row: c.Last, Reason: "it is truncated: it ends amid a row",
		}
	}
	c.Plain = c.Plain && bytes.IndexByte(c.Buf[:c.Start], 0) < 0
	return true, nil
}

// Header takes the header out of the object and returns its names.
func (c *CSV) Header() ([]string, error) {
	w, r := &c.Window, c.r
	if err := w.Fill(c.fill); err != nil {
		return nil, err
	}
	if bytes.HasPrefix(w.Text(), []byte("\uFEFF")) {
		w.Start += len("\uFEFF")
	}
	if err := c.speak(); err != nil {
		return nil, err
	}
	for {
		for w.Start < w.End && (w.Buf[w.Start] == '\n' || w.Buf[w.Start] == '\r' && w.Buf[w.Start+1] == '\n') {
			w.Start++
		}
		names, next, whole, ok := splitRow(w.Buf[:w.End], w.Start)
		switch {
		case whole && !ok:
			return nil, r.refuse(schemas.CodeUnreadableObject, "the quotes of its header are wrong")
		case whole:
			w.Start = next
			c.Fields = len(names)
			if !nameColumns(names) {
				return nil, r.refuse(schemas.CodeUnreadableObject, "its header names no column")
			}
			return names, nil
		case w.EOF && w.Start == w.End:
			return nil, r.refuse(schemas.CodeUnreadableObject, "it is empty: not even a header is there")
		case w.EOF:
			return nil, r.refuse(schemas.CodeUnreadableObject, "its header is not whole")
		case w.End-w.Start > c.RowBytes:
			return nil, r.refuse(schemas.CodeHostileObject, "its header is longer than the limit of %d bytes", c.RowBytes)
		}
		if err := w.Fill(c.fill); err != nil {
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
