package document

import (
	"strings"
)

// AppendCSV appends a grid as RFC 4180 comma-separated values with a header, lines ended by CRLF. Numbers are written in
// full and untouched. A text that a spreadsheet would take for a formula is neutralised by a leading apostrophe.
func AppendCSV(dst []byte, g *Grid) []byte {
	for i, c := range g.Columns {
		dst = appendField(dst, i, neutral(c.Name))
	}
	dst = append(dst, "\r\n"...)
	for _, row := range g.Rows {
		for i, c := range row {
			if c.Number {
				dst = appendField(dst, i, c.Text)
			} else {
				dst = appendField(dst, i, neutral(c.Text))
			}
		}
		dst = append(dst, "\r\n"...)
	}
	return dst
}

// neutral puts an apostrophe before a text that begins as a formula does: by =, +, -, @, a tab or a carriage return
// (OWASP, CSV injection).
func neutral(s string) string {
	if s != "" && strings.IndexByte("=+-@\t\r", s[0]) >= 0 {
		return "'" + s
	}
	return s
}

// appendField appends one field, quoted where it holds what would end it.
func appendField(dst []byte, at int, s string) []byte {
	if at > 0 {
		dst = append(dst, ',')
	}
	if !strings.ContainsAny(s, "\",\r\n") && !strings.HasPrefix(s, " ") && !strings.HasSuffix(s, " ") {
		return append(dst, s...)
	}
	dst = append(dst, '"')
	dst = append(dst, strings.ReplaceAll(s, `"`, `""`)...)
	return append(dst, '"')
}
