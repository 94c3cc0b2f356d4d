// Package document renders what people read: draft invoices as JSON and HTML, and the variance report as CSV, XLSX and
// one self-contained HTML page with pictures.
//
// It decides nothing about money. It takes documents and rows that are final and shows them as they are; the only sums of
// its own are those of an index or a picture, and of an amount in a picture only the picture is rounded. Every document is
// a function of its input to the byte: no clock, no map order, no font or script from elsewhere. All text is escaped for
// where it stands; a cell that a spreadsheet would take for a formula is neutralised.
//
// Start with invoice_html.go (an invoice to a page) and report.go (variances to a report); plot.go draws.
package document
