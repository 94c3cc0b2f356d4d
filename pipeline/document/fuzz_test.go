package document_test

import (
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"daybook/pipeline/document"
	"daybook/schemas"
)

// FuzzText puts any text wherever a document holds one, and asserts that it stays text: the pages are well-formed and
// hold no element of its making, the JSON is one value that holds it, the CSV has as many fields as columns.
func FuzzText(f *testing.F) {
	for _, s := range []string{"", "plain", "<script>", "]]>", "a\x00b", "\xff\xfe", "\u2028", "=1+1", "\"\r\n,", "&amp;", "é\u0085", strings.Repeat("long ", 60)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		invoices := saying(s)
		wellFormed(t, document.InvoicesHTML(nil, s, append(invoices, invoices...)))
		var back struct {
			Account string `json:"account"`
		}
		line := document.AppendInvoiceJSON(nil, &invoices[0])
		if err := json.Unmarshal(line, &back); err != nil || utf8.ValidString(s) && back.Account != s {
			t.Fatalf("%q came back as %q, %v:\n%s", s, back.Account, err, line)
		}
		r := report()
		r.Provider, r.Missing = s, []string{s}
		for i := range r.Variances {
			r.Variances[i].Offering, r.Variances[i].Region, r.Variances[i].ID = schemas.OfferingID(s), s, s
		}
		for i := range r.Matches {
			r.Matches[i].Service, r.Matches[i].Unit = s, s
		}
		wellFormed(t, r.HTML())
		g := document.VarianceGrid(r.Variances)
		rows, err := csv.NewReader(strings.NewReader(string(document.AppendCSV(nil, &g)))).ReadAll()
		if err != nil || len(rows) != len(r.Variances)+1 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
	})
}

// wellFormed reads a page's body as XML and asserts that every element is one of ours.
func wellFormed(t *testing.T, page []byte) {
	t.Helper()
	_, body, _ := strings.Cut(string(page), "<body>")
	d := xml.NewDecoder(strings.NewReader("<body>" + strings.TrimSuffix(strings.ReplaceAll(body, "<br>", "<br/>"), "</html>\n")))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := token.(xml.StartElement); ok && (e.Name.Local == "script" || e.Name.Local == "img" || e.Name.Local == "style") {
			t.Fatalf("the page holds an element %s", e.Name.Local)
		}
	}
}
