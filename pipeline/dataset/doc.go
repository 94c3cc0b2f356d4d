// Package dataset holds columns: batches in memory, shuffle files between tasks, and the Parquet datasets that analysts
// read. It knows tables and bytes, not what a row means: nothing here prices, maps or judges.
//
// Start with batch.go, the one shape in which rows move.
package dataset
