package document

import (
	"cmp"
	"fmt"
	"slices"

	"daybook/pipeline/document/markup"
	"daybook/schemas"
	"daybook/schemas/money"
)

// IndexEntry is one invoice in the index of a run.
type IndexEntry struct {
	Account  schemas.AccountID
	Name     string
	Currency money.Currency
	Places   int32
	Total    money.Fixed
	// File is the page that holds it, relative to the index; ID its fragment there, by InvoiceID.
	File string
	ID   string
}

// Entry describes an invoice for the index.
func Entry(inv *schemas.Invoice, file string) IndexEntry {
	return IndexEntry{inv.Account, inv.AccountName, inv.Currency, inv.Places, inv.Total, file, InvoiceID(inv)}
}

// mostIndexed is how many invoices an index lists one by one; of more, it lists the files with the accounts that each
// holds, for a browser takes long over a table of a hundred thousand rows, and each file lists its own.
const mostIndexed = 5000

// InvoiceIndex appends the page that leads to all invoices of a run, in the order given. The error is a sum of totals
// that overflows.
func InvoiceIndex(dst []byte, title string, entries []IndexEntry) ([]byte, error) {
	type total struct {
		currency money.Currency
		places   int32
		count    int
		sum      money.Fixed
	}
	var totals []total
	for i := range entries {
		e := &entries[i]
		at := slices.IndexFunc(totals, func(t total) bool { return t.currency == e.Currency })
		if at < 0 {
			at = len(totals)
			totals = append(totals, total{currency: e.Currency})
		}
		t := &totals[at]
		t.count++
		t.places = max(t.places, e.Places)
		var err error
		if t.sum, err = t.sum.Add(e.Total); err != nil {
			return nil, fmt.Errorf("index of invoices: add %s of account %s: %w", e.Total, e.Account, err)
		}
	}
	slices.SortFunc(totals, func(a, b total) int { return cmp.Compare(a.currency, b.currency) })

	dst = markup.AppendHead(dst, title, invoiceStyle)
	dst = append(dst, "<main class=\"i\">\n<h1>"...)
	dst = markup.AppendEscaped(dst, title)
	dst = append(dst, "</h1>\n<table><thead><tr><th scope=\"col\">Currency</th><th scope=\"col\" class=\"n\">Invoices</th>"+
		"<th scope=\"col\" class=\"n\">Total</th></tr></thead>\n<tbody>\n"...)
	for _, t := range totals {
		dst = append(dst, "<tr><td>"...)
		dst = markup.AppendEscaped(dst, string(t.currency))
		dst = append(dst, "</td><td class=\"n\">"...)
		dst = markup.AppendFixed(dst, money.FixedFromInt(int64(t.count)), 0)
		dst = append(dst, "</td><td class=\"n\">"...)
		dst = markup.AppendFixed(dst, t.sum, t.places)
		dst = append(dst, "</td></tr>\n"...)
	}
	dst = append(dst, "</tbody></table>\n"...)
	if len(entries) > mostIndexed {
		dst = appendFiles(dst, entries)
	} else {
		dst = appendEntries(dst, entries)
	}
	return append(dst, "</main>\n</body>\n</html>\n"...), nil
}

func appendEntries(dst []byte, entries []IndexEntry) []byte {
	dst = append(dst, "<table style=\"margin-top:8mm\"><thead><tr><th scope=\"col\">Account</th><th scope=\"col\">Name</th>"+
		"<th scope=\"col\" class=\"n\">Total</th><th scope=\"col\" class=\"n\">Currency</th></tr></thead>\n<tbody>\n"...)
	for i := range entries {
		e := &entries[i]
		dst = append(dst, `<tr><td><a href="`...)
		dst = markup.AppendEscaped(dst, e.File)
		dst = append(dst, '#')
		dst = markup.AppendEscaped(dst, e.ID)
		dst = append(dst, `">`...)
		dst = markup.AppendEscaped(dst, string(e.Account))
		dst = append(dst, "</a></td><td>"...)
		dst = markup.AppendEscaped(dst, e.Name)
		dst = append(dst, "</td><td class=\"n\">"...)
		dst = markup.AppendFixed(dst, e.Total, e.Places)
		dst = append(dst, "</td><td class=\"n\">"...)
		dst = markup.AppendEscaped(dst, string(e.Currency))
		dst = append(dst, "</td></tr>\n"...)
	}
	return append(dst, "</tbody></table>\n"...)
}

func appendFiles(dst []byte, entries []IndexEntry) []byte {
	dst = append(dst, "<table style=\"margin-top:8mm\"><thead><tr><th scope=\"col\">File</th><th scope=\"col\">First account</th>"+
		"<th scope=\"col\">Last account</th><th scope=\"col\" class=\"n\">Invoices</th></tr></thead>\n<tbody>\n"...)
	for from := 0; from < len(entries); {
		to := from
		for to < len(entries) && entries[to].File == entries[from].File {
			to++
		}
		dst = append(dst, `<tr><td><a href="`...)
		dst = markup.AppendEscaped(dst, entries[from].File)
		dst = append(dst, `">`...)
		dst = markup.AppendEscaped(dst, entries[from].File)
		dst = append(dst, "</a></td><td>"...)
		dst = markup.AppendEscaped(dst, string(entries[from].Account))
		dst = append(dst, "</td><td>"...)
		dst = markup.AppendEscaped(dst, string(entries[to-1].Account))
		dst = append(dst, "</td><td class=\"n\">"...)
		dst = markup.AppendFixed(dst, money.FixedFromInt(int64(to-from)), 0)
		dst = append(dst, "</td></tr>\n"...)
		from = to
	}
	return append(dst, "</tbody></table>\n"...)
}
