package emit

import (
	"context"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"daybook/pipeline/book"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// aLine is a line of withLines.
var aLine = regexp.MustCompile(`line [a-z]+-\d{5}`)

// withLines is an invoice of so many lines, each of one row, that are told apart by the account and their number.
func withLines(account schemas.AccountID, n int) *schemas.Invoice {
	inv := &schemas.Invoice{Account: account, AccountName: string(account), Currency: "EUR", Places: 2, Period: "2024-09"}
	for i := range n {
		inv.Lines = append(inv.Lines, schemas.InvoiceLine{Charge: "c", Description: fmt.Sprintf("line %s-%05d", account, i), Amount: fixed(1)})
	}
	inv.Net = fixed(int64(n))
	inv.Total, inv.Due = inv.Net, inv.Net
	return inv
}

// page is one of a report, by its name.
type page struct{ name, text string }

// printed prints invoices as the one step of a run does.
func printed(t *testing.T, invoices ...*schemas.Invoice) (pages []page, e *invoiceEmitter) {
	t.Helper()
	b := &book.Book{Provider: schemas.Provider{ID: "p", Name: "P"}}
	b.Zone = time.UTC
	r := &run.Run{Book: b, Places: run.Places{Store: new(store.Memory), Scratch: new(store.Memory)}}
	r.Stages = []run.Stage{{Name: "emit", Steps: []run.Step{{
		Name: "invoices", Width: run.Once, Named: true, Book: []book.Part{book.PartProvider},
		Do: func(ctx context.Context, in *run.Inputs) (*run.Result, error) {
			e = &invoiceEmitter{in: in, ctx: ctx, res: &run.Result{}}
			for _, inv := range invoices {
				if err := e.print(inv); err != nil {
					return nil, err
				}
			}
			return e.res, e.page()
		},
	}}}}
	if err := r.Fix(run.Spec{Period: "2024-09", Shards: 1}); err != nil {
		t.Fatal(err)
	}
	plan, err := r.Layout()
	if err != nil {
		t.Fatal(err)
	}
	res, _, err := run.Do(t.Context(), r, plan[0].Tasks[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range res.Outputs {
		text, _, err := store.ReadAll(t.Context(), r.Store, o.Key)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, page{path.Base(o.Key), string(text)})
	}
	return pages, e
}

// TestLongInvoiceOnPages prints an invoice that is too long for a page between two short ones: the pages have each line once, in order,
// the index has each invoice once, at its first page, and the long one's pages lead to those beside them and to no other.
func TestLongInvoiceOnPages(t *testing.T) {
	invoices := []*schemas.Invoice{withLines("ann", 3), withLines("bo", 2*rowsPerFile+1), withLines("cy", 2)}
	pages, e := printed(t, invoices...)
	var sizes []int
	var lines, want []string
	for _, p := range pages {
		has := aLine.FindAllString(p.text, -1)
		sizes, lines = append(sizes, len(has)), append(lines, has...)
	}
	for _, inv := range invoices {
		for i := range inv.Lines {
			want = append(want, inv.Lines[i].Description)
		}
	}
	if !slices.Equal(sizes, []int{3, rowsPerFile, rowsPerFile, 1, 2}) || !slices.Equal(lines, want) {
		t.Fatalf("the pages have %d lines, in order: %t", sizes, slices.Equal(lines, want))
	}
	for at, p := range pages {
		for other := range pages {
			beside := min(at, other) >= 1 && max(at, other) <= 3 && (other == at-1 || other == at+1)
			if leads := strings.Contains(p.text, `href="`+pages[other].name); leads != beside {
				t.Errorf("page %d leads to page %d: %t", at, other, leads)
			}
		}
	}
	var index []string
	for _, x := range e.left.Entries {
		index = append(index, fmt.Sprintf("%s %s %s", x.Account, x.File, x.Total))
	}
	const file = "invoices/invoices-0000-"
	if want := []string{"ann " + file + "000.html 0.03", "bo " + file + "001.html 80.01", "cy " + file + "004.html 0.02"}; !slices.Equal(index, want) {
		t.Errorf("the index has %q, want %q", index, want)
	}
}
