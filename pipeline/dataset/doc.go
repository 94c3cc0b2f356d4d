// Package dataset holds columns: batches in memory, shuffle files between tasks, and the Parquet datasets that analysts
// read. It knows tables and bytes, not what a row means: nothing here prices, maps or judges.
//
// Start with batch.go, the one shape in which rows move. From there:
//
//   - [Writer] writes the Parquet that analysts open, straight from the codes of a batch; [Reader] and [Scanner] read it,
//     and the Parquet of other writers. They check what they read and bound what they hold: whatever the bytes, the worst
//     is an error that wraps [ErrDamaged].
//   - [ShuffleWriter] and [ShuffleFile] carry rows from the objects they came in to the shards of accounts they belong to.
//   - [Reducer] makes a shard's rows a dataset: it drops duplicates and sorts, within a budget of memory.
//   - [Totals], [Tally] and [Digest] say what a set of rows holds, to prove that none was lost, doubled or changed.
//
// What is written depends on the rows alone: not on a clock, on chance, on the order of a map, on how rows came in
// batches, or on how much memory there was.
package dataset
