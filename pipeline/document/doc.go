// Package document renders what people read: draft invoices as JSON and HTML, and the variance report as CSV, XLSX and
// one self-contained HTML page with pictures.
//
// It decides nothing about money. It takes rows that are final, shows them exactly as they are, and derives from them
// only sums and an order of importance. Every document is a function of its input to the byte: no clock, no map order, no
// font or script from elsewhere. All text is escaped for where it stands; a cell that a spreadsheet would take for a
// formula is neutralised.
//
// Start with invoice.go (charges to an invoice) and report.go (variances to a report); plot.go draws.
package document
