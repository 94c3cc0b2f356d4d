// Package pdf writes documents as PDF/A-3b, from the same page that a browser shows, and embeds an electronic invoice where there is
// one (Factur-X, ZUGFeRD).
//
// Start reading at [Write].
package pdf

import (
	"fmt"
	"strings"
	"testing/fstest"
	"time"

	folio "github.com/carlos7ags/folio/document"
	"github.com/carlos7ags/folio/html"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
)

// File is what a file shows and holds.
type File struct {
	// Title is what the document is called, and Author who issues it.
	Title, Author string
	// Day is that of issue.
	Day time.Time
	// Page is the page in HTML.
	Page []byte
	// Invoice is the electronic invoice in CII that the file embeds, if any.
	Invoice []byte
}

// Write returns the file. The same file has the same bytes.
func Write(f *File) ([]byte, error) {
	doc := folio.NewDocument(folio.PageSizeA4)
	doc.Info = folio.Info{Title: f.Title, Author: f.Author, Producer: "daybook", Creator: "daybook", CreationDate: f.Day, ModDate: f.Day, Language: "en"}
	config := folio.PdfAConfig{Level: folio.PdfA3B}
	if len(f.Invoice) > 0 {
		embed(doc, &config, f.Invoice)
	}
	doc.SetPdfA(config)
	page, err := shown(f)
	if err != nil {
		return nil, err
	}
	options := &html.Options{BaseFS: fonts, PageWidth: folio.PageSizeA4.Width, PageHeight: folio.PageSizeA4.Height, FallbackFontPath: "regular.ttf", StrictAssets: true}
	if err := doc.AddHTML(page, options); err != nil {
		return nil, fmt.Errorf("lay out %s: %w", f.Title, err)
	}
	body, err := doc.ToBytesWithOptions(folio.WriteOptions{Deterministic: true})
	if err != nil {
		return nil, fmt.Errorf("write %s as PDF: %w", f.Title, err)
	}
	return body, nil
}

// embed attaches an electronic invoice as Factur-X 1.0 does: by this name, as another form of the same, and named in the metadata.
func embed(doc *folio.Document, config *folio.PdfAConfig, invoice []byte) {
	const file, space = "factur-x.xml", "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
	schema := folio.XMPSchema{Schema: "Factur-X PDFA Extension Schema", NamespaceURI: space, Prefix: "fx"}
	values := folio.XMPPropertyBlock{Namespace: space, Prefix: "fx"}
	for _, x := range [][3]string{
		{"DocumentFileName", file, "name of the embedded XML invoice file"},
		{"DocumentType", "INVOICE", "INVOICE"},
		{"Version", "1.0", "version of the Factur-X XML schema"},
		{"ConformanceLevel", "EN 16931", "conformance level of the embedded Factur-X data"},
	} {
		schema.Properties = append(schema.Properties, folio.XMPSchemaProperty{Name: x[0], ValueType: "Text", Category: "external", Description: x[2]})
		values.Properties = append(values.Properties, folio.XMPProperty{Name: x[0], Value: x[1]})
	}
	config.XMPSchemas, config.XMPProperties = []folio.XMPSchema{schema}, []folio.XMPPropertyBlock{values}
	doc.AttachFile(folio.FileAttachment{FileName: file, MIMEType: "text/xml", Description: "The invoice in EN 16931", AFRelationship: "Alternative", Data: invoice})
}

// fonts are embedded in every file: PDF/A asks for it.
var fonts = fstest.MapFS{
	"regular.ttf": {Data: goregular.TTF},
	"bold.ttf":    {Data: gobold.TTF},
	"mono.ttf":    {Data: gomono.TTF},
}

// style is what paper needs beside the page's own style.
const style = `<style>
@font-face{font-family:Go;src:url(regular.ttf)}
@font-face{font-family:Go;font-weight:bold;src:url(bold.ttf)}
@font-face{font-family:GoMono;src:url(mono.ttf)}
body{font-family:Go!important}
code{font-family:GoMono!important}
.lines{table-layout:fixed}
.lines th:nth-child(1),.lines td:nth-child(1){width:50%}
.keep{break-inside:avoid}
.right{padding-left:95mm}
.sum{width:100%!important;margin:4mm 0 0}
@page{@bottom-left{content:"TITLE";font:8pt Go;color:#5b6470}@bottom-right{content:counter(page);font:8pt Go;color:#5b6470}}
</style></head>`

// shown is the page as it goes onto paper.
func shown(f *File) (string, error) {
	title := strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune("\"\\<>{}", r) {
			return '_'
		}
		return r
	}, f.Title)
	page := strings.Replace(string(f.Page), "</head>", strings.Replace(style, "TITLE", title, 1), 1)
	face, err := sfnt.Parse(goregular.TTF)
	if err != nil {
		return "", fmt.Errorf("read the font: %w", err)
	}
	var buf sfnt.Buffer
	return strings.Map(func(r rune) rune {
		if at, err := face.GlyphIndex(&buf, r); r >= ' ' && (err != nil || at == 0) {
			return '\uFFFD'
		}
		return r
	}, cut(page)), nil
}

const (
	// rowsATable is how many rows the tables of a file have: the layout of one of a thousand takes six times as long, and four times
	// the memory, as that of forty of them.
	rowsATable = 25
	// rowsKept is how many of the last rows stay with the totals, so that these are never alone on a page.
	rowsKept = 3
)

// cut cuts the table of lines into several that look as one, and keeps the last rows with the totals.
func cut(page string) string {
	const from, row, until, sums = `<table class="lines">`, "</tr>", "</table>", `<table class="sum">`
	before, rest, found := strings.Cut(page, from)
	if !found {
		return page
	}
	table, rest, _ := strings.Cut(rest, until)
	between, rest, found := strings.Cut(rest, sums)
	if !found {
		return page
	}
	totals, after, _ := strings.Cut(rest, until)
	rows := strings.SplitAfter(table, row)
	var out strings.Builder
	out.WriteString(before + from)
	const again = "</tbody></table>" + from + "<tbody>"
	for i, r := range rows {
		switch left := len(rows) - 1 - i; { // the head is the first, and what ends the table the last
		case i > 1 && left == rowsKept:
			out.WriteString(`</tbody></table><div class="keep">` + from + "<tbody>")
		case i > 1 && left > rowsKept && (i-1)%rowsATable == 0:
			out.WriteString(again)
		}
		out.WriteString(r)
	}
	out.WriteString(until + between + `<div class="keep right">` + sums + totals + until + "</div>")
	if len(rows)-2 > rowsKept {
		out.WriteString("</div>")
	}
	out.WriteString(after)
	return out.String()
}
