// Package xlsx writes workbooks: sheets of typed cells, with heads that stay, filters, sums, links and charts, fitted to paper.
//
// It writes the few parts of Office Open XML (ECMA-376) that these need, straight into a ZIP file, and reads nothing. A number is
// written as the decimal text that it is, which never passes through a binary fraction on our side; a spreadsheet computes with some
// fifteen digits of it. A text is typed as text, so that nothing in it is ever a formula. The same book gives the same bytes: no clock.
//
// Start with Book; sheet.go writes a sheet, chart.go a chart.
package xlsx
