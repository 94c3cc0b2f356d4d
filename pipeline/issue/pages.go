package issue

import (
	"fmt"

	"daybook/pipeline/document"
	"daybook/pipeline/document/issued"
	"daybook/pipeline/register"
)

// A page shows so many documents, and their lines so many rows, at most; of a document alone any number.
const (
	documentsPerPage = 100
	rowsPerPage      = 4000
)

// pagesOf makes the pages of documents, of what their JSON says and of nothing else.
func pagesOf(documents [][]byte) (pages []register.Page, err error) {
	var sheets []document.Sheet
	var first, last string
	rows := 0
	end := func() {
		if len(sheets) == 0 {
			return
		}
		title := first
		if last != first {
			title += " to " + last
		}
		pages = append(pages, register.Page{Documents: int64(len(sheets)), Body: document.SheetsHTML(nil, "Documents "+title, sheets)})
		sheets, rows = sheets[:0], 0
	}
	for i := range documents {
		d, err := issued.Read(documents[i])
		if err != nil {
			return nil, fmt.Errorf("document %d of %d: %w", i+1, len(documents), err)
		}
		n := document.Rows(&d.Invoice)
		if len(sheets) == documentsPerPage || len(sheets) > 0 && rows+n > rowsPerPage {
			end()
		}
		if len(sheets) == 0 {
			first = d.Number
		}
		sheets, rows, last = append(sheets, document.OfIssued(d)), rows+n, d.Number
	}
	end()
	return pages, nil
}
