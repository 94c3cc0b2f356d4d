// Package en16931 says of an issued document what EN 16931 asks of it, term by term, and refuses one that breaks the standard's
// rules. It writes no syntax: packages ubl and cii do.
//
// Start reading at [Of].
package en16931
