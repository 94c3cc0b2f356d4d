// Package dataset holds columns: batches in memory, the one shape in which rows move. It knows tables and bytes, not what
// a row means: nothing here prices, maps or judges, and nothing here reads or writes a file: the rooms below do, parquet
// the datasets that analysts open, and shuffle the files between tasks.
//
// Start with batch.go. [Totals], [Tally], [ShardSums] and [Digest] say what a set of rows holds, to prove that none was
// lost, doubled or changed.
package dataset
