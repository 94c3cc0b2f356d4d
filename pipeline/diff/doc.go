// Package diff compares the charges of two runs of a period: which were added, are gone or have changed, by account, offering and
// price, with sums that tie to the totals of both, and what of the runs' specs differs.
//
// It only reads. Start at [Runs], which streams both runs' charges through one sort; [Pair] is the comparison itself, over the rows
// of one thing sold, and [Ledger] the sums and their proof: neither knows where rows come from.
package diff
