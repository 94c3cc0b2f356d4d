// Package form makes of an issued document the file that somebody is sent: a page, a PDF, its JSON, or an electronic invoice.
//
// Start reading at [Make].
package form

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"daybook/pipeline/document"
	"daybook/pipeline/document/cii"
	"daybook/pipeline/document/en16931"
	"daybook/pipeline/document/issued"
	"daybook/pipeline/document/pdf"
	"daybook/pipeline/document/ubl"
	"daybook/schemas/einvoice"
)

// Form is what a document is sent as.
type Form string

// form is how one is made.
type form struct {
	form      Form
	extension string
	// profile and write are of electronic invoices.
	profile en16931.Profile
	write   func(*einvoice.Document) ([]byte, error)
}

// forms are all that there are.
var forms = []form{
	{form: "html", extension: "html"},
	{form: "json", extension: "json"},
	{form: "peppol", extension: "xml", profile: en16931.Peppol, write: ubl.Write},
	{form: "xrechnung", extension: "xml", profile: en16931.XRechnung, write: ubl.Write},
	{form: "xrechnung-cii", extension: "xml", profile: en16931.XRechnung, write: cii.Write},
	{form: "ubl", extension: "xml", profile: en16931.Plain, write: ubl.Write},
	{form: "cii", extension: "xml", profile: en16931.Plain, write: cii.Write},
	{form: "pdf", extension: "pdf"},
	{form: "factur-x", extension: "pdf", profile: en16931.Plain, write: cii.Write},
}

// Values lists the forms.
func (Form) Values() (out []string) {
	for _, f := range forms {
		out = append(out, string(f.form))
	}
	return out
}

// Make returns the file of a document, of its JSON and of nothing else, and how its name ends. The same document has the same
// bytes. The error is JSON that is not as it was written, or a document that the form cannot express; it says why.
func Make(text []byte, as Form) (body []byte, extension string, err error) {
	for _, f := range forms {
		if f.form == as {
			body, err = f.make(text)
			return body, f.extension, err
		}
	}
	return nil, "", fmt.Errorf("documents have no form %q; there are %q", as, as.Values())
}

func (f *form) make(text []byte) (body []byte, err error) {
	d, err := issued.Read(text)
	if err != nil {
		return nil, err
	}
	if f.write != nil {
		e, err := en16931.Of(d, f.profile)
		if err != nil {
			return nil, err
		}
		if body, err = f.write(e); err != nil {
			return nil, err
		}
	}
	switch f.extension {
	case "html":
		return document.IssuedHTML(nil, d), nil
	case "pdf":
		file := pdf.File{Title: document.Title(d), Author: sellerOf(d), Day: d.Date.Time(time.UTC), Page: document.IssuedHTML(nil, d), Invoice: body}
		return pdf.Write(&file)
	case "xml":
		return body, nil
	}
	return append(slices.Clip(text), '\n'), nil
}

// sellerOf names who issued a document.
func sellerOf(d *document.Issued) string {
	if s := d.Invoice.Seller; s != nil {
		return cmp.Or(s.LegalName, s.Name)
	}
	return ""
}
