package document

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"daybook/pipeline/document/markup"
)

// AppendCSV appends a grid as RFC 4180 comma-separated values with a header, lines ended by CRLF. Numbers are written in
// full and untouched. A text that a spreadsheet would take for a formula is neutralised by a leading apostrophe, and what a
// terminal would obey is replaced: names come from deliveries.
func AppendCSV(dst []byte, g *Grid) []byte {
	dst = AppendCSVHead(dst, g)
	for _, row := range g.Rows {
		dst = AppendCSVRow(dst, row)
	}
	return dst
}

// AppendCSVHead and AppendCSVRow are AppendCSV piece by piece, for rows that need not be in memory together.
func AppendCSVHead(dst []byte, g *Grid) []byte {
	for i, c := range g.Columns {
		dst = appendField(dst, i, neutral(c.Name))
	}
	return append(dst, "\r\n"...)
}

// AppendCSVRow appends a row.
func AppendCSVRow(dst []byte, row []Cell) []byte {
	for i, c := range row {
		if c.Number {
			dst = appendField(dst, i, c.Text)
		} else {
			dst = appendField(dst, i, neutral(c.Text))
		}
	}
	return append(dst, "\r\n"...)
}

// neutral puts an apostrophe before a text that begins as a formula does: by =, +, -, @, the same at full width, or a line
// break or tab that a spreadsheet passes over (OWASP, CSV injection). Other control characters become U+FFFD.
func neutral(s string) string {
	first, _ := utf8.DecodeRuneInString(s)
	formula := s != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first)
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || markup.TurnsText(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
	if formula {
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
