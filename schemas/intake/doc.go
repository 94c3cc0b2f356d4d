// Package intake holds what a book says, for the format mapped, of how the columns of a source are read. It reads nothing itself.
//
// Start with mapped.go.
package intake
