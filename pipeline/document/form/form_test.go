package form_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"daybook/fixtures/effort"
	"daybook/fixtures/papers"
	"daybook/pipeline/document"
	"daybook/pipeline/document/form"
	"daybook/schemas/einvoice"
)

var update = flag.Bool("update", false, "write the goldens anew")

// TestFormsOfRandomDocuments makes every form of random documents, twice with the same bytes, and reads what is due, and how many
// lines there are, back from each electronic invoice with the general reader of XML.
func TestFormsOfRandomDocuments(t *testing.T) {
	kinds := map[document.Kind]int{}
	for seed := range uint64(effort.Count(t, 20, 5_000)) {
		d := papers.New(seed)
		kinds[d.Kind]++
		text := document.AppendDocumentJSON(nil, d)
		for _, as := range form.Form("").Values() {
			if layout := as == "pdf" || as == "factur-x"; layout && seed%8 > 0 { // takes longer than all others
				continue
			}
			body, extension, err := form.Make(text, form.Form(as))
			if err != nil {
				t.Fatalf("seed %d as %s: %v\n%s", seed, as, err, text)
			}
			if again, _, err := form.Make(text, form.Form(as)); err != nil || !bytes.Equal(body, again) {
				t.Fatalf("seed %d as %s: other bytes the second time, %v", seed, as, err)
			}
			if extension == "xml" {
				readBack(t, d, body)
			}
		}
	}
	for _, k := range []document.Kind{document.KindInvoice, document.KindCreditNote, document.KindDebitNote} {
		if kinds[k] == 0 {
			t.Errorf("no %s among them: %v", k, kinds)
		}
	}
}

// readBack holds an electronic invoice against the document: amount due, tax and sums of lines.
func readBack(t *testing.T, d *document.Issued, body []byte) {
	t.Helper()
	texts := map[string][]string{}
	in, at := xml.NewDecoder(bytes.NewReader(body)), ""
	for {
		token, err := in.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%s: %v\n%s", d.Number, err, body)
		}
		switch x := token.(type) {
		case xml.StartElement:
			at = x.Name.Local
		case xml.CharData:
			if text := strings.TrimSpace(string(x)); text != "" {
				texts[at] = append(texts[at], text)
			}
		}
	}
	first := func(names ...string) *big.Rat {
		for _, name := range names {
			if list := texts[name]; len(list) > 0 {
				out, ok := new(big.Rat).SetString(list[0])
				if !ok {
					t.Fatalf("%s: %s is %q", d.Number, name, list[0])
				}
				return out
			}
		}
		t.Fatalf("%s: there is no %v\n%s", d.Number, names, body)
		return nil
	}
	sign := big.NewRat(1, 1)
	if d.Kind == document.KindCreditNote {
		sign.Neg(sign)
	}
	e := d.Invoice.Electronic
	for _, x := range []struct {
		have *big.Rat
		want *big.Rat
	}{
		{first("PayableAmount", "DuePayableAmount"), e.Due.Decimal().Rat()},
		{first("TaxExclusiveAmount", "TaxBasisTotalAmount"), e.Net.Decimal().Rat()},
		{first("TaxInclusiveAmount", "GrandTotalAmount"), e.Gross.Decimal().Rat()},
	} {
		if want := new(big.Rat).Mul(x.want, sign); x.have.Cmp(want) != 0 {
			t.Errorf("%s: %s, and ought to be %s", d.Number, x.have.FloatString(2), want.FloatString(2))
		}
	}
	goods := 0
	for i := range d.Invoice.Lines {
		if d.Invoice.Lines[i].Electronic.Kind == einvoice.AsLine {
			goods++
		}
	}
	if n := max(len(texts["InvoicedQuantity"])+len(texts["CreditedQuantity"]), len(texts["BilledQuantity"])); n != goods {
		t.Errorf("%s: %d lines, and ought to be %d", d.Number, n, goods)
	}
}

// TestGoldenForms holds one invoice and one credit note, as UBL and as CII, to what was looked at and passed the official validators.
func TestGoldenForms(t *testing.T) {
	for name, seed := range map[string]uint64{"invoice": find(t, document.KindInvoice), "credit_note": find(t, document.KindCreditNote)} {
		text := document.AppendDocumentJSON(nil, papers.New(seed))
		for _, as := range []form.Form{"peppol", "xrechnung-cii"} {
			body, _, err := form.Make(text, as)
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", name+"."+string(as)+".xml")
			if *update {
				if err := os.WriteFile(file, body, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil || !bytes.Equal(body, want) {
				t.Errorf("%s as %s is not %s (%v); it is\n%s", name, as, file, err, body)
			}
		}
	}
}

// find is the first seed of a kind with at most three lines.
func find(t *testing.T, kind document.Kind) uint64 {
	t.Helper()
	for seed := range uint64(1000) {
		if d := papers.New(seed); d.Kind == kind && len(d.Invoice.Lines) <= 3 {
			return seed
		}
	}
	t.Fatalf("no %s of three lines", kind)
	return 0
}

// TestNoForm refuses what is no form, what was issued without terms, and what is not as it was written.
func TestNoForm(t *testing.T) {
	d := papers.New(1)
	text := document.AppendDocumentJSON(nil, d)
	if _, _, err := form.Make(text, "pdf/a"); err == nil || !strings.Contains(err.Error(), "peppol") {
		t.Errorf("an unknown form: %v", err)
	}
	if _, _, err := form.Make(bytes.Replace(text, []byte(`"closing":1`), []byte(`"closing": 1`), 1), "html"); err == nil {
		t.Error("a document that is not as it was written was taken")
	}
	d.Invoice.Electronic = nil
	for i := range d.Invoice.Lines {
		d.Invoice.Lines[i].Electronic = nil
	}
	for i := range d.Invoice.Taxes {
		d.Invoice.Taxes[i].Electronic = nil
	}
	if _, _, err := form.Make(document.AppendDocumentJSON(nil, d), "ubl"); err == nil || !strings.Contains(err.Error(), "without the terms") {
		t.Errorf("a document without terms: %v", err)
	}
}
