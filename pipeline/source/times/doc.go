// Package times reads times: those of RFC 3339 at speed, and those in layouts, zones and counts since 1970 that a book declares. It
// says what it had to cut off, and what a change of clocks leaves open. It knows no format and no column, and reads no clock.
//
// Start with times.go; clock.go has the plain form, which nearly every time has, and form.go what a book may say of a column.
package times
