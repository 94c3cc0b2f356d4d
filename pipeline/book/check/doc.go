// Package check holds a book to the rules between its entries: names that are referred to exist, stretches of time do not
// overlap, tiers have no gaps, a model is given what it reads and nothing else. All that is wrong is complained of at once,
// each where it stands.
//
// It takes the entries as the files give them (entries.go), whatever file they came from, and changes none. It never reads
// a file, and rates nothing.
//
// Start with All in check.go; each other file holds the rules of one kind of entry.
package check
