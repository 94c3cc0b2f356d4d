// Package shuffle carries rows from the objects they came in to the shards of accounts they belong to, and makes a shard's
// rows a dataset. It knows tables and bytes, not what a row means.
//
// Start with [Writer], which routes the rows of one object, and [File], which reads those of one shard; from there
// [Reducer] drops duplicates and sorts, within a budget of memory. What is written depends on the rows alone: not on a
// clock, on chance, or on the order of a map; and what comes out of a reduction not on how much memory there was. Whatever
// the bytes of a file, the worst is an error that wraps [dataset.ErrDamaged].
package shuffle
