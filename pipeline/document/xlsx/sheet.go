package xlsx

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"daybook/schemas"
	"daybook/schemas/money"
)

// longestCell is what a cell holds, in UTF-16 units at most as many.
const longestCell = 32_000

// columns is how many columns the sheet has.
func (s *Sheet) columns() (n int) {
	for _, row := range s.Rows {
		n = max(n, len(row))
	}
	return max(n, 1)
}

// write returns the sheet, and its relations to what its links lead to.
func (s *Sheet) write() (body string, links []string, err error) {
	dst := make([]byte, 0, 1<<16)
	dst = append(dst, head+`<worksheet xmlns="`+mainNS+`" xmlns:r="`+officeNS+`"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><dimension ref="A1:`...)
	dst = appendPlace(dst, s.columns(), max(len(s.Rows), 1))
	dst = append(dst, `"/><sheetViews><sheetView workbookViewId="0"`...)
	if s.Head > 0 {
		n := strconv.Itoa(s.Head)
		below := strconv.Itoa(s.Head + 1)
		dst = append(dst, `><pane ySplit="`+n+`" topLeftCell="A`+below+`" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft"/></sheetView></sheetViews>`...)
	} else {
		dst = append(dst, `/></sheetViews>`...)
	}
	dst = append(dst, `<sheetFormatPr defaultRowHeight="15"/>`...)
	dst = s.appendWidths(dst)
	dst = append(dst, "<sheetData>"...)
	var hyperlinks []byte
	for y, row := range s.Rows {
		dst = append(dst, `<row r="`...)
		dst = strconv.AppendInt(dst, int64(y+1), 10)
		dst = append(dst, `">`...)
		for x := range row {
			c := &row[x]
			if dst, err = appendCell(dst, x+1, y+1, c); err != nil {
				return "", nil, err
			}
			if c.To != "" {
				hyperlinks, links = appendLink(hyperlinks, links, x+1, y+1, c.To)
			}
		}
		dst = append(dst, "</row>"...)
	}
	dst = append(dst, "</sheetData>"...)
	if s.Filter > s.Head && s.Head > 0 {
		dst = append(dst, `<autoFilter ref="A`+strconv.Itoa(s.Head)+":"...)
		dst = append(appendPlace(dst, s.columns(), s.Filter), `"/>`...)
	}
	if len(hyperlinks) > 0 {
		dst = append(append(append(dst, "<hyperlinks>"...), hyperlinks...), "</hyperlinks>"...)
	}
	height := "0"
	if s.OnePage {
		height = "1"
	}
	dst = append(dst, `<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>`+
		`<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="`+height+`"/>`...)
	dst = append(dst, `<headerFooter><oddFooter>&amp;L`+escaped(strings.ReplaceAll(s.Name, "&", "&&"))+`&amp;R&amp;P / &amp;N</oddFooter></headerFooter>`...)
	if len(s.Charts) > 0 {
		dst = append(dst, `<drawing r:id="rId`+strconv.Itoa(len(links)+1)+`"/>`...)
	}
	return string(append(dst, "</worksheet>"...)), links, nil
}

func (s *Sheet) appendWidths(dst []byte) []byte {
	if len(s.Widths) == 0 {
		return dst
	}
	dst = append(dst, "<cols>"...)
	for i, width := range s.Widths {
		n := strconv.Itoa(i + 1)
		dst = append(dst, `<col min="`+n+`" max="`+n+`" width="`+strconv.Itoa(width)+`" customWidth="1"/>`...)
	}
	return append(dst, "</cols>"...)
}

// appendLink appends that a cell leads somewhere; what lies outside the book is named by a relation.
func appendLink(dst []byte, links []string, x, y int, to string) ([]byte, []string) {
	dst = append(dst, `<hyperlink ref="`...)
	dst = appendPlace(dst, x, y)
	if place, inside := strings.CutPrefix(to, "#"); inside {
		return append(dst, `" location="`+escaped(place)+`"/>`...), links
	}
	links = append(links, relation(len(links)+1, officeNS+"/hyperlink", to, true))
	return append(dst, `" r:id="rId`+strconv.Itoa(len(links))+`"/>`...), links
}

