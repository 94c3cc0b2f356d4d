// Package proof writes down all that a third party needs to recompute what a dispute changes, and recomputes it from that alone: usage
// records, what each charge takes of them, prices, arithmetic, decisions, lines before and after, and a digest of each file. A program
// that shares nothing with daybook, fixtures/check/proof.py, does the same.
//
// Start with [Make]; [Verify] needs neither book nor store.
package proof
