package xlsx

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// Kind is what a cell holds, and how it is shown.
type Kind uint8

// The kinds. A Day is written YYYY-MM-DD and a Percent in a hundred; both become what a spreadsheet computes with.
const (
	Text Kind = iota
	Amount
	Quantity
	Percent
	Count
	Day
	// Link is a text that leads to a place: of a cell it has both.
	Link
	// Title, Strong and Head are texts.
	Title
	Strong
	Head
	// HeadNumber is the head of a column of numbers.
	HeadNumber
)

// Cell is one value. The zero Cell is empty.
type Cell struct {
	Kind Kind
	// Text is a text, or a number as exact decimal text, or the cached value of a formula.
	Text string
	// To is where a Link leads: a URL or a path relative to the file, or of this book #'Sheet'!A1.
	To string
	// Formula computes a number; without =.
	Formula string
}

// Sheet is one sheet.
type Sheet struct {
	Name string
	// Widths are those of columns, in letters.
	Widths []int
	Rows   [][]Cell
	// Head is how many rows stay in sight and are on each printed page, the last of which names the columns; 0: none.
	Head int
	// Filter bounds the rows that can be filtered, from the last of the head to it, counted from 1; 0: none.
	Filter int
	// OnePage prints all of it on one page; else it is as wide as one.
	OnePage bool
	Charts  []Chart
}

// Book is a workbook.
type Book struct {
	Title string
	// Stamp is the time that it bears.
	Stamp  time.Time
	Sheets []Sheet
}

