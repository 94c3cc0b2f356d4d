// Package parse reads YAML and CSV files into structs, and knows where in its file each value stands, so that whoever
// finds a value wrong can complain of it by file, line and column. It gathers the complaints, its own and others'.
//
// It follows the structs that it fills, reads no deeper than these, and bounds what a hostile file can cost. It never
// opens a file, knows no kind of file and no rule between two values.
//
// Start with reader.go, then decode.go (YAML) and csv.go (CSV); spot.go is the way to a value, shape.go what a struct
// looks like in a file.
package parse
