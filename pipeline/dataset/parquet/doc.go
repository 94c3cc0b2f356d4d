// Package parquet writes the Parquet that analysts open, straight from the codes of a batch, and reads it, and that of other
// writers. It knows columns and bytes, not what a row means.
//
// Start with [Writer] for the way out, and with [Open] and [Scanner] for the way in. What is read is checked, and what is
// held bounded: whatever the bytes, the worst is an error that wraps [dataset.ErrDamaged]. What is written depends on the
// rows alone: not on a clock, on chance, on the order of a map, on how rows came in batches, or on how much memory there was.
package parquet
