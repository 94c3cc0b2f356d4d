// Package einvoice holds what EN 16931, the European standard of electronic invoices, asks of a document: who sells and buys, with
// addresses and identifiers, the terms of its lines and sums, and the facts of a book that supply them. It knows no syntax: what
// writes UBL or CII takes each term from here.
//
// Start reading at [Terms].
package einvoice
