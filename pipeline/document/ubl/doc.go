// Package ubl writes documents in the syntax of UBL 2.1, as EN 16931-3-2 binds its terms.
//
// Start reading at [Write].
package ubl
