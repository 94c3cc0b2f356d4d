// Package correct says what turns charges that were issued for a period into what rating it again gives, and why: line by line, by
// which one replaced input of rating after the other. It rates nothing itself.
//
// Start reading at [Difference]; [Split] tells the causes apart.
package correct
