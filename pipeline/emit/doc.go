// Package emit is the last stage: invoices.go drafts the invoices of a shard's accounts, reports.go writes what people open.
// What an invoice says is package rating/invoice's to decide, and how it looks package document's.
package emit