// Write returns the book as a file. The error names the sheet with a cell that cannot be written: a day that is none.
func (b *Book) Write() ([]byte, error) {
	var out bytes.Buffer
	w := &writer{zip: zip.NewWriter(&out)}
	w.zip.RegisterCompressor(zip.Deflate, func(to io.Writer) (io.WriteCloser, error) { return flate.NewWriter(to, flate.BestSpeed) })
	w.part("[Content_Types].xml", b.contentTypes())
	w.part("_rels/.rels", head+`<Relationships xmlns="`+packageNS+`/relationships">`+
		relation(1, officeNS+"/officeDocument", "xl/workbook.xml", false)+
		relation(2, packageNS+"/relationships/metadata/core-properties", "docProps/core.xml", false)+`</Relationships>`)
	stamp := b.Stamp.UTC().Format("2006-01-02T15:04:05Z")
	w.part("docProps/core.xml", head+`<cp:coreProperties xmlns:cp="`+packageNS+`/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">`+
		`<dc:title>`+escaped(b.Title)+`</dc:title><dc:creator>daybook</dc:creator><cp:lastModifiedBy>daybook</cp:lastModifiedBy>`+
		`<dcterms:created xsi:type="dcterms:W3CDTF">`+stamp+`</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">`+stamp+`</dcterms:modified></cp:coreProperties>`)
	w.part("xl/workbook.xml", b.workbook())
	w.part("xl/_rels/workbook.xml.rels", b.relations())
	w.part("xl/styles.xml", styles)
	charts := 0
	for i := range b.Sheets {
		s := &b.Sheets[i]
		body, links, err := s.write()
		if err != nil {
			return nil, fmt.Errorf("write sheet %s: %w", s.Name, err)
		}
		n := strconv.Itoa(i + 1)
		w.part("xl/worksheets/sheet"+n+".xml", body)
		if len(s.Charts) > 0 {
			links = append(links, relation(len(links)+1, officeNS+"/drawing", "../drawings/drawing"+n+".xml", false))
			w.part("xl/drawings/drawing"+n+".xml", s.drawing())
			var related []string
			for k := range s.Charts {
				charts++
				name := "chart" + strconv.Itoa(charts) + ".xml"
				w.part("xl/charts/"+name, s.Charts[k].write())
				related = append(related, relation(k+1, officeNS+"/chart", "../charts/"+name, false))
			}
			w.part("xl/drawings/_rels/drawing"+n+".xml.rels", head+`<Relationships xmlns="`+packageNS+`/relationships">`+strings.Join(related, "")+`</Relationships>`)
		}
		if len(links) > 0 {
			w.part("xl/worksheets/_rels/sheet"+n+".xml.rels", head+`<Relationships xmlns="`+packageNS+`/relationships">`+strings.Join(links, "")+`</Relationships>`)
		}
	}
	if w.err != nil {
		return nil, w.err
	}
	if err := w.zip.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

const (
	head      = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	mainNS    = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	officeNS  = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	packageNS = "http://schemas.openxmlformats.org/package/2006"
	drawNS    = "http://schemas.openxmlformats.org/drawingml/2006/"
	typeOf    = "application/vnd.openxmlformats-officedocument."
)

// writer writes the parts of a package, and keeps the first error.
type writer struct {
	zip *zip.Writer
	err error
}

func (w *writer) part(name, body string) {
	if w.err != nil {
		return
	}
	// A header without a time, so that none is written.
	to, err := w.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
	if err == nil {
		_, err = io.WriteString(to, body)
	}
	w.err = err
}

// relation is how a part names another, or what lies elsewhere.
func relation(id int, kind, target string, outside bool) string {
	s := `<Relationship Id="rId` + strconv.Itoa(id) + `" Type="` + kind + `" Target="` + escaped(target) + `"`
	if outside {
		s += ` TargetMode="External"`
	}
	return s + "/>"
}

func (b *Book) contentTypes() string {
	s := head + `<Types xmlns="` + packageNS + `/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/>`
	add := func(part, kind string) { s += `<Override PartName="` + part + `" ContentType="` + kind + `"/>` }
	add("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml")
	add("/xl/workbook.xml", typeOf+"spreadsheetml.sheet.main+xml")
	add("/xl/styles.xml", typeOf+"spreadsheetml.styles+xml")
	charts := 0
	for i := range b.Sheets {
		n := strconv.Itoa(i + 1)
		add("/xl/worksheets/sheet"+n+".xml", typeOf+"spreadsheetml.worksheet+xml")
		if len(b.Sheets[i].Charts) > 0 {
			add("/xl/drawings/drawing"+n+".xml", typeOf+"drawing+xml")
		}
		for range b.Sheets[i].Charts {
			charts++
			add("/xl/charts/chart"+strconv.Itoa(charts)+".xml", typeOf+"drawingml.chart+xml")
		}
	}
	return s + "</Types>"
}

func (b *Book) workbook() string {
	var sheets strings.Builder
	for i := range b.Sheets {
		n := strconv.Itoa(i + 1)
		sheets.WriteString(`<sheet name="` + escaped(b.Sheets[i].Name) + `" sheetId="` + n + `" r:id="rId` + n + `"/>`)
	}
	s := head + `<workbook xmlns="` + mainNS + `" xmlns:r="` + officeNS + `"><sheets>` + sheets.String() + "</sheets>"
	var names strings.Builder
	for i := range b.Sheets {
		sheet := &b.Sheets[i]
		name := quotedName(sheet.Name)
		if sheet.Filter > 0 {
			names.WriteString(`<definedName name="_xlnm._FilterDatabase" localSheetId="` + strconv.Itoa(i) + `" hidden="1">` + escaped(name+"!"+absolute(1, sheet.Head)+":"+absolute(sheet.columns(), sheet.Filter)) + `</definedName>`)
		}
		if sheet.Head > 0 {
			names.WriteString(`<definedName name="_xlnm.Print_Titles" localSheetId="` + strconv.Itoa(i) + `">` + escaped(name+"!$1:$"+strconv.Itoa(sheet.Head)) + `</definedName>`)
		}
	}
	if names.Len() > 0 {
		s += "<definedNames>" + names.String() + "</definedNames>"
	}
	// Whoever opens it computes its formulas anew.
	return s + `<calcPr calcId="191029" fullCalcOnLoad="1"/></workbook>`
}

func (b *Book) relations() string {
	var s strings.Builder
	s.WriteString(head + `<Relationships xmlns="` + packageNS + `/relationships">`)
	for i := range b.Sheets {
		s.WriteString(relation(i+1, officeNS+"/worksheet", "worksheets/sheet"+strconv.Itoa(i+1)+".xml", false))
	}
	return s.String() + relation(len(b.Sheets)+1, officeNS+"/styles", "styles.xml", false) + "</Relationships>"
}
