// Package cii writes documents in the syntax of UN/CEFACT's Cross Industry Invoice (D16B), as EN 16931-3-3 binds its terms.
//
// Start reading at [Write].
package cii
