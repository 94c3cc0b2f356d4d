// Package book reads the book: the directory of YAML and CSV files that describes one provider. It checks the whole of it
// at once, and every complaint has a file, line and column.
//
// The facts themselves are the plain structs of package schemas; this package fills them, joins what stands in several
// files, and answers the questions of the stages: whose usage is this, which price is in force, what was a currency
// worth. It never writes a book but the starter, rates nothing, and keeps no secret: credentials come from where they
// are used.
//
// Start with load.go (what a book is made of) and rows.go (what each file gives); package parse below it turns files into
// structs, and package check holds their entries to the rules between them. README.md describes a book file by file.
package book
