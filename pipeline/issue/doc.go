// Package issue closes months: it turns the drafts of a run into numbered documents of the register, and checks what was issued.
// It prices nothing and changes no amount: a document says what its draft said.
//
// Start reading at [Closer.Close] and [Verify].
package issue
