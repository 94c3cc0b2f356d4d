// Package invoice makes draft invoices of charges: one for each account and currency, whose lines are the charges as rated
// and whose totals are the sums of its lines. It prices nothing, and changes no amount that rating decided; what is
// rounded here is only what stands beside an amount to explain it.
//
// Start with Terms.Invoices. How an invoice looks is the document package's.
package invoice
