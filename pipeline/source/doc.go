// Package source turns what others deliver into usage rows: it decodes objects into batches of schemas.Usage ([Decode]).
// The package delivery, below it, finds them.
//
// Every row of an object ends either in a batch or in a finding that says where it stood and what is wrong with it.
// Departures from the format that the book tolerates are notes, counted per object and column. An object that is
// damaged, hostile or not in its declared format is a [schemas.RefusedError]: what was decoded of it before must be thrown away.
//
// The package never decides whose a row is, drops no duplicates, knows no prices, and reads no clock.
//
// Start with decode.go. A row's way through a CSV: package wire (gzip and zstd, with limits, and where fields begin and end),
// columns.go (typed values, a column at a time), defects.go (what is wrong). CloudEvents differ only in how the
// fields are found (events.go), whether they stand on lines or in an array (events_array.go).
package source
