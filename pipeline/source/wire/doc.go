// Package wire reads what lies between an object's bytes and its fields: gzip and zstd, where the fields of CSV begin and
// end, and the tokens of JSON. It bounds what an object may unpack to, and refuses one that is damaged, cut off or hostile.
//
// It knows no format, no column and no type of value, and prints nothing.
//
// Start with unpack.go, for the text of any object; then csv.go over index.go, or json.go. marks.go finds what is special
// in a text, sixty-four bytes at a time, for both.
package wire
