package pdf_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"daybook/fixtures/papers"
	"daybook/pipeline/document"
	"daybook/pipeline/document/pdf"
	"daybook/schemas"

	"github.com/carlos7ags/folio/reader"
)

// file is a document of so many lines at least.
func file(seed uint64, lines int) *pdf.File {
	d := papers.New(seed)
	for few := d.Invoice.Lines; len(d.Invoice.Lines) < lines; {
		d.Invoice.Lines = append(d.Invoice.Lines, few...)
	}
	return &pdf.File{Title: document.Title(d), Author: "Nordlicht Cloud GmbH", Day: schemas.NewDate(2024, 10, 2).Time(time.UTC), Page: document.IssuedHTML(nil, d)}
}

// pages are the texts of a file's pages, without blanks, which the reader guesses.
func pages(t *testing.T, f *pdf.File) (out []string) {
	t.Helper()
	body, err := pdf.Write(f)
	if err != nil {
		t.Fatal(err)
	}
	again, err := pdf.Write(f)
	if err != nil || !bytes.Equal(body, again) {
		t.Errorf("%s has other bytes the second time: %v", f.Title, err)
	}
	r, err := reader.Parse(body)
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.PageCount() {
		p, err := r.Page(i)
		if err != nil {
			t.Fatal(err)
		}
		text, err := p.ExtractText()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, strings.ReplaceAll(text, " ", ""))
	}
	return out
}

// TestPages writes documents of few and of many lines: every page says which document it is of, totals are on the last one and never
// alone, and no line is lost.
func TestPages(t *testing.T) {
	for _, lines := range []int{1, 25, 130} {
		f := file(7, lines)
		all := pages(t, f)
		want := strings.Count(string(f.Page), `<code>`)
		got := 0
		for i, text := range all {
			got += strings.Count(text, "charge-") + strings.Count(text, "credit") + strings.Count(text, "rounding")
			if !strings.Contains(text, strings.ReplaceAll(f.Title, " ", "")) {
				t.Errorf("page %d of %d of %s does not say so:\n%s", i+1, len(all), f.Title, text)
			}
		}
		last := all[len(all)-1]
		if before, _, found := strings.Cut(last, "Taxinall"); lines > 4 && (!found || !strings.Contains(before, "charge-")) {
			t.Errorf("the last page of %s has no totals, or these alone:\n%s", f.Title, last)
		}
		if got < want {
			t.Errorf("%d of %d lines are on %d pages", got, want, len(all))
		}
	}
}

// TestStrangeLetters writes what the font has no letters for as U+FFFD: a PDF/A shows no letter that is not in its font.
func TestStrangeLetters(t *testing.T) {
	f := file(7, 1)
	f.Page = []byte(`<html><head></head><body><p>雲 ☁ Ελληνικά кириллица é "</p></body></html>`)
	f.Title = `a "b" {c} <d>`
	text := strings.Join(pages(t, f), "")
	for _, want := range []string{"\uFFFD", "Ελληνικά", "кириллица", "é", "a_b__c__d_"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %q", want, text)
		}
	}
}

// TestEmbeds finds the electronic invoice in the file as it was given.
func TestEmbeds(t *testing.T) {
	f := file(7, 1)
	f.Invoice = []byte("<rsm:CrossIndustryInvoice/>")
	body, err := pdf.Write(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"factur-x.xml", "/AFRelationship /Alternative", "<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>", "<pdfaid:part>3</pdfaid:part>"} {
		if !bytes.Contains(body, []byte(want)) {
			t.Errorf("%s is not in the file", want)
		}
	}
}
