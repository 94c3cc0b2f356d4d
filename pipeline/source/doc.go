// Package source turns what others deliver into usage rows: it decodes objects into batches of schemas.Usage ([Decode]).
// The package delivery, below it, finds them.
//
// Every row of an object ends either in a batch or in a finding that says where it stood and what is wrong with it.
// Departures from the format that the book tolerates are notes, counted per object and column. An object that is
// damaged, hostile or not in its declared format is a [schemas.RefusedError]: what was decoded of it before must be thrown away.
//
// A value that is wrong costs its row only where money hangs on the column; see focus.go for the others, and rounding.go for
// numbers of more digits than the usage table holds.
//
// The package never decides whose a row is, drops no duplicates, knows no prices, and reads no clock.
//
// Peers' own formats, which package native below describes, have columns that are made of several fields (native.go), and they and
// FOCUS come as rows of JSON, too (json.go). Where a record holds several quantities, it comes to a row for each (part.go).
//
// Start with formats.go, the table of formats, and decode.go. A row's way through a CSV: package wire (gzip and zstd, with
// limits, dialects, and where fields begin and end), columns.go (typed values, a column at a time), defects.go (what is
// wrong). CloudEvents differ only in how the fields are found (events.go), and in how events stand in an object: on lines, one
// behind the other (events_joined.go), in arrays, over lines or as a sequence (wire/array.go), with their data packed
// (events_packed.go) or of several types (events_types.go).
package source
