package issued_test

import (
	"bytes"
	"os"
	"testing"

	"daybook/pipeline/document"
	"daybook/pipeline/document/issued"
	"daybook/schemas"
)

// TestRead reads drafts that hold all that a draft may, and the documents that they become: written again they are as they were.
func TestRead(t *testing.T) {
	drafts, err := os.ReadFile("../testdata/invoices.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range bytes.Lines(drafts) {
		line = bytes.TrimSuffix(line, []byte{'\n'})
		draft, err := issued.Read(line)
		if err != nil {
			t.Fatal(err)
		}
		d := document.Issued{
			Kind: document.KindCreditNote, Number: "X-2024-000001", Date: schemas.NewDate(2024, 10, 2), Due: schemas.NewDate(2024, 10, 16),
			Entity: "x", Closing: 3, Run: "518c2e37518c2e37", Previous: "ab", Invoice: draft.Invoice,
		}
		d.Invoice.Provisional = false
		text := document.AppendDocumentJSON(nil, &d)
		again, err := issued.Read(text)
		if err != nil {
			t.Fatal(err)
		}
		if page, want := document.IssuedHTML(nil, again), document.IssuedHTML(nil, &d); !bytes.Equal(page, want) {
			t.Error("the page of what was read is another")
		}
		for _, changed := range [][2]string{{`"kind":"credit_note"`, `"kind": "credit_note"`}, {`"places":2`, `"places":2,"more":1`}, {`"closing":3`, `"closing":"3"`}} {
			other := bytes.Replace(text, []byte(changed[0]), []byte(changed[1]), 1)
			if _, err := issued.Read(other); bytes.Equal(other, text) || err == nil {
				t.Errorf("%s in the place of %s is taken", changed[1], changed[0])
			}
		}
		n++
	}
	if n < 2 {
		t.Errorf("%d drafts were read", n)
	}
}
