// Package receivables says what became of documents: which payments settle them, what is open, and how old that is. It is pure: what
// banks said and what was issued come in as rows, and rows come out.
//
// Nothing is lost: what a payment moved is always what was allocated of it and what is left of it, and a document is always what was
// allocated to it and what is open of it.
//
// Start with [Count], which says which rows of banks count, and [Match].
package receivables