// appendCell appends one cell. The error is a number or a day that is none.
func appendCell(dst []byte, x, y int, c *Cell) ([]byte, error) {
	if c.Text == "" && c.Formula == "" {
		return dst, nil
	}
	dst = append(dst, `<c r="`...)
	dst = appendPlace(dst, x, y)
	dst = append(dst, `" s="`...)
	dst = strconv.AppendInt(dst, int64(c.Kind)+1, 10)
	switch c.Kind {
	case Amount, Quantity, Percent, Count, Day:
		value, err := stored(c)
		if err != nil {
			return nil, fmt.Errorf("cell %s: %w", appendPlace(nil, x, y), err)
		}
		dst = append(dst, `">`...)
		if c.Formula != "" {
			dst = append(dst, "<f>"+escaped(c.Formula)+"</f>"...)
		}
		return append(dst, "<v>"+value+"</v></c>"...), nil
	case Text, Link, Title, Strong, Head, HeadNumber:
	}
	dst = append(dst, `" t="inlineStr"><is><t xml:space="preserve">`...)
	dst = append(dst, escaped(clipped(c.Text))...)
	return append(dst, "</t></is></c>"...), nil
}

// stored is a number as a spreadsheet keeps it: percent as a part of one, a day as days since the end of 1899.
func stored(c *Cell) (string, error) {
	if c.Kind == Day {
		day, err := schemas.ParseDate(c.Text)
		if err != nil {
			return "", err
		}
		return strconv.Itoa(day.Sub(epoch)), nil
	}
	if c.Kind != Percent {
		return c.Text, nil
	}
	d, err := money.ParseDecimal(c.Text)
	if err != nil {
		return "", err
	}
	return d.Shift(-2).String(), nil
}

// epoch is day 0 of a spreadsheet, for all days since March 1900.
var epoch = schemas.NewDate(1899, 12, 30)

// appendPlace appends what a cell is called: A1.
func appendPlace(dst []byte, x, y int) []byte {
	return strconv.AppendInt(append(dst, ColumnName(x)...), int64(y), 10)
}

// ColumnName is what a column is called, counted from 1: A, Z, AA.
func ColumnName(x int) string {
	name := ""
	for ; x > 0; x = (x - 1) / 26 {
		name = string(rune('A'+(x-1)%26)) + name
	}
	return name
}

// absolute is a cell as a formula names it wherever it stands: $A$1.
func absolute(x, y int) string { return "$" + ColumnName(x) + "$" + strconv.Itoa(y) }

// quotedName is a sheet's name as a formula names it.
func quotedName(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// Place is where a cell is found from anywhere in the book, as a link leads there.
func Place(sheet string, x, y int) string {
	return "#" + quotedName(sheet) + "!" + string(appendPlace(nil, x, y))
}

// clipped cuts a text to what a cell holds.
func clipped(s string) string {
	if len(s) <= longestCell {
		return s
	}
	return strings.ToValidUTF8(s[:longestCell], "")
}

// escaped is a text as XML holds it; what XML cannot hold becomes U+FFFD.
func escaped(s string) string {
	at := strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r >= 0xFFFD || strings.ContainsRune(`&<>"`, r) })
	if at < 0 && utf8.ValidString(s) {
		return s
	}
	var out strings.Builder
	for _, r := range s {
		switch {
		case r == '&':
			out.WriteString("&amp;")
		case r == '<':
			out.WriteString("&lt;")
		case r == '>':
			out.WriteString("&gt;")
		case r == '"':
			out.WriteString("&quot;")
		case r < ' ' && r != '\n' && r != '\t', r == '\uFFFE', r == '\uFFFF':
			out.WriteRune(utf8.RuneError)
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}
