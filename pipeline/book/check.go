package book

// check holds the book to the rules between its files.
func (l *loader) check() {
}
